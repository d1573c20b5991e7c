"""On which page of a Word document each heading falls, without Word: its lines measured, its pages filled in order.

A document is laid out by whoever opens it; here it is laid out once more, from the same styles and the widths of the
letters (Arial has those of Helvetica), so that the contents bear page numbers before anybody updates them. Where the end
of a page is too near to tell on which side a block falls, the block is sent to the next page, in the document itself:
every reader then agrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from docx.document import Document as File
from docx.oxml.ns import qn as _qn

from diagnostic.exports.letters import BREAKABLE, width

qn = cache(_qn)
"""The names of a document are asked for by the ten thousand."""
SINGLE = 1.15
"""Height of a line of Arial over the size of its letters."""
CELL_MARGINS = 2 * 5.4
BORDER = 0.5
UNSURE = 20.0
"""Points on either side of the end of a page within which two programs may not agree."""
TALLEST, OF_A_FEW = 330.0, 130.0
"""Points of the tallest table that no page break parts: a taller one would leave half a page blank. The second in a document
of a few pages."""
TOGETHER = 3
"""Rows that stay together at each end of a table that is parted."""
EMU, TWIPS, LINE = 12_700, 20, 240


@dataclass
class Piece:
    """What no page break parts: its height, the spaces around it, whether it stays with the next one."""

    height: float
    before: float = 0.0
    after: float = 0.0
    keep: bool = False
    breaks: bool = False
    heading: bool = False
    node: Any = None
    again: float = 0.0
    """Height of the heads that a table repeats where this row opens a page."""


def numbered(file: File, forms: Forms | None = None) -> list[int]:
    """The page of each heading, in their order; asks for a page break where the end of a page is too near."""
    sections = list(file.sections)
    forms, at = forms or Forms(file), 0
    room, measure = _sheet(sections[at])
    pieces: list[Piece | tuple[float, float]] = []
    for node in file.element.body.iterchildren():
        if node.tag == qn("w:p"):
            pieces.append(_paragraph(node, measure, forms))
            if node.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None and at + 1 < len(sections):
                at += 1
                room, measure = _sheet(sections[at])
                pieces.append((room, measure))
        elif node.tag == qn("w:tbl"):
            pieces.extend(forms.tables.get(node) or _rows(node, forms))
    return list(_filled(pieces, _sheet(sections[0])[0]))


def _sheet(section) -> tuple[float, float]:
    """Height and width of what a page holds, in points."""
    height = section.page_height - section.top_margin - section.bottom_margin
    across = section.page_width - section.left_margin - section.right_margin
    return height / EMU, across / EMU


def _filled(pieces: list[Piece | tuple[float, float]], room: float) -> Iterator[int]:
    """Pages filled in order; each heading gives the number of its own."""
    page, used, after, place = 1, 0.0, 0.0, 0
    while place < len(pieces):
        piece = pieces[place]
        if isinstance(piece, tuple):
            page, used, after, room, place = page + 1, 0.0, 0.0, piece[0], place + 1
            continue
        chain = [piece]
        while chain[-1].keep and place + len(chain) < len(pieces):
            following = pieces[place + len(chain)]
            if isinstance(following, tuple) or following.breaks:
                break
            chain.append(following)
        needed = _together(chain, after if used else 0.0)
        end = used + needed - room
        if piece.breaks and used:
            page, used, after = page + 1, 0.0, 0.0
        elif used and end > -UNSURE and needed < room:
            if end < UNSURE and piece.node is not None:
                piece.node.get_or_add_pPr().get_or_add_pageBreakBefore()
            page, used, after = page + 1, piece.again, 0.0
        for one in chain:
            height = (max(after, one.before) if used else 0.0) + one.height
            if used and used + height > room:
                page, used, height = page + 1, one.again, one.height
            used, after = used + height, one.after
            if one.heading:
                yield page
        place += len(chain)


def _together(chain: Sequence[Piece], after: float) -> float:
    """The height of pieces that stay together, after what already stands on the page: between two, the larger of
    the spaces that they ask for."""
    total = 0.0
    for one in chain:
        total += max(after, one.before) + one.height
        after = one.after
    return total


# Paragraphs


@dataclass(frozen=True)
class Form:
    """How a paragraph is set: its style, then what it says of itself."""

    size: float = 11.0
    bold: bool = False
    before: float = 0.0
    after: float = 10.0
    line: float = 0.0
    multiple: float = 1.15
    keep: bool = False
    breaks: bool = False
    indent: float = 0.0
    heading: bool = False


class Forms:
    """The forms of the styles of a file, by the name that its parts call them, each reckoned once."""

    def __init__(self, file: File) -> None:
        self.styles = {style.get(qn("w:styleId")): style for style in file.styles.element.iter(qn("w:style"))}
        default = next(
            name
            for name, style in self.styles.items()
            if style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) == "1"
        )
        self.default, self.known = default, dict[str | None, Form]()
        # What a cell takes, measured when its table is kept whole, then when pages are filled.
        self.heights = dict[Any, float]()
        self.tables = dict[Any, list[Piece]]()

    def of_style(self, name: str | None) -> Form:
        if name not in self.known:
            style = self.styles.get(name)
            if style is None:
                return Form()
            based = style.find(qn("w:basedOn"))
            form = self.of_style(based.get(qn("w:val"))) if based is not None else Form()
            form = _said(form, style.find(qn("w:pPr")), style.find(qn("w:rPr")))
            heading = (style.find(qn("w:name")).get(qn("w:val")) or "").lower().startswith("heading")
            self.known[name] = replace(form, heading=heading)
        return self.known[name]

    def of(self, node) -> Form:
        """The form of a paragraph."""
        own = node.find(qn("w:pPr"))
        style = own.find(qn("w:pStyle")) if own is not None else None
        return _said(self.of_style(style.get(qn("w:val")) if style is not None else self.default), own, None)

    def letters(self, run, form: Form) -> tuple[float, bool]:
        """The size of the letters of a run, and whether they are bold."""
        own = run.find(qn("w:rPr"))
        if own is None:
            return form.size, form.bold
        style = own.find(qn("w:rStyle"))
        if style is not None and style.get(qn("w:val")) in self.styles:
            form = _said(form, None, self.styles[style.get(qn("w:val"))].find(qn("w:rPr")))
        form = _said(form, None, own)
        return form.size, form.bold


def _said(form: Form, paragraph, run) -> Form:
    """A form once the properties of a paragraph and of a run have been heard."""
    changes: dict = {}
    if paragraph is not None:
        for name, key in (("keep", "w:keepNext"), ("breaks", "w:pageBreakBefore")):
            node = paragraph.find(qn(key))
            if node is not None:
                changes[name] = _on(node)
        spacing, indent = paragraph.find(qn("w:spacing")), paragraph.find(qn("w:ind"))
        if spacing is not None:
            for name in ("before", "after"):
                if (value := spacing.get(qn(f"w:{name}"))) is not None:
                    changes[name] = int(value) / TWIPS
            if (value := spacing.get(qn("w:line"))) is not None:
                of_lines = spacing.get(qn("w:lineRule")) in (None, "auto")
                changes["line"] = 0.0 if of_lines else int(value) / TWIPS
                changes["multiple"] = int(value) / LINE if of_lines else 1.0
        if indent is not None:
            sides = (indent.get(qn(f"w:{side}")) for side in ("left", "right"))
            changes["indent"] = sum(int(side) / TWIPS for side in sides if side)
    if run is not None:
        if (size := run.find(qn("w:sz"))) is not None:
            changes["size"] = int(size.get(qn("w:val"))) / 2
        if (bold := run.find(qn("w:b"))) is not None:
            changes["bold"] = _on(bold)
    return replace(form, **changes) if changes else form


def _on(node) -> bool:
    return node.get(qn("w:val")) not in ("0", "false", "off")


def _paragraph(node, measure: float, forms: Forms) -> Piece:
    form = forms.of(node)
    height = forms.heights.get(node)
    if height is None:
        height = _lines(node, measure - form.indent, form, forms)
    if node.getparent().tag == qn("w:tc"):
        forms.heights[node] = height
    return Piece(height, form.before, form.after, form.keep, form.breaks, form.heading, node)


def _lines(node, measure: float, form: Form, forms: Forms) -> float:
    """The height of the lines of a paragraph."""
    drawn = [int(one.get("cy")) / EMU for one in node.iter(qn("wp:extent"))]
    if drawn:
        return max(drawn)
    count, used, tallest = 1, 0.0, 0.0
    for run in node.iter(qn("w:r")):
        size, bold = forms.letters(run, form)
        tallest = max(tallest, size)
        for part in run:
            if part.tag == qn("w:br"):
                count, used = count + 1, 0.0
            if part.tag != qn("w:t"):
                continue
            for word in BREAKABLE.findall(part.text or ""):
                across = width(word, bold) * size
                if used and word != " " and used + across > measure:
                    count, used = count + 1, 0.0
                used += across
    natural = (tallest or form.size) * SINGLE
    return count * (max(form.line, natural) if form.line else natural * form.multiple)


# Tables


def _rows(table, forms: Forms) -> Iterator[Piece]:
    """Each row, with the heads that it repeats where it opens a page."""
    grid = [int(one.get(qn("w:w")) or 0) / TWIPS for one in table.find(qn("w:tblGrid"))]
    heads = 0.0
    for row in table.iterchildren(qn("w:tr")):
        tallest, keep, at = 0.0, False, 0
        for cell in row.iterchildren(qn("w:tc")):
            spans = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
            span = int(spans.get(qn("w:val"))) if spans is not None else 1
            across = sum(grid[at : at + span]) - CELL_MARGINS
            at += span
            pieces = [
                piece
                for one in cell.iterchildren(qn("w:p"), qn("w:tbl"))
                for piece in (
                    _rows(one, forms) if one.tag == qn("w:tbl") else [_paragraph(one, across, forms)]
                )
            ]
            tallest = max(tallest, sum(one.before + one.height + one.after for one in pieces))
            keep = keep or any(one.keep for one in pieces)
        properties = row.find(qn("w:trPr"))
        asked = properties.find(qn("w:trHeight")) if properties is not None else None
        if asked is not None:
            tallest = max(tallest, int(asked.get(qn("w:val"))) / TWIPS)
        head = properties is not None and properties.find(qn("w:tblHeader")) is not None
        height = tallest + BORDER
        if head:
            heads += height
        yield Piece(height, keep=keep, again=0.0 if head else heads)


def keep_whole(file: File, tallest: float) -> Forms:
    """Ask of each table under this height that no page break parts it, of the others that no row stands alone; what was
    measured comes back."""
    forms = Forms(file)
    for table in file.element.body.iterchildren(qn("w:tbl")):
        rows, pieces = list(table.iterchildren(qn("w:tr"))), list(_rows(table, forms))
        forms.tables[table] = pieces
        kept = list(range(len(rows) - 1))
        if sum(piece.height for piece in pieces) >= tallest:
            kept = [at for at in kept if at < TOGETHER or at >= len(rows) - TOGETHER]
        for at in kept:
            pieces[at].keep = True
            for node in rows[at].iter(qn("w:p")):
                node.get_or_add_pPr().get_or_add_keepNext()
                break
    return forms
