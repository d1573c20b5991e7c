"""Files made from a Report: deck, document, note, workbook, tables, geometry.

`export` gives the bytes, `filename` the name; `batch` writes many territories at once.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

from diagnostic import ROOT
from diagnostic.model import DiagnosticError
from diagnostic.plan.documents import Documents
from diagnostic.report import Report
from diagnostic.story import Section, day
from diagnostic.warehouse import Database

FORMATS: dict[str, tuple[str, str, str]] = {
    "pptx": ("Diaporama PowerPoint", "pptx", "pptx:build"),
    "pdf": ("Rapport PDF", "pdf", "pdf:build"),
    "note": ("Note d’une page (PDF)", "pdf", "pdf:brief"),
    "docx": ("Rapport Word", "docx", "docx:build"),
    "fiches": ("Fiches d’une page par commune (PDF)", "pdf", "pdf:sheets"),
    "fiches_word": ("Fiches d’une page par commune (Word)", "docx", "docx:sheets"),
    "xlsx": ("Classeur Excel", "xlsx", "xlsx:build"),
    "csv": ("Tableau CSV et ses métadonnées (zip)", "zip", "table:csv_archive"),
    "images": ("Cartes et graphiques, PNG et SVG (zip)", "zip", "picture:archive"),
    "geojson": ("Contours et valeurs (GeoJSON)", "geojson", "table:geojson"),
}
"""Format -> label for the reader, extension, module and function that make it."""


WITH_SECTIONS = ("pptx", "pdf", "note", "docx", "xlsx", "images")
"""Formats that tell the chapters, and so those that others add."""
COMPOSED = ("pptx", "pdf", "docx", "note")
"""Formats made for the meeting that people said, of the chapters that they chose but for the note."""


def export(
    report: Report,
    format: str,
    db: Database | None = None,
    *,
    template: Path | None = None,
    extra: Sequence[Section] = (),
    documents: Documents | None = None,
) -> bytes:
    """The file of `format` (a key of FORMATS). Without `db` there are no maps; GeoJSON needs it.

    `template` is a .pptx file of the collectivity, for the deck only. `extra` are sections that stand before
    the sources: those of an action plan, of the collectivity's own data. `documents` is what people chose: the
    meeting, the chapters, their order, their own words.
    """
    if format not in FORMATS:
        raise DiagnosticError(
            f"Format inconnu : « {format} ». Choisissez parmi {', '.join(FORMATS)}.", code=2
        )
    module, _, function = FORMATS[format][2].partition(":")
    make = getattr(import_module(f"diagnostic.exports.{module}"), function)
    options: dict[str, object] = {"template": template} if format == "pptx" else {}
    options |= {"documents": documents} if format in COMPOSED else {}
    options |= {"extra": extra} if format in WITH_SECTIONS else {}
    return make(report, db, **options)


def filename(report: Report, view: str, format: str) -> str:
    """ "diagnostic_bordeaux-metropole_2026-11-23.pptx": view, territory, date."""
    return f"{view}_{slug(report.territory.name)}_{iso_day(report)}.{FORMATS[format][1]}"


def digest(
    report: Report,
    db: Database | None,
    format: str = "",
    *,
    template: bytes = b"",
    extra: Sequence[Section] = (),
    documents: Documents | None = None,
) -> str:
    """Twelve characters that change with anything that a file of `format` (of any, by default) is made of: the
    database, the territory with each of its communes, the reference, radius, reach, peers and day, the deposits, the
    template, the added chapters, what people chose for the documents, and this edition of the tool.

    What is kept, offered again or said already done bears it.
    """
    parts: tuple[object, ...] = (
        report.asked,
        report.local,
        report.local_notes,
        report.local_structures,
        db.key if db is not None else "",
        _edition(),
    )
    if not format or format in WITH_SECTIONS:
        parts = (*parts, tuple(extra))
    if not format or format in COMPOSED:
        parts = (*parts, documents or Documents())
    given = template if format in ("", "pptx") else b""
    return hashlib.sha256(repr(parts).encode() + given).hexdigest()[:12]


@cache
def _edition() -> str:
    """What tells this edition of the tool from another: its code, its templates, its tables of reference."""
    told = hashlib.sha256()
    for folder in (ROOT / "diagnostic", ROOT / "data" / "reference"):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".typ", ".sql", ".csv"):
                told.update(path.read_bytes())
    return told.hexdigest()[:12]


def iso_day(report: Report) -> str:
    """ "2026-11-23", or "sans-date" when the report has none."""
    found = day(report.context.date)
    return found.isoformat() if found else "sans-date"


def slug(text: str) -> str:
    """Lower case without accents, words joined by hyphens, 60 characters at most."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE")).encode(
        "ascii", "ignore"
    )
    return re.sub(r"[^a-z0-9]+", "-", plain.decode().lower()).strip("-")[:60].rstrip("-") or "territoire"
