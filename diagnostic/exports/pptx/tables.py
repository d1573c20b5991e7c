"""Tables as tables: few rules, the largest type that holds."""

from __future__ import annotations

import re
from dataclasses import replace
from math import ceil

from lxml import etree
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Cm, Pt

from diagnostic import french, story
from diagnostic.exports.pptx.page import SMALLEST, Box, Canvas, Page, height_of, lines_of

ALONE = 0.95
"""A table as wide as the slide needs no caption."""
SIZES = (16, 14, 13, 12, 11, 10, 9)
LEAST = 11
"""Points under which a long table goes on to a next slide."""
NO_GRID = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def draw_table(on: Canvas, block: story.Table, box: Box) -> None:
    x, y, w, h = box
    if w < ALONE * on.page.content and block.caption:
        size = on.page.points(13)
        tall = height_of(block.caption, w, size) + 0.35
        on.text(x, y, w, tall, [(block.caption, 13, True, "muted")])
        y, h = y + tall, h - tall
    count = len(block.rows) + 1
    size, heights = _fitted(block, w, h)
    shape = on.slide.shapes.add_table(count, len(block.header), Cm(x), Cm(y), Cm(w), Cm(sum(heights)))
    shape._element.nvGraphicFramePr.cNvPr.set("descr", french.office(_table_alt(block)))
    table = shape.table
    properties = table._tbl.tblPr
    properties.set("bandRow", "0")
    properties.find(qn("a:tableStyleId")).text = NO_GRID
    whole = sum(block.widths)
    for i, share in enumerate(block.widths):
        table.columns[i].width = Cm(w * share / whole)
    for r, row in enumerate((block.header, *block.rows)):
        table.rows[r].height = Cm(heights[r])
        for c, cell in enumerate(row):
            strong = c == 0 or (block.total and r == count - 1)
            colour = "muted" if r == 0 or cell == french.UNKNOWN else "ink"
            before = c > 0 and (c - 1) in block.numeric and c not in block.numeric
            _cell(
                on,
                table.cell(r, c),
                cell,
                min(size, 13) if r == 0 else size,
                r == 0 or (strong and len(row) > 1),
                colour,
                c in block.numeric,
                0.7 if before else 0.05,
                r == 0,
            )


def pages(block: story.Table, page: Page) -> list[story.Table]:
    """The table in as many pieces as slides need for rows at `LEAST` points; the fewer, of even lengths."""
    heights = _heights(block, page.content, max(LEAST, SMALLEST))
    room = 0.95 * page.tall
    if sum(heights) <= room:
        return [block]
    count = ceil(sum(heights[1:]) / (room - heights[0]))
    share = sum(heights[1:]) / count
    pieces: list[list[tuple[str, ...]]] = [[]]
    used = 0.0
    for row, height in zip(block.rows, heights[1:], strict=True):
        full = used + height > room - heights[0] or (used >= share and len(pieces) < count)
        if pieces[-1] and full:
            pieces.append([])
            used = 0.0
        pieces[-1].append(row)
        used += height
    last = len(pieces) - 1
    return [
        replace(block, rows=tuple(rows), total=block.total and number == last)
        for number, rows in enumerate(pieces)
    ]


def _cell(on: Canvas, cell, text, size, bold, role, right, margin, header) -> None:
    cell.margin_left, cell.margin_right, cell.margin_top, cell.margin_bottom = (
        Cm(margin),
        Cm(0.2),
        Cm(0.03),
        Cm(0.03),
    )
    cell.vertical_anchor = MSO_ANCHOR.BOTTOM if header else MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    if text:
        run = paragraph.add_run()
        run.text = french.office(text)
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = on.rgb(role)
    # An empty cell would else be as high as a line of 18 points.
    etree.SubElement(paragraph._p, qn("a:endParaRPr"), sz=str(int(size * 100)))
    properties = cell._tc.get_or_add_tcPr()
    for side in ("lnL", "lnR", "lnT"):
        etree.SubElement(etree.SubElement(properties, qn(f"a:{side}"), w="0"), qn("a:noFill"))
    bottom = etree.SubElement(properties, qn("a:lnB"), w=str(Pt(1) if header else Pt(0.5)))
    fill = etree.SubElement(bottom, qn("a:solidFill"))
    etree.SubElement(fill, qn("a:srgbClr"), val=on.page.colours["ink" if header else "rule"])
    etree.SubElement(properties, qn("a:noFill"))


def _fitted(block: story.Table, w: float, h: float) -> tuple[float, list[float]]:
    """The largest size at which the rows hold in `h` without a cut word, and the height of each, header first."""
    holding = [(size, heights) for size in SIZES if sum(heights := _heights(block, w, size)) <= 0.95 * h]
    whole = [(size, heights) for size, heights in holding if _whole(block, w, size)]
    size, heights = next(iter((*whole, *holding, (SIZES[-1], _heights(block, w, SIZES[-1])))))
    spare = max(0.0, 0.95 * h - sum(heights)) / len(heights)
    return size, [height + min(spare, max(0.0, 1.35 - height)) for height in heights]


def _heights(block: story.Table, w: float, size: float) -> list[float]:
    total = sum(block.widths)
    heights = []
    for row in (block.header, *block.rows):
        points = min(size, 13) if row is block.header else size
        lines = max(
            lines_of(cell, w * share / total - 0.4, points)
            for cell, share in zip(row, block.widths, strict=True)
        )
        heights.append(lines * points * 0.0353 * 1.22 + 0.2)
    return heights


def _whole(block: story.Table, w: float, size: float) -> bool:
    """Whether no word is cut at this size."""
    total = sum(block.widths)
    return all(
        max(map(len, re.split("[ -]", cell))) * 0.0353 * (min(size, 13) if r == 0 else size) * 0.54
        <= w * share / total - 0.25
        for r, row in enumerate((block.header, *block.rows))
        for cell, share in zip(row, block.widths, strict=True)
    )


def _table_alt(block: story.Table) -> str:
    return f"Tableau : {block.caption}. Colonnes : {', '.join(filter(None, block.header))}. {len(block.rows)} lignes."
