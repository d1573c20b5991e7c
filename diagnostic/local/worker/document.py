"""A Word document: its paragraphs and the rows of its tables."""

from __future__ import annotations

import zipfile
from collections.abc import Callable

from .archive import local, parse
from .limits import MACROS, MAX_COLUMNS, MAX_ROWS, TOO_LONG, TOO_WIDE, Budget, Refused


class Body:
    """The paragraphs and the rows of the tables of a Word document, in their order.

    A paragraph outside any table is a row of one cell. In a row, the first cell keeps its paragraphs together and each
    paragraph of the others is a cell of its own: a workshop writes several lines in one. What is deleted and what is a
    field's code is not text; the second wording of a drawing is left out.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.rows: list[list[str]] = []
        self.row: list[list[str]] = []
        self.parts: list[str] = []
        self.tables = self.fallback = 0
        self.inside = False

    def handlers(self) -> dict[str, Callable]:
        return {
            "StartElementHandler": self.start,
            "EndElementHandler": self.end,
            "CharacterDataHandler": self.data,
        }

    def start(self, tag: str, _: dict) -> None:
        tag = local(tag)
        if tag == "Fallback":
            self.fallback += 1
        elif tag == "tbl":
            self.tables += 1
        elif tag == "tr" and self.tables == 1:
            self.row = []
        elif tag == "tc" and self.tables == 1:
            self.row.append([])
        elif tag == "p":
            self.parts = []
        elif tag in ("tab", "br", "cr"):
            self.parts.append(" ")
        self.inside = tag == "t" and not self.fallback

    def end(self, tag: str) -> None:
        tag = local(tag)
        self.inside = False
        if tag == "Fallback":
            self.fallback -= 1
        elif tag == "tbl":
            self.tables -= 1
        elif tag == "p" and not self.fallback:
            self.paragraph()
        elif tag == "tr" and self.tables == 1 and self.row:
            first, *others = self.row
            self.keep(["\n".join(first), *(text for cell in others for text in cell)])

    def paragraph(self) -> None:
        text = self.budget.cell("".join(self.parts))
        self.parts = []
        if not text:
            return
        if not self.tables:
            self.keep([text])
        elif self.row:
            self.row[-1].append(text)

    def keep(self, cells: list[str]) -> None:
        if len(cells) > MAX_COLUMNS:
            raise Refused(TOO_WIDE)
        self.rows.append(cells)
        if len(self.rows) > MAX_ROWS:
            raise Refused(TOO_LONG)

    def data(self, text: str) -> None:
        if self.inside:
            self.parts.append(text)


def read_document(archive: zipfile.ZipFile) -> dict:
    """The rows of a Word document; macros are refused, links and pictures are not looked at."""
    budget = Budget()
    if any(name.lower().endswith("vbaproject.bin") for name in archive.namelist()):
        raise Refused(MACROS)
    body = Body(budget)
    parse(archive, "word/document.xml", budget, body.handlers())
    return {
        "sheets": [{"name": "", "rows": body.rows, "merged": []}],
        "notes": [],
        "encoding": "",
        "separator": "",
    }
