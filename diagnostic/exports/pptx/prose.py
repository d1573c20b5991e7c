"""Figures in large type and paragraphs."""

from __future__ import annotations

from pptx.enum.text import MSO_ANCHOR
from pptx.util import Pt

from diagnostic import story
from diagnostic.exports.pptx.page import Box, Canvas, height_of, wide


def draw_cards(on: Canvas, block: story.Cards, box: Box) -> None:
    x, y, w, h = box
    tall = min(on.page.down(3.1), h / len(block.items))
    narrow = w < 20 * on.page.across
    # Mere numbers of order ask for no more than their own width.
    order = all(len(card.figure) < 3 and not card.unit for card in block.items)
    left = (1.6 if order else 4.6 if narrow else 6.6) * on.page.across
    sizes = [_fitted(on, card, w - left - 0.3, tall - 0.3, narrow) for card in block.items]
    # Cards that stand together are of one size.
    sentence, detail = min(sizes)
    for i, card in enumerate(block.items):
        top = y + i * tall
        if i:
            on.rule((x, top), (x + w, top))
        size = _figure_size(on, card.figure, left, 28 if narrow else 38)
        on.text(
            Box(x, top + 0.15, left, tall - 0.3),
            [
                (card.figure, size, True, "attention" if card.alert else "territory"),
                (card.unit, 12, False, "muted"),
            ],
            anchor=MSO_ANCHOR.MIDDLE,
        )
        on.text(
            Box(x + left + 0.3, top + 0.15, w - left - 0.3, tall - 0.3),
            [
                (card.sentence, sentence, True, "ink"),
                (card.detail, detail, False, "muted"),
            ],
            anchor=MSO_ANCHOR.MIDDLE,
        )


def _figure_size(on: Canvas, figure: str, width: float, largest: float) -> float:
    """The largest size at which a figure holds on one line."""
    sizes = (size for size in (38, 28, 22, 18, 16) if size <= largest)
    return next((size for size in sizes if wide(figure, on.page.points(size), bold=True) <= width), 14)


def _fitted(on: Canvas, card: story.Card, w: float, h: float, narrow: bool) -> tuple[float, float]:
    """The largest sizes of the sentence and of its detail that hold in the row."""
    sizes = ((16, 12), (14, 11), (12, 10)) if narrow else ((20, 14), (18, 13), (16, 12), (14, 11), (12, 10))
    for sentence, detail in sizes:
        points = on.page.points(sentence), on.page.points(detail)
        tall = height_of(card.sentence, w, points[0], bold=True) + height_of(card.detail, w, points[1]) + 0.1
        if tall <= h:
            break
    return sentence, detail


def text_size(on: Canvas, block: story.Text, box: Box) -> float:
    """The largest type in which paragraphs hold in their place."""
    holding = (one for one in TEXT_SIZES if _text_height(on, block, box.w - 0.1, one) <= 0.95 * box.h)
    return next(holding, TEXT_SIZES[-1])


def draw_text(on: Canvas, block: story.Text, box: Box, size: float) -> None:
    """Paragraphs under their headings."""
    x, y, w, h = box
    on.rule((x - 0.3, y + 0.1), (x - 0.3, y + h - 0.2))
    lines = []
    for heading, text, alert in block.items:
        lines += [
            (heading, size + 1, True, "attention" if alert else "muted"),
            (text, size, False, "ink"),
        ]
    frame = on.text(Box(x + 0.1, y, w - 0.1, h), lines).text_frame
    for i, paragraph in enumerate(frame.paragraphs):
        if i and paragraph.runs and paragraph.runs[0].font.bold:
            paragraph.space_before = Pt(10)


TEXT_SIZES = (16, 15, 14, 13, 12, 11)
"""Points of a paragraph on a slide."""


def _text_height(on: Canvas, block: story.Text, w: float, size: float) -> float:
    told = 0.0
    for heading, text, _ in block.items:
        told += height_of(heading, w, on.page.points(size + 1), bold=True) + (0.35 if heading else 0.0)
        told += height_of(text, w, on.page.points(size)) + 0.11
    return told
