"""The blocks that pages are made of: titles that say the message, figures, charts, tables, states.

A page never writes HTML: every text given here is plain text, escaped on its way out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit_folium import st_folium

from diagnostic import charts, french, indicators, maps, reading
from diagnostic.measure import is_count
from diagnostic.model import Comparator, DiagnosticError, Finding, Indicator, Level, Status, Territory
from diagnostic.report import Report
from diagnostic.territories import fold
from diagnostic.ui import mapping, pages
from diagnostic.ui import state as choices
from diagnostic.ui.state import base
from diagnostic.warehouse.database import open_database

_SHAPES = {
    "officiel": "full",
    "calculé": "half",
    "estimé": "empty",
    "arrondi": "empty",
    "au plus": "empty",
    "secret statistique": "hatched",
}


def text(value: str) -> str:
    """Text from data, ready for HTML: typographic, escaped."""
    return escape(french.typographic(value))


# --- Titles -----------------------------------------------------------------------------------------


def section(eyebrow: str, message: str, subtitle: str = "", *, key: str = "") -> None:
    """A section of the page: rule, theme, the message as `h2`, then what is drawn, unit and year. The summary at the
    head of the page leads to it by its theme."""
    name = "sec-" + re.sub(r"[^a-z0-9]+", "-", fold(eyebrow)).strip("-")
    listed = st.session_state.setdefault("sections", [])
    if all(known != name for known, _ in listed):
        listed.append((name, eyebrow))
        st.html(_title("h2", eyebrow, message, subtitle, name))
    else:
        st.html(_title("h2", eyebrow, message, subtitle))


def block(eyebrow: str, message: str, subtitle: str = "") -> None:
    """The same, smaller, for a cell of `columns`."""
    st.html(_title("h3", eyebrow, message, subtitle))


def _title(tag: str, eyebrow: str, message: str, subtitle: str, name: str = "") -> str:
    below = f'<p class="sub">{text(subtitle)}</p>' if subtitle else ""
    anchor = f' id="{name}"' if name else ""
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
    lines = {}
    for item in report.sources:
        if item.id in years:
            own = vintages[item.id] == {item.vintage} and item.vintage.isdecimal()
            year = item.vintage if own else years[item.id] or item.vintage
            lines.setdefault(f"{item.producer}, {item.title}, {year}", None)
    if not lines:
        return ""
    return f"{french.plural(len(lines), 'Source', 'Sources')} : {' ; '.join(lines)}."


def caption(words: str) -> None:
    """The name of a table."""
    st.html(f'<p class="stripstitle">{text(words)}</p>')


def note(sentence: str) -> None:
    """A sentence in the text size, for a reading or a limit."""
    if sentence:
        st.html(f'<p class="note">{text(sentence)}</p>')


def state(title: str, sentence: str, *, action: bool = True) -> None:
    """What happened and what to do; `action` marks with the attention colour that something is to be done."""
    st.html(
        f'<div class="state {"act" if action else ""}"><h3>{text(title)}</h3><p>{text(sentence)}</p></div>'
    )


def unknown(report: Report, id: str) -> None:
    """The state of a figure that is not known, with its reason."""
    finding, indicator = report.findings.get(id), indicators.BY_ID[id]
    why = reading.reason(finding, indicator, report.territory) if finding else ""
    where = french.name(report.territory)
    state(
        f"{indicator.label} : non disponible pour {where}",
        why or "La source n’est pas chargée.",
        action=False,
    )


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
    """Small figures: (label, figure as printed, status word)."""
    cells = "".join(
        f"<div><dt>{text(label)}</dt><dd>{text(figure)}</dd><dd class='st'>{status_html(word)}</dd></div>"
        for label, figure, word in items
    )
    st.html(f'<dl class="facts">{cells}</dl>')


def page_links(names: Sequence[str], words: dict[str, str] | None = None) -> None:
    """Links to other pages, those that exist; `words` replaces the title of a page."""
    with st.container(key="suite"):
        for entry in pages.existing():
            if entry.name in names:
                label = (words or {}).get(entry.name, entry.title)
                st.page_link(entry.path, label=label, icon=":material/arrow_forward:")


# --- Key messages and key figures -------------------------------------------------------------------


def messages(report: Report, limit: int = 5) -> None:
    """The key messages side by side: sentence, detail, status."""
    shown = [item for item in report.messages[:limit] if reading.title(item.sentence) != report.headline]
    cells = "".join(_message_html(short(item.sentence, report), item.detail) for item in shown)
    st.html(f'<div class="msgs">{cells}</div>')


def headline(report: Report, title: str) -> None:
    """The first message as the title of the page, its detail below."""
    first = next((item for item in report.messages if reading.title(item.sentence) == report.headline), None)
    detail = ""
    if first is not None:
        rest = first.sentence.partition(". ")[2].rstrip(".")
        detail = ". ".join(filter(None, (rest, first.detail)))
    section("L’essentiel", title, detail)


def short(sentence: str, report: Report) -> str:
    """A sentence under the name of its territory and beside its status: it need not say either again."""
    where = f"{french.capitalised(french.at(report.territory))}, "
    return french.capitalised(sentence.removeprefix(where)).replace(" (estimation)", "")


def _message_html(sentence: str, detail: str) -> str:
    """The first sentence is the message; the others join the detail, whose last part may be a status."""
    first, _, rest = sentence.partition(". ")
    said, _, word = detail.rpartition(" · ")
    mark = status_html(word) if word in _SHAPES else ""
    below = ". ".join(filter(None, (rest.rstrip("."), said if mark else detail)))
    return f'<article><p class="key">{text(first.rstrip("."))}.</p><p class="sub">{text(below)} {mark}</p></article>'


def key_figures(report: Report, ids: Sequence[str]) -> None:
    """Key figures three, two or one in a row; unknown ones keep their place."""
    cells = "".join(key_figure_html(report, id) for id in ids if id in report.findings)
    st.html(f'<div class="kfs">{cells}</div>')


def key_figure_html(report: Report, id: str) -> str:
    """One key figure: label, value, comparison in words, position among the siblings, status and source."""
    finding, indicator = report.findings[id], indicators.BY_ID[id]
    value = reading.known_value(finding)
    word = reading.status_word(finding, indicator)
    source = f'<p class="src">{status_html(word)} <span>{text(_short_source(report, finding))}</span></p>'
    label = f"<h3>{text(indicator.label)}</h3>"
    if value is None:
        why = reading.reason(finding, indicator, report.territory)
        return (
            f'<article class="kf">{label}<p class="na">{reading.NOT_AVAILABLE}</p><p class="cmp">{text(why)}</p>'
            f'<div class="hatch" aria-hidden="true"></div>{source}</article>'
        )
    compared = ""
    against = report.against(id)
    if against is not None and finding.word:
        said = reading.comparison(finding, indicator, against)
        warn = " warn" if reading.is_attention(finding.word, indicator.direction) else ""
        said = text(french.capitalised(said))
        compared = f'<p class="cmp{warn}">{_bold_end(said, finding.word)}</p>'
    number, unit = _number_and_unit(value, finding, indicator)
    return (
        f'<article class="kf">{label}<p class="fig"><b>{escape(number)}</b> <span>{text(unit)}</span></p>'
        f"{compared}{position_bar(report, finding, indicator)}{source}</article>"
    )


def _bold_end(sentence: str, word: str) -> str:
    """The ratio word at the end of a comparison in bold; it is said there already."""
    if sentence.endswith(word):
        return f"{sentence.removesuffix(word)}<b>{word}</b>"
    return f"{sentence}&nbsp;: <b>{word}</b>"


def _number_and_unit(value: float, finding: Finding, indicator: Indicator) -> tuple[str, str]:
    unit = indicator.unit
    # « 100 % » needs no decimal to be exact.
    bounded = finding.status is Status.BOUNDED
    whole = (unit.startswith("%") and value in (0.0, 100.0)) or (bounded and value.is_integer())
    number = french.number(value, 0 if whole else indicator.decimals)
    if unit.startswith("%"):
        number, unit = f"{number}{french.THIN}%", unit.removeprefix("%").strip()
    if unit.startswith("€"):
        number, unit = f"{number}{french.NBSP}€", unit.removeprefix("€").strip()
    first = indicator.label.split(" ")[0].lower()
    if unit.startswith(f"{first} pour "):
        unit = unit.removeprefix(first).strip()
    if bounded:
        unit = f"ou moins {unit}".strip()
    return number, re.sub(r"(\d) (ans|km)", f"\\1{french.NBSP}\\2", unit)


def _short_source(report: Report, finding: Finding) -> str:
    producers = dict.fromkeys(item.producer for item in report.sources if item.id in finding.sources)
    parts = [" ; ".join(producers), str(finding.year) if finding.year else ""]
    return ", ".join(filter(None, parts))


# --- Position bar -----------------------------------------------------------------------------------

_TRACK = 300
_CHARACTER = 6.4


def position_bar(report: Report, finding: Finding, indicator: Indicator) -> str:
    """Where the value stands among the siblings, with the references: HTML, an empty text without siblings."""
    if is_count(indicator):
        # A plain count says nothing beside the count of France.
        return ""
    value, position = reading.known_value(finding), finding.position
    marks = [item for item in finding.comparators if item.value is not None and item.status.known]
    if value is None or (position is None and not marks):
        return ""
    known = [value, *(item.value for item in marks)] + list(position.values if position else ())
    low, high = min(known), max(known)
    if high <= low:
        return ""

    def at(number: float) -> float:
        return round((number - low) / (high - low) * 100, 2)

    against = report.against(finding.indicator)
    chosen = next((item for item in marks if against is not None and item.key == against.key), None)
    ticks = "".join(
        f'<i class="t" style="left:{at(number)}%"></i>' for number in (position.values if position else ())
    )
    lines = "".join(
        f'<i class="{"r me" if item is chosen else "r"}" style="left:{at(item.value)}%"></i>'
        for item in marks
    )
    above, also = _reference_labels(marks, chosen, at, finding, indicator)
    median = f'<i class="m" style="left:{at(position.median)}%"></i>' if position else ""
    figures = _ends(position, at, indicator) if position else ""
    others = f'<p class="also">Aussi&nbsp;: {escape(" · ".join(also))}</p>' if also else ""
    said = _spoken(finding, indicator, report)
    return (
        f'<div class="pos" role="img" aria-label="{escape(said)}"><div class="up">{above}</div>'
        f'<div class="track">{ticks}{median}{lines}<i class="you" style="left:{at(value)}%"></i></div>{figures}</div>{others}'
    )


def _reference_labels(
    marks: list[Comparator], chosen: Comparator | None, at, finding: Finding, indicator: Indicator
) -> tuple[str, list[str]]:
    """Labels over the track, the chosen one low and bold, one other high; the rest go below."""
    others = [item for item in marks if item is not chosen]
    html, stem = "", None
    if others:
        first = others[0]
        label, stem = _reference_label(first, finding, indicator), at(first.value)
        html += f'<i class="stem" style="left:{stem}%"></i>'
        html += f'<span class="high" style="{_anchor(stem, label)}">{escape(label)}</span>'
    if chosen is not None:
        label, place = _reference_label(chosen, finding, indicator), at(chosen.value)
        html += f'<span class="low" style="{_beside(place, label, stem)}">{escape(label)}</span>'
    return html, [_reference_label(item, finding, indicator) for item in others[1:]]


def _reference_label(item: Comparator, finding: Finding, indicator: Indicator) -> str:
    return f"{french.typographic(item.name)} {reading.beside(item, finding, indicator)}"


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


def _ends(position, at, indicator: Indicator) -> str:
    number = indicator.decimals
    middle = min(max(at(position.median), 24), 76)
    return (
        '<div class="ends">'
        f"<span>{french.number(position.minimum, number)}<small>{text(position.minimum_name)}</small></span>"
        f'<span class="mid" style="left:{middle}%">médiane {french.number(position.median, number)}</span>'
        f"<span>{french.number(position.maximum, number)}<small>{text(position.maximum_name)}</small></span></div>"
    )


def _spoken(finding: Finding, indicator: Indicator, report: Report) -> str:
    parts = [f"{french.name(report.territory)} : {reading.figure(finding, indicator)}"]
    for item in finding.comparators:
        if item.value is not None:
            parts.append(f"{item.name} : {reading.beside(item, finding, indicator)}")
    if finding.position:
        place = finding.position
        parts.append(
            f"{reading.rank(place, report.siblings_label)}, de {french.number(place.minimum, indicator.decimals)} "
            f"à {french.number(place.maximum, indicator.decimals)}"
        )
    return french.typographic(" ; ".join(parts))


# --- Maps -------------------------------------------------------------------------------------------


def map_view(
    report: Report,
    id: str,
    *,
    key: str,
    level: Level | None = None,
    colour: str = "ecart",
    method: str = "quantiles",
    count: int = 5,
    limits: tuple[float, ...] = (),
    labels: bool = True,
    stats: Sequence[str] = (),
    quarters: bool = False,
    background: str = "",
    height: int = 420,
    opens: bool = True,
) -> mapping.View | None:
    """A map of the indicator `id` with its legend; a click goes to the territory. Returns what was drawn, for
    titles and tables; None, and a French state, when there is nothing to draw. `opens` adds the list of the places,
    which does by keyboard what the click does."""
    database = open_database()
    found = mapping.view(
        database, report, id, level=level, colour=colour, method=method, count=count, limits=limits
    )
    if found is None:
        state(
            "Pas de carte pour ce territoire",
            "Les contours de ces territoires ne sont pas chargés.",
            action=False,
        )
        return None
    codes = mapping.communes_drawn(database, found.scope, found.level)
    points = maps.points(database, codes, stats) if stats else ()
    drawn = maps.draw(
        base=base(),
        version=database.key,
        theme=choices.theme(),
        level=found.level,
        scope=found.scope,
        shown=found.units,
        findings=found.findings,
        indicator=found.indicator,
        colouring=found.colouring,
        frame=found.frame,
        reference_name=found.against.the if found.against is not None else "",
        selected=report.territory.code if report.territory.level is found.level else "",
        labels=labels,
        points=points,
        quarters=maps.quarters(database, codes) if quarters else (),
        background=background,
        populations=found.populations,
        alt=french.typographic(f"Carte : {found.message}. Les valeurs sont dans le tableau des données."),
        title=french.typographic(found.message),
        note=french.typographic(_map_origin(found)[1]),
    )

    def clicked() -> None:
        hit = (st.session_state.get(f"carte_{key}") or {}).get("last_active_drawing")
        properties = (hit or {}).get("properties", {})
        if properties.get("code"):
            choices.put(territoire=f"{found.level}:{properties['code']}")

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
        strip(found.colouring, of=f"cadre_{key}")
        if quarters:
            legend([("var(--qpv)", "quartiers prioritaires 2024, leur nombre dans la commune")])
        if stats:
            _facility_legend(stats, len(points))
    if opens:
        _map_list(found, report.territory, key)
    return found


_PLACES = {
    Level.COMMUNE: "une commune",
    Level.EPCI: "une intercommunalité",
    Level.DEPARTEMENT: "un département",
    Level.REGION: "une région",
}


def _map_list(found: mapping.View, current: Territory, key: str) -> None:
    """What a click on the map does, for the keyboard: the places drawn, by name."""
    names = {item.key: french.name(item) for item in found.units if item.key != current.key}
    if not names:
        return
    name = f"liste_carte_{key}"

    def chosen() -> None:
        if st.session_state[name]:
            choices.put(territoire=st.session_state.pop(name))

    with st.container(key=f"choix_liste_{key}"):
        st.selectbox(
            f"Ouvrir {_PLACES[found.level]} de la carte",
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


def strip(colouring: maps.Colouring, *, of: str) -> None:
    """The legend of the map `of`: colour, word, range in the unit, then the hatch of the unknown."""
    cells = "".join(
        f'<span><i style="background:light-dark({one.light},{one.dark})"></i>'
        f"<b>{text(one.word)}</b><small>{text(one.bounds)}</small></span>"
        for one in colouring.classes
    )
    unknown_cell = '<span><i class="hatch"></i><b>non disponible</b></span>'
    st.html(
        f'<p class="stripstitle">{text(colouring.title)}</p><div class="strips" data-legend="{of}">{cells}{unknown_cell}</div>'
    )


# --- Charts, tables, downloads ----------------------------------------------------------------------


def chart(
    figure: go.Figure,
    *,
    key: str,
    alt: str,
    data: pd.DataFrame,
    statuses: Sequence[str],
    source: str,
    caution: str = "",
    report: Report | None = None,
    ids: Sequence[str] = (),
    title: str = "",
    subtitle: str = "",
) -> None:
    """A plotly figure, its source line and its actions (data, CSV, pictures, formula). `key` names files too;
    `alt` says its message aloud, `title` (else `alt`) and `subtitle` stand over its picture, `data` is the table
    behind it, headings in French, unknown left as None or NaN."""
    st.plotly_chart(figure, key=f"graphique_{key}", config=charts.CONFIG, alt=alt, theme=None)
    source_line(statuses, source, caution)
    words = ", ".join(dict.fromkeys(statuses))
    below = french.typographic(f"{french.capitalised(words)}. {source} {caution}")
    actions(
        key, data, report=report, ids=ids, picture=Picture(f"graphique_{key}", title or alt, subtitle, below)
    )


@dataclass(frozen=True)
class Picture:
    """What stands around a drawing taken away as a picture: key of the element, title, sub-title, source."""

    of: str
    title: str
    subtitle: str
    source: str


def _picture_buttons(picture: Picture, name: str) -> str:
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
    key: str, data: pd.DataFrame, *, report: Report | None = None, ids: Sequence[str] = (),
    picture: Picture | None = None,
) -> None:  # fmt: skip
    """« Voir les données », « Télécharger (CSV) », PNG and SVG, « Formule et source » under a chart or a map."""
    with st.container(key=f"actions_{key}", horizontal=True, gap="small", vertical_alignment="center"):
        if st.button("Voir les données", key=f"voir_{key}", type="tertiary", icon=":material/table:"):
            _data_dialog(data)
        st.download_button(
            "Télécharger (CSV)",
            data=lambda: csv(data),
            file_name=f"{file_name(key, report)}.csv",
            mime="text/csv",
            on_click="ignore",
            key=f"csv_{key}",
            type="tertiary",
            icon=":material/download:",
        )
        if picture is not None:
            st.html(_picture_buttons(picture, file_name(key, report)), width="content")
        if not (report and ids):
            return
        if st.button("Formule et source", key=f"formule_{key}", type="tertiary", icon=":material/info:"):
            _formula_dialog(report, tuple(ids))


@st.dialog("Données", width="large")
def _data_dialog(data: pd.DataFrame) -> None:
    table(data)


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


def table(data: pd.DataFrame, *, decimals: int = 1, limit: int = 400) -> None:
    """A table in HTML: prints, wraps, is read aloud; unknown is « — ». Longer than `limit`: the CSV has all."""
    right = [_numeric(data[name]) for name in data.columns]
    heads = "".join(
        f"<th scope='col'{' class=n' if number else ''}>{text(str(name))}</th>"
        for name, number in zip(data.columns, right, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(_cell(value, decimals, number) for value, number in zip(row, right, strict=True))
        + "</tr>"
        for row in data.head(limit).itertuples(index=False, name=None)
    )
    rest = len(data) - limit
    more = (
        f'<p class="note">Et {french.quantity(rest, "autre ligne", "autres lignes")}, dans le fichier à télécharger.</p>'
        if rest > 0
        else ""
    )
    st.html(
        f'<div class="tablewrap"><table class="data"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>{more}'
    )


_FIGURE = re.compile(rf"[{french.MINUS}+]?\d[\d{french.THIN},]*( ?[%€])?")


def _numeric(column: pd.Series) -> bool:
    """Whether a column holds figures: numbers, or figures already printed beside words for the unknown ones."""
    if not pd.api.types.is_string_dtype(column):
        return True
    figures = [value for value in column if isinstance(value, str) and _FIGURE.fullmatch(value)]
    words = {value for value in column if isinstance(value, str)} - set(figures)
    return (
        bool(figures) and words <= _UNKNOWN_WORDS and str(column.name) not in ("Code", "Ancien code", "Année")
    )


_UNKNOWN_WORDS = {"", "inconnu", "non publié", "secret statistique", "sans objet", french.UNKNOWN}


def _cell(value: object, decimals: int, number: bool = False) -> str:
    if isinstance(value, str):
        return f"<td{' class=n' if number else ''}>{text(value)}</td>"
    if isinstance(value, bool):
        return f"<td>{'oui' if value else 'non'}</td>"
    if value is None or pd.isna(value):
        return f'<td class="n">{french.UNKNOWN}</td>'
    if isinstance(value, int | float):
        places = 0 if float(value).is_integer() else decimals
        return f'<td class="n">{french.number(value, places)}</td>'
    return f"<td>{text(str(value))}</td>"


def csv(data: pd.DataFrame) -> bytes:
    """The table as a spreadsheet in French opens it: semicolons, decimal comma, unknown left empty. Text that
    a spreadsheet would run as a formula is quoted by an apostrophe."""
    safe = data.map(
        lambda value: f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value
    )
    return safe.to_csv(index=False, sep=";", decimal=",").encode("utf-8-sig")


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
    picture = Picture(f"cadre_{key}", found.message, map_subtitle(found), said)
    actions(f"carte_{key}", found.table(), report=report, ids=open_one, picture=picture)


def _map_origin(found: mapping.View) -> tuple[list[str], str]:
    """Words of the statuses of what a map draws, and its source line."""
    known = [item for item in found.findings.values() if item.value is not None]
    words = [reading.status_word(item, found.indicator) for item in known] or ["non publié"]
    years = sorted({item.year for item in known if item.year})
    used = {source for item in known for source in item.sources}
    named = {name: None for id, name in mapping.source_names(open_database().key).items() if id in used}
    when = f", {french.span(years[0], years[-1])}" if years else ""
    line = f"Source : {' ; '.join(named)}{when}." if named else "Source : voir la page Données."
    line = f"{found.source}." if found.source else line
    return words, f"{line} Contours : Etalab, IGN."


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
    return f"{french.number(without)} {noun} sans valeur connue, hachurés. {why}".strip()
