"""Rankings: one row a territory or a figure, as a point with its line or as a bar."""

from __future__ import annotations

from typing import Any, Protocol

import plotly.graph_objects as go

from diagnostic import design, french
from diagnostic.charts import figure, folded, safe


class Ranked(Protocol):
    """Rows `(name, value, attention)` in their order, reference lines `(name, value, attention)`."""

    @property
    def rows(self) -> tuple[tuple[str, float, bool], ...]: ...
    @property
    def references(self) -> tuple[tuple[str, float, bool], ...]: ...
    @property
    def decimals(self) -> int: ...
    @property
    def asides(self) -> tuple[str, ...]: ...
    @property
    def unit(self) -> str: ...
    @property
    def own(self) -> str: ...
    @property
    def beside(self) -> str: ...


def ranked(block: Ranked, theme: str) -> go.Figure:
    """Lollipops from the line of the first reference, the first row on top: a disc, or a diamond where marked; bars
    where there is none."""
    if not block.references:
        return _bars(block, theme)
    reference_name, base, _ = block.references[0]
    palette = design.palette(theme)
    values = [value for _, value, _ in block.rows]
    low, high = min([*values, base]), max([*values, base])
    room = (high - low or 1.0) * 0.06
    count, told = len(block.rows), any(block.asides)
    below = told and base >= high
    notes: list[dict[str, Any]] = [
        {
            "x": base, "y": number, "text": safe(aside), "showarrow": False,
            "xanchor": "left" if values[number] < base else "right", "xshift": 8 if values[number] < base else -8,
            "font": {"size": 13, "color": palette["muted"]},
        }
        for number, aside in enumerate(block.asides)
        if aside
    ]  # fmt: skip
    notes.append(
        {
            "x": base, "y": -0.8, "text": f"<b>{safe(reference_name)} {french.number(base, block.decimals)}</b>",
            "showarrow": False, "yanchor": "bottom", "font": {"size": 13},
            # To the left it has the room of the names.
            "xanchor": "left" if base - low + room < 0.3 * (high - low + 2 * room) else "right",
        }
    )  # fmt: skip
    if low - room > 0:
        notes.append(
            {
                "x": 1, "xref": "paper", "y": count - 0.3, "text": design.NOT_FROM_ZERO, "showarrow": False,
                "xanchor": "right", "yanchor": "top", "font": {"size": 12, "color": palette["muted"]},
            }
        )  # fmt: skip
    line = {"color": palette["text"], "width": 2}
    return figure(
        theme, _row_of(block, 24) * count + 65, _lollipops(block, palette), annotations=notes,
        shapes=[{"type": "line", "x0": base, "x1": base, "y0": -0.8, "y1": count - 0.5, "line": line}],
        # Figures, and what stands across the line, have a room in pixels whatever the width.
        margin={"r": FIGURES + 30 if below else FIGURES},
        x={"range": [low - room, high + room]},
        y={
            "range": [count + 0.4, -1.9], "tickvals": list(range(count)), "ticktext": _names(block), "ticksuffix": "  ",
            "automargin": True, "tickfont": {"size": 13}, "ticklabelstandoff": FIGURES - 20 if min(values) < base else 6,
        },
    )  # fmt: skip


NAME = 30
"""Letters of a line of a name at the left of its bar."""
LINE = 14
"""Height of one more line of it in pixels."""


def _row_of(block: Ranked, one_line: int) -> int:
    """Height of a row, where a name may take several lines."""
    most = max((name.count("<br>") for name in _names(block)), default=0)
    return one_line + LINE * most


def _names(block: Ranked) -> list[str]:
    shown = [folded(name, NAME) for name, _, _ in block.rows]
    return [
        f"<b>{said}</b>" if row[0] == block.own else said for said, row in zip(shown, block.rows, strict=True)
    ]


def _lollipops(block: Ranked, palette: design.Palette) -> list[dict[str, Any]]:
    """A stem from the line of the reference and a mark with its value, for each row."""
    values, names, base = [value for _, value, _ in block.rows], _names(block), block.references[0][1]
    traces: list[dict[str, Any]] = []
    for marked, colour, symbol in ((False, "territory", "circle"), (True, "attention", "diamond")):
        picked = [number for number, row in enumerate(block.rows) if row[2] is marked]
        if not picked:
            continue
        stems_x, stems_y = [], []
        for number in picked:
            stems_x += [base, values[number], None]
            stems_y += [number, number, None]
        line = {"color": palette[colour], "width": 3}
        traces.append(
            {
                "type": "scatter",
                "x": stems_x,
                "y": stems_y,
                "mode": "lines",
                "line": line,
                "hoverinfo": "skip",
            }
        )
        traces.append(
            {
                "type": "scatter",
                "x": [values[number] for number in picked],
                "y": picked,
                "mode": "markers+text",
                "marker": {"color": palette[colour], "size": 11, "symbol": symbol},
                "text": [french.number(values[number], block.decimals) for number in picked],
                "textposition": [_outer(values[number], base) for number in picked],
                "textfont": {"color": palette["text"], "size": 13},
                "customdata": [names[number] for number in picked],
                "hovertemplate": "%{customdata} : %{text}<extra></extra>",
                "cliponaxis": False,
            }
        )
    return traces


def _outer(value: float, base: float) -> str:
    return "middle right" if value >= base else "middle left"


ROW = 26
"""Height of a bar in pixels."""
FIGURES = 60
"""Pixels at the right of the bars, where their figures stand whatever the width."""


def _bars(block: Ranked, theme: str) -> go.Figure:
    """Horizontal bars, first row on top: brown where marked, the own one and the reference in their colours."""
    palette = design.palette(theme)
    roles = {block.beside: "reference", block.own: "territory"}
    said = [french.number(value, block.decimals) for _, value, _ in block.rows]
    top = max((value for _, value, _ in block.rows), default=0.0)
    bars = {
        "type": "bar",
        "x": [value for _, value, _ in block.rows],
        "y": list(range(len(block.rows))),
        "orientation": "h",
        "marker": {
            "color": [
                palette["attention" if marked else roles.get(name, "other")] for name, _, marked in block.rows
            ]
        },
        "text": said,
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": [
            f"{safe(name)}<br>{value} {safe(block.unit)}<extra></extra>"
            for (name, _, _), value in zip(block.rows, said, strict=True)
        ],
        "width": 0.62,
    }
    return figure(
        theme, _row_of(block, ROW) * len(block.rows) + 20, [bars], margin={"r": FIGURES},
        x={"visible": False, "range": [0, top or 1]},
        y={
            "tickvals": list(range(len(block.rows))), "ticktext": _names(block), "autorange": "reversed",
            "automargin": True, "ticklabelstandoff": 6,
        },
    )  # fmt: skip
