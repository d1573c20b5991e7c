"""Blocks of the story drawn large, in HTML: sizes in rem and shares of the window, for a projector."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Sequence
from html import escape

from diagnostic import charts, design, french, story
from diagnostic.story import Block
from diagnostic.story.scale import nice_range
from diagnostic.territories import fold
from diagnostic.ui import state
from diagnostic.ui.tables import prose, text

ROWS = 8
"""Most bars or lines on a screen: a room reads no more."""
ITEMS = 4
LINES = 5
"""Most lines of a table, each of which may wrap."""


def drawn(block: Block, share: float = 1.0) -> str:
    """The HTML of a block in its share of the width; an empty text for one that only a map or a page can show."""
    if isinstance(block, story.Cards):
        return _cards(block)
    if isinstance(block, story.Ranked):
        return _ranked(block)
    if isinstance(block, story.Stacked):
        return _stacked(block)
    if isinstance(block, story.Lines):
        return _lines(block)
    if isinstance(block, story.Table):
        return _table(block)
    if isinstance(block, story.Text):
        return _texts(block, share)
    return ""


SAME = 0.6
"""Share of the words of a caption from which it says again what stands above it."""


def said_already(words: str, above: str) -> bool:
    """Whether `words` say no more than `above`, which a room has just read."""
    told = [word for word in re.findall(r"\w+", fold(words)) if len(word) > 3]
    return bool(told) and sum(word in fold(above) for word in told) >= SAME * len(told)


def _caption(words: str) -> str:
    return f'<p class="stripstitle">{text(words)}</p>' if words else ""


def _cards(block: story.Cards) -> str:
    # What is unknown is told elsewhere: a dash in large type says nothing to a room.
    known = [card for card in block.items if card.figure != french.UNKNOWN][:ITEMS]
    cells = "".join(
        f'<article><p class="num">{text(card.figure)}</p><p class="unit">{text(card.unit)}</p>'
        f'<p class="said">{text(card.sentence)}</p><p class="when">{text(_when(card.detail))}</p></article>'
        for card in known
    )
    return f'<div class="grands{" peu" if len(known) < ITEMS else ""}">{cells}</div>' if known else ""


STATUSES = frozenset(("officiel", "calculé", "estimé", "arrondi", "au plus"))


def _when(detail: str) -> str:
    """The end of what is said under a figure, its year and how sure it is; "" where that is not what it says."""
    *_, when, status = ["", *detail.split(" · ")]
    return f"{when} · {status}" if status in STATUSES and when else ""


def _ranked(block: story.Ranked) -> str:
    """Bars from zero, the reference across; the own one and the reference in their colours."""
    rows = block.rows
    asides = block.asides or ("",) * len(rows)
    if len(rows) > ROWS:
        # What deserves a look stands first; the own one is never left out.
        own = [number for number, row in enumerate(rows) if row[0] == block.own]
        kept = sorted({*own, *range(ROWS - any(number >= ROWS for number in own))})
        rows, asides = tuple(rows[at] for at in kept), tuple(asides[at] for at in kept)
    references = [one for one in block.references if one[1] is not None]
    top = max([value for _, value, _ in rows] + [value for _, value, _ in references] + [0.0]) * 1.02 or 1.0
    lines = "".join(
        f'<i class="ref" style="left:{value / top * 100:.2f}%"></i>' for _, value, _ in references[:1]
    )
    roles = {name: "ink" for name, _, _ in references} | {block.own: "own"}
    bars = "".join(
        f'<li class="{"mine" if name == block.own else ""}"><span class="name">{text(name)}</span><span class="bar">'
        f'<i class="{"bad" if marked else roles.get(name, "")}" '
        f'style="width:{max(value, 0) / top * 100:.2f}%"></i>{lines}</span>'
        f'<span class="val">{french.number(value, block.decimals)}{f" <small>{text(aside)}</small>" if aside else ""}</span></li>'
        for (name, value, marked), aside in zip(rows, asides, strict=True)
    )
    named = [f"Trait : {name} {french.number(value, block.decimals)}" for name, value, _ in references[:1]]
    caption = _caption(" · ".join(filter(None, (block.caption, *named))))
    return f'{caption}<ul class="barres">{bars}</ul>'


def gaps(heading: str, rows: Sequence[tuple[str, float]]) -> str:
    """Differences on both sides of a line in the middle, each under its name."""
    most = max((abs(value) for _, value in rows), default=0.0) or 1.0
    cells = "".join(
        f'<li><span class="name">{text(name)}</span><span class="val{" bad" if value < 0 else ""}">{french.signed(value, 1)}</span>'
        f'<span class="bar"><i class="{"bad" if value < 0 else "own"}" style="{"right" if value < 0 else "left"}:50%;'
        f'width:{abs(value) / most * 48:.2f}%"></i><i class="zero"></i></span></li>'
        for name, value in rows
    )
    return f'{_caption(heading)}<ul class="ecarts">{cells}</ul>'


def pairs(rows: Sequence[tuple[str, str]]) -> str:
    """Names and what is said of each, one below the other, large."""
    cells = "".join(f"<div><dt>{text(name)}</dt><dd>{text(said)}</dd></div>" for name, said in rows)
    return f'<dl class="paires">{cells}</dl>'


FEWEST_SHARE = 6.0
"""Share of the bar, in hundredths, under which a part has no room for its figure."""


def _stacked(block: story.Stacked) -> str:
    """Bars of parts, each with its figure inside where it has room; a narrow screen hides what does not fit."""
    modes = [charts.MODES[role].replace("_", "-") for role in block.roles]
    top = max([total or sum(filter(None, values)) for _, values, total in block.rows] or [1.0]) or 1.0
    rows = ""
    for number, (name, values, total) in enumerate(block.rows[:ROWS]):
        parts = "".join(
            f'<i style="width:{value / top * 100:.2f}%;background:var(--mode-{mode});color:var(--mode-ink-{mode})">'
            f"{f'<b>{french.number(value, 1)}</b>' if value / top * 100 >= FEWEST_SHARE else ''}</i>"
            for value, mode in zip(values, modes, strict=True)
            if value
        )
        strong = "b" if number == 0 else "span"
        rows += (
            f'<li><span class="name"><{strong}>{text(name)}</{strong}></span><span class="bar">{parts}</span>'
            f'<span class="val">{"" if total is None else french.number(total, 1)}</span></li>'
        )
    legend = "".join(
        f'<li><i style="background:{colour}"></i>{text(words)}</li>'
        for colour, words in charts.stacked_legend(block)
    )
    totals = "" if any(total is not None for _, _, total in block.rows) else " portions"
    return f'{_caption(block.caption)}<ul class="barres{totals}">{rows}</ul><ul class="legend">{legend}</ul>'


LABEL_LINE, LETTERS = 10.0, 15
"""Height of a line of a label in hundredths of the chart, and letters that it holds at the end of a curve."""


def _lines(block: story.Lines) -> str:
    """Series over the years in the room that is left: the curves as a picture that stretches, the words over it in the
    type of the page."""
    known = [one for one in block.series if one.points]
    points = [point for one in known for point in one.points]
    if not points:
        return ""
    years, values = [year for year, _ in points], [value for _, value in points]
    values += [side for _, bottom, top in block.band for side in (bottom, top)]
    first, last, highest, lowest = min(years), max(years), max(values), min(values)
    low, _, step = nice_range(0.0 if 0 <= lowest < highest * 0.5 else lowest, highest)
    high = math.ceil(highest / step - 1e-9) * step

    def x(year: int) -> float:
        return (year - first) / ((last - first) or 1) * 100

    def y(value: float) -> float:
        return (high - value) / ((high - low) or 1.0) * 100

    ticks = [low + step * number for number in range(round((high - low) / step) + 1)]
    decimals = 0 if step >= 1 else 1
    ticked = "".join(
        f'<span class="y" style="top:{y(tick):.1f}%">{french.number(tick, decimals)}</span>' for tick in ticks
    ) + "".join(f'<span class="x" style="left:{x(year):.1f}%">{year}</span>' for year in _years(first, last))
    told = sorted(known, key=lambda one: -one.points[-1][1])
    words = [
        f"{one.name} {one.end or french.number(one.points[-1][1], block.decimals)}".strip() for one in told
    ]
    heights = [LABEL_LINE * -(-len(said) // LETTERS) for said in words]
    places = _without_cover([y(one.points[-1][1]) for one in told], heights)
    named = "".join(
        f'<span class="end" style="top:{place:.1f}%;color:var(--{_ROLES.get(one.role, "muted")})">{text(said)}</span>'
        for one, said, place in zip(told, words, places, strict=True)
    )
    zero = "" if low == 0 else f'<p class="zero">{charts.NOT_FROM_ZERO}</p>'
    said = escape(french.typographic(f"{block.caption} : {_ends(block)}"))
    picture = base64.b64encode(_curves(block, known, ticks, x, y).encode()).decode()
    return (
        f'{_caption(block.caption)}{zero}<div class="courbe" role="img" aria-label="{said}">'
        f'<div><img alt="" src="data:image/svg+xml;base64,{picture}">{ticked}{named}</div></div>'
    )


_ROLES = {"territory": "territory", "attention": "attention", "ink": "text", "reference": "reference"}


def _curves(
    block: story.Lines,
    known: Sequence[story.Line],
    ticks: Sequence[float],
    x: Callable[[int], float],
    y: Callable[[float], float],
) -> str:
    """The band, the level lines and the curves, without a word: stretched, words would be."""
    colours = design.palette(state.theme())
    marks = "".join(
        f'<line x1="0" x2="100" y1="{y(tick):.2f}" y2="{y(tick):.2f}" stroke="{colours["rule"]}" stroke-width="1"/>'
        for tick in ticks
    )
    if block.band:
        around = [(year, top) for year, _, top in block.band]
        around += [(year, bottom) for year, bottom, _ in reversed(block.band)]
        outline = " ".join(f"{x(year):.2f},{y(value):.2f}" for year, value in around)
        marks += f'<polygon points="{outline}" fill="{colours["other"]}" fill-opacity="0.18"/>'
    for one in sorted(known, key=lambda one: one.role == "territory"):
        colour = colours[_ROLES.get(one.role, "other")]
        path = " ".join(f"{x(year):.2f},{y(value):.2f}" for year, value in one.points)
        dash = ' stroke-dasharray="8 6"' if one.dash else ""
        width = 5 if one.role == "territory" else 3
        marks += f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>'
    still = "<style>line,polyline{vector-effect:non-scaling-stroke}</style>"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%" viewBox="0 0 100 100" '
        f'preserveAspectRatio="none">{still}{marks}</svg>'
    )


def _years(first: int, last: int) -> list[int]:
    """Four years at most under an axis: more meet on a narrow screen."""
    parts = min(3, last - first) or 1
    return sorted({first + round((last - first) * part / parts) for part in range(parts + 1)})


def _without_cover(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
    """The middles of labels from the top, near where they are wanted, none over another, the last no lower than the foot."""
    tops, free = list[float](), -LABEL_LINE
    for at, height in zip(wanted, heights, strict=True):
        tops.append(max(at - height / 2, free))
        free = tops[-1] + height
    below = 100.0 + LABEL_LINE / 2
    for number in reversed(range(len(tops))):
        tops[number] = min(tops[number], below - heights[number])
        below = tops[number]
    return [top + height / 2 for top, height in zip(tops, heights, strict=True)]


def _ends(block: story.Lines) -> str:
    """The first and the last value of each series, for who does not see it."""
    return " ; ".join(
        f"{one.name} {french.number(one.points[0][1], block.decimals)} en {one.points[0][0]}, "
        f"{french.number(one.points[-1][1], block.decimals)} en {one.points[-1][0]}".strip()
        for one in block.series
        if one.points
    )


def _table(block: story.Table) -> str:
    """The first columns of the first rows, as lines."""
    keep = [number for number, head in enumerate(block.header) if number < 4]
    heads = "".join(f"<th scope='col'>{text(block.header[number])}</th>" for number in keep)
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td><span>{prose(story.shortened(row[number], MOST_IN_CELL))}</span></td>" for number in keep
        )
        + "</tr>"
        for row in block.rows[:LINES]
    )
    left = len(block.rows) - LINES
    more = (
        f'<p class="then">Et {french.number(left)} de plus, dans les pages du diagnostic.</p>'
        if left > 0
        else ""
    )
    return f'{_caption(block.caption)}<table class="grand{" peu" if len(block.rows) <= FEW_ROWS else ""}"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{more}'


FEW_ROWS = 3
"""Rows of a table that stand larger."""
MOST_IN_CELL = 56
MOST_LETTERS = 420
"""Letters of all the paragraphs of a screen together."""
SHORT = 160
"""Letters under which they stand larger, so as to fill the screen."""
FEWEST_LETTERS = 84
"""Letters of one of them, where there are few: fewer cut a sentence before what it says."""
FEW_ITEMS = 2


def _texts(block: story.Text, share: float) -> str:
    items: Sequence[tuple[str, str, bool]] = block.items[:ITEMS]
    most = round(MOST_LETTERS * share / max(1, len(items)))
    if len(items) <= FEW_ITEMS:
        most = max(most, FEWEST_LETTERS)
    cells = "".join(
        f'<p class="dit{" warn" if warn else ""}">{f"<b>{text(heading)}</b> " if heading else ""}{prose(story.shortened(said, most))}</p>'
        for heading, said, warn in items
    )
    short = " court" if sum(len(said) for _, said, _ in items) < SHORT else ""
    return f'<div class="dits n{len(items)}{short}">{cells}</div>'
