"""The report as a Word document that an adviser finishes: real headings, captions, tables, pictures.

Charts are pictures with their table below: python-docx has no native chart.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Sequence

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from diagnostic import french, reading, story
from diagnostic.exports import picture
from diagnostic.exports.style import COLOURS
from diagnostic.indicators import BY_ID
from diagnostic.report import Report
from diagnostic.story import Cover, Documents, Section
from diagnostic.warehouse import Database

WIDTH = 17.0
MOST_TOGETHER = 14
"""Rows of a table that no page break parts."""
FACTS = "Ce que dit ce document de lui-même"
ACTION_FIELDS = (
    "Constat chiffré",
    "Objectif",
    "Public et territoire",
    "Actions",
    "Pilote (élu et technicien)",
    "Partenaires",
    "Calendrier",
    "Moyens humains",
    "Budget et financeurs (Caf, collectivité, autres)",
    "Indicateurs de résultat",
    "État d’avancement",
)


def build(
    report: Report,
    db: Database | None = None,
    *,
    extra: Sequence[Section] = (),
    documents: Documents | None = None,
) -> bytes:
    """The diagnosis as the bytes of a .docx file, with an action sheet to fill for each first priority."""
    sections = story.compose(story.sections(report, extra, db), documents)
    made = Document(story.cover(report), picture.maps_of(report, db))
    made.open([section.kicker for section in sections] + ["Fiches action"] * bool(report.priorities))
    for section in sections:
        made.section(section)
    if report.priorities:
        _actions(made, report)
    made.close(report.notes)
    return made.bytes()


def compose(cover: Cover, sections: Sequence[Section], maps: picture.Maps | None = None) -> bytes:
    """Any sections as the bytes of a .docx file: cover, contents, a chapter a section, what it states of itself."""
    made = Document(cover, maps)
    made.open([section.kicker for section in sections])
    for section in sections:
        made.section(section)
    made.close()
    return made.bytes()


def _actions(document: Document, report: Report) -> None:
    """One table to fill for each of the first priorities: the field is left blank, the finding is written."""
    document.heading("Fiches action", 1)
    document.paragraph("Une fiche par priorité, à compléter avec les partenaires.", "Message")
    for priority in report.priorities[:3]:
        indicator = BY_ID.get(priority.indicator)
        document.heading(indicator.short if indicator else priority.indicator, 2)
        rows = [
            (field, reading.title(priority.sentence) if i == 0 else "")
            for i, field in enumerate(ACTION_FIELDS)
        ]
        document.table(("Rubrique", "Contenu"), rows, (0.32, 0.68), ())


class Document:
    """A document being written from the top to the end, with our styles: `open`, what comes, `close`, `bytes`."""

    def __init__(self, cover: Cover, maps: picture.Maps | None = None) -> None:
        self.told, self.maps, self.numbers = cover, maps, {"Tableau": 0, "Carte": 0, "Graphique": 0}
        self.file = docx.Document()
        _styles(self.file)
        _drop_old_styles(self.file)
        page = self.file.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.left_margin = page.right_margin = Cm(2)
        page.top_margin, page.bottom_margin = Cm(2.2), Cm(2)
        properties = self.file.core_properties
        properties.title = french.office(cover.document)
        properties.language, properties.author = "fr-FR", "Diagnostic territorial CTG"
        properties.comments = french.office(cover.notice)
        self._footer(page)

    def bytes(self) -> bytes:
        buffer = io.BytesIO()
        self.file.save(buffer)
        return buffer.getvalue()

    def paragraph(self, text: str, style: str | None = None):
        return self.file.add_paragraph(french.office(text), style=style)

    def heading(self, text: str, level: int) -> None:
        self.file.add_heading(french.office(text), level)

    def _footer(self, page) -> None:
        paragraph = page.footer.paragraphs[0]
        footer = self.told.footer
        paragraph.add_run(french.office(f"{footer if len(footer) <= 120 else f'{footer[:119]}…'} · page "))
        _field(paragraph, "PAGE", "1")
        paragraph.style = self.file.styles["Source"]

    def open(self, entries: Sequence[str]) -> None:
        """Name, what the document is, and the contents; the entries are written in the field, so that they read
        before any update."""
        self.paragraph(self.told.title, "Title")
        self.paragraph(self.told.lines[0], "Subtitle")
        if self.told.notice:
            self.paragraph(self.told.notice, "Alerte")
        for line in (*self.told.lines[1:], *self.told.small):
            if line:
                self.paragraph(line, "Source")
        self.paragraph("Sommaire", "Sommaire")
        first = self.file.add_paragraph()
        _mark(first, "begin")
        _instruction(first, 'TOC \\o "1-1" \\h \\z \\u')
        _mark(first, "separate")
        paragraph = first
        for i, entry in enumerate((*entries, FACTS)):
            paragraph = first if i == 0 else self.file.add_paragraph()
            paragraph.add_run(french.office(entry))
            paragraph.paragraph_format.space_after = Pt(2)
        _mark(paragraph, "end")
        self.file.add_page_break()

    def section(self, section: story.Section) -> None:
        self.heading(section.kicker, 1)
        self.paragraph(section.title, "Message")
        if section.added:
            self.paragraph(section.added)
        for block in section.blocks:
            self.block(block)
        if section.below:
            self.paragraph(section.below, "Source")

    def block(self, block: story.Printed) -> None:
        if isinstance(block, story.Cards):
            self.table(
                (),
                [(card.figure, card.unit, f"{card.sentence}. {card.detail}") for card in block.items],
                (0.2, 0.25, 0.55),
                (),
            )
        elif isinstance(block, story.Text):
            for heading, text, _ in block.items:
                if heading:
                    self.paragraph(heading, "Rubrique")
                self.paragraph(text)
        elif isinstance(block, story.Table):
            self._caption("Tableau", block.caption)
            self.table(block.header, block.rows, block.widths, block.numeric)
        elif isinstance(block, story.Map):
            self._map(block)
        else:
            self._caption("Graphique", block.caption)
            self._picture(picture.draw_chart(block, WIDTH), f"Graphique : {block.caption}")
            self.table(*story.as_table(block))

    def _map(self, block: story.Map) -> None:
        figure = self.maps(block, WIDTH, 11.0, 1.0) if self.maps is not None else None
        if figure is not None:
            self._caption("Carte", block.caption)
            self._picture(figure, block.alt)

    def _picture(self, figure, alt: str) -> None:
        shape = self.file.add_picture(io.BytesIO(picture.rendered(figure, "png", 200)), width=Cm(WIDTH))
        shape._inline.docPr.set("descr", french.office(alt))

    def _caption(self, kind: str, text: str) -> None:
        self.numbers[kind] += 1
        paragraph = self.file.add_paragraph(f"{kind} ", style="Caption")
        _field(paragraph, f"SEQ {kind} \\* ARABIC", str(self.numbers[kind]))
        paragraph.add_run(french.office(f". {text}"))

    def table(self, header, rows, widths, numeric) -> None:
        count = len(widths)
        table = self.file.add_table(rows=(1 if header else 0) + len(rows), cols=count)
        table.style = self.file.styles["Diagnostic"]
        table.autofit = False
        whole = sum(widths)
        lines = ([tuple(header)] if header else []) + [tuple(row) for row in rows]
        for i, share in enumerate(widths):
            table.columns[i].width = Cm(WIDTH * share / whole)
        for r, line in enumerate(lines):
            row = table.rows[r]
            properties = row._tr.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if r == 0 and header:
                properties.append(OxmlElement("w:tblHeader"))
            for c, cell in enumerate(row.cells):
                cell.width = Cm(WIDTH * widths[c] / whole)
                paragraph = cell.paragraphs[0]
                paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
                paragraph.paragraph_format.keep_with_next = r < len(lines) - 1 <= MOST_TOGETHER or None
                if c in numeric:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                run = paragraph.add_run(french.office(line[c]))
                if not header and c == 0:
                    run.style = self.file.styles["Chiffre"]
                else:
                    run.font.size = Pt(9)
                    run.font.bold = True if header and (r == 0 or c == 0) else None
        self.file.add_paragraph().paragraph_format.space_after = Pt(2)

    def close(self, notes: Sequence[str] = ()) -> None:
        """What the document states of itself, then notes."""
        self.heading(FACTS, 1)
        self.table(("Rubrique", "Contenu"), self.told.facts, (0.25, 0.75), ())
        for note in notes:
            self.paragraph(note, "Source")


def _mark(paragraph, kind: str) -> None:
    node = OxmlElement("w:fldChar")
    node.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(node)


def _instruction(paragraph, code: str) -> None:
    node = OxmlElement("w:instrText")
    node.set(qn("xml:space"), "preserve")
    node.text = f" {code} "
    paragraph.add_run()._r.append(node)


def _field(paragraph, code: str, value: str) -> None:
    """A field with its value written, which Word may update."""
    _mark(paragraph, "begin")
    _instruction(paragraph, code)
    _mark(paragraph, "separate")
    paragraph.add_run(value)
    _mark(paragraph, "end")


def _drop_old_styles(file) -> None:
    """The library's template keeps a second list of styles, for Word 2007: it knows none of ours, so it goes."""
    for key, relation in list(file.part.rels.items()):
        if relation.reltype.endswith("/stylesWithEffects"):
            file.part.drop_rel(key)


def _styles(file) -> None:
    """Arial everywhere, French, our colours, and the styles that the document uses."""
    defaults = file.styles.element.find(qn("w:docDefaults"))
    for language in defaults.iter(qn("w:lang")):
        language.set(qn("w:val"), "fr-FR")
    for fonts in file.styles.element.iter(qn("w:rFonts")):
        for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{name}"), None)
        fonts.set(qn("w:ascii"), "Arial")
        fonts.set(qn("w:hAnsi"), "Arial")
    sizes = {
        "Normal": (10.5, False, "ink"),
        "Title": (26, True, "ink"),
        "Subtitle": (13, False, "muted"),
        "Heading 1": (16, True, "territory"),
        "Heading 2": (12.5, True, "ink"),
        "Caption": (9.5, True, "ink"),
    }
    for name in ("Source", "Message", "Rubrique", "Alerte", "Sommaire"):
        file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = file.styles["Normal"]
    file.styles.add_style("Chiffre", WD_STYLE_TYPE.CHARACTER)
    sizes |= {
        "Source": (8.5, False, "muted"),
        "Message": (12, True, "ink"),
        "Rubrique": (10.5, True, "muted"),
        "Alerte": (12, True, "attention"),
        "Sommaire": (12.5, True, "territory"),
        "Chiffre": (15, True, "territory"),
    }
    for name, (size, bold, role) in sizes.items():
        font = file.styles[name].font
        font.name, font.size, font.bold, font.italic = "Arial", Pt(size), bold, False
        font.color.rgb = RGBColor.from_string(COLOURS[role])
    for spacing in file.styles["Subtitle"].element.iter(qn("w:spacing")):
        spacing.attrib.pop(qn("w:val"), None)
    for border in list(file.styles["Title"].element.iter(qn("w:pBdr"))):
        border.getparent().remove(border)
    for name in ("Caption", "Message", "Rubrique"):
        file.styles[name].paragraph_format.keep_with_next = True
    file.styles["Normal"].paragraph_format.space_after = Pt(6)
    file.styles["Heading 1"].paragraph_format.space_before = Pt(18)
    _table_style(file)


def _table_style(file) -> None:
    style = file.styles.add_style("Diagnostic", WD_STYLE_TYPE.TABLE)
    rule, ink = COLOURS["rule"], COLOURS["ink"]
    borders = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH"):
        node = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", rule)):
            node.set(qn(f"w:{key}"), value)
        borders.append(node)
    properties = OxmlElement("w:tblPr")
    properties.append(borders)
    style.element.append(properties)
    first = OxmlElement("w:tblStylePr")
    first.set(qn("w:type"), "firstRow")
    run = OxmlElement("w:rPr")
    run.append(OxmlElement("w:b"))
    first.append(run)
    cell, edges = OxmlElement("w:tcPr"), OxmlElement("w:tcBorders")
    line = copy.deepcopy(borders[0])
    line.set(qn("w:color"), ink)
    line.set(qn("w:sz"), "8")
    edges.append(line)
    cell.append(edges)
    first.append(cell)
    style.element.append(first)
