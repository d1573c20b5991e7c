"""Blocks of the story drawn large, in HTML: sizes in rem and shares of the window, for a projector."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from diagnostic import charts, design, french, story
from diagnostic.story import Block
from diagnostic.ui import state
from diagnostic.ui.components import text

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


def _caption(words: str) -> str:
    return f'<p class="stripstitle">{text(words)}</p>' if words else ""


def _cards(block: story.Cards) -> str:
    # What is unknown is told elsewhere: a dash in large type says nothing to a room.
    known = [card for card in block.items if card.figure != french.UNKNOWN][:ITEMS]
    cells = "".join(
        f'<article><p class="num">{text(card.figure)}</p><p class="unit">{text(card.unit)}</p>'
        f"<p>{text(card.sentence)}</p></article>"
        for card in known
    )
    return f'<div class="grands{" peu" if len(known) < ITEMS else ""}">{cells}</div>' if known else ""


def _ranked(block: story.Ranked) -> str:
    """Bars from zero, the reference across; the own one and the reference in their colours."""
    rows = block.rows
    asides = block.asides or ("",) * len(rows)
    if len(rows) > ROWS:
        # Those that lack most stand at the end of a ranking from the highest; the own one is never left out.
        kept = [number for number, row in enumerate(rows) if row[0] == block.own]
        kept = sorted(
            {*kept, *range(len(rows) - ROWS + (len(kept) and kept[0] < len(rows) - ROWS), len(rows))}
        )
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


def _stacked(block: story.Stacked) -> str:
    colours = [colour for colour, _ in charts.stacked_legend(block)]
    top = max([total or sum(filter(None, values)) for _, values, total in block.rows] or [1.0]) or 1.0
    rows = ""
    for number, (name, values, total) in enumerate(block.rows[:ROWS]):
        parts = "".join(
            f'<i style="width:{value / top * 100:.2f}%;background:{colour}"></i>'
            for value, colour in zip(values, colours, strict=True)
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
    return f'{_caption(block.caption)}<ul class="barres">{rows}</ul><ul class="legend">{legend}</ul>'


_WIDE, _HIGH = 760, 430
_LEFT, _RIGHT, _TOP, _BOTTOM = 20, 230, 30, 40


def _lines(block: story.Lines) -> str:
    """Series over the years as a picture that takes the room that is left."""
    points = [point for one in block.series for point in one.points]
    if not points:
        return ""
    years, values = [year for year, _ in points], [value for _, value in points]
    values += [side for _, bottom, top in block.band for side in (bottom, top)]
    first, last, high = min(years), max(years), max(values)
    low = 0.0 if min(values) < high * 0.5 else min(values) - (high - min(values)) * 0.3
    span, room = (last - first) or 1, (high - low) or 1.0

    def x(year: int) -> float:
        return _LEFT + (year - first) / span * (_WIDE - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _HIGH - _BOTTOM - (value - low) / room * (_HIGH - _TOP - _BOTTOM)

    colours = design.palette(state.theme())
    marks, taken = "", list[float]()
    if block.band:
        around = [(year, top) for year, _, top in block.band]
        around += [(year, bottom) for year, bottom, _ in reversed(block.band)]
        outline = " ".join(f"{x(year):.1f},{y(value):.1f}" for year, value in around)
        marks += f'<polygon points="{outline}" fill="{colours["other"]}" fill-opacity="0.18"/>'
    for one in sorted(block.series, key=lambda one: -one.points[-1][1] if one.points else 0):
        if not one.points:
            continue
        colour = colours[one.role if one.role in ("territory", "attention", "reference") else "other"]
        path = " ".join(f"{x(year):.1f},{y(value):.1f}" for year, value in one.points)
        dash = ' stroke-dasharray="8 6"' if one.dash else ""
        width = 5 if one.role == "territory" else 3
        marks += f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>'
        year, value = one.points[-1]
        at = y(value) + 7
        while any(abs(at - other) < 24 for other in taken):
            at += 24
        taken.append(at)
        end = text(f"{one.name[:14]} {one.end or french.number(value, block.decimals)}".strip())
        marks += f'<text x="{x(year) + 10:.0f}" y="{at:.0f}" fill="{colour}" font-size="21" font-weight="600">{end}</text>'
    grey = f'fill="{colours["muted"]}" font-size="18"'
    step = max(1, span // 5)
    ticks = "".join(
        f'<text x="{x(year):.0f}" y="{_HIGH - 8}" text-anchor="middle" {grey}>{year}</text>'
        for year in range(first, last + 1, step)
    )
    zero = "" if low == 0 else f'<text x="20" y="20" {grey}>{charts.NOT_FROM_ZERO}</text>'
    foot = _HIGH - _BOTTOM
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" font-family="Arial, sans-serif">'
        f'<line x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{foot}" y2="{foot}" stroke="{colours["rule"]}"/>{marks}{ticks}{zero}</svg>'
    )
    said = escape(french.typographic(f"{block.caption} : {_ends(block)}"))
    address = base64.b64encode(svg.encode()).decode()
    return f'{_caption(block.caption)}<img class="courbe" alt="{said}" src="data:image/svg+xml;base64,{address}">'


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
            f"<td><span>{text(story.shortened(row[number], MOST_IN_CELL))}</span></td>" for number in keep
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


def _texts(block: story.Text, share: float) -> str:
    items: Sequence[tuple[str, str, bool]] = block.items[:ITEMS]
    most = round(MOST_LETTERS * share / max(1, len(items)))
    cells = "".join(
        f'<p class="dit{" warn" if warn else ""}">{f"<b>{text(heading)}</b> " if heading else ""}{text(story.shortened(said, most))}</p>'
        for heading, said, warn in items
    )
    return f'<div class="dits n{len(items)}">{cells}</div>'
