"""Tables as tables: few rules, the largest type that holds."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from math import ceil
from xml.sax.saxutils import escape

from pptx.oxml import parse_xml
from pptx.util import Cm, Pt

from diagnostic import french, story
from diagnostic.exports.letters import shared
from diagnostic.exports.picture.names import brief
from diagnostic.exports.pptx.page import (
    CM,
    FILLED,
    SMALLEST,
    A,
    Box,
    Canvas,
    Page,
    Run,
    height_of,
    lines_of,
    wide,
)

ALONE = 0.95
"""A table as wide as the slide needs no caption."""
BESIDE = 0.5
"""Share of the slide under which a table is one of several drawings."""
SIZES = (16, 14, 13, 12, 11, 10, 9)
ROOMY = (14, 13, 12, 11)
"""Points at which every word of a table should hold in its column, the largest that can."""
READ = 11.0
"""Points under which only a source is written."""
MARGINS = 0.3
"""Centimetres that a cell keeps at its sides."""
NO_GRID = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def draw_table(on: Canvas, block: story.Table, box: Box, like: float = SIZES[0]) -> None:
    """`like` is the size of the tables that stand beside: none is larger."""
    x, y, w, h = box
    over = _caption_height(on, block, w)
    if over:
        on.text(Box(x, y, w, over), [(block.caption, 13, True, "muted")])
        y, h = y + over, h - over
    block = _shaped(_named(on, block, w), w, h, on.page)
    size, heights = _fitted(block, w, h, like, on.page)
    shape = on.slide.shapes.add_table(1, 1, Cm(x), Cm(y), Cm(w), Cm(sum(heights)))
    shape._element.nvGraphicFramePr.cNvPr.set("descr", french.office(_table_alt(block)))
    drawn = shape.table._tbl
    drawn.getparent().replace(drawn, parse_xml(_written(on, block, w, size, heights)))


def size_in(on: Canvas, block: story.Table, box: Box) -> float:
    """The size of a table in a place: tables side by side take the smallest of theirs."""
    h = box.h - _caption_height(on, block, box.w)
    block = _shaped(_named(on, block, box.w), box.w, h, on.page)
    return _fitted(block, box.w, h, SIZES[0], on.page)[0]


def _named(on: Canvas, block: story.Table, w: float) -> story.Table:
    """The table with names as its charts have them, where it stands beside them."""
    if w >= BESIDE * on.page.content:
        return block
    last = len(block.rows) - block.total
    rows = tuple(
        (brief(row[0]), *row[1:]) if row[0].endswith(")") and at < last else row
        for at, row in enumerate(block.rows)
    )
    return replace(block, rows=rows)


def height_at(on: Canvas, block: story.Table, w: float, size: float) -> float:
    """Centimetres that a table beside other things takes at a size that is read on the page, its caption counted."""
    size = max(size, on.page.least)
    rows = sum(_heights(_widened(_named(on, block, w), w, on.page), w, size, on.page))
    # A hair more: what is divided, then multiplied, is not always the same.
    return _caption_height(on, block, w) + rows / FILLED + 0.01


def _caption_height(on: Canvas, block: story.Table, w: float) -> float:
    if w >= ALONE * on.page.content or not block.caption:
        return 0.0
    return height_of(block.caption, w, on.page.points(13), bold=True) + 0.35


def _written(on: Canvas, block: story.Table, w: float, size: float, heights: list[float]) -> str:
    """The table as its XML, written at once: cell after cell, the library takes half the time of a deck."""
    whole, count = sum(block.widths), len(block.rows) + 1
    columns = "".join(f'<a:gridCol w="{int(Cm(w * share / whole))}"/>' for share in block.widths)
    rows = []
    for r, row in enumerate((block.header, *block.rows)):
        cells = []
        for c, text in enumerate(row):
            strong = r == 0 or ((c == 0 or (block.total and r == count - 1)) and len(row) > 1)
            role = "muted" if r == 0 or text == french.UNKNOWN else "ink"
            after = c > 0 and (c - 1) in block.numeric and c not in block.numeric
            look = _of_head(size, on.page) if r == 0 else size
            cells.append(
                _cell(
                    on,
                    (text, look, strong, role),
                    right=c in block.numeric,
                    margin=0.7 if after else 0.05,
                    header=r == 0,
                )
            )
        rows.append(f'<a:tr h="{int(Cm(heights[r]))}">{"".join(cells)}</a:tr>')
    return (
        f'<a:tbl xmlns:a="{A}"><a:tblPr firstRow="1" bandRow="0"><a:tableStyleId>{NO_GRID}</a:tableStyleId></a:tblPr>'
        f"<a:tblGrid>{columns}</a:tblGrid>{''.join(rows)}</a:tbl>"
    )


def pages(block: story.Table, page: Page) -> list[story.Table]:
    """The table in as many pieces as slides need for rows at the least type of the page; the fewer, of even lengths."""
    block = _widened(block, page.content, page)
    heights = _heights(block, page.content, max(page.least, SMALLEST), page)
    room = FILLED * page.tall
    if sum(heights) <= room:
        return [block]
    count = ceil(sum(heights[1:]) / (room - heights[0]))
    while len(pieces := _cut(block, heights, room, count)) > count:
        # Rows of several lines: one more slide is shared by all, and does not hold the last row alone.
        count = len(pieces)
    for before, piece in pairwise(pieces):
        if not piece[0][0]:
            # A row that goes on under the heading of another says which.
            head = next((row[0] for row in reversed(before) if row[0]), "")
            piece[0] = (f"{head} (suite)" if head else "", *piece[0][1:])
    last = len(pieces) - 1
    return [
        replace(block, rows=tuple(rows), total=block.total and number == last)
        for number, rows in enumerate(pieces)
    ]


def _cut(block: story.Table, heights: list[float], room: float, count: int) -> list[list[tuple[str, ...]]]:
    """The rows in `count` even pieces, in more where they do not hold."""
    share = sum(heights[1:]) / count
    pieces: list[list[tuple[str, ...]]] = [[]]
    used = 0.0
    for row, height in zip(block.rows, heights[1:], strict=True):
        full = used + height > room - heights[0] or (used + height / 2 >= share and len(pieces) < count)
        if pieces[-1] and full:
            pieces.append([])
            used = 0.0
        pieces[-1].append(row)
        used += height
    return pieces


def abreast(parts: list[story.Table], page: Page, gutter: float) -> list[list[story.Table]]:
    """The parts of one table side by side, on as many slides as let all be read."""
    many, rows = len(parts), [row for part in parts for row in part.rows]
    across = (page.content - gutter * (many - 1)) / many
    slides = [parts]
    while len(slides) < len(rows) and not all(
        _fitted(_shaped(part, across, page.tall, page), across, page.tall, page.least, page)[0] >= page.least
        for beside in slides
        for part in beside
    ):
        count = (len(slides) + 1) * many
        ends = [round(at * len(rows) / count) for at in range(count + 1)]
        cut = [replace(parts[0], rows=tuple(rows[a:b])) for a, b in pairwise(ends)]
        slides = [cut[at : at + many] for at in range(0, count, many)]
    return slides


def _cell(on: Canvas, said: Run, *, right: bool, margin: float, header: bool) -> str:
    text, size, bold, role = said
    points, colours = int(size * 100), on.page.colours
    run = ""
    if text:
        fill = f'<a:solidFill><a:srgbClr val="{colours[role]}"/></a:solidFill>'
        run = (
            f'<a:r><a:rPr lang="fr-FR" sz="{points}" b="{int(bold)}">{fill}</a:rPr>'
            f"<a:t>{escape(french.office(text))}</a:t></a:r>"
        )
    none = "".join(f'<a:{side} w="0"><a:noFill/></a:{side}>' for side in ("lnL", "lnR", "lnT"))
    under = f'<a:solidFill><a:srgbClr val="{colours["ink" if header else "rule"]}"/></a:solidFill>'
    edge = f'<a:lnB w="{int(Pt(1) if header else Pt(0.5))}">{under}</a:lnB>'
    sides = f'marL="{int(Cm(margin))}" marR="{int(Cm(0.2))}" marT="{int(Cm(0.03))}" marB="{int(Cm(0.03))}"'
    # An empty cell would else be as high as a line of 18 points.
    return (
        f'<a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p><a:pPr algn="{"r" if right else "l"}"/>{run}'
        f'<a:endParaRPr lang="fr-FR" sz="{points}"/></a:p></a:txBody><a:tcPr {sides} anchor="{"b" if header else "ctr"}">'
        f"{none}{edge}<a:noFill/></a:tcPr></a:tc>"
    )


def _fitted(block: story.Table, w: float, h: float, largest: float, page: Page) -> tuple[float, list[float]]:
    """The largest size at which the rows hold in `h` without a cut word, and the height of each, header first."""
    sizes = [size for size in SIZES if size <= largest]
    room = FILLED * h
    holding = [(size, heights) for size in sizes if sum(heights := _heights(block, w, size, page)) <= room]
    whole = [(size, heights) for size, heights in holding if _whole(block, w, size, page)]
    size, heights = next(iter((*whole, *holding, (SIZES[-1], _heights(block, w, SIZES[-1], page)))))
    spare = max(0.0, room - sum(heights)) / len(heights)
    return size, [height + min(spare, max(0.0, 1.35 - height)) for height in heights]


def _of_head(size: float, page: Page) -> float:
    """Points of a heading above rows of that size: columns of numbers are narrower than their names; the least of the page
    where the rows have as much."""
    return max(min(size, page.least), min(13.0, max(SMALLEST, min(size, READ), size - 1)))


def _heights(block: story.Table, w: float, size: float, page: Page) -> list[float]:
    total = sum(block.widths)
    heights = []
    for r, row in enumerate((block.header, *block.rows)):
        points = _of_head(size, page) if r == 0 else size
        lines = max(
            lines_of(french.office(cell), w * share / total - MARGINS, points, bold=r == 0 or c == 0)
            for c, (cell, share) in enumerate(zip(row, block.widths, strict=True))
        )
        heights.append(lines * points * CM * 1.2 + page.between)
    return heights


def _longest(cell: str, points: float, *, bold: bool) -> float:
    """The width of the longest word of a cell."""
    return max(wide(word, points, bold=bold) for word in re.split("(?<=-)| ", french.office(cell)))


def _shaped(block: story.Table, w: float, h: float, page: Page) -> story.Table:
    """The table with columns that let it be read: words in a smaller type leave more room to long names, which on two lines
    each would make the whole smaller still."""
    shapes = (_widened(block, w, page, largest) for largest in ROOMY)
    read = (one for one in shapes if _fitted(one, w, h, SIZES[0], page)[0] >= page.least)
    return next(read, _widened(block, w, page))


def _widened(block: story.Table, w: float, page: Page, largest: float = ROOMY[0]) -> story.Table:
    """A column takes from the others what its longest word lacks, at the largest type at which all have theirs: one long
    name would make the whole table small."""
    total = sum(block.widths)
    have = [w * share / total for share in block.widths]
    for size in (one for one in ROOMY if one <= largest):
        need = [
            max(
                _longest(row[c], _of_head(size, page) if r == 0 else size, bold=r == 0 or c == 0)
                for r, row in enumerate((block.header, *block.rows))
            )
            + MARGINS
            for c in range(len(have))
        ]
        if all(wanted <= own for wanted, own in zip(need, have, strict=True)):
            return block
        if (widths := shared(have, need)) != tuple(have):
            return replace(block, widths=widths)
    return block


def _whole(block: story.Table, w: float, size: float, page: Page) -> bool:
    """Whether no word is cut at this size."""
    total = sum(block.widths)
    return all(
        _longest(cell, _of_head(size, page) if r == 0 else size, bold=r == 0 or c == 0)
        <= w * share / total - MARGINS
        for r, row in enumerate((block.header, *block.rows))
        for c, (cell, share) in enumerate(zip(row, block.widths, strict=True))
    )


def _table_alt(block: story.Table) -> str:
    return f"Tableau : {block.caption}. Colonnes : {', '.join(filter(None, block.header))}. {len(block.rows)} lignes."
