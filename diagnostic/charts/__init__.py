"""Charts: parts of a report become plotly figures of one look, light or dark."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any, Protocol

import numpy as np
import plotly.graph_objects as go

from diagnostic import design, french

FONT = design.tokens()["font"]["text"]

NOT_FROM_ZERO = "L’échelle ne part pas de zéro"
"""What a drawing says whose values are not read from zero."""
LABEL_SHARE, END, ENDS_WIDE = 0.085, 24, 0.4
"""Height of a line of a label at the end of a curve, in heights of the chart, letters that it holds, and its room in parts
of the years."""

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


# --- Stacked bars -----------------------------------------------------------------------------------


def stacked(block: Stacked, theme: str) -> go.Figure:
    """One stacked bar a territory, the first one in bold, totals in the names where there are any."""
    palette = design.palette(theme)
    names = [_bar_name(label, total, first=row == 0) for row, (label, _, total) in enumerate(block.rows)]
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


def _bar_name(label: str, total: float | None, *, first: bool) -> str:
    name = safe(shortened(label, 24))
    if total is None:
        return f"<b>{name}</b>" if first else name
    said = french.number(total, 1)
    return f"<b>{name} {said}</b>" if first else f"{name} <b>{said}</b>"


def stacked_legend(block: Stacked) -> list[tuple[str, str]]:
    """(CSS colour, words) of the parts drawn, in their order."""
    return [
        (f"var(--mode-{MODES[role].replace('_', '-')})", label)
        for label, role in zip(block.series, block.roles, strict=True)
    ]


# --- Rankings ---------------------------------------------------------------------------------------


def ranked(block: Ranked, theme: str) -> go.Figure:
    """Lollipops from the line of the first reference, the first row on top: a disc, or a diamond where marked; bars
    where there is none."""
    if not block.references:
        return _bars(block, theme)
    reference_name, base, _ = block.references[0]
    palette = design.palette(theme)
    values = [value for _, value, _ in block.rows]
    low, high = min([*values, base]), max([*values, base])
    room = (high - low or 1.0) * 0.3
    count, below = len(block.rows), any(block.asides) and base >= high
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
            "xanchor": _side((base - low + room) / (high - low + 2 * room or 1)),
        }
    )  # fmt: skip
    if low - room > 0:
        notes.append(
            {
                "x": 1, "xref": "paper", "y": count - 0.3, "text": NOT_FROM_ZERO, "showarrow": False,
                "xanchor": "right", "yanchor": "top", "font": {"size": 12, "color": palette["muted"]},
            }
        )  # fmt: skip
    line = {"color": palette["text"], "width": 2}
    return figure(
        theme, _row_of(block, 24) * count + 65, _lollipops(block, palette), annotations=notes,
        shapes=[{"type": "line", "x0": base, "x1": base, "y0": -0.8, "y1": count - 0.5, "line": line}],
        # What stands across a line that nobody passes has the margin for it, and the figures the room of the axis.
        margin={"r": FIGURES + 30 if below else 0},
        x={"range": [low - room * 1.8, high + room * 0.2] if below else [low - room, high + room]},
        y={
            "range": [count + 0.4, -1.9], "tickvals": list(range(count)), "ticktext": _names(block), "ticksuffix": "  ",
            "automargin": True, "tickfont": {"size": 13},
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


def _side(share: float) -> str:
    """Which end of a label stands on its line, so that it stays inside the chart."""
    if share > 0.7:
        return "right"
    return "left" if share < 0.3 else "center"


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


# --- Series -----------------------------------------------------------------------------------------


LOOKS = {"territory": (4, "solid"), "ink": (2.5, "solid")}
"""Width in pixels and dash of the line of the territory and of its reference; of any other, thin and dotted."""
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
    told = [line for line in known if len(known) <= MOST_ENDS or line.role in LOOKS] or known
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
    # A line that falls by half or more is read from zero; another one says that it is not.
    low = 0.0 if 0 <= min(values) < max(values) * 0.5 else min(values) - pad
    small = {"size": 13, "color": palette["muted"]}
    return figure(
        theme, 300, _curves(block, known, palette), annotations=_ends(told, ends, places, palette),
        title=_not_from_zero(low, palette),
        margin={"l": 8, "r": 0, "t": 26 if low else 8, "b": 26},
        x={
            "range": [start, end + max(end - start, 1) * ENDS_WIDE], "showticklabels": True, "tickvals": _years(start, end),
            "tickfont": small,
        },
        y={
            "range": [low, max(values) + pad], "showgrid": True, "gridcolor": palette["rule"], "tickformat": ",.0f",
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
    beyond = np.linspace(year, min(end, year + ENDS_WIDE * (end - line.points[0][0])), 9)
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
        "text": NOT_FROM_ZERO, "x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top",
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
        for line in block.series
        if line.points
    ]


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
