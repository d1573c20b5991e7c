"""The workbook: a sheet a theme, one row per territory and indicator, sources and secrecy, dictionary.

A cell is written by the type that its column declares: codes stay text, and so does what begins like a formula.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from functools import cached_property

import xlsxwriter

from diagnostic import french, story
from diagnostic.exports import picture, table
from diagnostic.exports.style import COLOURS
from diagnostic.indicators import FACILITY_LABELS, INDICATORS
from diagnostic.model import THEMES
from diagnostic.report import Report
from diagnostic.story import Cover, Section
from diagnostic.warehouse import Database

HEADER_ROW = 3
ESTIMATES, BOUNDED = "Estimations", "au plus"
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


def build(report: Report, db: Database | None = None, *, extra: Sequence[Section] = ()) -> bytes:
    """The workbook of the diagnosis as the bytes of a .xlsx file; each section of `extra` has its sheet."""
    book = Book(story.cover(report))
    extra = (*story.local_sections(report), *extra)
    rows = table.rows(report)
    themes = [theme for theme in THEMES if any(row.indicator.theme == theme for row in rows)]
    names = [sheet_name(theme) for theme in themes]
    names += ["Naissances"] * bool(report.births)
    names += [ESTIMATES] * bool(report.coverage.estimates)
    names += ["Quartiers prioritaires"] * bool(report.qpv.districts)
    names += [book.reserve(section) for section in extra]
    book.readme((*names, "Sources et secret", "Dictionnaire"))
    for theme in themes:
        _theme(book, report, theme, [row for row in rows if row.indicator.theme == theme])
    _births(book, report)
    _estimates(book, report)
    _districts(book, report)
    for section in extra:
        book.section(section)
    _sources(book, report)
    _dictionary(book)
    return book.bytes()


def compose(cover: Cover, sections: Sequence[Section]) -> bytes:
    """Any sections as the bytes of a .xlsx file: what the file states of itself, then a sheet a section."""
    book = Book(cover)
    book.readme([book.reserve(section) for section in sections])
    for section in sections:
        book.section(section)
    return book.bytes()


def sheet_name(theme: str) -> str:
    """The name of a theme within Excel's 31 characters."""
    return SHORT.get(theme, THEMES[theme])[:31]


class Book:
    """The workbook being written, with its formats: `readme`, then sheets, then `bytes`."""

    def __init__(self, cover: Cover) -> None:
        self.buffer, self.cover = io.BytesIO(), cover
        self.file = xlsxwriter.Workbook(self.buffer, PLAIN)
        self.names: dict[str, str] = {}
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

    def reserve(self, section: Section) -> str:
        """The name of the sheet of a section, within Excel's rules: no sign that it forbids, 31 characters, unique."""
        plain = re.sub(r"[\\/*?:\[\]']", " ", french.office(section.kicker)).strip() or "Feuille"
        taken, name, number = set(self.names.values()), plain[:31].strip(), 2
        while name in taken:
            name, number = f"{plain[:28].strip()} {number}", number + 1
        self.names[section.id] = name
        return name

    def section(self, section: Section) -> None:
        """The sentences and the tables of a section, one under the other; charts as the table behind them."""
        sheet = self.file.add_worksheet(self.names.get(section.id) or self.reserve(section))
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, french.office(section.title), self.formats["title"])
        mark = f"{self.cover.notice} " if self.cover.notice else ""
        sheet.write_string(
            1, 0, french.office(mark + section.source), self.formats["alert" if mark else "note"]
        )
        row, widest = HEADER_ROW, {}
        for block in section.blocks:
            row = self._block(sheet, block, row, widest) + 1
        for column, width in widest.items():
            sheet.set_column(column, column, min(70, max(12, width + 2)))

    def _block(self, sheet, block: story.Block, row: int, widest: dict[int, int]) -> int:
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
            rows = [(card.figure, card.unit, card.sentence, card.detail) for card in block.items]
        elif isinstance(block, story.Table):
            header, rows = block.header, list(block.rows)
        else:
            header, rows, _, _ = picture.as_table(block)
        caption = getattr(block, "caption", "")
        if caption:
            sheet.write_string(row, 0, french.office(caption), self.formats["strong"])
            row += 1
        for column, text in enumerate(header):
            sheet.write_string(row, column, french.office(text), self.formats["head"])
            widest[column] = max(widest.get(column, 0), len(text))
        for cells in rows:
            row += 1
            for column, text in enumerate(cells):
                self._said(sheet, row, column, text)
                widest[column] = max(widest.get(column, 0), len(text))
        return row + 1

    def _said(self, sheet, row: int, column: int, text: str) -> None:
        """A written French number becomes a number again; everything else stays text."""
        plain = text.replace(french.THIN, "").replace(french.NBSP, "")
        if column and re.fullmatch(r"[−-]?\d+(,\d+)?", plain):
            value = float(plain.replace("−", "-").replace(",", "."))
            sheet.write_number(row, column, value, self.formats[1 if "," in plain else 0])
        elif text == french.UNKNOWN:
            sheet.write_string(row, column, text, self.formats["unknown"])
        else:
            sheet.write_string(row, column, french.office(text), self.formats["wrap"])

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
            "bound": self._format(num_format='0" ou moins"', **line),
            "unknown": self._format(align="right", **grey, **line),
            "link": self._format(font_color=f"#{COLOURS['territory']}", underline=1),
            "alert": self._format(bold=True, font_color=f"#{COLOURS['attention']}"),
        }

    def sheet(self, name: str, title: str, note: str, columns: Sequence[tuple[str, int]], rows: int):
        """A sheet with its title, note, frozen header and filter; data begin under HEADER_ROW."""
        sheet = self.file.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, french.office(title), self.formats["title"])
        mark = f"{self.cover.notice} " if self.cover.notice else ""
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
        sheet.set_footer(f"&L{french.office(self.cover.footer)[:90].replace('&', '&&')}&R&P / &N")
        return sheet

    def number(self, sheet, row: int, column: int, value: float | None, decimals: int | str) -> None:
        if value is None:
            sheet.write_string(row, column, french.UNKNOWN, self.formats["unknown"])
        else:
            sheet.write_number(row, column, value, self.formats[decimals])

    def readme(self, names: Sequence[str]) -> None:
        """What the file states of itself, and links to its sheets."""
        sheet = self.file.add_worksheet("Lisez-moi")
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 110)
        sheet.write_string(0, 0, french.office(self.cover.title), self.formats["title"])
        sheet.write_string(1, 0, french.office(self.cover.lines[0]), self.formats["note"])
        row = 3
        for label, text in self.cover.facts:
            style = self.formats["alert" if label == "Attention" else "strong"]
            sheet.write_string(row, 0, french.office(label), style)
            sheet.write_string(row, 1, french.office(text), self.formats["wrap"])
            row += 1
        for name in names:
            row += 1
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self.formats["link"], name)


def _theme(book: Book, report: Report, theme: str, rows: list[table.Row]) -> None:
    note = "« — » : valeur inconnue, jamais zéro. Le manque est compté pour atteindre la référence : " + (
        f"{report.reference.the if report.reference else french.UNKNOWN}."
    )
    sheet = book.sheet(sheet_name(theme), THEMES[theme], note, FIGURES, len(rows))
    for r, row in enumerate(rows, HEADER_ROW + 1):
        decimals = min(row.indicator.decimals, 1)
        sheet.write_string(r, 0, french.office(french.name(row.territory)), book.formats["strong"])
        for column, text in (
            (1, row.indicator.label),
            (2, row.territory.code),
            (3, row.territory.level.label),
            (5, row.indicator.unit),
            (6, row.status),
            (11, row.word),
            (12, row.reason),
        ):
            sheet.write_string(r, column, french.office(text), book.formats["text"])
        # The producer says only that the value is at most this: the cell says it too, and stays a number.
        book.number(sheet, r, 4, row.value, "bound" if row.status == BOUNDED else decimals)
        book.number(sheet, r, 7, row.numerator, 0)
        book.number(sheet, r, 8, row.denominator, 0)
        book.number(sheet, r, 9, row.year, "year")
        book.number(sheet, r, 10, row.missing, 0)


def _estimates(book: Book, report: Report) -> None:
    """Communes without a published rate: every one of them, where the documents show the first."""
    rows = report.coverage.estimates
    if not rows:
        return
    columns = (
        ("Commune", 34),
        ("Code", 11),
        ("Enfants de moins de 3 ans", 14),
        ("Places en crèche", 12),
        ("Taux brut", 12),
        ("Estimation", 12),
        ("Borne basse", 12),
        ("Borne haute", 12),
        ("Fiabilité", 10),
    )
    note = "Places en crèche pour 100 enfants, rapprochées du taux de l’intercommunalité ; intervalle à 95 %, fiabilité A à D."
    sheet = book.sheet(ESTIMATES, "Estimations des communes sans taux publié", note, columns, len(rows))
    for r, row in enumerate(rows, HEADER_ROW + 1):
        sheet.write_string(r, 0, french.office(row["name"]), book.formats["strong"])
        sheet.write_string(r, 1, row["code"], book.formats["text"])
        for c, (name, decimals) in enumerate(
            (("children", 0), ("places", 0), ("rate", 1), ("estimate", 1), ("low", 1), ("high", 1)), 2
        ):
            book.number(sheet, r, c, story.known(row[name]), decimals)
        sheet.write_string(r, 8, row["grade"], book.formats["text"])


def _births(book: Book, report: Report) -> None:
    series = report.births
    if not series:
        return
    years = sorted({year for one in series for year in one.years})
    columns = (("Année", 10), *((one.name, 24) for one in series))
    sheet = book.sheet(
        "Naissances",
        "Naissances domiciliées par an",
        "Insee, état civil. « — » : inconnu.",
        columns,
        len(years),
    )
    for r, year in enumerate(years, HEADER_ROW + 1):
        sheet.write_number(r, 0, year, book.formats["year"])
        for c, one in enumerate(series, 1):
            value = dict(zip(one.years, one.values, strict=True)).get(year)
            book.number(sheet, r, c, story.known(value), 0)
    first, last = HEADER_ROW + 1, HEADER_ROW + len(years)
    if sum(story.known(v) is not None for v in series[0].values) < 3:
        return
    chart = book.file.add_chart({"type": "line"})
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


def _districts(book: Book, report: Report) -> None:
    districts = report.qpv.districts
    if not districts:
        return
    stats = list(dict.fromkeys(stat for d in districts for stat in d["inside"]))
    labels = table_labels()
    columns = (("Quartier", 40), ("Code", 12), ("Communes", 34))
    columns += tuple(
        (f"{labels.get(stat, stat)} : {where}", 16) for stat in stats for where in ("dedans", "à 500 m")
    )
    sheet = book.sheet(
        "Quartiers prioritaires",
        "Quartiers prioritaires et équipements",
        report.qpv.reading,
        columns,
        len(districts),
    )
    sheet.set_row(HEADER_ROW, 45)
    for r, district in enumerate(districts, HEADER_ROW + 1):
        sheet.write_string(r, 0, french.office(district["name"]), book.formats["strong"])
        sheet.write_string(r, 1, district["code"], book.formats["text"])
        sheet.write_string(r, 2, french.office(", ".join(district["communes"])), book.formats["text"])
        for c, stat in enumerate(stats):
            book.number(sheet, r, 3 + 2 * c, story.known(district["inside"].get(stat)), 0)
            book.number(sheet, r, 4 + 2 * c, story.known((district["near"] or {}).get(stat)), 0)


def _sources(book: Book, report: Report) -> None:
    sources = report.sources
    columns = (
        ("Source", 60),
        ("Producteur", 24),
        ("Millésime", 16),
        ("Géographie", 18),
        ("Licence", 24),
        ("Page", 60),
    )
    sheet = book.sheet(
        "Sources et secret", "Sources et secret statistique", story.SECRECY, columns, len(sources)
    )
    for r, s in enumerate(sources, HEADER_ROW + 1):
        for c, text in enumerate((s.title, s.producer, s.vintage, s.geography, s.licence, s.page)):
            sheet.write_string(r, c, french.office(str(text)), book.formats["text"])
    row = HEADER_ROW + len(sources) + 3
    for note in report.notes:
        sheet.write_string(row, 0, french.office(note), book.formats["note"])
        row += 1


def _dictionary(book: Book) -> None:
    columns = (
        ("Indicateur", 50),
        ("Identifiant", 26),
        ("Unité", 38),
        ("Numérateur", 40),
        ("Dénominateur", 34),
        ("Définition", 90),
        ("Limite", 90),
    )
    sheet = book.sheet(
        "Dictionnaire",
        "Dictionnaire des indicateurs",
        "Chaque indicateur, ses deux parts, sa définition et sa limite.",
        columns,
        len(INDICATORS),
    )
    for r, i in enumerate(INDICATORS, HEADER_ROW + 1):
        texts = (i.label, i.id, i.unit, i.numerator_label, i.denominator_label, i.definition, i.caveat)
        for c, text in enumerate(texts):
            sheet.write_string(r, c, french.office(text), book.formats["wrap" if c >= 5 else "text"])


def table_labels() -> dict[str, str]:
    """Stat -> what it counts, in the plural."""
    return {stat: french.capitalised(labels[1]) for stat, labels in FACILITY_LABELS.items()}
