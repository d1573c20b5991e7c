"""Which slides a chapter takes, and the type in which it holds there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from diagnostic import story
from diagnostic.exports.pptx.order import INSTEAD, SHORT, is_annex
from diagnostic.exports.pptx.page import (
    ANNEX_TITLE,
    BETWEEN,
    CLOSE,
    CLOSER,
    SOURCE_POINTS,
    Box,
    Canvas,
    Page,
    height_of,
    lines_of,
    whole_sentences,
)
from diagnostic.exports.pptx.shorter import rows_that_hold
from diagnostic.exports.pptx.tables import READ, SIZES, abreast, pages, size_in
from diagnostic.plan.documents import Committee
from diagnostic.story import Section

GUTTER = 0.8
LARGEST = SIZES[0]
ADDED = 16
"""Points of a paragraph that people wrote."""
TITLES = (26, 24, 22, 20, 18, 16)
"""Points of a title, the largest that holds."""
LONGEST_SOURCE = 330
"""Characters of a source on the two lines that a slide has for it."""
SHORT_LEAST = 14.0
"""Points under which nothing is written for a short meeting, but a source and what stands beside the marks of a chart."""


def page_of(page: Page, committee: Committee) -> Page:
    """The page as a meeting reads it."""
    return replace(page, least=SHORT_LEAST) if committee.short else page


def placed(sections: Sequence[Section], page: Page) -> list[Section]:
    """The chapters of a deck after its title, where each card names the slide that tells more of it."""
    first: dict[str, int] = {}
    number = 2
    for section in sections:
        first.setdefault(section.id, number)
        number += len(pieces(section, page))
    for kept, left in INSTEAD.items():
        first |= {name: first[kept] for name in left if kept in first and name not in first}

    def seen(block: story.Slide) -> story.Slide:
        if not isinstance(block, story.Cards):
            return block
        return story.Cards(
            tuple(
                replace(card, detail=f"{card.detail} (diapo\u00a0{first[card.chapter]})")
                if card.chapter in first
                else card
                for card in block.items
            )
        )

    return [
        replace(one, on_slide=tuple((share, tuple(map(seen, blocks))) for share, blocks in one.on_slide))
        for one in sections
    ]


def page_for(section: Section, page: Page) -> Page:
    """The page as a chapter has it: a table alone has more room, in an annex above all."""
    if is_annex(section):
        return page.under(section.title, ANNEX_TITLE, CLOSE)
    if _alone(section) is None:
        return page
    return page.under(
        glued(section.title), size_of(section.title, page), CLOSER if page.least > READ else BETWEEN
    )


def _alone(section: Section) -> story.Table | None:
    """The table that has the slide of a section for itself."""
    blocks = [block for _, column in section.on_slide or section.columns for block in column]
    return blocks[0] if len(blocks) == 1 and isinstance(blocks[0], story.Table) else None


def alone_in(section: Section, page: Page) -> float:
    """The size of the table that has a slide for itself; the largest where there is no such table."""
    page, table = page_for(section, page), _alone(section)
    if table is None:
        return LARGEST
    used = taken(section.added, page)
    return size_in(Canvas(None, page), table, Box(page.left, page.top + used, page.content, page.tall - used))


def pieces(section: Section, page: Page) -> list[Section]:
    """The section itself, or one a page of its table, alone or in parts side by side, when it is longer than a slide."""
    page = page_for(replace(section, title=f"{section.title} (10 sur 10)"), page)
    columns = section.on_slide or section.columns
    blocks = [block for _, column in columns for block in column]
    tables = [block for block in blocks if isinstance(block, story.Table)]
    room = replace(page, tall=page.tall - taken(section.added, page))
    if not tables or len(tables) < len(blocks) or len({table.header for table in tables}) > 1:
        return [section]
    if page.least > READ and len(tables) == 1 and section.id in SHORT:
        return [_on_one_slide(section, tables[0], room)]
    slides = [[one] for one in pages(tables[0], room)] if len(tables) == 1 else abreast(tables, room, GUTTER)
    if len(slides) == 1:
        return [section]
    return [
        replace(
            section,
            title=f"{section.title} ({number} sur {len(slides)})",
            added=section.added if number == 1 else "",
            on_slide=tuple((1.0, (table,)) for table in beside),
        )
        for number, beside in enumerate(slides, 1)
    ]


def _on_one_slide(section: Section, table: story.Table, room: Page) -> Section:
    """A chapter of the eight with the rows of its table that are read from afar; its notes have the others."""
    kept, gone = rows_that_hold(table, lambda one: len(pages(one, room)) == 1)
    if not gone:
        return section
    return replace(section, on_slide=((1.0, (kept,)),), notes=(*section.notes, *gone))


def glued(title: str) -> str:
    """A title whose lines end well: no number leaves what it counts, and no short word stands alone on the last one."""
    said = re.sub(r"(\d) (?=ans\b|mois\b|km\b|M€|places?\b|enfants?\b|communes?\b)", "\\1\u00a0", title)
    said = re.sub(r"(\d) à (?=\d+\u00a0ans\b)", "\\1\u00a0à\u00a0", said)
    return re.sub(r"(?<=.{50}) (?=\S{1,5}$)", "\u00a0", said)


def size_of(title: str, page: Page) -> int:
    """Points of a title that holds on the two lines of its place."""
    said = glued(title)
    sizes = (one for one in TITLES if lines_of(said, page.content, page.points(one), bold=True) <= 2)
    return next(sizes, TITLES[-1])


def taken(added: str, page: Page) -> float:
    """What a paragraph of people's own takes above the blocks, the space under it counted."""
    return height_of(added, page.content, page.points(ADDED)) + 0.4 if added else 0.0


def whole_source(text: str, page: Page) -> tuple[str, str]:
    """The source on two lines, and what does not hold there, left to the notes."""
    room = int(LONGEST_SOURCE * page.across * SOURCE_POINTS / page.points(SOURCE_POINTS))
    shown = whole_sentences(text, room)
    return shown, "" if shown == text else text
