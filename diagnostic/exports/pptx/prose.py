"""Figures in large type and paragraphs."""

from __future__ import annotations

from pptx.enum.text import MSO_ANCHOR

from diagnostic.exports import content
from diagnostic.exports.pptx.page import Box, Canvas


def draw_cards(on: Canvas, block: content.Cards, box: Box) -> None:
    x, y, w, h = box
    tall = min(3.1, h / len(block.items))
    narrow = w < 20
    left = 4.6 if narrow else 6.6
    for i, card in enumerate(block.items):
        top = y + i * tall
        if i:
            on.rule(x, top, x + w, top)
        size = (28 if narrow else 38) if len(card.figure) <= 7 else (22 if narrow else 28)
        on.text(
            x,
            top + 0.15,
            left,
            tall - 0.3,
            [
                (card.figure, size, True, "attention" if card.alert else "territory"),
                (card.unit, 12, False, "muted"),
            ],
            anchor=MSO_ANCHOR.MIDDLE,
        )
        sentence = (16 if narrow else 20) if len(card.sentence) < 110 else (13 if narrow else 16)
        detail = (12 if narrow else 14) if len(card.detail) < 150 else 11
        on.text(
            x + left + 0.3,
            top + 0.15,
            w - left - 0.3,
            tall - 0.3,
            [
                (card.sentence, sentence, True, "ink"),
                (card.detail, detail, False, "muted"),
            ],
            anchor=MSO_ANCHOR.MIDDLE,
        )


def draw_text(on: Canvas, block: content.Text, box: Box) -> None:
    x, y, w, h = box
    on.rule(x - 0.3, y + 0.1, x - 0.3, y + h - 0.2)
    lines = []
    length = sum(len(text) for _, text, _ in block.items)
    size = 13 if length < 420 else 11.5
    for heading, text, alert in block.items:
        lines += [(heading, 15, True, "attention" if alert else "muted"), (text, size, False, "ink")]
    on.text(x + 0.1, y, w - 0.1, h, lines)
