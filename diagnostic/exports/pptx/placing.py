"""Where the blocks of a slide stand: columns side by side, blocks under one another in each."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import story
from diagnostic.exports.pptx.fitting import GUTTER
from diagnostic.exports.pptx.page import FILLED, Box, Canvas
from diagnostic.exports.pptx.prose import TEXT_SIZES, shorter_text, text_height
from diagnostic.exports.pptx.tables import height_at

Columns = Sequence[tuple[float, Sequence[story.Slide]]]


def places_of(on: Canvas, columns: Columns, used: float) -> list[tuple[story.Slide, Box]]:
    """Each block with its place, under the `used` centimetres of what stands above all; paragraphs as they hold there. A
    map that nobody draws leaves its place."""
    drawn = [
        (share, [b for b in blocks if on.maps is not None or not isinstance(b, story.Map)])
        for share, blocks in columns
    ]
    drawn = [(share, blocks) for share, blocks in drawn if blocks]
    page = on.page
    whole, x = sum(share for share, _ in drawn), page.left
    room = page.content - GUTTER * (len(drawn) - 1)
    places: list[tuple[story.Slide, Box]] = []
    lists = _needed(on, [(room * share / whole, blocks) for share, blocks in drawn])
    for share, blocks in drawn:
        width, y = room * share / whole, page.top + used
        for i, block in enumerate(blocks):
            left = page.tall - (y - page.top)
            height = left / (len(blocks) - i)
            if _is_lists(blocks):
                height = left * lists[i] / sum(lists[i:])
            elif isinstance(block, story.Table) and len(blocks) - i == 2:
                height = _above_a_text(on, block, blocks[i + 1], width, left)
            box = Box(x, y, width, height)
            places.append((shorter_text(on, block, box) if isinstance(block, story.Text) else block, box))
            y += height
        x += width + GUTTER
    return places


def _is_lists(blocks: Sequence[story.Slide]) -> bool:
    """Whether a column is made of paragraphs under one another."""
    return len(blocks) > 1 and all(isinstance(block, story.Text) and not block.framed for block in blocks)


def _above_a_text(on: Canvas, table: story.Table, text: story.Slide, w: float, room: float) -> float:
    """The height of a table and of the text under it, both in the largest type that holds, the table in half of the room
    where there is enough."""
    if not isinstance(text, story.Text):
        return room / 2
    for size in (one for one in TEXT_SIZES if one <= LISTED):
        wanted = height_at(on, table, w, size)
        if wanted + text_height(on, text, w, size) / FILLED <= room:
            return max(wanted, min(room / 2, room - text_height(on, text, w, size) / FILLED))
    return min(height_at(on, table, w, on.page.least), MOST_OF_A_TABLE * room)


def _needed(on: Canvas, columns: Columns) -> list[float]:
    """What each row of lists takes, side by side: the longest has most of the room, and all stand in line."""
    return [
        max(
            text_height(on, block, width, LISTED) + 0.4
            for width, blocks in columns
            if _is_lists(blocks)
            for block in blocks[row : row + 1]
            if isinstance(block, story.Text)
        )
        for row in range(max((len(blocks) for _, blocks in columns if _is_lists(blocks)), default=0))
    ]


MOST_OF_A_TABLE = 0.75
"""Share of a column that a table above a text takes at most."""
LISTED = 14.0
"""Points at which lists share their room."""
