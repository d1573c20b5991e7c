"""Charts: parts of a report become plotly figures of one look, light or dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any, Protocol

import pandas as pd
import plotly.graph_objects as go

from diagnostic import design, french, reading
from diagnostic.model import Direction, Finding, Indicator, Territory

FONT = design.tokens()["font"]["text"]

LABEL_SHARE = 0.085
"""Height of a label at the end of a line, in heights of the chart."""

# Mode of care, as the Cnaf's files name it -> name of its colour.
MODE_COLOURS = {
    "eaje": "eaje",
    "eaje_psu": "eaje_psu",
    "eaje_hors_psu": "eaje_hors_psu",
    "am": "assistantes_maternelles",
    "assistantes_maternelles": "assistantes_maternelles",
    "ecole": "ecole",
    "gad": "domicile",
    "domicile": "domicile",
    "autres": "ecole_et_domicile",
    "ecole_et_domicile": "ecole_et_domicile",
}

CONFIG = {
    "displayModeBar": False,
    "locale": "fr",
    "locales": {"fr": {"dictionary": {}, "format": {"decimal": ",", "thousands": "\u202f"}}},
}
"""What plotly is told beside the figure: no bar of its own, the page has the buttons; French numbers."""


# --- What a chart asks of the parts of a report -------------------------------------------------------


class Mode(Protocol):
    """One mode of care: id, words, places, places per 100 children, status word."""

    mode: str
    label: str
    places: float | None
    rate: float | None
    status: str


class ModeBar(Protocol):
    """The modes of one territory, with their total."""

    title: str
    year: int | None
    total: float | None
    modes: tuple[Mode, ...]


class Member(Protocol):
    """A territory with its finding for each indicator."""

    territory: Territory
    findings: dict[str, Finding]


class Series(Protocol):
    """A yearly series in one territory; an unknown year is None."""

    key: str
    name: str
    years: tuple[int, ...]
    values: tuple[float | None, ...]


# --- Look -------------------------------------------------------------------------------------------


def figure(theme: str, height: int, **layout: Any) -> go.Figure:
    """An empty figure with the look of the project."""
    # Checked by plotly once a theme: checking it again costs more than the rest of a page.
    drawn = go.Figure(layout=_look(theme), _validate=False)
    return drawn.update_layout(height=height, **layout)


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


def _safe(text: str) -> str:
    """Text from data: plotly reads a part of HTML."""
    return escape(french.typographic(text), quote=False)


def _shortened(name: str, most: int = 26) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip(" -") + "…"


# --- Modes of care ----------------------------------------------------------------------------------


def mode_colour(mode: str, palette: design.Palette) -> tuple[str, str]:
    """Fill and ink of a mode of care."""
    name = MODE_COLOURS.get(mode, "ecole_et_domicile")
    return palette.modes[name], palette.modes_ink[name]


def modes(bars: Sequence[ModeBar], theme: str) -> go.Figure:
    """Places per 100 children by mode: one stacked bar a territory, the first one in bold, totals in the names."""
    palette = design.palette(theme)
    drawn = figure(theme, 44 + 50 * len(bars), barmode="stack", bargap=0.42)
    names = [_bar_name(bar, first=number == 0) for number, bar in enumerate(bars)]
    order = dict.fromkeys(mode.mode for bar in bars for mode in bar.modes)
    for id in order:
        found = [next((mode for mode in bar.modes if mode.mode == id), None) for bar in bars]
        label = next(mode.label for mode in found if mode)
        fill, ink = mode_colour(id, palette)
        rates = [None if mode is None else mode.rate for mode in found]
        drawn.add_bar(
            y=names,
            x=rates,
            orientation="h",
            name=_safe(label),
            marker={"color": fill, "line": {"color": palette["bg"], "width": 1}},
            text=["" if rate is None else french.number(rate, 1) for rate in rates],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": ink},
            hovertemplate="%{y}<br>" + _safe(label) + " : %{text}<extra></extra>",
        )
    drawn.update_layout(uniformtext={"minsize": 12, "mode": "hide"})
    drawn.update_yaxes(autorange="reversed", ticksuffix="  ", automargin=True)
    return drawn


def _bar_name(bar: ModeBar, *, first: bool) -> str:
    name = _safe(_shortened(bar.title, 24))
    total = french.number(bar.total, 1)
    return f"<b>{name} {total}</b>" if first else f"{name} <b>{total}</b>"


def modes_legend(bars: Sequence[ModeBar]) -> list[tuple[str, str]]:
    """(CSS colour, words) of the modes drawn, in their order."""
    found = {mode.mode: mode.label for bar in bars for mode in bar.modes}
    name = {id: MODE_COLOURS.get(id, "ecole_et_domicile").replace("_", "-") for id in found}
    return [(f"var(--mode-{name[id]})", label) for id, label in found.items()]


def modes_table(bars: Sequence[ModeBar]) -> pd.DataFrame:
    """The data behind `modes`: one row a territory and mode."""
    rows = [
        (bar.title, bar.year, mode.label, mode.places, mode.rate, mode.status)
        for bar in bars
        for mode in bar.modes
    ]
    heads = ["Territoire", "Année", "Mode d’accueil", "Places", "Places pour 100 enfants", "Statut"]
    return pd.DataFrame(rows, columns=heads)


# --- Members ranked ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rung:
    """A member in a ranking: `marked` when the value deserves a look, `aside` what stands across the line."""

    name: str
    value: float
    marked: bool
    aside: str = ""


def rungs(members: Sequence[Member], indicator: Indicator) -> list[Rung]:
    """The members with a known value, highest first."""
    found = []
    for member in members:
        finding = member.findings.get(indicator.id)
        value = reading.known_value(finding) if finding else None
        if finding is None or value is None:
            continue
        marked = reading.is_attention(finding.word, indicator.direction)
        aside = ""
        if finding.missing and finding.missing >= 0.5 and indicator.missing_noun:
            noun = french.plural(finding.missing, *indicator.missing_noun)
            sign = "+" if indicator.direction is Direction.LESS_IS_BETTER else french.MINUS
            aside = f"{sign}{french.number(finding.missing)}{french.NBSP}{noun}"
        found.append(Rung(french.name(member.territory), value, marked, aside))
    return sorted(found, key=lambda rung: (-rung.value, rung.name))


def shortened(ladder: Sequence[Rung], ends: int = 10) -> tuple[list[Rung], int]:
    """The ladder, or its ten highest and ten lowest rungs when it has over thirty; how many are left out."""
    if len(ladder) <= 3 * ends:
        return list(ladder), 0
    return [*ladder[:ends], *ladder[-ends:]], len(ladder) - 2 * ends


def ranked(
    ladder: Sequence[Rung], reference: float | None, reference_name: str, decimals: int, theme: str
) -> go.Figure:
    """Lollipops from the line of the reference, highest on top: a disc, or a diamond where marked."""
    palette = design.palette(theme)
    base = reference if reference is not None else 0.0
    values = [rung.value for rung in ladder]
    low, high = min([*values, base]), max([*values, base])
    room = (high - low or 1.0) * 0.3
    count = len(ladder)
    drawn = figure(theme, 24 * count + 46)
    names = [_safe(_shortened(rung.name)) for rung in ladder]
    for marked, colour, symbol in ((False, "territory", "circle"), (True, "attention", "diamond")):
        picked = [number for number, rung in enumerate(ladder) if rung.marked is marked]
        if not picked:
            continue
        stems_x, stems_y = [], []
        for number in picked:
            stems_x += [base, values[number], None]
            stems_y += [number, number, None]
        line = {"color": palette[colour], "width": 3}
        drawn.add_scatter(x=stems_x, y=stems_y, mode="lines", line=line, hoverinfo="skip")
        drawn.add_scatter(
            x=[values[number] for number in picked],
            y=picked,
            mode="markers+text",
            marker={"color": palette[colour], "size": 11, "symbol": symbol},
            text=[french.number(values[number], decimals) for number in picked],
            textposition=[_outer(values[number], base) for number in picked],
            textfont={"color": palette["text"], "size": 13},
            customdata=[names[number] for number in picked],
            hovertemplate="%{customdata} : %{text}<extra></extra>",
            cliponaxis=False,
        )
    _asides(drawn, ladder, base, palette)
    if reference is not None:
        drawn.add_shape(
            type="line",
            x0=base,
            x1=base,
            y0=-0.8,
            y1=count - 0.5,
            line={"color": palette["text"], "width": 2},
        )
        drawn.add_annotation(
            x=base, y=-0.8, text=f"<b>{_safe(reference_name)} {french.number(base, decimals)}</b>",
            showarrow=False, yanchor="bottom", font={"size": 13},
            xanchor=_side((base - low + room) / (high - low + 2 * room or 1)),
        )  # fmt: skip
    drawn.update_xaxes(range=[low - room, high + room])
    drawn.update_yaxes(
        range=[count - 0.4, -1.9], tickvals=list(range(count)), ticktext=names, ticksuffix="  ", automargin=True,
        tickfont={"size": 13},
    )  # fmt: skip
    return drawn


def _side(share: float) -> str:
    """Which end of a label stands on its line, so that it stays inside the chart."""
    if share > 0.7:
        return "right"
    return "left" if share < 0.3 else "center"


def _outer(value: float, base: float) -> str:
    return "middle right" if value >= base else "middle left"


def _asides(drawn: go.Figure, ladder: Sequence[Rung], base: float, palette: design.Palette) -> None:
    for number, rung in enumerate(ladder):
        if rung.aside:
            below = rung.value < base
            drawn.add_annotation(
                x=base, y=number, text=_safe(rung.aside), showarrow=False, xanchor="left" if below else "right",
                xshift=8 if below else -8, font={"size": 13, "color": palette["muted"]},
            )  # fmt: skip


def members_table(members: Sequence[Member], indicator: Indicator) -> pd.DataFrame:
    """The data behind `ranked`: every member, the unknown ones with their reason."""
    rows = []
    for member in members:
        finding = member.findings.get(indicator.id)
        if finding is None:
            continue
        rows.append(
            (
                french.name(member.territory),
                member.territory.code,
                reading.known_value(finding),
                finding.year,
                finding.word or "",
                finding.missing,
                reading.status_word(finding, indicator),
                reading.reason(finding, indicator, member.territory),
            )
        )
    plural = indicator.missing_noun[1] if indicator.missing_noun else "unités"
    heads = [
        "Territoire",
        "Code",
        indicator.short,
        "Année",
        "Par rapport à la référence",
        f"Manque ({plural})",
        "Statut",
        "Motif",
    ]
    return pd.DataFrame(rows, columns=heads)


# --- Series -----------------------------------------------------------------------------------------


def indexed(series: Series) -> list[tuple[int, float]]:
    """(year, index 100 at the first known year) of the known values; empty when the first is 0 or unknown."""
    known = [
        (year, value) for year, value in zip(series.years, series.values, strict=True) if value is not None
    ]
    if not known or not known[0][1]:
        return []
    return [(year, value / known[0][1] * 100) for year, value in known]


def births(series: Sequence[Series], theme: str, *, reference: str | None = None) -> go.Figure:
    """Births with 100 at the start: the territory (first), the reference in ink, the others dotted; names and
    changes at the ends of the lines."""
    palette = design.palette(theme)
    drawn = figure(theme, 300)
    lines = [(one, indexed(one)) for one in series]
    lines = [(one, found) for one, found in lines if len(found) > 1]
    if not lines:
        return drawn
    start = min(found[0][0] for _, found in lines)
    end = max(found[-1][0] for _, found in lines)
    places = apart([found[-1][1] for _, found in lines], _span([found for _, found in lines]))
    for number, (one, found) in enumerate(lines):
        colour, width, dash = line_look(number, one.key == reference, palette)
        name = _safe(_shortened(one.name, 24))
        drawn.add_scatter(
            x=[year for year, _ in found], y=[value for _, value in found], mode="lines", name=name,
            line={"color": colour, "width": width, "dash": dash},
            hovertemplate="%{x} : %{y:.1f}<extra>" + name + "</extra>",
        )  # fmt: skip
        change = french.percent(found[-1][1] - 100)
        change = change if change.startswith((french.MINUS, "0")) else f"+{change}"
        label = f"{name} {change}"
        drawn.add_annotation(
            x=end, y=places[number], text=f"<b>{label}</b>" if number == 0 else label, showarrow=False,
            xanchor="left", xshift=8, font={"size": 13, "color": colour},
        )  # fmt: skip
    values = [value for _, found in lines for _, value in found] + places
    pad = max((max(values) - min(values)) * 0.06, 1.5)
    drawn.update_xaxes(
        range=[start, end + (end - start) * 0.34], showticklabels=True, tickvals=_years(start, end),
        tickfont={"size": 13, "color": palette["muted"]},
    )  # fmt: skip
    drawn.update_yaxes(
        range=[min(values) - pad, max(values) + pad], showgrid=True, gridcolor=palette["rule"], nticks=5,
        tickfont={"size": 13, "color": palette["muted"]}, tickformat=".0f",
    )  # fmt: skip
    drawn.update_layout(margin={"l": 30, "r": 0, "t": 8, "b": 26})
    return drawn


def line_look(number: int, is_reference: bool, palette: design.Palette) -> tuple[str, float, str]:
    """Colour, width in pixels and dash of the line of a territory: the first is the one we speak of."""
    if number == 0:
        return palette["territory"], 4, "solid"
    return (palette["text"], 2.5, "solid") if is_reference else (palette["other"], 1.5, "dot")


def _years(start: int, end: int) -> list[int]:
    return sorted({start, (start + end) // 2, end})


def apart(values: Sequence[float], span: float) -> list[float]:
    """The same heights pushed apart so that labels do not cover each other on an axis of that span, order kept."""
    gap = max(span, 1e-9) * LABEL_SHARE
    placed = sorted(range(len(values)), key=lambda number: values[number])
    result = list(values)
    for below, above in zip(placed, placed[1:], strict=False):
        result[above] = max(result[above], result[below] + gap)
    shift = (sum(result) - sum(values)) / len(values)
    return [value - shift for value in result]


def _span(lines: Sequence[Sequence[tuple[int, float]]]) -> float:
    values = [value for found in lines for _, value in found]
    return max(max(values) - min(values), 1e-9)


def series_table(series: Sequence[Series], label: str) -> pd.DataFrame:
    """The data behind a series: one row a territory and year."""
    rows = [
        (one.name, year, value) for one in series for year, value in zip(one.years, one.values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["Territoire", "Année", label])


def lines(
    series: Sequence[Series], theme: str, *, decimals: int = 0, reference: str | None = None
) -> go.Figure:
    """Yearly values as they are, same look as `births`; names at the ends."""
    palette = design.palette(theme)
    drawn = figure(theme, 300)
    known = [
        (one, [(y, v) for y, v in zip(one.years, one.values, strict=True) if v is not None]) for one in series
    ]
    known = [(one, found) for one, found in known if found]
    if not known:
        return drawn
    start, end = min(f[0][0] for _, f in known), max(f[-1][0] for _, f in known)
    places = apart([found[-1][1] for _, found in known], _span([found for _, found in known]))
    for number, (one, found) in enumerate(known):
        colour, width, dash = line_look(number, one.key == reference, palette)
        name = _safe(_shortened(one.name, 24))
        drawn.add_scatter(
            x=[year for year, _ in found], y=[value for _, value in found], mode="lines+markers", name=name,
            line={"color": colour, "width": width, "dash": dash}, marker={"size": 5},
            hovertemplate="%{x} : %{y:,.1f}<extra>" + name + "</extra>",
        )  # fmt: skip
        label = f"{name} {french.number(found[-1][1], decimals)}"
        drawn.add_annotation(
            x=end, y=places[number], text=f"<b>{label}</b>" if number == 0 else label, showarrow=False,
            xanchor="left", xshift=8, font={"size": 13, "color": colour},
        )  # fmt: skip
    width = max(end - start, 1)
    drawn.update_xaxes(
        range=[start - width * 0.02, end + width * 0.34], showticklabels=True, tickvals=_years(start, end),
        tickfont={"size": 13, "color": palette["muted"]},
    )  # fmt: skip
    drawn.update_yaxes(
        showgrid=True, gridcolor=palette["rule"], tickformat=",.0f", tickfont={"size": 13, "color": palette["muted"]},
        # Ticks closer than one would print the same whole number twice.
        **({"dtick": 1} if decimals == 0 and _span([found for _, found in known]) < 4 else {"nticks": 5}),
    )  # fmt: skip
    drawn.update_layout(margin={"l": 44, "r": 0, "t": 8, "b": 26})
    return drawn


# --- Scatter ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dot:
    """A territory in a scatter: `marked` for the one we speak of."""

    name: str
    x: float
    y: float
    marked: bool = False


def scatter(dots: Sequence[Dot], across: Indicator, up: Indicator, theme: str) -> go.Figure:
    """Two indicators against each other: one dot a territory, the marked ones in blue with their names."""
    palette = design.palette(theme)
    drawn = figure(theme, 420)
    for marked in (False, True):
        found = [dot for dot in dots if dot.marked is marked]
        drawn.add_scatter(
            x=[dot.x for dot in found],
            y=[dot.y for dot in found],
            mode="markers+text" if marked or len(dots) <= 15 else "markers",
            marker={
                "size": 14 if marked else 9,
                "color": palette["territory" if marked else "tick"],
                "line": {"color": palette["bg"], "width": 1},
            },
            text=[_safe(_shortened(dot.name, 22)) for dot in found],
            textposition="top center",
            textfont={"size": 13, "color": palette["territory" if marked else "muted"]},
            customdata=[
                (french.number(dot.x, across.decimals), french.number(dot.y, up.decimals), _safe(dot.name))
                for dot in found
            ],
            hovertemplate=f"<b>%{{customdata[2]}}</b><br>{_safe(across.short)} : %{{customdata[0]}}<br>"
            f"{_safe(up.short)} : %{{customdata[1]}}<extra></extra>",
            cliponaxis=False,
        )
    axis = {"showticklabels": True, "showgrid": True, "gridcolor": palette["rule"], "tickformat": ",.0f"}
    small = {"size": 13, "color": palette["muted"]}
    drawn.update_xaxes(
        **axis, tickfont=small, title={"text": _safe(f"{across.short} ({across.unit})"), "font": small}
    )
    drawn.update_yaxes(
        **axis, tickfont=small, title={"text": _safe(f"{up.short} ({up.unit})"), "font": small}
    )
    drawn.update_layout(margin={"l": 60, "r": 12, "t": 20, "b": 52})
    return drawn
