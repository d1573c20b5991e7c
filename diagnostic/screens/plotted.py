"""Curves and dots drawn large, in HTML: the drawing stretches with the room that is left, the words keep their type."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Sequence
from html import escape

from diagnostic import design, french, story
from diagnostic.charts.crossed import beside_dots
from diagnostic.markup import text
from diagnostic.story.scale import nice_range


def caption(words: str) -> str:
    return f'<p class="stripstitle">{text(words)}</p>' if words else ""


LABEL_LINE, LETTERS = 10.0, 15
"""Height of a line of a label in hundredths of the chart, and letters that it holds at the end of a curve."""


def lines(block: story.Lines, theme: str) -> str:
    """Series over the years in the room that is left: the curves as a picture that stretches, the words over it in the
    type of the page."""
    known = [one for one in block.series if one.points]
    points = [point for one in known for point in one.points]
    if not points:
        return ""
    first, last = min(year for year, _ in points), max(year for year, _ in points)
    low, high, step = block.heights

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
    places = without_cover([y(one.points[-1][1]) for one in told], heights)
    named = "".join(
        f'<span class="end" style="top:{place:.1f}%;color:var(--{_ROLES.get(one.role, "muted")})">{text(said)}</span>'
        for one, said, place in zip(told, words, places, strict=True)
    )
    zero = "" if low == 0 else f'<p class="zero">{design.NOT_FROM_ZERO}</p>'
    said = escape(french.typographic(f"{block.caption} : {_ends(block)}"))
    picture = base64.b64encode(_curves(block, known, ticks, x, y, design.palette(theme)).encode()).decode()
    return (
        f'{caption(block.caption)}{zero}<div class="courbe" role="img" aria-label="{said}">'
        f'<div><img alt="" src="data:image/svg+xml;base64,{picture}">{ticked}{named}</div></div>'
    )


_ROLES = {"territory": "territory", "attention": "attention", "ink": "text", "reference": "reference"}


def _curves(
    block: story.Lines,
    known: Sequence[story.Line],
    ticks: Sequence[float],
    x: Callable[[int], float],
    y: Callable[[float], float],
    colours: design.Palette,
) -> str:
    """The band, the level lines and the curves, without a word: stretched, words would be."""
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


def without_cover(wanted: Sequence[float], heights: Sequence[float]) -> list[float]:
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


NAME_LETTER, NAME_HIGH = 1.7, 7.0
"""Width of a letter and height of a name in hundredths of the drawing."""


def scatter(block: story.Scatter) -> str:
    """Dots between two axes, the medians across, and the names of those that the message names."""
    across, up = [x for _, x, _, _ in block.points], [y for _, _, y, _ in block.points]
    (left, right, step_x), (low, high, step_y) = (nice_range(min(one), max(one)) for one in (across, up))
    right, high = (
        low_ + step * math.ceil((most - low_) / step - 1e-9)
        for low_, most, step in ((left, max(across), step_x), (low, max(up), step_y))
    )

    def share(value: float, first: float, last: float) -> float:
        return (value - first) / ((last - first) or 1.0) * 100

    def place(x: float, y: float) -> str:
        return f"left:{share(x, left, right):.2f}%;top:{100 - share(y, low, high):.2f}%"

    dots = "".join(
        f'<i class="{"qpv" if marked else ""}" style="{place(x, y)}"></i>' for _, x, y, marked in block.points
    )
    spots = {name: (share(x, left, right), 100 - share(y, low, high)) for name, x, y, _ in block.points}
    for name, (x, y, side) in beside_dots(spots, block.named, NAME_LETTER, NAME_HIGH, forced=2).items():
        dots += f'<b class="{side}" style="left:{x:.2f}%;top:{y:.2f}%">{text(name)}</b>'
    middles = (
        ""
        if block.medians is None
        else f'<u class="x" style="left:{share(block.medians[0], left, right):.2f}%"></u>'
        f'<u class="y" style="top:{100 - share(block.medians[1], low, high):.2f}%"></u>'
    )
    ends = "".join(
        f'<span class="{way}" style="{place(x, y)}">{french.number(value)}</span>'
        for way, x, y, value in (
            *(("x", at, low, at) for at in (left, right)),
            *(("y", left, at, at) for at in (low, high)),
        )
    )
    told = "".join(
        f"{name} : {french.number(x, 1)} et {french.number(y, 1)} ; "
        for name, x, y, _ in block.points
        if name in block.named
    )
    said = escape(french.typographic(f"{block.x_title} et {block.y_title}. {told}".rstrip(" ;")))
    return (
        f'{caption(block.caption)}<p class="axe">{text(block.y_title)}</p>'
        f'<div class="nuage" role="img" aria-label="{said}"><div>{middles}{dots}{ends}</div></div>'
        f'<p class="axe bas">{text(block.x_title)}</p>'
    )
