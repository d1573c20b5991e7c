"""The plan as a Word document that the partners finish and sign: one page or so for each fiche action."""

from __future__ import annotations

from collections.abc import Sequence

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from diagnostic import reference
from diagnostic.exports.docx import Document
from diagnostic.exports.style import COLOURS
from diagnostic.plan import Axe, Fiche
from diagnostic.story import Table
from diagnostic.story import convention as words
from diagnostic.story.convention import Dossier
from diagnostic.story.sharing import stakes_table

PORTRAIT, LANDSCAPE = 17.0, 25.7
"""Width between the margins, in centimetres."""


def build(of: Dossier) -> bytes:
    """The document as the bytes of a .docx file."""
    document = _Writer(of)
    document.open()
    document.governance()
    document.stakes()
    document.overview()
    for rank, axe in enumerate(of.plan.axes, 1):
        document.axe(rank, axe)
    document.calendar_and_budget()
    document.schema()
    document.sources()
    document.signatures()
    document.close()
    return document.bytes()


class _Writer(Document):
    """A plan being written from the top to the end; `width` is that of the current section."""

    def __init__(self, of: Dossier) -> None:
        super().__init__(words.cover(of))
        self.of, self.plan, self.width = of, of.plan, PORTRAIT

    def paragraph(self, text: str, style: str | None = None):
        return super().paragraph(words.plain(text), style)

    def heading(self, text: str, level: int, *, new_page: bool = False) -> None:
        super().heading(words.plain(text), level)
        if new_page:
            self.file.paragraphs[-1].paragraph_format.page_break_before = True

    # --- Parts

    def governance(self) -> None:
        self.heading("Gouvernance", 1)
        self.fields(words.governance(self.plan))

    def stakes(self) -> None:
        made = stakes_table(self.of.report, self.plan)
        if made is not None:
            self.heading("Les enjeux", 1)
            self.table_of(made)

    def overview(self) -> None:
        if not self.plan.fiches:
            return
        self.heading("Les fiches action", 1)
        self.table_of(words.overview(self.plan))

    def axe(self, rank: int, axe: Axe) -> None:
        self.heading(words.axe_title(rank, axe), 1, new_page=True)
        if axe.stake.strip():
            self.paragraph(axe.stake, "Message")
        if not axe.fiches:
            self.paragraph("Aucune fiche action dans cet axe.")
        for place, fiche in enumerate(axe.fiches, 1):
            self.fiche(f"{rank}.{place}", axe, fiche, new_page=place > 1)

    def fiche(self, number: str, axe: Axe, fiche: Fiche, *, new_page: bool) -> None:
        self.heading(f"Fiche {number}. {fiche.title}", 2, new_page=new_page)
        # Its axis is the heading above.
        self.fields(words.fiche_rows(self.of, axe, fiche)[1:])
        for made, label in (
            (words.fiche_results(fiche), "Indicateurs de résultat"),
            (words.fiche_budget(fiche), f"Budget et financeurs (montants {reference.CONFIRM})"),
        ):
            self.paragraph(label, "Rubrique")
            if made is None:
                self._muted(self.file.add_paragraph(), words.BLANK)
            else:
                self.table_of(made)

    def calendar_and_budget(self) -> None:
        if not self.plan.fiches:
            return
        self._turned(landscape=True)
        self.heading("Calendrier", 1)
        for made in words.calendar(self.plan):
            self.table_of(made)
        if left := words.undated(self.plan):
            self.paragraph(left)
        budgets = words.budget(self.plan)
        if budgets:
            self.heading("Budget", 1, new_page=True)
            for made in budgets:
                self.table_of(made)
            said = [f"{label} : {amount}" for label, amount in words.natures(self.plan)]
            self.paragraph(f"{' ; '.join(said)}. {words.CONFIRM}", "Source")
        self._turned(landscape=False)

    def schema(self) -> None:
        self.heading("Schéma pluriannuel", 1, new_page=not self.plan.fiches)
        self.paragraph(f"{words.schema_message(words.schema(self.of))}.", "Message")
        self.paragraph(f"{words.ARTICLE}.", "Source")
        self.table_of(words.schema_table(self.of))

    def sources(self) -> None:
        self.heading("Sources", 1)
        rows = words.sources(self.of)
        header = ("Nature", "Titre", "Année", "Producteur ou référence")
        self.table_of(Table("", header, rows, (0.12, 0.43, 0.15, 0.3)))

    def signatures(self) -> None:
        self.heading("Signatures", 1)
        blank = self.paragraph(f"Fait à {'…' * 14}, le {'…' * 10}")
        blank.paragraph_format.keep_with_next = True
        names = words.signatories(self.of)
        rows = -(-len(names) // 2)
        grid = self.file.add_table(rows=rows, cols=2)
        grid.autofit = False
        for i, cell in enumerate(grid._cells):
            cell.width = Cm(self.width / 2)
            if i < len(names):
                cell.paragraphs[0].add_run(words.plain(f"Pour {names[i]}")).bold = True
                for field in ("Nom et qualité :", "Signature :"):
                    cell.add_paragraph(words.plain(field))
                cell.add_paragraph().paragraph_format.space_after = Pt(42)
        for row in grid.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))

    # --- Tables

    def fields(self, rows: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Label and lines, one row each; a blank one says that it is to complete."""
        grid = self._grid(len(rows), (0.28, 0.72))
        look = grid._tbl.tblPr.find(qn("w:tblLook"))
        for name, value in (("firstRow", "0"), ("val", "0480")):
            look.set(qn(f"w:{name}"), value)
        cells = grid._cells
        for r, (label, lines) in enumerate(rows):
            self._bold(cells[2 * r].paragraphs[0], label)
            first, shown = cells[2 * r + 1].paragraphs[0], [line for line in lines if line.strip()]
            if not shown:
                self._muted(first, words.BLANK)
            for i, line in enumerate(shown):
                paragraph = first if i == 0 else cells[2 * r + 1].add_paragraph()
                self._run(paragraph, line, 10)
        self._after()

    def table_of(self, table: Table) -> None:
        """A table with a repeated header; rows stay whole unless a cell is a text in itself."""
        grid = self._grid(len(table.rows) + 1, table.widths)
        cells, columns = grid._cells, len(table.header)
        for r, line in enumerate((table.header, *table.rows)):
            last = table.total and r == len(table.rows)
            if all(len(text) < 600 for text in line):
                grid.rows[r]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for c, text in enumerate(line):
                paragraph = cells[r * columns + c].paragraphs[0]
                if c in table.numeric:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                if text == words.BLANK:
                    self._muted(paragraph, text)
                else:
                    self._run(paragraph, text, 9, bold=last or r == 0)
        grid.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        self._after()

    def _grid(self, rows: int, widths: Sequence[float]):
        grid = self.file.add_table(rows=rows, cols=len(widths))
        grid.style = self.file.styles["Diagnostic"]
        grid.autofit = False
        whole = sum(widths)
        for i, share in enumerate(widths):
            grid.columns[i].width = Cm(self.width * share / whole)
        for i, cell in enumerate(grid._cells):
            cell.width = Cm(self.width * widths[i % len(widths)] / whole)
        return grid

    def _after(self) -> None:
        self.file.add_paragraph().paragraph_format.space_after = Pt(2)

    def _run(self, paragraph, text: str, size: float, *, bold: bool = False):
        paragraph.paragraph_format.space_after = Pt(1)
        run = paragraph.add_run(words.plain(text))
        run.font.size, run.font.bold = Pt(size), bold
        return run

    def _bold(self, paragraph, text: str) -> None:
        self._run(paragraph, text, 9.5, bold=True)

    def _muted(self, paragraph, text: str) -> None:
        run = self._run(paragraph, text, 9.5)
        run.font.color.rgb = RGBColor.from_string(COLOURS["muted"])

    def _turned(self, *, landscape: bool) -> None:
        """A new section, upright or on its side; the footer goes on."""
        section = self.file.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        sides = (Cm(29.7), Cm(21)) if landscape else (Cm(21), Cm(29.7))
        section.page_width, section.page_height = sides
        self.width = LANDSCAPE if landscape else PORTRAIT
