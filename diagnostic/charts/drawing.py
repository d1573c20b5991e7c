"""Bars, scatter and series of the theme pages and of Comparer, in the one identity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from diagnostic import design, french
from diagnostic.charts import NOT_FROM_ZERO, safe

ROW = 26
"""Height of a bar in pixels."""
_FONT = "Source Sans, Segoe UI, Arial, sans-serif"


def _figure(theme: str, height: int) -> go.Figure:
    # As for `charts.figure`: checked once a theme.
    return go.Figure(layout=_look(theme), _validate=False).update_layout(height=height)


@lru_cache
def _look(theme: str) -> dict[str, Any]:
    palette = design.palette(theme)
    drawn = go.Figure().update_layout(
        template="none",
        margin={"l": 0, "r": 8, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": _FONT, "size": 14, "color": palette["text"]},
        separators=f",{french.THIN}",
        showlegend=False,
        dragmode=False,
        hoverlabel={"bgcolor": palette["surface"], "font": {"color": palette["text"], "family": _FONT}},
    )
    return drawn.to_dict()["layout"]


def bars(
    rows: Sequence[tuple[str, float, str]],
    *,
    theme: str,
    decimals: int = 0,
    unit: str = "",
) -> go.Figure:
    """Horizontal bars, first row on top. Each row: name, value, role (« territory », « other », « attention »)."""
    palette = design.palette(theme)
    kept = list(rows)
    top = max([value for _, value, _ in kept] + [0.0])
    figure = _figure(theme, ROW * len(kept) + 20)
    figure.add_bar(
        x=[value for _, value, _ in kept],
        y=list(range(len(kept))),
        orientation="h",
        marker_color=[palette[role] for _, _, role in kept],
        text=[french.number(value, decimals) for _, value, _ in kept],
        textposition="outside",
        cliponaxis=False,
        hovertemplate=[
            f"{safe(name)}<br>{french.number(value, decimals)} {safe(unit)}<extra></extra>"
            for name, value, _ in kept
        ],
        width=0.62,
    )
    figure.update_yaxes(
        tickvals=list(range(len(kept))),
        ticktext=[_label(name, role) for name, _, role in kept],
        autorange="reversed",
        automargin=True,
        ticks="",
        showgrid=False,
        zeroline=False,
        ticklabelstandoff=6,
    )
    # The figures stand after their bar, in a margin that no width takes away.
    figure.update_xaxes(visible=False, range=[0, top or 1], fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    figure.update_layout(margin_r=_FIGURES)
    return figure


_FIGURES = 60


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
    figure = _figure(theme, 460)
    for own in (False, True):
        rows = points[points["own"] == own]
        figure.add_scatter(
            x=rows["x"],
            y=rows["y"],
            mode="markers+text",
            text=[safe(name) if own or name in named else "" for name in rows["name"]],
            textposition=[_side(x, points["x"]) for x in rows["x"]],
            textfont={"size": 13, "color": palette["territory"] if own else palette["muted"]},
            marker={
                "size": 14 if own else 9,
                "color": palette["territory"] if own else palette["other"],
                "line": {"width": 1.5, "color": palette["bg"]},
            },
            hovertemplate=[
                f"{safe(name)}<br>{french.number(x, decimals[0])} ; {french.number(y, decimals[1])}<extra></extra>"
                for name, x, y in zip(rows["name"], rows["x"], rows["y"], strict=True)
            ],
            cliponaxis=False,
        )
    axis = {"gridcolor": palette["rule"], "zeroline": False, "fixedrange": True, "automargin": True}
    figure.update_xaxes(title={"text": safe(x_title), "font": {"size": 13}}, tickformat=",", **axis)
    figure.update_yaxes(tickformat=",", **axis)
    # Above the axis and read level: a title turned on its side is not read from the back of a room.
    figure.add_annotation(
        x=0, y=1, xref="paper", yref="paper", yanchor="bottom", xanchor="left", showarrow=False, text=safe(y_title),
        font={"size": 13},
    )  # fmt: skip
    figure.update_xaxes(range=_range(points["x"]))
    figure.update_yaxes(range=_range(points["y"]))
    figure.update_layout(margin={"t": 36, "b": 48, "l": 8, "r": 24})
    return figure


def _range(values: pd.Series) -> list[float]:
    """An axis at least a tenth of its values wide: two figures a euro apart are not drawn as far apart."""
    low, high = float(values.min()), float(values.max())
    least = max(abs(low), abs(high)) * 0.1 or 1.0
    room = max((high - low) * 0.08, (least - (high - low)) / 2)
    return [low - room, high + room]


def lines(
    series: Mapping[str, Sequence[tuple[int, float]]], *, theme: str, own: str, reference: str, decimals: int
) -> go.Figure:
    """One line per territory over the years: the own one thick, the reference in ink, the others grey."""
    palette = design.palette(theme)
    figure = _figure(theme, 360)
    order = sorted(series, key=lambda name: (name == own, name == reference))
    ends = {name: series[name][-1][1] for name in (own, reference) if name in series}
    upper = max(ends, key=ends.__getitem__, default=own)
    for name in order:
        points = series[name]
        color = (
            palette["territory"]
            if name == own
            else palette["reference"]
            if name == reference
            else palette["other"]
        )
        strong = name in (own, reference)
        figure.add_scatter(
            x=[year for year, _ in points],
            y=[value for _, value in points],
            mode="lines+markers" if len(points) < 2 else "lines",
            line={
                "color": color,
                "width": 4 if name == own else 2.5 if strong else 1,
                "dash": None if strong else "dot",
            },
            hovertemplate=f"{safe(name)}, %{{x}} : %{{y:,.{decimals}f}}<extra></extra>",
        )
        if strong:
            figure.add_annotation(
                x=points[-1][0], y=points[-1][1], text=f"<b>{safe(name)}</b>", showarrow=False, xanchor="right",
                yanchor="bottom" if name == upper else "top", font={"color": color, "size": 13}, yshift=6 if name == upper else -6,
            )  # fmt: skip
    figure.update_xaxes(dtick=_step(series), tickformat="d", showgrid=False, fixedrange=True, zeroline=False)
    figure.update_yaxes(
        gridcolor=palette["rule"], tickformat=",", zeroline=False, fixedrange=True, automargin=True
    )
    values = [value for points in series.values() for _, value in points]
    if 0 <= min(values) < max(values) * 0.5:
        figure.update_yaxes(rangemode="tozero")
    else:
        figure.update_yaxes(range=_range(pd.Series(values)))
        figure.add_annotation(
            x=0, xref="paper", y=1, yref="paper", text=NOT_FROM_ZERO, showarrow=False, xanchor="left",
            yanchor="bottom", font={"size": 12, "color": palette["muted"]},
        )  # fmt: skip
    figure.update_layout(margin={"t": 24, "b": 32, "l": 8, "r": 16})
    return figure


def _side(x: float, values: pd.Series) -> str:
    """Where a name stands beside its mark, so that it stays inside the frame."""
    span = values.max() - values.min()
    place = (x - values.min()) / span if span else 0.5
    return "top right" if place < 0.3 else "top left" if place > 0.7 else "top center"


def _step(series: Mapping[str, Sequence[tuple[int, float]]]) -> int:
    years = [year for points in series.values() for year, _ in points]
    return max(1, (max(years) - min(years)) // 5) if years else 1


def _label(name: str, role: str) -> str:
    short = name if len(name) <= 30 else f"{name[:29]}…"
    return f"<b>{safe(short)}</b>" if role == "territory" else safe(short)
