"""What a stranger's .pptx may not hold: macros, links to elsewhere, more than a template weighs."""

from __future__ import annotations

import zipfile
from pathlib import Path

from diagnostic.model import DiagnosticError

HEAVIEST = 200_000_000
"""Octets of all the parts once unpacked."""


def refuse_unsafe(path: Path) -> None:
    """Raise DiagnosticError, one sentence with what to do, unless the file is a plain .pptx."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            weight = sum(part.file_size for part in parts)
            linked = weight <= HEAVIEST and any(
                _points_outside(archive.read(name)) for name in names if _of_a_layout(name)
            )
            types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    except (
        OSError,
        zipfile.BadZipFile,
        KeyError,
        NotImplementedError,
        RuntimeError,
        zipfile.zlib.error,
    ) as error:
        raise DiagnosticError(
            f"« {path.name} » n’est pas un modèle PowerPoint lisible : enregistrez-le au format .pptx.",
            code=2,
        ) from error
    reason = ""
    if b"macroEnabled" in types or any(name.endswith("vbaProject.bin") for name in names):
        reason = "contient des macros : enregistrez-le au format .pptx, sans macro"
    elif weight > HEAVIEST:
        reason = "est trop lourd une fois décompressé : réduisez ses images"
    elif linked:
        reason = "va chercher des images ou des objets hors du fichier : incorporez-les"
    elif b"presentationml.presentation.main" not in types:
        reason = "n’est pas une présentation : enregistrez-le au format .pptx"
    if reason:
        raise DiagnosticError(f"Le modèle « {path.name} » {reason}, puis recommencez.", code=2)


def _of_a_layout(name: str) -> bool:
    return name.endswith(".rels") and name.startswith(
        ("ppt/slideMasters/", "ppt/slideLayouts/", "ppt/theme/")
    )


def _points_outside(relations: bytes) -> bool:
    """A relation that loads something from elsewhere; a link that a reader follows is harmless."""
    return any(
        b'TargetMode="External"' in relation and b"/hyperlink" not in relation
        for relation in relations.split(b"<Relationship ")
    )
