"""From one value to another, line by line: before and after, the lowest and the highest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from diagnostic import design, french
from diagnostic.charts import figure, safe, shortened

WRITTEN = 0.2
"""Of the width, what a number takes on a telephone."""


@dataclass(frozen=True)
class Span:
    """A line: its values from the first to the last, the mark of each and what is said of it when pointed at."""

    name: str
    values: tuple[float, ...]
    marks: tuple[str, ...]
    said: tuple[str, ...]
    role: str = "territory"


def spans(
    rows: Sequence[Span], theme: str, *, row: int = 30, target: tuple[str, float] | None = None
) -> go.Figure:
    """A line a row, the first on top, its two ends written: what stands between them is in the table. `row` is its
    height in pixels; `target` crosses them all under its words."""
    palette = design.palette(theme)
    above = 28 if target is not None else 8
    every = [value for one in rows for value in one.values] + ([target[1]] if target is not None else [])
    room = max((max(every) - min(every)) * 0.18, 0.5)
    across = (max(every) - min(every) + 2 * room) * WRITTEN
    traces = []
    for rank, one in enumerate(rows):
        last = len(one.values) - 1
        traces.append(
            {
                "type": "scatter",
                "x": list(one.values),
                "y": [rank] * len(one.values),
                "mode": "lines+markers+text",
                "line": {"color": palette[one.role], "width": 3},
                "marker": {
                    "size": 12,
                    "color": palette[one.role],
                    "symbol": list(one.marks),
                    "line": {"width": 2, "color": palette[one.role]},
                },
                "text": [
                    f"  {french.number(value, 1)}  " if at in (0, last) else ""
                    for at, value in enumerate(one.values)
                ],
                "textposition": _beside(one, target[1] if target is not None else None, across),
                "textfont": {"color": palette["text"]},
                "cliponaxis": False,
                "hovertemplate": [f"{safe(said)}<extra></extra>" for said in one.said],
            }
        )
    lines, notes = [], []
    if target is not None:
        words, value = target
        line = {"color": palette["reference"], "width": 2}
        lines.append(
            {"type": "line", "x0": value, "x1": value, "y0": 0, "y1": 1, "yref": "y domain", "line": line}
        )
        notes.append(
            {
                "x": value, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False, "text": safe(words),
                "font": {"color": palette["reference"]},
            }
        )  # fmt: skip
    return figure(
        theme, row * len(rows) + 40 + above, traces, shapes=lines, annotations=notes,
        margin={"t": above, "b": 8, "l": 8, "r": 16},
        x={"range": [min(every) - room, max(every) + room]},
        y={
            "tickvals": list(range(len(rows))), "ticktext": [safe(shortened(one.name)) for one in rows],
            "range": [len(rows) - 0.5, -0.7], "automargin": True,
        },
    )  # fmt: skip


def _beside(one: Span, goal: float | None, across: float) -> list[str]:
    """Where the numbers of a line are written, `across` in width: beside its ends, or above on the other side where the
    line of the goal would cross them."""
    first, last = one.values[0], one.values[-1]
    left = goal is not None and 0 <= first - goal < across
    right = goal is not None and 0 <= goal - last < across
    after = "top left" if right else "middle right"
    return ["top right" if left else "middle left", *[after] * (len(one.values) - 1)]
