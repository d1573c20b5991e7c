"""Two figures of many territories, crossed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from diagnostic import design, french
from diagnostic.charts import figure, folded, safe

TITLE = 46
"""Letters of a line of the title of an axis, on the narrowest screen."""
LETTER, LINE = 0.026, 0.09
"""Width of a letter and height of a name with its mark, in parts of the drawing on the narrowest screen."""


def scatter(
    points: pd.DataFrame,
    *,
    theme: str,
    x_title: str,
    y_title: str,
    decimals: tuple[int, int],
    named: Sequence[str],
) -> go.Figure:
    """One mark per row of `points` (name, x, y, own); `named` carry their name, the others on hover."""
    palette = design.palette(theme)
    traces = []
    for own in (False, True):
        rows = points[points["own"] == own]
        traces.append(
            {
                "type": "scatter",
                "x": rows["x"].tolist(),
                "y": rows["y"].tolist(),
                "mode": "markers+text",
                "text": [safe(name) if own or name in named else "" for name in rows["name"]],
                "textposition": [
                    _beside(name, (x, y), points) if own or name in named else "top center"
                    for name, x, y in zip(rows["name"], rows["x"], rows["y"], strict=True)
                ],
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
        x={"title": {"text": folded(x_title, TITLE), "font": {"size": 13}}, "range": _range(points["x"]), **axis},
        y={"range": _range(points["y"]), **axis},
    )  # fmt: skip


def _range(values: pd.Series) -> list[float]:
    """An axis at least a tenth of its values wide: two figures a euro apart are not drawn as far apart."""
    low, high = float(values.min()), float(values.max())
    least = max(abs(low), abs(high)) * 0.1 or 1.0
    room = max((high - low) * 0.08, (least - (high - low)) / 2)
    return [low - room, high + room]


def _beside(name: str, at: tuple[float, float], points: pd.DataFrame) -> str:
    """Where a name stands beside its mark, so that it stays inside the frame: above, or below where fewer marks are there."""
    (x, y), across, up = at, *(points[axis].max() - points[axis].min() or 1.0 for axis in ("x", "y"))
    place = (x - points["x"].min()) / across
    side = "right" if place < 0.3 else "left" if place > 0.7 else "center"
    width, height = len(name) * LETTER * across, LINE * up
    left = x - {"right": 0.0, "center": width / 2, "left": width}[side]
    others = points[points["name"] != name]
    level = others[others["x"].between(left, left + width)]["y"] - y
    above, below = (level.between(*ends).sum() for ends in ((0.0, height), (-height, 0.0)))
    return f"{'bottom' if below < above else 'top'} {side}"
