"""Blocks as the template reads them: texts and tables as data, charts and maps as pictures beside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matplotlib.figure import Figure

from diagnostic import story
from diagnostic.exports import alt, picture


def card_data(card: story.Card) -> dict:
    return {
        "figure": card.figure,
        "unit": card.unit,
        "sentence": card.sentence,
        "detail": card.detail,
        "alert": card.alert,
    }


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
        return MAKE[type(block)](block)

    def _map(self, block: story.Map) -> dict | None:
        if self.maps is None:
            return None
        height, scale = (6.2, 0.72) if self.small else (self.sheet if block.at else 9.5, 1.0)
        figure = self.maps(block, self.width, height, scale)
        return self._picture(figure, "map", block.caption, block.alt) if figure is not None else None

    def _picture(self, figure: Figure, kind: str, caption: str, alt: str) -> dict:
        name = f"drawing{len(self.files)}.svg"
        self.files[name] = picture.rendered(figure, "svg")
        return {"kind": kind, "caption": caption, "alt": alt, "file": name}


def _table(block: story.Table) -> dict:
    return {
        "kind": "table",
        "caption": block.caption,
        "header": block.header,
        "rows": block.rows,
        "widths": block.widths,
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
    story.Table: _table,
}
