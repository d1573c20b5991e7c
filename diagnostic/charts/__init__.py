"""Charts: parts of a report become plotly figures of one look, light or dark."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any, Protocol

import plotly.graph_objects as go

from diagnostic import design, french

FONT = design.tokens()["font"]["text"]
# Role of a part of a bar -> colour of a mode of care; a role that is not there has its own colour.
MODES = {
    "territory": "eaje",
    "eaje_hors_psu": "eaje_hors_psu",
    "modes_am": "assistantes_maternelles",
    "other": "ecole_et_domicile",
    "domicile": "domicile",
}
CONFIG = {
    "displayModeBar": False,
    "locale": "fr",
    "locales": {"fr": {"dictionary": {}, "format": {"decimal": ",", "thousands": "\u202f"}}},
}
"""What plotly is told beside the figure: no bar of its own, the page has the buttons; French numbers."""


# --- What a chart asks of the parts of a report -------------------------------------------------------


class Stacked(Protocol):
    """Stacked bars: one row a territory, one value a series; None is not drawn."""

    @property
    def series(self) -> tuple[str, ...]: ...
    @property
    def roles(self) -> tuple[str, ...]: ...
    @property
    def rows(self) -> tuple[tuple[str, tuple[float | None, ...], float | None], ...]: ...
    @property
    def own(self) -> bool: ...


# --- Look -------------------------------------------------------------------------------------------


class Drawn(go.Figure):
    """A figure that nothing changes once it is shown: what the browser is sent of it is copied out once."""

    _sent: dict[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        if self._sent is None:
            self._sent = super().to_dict()
        return self._sent


def figure(
    theme: str,
    height: int,
    traces: Sequence[dict[str, Any]],
    *,
    x: Mapping[str, Any] = {},
    y: Mapping[str, Any] = {},
    margin: Mapping[str, int] = {},
    **layout: Any,
) -> go.Figure:
    """`traces` with the look of the project; `x`, `y` and `margin` over those of the look. Written whole: plotly checks and
    copies all that stands there at each part that is added, which costs more than the rest of a page."""
    look = _look(theme)
    own = {
        "xaxis": {**look["xaxis"], **x},
        "yaxis": {**look["yaxis"], **y},
        "margin": {**look["margin"], **margin},
    }
    return Drawn(data=list(traces), layout={**look, "height": height, **layout, **own}, _validate=False)


@lru_cache
def _look(theme: str) -> dict[str, Any]:
    palette, sizes = design.palette(theme), design.tokens()["chart_px"]
    drawn = go.Figure()
    drawn.update_layout(
        margin={"l": 0, "r": 0, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": sizes["text"], "color": palette["text"]},
        separators=f",{french.THIN}",
        showlegend=False,
        hoverlabel={
            "bgcolor": palette["bg"],
            "bordercolor": palette["text"],
            "font": {"color": palette["text"]},
        },
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": palette["muted"], "activecolor": palette["text"]},
        dragmode=False,
    )
    drawn.update_xaxes(showgrid=False, zeroline=False, showticklabels=False, fixedrange=True)
    drawn.update_yaxes(showgrid=False, zeroline=False, fixedrange=True)
    return drawn.to_dict()["layout"]


def safe(text: str) -> str:
    """Text from data: plotly reads a part of HTML."""
    return escape(french.typographic(text), quote=False)


def shortened(name: str, most: int = 26) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip(" -") + "…"


def folded(name: str, most: int) -> str:
    """A name whole, over as many lines as it needs; at its hyphens where it is one word longer than a line."""
    hyphens = any(len(word) > most for word in name.split())
    return "<br>".join(safe(line) for line in textwrap.wrap(name, most, break_on_hyphens=hyphens))


def stacked(block: Stacked, theme: str) -> go.Figure:
    """One stacked bar a territory, its own in bold, totals in the names where there are any."""
    palette = design.palette(theme)
    names = [
        _bar_name(label, total, own=block.own and row == 0)
        for row, (label, _, total) in enumerate(block.rows)
    ]
    traces = []
    for number, (label, role) in enumerate(zip(block.series, block.roles, strict=True)):
        values = [values[number] for _, values, _ in block.rows]
        mode = MODES[role]
        traces.append(
            {
                "type": "bar",
                "y": names,
                "x": values,
                "orientation": "h",
                "name": safe(label),
                "marker": {"color": palette.modes[mode], "line": {"color": palette["bg"], "width": 1}},
                "text": ["" if value is None else french.number(value, 1) for value in values],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"color": palette.modes_ink[mode]},
                "hovertemplate": "%{y}<br>" + safe(label) + " : %{text}<extra></extra>",
            }
        )
    return figure(
        theme, 44 + 50 * len(block.rows), traces, barmode="stack", bargap=0.42,
        uniformtext={"minsize": 12, "mode": "hide"},
        y={"autorange": "reversed", "ticksuffix": "  ", "automargin": True},
    )  # fmt: skip


def _bar_name(label: str, total: float | None, *, own: bool) -> str:
    name = safe(shortened(label, 24))
    if total is None:
        return f"<b>{name}</b>" if own else name
    said = french.number(total, 1)
    return f"<b>{name} {said}</b>" if own else f"{name} <b>{said}</b>"


def stacked_legend(block: Stacked) -> list[tuple[str, str]]:
    """(CSS colour, words) of the parts drawn, in their order."""
    return [
        (f"var(--mode-{MODES[role].replace('_', '-')})", label)
        for label, role in zip(block.series, block.roles, strict=True)
    ]
