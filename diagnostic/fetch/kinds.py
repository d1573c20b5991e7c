"""Whether a file on disk is the declared one, and of the kind that its name announces."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pooch

from diagnostic.fetch.items import Item, told

SIGNATURES = {".zip": b"PK", ".xlsx": b"PK", ".gz": b"\x1f\x8b", ".parquet": b"PAR1"}


def intact(item: Item) -> bool:
    """True when the file on disk is the declared one, as far as its provenance tells.

    A file without provenance was put there by hand: it is kept when it is of the declared kind.
    """
    if not item.path.is_file():
        return False
    digest = size = None
    if item.provenance.is_file():
        kept = told(item.provenance)
        if kept.get("url") != item.url:
            return False
        if item.published and (kept.get("published") or item.published) != item.published:
            # Republished at one address.
            return False
        digest, size = kept.get("sha256"), kept.get("size")
    if size is not None and item.path.stat().st_size != size:
        return False
    if digest is not None:
        return pooch.file_hash(str(item.path), alg="sha256") == digest
    return wrong_kind(item.path, item.path.name) is None


def wrong_kind(path: Path, name: str) -> str | None:
    """What the content is instead of what `name` announces, as a French noun; None when it agrees."""
    with path.open("rb") as file:
        start = file.read(1024)
    suffix = Path(name).suffix.lower()
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not text:
        return "un fichier vide"
    if b"<html" in text or text.startswith(b"<!doctype html"):
        return "une page web"
    if suffix in SIGNATURES:
        if not start.startswith(SIGNATURES[suffix]):
            return f"un contenu qui n’est pas au format {suffix}"
        return _broken_zip(path) if SIGNATURES[suffix] == b"PK" else None
    if suffix in (".json", ".geojson"):
        return None if text[:1] in (b"{", b"[") else "un contenu qui n’est pas du JSON"
    if text[:1] == b"{":
        return "un message d’erreur"
    if text[:1] == b"<" or b"\x00" in start or start.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        return "un contenu qui n’est pas un tableau en texte"
    return None


def _broken_zip(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            return None if archive.testzip() is None else "une archive abîmée"
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, OSError):
        return "une archive incomplète"
