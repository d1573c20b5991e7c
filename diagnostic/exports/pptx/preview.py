"""The slides as pictures, before the file is made: the same places, texts and numbers, drawn by another hand.

Charts are those of the documents, for the native ones are drawn by who opens the file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import font_source_sans_pro
import typst

from diagnostic import story
from diagnostic.exports import logos, picture
from diagnostic.exports.pdf.blocks import Drawing
from diagnostic.exports.pptx.fitting import page_for, page_of, pieces, placed, size_of, taken, whole_source
from diagnostic.exports.pptx.order import is_annex
from diagnostic.exports.pptx.page import ANNEX_TITLE, Page
from diagnostic.exports.pptx.tables import ALONE
from diagnostic.exports.style import COLOURS
from diagnostic.plan.documents import Committee
from diagnostic.story import Cover, Section

FONTS = str(Path(font_source_sans_pro.__file__).parent / "files")
ENLARGED = 1.5
"""How much larger than on paper what charts and maps say is written."""
LEAST = {story.Strips: 17.0, story.Ranked: 13.0}
"""Centimetres under which a chart would cut its own words; it is then drawn wider, and smaller. Of the others, 11."""
GUTTER = 0.8


class Slide(NamedTuple):
    """One slide: the chapter that it tells ("" for the first one), and its picture, PNG."""

    section: str
    picture: bytes


def slides(
    cover: Cover | None,
    sections: Sequence[Section],
    maps: picture.Maps | None,
    committee: Committee | None = None,
    *,
    ppi: float,
) -> list[Slide]:
    """A picture a slide, in their order; `cover` is None for those of some chapters alone."""
    drawing, page = _Drawing(maps), page_of(Page(), committee or Committee())
    told = [] if cover is None else [_cover(cover, committee or Committee(), drawing)]
    sections = sections if cover is None else placed(sections, page)
    ids = [""] * len(told)
    for section in sections:
        for piece in pieces(section, page):
            told.append(_slide(piece, drawing, page_for(piece, page), len(told) + 1))
            ids.append(section.id)
    if not told:
        return []
    data = {
        "slides": told,
        "footer": cover.footer if cover is not None else "",
        "width": page.width,
        "height": page.height,
        "colours": {role: f"#{value}" for role, value in COLOURS.items()},
    }
    files: dict[str, bytes] = {"main": _template(), "d.json": json.dumps(data, allow_nan=False).encode()}
    options: dict[str, Any] = {
        "font_paths": [FONTS],
        "ignore_system_fonts": True,
        "format": "png",
        "ppi": ppi,
    }
    made = typst.compile(files | drawing.files, **options)
    pictures = made if isinstance(made, list) else [made]
    return [Slide(*one) for one in zip(ids, pictures, strict=True)]


@cache
def _template() -> bytes:
    return Path(__file__).with_name("preview.typ").read_bytes()


class _Drawing(Drawing):
    """Blocks drawn in the place that a slide gives them, `room` centimetres wide."""

    room = 17.0
    height = 11.0

    def block(self, block: story.Slide) -> dict | None:
        self.width = (
            max(self.room, LEAST.get(type(block), 11.0)) if isinstance(block, story.Chart) else self.room
        )
        if isinstance(block, story.Steps):
            return {
                "kind": "steps",
                "caption": "",
                "items": [list(item) for item in block.items],
                "at": block.at,
            }
        made = super().block(block)
        if made is not None and isinstance(block, story.Text):
            made["framed"] = block.framed
        return made

    def widths(self, block: story.Table, across: float) -> Sequence[float]:
        return block.widths

    def _map(self, block: story.Map) -> dict | None:
        figure = self.maps(block, self.width, self.height, 1.0) if self.maps is not None else None
        return self._picture(figure, "map", block.caption, block.alt) if figure is not None else None


def _cover(cover: Cover, told: Committee, drawing: _Drawing) -> dict:
    subtitle, *dated = cover.lines
    files = logos.drawn(told.logos)
    drawing.files.update(files)
    drawing.room = drawing.height = 9.5
    where = drawing.block(cover.situation) if cover.situation is not None else None
    period = f"Période de la convention : {told.period}" if told.period else ""
    lines = (subtitle, *([told.occasion] if told.occasion else dated), period, cover.notice)
    return {
        "cover": True,
        "title": cover.title,
        "kicker": cover.kicker,
        "lines": [line for line in lines if line],
        "small": [line for line in (*cover.small, told.authors) if line],
        "logos": [*files],
        "situation": where["file"] if where is not None else "",
    }


def _slide(section: Section, drawing: _Drawing, page: Page, number: int) -> dict:
    used = taken(section.added, page)
    columns = section.on_slide or section.columns
    whole, x = sum(share for share, _ in columns), page.left
    room = page.content - GUTTER * (len(columns) - 1)
    drawn = []
    for share, blocks in columns:
        width, y = room * share / whole, page.top + used
        for i, block in enumerate(blocks):
            height = (page.tall - (y - page.top)) / (len(blocks) - i)
            drawing.room, drawing.height = width / ENLARGED, (height - 0.8) / ENLARGED
            made = drawing.block(block)
            if made is not None:
                alone = width >= ALONE * page.content
                drawn.append(made | {"x": x, "y": y, "w": width, "h": height, "alone": alone})
            y += height
        x += width + GUTTER
    return {
        "cover": False,
        "kicker": section.kicker,
        "title": section.title,
        "size": ANNEX_TITLE if is_annex(section) else size_of(section.title, page),
        "added": section.added,
        "source": whole_source(section.below, page)[0],
        "blocks": drawn,
        "number": number,
    }
