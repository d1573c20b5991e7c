"""The workbook: a sheet a theme, one row per territory and indicator, sources and secrecy, dictionary.

A cell is written by the type that its column declares: codes stay text, and so does what begins like a formula.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cached_property

import xlsxwriter

from diagnostic import french
from diagnostic.exports import content, table
from diagnostic.exports.style import COLOURS
from diagnostic.indicators import FACILITY_LABELS, INDICATORS
from diagnostic.model import THEMES
from diagnostic.report import Report
from diagnostic.warehouse import Database

HEADER_ROW = 3
PLAIN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
SHORT = {
    "enfance_jeunesse": "Enfance, jeunesse",
    "acces_droits": "Accès aux droits",
    "logement": "Logement",
    "quartiers": "Quartiers",
    "vie_sociale": "Vie sociale",
}
FIGURES: tuple[tuple[str, int], ...] = (
    ("Territoire", 30),
    ("Indicateur", 44),
    ("Code", 11),
    ("Niveau", 16),
    ("Valeur", 12),
    ("Unité", 38),
    ("Statut", 18),
    ("Numérateur", 13),
    ("Dénominateur", 13),
    ("Millésime", 10),
    ("Manque", 10),
    ("Lecture", 18),
    ("Raison, quand la valeur est inconnue", 60),
)


def build(report: Report, db: Database | None = None) -> bytes:
    """The workbook as the bytes of a .xlsx file."""
    buffer = io.BytesIO()
    book = _Book(xlsxwriter.Workbook(buffer, PLAIN), report)
    rows = table.rows(report)
    themes = [theme for theme in THEMES if any(row.indicator.theme == theme for row in rows)]
    book.readme(themes)
    for theme in themes:
        book.theme(theme, [row for row in rows if row.indicator.theme == theme])
    book.births()
    book.districts()
    book.sources()
    book.dictionary()
    book.file.close()
    return buffer.getvalue()


def sheet_name(theme: str) -> str:
    """The name of a theme within Excel's 31 characters."""
    return SHORT.get(theme, THEMES[theme])[:31]


class _Book:
    """The workbook being written, with its formats."""

    def __init__(self, file: xlsxwriter.Workbook, report: Report) -> None:
        self.file, self.report = file, report
        name = french.office(french.name(report.territory, long=True))
        file.set_properties(
            {
                "title": f"Diagnostic de territoire : {name}",
                "subject": french.office(content.FICTIONAL) if report.context.fictional else "",
                "author": "Diagnostic territorial CTG",
                "comments": french.office("\n".join(f"{k} : {v}" for k, v in content.facts(report))),
            }
        )

    def _format(self, **more):
        return self.file.add_format({"font_name": "Arial", "font_size": 10, "valign": "vcenter", **more})

    @cached_property
    def formats(self) -> dict:
        line = {"bottom": 1, "bottom_color": f"#{COLOURS['rule']}"}
        grey = {"font_color": f"#{COLOURS['muted']}"}
        return {
            "title": self._format(bold=True, font_size=16),
            "note": self._format(**grey),
            "head": self._format(bold=True, text_wrap=True, bottom=1, valign="bottom", **grey),
            "text": self._format(indent=1, **line),
            "wrap": self._format(text_wrap=True, valign="top", **line),
            "strong": self._format(bold=True, **line),
            0: self._format(num_format="#,##0", **line),
            1: self._format(num_format="#,##0.0", **line),
            "year": self._format(num_format="0", **line),
            "unknown": self._format(align="right", **grey, **line),
            "link": self._format(font_color=f"#{COLOURS['territory']}", underline=1),
            "alert": self._format(bold=True, font_color=f"#{COLOURS['attention']}"),
        }

    def sheet(self, name: str, title: str, note: str, columns: Sequence[tuple[str, int]], rows: int):
        """A sheet with its title, note, frozen header and filter; data begin under HEADER_ROW."""
        sheet = self.file.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, french.office(title), self.formats["title"])
        mark = f"{content.FICTIONAL} " if self.report.context.fictional else ""
        sheet.write_string(1, 0, french.office(mark + note), self.formats["alert" if mark else "note"])
        for i, (label, width) in enumerate(columns):
            sheet.set_column(i, i, width)
            sheet.write_string(HEADER_ROW, i, french.office(label), self.formats["head"])
        sheet.freeze_panes(HEADER_ROW + 1, min(2, len(columns) - 1))
        sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + max(rows, 1), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER_ROW)
        sheet.set_footer(
            f"&L{french.office(french.name(self.report.territory))[:60]} · {self.report.context.date}&R&P / &N"
        )
        return sheet

    def number(self, sheet, row: int, column: int, value: float | None, decimals: int | str) -> None:
        if value is None:
            sheet.write_string(row, column, french.UNKNOWN, self.formats["unknown"])
        else:
            sheet.write_number(row, column, value, self.formats[decimals])

    def readme(self, themes: list[str]) -> None:
        sheet = self.file.add_worksheet("Lisez-moi")
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 110)
        sheet.write_string(
            0,
            0,
            french.office(french.capitalised(french.name(self.report.territory, long=True))),
            self.formats["title"],
        )
        sheet.write_string(
            1,
            0,
            "Diagnostic de territoire en vue de la convention territoriale globale",
            self.formats["note"],
        )
        row = 3
        for label, text in content.facts(self.report):
            sheet.write_string(
                row, 0, french.office(label), self.formats["alert" if label == "Attention" else "strong"]
            )
            sheet.write_string(row, 1, french.office(text), self.formats["wrap"])
            row += 1
        row += 1
        names = [sheet_name(theme) for theme in themes]
        for name in (*names, "Naissances", "Sources et secret", "Dictionnaire"):
            if name == "Naissances" and not self.report.births:
                continue
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self.formats["link"], name)
            row += 1

    def theme(self, theme: str, rows: list[table.Row]) -> None:
        note = "« — » : valeur inconnue, jamais zéro. Le manque est compté pour atteindre la référence : " + (
            f"{self.report.reference_label}."
        )
        sheet = self.sheet(sheet_name(theme), THEMES[theme], note, FIGURES, len(rows))
        for r, row in enumerate(rows, HEADER_ROW + 1):
            decimals = min(row.indicator.decimals, 1)
            sheet.write_string(r, 0, french.office(french.name(row.territory)), self.formats["strong"])
            for column, text in (
                (1, row.indicator.label),
                (2, row.territory.code),
                (3, row.territory.level.label),
                (5, row.indicator.unit),
                (6, row.status),
                (11, row.word),
                (12, row.reason),
            ):
                sheet.write_string(r, column, french.office(text), self.formats["text"])
            self.number(sheet, r, 4, row.value, decimals)
            self.number(sheet, r, 7, row.numerator, 0)
            self.number(sheet, r, 8, row.denominator, 0)
            self.number(sheet, r, 9, row.year, "year")
            self.number(sheet, r, 10, row.missing, 0)

    def births(self) -> None:
        series = self.report.births
        if not series:
            return
        years = sorted({year for one in series for year in one.years})
        columns = (("Année", 10), *((one.name, 24) for one in series))
        sheet = self.sheet(
            "Naissances",
            "Naissances domiciliées par an",
            "Insee, état civil. « — » : inconnu.",
            columns,
            len(years),
        )
        for r, year in enumerate(years, HEADER_ROW + 1):
            sheet.write_number(r, 0, year, self.formats["year"])
            for c, one in enumerate(series, 1):
                value = dict(zip(one.years, one.values, strict=True)).get(year)
                self.number(sheet, r, c, content.known(value), 0)
        first, last = HEADER_ROW + 1, HEADER_ROW + len(years)
        if sum(content.known(v) is not None for v in series[0].values) < 3:
            return
        chart = self.file.add_chart({"type": "line"})
        custom = [{"delete": True}] * (len(years) - 1) + [{}]
        chart.add_series(
            {
                "name": ["Naissances", HEADER_ROW, 1],
                "categories": ["Naissances", first, 0, last, 0],
                "values": ["Naissances", first, 1, last, 1],
                "line": {"color": f"#{COLOURS['territory']}", "width": 2.5},
                "data_labels": {
                    "value": True,
                    "custom": custom,
                    "font": {"bold": True, "color": f"#{COLOURS['territory']}"},
                },
            }
        )
        chart.set_legend({"none": True})
        chart.set_title({"name": french.office(f"Naissances : {series[0].name}"), "name_font": {"size": 12}})
        chart.set_x_axis({"interval_unit": 3, "major_tick_mark": "none"})
        chart.set_y_axis(
            {
                "min": 0,
                "line": {"none": True},
                "major_gridlines": {"visible": True, "line": {"color": "#D3DADE"}},
            }
        )
        chart.set_size({"width": 620, "height": 320})
        sheet.insert_chart(
            HEADER_ROW,
            len(columns) + 1,
            chart,
            {"description": f"Courbe des naissances de {years[0]} à {years[-1]}"},
        )

    def districts(self) -> None:
        districts = self.report.qpv.districts
        if not districts:
            return
        stats = list(dict.fromkeys(stat for d in districts for stat in d["inside"]))
        labels = table_labels()
        columns = (("Quartier", 40), ("Code", 12), ("Communes", 34))
        columns += tuple(
            (f"{labels.get(stat, stat)} : {where}", 16) for stat in stats for where in ("dedans", "à 500 m")
        )
        sheet = self.sheet(
            "Quartiers prioritaires",
            "Quartiers prioritaires et équipements",
            self.report.qpv.reading,
            columns,
            len(districts),
        )
        sheet.set_row(HEADER_ROW, 45)
        for r, district in enumerate(districts, HEADER_ROW + 1):
            sheet.write_string(r, 0, french.office(district["name"]), self.formats["strong"])
            sheet.write_string(r, 1, district["code"], self.formats["text"])
            sheet.write_string(r, 2, french.office(", ".join(district["communes"])), self.formats["text"])
            for c, stat in enumerate(stats):
                self.number(sheet, r, 3 + 2 * c, content.known(district["inside"].get(stat)), 0)
                self.number(sheet, r, 4 + 2 * c, content.known((district["near"] or {}).get(stat)), 0)

    def sources(self) -> None:
        sources = self.report.sources
        columns = (
            ("Source", 60),
            ("Producteur", 24),
            ("Millésime", 16),
            ("Géographie", 18),
            ("Licence", 24),
            ("Page", 60),
        )
        sheet = self.sheet(
            "Sources et secret", "Sources et secret statistique", content.SECRECY, columns, len(sources)
        )
        for r, s in enumerate(sources, HEADER_ROW + 1):
            for c, text in enumerate((s.title, s.producer, s.vintage, s.geography, s.licence, s.page)):
                sheet.write_string(r, c, french.office(str(text)), self.formats["text"])
        row = HEADER_ROW + len(sources) + 3
        for note in self.report.notes:
            sheet.write_string(row, 0, french.office(note), self.formats["note"])
            row += 1

    def dictionary(self) -> None:
        columns = (
            ("Indicateur", 50),
            ("Identifiant", 26),
            ("Unité", 38),
            ("Numérateur", 40),
            ("Dénominateur", 34),
            ("Définition", 90),
            ("Limite", 90),
        )
        sheet = self.sheet(
            "Dictionnaire",
            "Dictionnaire des indicateurs",
            "Chaque indicateur, ses deux parts, sa définition et sa limite.",
            columns,
            len(INDICATORS),
        )
        for r, i in enumerate(INDICATORS, HEADER_ROW + 1):
            texts = (i.label, i.id, i.unit, i.numerator_label, i.denominator_label, i.definition, i.caveat)
            for c, text in enumerate(texts):
                sheet.write_string(r, c, french.office(text), self.formats["wrap" if c >= 5 else "text"])


def table_labels() -> dict[str, str]:
    """Stat -> what it counts, in the plural."""
    return {stat: french.capitalised(labels[1]) for stat, labels in FACILITY_LABELS.items()}
