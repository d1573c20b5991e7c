"""Blocks as the template reads them: texts and tables as data, charts and maps as pictures beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from diagnostic import story
from diagnostic.exports import alt, letters, picture
from diagnostic.exports.letters import NARROWER


def card_data(card: story.Card) -> dict:
    return {
        "figure": card.figure,
        "unit": card.unit,
        "sentence": card.sentence,
        "detail": card.detail,
        "alert": card.alert,
    }


POINTS_PER_CM = 72 / 2.54
CELL, CELL_MARGINS = 9.0 * NARROWER, 6.0
"""Points of the letters of Arial as wide as those of a cell, and of its edges."""
SMALL_WORDS = 1.2
"""Scale of the names of a map of half a page: nine points."""


class Drawing:
    """Turns blocks into what the template reads; keeps the pictures as files beside it."""

    def __init__(self, maps: picture.Maps | None, *, small: bool = False, sheet: float = 0.0) -> None:
        self.maps, self.small, self.sheet = maps, small, sheet
        self.width = 8.1 if small else 17.0
        self.files: dict[str, bytes] = {}

    def block(self, block: story.Printed) -> dict | None:
        if isinstance(block, story.Map):
            return self._map(block)
        if isinstance(block, story.Chart):
            figure = picture.draw_chart(block, self.width)
            return self._picture(figure, "chart", block.caption, alt.said(block) or "Graphique")
        if isinstance(block, story.Table):
            return _table(block, self.widths(block, self.width))
        return MAKE[type(block)](block)

    def beside(self, blocks: Sequence[story.Printed]) -> list[dict]:
        """The blocks of a page on a commune, its map at the right of a table."""
        made = []
        for block, where in story.with_its_map(blocks):
            drawn = self.block(block)
            if where is not None and self.maps is not None and drawn is not None:
                left, right = story.BESIDE
                if isinstance(block, story.Table):
                    drawn = _table(block, self.widths(block, left * self.width - 0.5))
                figure = self.maps(where, right * self.width - 0.5, self.sheet, 1.0)
                if figure is not None:
                    shown = self._picture(figure, "map", where.caption, where.alt)
                    drawn = {"kind": "beside", "left": drawn, "right": shown, "shares": [left, right]}
            made += [drawn] if drawn is not None else []
        return made

    def widths(self, block: story.Table, across: float) -> Sequence[float]:
        """Those of the columns of a table of so many centimetres."""
        heads, rows = [tuple(block.header)] if block.header else [], [tuple(row) for row in block.rows]
        have = [across * POINTS_PER_CM * share / sum(block.widths) for share in block.widths]
        return letters.columns(heads, rows, have, CELL, CELL_MARGINS)

    def _map(self, block: story.Map) -> dict | None:
        if self.maps is None:
            return None
        if self.small:
            return self._small_map(block)
        figure = self.maps(block, self.width, self.sheet if block.at else 9.5, 1.0)
        return self._picture(figure, "map", block.caption, block.alt) if figure is not None else None

    def _small_map(self, block: story.Map) -> dict | None:
        """A map as wide as its column, its legend under it: nothing is smaller than nine points."""
        figure = (
            self.maps(block, self.width, 6.2, SMALL_WORDS, legend=False) if self.maps is not None else None
        )
        layers = self.maps.layers(block) if figure is not None and self.maps is not None else None
        if figure is None or layers is None:
            return None
        return self._picture(figure, "map", block.caption, block.alt) | {
            "legend": [
                {
                    "text": text,
                    "colour": to_hex(mark.get("facecolor", mark.get("color", "white"))) if mark else "",
                    "hatched": "hatch" in mark,
                }
                for text, mark in layers.legend()
            ]
        }

    def _picture(self, figure: Figure, kind: str, caption: str, alt: str) -> dict:
        name = f"drawing{len(self.files)}.svg"
        self.files[name] = picture.rendered(figure, "svg")
        return {"kind": kind, "caption": caption, "alt": alt, "file": name}


def _table(block: story.Table, widths: Sequence[float]) -> dict:
    return {
        "kind": "table",
        "caption": block.caption,
        "header": block.header,
        "rows": block.rows,
        "widths": widths,
        "numeric": block.numeric,
        "total": block.total,
    }


MAKE: dict[type, Callable[[Any], dict]] = {
    story.Cards: lambda block: {"kind": "cards", "items": [card_data(card) for card in block.items]},
    story.Text: lambda block: {
        "kind": "text",
        "items": [{"heading": h, "text": t, "alert": a} for h, t, a in block.items],
        "listed": len(block.items) > 1 and not any(heading for heading, _, _ in block.items[1:]),
    },
}
