"""Series: curves over the years, their names at their ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go

from diagnostic import design, french
from diagnostic.charts import figure, folded, safe

LABEL_SHARE, END, ROOM, WIDE = 0.09, 24, 168, 0.3
"""Height of a line of a label at the end of a curve, in heights of the chart, letters that it holds, its room in pixels
whatever the width, as the style sheet knows, and on the narrowest chart that has one in parts of the years."""


class Line(Protocol):
    """A yearly series, what stands at its end, its colour by role."""

    @property
    def name(self) -> str: ...
    @property
    def points(self) -> tuple[tuple[int, float], ...]: ...
    @property
    def role(self) -> str: ...
    @property
    def end(self) -> str: ...


class Lines(Protocol):
    """Yearly series, and `(year, low, high)` behind them."""

    @property
    def series(self) -> Sequence[Line]: ...
    @property
    def decimals(self) -> int: ...
    @property
    def band(self) -> Sequence[tuple[int, float, float]]: ...


LOOKS = {"territory": (4, "solid"), "ink": (2.5, "solid")}
"""Width in pixels and dash of the line of the territory and of its reference; of any other, thin and dotted."""
CLEAR = "rgba(0,0,0,0)"
"""The colour of what only takes room: years stand under the lowest level, not on it."""
MOST_ENDS = 8
"""Lines beyond which those of the territory and of its reference alone are named: the others say so when pointed at."""


def lines(block: Lines, theme: str) -> go.Figure:
    """Yearly values, the territory thick, its reference in ink, the others dotted; names and last values at the
    ends of the lines."""
    palette = design.palette(theme)
    known = [line for line in block.series if line.points]
    if not known:
        return figure(theme, 300, ())
    start, end = min(line.points[0][0] for line in known), max(line.points[-1][0] for line in known)
    band = block.band
    sides = [tuple((year, side) for year, low, high in band for side in (low, high))] if band else []
    every = [*(line.points for line in known), *sides]
    span = _span(every)
    told = _named(known)
    ends = [folded(end_of(line, block.decimals), END) for line in told]
    tall = [label.count("<br>") + 1 for label in ends]
    early = [
        _clear(line, known, end, span * LABEL_SHARE * (rows + 0.5) / 2)
        for line, rows in zip(told, tall, strict=True)
    ]
    last = [number for number, own in enumerate(early) if not own]
    spread = apart([told[number].points[-1][1] for number in last], span, [tall[number] for number in last])
    places = [(float(line.points[-1][0]), line.points[-1][1]) for line in told]
    for number, place in zip(last, spread, strict=True):
        places[number] = (float(end), place)
    values = [value for points in every for _, value in points] + [place for _, place in places]
    pad = max((max(values) - min(values)) * 0.06, 1.5)
    low = 0.0 if design.from_zero(values) else min(values) - pad
    small = {"size": 13, "color": palette["muted"]}
    return figure(
        theme, 300, _curves(block, known, palette), annotations=_ends(told, ends, places, palette),
        title=_not_from_zero(low, palette),
        margin={"l": 8, "r": ROOM, "t": 26 if low else 8, "b": 32},
        x={
            "range": [start, max(end, start + 1)], "showticklabels": True, "tickvals": _years(start, end),
            "tickfont": small, "ticks": "outside", "ticklen": 6, "tickcolor": CLEAR,
        },
        y={
            "zeroline": not low, "zerolinecolor": palette["rule"], "zerolinewidth": 1, "range": [low, max(values) + pad], "showgrid": True, "gridcolor": palette["rule"], "tickformat": ",.0f",
            "tickfont": small, "automargin": True, **({"dtick": 1} if block.decimals == 0 and span < 4 else {"nticks": 5}),
        },
    )  # fmt: skip


def _curves(block: Lines, known: Sequence[Line], palette: design.Palette) -> list[dict[str, Any]]:
    """The band behind the lines, then the lines."""
    band = block.band
    traces: list[dict[str, Any]] = []
    if band:
        traces.append(
            {
                "type": "scatter",
                "x": [year for year, _, _ in band] + [year for year, _, _ in reversed(band)],
                "y": [low for _, low, _ in band] + [high for _, _, high in reversed(band)],
                "mode": "none", "fill": "toself", "fillcolor": palette["other"], "opacity": 0.18, "hoverinfo": "skip",
            }
        )  # fmt: skip
    for line in known:
        width, dash = LOOKS.get(line.role, (1.5, "dot"))
        colour = palette["text" if line.role == "ink" else line.role]
        traces.append(
            {
                "type": "scatter",
                "x": [year for year, _ in line.points],
                "y": [value for _, value in line.points],
                "mode": "lines" if len(line.points) > 1 else "markers",
                "name": safe(line.name),
                "line": {"color": colour, "width": width, "dash": dash},
                "hovertemplate": "%{x} : %{y:,.1f}<extra>" + safe(line.name) + "</extra>",
            }
        )
    return traces


def _clear(line: Line, known: Sequence[Line], end: int, height: float) -> bool:
    """Whether a line that stops before the others has room for its name where it stops."""
    year, value = line.points[-1]
    beyond = np.linspace(year, min(end, year + WIDE * (end - line.points[0][0])), 9)
    others = (one for one in known if one is not line)
    heights = (
        np.interp(beyond, [when for when, _ in one.points], [reached for _, reached in one.points])
        for one in others
    )
    return year < end and all(bool((abs(found - value) > height).all()) for found in heights)


def _ends(
    told: Sequence[Line],
    said: Sequence[str],
    places: Sequence[tuple[float, float]],
    palette: design.Palette,
) -> list[dict[str, Any]]:
    """The words at the ends of the lines that are named."""
    notes: list[dict[str, Any]] = []
    for line, label, (year, place) in zip(told, said, places, strict=True):
        colour = palette["text" if line.role == "ink" else line.role]
        notes.append(
            {
                "x": year, "y": place, "text": f"<b>{label}</b>" if line.role == "territory" else label,
                "showarrow": False, "xanchor": "left", "xshift": 8, "align": "left", "font": {"size": 13, "color": colour},
            }
        )  # fmt: skip
    return notes


def _not_from_zero(low: float, palette: design.Palette) -> dict[str, Any]:
    """That the axis does not start from zero, above the drawing on every screen: narrow ones hide the names in it."""
    if not low:
        return {}
    return {
        "text": design.NOT_FROM_ZERO, "x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top",
        "pad": {"t": 4}, "font": {"size": 12, "color": palette["muted"]}, "automargin": False,
    }  # fmt: skip


def end_of(line: Line, decimals: int) -> str:
    """What stands at the end of a line: its name and its last value, or what the block says in its place."""
    return f"{line.name} {line.end or french.number(line.points[-1][1], decimals)}".strip()


def lines_ends(block: Lines) -> list[tuple[str, str]]:
    """(CSS colour, words) of the ends of the lines, for screens where they have no room there."""
    colours = {"territory": "var(--territory)", "ink": "var(--reference)"}
    return [
        (colours.get(line.role, f"var(--{line.role})"), end_of(line, block.decimals))
        for line in _named([line for line in block.series if line.points])
    ]


def _named(known: Sequence[Line]) -> Sequence[Line]:
    """Those whose names are written: of many, the territory's and its reference's alone."""
    return [line for line in known if len(known) <= MOST_ENDS or line.role in LOOKS] or known


def _years(start: int, end: int) -> list[int]:
    return sorted({start, (start + end) // 2, end})


def apart(values: Sequence[float], span: float, lines: Sequence[int]) -> list[float]:
    """The same heights pushed apart so that labels of so many lines do not cover each other on an axis of that span,
    order kept."""
    line = max(span, 1e-9) * LABEL_SHARE
    placed = sorted(range(len(values)), key=lambda number: values[number])
    result = list(values)
    for below, above in zip(placed, placed[1:], strict=False):
        gap = line * (lines[below] + lines[above]) / 2
        result[above] = max(result[above], result[below] + gap)
    shift = (sum(result) - sum(values)) / (len(values) or 1)
    return [value - shift for value in result]


def _span(lines: Sequence[Sequence[tuple[int, float]]]) -> float:
    values = [value for found in lines for _, value in found]
    return max(max(values) - min(values), 1e-9)
