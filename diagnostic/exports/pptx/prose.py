"""Figures in large type, paragraphs, and what follows one another."""

from __future__ import annotations

from dataclasses import replace

from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Pt

from diagnostic import story
from diagnostic.exports.pptx.page import Box, Canvas, height_of, wide
from diagnostic.exports.pptx.shorter import clauses_that_hold, items_that_hold


def draw_cards(on: Canvas, block: story.Cards, box: Box) -> None:
    x, y, w, h = box
    # One alone has room for larger words.
    tall = min(on.page.down(3.1 if block.items[1:] else 4.6), h / len(block.items))
    narrow = w < 20 * on.page.across
    # Mere numbers of order ask for no more than their own width.
    order = all(len(card.figure) < 3 and not card.unit for card in block.items)
    left = (1.6 if order else 4.6 if narrow else 6.6) * on.page.across
    said = [_shorter(on, card, w - left - 0.3, tall - 0.3) for card in block.items]
    sizes = [_fitted(on, card, w - left - 0.3, tall - 0.3, narrow) for card in said]
    # Cards that stand together are of one size.
    sentence, detail = min(sizes)
    for i, card in enumerate(said):
        top = y + i * tall
        if i:
            on.rule((x, top), (x + w, top))
        size = _figure_size(on, card, left, tall - 0.3, 28 if narrow else 38)
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


def _figure_size(on: Canvas, card: story.Card, width: float, tall: float, largest: float) -> float:
    """The largest size at which a figure holds on one line, above what it counts."""
    room = tall - height_of(card.unit, width, on.page.points(12)) - 0.1
    sizes = (size for size in (38, 32, 28, 22, 18, 16) if size <= largest)
    holding = (
        size
        for size in sizes
        if wide(card.figure, on.page.points(size), bold=True) <= width
        and height_of(card.figure, width, on.page.points(size), bold=True) <= room
    )
    return next(holding, 14)


def _shorter(on: Canvas, card: story.Card, w: float, h: float) -> story.Card:
    """The card without the last clauses of its detail, where all are not read in its row; the notes have them."""
    sentence, detail = (on.page.points(size) for size in CARD_SIZES[-1])
    room = h - 0.1 - height_of(card.sentence, w, sentence, bold=True)
    said, rest = clauses_that_hold(card.detail, lambda one: height_of(one, w, detail) <= room)
    if not rest:
        return card
    on.left.append(f"{card.sentence} : {card.detail}")
    return replace(card, detail=said)


def _fitted(on: Canvas, card: story.Card, w: float, h: float, narrow: bool) -> tuple[float, float]:
    """The largest sizes of the sentence and of its detail that hold in the row."""
    for sentence, detail in (size for size in CARD_SIZES if size[0] <= (16 if narrow else 20)):
        points = on.page.points(sentence), on.page.points(detail)
        tall = height_of(card.sentence, w, points[0], bold=True) + height_of(card.detail, w, points[1]) + 0.1
        if tall <= h:
            break
    return sentence, detail


CARD_SIZES = ((20, 14), (18, 14), (16, 14), (14, 14), (14, 13), (14, 12), (13, 12), (12, 12), (12, 11))
"""Points of the sentence of a card and of its detail, which is read from afar as long as it can."""


def draw_steps(on: Canvas, block: story.Steps, box: Box) -> None:
    """Steps under one another along a line; the present one is filled, and larger."""
    x, y, w, h = box
    tall = h / len(block.items)
    name, said = next(
        (pair for pair in STEP_SIZES if _steps_hold(on, block, w - 1.5, tall, *pair)), STEP_SIZES[-1]
    )
    middle = x + 0.5
    on.rule((middle, y + tall / 2), (middle, y + h - tall / 2), "territory", 1.5)
    for number, (step, when, told) in enumerate(block.items):
        now = number == block.at
        side = 0.9 if now else 0.55
        line = y + (number + 0.5) * tall
        dot = on.block(
            MSO_SHAPE.OVAL,
            Box(middle - side / 2, line - side / 2, side, side),
            "territory" if now else "paper",
        )
        dot.line.color.rgb, dot.line.width = on.rgb("territory"), Pt(1.5)
        on.text(
            Box(x + 1.5, y + number * tall, w - 1.5, tall),
            [
                (" · ".join(filter(None, (step, when))), name, True, "territory" if now else "ink"),
                (told, said, False, "muted"),
            ],
            anchor=MSO_ANCHOR.MIDDLE,
        )


STEP_SIZES = ((20, 14), (18, 14), (16, 14), (14, 12), (12, 11))
"""Points of a step and of what is said of it."""


def _steps_hold(on: Canvas, block: story.Steps, w: float, tall: float, name: float, said: float) -> bool:
    return all(
        height_of(" · ".join(filter(None, (step, when))), w, on.page.points(name), bold=True)
        + height_of(told, w, on.page.points(said))
        + 0.45
        <= tall
        for step, when, told in block.items
    )


def text_size(on: Canvas, block: story.Text, box: Box) -> float:
    """The largest type in which paragraphs hold in their place."""
    if block.framed:
        w, h = box.w - 2 * FRAME, box.h - 2 * FRAME
        holding = (one for one in FRAMED_SIZES if text_height(on, block, w, one) <= 0.95 * h)
        return next(holding, FRAMED_SIZES[-1])
    holding = (one for one in TEXT_SIZES if text_height(on, block, box.w - 0.1, one) <= 0.95 * box.h)
    return next(holding, TEXT_SIZES[-1])


def shorter_text(on: Canvas, block: story.Text, box: Box) -> story.Text:
    """The paragraphs that are read in their place; the notes have the others."""
    w, h = (box.w - 2 * FRAME, box.h - 2 * FRAME) if block.framed else (box.w - 0.1, box.h)
    least = (FRAMED_SIZES if block.framed else TEXT_SIZES)[-1]
    items, gone = items_that_hold(
        block.items, lambda kept: text_height(on, replace(block, items=kept), w, least) <= 0.95 * h
    )
    on.left.extend(gone)
    return replace(block, items=items) if gone else block


def draw_text(on: Canvas, block: story.Text, box: Box, size: float) -> None:
    """Paragraphs under their headings."""
    x, y, w, h = box
    if block.framed:
        tall = text_height(on, block, w - 2 * FRAME, size) + 2 * FRAME
        frame = on.block(MSO_SHAPE.RECTANGLE, Box(x, y, w, min(h - FRAME, tall)), "paper")
        frame.line.color.rgb, frame.line.width = on.rgb("territory"), Pt(1.5)
        x, y, w = x + FRAME, y + FRAME, w - 2 * FRAME
    else:
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
FRAMED_SIZES, FRAME = (22, 20, 18, 16, 14, 12), 0.5
"""Points of a framed one, and centimetres between it and its frame."""


def text_height(on: Canvas, block: story.Text, w: float, size: float) -> float:
    """Centimetres that paragraphs take in a width."""
    told = 0.0
    for heading, text, _ in block.items:
        told += height_of(heading, w, on.page.points(size + 1), bold=True) + (0.35 if heading else 0.0)
        told += height_of(text, w, on.page.points(size)) + 0.11
    return told
