"""Blocks of the story drawn large, in HTML: sizes in rem and shares of the window, for a projector."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Callable, Mapping, Sequence
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


def drawn(block: Block, share: float = 1.0, room: float = 1.0) -> str:
    """The HTML of a block in its share of the width and of the height; an empty text for one that only a map or a page
    can show."""
    if isinstance(block, story.Cards):
        return _cards(block)
    if isinstance(block, story.Ranked):
        return _ranked(block)
    if isinstance(block, story.Stacked):
        return _stacked(block)
    if isinstance(block, story.Lines):
        return _lines(block)
    if isinstance(block, story.Table):
        return _table(block, share, room)
    if isinstance(block, story.Text):
        return _texts(block, share, room)
    if isinstance(block, story.Scatter):
        return _scatter(block)
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
    return f'{caption}<ul class="barres{"" if any(asides) else " seules"}">{bars}</ul>'


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
    if len(block.rows) == 1:
        # Alone, its parts are held against each other.
        [(_, values, _)] = block.rows
        alone = [
            (name, value, False)
            for name, value in zip(block.series, values, strict=True)
            if value is not None
        ]
        return _ranked(story.Ranked(block.caption, tuple(sorted(alone, key=lambda one: -one[1])), (), 1))
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


WIDE, HIGH = 62.0, 21.5
"""Room of a screen for its columns, in rem: below a title of two lines and a line that says what is counted."""
LETTER, LINE = 0.45, 1.32
"""Width of a letter and height of a line, in ems."""
SIZES = (2.5, 2.0, 1.625, 1.375, 1.25, 1.125, 1.0)
"""Type in which words may stand, in rem, the largest that holds them first."""
MORE = 2.25
"""Height of the line that counts what is left, in rem."""
MOST_LINES = 3
"""Lines of a cell, of which a longer text is cut."""


def _lines_of(said: str, wide: float, size: float) -> int:
    """Lines that a text takes in `wide` rem."""
    return max(1, math.ceil(len(said) * LETTER * size / wide))


def _table(block: story.Table, share: float, room: float) -> str:
    """The first columns of as many rows as have room, in the largest type that holds them all, and how many are left."""
    keep = range(min(4, len(block.header)))
    named = block.rows[:-1] if block.left else block.rows
    wides = [
        WIDE * share * block.widths[number] / sum(block.widths[at] for at in keep) - 0.75 for number in keep
    ]

    def high(row: Sequence[str], size: float) -> float:
        lines = max(_lines_of(row[number], wide, size) for number, wide in zip(keep, wides, strict=True))
        return min(lines, MOST_LINES) * LINE * size + 0.625

    free = HIGH * room - 1.75 - (1.5 if block.caption else 0.0)

    def holds(size: float) -> bool:
        return sum(high(row, size) for row in named) <= free - MORE * bool(block.left)

    size = next((size for size in SIZES[2:] if holds(size)), SIZES[-1])
    count, free = 0, free - (0.0 if holds(size) and not block.left else MORE)
    while count < len(named) and free >= (needed := high(named[count], size)):
        count, free = count + 1, free - needed
    heads = "".join(f"<th scope='col'>{text(block.header[number])}</th>" for number in keep)
    most = [int(MOST_LINES * wide / size / LETTER) for wide in wides]
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td><span>{prose(story.shortened(row[number], letters))}</span></td>"
            for number, letters in zip(keep, most, strict=True)
        )
        + "</tr>"
        for row in named[:count]
    )
    left = len(named) - count + block.left
    more = (
        f'<p class="then">Et {french.number(left)} de plus, dans les pages du diagnostic.</p>' if left else ""
    )
    columns = "".join(f'<col style="width:{wide / sum(wides) * 100:.1f}%">' for wide in wides)
    return (
        f'{_caption(block.caption)}<table class="grand" style="font-size:{size}rem"><colgroup>{columns}</colgroup>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{more}"
    )


def _texts(block: story.Text, share: float, room: float) -> str:
    """Paragraphs in the largest type that holds them; cut at a sentence where none does."""
    items = block.items[:ITEMS]
    wide, free = WIDE * share, HIGH * room - 1.25 * len(items)

    def holds(size: float) -> bool:
        lines = sum(_lines_of(said, wide, size) + bool(heading) for heading, said, _ in items)
        return lines * LINE * size <= free

    size = next((size for size in SIZES if holds(size)), SIZES[-2])
    most = int(max(1, free / size / LINE / max(1, len(items)) - 1) * wide / size / LETTER)
    cells = "".join(
        f'<p class="dit{" warn" if warn else ""}">{f"<b>{text(heading)}</b> " if heading else ""}{prose(_whole(french.unbroken(said), most))}</p>'
        for heading, said, warn in items
    )
    return f'<div class="dits" style="font-size:{size}rem">{cells}</div>'


def _whole(said: str, most: int) -> str:
    """The sentences that `most` letters hold; the first one is cut where it is longer alone."""
    kept = ""
    for sentence in re.split(r"(?<=[.!?]) ", said):
        if len(kept) + len(sentence) + 1 > most:
            break
        kept = f"{kept} {sentence}".strip()
    return kept or story.shortened(said, most)


def _scatter(block: story.Scatter) -> str:
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
    for name, (x, y, side) in _beside_dots(spots, block.named).items():
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
        f'{_caption(block.caption)}<p class="axe">{text(block.y_title)}</p>'
        f'<div class="nuage" role="img" aria-label="{said}"><div>{middles}{dots}{ends}</div></div>'
        f'<p class="axe bas">{text(block.x_title)}</p>'
    )


NAME_LETTER, NAME_HIGH = 1.7, 7.0
"""Width of a letter and height of a name in hundredths of the drawing."""


def _beside_dots(
    spots: Mapping[str, tuple[float, float]], named: Sequence[str]
) -> dict[str, tuple[float, float, str]]:
    """Where the names stand, at the right of their dots or at their left, none over another nor over a dot; those of the
    message first, whatever stands there."""
    placed: dict[str, tuple[float, float, str]] = {}
    taken: list[tuple[float, float, float]] = []
    for number, name in enumerate(one for one in named if one in spots):
        x, y = spots[name]
        wide = len(name) * NAME_LETTER + 2.0
        tried = [(x, x + wide, "right"), (x - wide, x, "left")]
        ways = [(*way, y + move) for move in (0, -NAME_HIGH * 0.75, NAME_HIGH * 0.75) for way in tried]
        free = [
            way
            for way in ways
            if way[0] > -5
            and not any(
                one[0] < way[1] and one[1] > way[0] and abs(one[2] - way[3]) < NAME_HIGH for one in taken
            )
            and not any(
                way[0] < at < way[1] and abs(up - way[3]) < NAME_HIGH / 2
                for other, (at, up) in spots.items()
                if other != name
            )
        ]
        if free or number < 2:
            start, end, side, middle = (free or ways)[0]
            taken.append((start, end, middle))
            placed[name] = (x, middle, side)
    return placed
