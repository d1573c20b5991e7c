"""The workbook being written: its formats, and a sheet that is a table one can sort, filter and reckon with.

A cell is written by the type that its column declares: codes stay text, and so does what begins like a formula.
A number column holds numbers or nothing: an unknown value is an empty cell, so that a formula or a chart drawn
from it never meets a text, and the column of statuses beside it says why.
"""

from __future__ import annotations

import io
import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from diagnostic import french, story
from diagnostic.exports.style import COLOURS
from diagnostic.exports.xlsx.columns import LINE, PER_WIDTH, AtMost, Cell, Column, grow
from diagnostic.story import Cover, Section

HEADER_ROW = 3
SHEET_NAME = 31
"""Characters that Excel allows for the name of a sheet."""
PLAIN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
MOST_ACROSS = 280
"""Characters of the columns that one printed page bears in letters of five points."""
WIDEST = 70
"""Characters of the widest column of a sheet of blocks."""
_STYLE = "Table Style Light 1"
BANDS_FROM = 1000
"""Rows from which bands part them: a line under each cell, the empty ones too, would be a third of the time and of the file."""


@dataclass(frozen=True)
class Sheet:
    """A sheet that is one table: an object that Excel sorts and filters by its headings.

    `of` is the section whose title and source it bears; `note` says how its cells are read. `lines` are sentences with
    their detail above the table; without them data begin under HEADER_ROW. `beneath` are rows apart from the table, under
    a word of their own: what a sort must not mix in. `finish` adds what stands beside.
    """

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: list[list[Cell]]
    lines: tuple[tuple[str, str], ...] = ()
    beneath: tuple[str, list[list[Cell]]] | None = None
    finish: Callable[[Book, object], None] | None = field(default=None, compare=False)
    of: str = ""
    source: str = ""

    def under(self, told: Mapping[str, Section]) -> Sheet:
        """The same under the title and the source of its section, where the territory has it."""
        section = told.get(self.of)
        return replace(self, title=section.title, source=section.below) if section is not None else self

    def write(self, book: Book) -> None:
        made = book.table(self)
        if self.finish is not None and self.rows:
            self.finish(book, made)


class Book:
    """The workbook being written, with its formats: `readme`, then sheets, then `bytes`."""

    def __init__(self, cover: Cover) -> None:
        self.buffer, self.cover = io.BytesIO(), cover
        self.file = xlsxwriter.Workbook(self.buffer, PLAIN)
        self.file.set_calc_mode("auto")
        self.names: dict[str, str] = {}
        self.tables = 0
        self.file.set_properties(
            {
                "title": french.office(cover.document),
                "subject": french.office(cover.notice),
                "author": "Diagnostic territorial CTG",
                "comments": french.office("\n".join(f"{k} : {v}" for k, v in cover.facts)),
            }
        )

    def bytes(self) -> bytes:
        self.file.close()
        return self.buffer.getvalue()

    def _format(self, **more):
        return self.file.add_format({"font_name": "Arial", "font_size": 10, "valign": "vcenter", **more})

    @cached_property
    def formats(self) -> dict[str | int, Any]:
        line = {"bottom": 1, "bottom_color": f"#{COLOURS['rule']}", "valign": "top"}
        grey, alert = ({"font_color": f"#{COLOURS[role]}"} for role in ("muted", "attention"))
        return {
            "title": self._format(bold=True, font_size=14),
            "note": self._format(**grey),
            "sentence": self._format(bold=True),
            "head": self._format(bold=True, text_wrap=True, bottom=1, valign="bottom", **grey),
            "link": self._format(font_color=f"#{COLOURS['territory']}", underline=1),
            "alert": self._format(bold=True, **alert),
            "note lines": self._format(text_wrap=True, **grey),
            "alert lines": self._format(text_wrap=True, bold=True, **alert),
            **self._of_cells(line),
        }

    @cached_property
    def banded(self) -> dict[str | int, Any]:
        """The formats of the cells of a long table, which has no lines."""
        return self._of_cells({})

    def _of_cells(self, line: dict[str, Any]) -> dict[str | int, Any]:
        return {
            "text": self._format(indent=1, **line),
            "wrap": self._format(text_wrap=True, indent=1, **line),
            "strong": self._format(bold=True, text_wrap=True, **line),
            "year": self._format(num_format="0", **line),
            "bound": self._format(num_format='0" ou moins"', **line),
            **{
                decimals: self._format(num_format="#,##0" + "." * bool(decimals) + "0" * decimals, **line)
                for decimals in range(7)
            },
        }

    # Sheets

    def reserve(self, section: Section) -> str:
        """The name of the sheet of a section, within Excel's rules: no sign that it forbids, 31 characters, unique."""
        plain = re.sub(r"[\\/*?:\[\]']", " ", french.office(section.kicker)).strip() or "Feuille"
        taken, name, number = set(self.names.values()), plain[:SHEET_NAME].strip(), 2
        while name in taken:
            name, number = f"{plain[: SHEET_NAME - 3].strip()} {number}", number + 1
        self.names[section.id] = name
        return name

    def _page(self, name: str, title: str, *below: str, columns: Sequence[Column] = ()):
        """An empty sheet under its title and the lines `below` it, to be printed on the width of a page."""
        sheet = self.file.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{french.office(self.cover.footer)[:90].replace('&', '&&')}&R&P / &N")
        sheet.write_string(0, 0, french.office(title), self.formats["title"])
        mark = f"{self.cover.notice} " if self.cover.notice else ""
        first, *rest = [line for line in below if line] or [""]
        self._line(sheet, (1, 0), mark + first, "alert" if mark else "note", columns)
        for line in rest:
            self._line(sheet, (2, 0), line, "note", columns)
        return sheet

    def _line(self, sheet, place: tuple[int, int], text: str, style: str, columns: Sequence[Column]) -> None:
        """A text over the columns from its place on: on several lines where it is longer than those of a page, which would
        cut it."""
        (row, first), said = place, french.office(text)
        ends = list(itertools.accumulate(column.width for column in columns))
        page = ends[-1] / math.ceil(ends[-1] / MOST_ACROSS) if ends else 0
        last = sum(end <= page for end in ends) - 1
        lines = (
            math.ceil(len(said) / (PER_WIDTH * (ends[last] - sum(ends[first - 1 : first]))))
            if last > first
            else 1
        )
        if lines > 1:
            sheet.merge_range(row, first, row, last, said, self.formats[f"{style} lines"])
            grow(sheet, row, lines)
        else:
            sheet.write_string(row, first, said, self.formats[style])

    def table(self, content: Sheet):
        """Write a sheet, whose headings stay in view and are repeated on each printed page. It comes back, for a
        chart."""
        columns, rows, lines, beneath = content.columns, content.rows, content.lines, content.beneath
        sheet = self._page(content.name, content.title, content.source, content.note, columns=columns)
        long = len(rows) >= BANDS_FROM
        formats = self.banded if long else self.formats
        for number, column in enumerate(columns):
            # What one types in a cell that was left empty has the format of its column.
            sheet.set_column(number, number, column.width, formats[column.form] if long else None)
        top = HEADER_ROW + (len(lines) + 1 if lines else 0)
        for number, (sentence, detail) in enumerate(lines, HEADER_ROW):
            sheet.write_string(number, 0, french.office(sentence), self.formats["sentence"])
            self._line(sheet, (number, 5), detail, "note", columns)
        sheet.freeze_panes(top + 1, min(2, len(columns) - 1))
        sheet.repeat_rows(top)
        sheet.set_row(top, LINE * max(column.head_lines for column in columns) + 3)
        # Nobody prints the longest ones to read them.
        across = 1 if long else math.ceil(sum(column.width for column in columns) / MOST_ACROSS)
        sheet.fit_to_pages(across, 0)
        if across > 1:
            sheet.repeat_columns(0)
        under = len(beneath[1]) + 2 if beneath is not None and beneath[1] else 0
        sheet.print_area(0, 0, top + len(rows) + under, len(columns) - 1)
        self.tables += 1
        headings = [french.office(column.heading) for column in columns]
        sheet.add_table(
            top,
            0,
            top + len(rows),
            len(columns) - 1,
            {
                "name": f"Tableau_{self.tables}",
                "style": _STYLE,
                "banded_rows": long,
                "columns": [{"header": text, "header_format": self.formats["head"]} for text in headings],
            },
        )
        for number, cells in enumerate(rows, top + 1):
            self._row(sheet, number, columns, cells, formats)
        if beneath is not None and beneath[1]:
            word, apart = beneath
            sheet.write_string(top + len(rows) + 2, 0, french.office(word), self.formats["head"])
            for number, cells in enumerate(apart, top + len(rows) + 3):
                self._row(sheet, number, columns, cells, formats)
        return sheet

    def _row(
        self,
        sheet,
        number: int,
        columns: Sequence[Column],
        cells: Iterable[Cell],
        formats: dict[str | int, Any],
    ) -> None:
        """Write one row, as tall as its texts, each cell by the kind of its column; an empty one is left out of a long
        table."""
        cells = list(cells)
        if formats is self.formats:
            grow(sheet, number, max(map(Column.lines, columns, cells)))
        for position, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            if isinstance(cell, str) and cell and not column.numeric:
                # Three cells of four.
                sheet.write_string(number, position, french.office(cell), formats[column.form])
            elif column.formula and isinstance(cell, int | float):
                formula = self._formula(column.formula, columns, number)
                sheet.write_formula(number, position, formula, formats[column.form_of(cell)], cell)
            elif isinstance(cell, AtMost):
                sheet.write_number(number, position, cell.value, formats["bound"])
            elif cell is None or isinstance(cell, str):
                if formats is self.formats:
                    sheet.write_blank(number, position, None, formats[column.form])
            elif column.numeric:
                sheet.write_number(number, position, cell, formats[column.form_of(cell)])
            else:
                sheet.write_string(number, position, french.office(str(cell)), formats[column.form])

    def _formula(self, formula: str, columns: Sequence[Column], number: int) -> str:
        places = {column.heading: xl_rowcol_to_cell(number, at) for at, column in enumerate(columns)}
        return re.sub(r"\{([^}]+)\}", lambda found: places[found[1]], f"={formula}")

    def readme(self, names: Sequence[str]) -> None:
        """What the file states of itself, and links to its sheets, on one printed page."""
        sheet = self.file.add_worksheet("Lisez-moi")
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 1)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 80)
        sheet.write_string(0, 0, french.office(self.cover.title), self.formats["title"])
        sheet.write_string(1, 0, french.office(self.cover.about), self.formats["note"])
        row = 3
        for label, text in self.cover.facts:
            style = self.formats["alert" if label == "Attention" else "strong"]
            sheet.write_string(row, 0, french.office(label), style)
            sheet.write_string(row, 1, french.office(text), self.formats["wrap"])
            grow(sheet, row, math.ceil(len(text) / (PER_WIDTH * 80)))
            row += 1
        for name in names:
            row += 1
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self.formats["link"], name)

    # Sections of blocks

    def section(self, section: Section) -> None:
        """The sentences and the tables of a section, one under the other; charts as the table behind them."""
        name = self.names.get(section.id) or self.reserve(section)
        sheet = self._page(name, section.title, section.below)
        row = HEADER_ROW
        widest: dict[int, int] = {}
        for block in section.blocks:
            row = self._block(sheet, block, row, widest) + 1
        for column, width in widest.items():
            sheet.set_column(column, column, min(WIDEST, max(12, width + 2)))

    def _block(self, sheet, block: story.Printed, row: int, widest: dict[int, int]) -> int:
        """Write a block from `row` down; the first free row comes back."""
        if isinstance(block, story.Text):
            for heading, text, _ in block.items:
                sheet.write_string(row, 0, french.office(heading), self.formats["strong"])
                sheet.write_string(row, 1, french.office(text), self.formats["note"])
                widest[0] = max(widest.get(0, 0), len(heading))
                row += 1
            return row
        if isinstance(block, story.Map):
            return row
        if isinstance(block, story.Cards):
            header: tuple[str, ...] = ("Chiffre", "Unité", "Lecture", "Précision")
            rows: list[tuple[str, ...]] = [
                (card.figure, card.unit, card.sentence, card.detail) for card in block.items
            ]
        elif isinstance(block, story.Table):
            header, rows = block.header, list(block.rows)
        else:
            header, rows, _, _ = story.as_table(block)
        caption = getattr(block, "caption", "")
        if caption:
            sheet.write_string(row, 0, french.office(caption), self.formats["strong"])
            row += 1
        return self._listed(
            sheet, row, [header, *rows], widest, total=isinstance(block, story.Table) and block.total
        )

    def _listed(
        self,
        sheet,
        top: int,
        table: Sequence[Sequence[str]],
        widest: dict[int, int],
        *,
        total: bool,
    ) -> int:
        """A table, its headings first, an object that sorts and filters; a total stands under it, apart. The first free
        row comes back."""
        header, *rows = table
        numbers = {at for at in range(1, len(header)) if _numeric([cells[at] for cells in rows])}
        for number, cells in enumerate(rows, top + 1):
            grow(sheet, number, math.ceil(max(map(len, cells), default=0) / (PER_WIDTH * WIDEST)))
            for column, text in enumerate(cells):
                self._said(sheet, number, column, text, numeric=column in numbers)
                widest[column] = max(widest.get(column, 0), len(text))
        headings = _distinct([french.office(text) for text in header])
        for column, text in enumerate(headings):
            widest[column] = max(widest.get(column, 0), len(text))
        listed = len(rows) - total
        if not listed:
            for column, text in enumerate(headings):
                sheet.write_string(top, column, text, self.formats["head"])
            return top + len(rows) + 1
        self.tables += 1
        columns = [{"header": text, "header_format": self.formats["head"]} for text in headings]
        named = {"name": f"Tableau_{self.tables}", "style": _STYLE, "banded_rows": False, "columns": columns}
        sheet.add_table(top, 0, top + listed, len(headings) - 1, named)
        return top + len(rows) + 1

    def _said(self, sheet, row: int, column: int, text: str, *, numeric: bool) -> None:
        """In a column of numbers a written French number becomes a number again, and the unknown an empty cell;
        elsewhere all is text."""
        if not numeric:
            sheet.write_string(row, column, french.office(text), self.formats["wrap"])
        elif not text or text == french.UNKNOWN:
            sheet.write_blank(row, column, None, self.formats[0])
        else:
            plain = _plain(text)
            value = float(plain.replace("−", "-").replace(",", "."))
            sheet.write_number(row, column, value, self.formats[1 if "," in plain else 0])


def _plain(text: str) -> str:
    return text.replace(french.THIN, "").replace(french.NBSP, "")


def _numeric(cells: Sequence[str]) -> bool:
    """Whether a column holds written numbers only, the unknown apart."""
    known = [_plain(text) for text in cells if text and text != french.UNKNOWN]
    return bool(known) and all(re.fullmatch(r"[−-]?\d+(,\d+)?", text) for text in known)


def _distinct(headings: Sequence[str]) -> list[str]:
    """Headings of which no two are equal and none is empty, as Excel asks of a table."""
    made: list[str] = []
    for place, text in enumerate(headings, 1):
        name = text or f"Colonne {place}"
        taken = {one.lower() for one in made}
        while name.lower() in taken:
            name += f" ({place})"
        made.append(name)
    return made
