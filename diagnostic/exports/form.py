"""The form of a partner for a workshop, as a Word document: a table a theme, a row a heading, room to write."""

from __future__ import annotations

from docx.shared import Cm

from diagnostic import french
from diagnostic.exports.docx import Document
from diagnostic.local.contributions import ASKED, HEADINGS, INTRODUCTION, NOT_A_PERSON, ORGANISATION, TITLE
from diagnostic.model import Territory
from diagnostic.reference import LEVER_THEMES
from diagnostic.story import Cover

WIDTHS = (5.0, 12.0)


def as_docx(territory: Territory) -> bytes:
    """The bytes of the form; what it says outside the rows to fill is left out when it comes back."""
    made = Document(Cover(TITLE, TITLE, (), (), "", f"{TITLE} · {french.name(territory)}", ()))
    made.paragraph(TITLE, "Title")
    for line in INTRODUCTION:
        made.paragraph(line)
    _grid(made, [(ORGANISATION, "")])
    made.paragraph(NOT_A_PERSON, "Source")
    for theme in LEVER_THEMES.values():
        made.heading(theme, 2)
        _grid(made, [(f"{HEADINGS[one]}\n{ASKED[one]}", "") for one in HEADINGS], tall=1.4)
    return made.bytes()


def _grid(made: Document, rows: list[tuple[str, str]], tall: float = 0.9) -> None:
    table = made.file.add_table(rows=len(rows), cols=2)
    table.style = made.file.styles["Table Grid"]
    table.autofit = False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Cm(width)
    for rank, (row, (label, _)) in enumerate(zip(table.rows, rows, strict=True), 1):
        row.height = Cm(tall)
        for cell, width in zip(row.cells, WIDTHS, strict=True):
            cell.width = Cm(width)
        first, *others = french.office(label).split("\n")
        row.cells[0].paragraphs[0].add_run(first).bold = True
        for line in others:
            row.cells[0].add_paragraph(line, style=made.file.styles["Source"])
        for paragraph in row.cells[0].paragraphs:
            # The rows of a theme stay on one page.
            paragraph.paragraph_format.keep_with_next = rank < len(rows)
