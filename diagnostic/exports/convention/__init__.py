"""Files made from an action plan beside its diagnosis: document, workbook, slides.

`build` gives the bytes of one of `FORMATS`; `sections` are what a plan adds to an export of the diagnosis.
"""

from __future__ import annotations

from collections.abc import Callable

from diagnostic.exports import filename as diagnosis_name
from diagnostic.exports.convention import docx, slides, xlsx
from diagnostic.exports.convention.slides import sections
from diagnostic.story.convention import Dossier, dossier

FORMATS: dict[str, tuple[str, Callable[[Dossier], bytes]]] = {
    "docx": ("Plan (Word)", docx.build),
    "xlsx": ("Plan et budget (Excel)", xlsx.build),
    "pptx": ("Plan (diaporama)", slides.build),
}
"""Format -> label for the reader, and what makes it."""


def build(of: Dossier, format: str) -> bytes:
    """The file of the plan in a format of FORMATS."""
    return FORMATS[format][1](of)


def filename(of: Dossier, format: str, view: str = "plan-actions") -> str:
    """ "plan-actions_bordeaux-metropole_2026-11-24.docx"."""
    return diagnosis_name(of.report, view, format)
