"""The report as a Word document that an adviser finishes: real headings, captions, tables, pictures.

Charts are pictures that print their values and say them aloud: python-docx has no native chart.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from xml.sax.saxutils import escape

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm
from docx.text.paragraph import Paragraph

from diagnostic import french, story
from diagnostic.exports import alt, contents, letters, looks, pages, picture
from diagnostic.exports.looks import CELL, WIDTH
from diagnostic.plan.documents import Documents
from diagnostic.report import Report
from diagnostic.story import Cover, Section
from diagnostic.story.written import ANNEXES, Part, apart, document, is_short
from diagnostic.warehouse import Database

MAP_TALL = 8.6
SHEET_MAPS = (5.4, 4.2, 3.0, 0.0)
"""Centimetres of the maps of the pages on communes: the highest with which each holds on its page; 0 for none."""
Logo = bytes
LOGO = (5.4, 2.2)
"""Centimetres that a logo takes at most."""
SQUAT = 0.8
"""Of the height of its charts that a document of a few pages has room for."""
DPI = 150
DEEPEST = 2
"""Levels of headings in the contents."""
ASKED = "À vérifier avec la commune"
FACTS = "Ce que dit ce document de lui-même"


def build(
    report: Report,
    db: Database | None = None,
    *,
    extra: Sequence[Section] = (),
    documents: Documents | None = None,
) -> bytes:
    """The diagnosis as the bytes of a .docx file."""
    meeting = (documents or Documents()).meeting
    made = Document(story.cover(report, meeting), picture.maps_of(report, db), short=is_short(report))
    made.open(meeting.logos)
    for part in document(report, story.sections(report, extra, db), documents):
        made.part(part)
    made.close(story.last_words(report))
    return made.bytes()


def sheets(report: Report, db: Database | None = None) -> bytes:
    """A page on each member of the territory; DiagnosticError where they are too many."""
    told = story.sheets(report)
    for tall in SHEET_MAPS:
        made = Document(story.cover(report), picture.maps_of(report, db) if tall else None, tall)
        for number, (section, asked) in enumerate(told):
            made.sheet(section, asked, first=not number)
        if pages.numbered(made.file) == list(range(1, len(told) + 1)):
            break
    return made.bytes()


def compose(cover: Cover, sections: Sequence[Section], maps: picture.Maps | None = None) -> bytes:
    """Any sections as the bytes of a .docx file: cover, contents, a chapter a section, what it states of itself."""
    made = Document(cover, maps)
    made.open()
    for part in apart(sections):
        made.part(part)
    made.close()
    return made.bytes()


class Document:
    """A document being written from the top to the end, with our styles: `open`, what comes, `close`, `bytes`."""

    def __init__(
        self, cover: Cover, maps: picture.Maps | None = None, sheet_map: float = 0.0, *, short: bool = False
    ) -> None:
        self.sheet_map, self.short = sheet_map, short
        self.told, self.maps, self.numbers = cover, maps, {"Tableau": 0, "Carte": 0, "Graphique": 0}
        self.contents: Paragraph | None = None
        self.deepest, self.turned = DEEPEST, False
        self.file = docx.Document(io.BytesIO(looks.blank(short)))
        # By name, the library looks for a style among all of them, each time.
        self.ids = {style.name: style.style_id for style in self.file.styles}
        page = self.file.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.left_margin = page.right_margin = Cm(2)
        page.top_margin = page.bottom_margin = Cm(1.2 if short else 1.5)
        # Nearer the edge than the text, or it would push the text up.
        page.header_distance = page.footer_distance = Cm(0.6)
        properties = self.file.core_properties
        properties.title = french.office(cover.document)
        properties.language, properties.author = "fr-FR", "Diagnostic territorial CTG"
        properties.comments = french.office(cover.notice)
        self._footer(page)

    def bytes(self) -> bytes:
        forms = pages.keep_whole(self.file, pages.OF_A_FEW if self.short else pages.TALLEST)
        if self.contents is not None:
            contents.number(self.file, self.contents, self.deepest, forms)
        buffer = io.BytesIO()
        self.file.save(buffer)
        return buffer.getvalue()

    def paragraph(self, text: str, style: str | None = None):
        made = self.file.add_paragraph(french.office(text))
        if style is not None:
            made._p.style = self.ids[style]
        return made

    def _footer(self, page) -> None:
        paragraph = page.footer.paragraphs[0]
        footer = self.told.footer
        paragraph.add_run(french.office(f"{footer if len(footer) <= 120 else f'{footer[:119]}…'} · page "))
        contents.field(paragraph, "PAGE", "1")
        paragraph.style = self.file.styles["Source"]

    def open(self, logos: Sequence[Logo] = ()) -> None:
        """Logos, name, what the document is, where it is, and the place of the contents: of the chapters only, on the same
        page as the rest, where it is short."""
        if logos:
            line = self.paragraph("", "Logos")
            for logo in logos:
                shape = line.add_run().add_picture(io.BytesIO(logo))
                ratio = min(Cm(LOGO[0]) / shape.width, Cm(LOGO[1]) / shape.height)
                shape.width, shape.height = int(shape.width * ratio), int(shape.height * ratio)
                shape._inline.docPr.set("descr", "Logo")
                line.add_run("     ")
        self.paragraph(self.told.title, "Title")
        self.paragraph(self.told.about, "Subtitle")
        if self.told.notice:
            self.paragraph(self.told.notice, "Alerte")
        for line in (*self.told.lines[1:], *self.told.small):
            if line:
                self.paragraph(line, "Précision")
        situation = None if self.short else self.told.situation
        drawn = self.maps(situation, WIDTH, 14.0, 1.0) if situation is not None and self.maps else None
        if drawn is not None and situation is not None:
            self._picture(drawn, situation.alt)
        self.paragraph("Sommaire", "Sommaire").paragraph_format.page_break_before = drawn is not None or None
        self.contents = self.file.add_paragraph()
        self.deepest = 1 if self.short else DEEPEST
        self.turned = not self.short

    def heading(self, text: str, level: int) -> None:
        made = self.paragraph(text, f"Heading {level}")
        if self.turned:
            # The contents stand alone, on their pages.
            made.paragraph_format.page_break_before, self.turned = True, False

    def part(self, part: Part) -> None:
        """A chapter: its title, then each section under the sentence that it finds."""
        self.heading(part.title, 1)
        for told in part.sections:
            section = told.section
            if told.brief:
                # The annexes of a few pages are lists to look things up in.
                self.paragraph(told.told, "Précision" if self.short and part.title == ANNEXES else None)
            else:
                self.heading(section.title, 2)
                if told.told:
                    self.paragraph(told.told)
            if section.added:
                self.paragraph(section.added)
            if section.subtitle and section.blocks:
                self.paragraph(section.subtitle, "Précision").paragraph_format.keep_with_next = True
            for number, block in enumerate(section.blocks, 1):
                self.block(block)
                if number < len(section.blocks):
                    self._let_go()
            if told.closing:
                self.paragraph(told.closing, "Précision")
            if told.below:
                self.paragraph(told.below, "Source")

    def _let_go(self) -> None:
        """A picture stays with its source, not with the next drawing."""
        last = self.file.element.body.findall(qn("w:p"))[-1]
        if last.style == self.ids["Image"]:
            last.get_or_add_pPr().get_or_add_keepNext().val = False

    def sheet(self, section: Section, asked: Sequence[str], *, first: bool) -> None:
        """A page on one commune."""
        self.heading(section.title, 1)
        self.file.paragraphs[-1].paragraph_format.page_break_before = not first
        if section.spoken:
            self.paragraph(section.spoken)
        for block, where in story.with_its_map(section.blocks):
            if where is not None and isinstance(block, story.Table):
                self._beside(block, where)
            else:
                self.block(block)
        if asked:
            self.paragraph(ASKED, "Rubrique")
        for question in asked:
            self.paragraph(question, "List Bullet")
        self.paragraph(section.below, "Source")

    def block(self, block: story.Printed) -> None:
        if isinstance(block, story.Cards):
            if all(len(card.figure) < 3 and not card.unit for card in block.items):
                rows = [(card.figure, card.sentence, card.detail) for card in block.items]
                self.table((), rows, (0.05, 0.45, 0.5), (), cards=False)
            else:
                rows = [(card.figure, card.unit, f"{card.sentence}. {card.detail}") for card in block.items]
                self.table((), rows, (0.15, 0.21, 0.64), ())
        elif isinstance(block, story.Text):
            self._prose(block)
        elif isinstance(block, story.Table):
            if block.caption:
                self._caption("Tableau", block.caption)
            self.table(block.header, block.rows, block.widths, block.numeric)
        elif isinstance(block, story.Map):
            self._map(block)
        else:
            self._caption("Graphique", block.caption)
            self._picture(picture.draw_chart(block, WIDTH, SQUAT if self.short else 1.0), alt.said(block))

    def _prose(self, block: story.Text) -> None:
        """Each text under its heading; on its line where a commune has six pages."""
        alone = not any(heading for heading, _, _ in block.items[1:])
        listed = len(block.items) > 1 and alone
        if self.short and block.items[0][0]:
            texts = [(block.items[0][0], " ; ".join(text for _, text, _ in block.items))]
            for heading, text in texts if alone else [(heading, text) for heading, text, _ in block.items]:
                said = self.paragraph("")
                if heading:
                    said.add_run(french.office(french.typographic(f"{heading} : "))).bold = True
                said.add_run(french.office(french.typographic(text)))
            return
        for heading, text, _ in block.items:
            if heading:
                self.paragraph(heading, "Rubrique")
            self.paragraph(text, "List Bullet" if listed else None)

    def _map(self, block: story.Map) -> None:
        tall = self.sheet_map if block.at else MAP_TALL
        figure = self.maps(block, WIDTH, tall, 1.0) if self.maps is not None else None
        if figure is not None:
            if block.caption:
                self._caption("Carte", block.caption)
            self._picture(figure, block.alt)

    def _beside(self, block: story.Table, where: story.Map) -> None:
        """A table and the map at its right, as high as there is room for; the table alone where nothing is drawn."""
        left, right = (WIDTH * share for share in story.BESIDE)
        figure = self.maps(where, right - 0.4, self.sheet_map, 1.0) if self.maps is not None else None
        if figure is None:
            return self.block(block)
        if block.caption:
            self._caption("Tableau", block.caption)
        table = self._written(block.header, block.rows, _shared(block.widths, left - 0.4), block.numeric)
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{round(20 * Cm(width).pt)}" w:type="dxa"/></w:tcPr>{inside}<w:p><w:pPr>'
            f'<w:pStyle w:val="{self.ids[style]}"/></w:pPr></w:p></w:tc>'
            for width, inside, style in ((left, table, "Entre"), (right, "", "Image"))
        )
        grid = "".join(f'<w:gridCol w:w="{round(20 * Cm(width).pt)}"/>' for width in (left, right))
        outer = parse_xml(
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{round(20 * Cm(WIDTH).pt)}" w:type="dxa"/>'
            '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0000" w:firstRow="0" w:lastRow="0" w:firstColumn="0" '
            f'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
            f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr></w:tbl>"
        )
        self.file.element.body.insert_element_before(outer, "w:sectPr")
        self._painted(Paragraph(list(outer.iter(qn("w:p")))[-1], self.file), figure, right - 0.4, where.alt)
        self.paragraph("", "Entre")

    def _picture(self, figure, alt: str) -> None:
        self._painted(self.paragraph("", "Image"), figure, WIDTH, alt)

    def _painted(self, paragraph: Paragraph, figure, width: float, alt: str) -> None:
        shape = paragraph.add_run().add_picture(io.BytesIO(picture.painted(figure, DPI)), width=Cm(width))
        shape._inline.docPr.set("descr", french.office(alt))

    def _caption(self, kind: str, text: str) -> None:
        self.numbers[kind] += 1
        paragraph = self.paragraph(f"{kind} ", "Caption")
        contents.field(paragraph, f"SEQ {kind} \\* ARABIC", str(self.numbers[kind]))
        paragraph.add_run(french.office(f". {text}"))

    def table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        numeric: Sequence[int],
        *,
        cards: bool = True,
    ) -> None:
        """A table under heads that each page repeats; its rows are never parted. Without heads, what its first column has
        is in large type, as the figure of a card is."""
        self.file.element.body.insert_element_before(
            parse_xml(
                self._written(header, rows, _shared(widths, WIDTH), numeric, cards=cards and not header)
            ),
            "w:sectPr",
        )
        self.paragraph("", "Entre")

    def _written(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        numeric: Sequence[int],
        *,
        cards: bool = False,
    ) -> str:
        """The XML of a table of columns of these centimetres, written as a whole: cell by cell, the library takes
        seconds."""
        points = [Cm(width).pt for width in widths]
        heads, texts = (
            [tuple(map(french.office, cells)) for cells in lines]
            for lines in ([header] if header else [], rows)
        )
        # Figures in large type stand in their column as they are.
        widest = letters.columns(heads, texts, points, CELL, pages.CELL_MARGINS, fewest=not cards)
        across = [round(20 * one) for one in widest]
        lines = [_row(header, across, numeric, head=True)] if header else []
        lines += [_row(row, across, numeric, cards=cards) for row in rows]
        grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in across)
        style = self.ids["Diagnostic"]
        return (
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(across)}" w:type="dxa"/>'
            f'<w:tblLayout w:type="fixed"/><w:tblLook w:val="0420" w:firstRow="{int(bool(header))}" w:lastRow="0" '
            f'w:firstColumn="0" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"
        )

    def close(self, said: Sequence[str] = ()) -> None:
        """What the document states of itself: the facts of its cover, or what is said in their place."""
        self.heading(FACTS, 1)
        facts = " ".join(f"{label} : {text.rstrip('.')}." for label, text in self.told.facts)
        for line in said or (facts,):
            self.paragraph(line, "Précision")


def _shared(widths: Sequence[float], width: float) -> list[float]:
    """Shares of a width, in its unit."""
    return [width * share / sum(widths) for share in widths]


def _row(
    cells: Sequence[str],
    across: Sequence[int],
    numeric: Sequence[int],
    *,
    head: bool = False,
    cards: bool = False,
) -> str:
    """One row: its first cell stands out, as a figure where the table has no heads."""
    written = []
    for place, (text, width) in enumerate(zip(cells, across, strict=True)):
        right = '<w:jc w:val="right"/>' if place in numeric else ""
        bold = "<w:rPr><w:b/></w:rPr>" if head or (place == 0 and not cards) else ""
        strong = '<w:rPr><w:rStyle w:val="Chiffre"/></w:rPr>' if cards and place == 0 else bold
        said = escape(french.office(text)).replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
        written.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="Cellule"/>{right}</w:pPr>'
            f'<w:r>{strong}<w:t xml:space="preserve">{said}</w:t></w:r></w:p></w:tc>'
        )
    repeated = "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(written)}</w:tr>"
