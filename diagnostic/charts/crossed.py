"""Two figures of many territories, crossed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from diagnostic import design, french
from diagnostic.charts import figure, folded, safe

TITLE = 46
"""Letters of a line of the title of an axis, on the narrowest screen."""
LETTER, LINE = 2.6, 7.0
"""Width of a letter and height of a name, in hundredths of the drawing on the narrowest screen."""
OUT = 5.0
"""How far a name may stand out of the drawing at its right, in hundredths of it; at its left and under it stand the axes."""
FOLD = 18
"""Letters of a line of a name beside its dot."""


def scatter(
    points: pd.DataFrame,
    *,
    theme: str,
    x_title: str,
    y_title: str,
    decimals: tuple[int, int],
    named: Sequence[str],
) -> go.Figure:
    """One mark per row of `points` (name, x, y, own); of `named`, the first carries its name and those others that cover
    nothing; a name is read on hover."""
    palette = design.palette(theme)
    traces = []
    ranges = [_range(points[axis]) for axis in ("x", "y")]
    across, up = (
        [(value - low) / (high - low) * 100 for value in points[axis]]
        for axis, (low, high) in zip(("x", "y"), ranges, strict=True)
    )
    spots = {name: (x, 100 - y) for name, x, y in zip(points["name"], across, up, strict=True)}
    beside = {}
    for name, (_, middle, side) in beside_dots(spots, named, LETTER, LINE, forced=1, fold=FOLD).items():
        level = spots[name][1]
        beside[name] = f"{'middle' if middle == level else 'top' if middle < level else 'bottom'} {side}"
    for own in (False, True):
        rows = points[points["own"] == own]
        traces.append(
            {
                "type": "scatter",
                "x": rows["x"].tolist(),
                "y": rows["y"].tolist(),
                "mode": "markers+text",
                "text": [folded(name, FOLD) if name in beside else "" for name in rows["name"]],
                "textposition": [beside.get(name, "top center") for name in rows["name"]],
                "textfont": {"size": 13, "color": palette["territory"] if own else palette["muted"]},
                "marker": {
                    "size": 14 if own else 9,
                    "color": palette["territory"] if own else palette["other"],
                    "line": {"width": 1.5, "color": palette["bg"]},
                },
                "hovertemplate": [
                    f"{safe(name)}<br>{french.number(x, decimals[0])} ; {french.number(y, decimals[1])}<extra></extra>"
                    for name, x, y in zip(rows["name"], rows["x"], rows["y"], strict=True)
                ],
                "cliponaxis": False,
            }
        )
    axis = {
        "gridcolor": palette["rule"], "showgrid": True, "showticklabels": True, "automargin": True, "tickformat": ",",
    }  # fmt: skip
    # Above the axis and read level: a title turned on its side is not read from the back of a room.
    above = {
        "x": 0, "y": 1, "xref": "paper", "yref": "paper", "yanchor": "bottom", "xanchor": "left", "showarrow": False,
        "text": folded(y_title, TITLE), "align": "left", "font": {"size": 13},
    }  # fmt: skip
    return figure(
        theme, 460, traces, annotations=[above], margin={"t": 36, "b": 64, "l": 8, "r": 24},
        x={"title": {"text": folded(x_title, TITLE), "font": {"size": 13}}, "range": ranges[0], **axis},
        y={"range": ranges[1], **axis},
    )  # fmt: skip


def _range(values: pd.Series) -> list[float]:
    """An axis at least a tenth of its values wide: two figures a euro apart are not drawn as far apart."""
    low, high = float(values.min()), float(values.max())
    least = max(abs(low), abs(high)) * 0.1 or 1.0
    room = max((high - low) * 0.08, (least - (high - low)) / 2)
    return [low - room, high + room]


def beside_dots(
    spots: Mapping[str, tuple[float, float]],
    named: Sequence[str],
    letter: float,
    high: float,
    *,
    forced: int,
    fold: int = 999,
) -> dict[str, tuple[float, float, str]]:
    """Where the names stand, at the right of their dots or at their left, none over another nor over a dot: end and middle,
    from the top, in hundredths of the drawing, and the side. A letter is `letter` wide and a name `high`; the `forced` first
    stand where they cover least, another that finds no room is left out. Names take a line for each `fold` letters."""
    placed: dict[str, tuple[float, float, str]] = {}
    taken: list[tuple[float, float, float, float]] = []
    for number, name in enumerate(one for one in named if one in spots):
        x, y = spots[name]
        lines = folded(name, fold).split("<br>")
        wide, tall = max(map(len, lines)) * letter + 2.0, high * (2 + len(lines)) / 3
        tried = [(x, x + wide, "right"), (x - wide, x, "left")]
        ways = [(*way, y + move) for move in (0, -tall * 0.55, tall * 0.55) for way in tried]
        inside = [way for way in ways if way[0] >= 0 and way[1] < 100 + OUT and way[3] + tall / 2 <= 100]
        covered = {
            way: sum(
                one[0] < way[1] and one[1] > way[0] and abs(one[2] - way[3]) < (tall + one[3]) / 2
                for one in taken
            )
            + sum(
                way[0] < at < way[1] and abs(up - way[3]) < tall / 2
                for other, (at, up) in spots.items()
                if other != name
            )
            for way in inside or ways
        }
        best = min(covered, key=lambda way: covered[way])
        if number < forced or (inside and not covered[best]):
            start, end, side, middle = best
            taken.append((start, end, middle, tall))
            placed[name] = (x, middle, side)
    return placed
