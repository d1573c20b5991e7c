"""What a stranger's .pptx may not hold: macros, objects that run, links to elsewhere, more than a template weighs.

Found by parsing the package as PowerPoint does: its declared types and its relations, whatever their spelling.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from diagnostic.model import DiagnosticError

HEAVIEST = 200_000_000
"""Octets of all the parts once unpacked."""
MOST_PARTS = 5_000
_TYPES = "[Content_Types].xml"
_ADDRESS = re.compile(r"\s*(?:[a-z][a-z0-9+.\-]*:|//|\\\\)", re.I)
# Last step of the type of a relation, or a word of a declared type.
_MACROS = ("vbaproject", "macroenabled", "vbadata")
_OBJECTS = ("oleobject", "control", "activexcontrolbinary", "activex", "attachedtoolbars")

MACROS = "contient des macros : enregistrez-le au format .pptx, sans macro"
OBJECTS = "contient un objet incorporé qui peut s’exécuter (OLE ou ActiveX) : retirez-le"
HEAVY = "est trop lourd une fois décompressé : réduisez ses images"
OUTSIDE = "va chercher des images ou des objets hors du fichier : incorporez-les"
ENTITIES = "déclare des entités XML, qu’aucun PowerPoint n’écrit : ouvrez-le et enregistrez-le de nouveau"
OTHER = "n’est pas une présentation : enregistrez-le au format .pptx"


def refuse_unsafe(path: Path) -> None:
    """Raise DiagnosticError, one sentence with what to do, unless the file is a plain .pptx."""
    try:
        with zipfile.ZipFile(path) as archive:
            reason = _reason(archive)
    except (
        OSError,
        zipfile.BadZipFile,
        KeyError,
        NotImplementedError,
        RuntimeError,
        zlib.error,
        ParseError,
        expat.ExpatError,
        ValueError,
    ) as error:
        raise DiagnosticError(
            f"« {path.name} » n’est pas un modèle PowerPoint lisible : enregistrez-le au format .pptx.",
            code=2,
        ) from error
    if reason:
        raise DiagnosticError(f"Le modèle « {path.name} » {reason}, puis recommencez.", code=2)


def _reason(archive: zipfile.ZipFile) -> str:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > HEAVIEST:
        return HEAVY
    if len({name.casefold() for name in names}) < len(names):
        # Two parts of one name: a reader would see the one, PowerPoint the other.
        raise zipfile.BadZipFile("a name twice")
    try:
        for name in names:
            if name.lower().endswith((".xml", ".rels", ".vml")):
                _refuse_doctype(archive, name)
        declared = [value.lower() for value in _declared(archive)]
        relations = list(_relations(archive, names))
    except (DefusedXmlException, _Doctype):
        return ENTITIES
    kinds = [kind.rpartition("/")[2].lower() for kind, _, _ in relations]
    if any(word in value for value in declared for word in _MACROS) or set(kinds) & set(_MACROS):
        return MACROS
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return MACROS
    if any(word in value for value in declared for word in ("oleobject", "activex")) or set(kinds) & set(
        _OBJECTS
    ):
        return OBJECTS
    # A link that a reader follows is harmless.
    if any(
        (outside or _ADDRESS.match(target)) and kind.rpartition("/")[2].lower() != "hyperlink"
        for kind, target, outside in relations
    ):
        return OUTSIDE
    if not any("presentationml.presentation.main" in value for value in declared):
        return OTHER
    return ""


class _Doctype(Exception):
    """A part that declares entities."""


class _Begun(Exception):
    """The root has been reached: nothing more may be declared."""


def _refuse_doctype(archive: zipfile.ZipFile, name: str) -> None:
    """Read a part up to its first element; _Doctype when it declares a type of document."""
    parser = expat.ParserCreate()

    def declared(*_: object) -> None:
        raise _Doctype

    def begun(*_: object) -> None:
        raise _Begun

    parser.StartDoctypeDeclHandler, parser.StartElementHandler = declared, begun
    with archive.open(name) as part:
        try:
            while chunk := part.read(4096):
                parser.Parse(chunk)
            parser.Parse(b"", True)
        except _Begun:
            return


def _declared(archive: zipfile.ZipFile) -> Iterator[str]:
    """The types that the package declares for its parts."""
    for element in fromstring(archive.read(_TYPES), forbid_dtd=True):
        yield element.get("ContentType", "")


def _relations(archive: zipfile.ZipFile, names: list[str]) -> Iterator[tuple[str, str, bool]]:
    """Type, target, and whether it says that it lies outside, of every relation of every part."""
    for name in names:
        if name.lower().endswith(".rels"):
            for element in fromstring(archive.read(name), forbid_dtd=True):
                mode = element.get("TargetMode", "").strip().lower()
                yield element.get("Type", ""), element.get("Target", ""), mode == "external"
