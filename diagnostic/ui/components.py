"""The blocks that pages are made of: titles that say the message, figures, charts, tables, states.

A page never writes HTML: every text given here is plain text, escaped on its way out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

import folium
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit_folium import st_folium

from diagnostic import charts, french, indicators, maps, reading
from diagnostic.model import DiagnosticError, Indicator, Level, Territory
from diagnostic.report import Report
from diagnostic.story import KeyFigure, Track, terms
from diagnostic.territories import fold
from diagnostic.ui import mapping, pages
from diagnostic.ui import state as choices
from diagnostic.ui.state import base
from diagnostic.ui.tables import TITLE, csv, table, text
from diagnostic.warehouse.database import open_database

_SHAPES = {
    "officiel": "full",
    "calculé": "half",
    "estimé": "empty",
    "arrondi": "empty",
    "au plus": "empty",
    "secret statistique": "hatched",
}


# --- Titles -----------------------------------------------------------------------------------------


def section(eyebrow: str, message: str, subtitle: str = "", *, key: str = "") -> None:
    """A section of the page: rule, theme, the message as `h2`, then what is drawn, unit and year. The summary at the
    head of the page leads to it by its theme."""
    st.html(_title("h2", eyebrow, message, subtitle, _listed(eyebrow)))


def block(
    eyebrow: str, message: str, subtitle: str = "", *, answers: bool = False, folded: bool = False
) -> None:
    """The same, smaller, for a cell of `columns`; `answers` when an action of the visitor gave it, `folded` where it is not
    seen at first: the summary does not lead to it."""
    st.html(_title("h3", eyebrow, message, subtitle, "" if folded else _listed(eyebrow), answers=answers))


def _listed(eyebrow: str) -> str:
    """The anchor of a section, put on the summary of the page; empty for a theme that is there already."""
    name = "sec-" + re.sub(r"[^a-z0-9]+", "-", fold(eyebrow)).strip("-")
    listed = st.session_state.setdefault("sections", [])
    if any(known == name for known, _ in listed):
        return ""
    # « Petite enfance · places manquantes » on a page that bears the first half.
    listed.append((name, french.capitalised(eyebrow.rpartition(" · ")[2])))
    return name


def _title(
    tag: str, eyebrow: str, message: str, subtitle: str, name: str = "", *, answers: bool = False
) -> str:
    st.session_state[TITLE] = message
    below = f'<p class="sub">{text(subtitle)}</p>' if subtitle else ""
    anchor = (f' id="{name}"' if name else "") + (" data-resultat" if answers else "")
    return (
        f'<div class="sec {tag}"{anchor}><p class="eyebrow">{text(eyebrow)}</p>'
        f'<{tag} class="msg">{text(message)}</{tag}>{below}</div>'
    )


def columns(minimum: int = 420):
    """A grid that falls to one column by itself; each cell is `with grid.container():`."""
    return st.grid(min_column_width=minimum, gap=("medium", "large"))


# --- Small parts ------------------------------------------------------------------------------------


def status_html(word: str) -> str:
    """The status: a square and its word; the word is the information."""
    shape = _SHAPES.get(word, "dash")
    return f'<span class="status"><i class="sq {shape}"></i>{text(word)}</span>'


def source_line(words: Iterable[str], line: str, caution: str = "") -> None:
    """Statuses, « Source : … », then the caution that matters."""
    marks = " ".join(status_html(word) for word in dict.fromkeys(words))
    after = f" {text(caution)}" if caution else ""
    st.html(f'<p class="src">{marks} <span>{text(line)}{after}</span></p>')


def sources_of(report: Report, ids: Iterable[str]) -> str:
    """« Source : Cnaf, taux de couverture, 2021 ; Insee, naissances, 2023. » of the indicators named.

    A file of one year carries its own year; one of several the year of the figure.
    """
    found = [report.findings[id] for id in ids if id in report.findings]
    years = {source: finding.year for finding in found for source in finding.sources}
    vintages: dict[str, set[str]] = {}
    for item in report.sources:
        vintages.setdefault(item.id, set()).add(item.vintage)
    lines: dict[str, None] = {}
    for item in report.sources:
        if item.id in years:
            own = vintages[item.id] == {item.vintage} and item.vintage.isdecimal()
            year = item.vintage if own else years[item.id] or item.vintage
            lines.setdefault(f"{item.producer}, {item.title}, {year}", None)
    if not lines:
        return ""
    return f"{french.plural(len(lines), 'Source', 'Sources')} : {' ; '.join(lines)}."


def note(sentence: str) -> None:
    """A sentence in the text size, for a reading or a limit."""
    if sentence:
        st.html(f'<p class="note">{text(sentence)}</p>')


def folded(label: str, sentence: str) -> None:
    """A sentence that few ask for, under a line that says what it holds; nothing when it is empty."""
    if sentence:
        with st.expander(label):
            note(sentence)


def answer(sentence: str) -> None:
    """What an action of the visitor gave: said aloud, and brought into view."""
    st.html(f'<p class="note" data-resultat>{text(sentence)}</p>')


def state(title: str, sentence: str, *, action: bool = True) -> None:
    """What happened and what to do; `action` marks with the attention colour that something is to be done."""
    st.html(
        f'<div class="state {"act" if action else ""}"><h3>{text(title)}</h3><p>{text(sentence)}</p></div>'
    )


def unknown(report: Report, id: str) -> None:
    """Keep a figure that is not known for the line at the end of the page: an empty section says nothing more."""
    row = next((row for row in report.unknown if row.indicator == id), None)
    st.session_state.setdefault("inconnus", {})[id] = row.whom if row is not None else ""


def said_unknown(ids: Iterable[str]) -> None:
    """The page says elsewhere that these indicators are not known: the line at its end does not say it again."""
    st.session_state.setdefault("inconnus_dits", set()).update(ids)


def unknown_line() -> None:
    """What the sections of the page could not tell, and who can, in one line; called once, at its end."""
    elsewhere: set[str] = st.session_state.pop("inconnus_dits", set())
    kept: dict[str, str] = st.session_state.pop("inconnus", {})
    found: dict[str, list[str]] = {}
    for id, whom in kept.items():
        if id not in elsewhere:
            found.setdefault(whom, []).append(indicators.BY_ID[id].label)
    if not found:
        return
    said = " ".join(
        f"{french.listing(labels)} : {whom or 'la source n’est pas chargée'}."
        for whom, labels in found.items()
    )
    st.html(f'<p class="note lacunes"><b>Ce que nous ne savons pas, et qui le sait.</b> {text(said)}</p>')


def legend(items: Sequence[tuple[str, str]], *, of: str = "") -> None:
    """Names beside their colours: `items` are (CSS colour, words), `of` the key of the chart they explain."""
    cells = "".join(f'<li><i style="background:{color}"></i>{text(words)}</li>' for color, words in items)
    named = f' data-legend="graphique_{of}"' if of else ""
    st.html(f'<ul class="legend"{named}>{cells}</ul>')


def ends(items: Sequence[tuple[str, str]]) -> None:
    """What stands at the ends of lines, as a legend, on the narrow screens where it has no room there."""
    cells = "".join(f'<li><i style="background:{color}"></i>{text(words)}</li>' for color, words in items)
    st.html(f'<ul class="legend narrow">{cells}</ul>')


def facts(items: Sequence[tuple[str, str, str]]) -> None:
    """Small figures: (label, figure as printed, status word); those that are not known, in one line after the others."""
    silent = [
        f"{label} ({word})" if word != "inconnu" else label
        for label, figure, word in items
        if figure == "inconnu"
    ]
    items = [one for one in items if one[1] != "inconnu"]
    cells = "".join(
        f"<div><dt>{text(label)}</dt><dd>{text(figure)}</dd><dd class='st'>{status_html(word)}</dd></div>"
        for label, figure, word in items
    )
    left = f'<p class="src">{text(f"Non connu ici : {french.listing(silent)}.")}</p>' if silent else ""
    if items or silent:
        st.html((f'<dl class="facts">{cells}</dl>' if items else "") + left)


def page_links(names: Sequence[str], words: dict[str, str] | None = None) -> None:
    """Links to other pages, those that exist; `words` replaces the title of a page."""
    with st.container(key="suite"):
        for entry in pages.existing():
            if entry.name in names:
                label = (words or {}).get(entry.name, entry.title)
                st.page_link(entry.path, label=label, icon=":material/arrow_forward:")


def strip_note(sentence: str, label: str, key: str) -> None:
    """A sentence on the whole width, with the button that opens the territory it speaks of."""
    with st.container(key="signature", horizontal=True, vertical_alignment="center"):
        st.html(f"<p>{text(sentence)}</p>")
        st.button(label, key="ouvrir_epci", type="tertiary", on_click=choices.put, kwargs={"territoire": key})


# --- Key messages and key figures -------------------------------------------------------------------


def messages(items: Sequence[tuple[str, str, str, str]]) -> None:
    """The key messages side by side: kind, sentence, detail, status."""
    cells = "".join(
        f'<article><p class="eyebrow">{text(kind)}</p><p class="key">{text(sentence)}</p>'
        f'<p class="sub">{text(detail)} {status_html(word) if word in _SHAPES else ""}</p></article>'
        for kind, sentence, detail, word in items
    )
    st.html(f'<div class="msgs">{cells}</div>')


def key_figures(items: Sequence[KeyFigure]) -> None:
    """Key figures three, two or one in a row."""
    st.html(f'<div class="kfs">{"".join(key_figure_html(item) for item in items)}</div>')


def key_figure_html(item: KeyFigure) -> str:
    """One key figure: label, value, comparison in words, position among the others, status and source. The value of
    another territory stands under its name, in ink, beside a ring."""
    source = f'<p class="src">{status_html(item.status)} <span>{text(item.source)}</span></p>'
    label = terms.heading(item.label)
    who = ring = aside = ""
    if item.who:
        who = f'<p class="who"><span class="aloud">Valeur de l’intercommunalité : </span>{text(item.who)}</p>'
        ring = '<i class="ring" aria-hidden="true"></i>'
        aside = (
            f'<p class="aside"><i class="hatch" aria-hidden="true"></i><span>{text(item.local)}</span></p>'
        )
    compared = ""
    if item.comparison:
        compared = f'<p class="cmp{" warn" if item.warn else ""}">{_bold_end(text(item.comparison), text(item.word))}</p>'
    bar = position_bar(item.track) if item.track is not None else ""
    return (
        f'<article class="kf{" theirs" if item.who else ""}">{label}{who}<p class="fig">{ring}<b>{text(item.figure)}</b> '
        f"<span>{text(item.unit)}</span></p>{compared}{bar}{aside}{source}</article>"
    )


def _bold_end(sentence: str, word: str) -> str:
    """The ratio word at the end of a comparison in bold."""
    return f"{sentence.removesuffix(word)}<b>{word}</b>" if word and sentence.endswith(word) else sentence


# --- Position bar -----------------------------------------------------------------------------------

_TRACK = 300
_CHARACTER = 6.4


def position_bar(drawn: Track) -> str:
    """Where the value stands among the others, with the references."""

    def at(number: float) -> float:
        return round((number - drawn.low) / (drawn.high - drawn.low) * 100, 2)

    ticks = "".join(f'<i class="t" style="left:{at(number)}%"></i>' for number in drawn.others)
    lines = "".join(
        f'<i class="{"r me" if chosen else "r"}" style="left:{at(value)}%"></i>'
        for _, _, value, chosen in drawn.marks
    )
    above, also = _reference_labels(drawn, at)
    others = f'<p class="also">Aussi&nbsp;: {escape(" · ".join(also))}</p>' if also else ""
    figures = "".join(
        f"<span>{escape(figure)}<small>{text(name)}</small></span>"
        for figure, name in (drawn.first, drawn.last)
    )
    you = "you ring" if drawn.ring else "you"
    return (
        f'<div class="pos" role="img" aria-label="{escape(drawn.spoken)}"><div class="up">{above}</div>'
        f'<div class="track">{ticks}{lines}<i class="{you}" style="left:{at(drawn.value)}%"></i></div>'
        f'<div class="ends">{figures}</div></div>{others}'
    )


def _reference_labels(drawn: Track, at: Callable[[float], float]) -> tuple[str, list[str]]:
    """Labels over the track, the chosen one low and bold, one other high; the rest go below."""
    others = [mark for mark in drawn.marks if not mark[3]]
    html, stem = "", None
    if others:
        name, figure, value, _ = others[0]
        label, stem = f"{name} {figure}", at(value)
        html += f'<i class="stem" style="left:{stem}%"></i>'
        html += f'<span class="high" style="{_anchor(stem, label)}">{escape(label)}</span>'
    for name, figure, value, chosen in drawn.marks:
        if chosen:
            label, place = f"{name} {figure}", at(value)
            html += f'<span class="low" style="{_beside(place, label, stem)}">{escape(label)}</span>'
    return html, [f"{name} {figure}" for name, figure, _, _ in others[1:]]


def _half(label: str) -> float:
    """Half the width of a label, in hundredths of the track."""
    return len(label) * _CHARACTER / 2 / _TRACK * 100


def _beside(place: float, label: str, stem: float | None) -> str:
    """Centre the chosen label, or let it end or start at its own line when the other's stem would cross it."""
    width = 2 * _half(label)
    fits = place >= width or place + width <= 100
    if stem is None or abs(stem - place) > width / 2 or not fits:
        return _anchor(place, label)
    if stem >= place and place >= width:
        return f"right:{100 - place:.2f}%;padding-right:.375rem"
    return (
        f"left:{place}%;padding-left:.375rem"
        if place + width <= 100
        else f"right:{100 - place:.2f}%;padding-right:.375rem"
    )


def _anchor(place: float, label: str) -> str:
    """Centre a label on its mark, held inside the track."""
    half = _half(label)
    if place < half:
        return "left:0"
    if place > 100 - half:
        return "right:0"
    return f"left:{place}%;transform:translateX(-50%)"


# --- Maps -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layers:
    """What a map shows beside its colours: names, types of facilities, priority districts, a background."""

    labels: bool = True
    stats: Sequence[str] = ()
    quarters: bool = False
    background: str = ""


@dataclass(frozen=True)
class Opening:
    """What choosing a place of the map does: `to` is called with its level and its code; `beside` says that a panel of
    the page then speaks of it."""

    to: Callable[[Level, str], None]
    beside: bool = False


def _go(level: Level, code: str) -> None:
    choices.put(territoire=f"{level}:{code}")


NAMES, ITS_PAGES = Layers(), Opening(_go)


def map_found(
    report: Report, id: str, level: Level | None = None, shading: mapping.Shading = mapping.BY_DISTANCE
) -> mapping.View | None:
    """The map of the indicator `id`, for titles and tables; None, and a French state, when there is nothing to draw."""
    found = mapping.view(open_database(), report, id, level=level, shading=shading)
    if found is None:
        state(
            "Pas de carte pour ce territoire",
            "Les contours de ces territoires ne sont pas chargés.",
            action=False,
        )
    return found


def map_view(
    current: Territory,
    found: mapping.View,
    *,
    key: str,
    height: int = 420,
    layers: Layers = NAMES,
    opening: Opening | None = ITS_PAGES,
) -> None:
    """A map with its legend; a click chooses a place, and so does, by keyboard, the list of the places. Without an
    `opening` nothing is chosen. `current` is outlined where it is among the places."""
    drawn, points = _map_drawn(current, found, layers, panel=opening is not None and opening.beside)

    def clicked() -> None:
        hit = (st.session_state.get(f"carte_{key}") or {}).get("last_active_drawing")
        properties = (hit or {}).get("properties", {})
        if properties.get("code") and opening is not None and isinstance(found.level, Level):
            opening.to(found.level, properties["code"])

    with st.container(key=f"plein_{key}"):
        with st.container(key=f"cadre_{key}"):
            st_folium(
                drawn,
                key=f"carte_{key}",
                use_container_width=True,
                height=height,
                returned_objects=["last_active_drawing"],
                on_change=clicked,
            )
        strip(found.colouring, of=f"cadre_{key}", only_present=opening is None)
        if layers.quarters:
            legend([("var(--qpv)", "quartiers prioritaires 2024, leur nombre dans la commune")])
        if layers.stats:
            _facility_legend(layers.stats, points)
    if opening is not None and isinstance(found.level, Level):
        _map_list(found, found.level, current, key, opening.to)


def _map_drawn(
    current: Territory, found: mapping.View, layers: Layers, *, panel: bool
) -> tuple[folium.Map, int]:
    """The map, and how many facilities it shows."""
    database = open_database()
    codes = mapping.communes_drawn(database, found.scope, found.level)
    points = maps.points(database, codes, layers.stats) if layers.stats else ()
    drawn = maps.draw(
        found,
        maps.Frame(base(), database.key, choices.theme(), panel),
        maps.Words(
            title=french.typographic(found.message),
            note=french.typographic(_map_origin(found)[1]),
            alt=french.typographic(f"Carte : {found.message}. Les valeurs sont dans le tableau des données."),
        ),
        maps.Above(
            layers.labels,
            points,
            maps.quarters(database, codes) if layers.quarters else (),
            layers.background,
        ),
        selected=current.code if current.level is found.level else "",
    )
    return drawn, len(points)


_PLACES = {
    Level.COMMUNE: "une commune",
    Level.EPCI: "une intercommunalité",
    Level.DEPARTEMENT: "un département",
    Level.REGION: "une région",
}


def _map_list(
    found: mapping.View, level: Level, current: Territory, key: str, choose: Callable[[Level, str], None]
) -> None:
    """What a click on the map does, for the keyboard: the places drawn, by name."""
    names = {item.code: french.name(item) for item in found.units if item.key != current.key}
    if not names:
        return
    name = f"liste_carte_{key}"

    def chosen() -> None:
        if st.session_state[name]:
            choose(level, st.session_state.pop(name))

    with st.container(key=f"choix_liste_{key}"):
        st.selectbox(
            f"Ouvrir {_PLACES[level]} de la carte",
            list(names),
            index=None,
            format_func=lambda one: names[one],
            key=name,
            on_change=chosen,
            placeholder="Par son nom",
        )


def _facility_legend(stats: Sequence[str], drawn: int) -> None:
    """A disc beside the name of each type; says when not all are drawn."""
    pairs = zip(*(maps.LOOKS[theme] for theme in ("light", "dark")), strict=True)
    looks = [
        f"background:light-dark({light.disc},{dark.disc});box-shadow:0 0 0 2px light-dark({light.ring},{dark.ring})"
        for light, dark in pairs
    ]
    cells = "".join(
        f'<li><i class="dot" style="{looks[number % maps.LOOK_COUNT]}"></i>{text(indicators.FACILITY_LABELS[stat][1])}</li>'
        for number, stat in enumerate(stats)
    )
    st.html(f'<ul class="legend">{cells}</ul>')
    if drawn == maps.MOST_POINTS:
        note(
            f"Seuls {french.number(drawn)} lieux sont dessinés : choisissez un territoire plus petit pour les voir tous."
        )
    elif not drawn:
        note("Aucun lieu de ce type n’est situé sur ce territoire dans les fichiers chargés.")


def strip(colouring: maps.Colouring, *, of: str, only_present: bool = False) -> None:
    """The legend of the map `of`: colour, word, how many places, range in the unit; then what has no colour, where
    there is some. `only_present` leaves out the classes of no place."""
    counts = Counter(colouring.index.values())
    cells = "".join(
        f'<span data-classe="{number}"><i style="background:light-dark({one.light},{one.dark})"></i>'
        f"<b>{_counted(one.word, counts[number])}</b><small>{text(one.bounds)}</small></span>"
        for number, one in enumerate(colouring.classes)
        if counts[number] or not only_present
    )
    cells += "".join(
        f'<span data-classe="{at}"><i class="{look}"></i><b>{_counted(words, counts[at])}</b></span>'
        for at, look, words in (
            (maps.SMALL, "few", colouring.apart),
            (maps.UNKNOWN, "hatch", "non disponible"),
        )
        if counts[at]
    )
    st.html(
        f'<p class="stripstitle">{text(colouring.title)}</p><div class="strips" data-legend="{of}">{cells}</div>'
    )


def _counted(words: str, count: int) -> str:
    """« en dessous · 4 »; nothing where a class has no word: a number alone would pass for a bound."""
    said = french.number(count)
    return text(f"{words}{french.NBSP}·{french.NBSP}{said}") if words else ""


# --- Charts, tables, downloads ----------------------------------------------------------------------


@dataclass(frozen=True)
class Caption:
    """What is said of a chart: its title, which is its message; unit and year; how sure, from where, with what reserve."""

    title: str
    subtitle: str = ""
    statuses: Sequence[str] = ()
    source: str = ""
    caution: str = ""


def chart(
    figure: go.Figure,
    data: pd.DataFrame,
    caption: Caption,
    *,
    key: str,
    report: Report | None = None,
    ids: Sequence[str] = (),
) -> None:
    """A plotly figure, its source line and its actions (data, CSV, pictures, formula). `key` names files too; `data` is
    the table behind it, headings in French, unknown left as None or NaN: it is said aloud with the title."""
    spoken = aloud(french.typographic(caption.title), data)
    st.plotly_chart(figure, key=f"graphique_{key}", config=charts.CONFIG, alt=spoken, theme=None)
    source_line(caption.statuses, caption.source, caption.caution)
    words = ", ".join(dict.fromkeys(caption.statuses))
    below = french.typographic(f"{french.capitalised(words)}. {caption.source} {caption.caution}")
    around = Around(caption.title, caption.subtitle, below, f"graphique_{key}")
    actions(key, data, around, report=report, ids=ids)


MOST_ALOUD = 12
"""Rows of a chart that are said aloud: beyond, one reads the table."""


def aloud(message: str, data: pd.DataFrame) -> str:
    """The alternative of a chart: its message, then its values; the first rows of a long one, and where the rest is."""
    shown = data.head(MOST_ALOUD)
    lines = [
        ", ".join(_said(name, value) for name, value in zip(shown.columns, row, strict=True))
        for row in shown.itertuples(index=False, name=None)
    ]
    rest = "" if len(data) <= MOST_ALOUD else " ; la suite est dans les données"
    return french.typographic(
        f"{message.rstrip('.')}. Valeurs : {' ; '.join(lines)}{rest}." if lines else message
    )


def _said(name: object, value: object) -> str:
    """« Targon » or « taux 11,9 »: a number is said with the head of its column."""
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value):
        return f"{name} inconnu"
    if not isinstance(value, int | float):
        return f"{name} {value}"
    year = str(name).startswith("Année")
    return f"{name} {value if year else french.number(value, 0 if float(value).is_integer() else 1)}"


@dataclass(frozen=True)
class Around:
    """What stands around what is taken away: title, sub-title, source; `of` is the key of the drawing, if there is
    one to take away as a picture."""

    title: str
    subtitle: str = ""
    source: str = ""
    of: str = ""


def _picture_buttons(picture: Around, name: str) -> str:
    """PNG and SVG of a drawing; made by the browser itself (picture.js)."""
    facts = {
        "of": picture.of,
        "name": name,
        "title": french.typographic(picture.title),
        "sub": french.typographic(picture.subtitle),
        "source": french.typographic(picture.source),
    }
    data = " ".join(f'data-{key}="{escape(value)}"' for key, value in facts.items())
    return "".join(
        f'<button type="button" class="take" data-image="{kind}" {data} '
        f'aria-label="Télécharger l’image ({kind.upper()})">{kind.upper()}</button>'
        for kind in ("png", "svg")
    )


def actions(
    key: str, data: pd.DataFrame, around: Around, *, report: Report | None = None, ids: Sequence[str] = (),
) -> None:  # fmt: skip
    """« Voir les données », « Télécharger (CSV) », PNG and SVG of a drawing, « Formule et source » under a chart, a map
    or a table."""
    with st.container(key=f"actions_{key}", horizontal=True, gap="small", vertical_alignment="center"):
        if st.button("Voir les données", key=f"voir_{key}", type="tertiary", icon=":material/table:"):
            _data_dialog(data, around.title, french.name(report.territory) if report else "")
        st.download_button(
            "Télécharger (CSV)",
            data=lambda: csv(data, about(data, around, report, ids)),
            file_name=f"{file_name(key, report)}.csv",
            mime="text/csv",
            on_click="ignore",
            key=f"csv_{key}",
            type="tertiary",
            icon=":material/download:",
        )
        if around.of:
            st.html(_picture_buttons(around, file_name(key, report)), width="content")
        if not (report and ids):
            return
        if st.button("Formule et source", key=f"formule_{key}", type="tertiary", icon=":material/info:"):
            _formula_dialog(report, tuple(ids))


_IN_HEADS = "en tête de chaque colonne"


def about(
    data: pd.DataFrame, around: Around, report: Report | None, ids: Sequence[str]
) -> list[tuple[str, str]]:
    """The lines above a table taken away: what it is, of when, from whom, against whom."""
    units = dict.fromkeys(indicators.BY_ID[id].unit for id in ids if id in indicators.BY_ID)
    compared = report is not None and report.reference is not None
    lines = [
        ("Titre", around.title),
        ("Lecture", around.subtitle),
        ("Territoire", french.name(report.territory) if report else ""),
        ("Référence", report.compared_with if report and compared else "aucune"),
        ("Unité", " ; ".join(units) or _IN_HEADS),
        ("Année", _years(data, report, ids) or _IN_HEADS),
        ("Source", around.source or "Diagnostic CTG."),
    ]
    if _fictional(report):
        lines.append(("Attention", "Territoire fictif : aucun chiffre n’est réel."))
    return [(name, french.typographic(said)) for name, said in lines]


def _years(data: pd.DataFrame, report: Report | None, ids: Sequence[str]) -> str:
    """« 2019-2021 »: years of the rows, else of the figures."""
    listed = data["Année"] if "Année" in data.columns else ()
    years = {int(year) for year in listed if str(year).isdecimal()}
    found = [report.findings[id] for id in ids if id in report.findings] if report else []
    years = years or {one.year for one in found if one.year is not None and one.value is not None}
    return french.span(min(years), max(years)) if years else ""


def _fictional(report: Report | None) -> bool:
    return report.context.fictional if report else open_database().fictional


@st.dialog("Données", width="large")
def _data_dialog(data: pd.DataFrame, title: str, own: str) -> None:
    table(data, caption=title, own=own)


@st.dialog("Formule et source", width="large")
def _formula_dialog(report: Report, ids: tuple[str, ...]) -> None:
    for id in ids:
        if id in report.findings:
            st.html(formula_html(report, id))


def formula_html(report: Report, id: str) -> str:
    """Definition, formula with its numbers, sources and vintages, caveat of one indicator."""
    finding, indicator = report.findings[id], indicators.BY_ID[id]
    rows = [("Définition", indicator.definition), ("Valeur", reading.figure(finding, indicator))]
    if indicator.denominator:
        per = "" if indicator.per == 1 else f" × {french.number(indicator.per)}"
        rows.append(("Formule", f"{indicator.numerator_label} ÷ {indicator.denominator_label}{per}"))
        for label, part, year in (
            (indicator.numerator_label, finding.numerator, finding.numerator_year),
            (indicator.denominator_label, finding.denominator, finding.denominator_year),
        ):
            rows.append((french.capitalised(label), french.number(part) + (f" ({year})" if year else "")))
    elif indicator.published:
        rows.append(("Formule", "Valeur publiée par le producteur, reprise telle quelle."))
    rows.append(("Statut", reading.status_word(finding, indicator)))
    for item in report.sources:
        if item.id in finding.sources:
            rows.append(("Source", f"{item.producer}, {item.title}, {item.vintage}. {item.licence}."))
    rows += [("À savoir", part) for part in (indicator.caveat, finding.caution, finding.reason) if part]
    cells = "".join(f"<dt>{text(label)}</dt><dd>{text(value)}</dd>" for label, value in rows)
    return f'<section class="formula"><h3>{text(indicator.label)}</h3><dl>{cells}</dl></section>'


def file_name(key: str, report: Report | None) -> str:
    """ctg_<what>_<territory>, plain letters."""
    where = report.territory.key if report else ""
    if report and report.territory.level is Level.PERIMETRE:
        where = "perimetre"
    return re.sub(r"[^A-Za-z0-9]+", "_", f"ctg_{key}_{where}").strip("_")


# --- Parts of pages ---------------------------------------------------------------------------------


def slot():
    """A place kept above what is drawn next, for a title that is known later: `with slot:`."""
    return st.container()


def settings(name: str):
    """A row of controls that wraps."""
    return st.container(key=f"reglages_{name}", horizontal=True, gap="medium", vertical_alignment="bottom")


def typed_limits(indicator: Indicator, example: str) -> tuple[float, ...]:
    """Bounds of classes typed by the user in the unit of the indicator, kept in the address; none, and what to type,
    when they are not bounds. `example` is a list of bounds that its values could have."""
    typed = choices.words(
        "bornes", f"Bornes en {indicator.unit}, de la plus petite à la plus grande", placeholder=example
    )
    if not typed:
        note(
            f"Tapez de 3 à 6 bornes séparées par des espaces, par exemple {example}. D’ici là, les classes ont des effectifs égaux."
        )
        return ()
    try:
        return maps.typed_limits(typed)
    except DiagnosticError as error:
        note(str(error))
        return ()


def map_subtitle(found: mapping.View) -> str:
    """What the map draws, its unit, its year."""
    years = sorted({item.year for item in found.findings.values() if item.year and item.value is not None})
    when = f", {french.span(years[0], years[-1])}" if years else ""
    unit = f", {found.indicator.unit}" if found.indicator.unit not in found.indicator.label else ""
    return f"{found.indicator.label}{unit}{when}"


def map_source(report: Report, found: mapping.View, *, key: str) -> None:
    """Source line and actions of a map."""
    words, line = _map_origin(found)
    caution = _unknown_count(found)
    source_line(words, line, caution)
    open_one = [found.indicator.id] if found.indicator.id in report.findings else []
    said = f"{french.capitalised(', '.join(dict.fromkeys(words)))}. {line} {caution}"
    around = Around(found.message, map_subtitle(found), said, f"cadre_{key}")
    actions(f"carte_{key}", found.table(), around, report=report, ids=open_one)


def _map_origin(found: mapping.View) -> tuple[list[str], str]:
    """Words of the statuses of what a map draws, and its source line."""
    known = [item for item in found.findings.values() if item.value is not None]
    words = [reading.status_word(item, found.indicator) for item in known or found.findings.values()]
    words = words or ["inconnu"]
    years = sorted({item.year for item in known if item.year})
    used = {source for item in known for source in item.sources}
    named = {name: None for id, name in mapping.source_names(open_database().key).items() if id in used}
    when = f", {french.span(years[0], years[-1])}" if years else ""
    line = f"Source : {' ; '.join(named)}{when}." if named else "Source : voir la page Données."
    line = f"{found.source}." if found.source else line
    return words, f"{line} Contours : {found.contours}"


def _unknown_count(found: mapping.View) -> str:
    known = sum(reading.known_value(item) is not None for item in found.findings.values())
    without = len(found.units) - known
    if not without:
        return ""
    reasons = [
        reading.reason(found.findings[item.code], found.indicator, item)
        for item in found.units
        if item.code in found.findings and reading.known_value(found.findings[item.code]) is None
    ]
    why = max(set(reasons), key=reasons.count) if reasons else ""
    noun = french.plural(without, "territoire", "territoires")
    hatched = french.plural(without, "hachuré", "hachurés")
    return f"{french.number(without)} {noun} sans valeur connue, {hatched}. {why}".strip()
