"""The plan as a workbook: fiches, calendar, budget with typed amounts and sums, indicators, law, sources."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from diagnostic import french
from diagnostic import plan as plans
from diagnostic.exports.style import COLOURS
from diagnostic.exports.xlsx.book import HEADER_ROW, Book
from diagnostic.story import convention as words
from diagnostic.story.convention import Dossier

TOP = HEADER_ROW

TALLEST = 400
"""Points: Excel allows 409 for a row."""

_BUDGET = (
    ("Axe", 30),
    ("Fiche action", 38),
    ("Objet", 38),
    ("Financeur", 16),
    ("Année", 9),
    ("Nature", 16),
    ("Montant (€)", 15),
    ("Si les aides sont au plus haut (€)", 18),
    ("Barème", 46),
)
_AMOUNT, _BEST, _BASIS, _FUNDER, _YEAR = 6, 7, 8, 3, 4
_RANGES = "Aides comptées au plus bas de leur barème, reste à financer au plus haut."


def build(of: Dossier) -> bytes:
    """The workbook as the bytes of a .xlsx file."""
    book = _Book(of)
    book.summary()
    book.fiches()
    book.calendar()
    lines = book.budget()
    book.budget_by_year(lines)
    book.results()
    book.schema()
    book.sources()
    return book.bytes()


class _Book(Book):
    """The workbook of a plan being written: cells that wrap, sums, and what is to complete."""

    def __init__(self, of: Dossier) -> None:
        super().__init__(words.cover(of))
        self.of, self.plan = of, of.plan
        self.widths: dict = {}
        self.lines: dict = {}

    @cached_property
    def formats(self) -> dict:
        line = {"bottom": 1, "bottom_color": f"#{COLOURS['rule']}"}
        grey = {"font_color": f"#{COLOURS['muted']}"}
        head = {"bold": True, "text_wrap": True, "bottom": 1, "valign": "bottom", **grey}
        top = {"valign": "top", **line}
        return super().formats | {
            "right": self._format(align="right", **head),
            "text": self._format(text_wrap=True, **top),
            "strong": self._format(bold=True, text_wrap=True, **top),
            "blank": self._format(**grey, **top),
            "unknown": self._format(align="right", **grey, **top),
            "euros": self._format(num_format="#,##0.00", **top),
            "cell": self._format(num_format="#,##0.00;-#,##0.00;", **top),
            "sum": self._format(num_format="#,##0.00", bold=True, top=1),
            "total": self._format(bold=True, top=1),
            "year": self._format(num_format="0", align="left", **top),
        }

    def sheet(
        self, name: str, title: str, note: str, columns: Sequence[tuple[str, int]], right: Sequence[int] = ()
    ):
        """A sheet with title, note and frozen headers; data begin under TOP."""
        sheet = self._page(name, words.plain(title), words.plain(note))
        self.widths[sheet] = [width for _, width in columns]
        for i, (label, width) in enumerate(columns):
            sheet.set_column(i, i, width)
            sheet.write_string(TOP, i, words.plain(label), self.formats["right" if i in right else "head"])
        sheet.freeze_panes(TOP + 1, min(1, len(columns) - 1))
        sheet.repeat_rows(TOP)
        return sheet

    def text(self, sheet, row: int, column: int, text: str, style: str = "text") -> None:
        """A text, or « À compléter » in grey where it is blank."""
        if text.strip():
            self.plain(sheet, row, column, text, style)
        else:
            sheet.write_string(row, column, words.BLANK, self.formats["blank"])

    def plain(self, sheet, row: int, column: int, text: str, style: str = "text") -> None:
        """A text; the row grows to show it whole, as far as a sheet allows."""
        said = words.plain(text)
        sheet.write_string(row, column, said, self.formats[style])
        per_line = max(self.widths[sheet][column] * 1.15, 1)
        lines = sum(max(1, math.ceil(len(part) / per_line)) for part in said.split("\n"))
        if lines > self.lines.get((sheet, row), 1):
            self.lines[sheet, row] = lines
            sheet.set_row(row, min(13.5 * lines + 2, TALLEST))

    def number(self, sheet, row: int, column: int, value: float | Decimal | None, style: int | str) -> None:
        if value is None:
            sheet.write_string(row, column, french.UNKNOWN, self.formats["unknown"])
        else:
            sheet.write_number(row, column, float(value), self.formats[style])

    def summary(self) -> None:
        sheet = self.sheet("Plan", self.plan.title, words.CONFIRM, (("Rubrique", 30), ("Contenu", 100)))
        rows: list[tuple[str, tuple[str, ...]]] = [(label, (text,)) for label, text in words.head(self.of)]
        rows += words.governance(self.plan)
        rows += [(f"Remarque {rank}", (text,)) for rank, text in enumerate(plans.remarks(self.plan), 1)]
        for r, (label, lines) in enumerate(rows, TOP + 1):
            self.plain(sheet, r, 0, label, "strong")
            self.text(sheet, r, 1, "\n".join(lines))

    def fiches(self) -> None:
        plan = self.plan
        labels = [label for label, _ in words.fiche_rows(self.of, plans.Axe("", ""), plans.Fiche("", ""))]
        widths = {"Constat": 50, "Actions": 50, "Objectif": 40, "Calendrier": 40, "Partenaires": 30}
        columns = [
            ("Fiche action", 40),
            *((label, widths.get(label, 26)) for label in labels),
            ("Budget (€)", 14),
            ("Budget si les aides sont au plus haut (€)", 18),
        ]
        sheet = self.sheet(
            "Fiches",
            "Fiches action",
            "Une ligne par fiche, dans l’ordre du plan.",
            columns,
            (len(columns) - 2, len(columns) - 1),
        )
        sheet.set_paper(8)
        sheet.fit_to_pages(2, 0)
        sheet.repeat_columns(0)
        row = TOP + 1
        for axe in plan.axes:
            for fiche in axe.fiches:
                self.plain(sheet, row, 0, fiche.title, "strong")
                for c, (_, lines) in enumerate(words.fiche_rows(self.of, axe, fiche), 1):
                    self.text(sheet, row, c, "\n".join(lines))
                for c, total in enumerate(plans.ends(fiche.budget), len(columns) - 2):
                    if fiche.budget:
                        self.number(sheet, row, c, total, "euros")
                    else:
                        self.text(sheet, row, c, "")
                row += 1
        self._filter(sheet, row, len(columns))

    def _filter(self, sheet, after: int, columns: int) -> None:
        if after > TOP + 1:
            sheet.autofilter(TOP, 0, after - 1, columns - 1)

    def calendar(self) -> None:
        rows = plans.calendar(self.plan)
        years = sorted({year for row in rows for year in row.steps} | set(self.plan.years))
        columns = [("Fiche action", 40), ("Axe", 28), ("État", 14), *((str(year), 26) for year in years)]
        sheet = self.sheet(
            "Calendrier", f"Calendrier {words.period(self.plan)}", "Ce qui se fait chaque année.", columns
        )
        for r, row in enumerate(rows, TOP + 1):
            self.plain(sheet, r, 0, row.title, "strong")
            self.plain(sheet, r, 1, row.axe)
            self.plain(sheet, r, 2, row.state)
            for c, year in enumerate(years, 3):
                self.plain(sheet, r, c, "\n".join(row.steps.get(year, ())))
        self._filter(sheet, TOP + 1 + len(rows), len(columns))

    def budget(self) -> int:
        """The lines, then their sum; returns how many lines there are."""
        sheet = self.sheet("Budget", "Budget, ligne par ligne", self.confirm, _BUDGET, (_AMOUNT, _BEST))
        row = TOP + 1
        for axe in self.plan.axes:
            for fiche in axe.fiches:
                for line in fiche.budget:
                    scale = next(iter(words.scale_rows([line])), None)
                    basis = f"{scale[0]}, barème {scale[2]}. Source : {scale[3]}" if scale else ""
                    for c, text in enumerate((axe.title, fiche.title, line.label, line.funder)):
                        self.plain(sheet, row, c, text)
                    self.number(sheet, row, _YEAR, line.year, "year")
                    self.plain(sheet, row, 5, line.nature)
                    self.number(sheet, row, _AMOUNT, line.amount, "euros")
                    self.number(sheet, row, _BEST, line.best, "euros")
                    self.plain(sheet, row, _BASIS, basis)
                    row += 1
        count = row - TOP - 1
        self._filter(sheet, row, len(_BUDGET))
        if not count:
            sheet.write_string(row, 0, "Aucune ligne de budget.", self.formats["note"])
            return 0
        # A blank row parts the sum from the lines, so that sorting or filtering leaves it alone.
        row += 1
        sheet.write_string(row, 0, "Total", self.formats["total"])
        for c in range(1, len(_BUDGET)):
            sheet.write_blank(row, c, None, self.formats["total"])
        for column, total in zip((_AMOUNT, _BEST), plans.ends(words.lines_of(self.plan)), strict=True):
            self._sum(sheet, (row, column), self._lines(count, column), total)
        return count

    @property
    def confirm(self) -> str:
        """What a reader of the amounts must know."""
        ranged = any(line.at_best is not None for line in words.lines_of(self.plan))
        return f"{_RANGES} {words.CONFIRM}" if ranged else words.CONFIRM

    def _lines(self, count: int, column: int, sheet: str = "") -> str:
        cells = xl_range_abs(TOP + 1, column, TOP + count, column)
        return f"'{sheet}'!{cells}" if sheet else cells

    def _sum(self, sheet, at: tuple[int, int], cells: str, value: Decimal, style: str = "sum") -> None:
        sheet.write_formula(*at, f"=SUM({cells})", self.formats[style], float(value))

    def budget_by_year(self, count: int) -> None:
        whole = plans.budget(self.plan)
        columns = [("Financeur", 24), *((str(year), 15) for year in whole.years), ("Total", 16)]
        right = range(1, len(columns))
        note = f"Sommes des lignes de la feuille Budget. {self.confirm}"
        sheet = self.sheet("Budget par année", "Budget par financeur et par année (€)", note, columns, right)
        last = len(columns) - 1
        for c, year in enumerate(whole.years, 1):
            sheet.write_number(TOP, c, year, self._format(bold=True, bottom=1, align="right", num_format="0"))
        for r, funder in enumerate(whole.funders, TOP + 1):
            self.plain(sheet, r, 0, funder, "strong")
            for c, year in enumerate(whole.years, 1):
                funders, years, amounts = (
                    self._lines(count, column, "Budget") for column in (_FUNDER, _YEAR, _AMOUNT)
                )
                # Not SUMIFS: it would read a funder named « =A » or « A* » as a condition.
                formula = (
                    f"=SUMPRODUCT(({funders}={xl_rowcol_to_cell(r, 0, col_abs=True)})"
                    f"*({years}={xl_rowcol_to_cell(TOP, c, row_abs=True)})*{amounts})"
                )
                sheet.write_formula(r, c, formula, self.formats["cell"], float(whole.amount(year, funder)))
            cells = f"{xl_rowcol_to_cell(r, 1)}:{xl_rowcol_to_cell(r, last - 1)}"
            self._sum(sheet, (r, last), cells, whole.by_funder(funder), "euros")
        if not whole.funders:
            sheet.write_string(TOP + 1, 0, "Aucune ligne de budget.", self.formats["note"])
            return
        row = TOP + 1 + len(whole.funders)
        sheet.write_string(row, 0, "Total", self.formats["total"])
        values = [*(whole.by_year(year) for year in whole.years), whole.total]
        for c, value in enumerate(values, 1):
            cells = f"{xl_rowcol_to_cell(TOP + 1, c)}:{xl_rowcol_to_cell(row - 1, c)}"
            self._sum(sheet, (row, c), cells, value)
        self._chart(sheet, row, whole)

    def _chart(self, sheet, row: int, whole: plans.Budget) -> None:
        """Stacked columns, a year each, that follow the cells."""
        chart = self.file.add_chart({"type": "column", "subtype": "stacked"})
        name, last = "Budget par année", len(whole.years)
        for i, role in zip(range(len(whole.funders)), words.ROLES, strict=False):
            r = TOP + 1 + i
            chart.add_series(
                {
                    "name": [name, r, 0],
                    "categories": [name, TOP, 1, TOP, last],
                    "values": [name, r, 1, r, last],
                    "fill": {"color": f"#{COLOURS[role]}"},
                    "gap": 60,
                }
            )
        chart.set_title(
            {"name": french.office("Budget par année et par financeur (€)"), "name_font": {"size": 12}}
        )
        chart.set_legend({"position": "bottom"})
        chart.set_y_axis(
            {"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D3DADE"}}}
        )
        chart.set_size({"width": 760, "height": 340})
        sheet.insert_chart(row + 2, 0, chart, {"description": "Budget par année, empilé par financeur"})

    def results(self) -> None:
        columns = (
            ("Indicateur", 46),
            ("Fiche action", 38),
            ("Unité", 34),
            ("Départ", 12),
            ("Année de départ", 12),
            ("Cible", 12),
            ("Année cible", 12),
        )
        note = "« — » : valeur inconnue, jamais zéro."
        sheet = self.sheet("Indicateurs", "Indicateurs de résultat", note, columns, (3, 4, 5, 6))
        row = TOP + 1
        for fiche in self.plan.fiches:
            for result in fiche.results:
                self.plain(sheet, row, 0, result.label, "strong")
                self.plain(sheet, row, 1, fiche.title)
                self.plain(sheet, row, 2, result.unit)
                for c, value in ((3, result.start), (5, result.target)):
                    self.number(sheet, row, c, value, min(words.decimals_of(result.indicator, value), 1))
                for c, year in ((4, result.start_year), (6, result.target_year)):
                    self.number(sheet, row, c, year, "year")
                row += 1
        self._filter(sheet, row, len(columns))

    def schema(self) -> None:
        table, items = words.schema_table(self.of), words.schema(self.of)
        note = f"{words.ARTICLE}. {words.schema_message(items)}."
        columns = [(table.header[0], 46), (table.header[1], 12), (table.header[2], 110)]
        sheet = self.sheet("Schéma", "Schéma pluriannuel : ce que demande la loi", note, columns)
        for r, row in enumerate(table.rows, TOP + 1):
            for c, text in enumerate(row):
                self.plain(sheet, r, c, text, "strong" if c == 0 else "text")

    def sources(self) -> None:
        columns = (("Nature", 12), ("Titre", 80), ("Année", 16), ("Producteur ou référence", 60))
        note = "Les données et les barèmes sur lesquels le plan s’appuie."
        sheet = self.sheet("Sources", "Sources", note, columns)
        for r, row in enumerate(words.sources(self.of), TOP + 1):
            for c, text in enumerate(row):
                self.plain(sheet, r, c, text)
