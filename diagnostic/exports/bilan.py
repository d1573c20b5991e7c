"""The bilan of a convention as a Word document and as slides: `build` gives the bytes of one of `FORMATS`."""

from __future__ import annotations

from diagnostic.exports import docx, pptx
from diagnostic.exports import filename as diagnosis_name
from diagnostic.plan import Plan
from diagnostic.report import Report
from diagnostic.story.bilan import bilan_cover, bilan_sections
from diagnostic.story.bilan_parts import ended
from diagnostic.warehouse import Database

FORMATS = {"docx": "Bilan (Word)", "pptx": "Bilan (diaporama)"}
"""Format -> label for the reader."""


def build(report: Report, plan: Plan, db: Database, year: int, format: str) -> bytes:
    """The bilan at the end of `year` in a format of FORMATS; every row in the document, what a committee reads on slides."""
    slides = format == "pptx"
    told = bilan_sections(report, plan, db, year, slides=slides)
    cover = bilan_cover(report, plan, year)
    return pptx.compose(cover, told) if slides else docx.compose(cover, told)


def filename(report: Report, plan: Plan, year: int, format: str) -> str:
    """ "bilan-2026_bordeaux-metropole_2026-11-24.docx"; the last one is the evaluation."""
    view = "evaluation" if ended(plan, year) else "bilan"
    return diagnosis_name(report, f"{view}-{year}", format)
