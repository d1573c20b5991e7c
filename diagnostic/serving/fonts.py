"""The fonts of the page, lighter: the glyphs that French and these screens can write, of the ones that Streamlit ships.

They are a megabyte of a first visit, for thousands of signs that no page writes. A process of its own makes the small
ones while the server starts; until they are there, and for whatever they do not know, the whole ones are served.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import importlib.util
import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

_log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
_STREAMLIT = Path(str(importlib.util.find_spec("streamlit").origin)).parent  # type: ignore[union-attr]
_MEDIA, _SCRIPTS = _STREAMLIT / "static/static/media", _STREAMLIT / "static/static/js"
# Latin and Greek, raised letters, punctuation, exponents, money, arrows, mathematics, drawn boxes and marks.
_SIGNS = (*range(0x20, 0x400), *range(0x1D00, 0x1DC0), *range(0x2000, 0x2400), *range(0x25A0, 0x2760))
# Axes that a page does not vary, at the value it uses: titles are drawn around 24 pixels.
_TEXTS: dict[str, dict[str, object]] = {
    "SourceSansVF-Upright": {},
    "SourceSerifVariable-Roman": {"opsz": 24, "wght": (400, 700)},
}
_ICONS = "MaterialSymbols-Rounded"
_ICON = re.compile(r":material/([a-z0-9_]+):")
_SLOWEST = 300

small: dict[str, tuple[bytes, str]] = {}
"""Name of a file of Streamlit -> the small font in its place and its digest."""


def start() -> None:
    """Make the small fonts in the background, in another process: the pages do not wait."""
    threading.Thread(target=_fill, name="fonts", daemon=True).start()


def _fill() -> None:
    try:
        for name, text in json.loads(_made()).items():
            body = base64.b64decode(text)
            small[name] = body, hashlib.sha256(body).hexdigest()[:20]
    except (OSError, ValueError, subprocess.SubprocessError):
        _log.exception("small fonts")


def _made() -> bytes:
    """What the process writes, made once for an edition of Streamlit and of these pages, where a file may be kept."""
    edition = hashlib.sha256(Path(__file__).read_bytes())
    for part in (*sorted(path.name for path in _MEDIA.glob("*.woff2")), *sorted(icons())):
        edition.update(part.encode())
    kept = _ROOT / "data" / f"polices-{edition.hexdigest()[:16]}.json"
    if kept.exists():
        return kept.read_bytes()
    command = [sys.executable, "-m", "diagnostic.serving.fonts"]
    made = subprocess.run(command, cwd=_ROOT, capture_output=True, timeout=_SLOWEST, check=True).stdout
    with contextlib.suppress(OSError):
        for old in kept.parent.glob("polices-*.json"):
            old.unlink()
        beside = kept.with_suffix(f".{os.getpid()}")
        beside.write_bytes(made)
        beside.replace(kept)
    return made


def icons() -> frozenset[str]:
    """Every icon that the pages or Streamlit itself name: that of a field of search stands in its Python."""
    own = (*_SCRIPTS.glob("*.js"), *(_STREAMLIT / "elements").rglob("*.py"))
    files = (*own, *(_ROOT / "pages").glob("*.py"), *(_ROOT / "diagnostic").rglob("*.py"))
    return frozenset(name for file in files for name in _ICON.findall(file.read_text("utf-8")))


def lighter() -> Iterator[tuple[str, bytes]]:
    """Name of a font file of Streamlit, and its bytes with what is needed of it; a font that is gone is left out."""
    for stem, axes in _TEXTS.items():
        for path in _MEDIA.glob(f"{stem}*.woff2"):
            font = _cut(TTFont(path), _SIGNS)
            if axes:
                instancer.instantiateVariableFont(font, axes, inplace=True)
            yield path.name, _packed(font)
    for path in _MEDIA.glob(f"{_ICONS}*.woff2"):
        font, named = TTFont(path), icons()
        _keep_ligatures(font, named)
        letters = sorted({ord(letter) for name in named for letter in name})
        yield path.name, _packed(_cut(font, letters))


def _cut(font: TTFont, signs: Collection[int]) -> TTFont:
    options = subset.Options(hinting=False, notdef_outline=True)
    options.layout_features = [*options.layout_features, "tnum"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=signs)
    cutter.subset(font)
    return font


def _packed(font: TTFont) -> bytes:
    font.flavor = "woff2"
    target = io.BytesIO()
    font.save(target)
    return target.getvalue()


def _keep_ligatures(font: TTFont, names: Collection[str]) -> None:
    """An icon is a ligature of the letters of its name: only those of these names stay."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            for first, found in getattr(table, "ligatures", {}).items():
                table.ligatures[first] = [
                    one
                    for one in found
                    if "".join(letters.get(glyph, "?") for glyph in (first, *one.Component)) in names
                ]


if __name__ == "__main__":
    print(json.dumps({name: base64.b64encode(body).decode() for name, body in lighter()}))
