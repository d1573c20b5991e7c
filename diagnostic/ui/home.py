"""The first contact: what the tool is, one search, three examples reckoned on the data, the country, what is loaded."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

import streamlit as st

from diagnostic import design, french, gazetteer, maps, measure, reading, territories
from diagnostic.indicators import BY_ID, CHILDREN, OFFICIAL
from diagnostic.model import FRANCE, Level, Territory
from diagnostic.ui import blocks, components, pages, picker, state
from diagnostic.warehouse.database import Database, open_database

TITLE = "Le diagnostic de votre territoire, prêt pour la convention avec la Caf"
SENTENCE = (
    "Ce qui est offert aux familles, ce qui manque, où, et qui peut le financer : pour chaque commune et chaque "
    "intercommunalité de France."
)
RATE = OFFICIAL
TOWN, VILLAGE, FEWEST_CHILDREN = 10_000, 1_000, 20
"""Inhabitants of a town and of a village given as examples, and children under 3 of that village at least."""
# Group of the bar -> what one does there, and its sentence.
COLUMNS = {
    "Diagnostic": (
        "Comprendre",
        "Accueil des moins de 3 ans, loisirs, jeunesse, familles, droits, quartiers : l’offre, le manque, la confiance que "
        "mérite chaque chiffre.",
    ),
    "Comparer": (
        "Se situer",
        "Communes entre elles, territoires semblables, carte de chaque indicateur, votre propre périmètre.",
    ),
    "Agir": (
        "Décider",
        "Les aides de la Caf qui répondent aux manques, un projet simulé, les fiches action de la convention.",
    ),
    "Emporter": (
        "Présenter",
        "Diaporama, rapport, note d’une page, classeur ; et vos propres fichiers, qui restent dans votre session.",
    ),
}


@dataclass(frozen=True)
class Example:
    """A territory worth opening: its key and name, one line of kind, one line of fact."""

    key: str
    name: str
    kind: str
    fact: str


def link(territory: str) -> str:
    """The address of the first page of a territory, relative to that of the application."""
    return f"{state.base()}/synthese?territoire={quote(territory)}"


# --- The page ---------------------------------------------------------------------------------------


def show(database: Database) -> None:
    """The home page."""
    left, right = st.columns([1.75, 1], gap="large")
    with left:
        st.html(
            '<header class="top home"><p class="eyebrow">Convention territoriale globale (Ctg)</p>'
            f"<h1>{escape(french.typographic(TITLE))}</h1><p class='lead'>{escape(french.typographic(SENTENCE))}</p></header>"
        )
        _start(database)
        _examples(database)
    with right:
        _country(database)
    _columns()
    st.html(
        f'<p class="src charge"><b>Chargé ici :</b> {escape(french.typographic(loaded(database.key)))}</p>'
    )
    st.page_link(
        pages.named("donnees").link, label="Charger un autre département", icon=":material/download:"
    )


def choose(database: Database) -> None:
    """What stands on a page of a territory while none is chosen: the search and the examples."""
    st.html('<header class="top"><h1>Choisissez un territoire</h1></header>')
    _start(database)
    _examples(database)


def _start(database: Database) -> None:
    with st.container(key="depart"):
        _search(database)
        with st.container(key="kinds", horizontal=True, vertical_alignment="center"):
            st.html('<p class="note">Commune, intercommunalité, département, région, ou</p>', width="content")
            with st.popover("votre propre périmètre", type="tertiary", key="propre_perimetre"):
                picker.perimeter(database)


@st.fragment(key="recherche_accueil")
def _search(database: Database) -> None:
    where = st.session_state.get("page", pages.HOME)
    # Straight to the diagnosis, from the home page; a page that waits for a territory shows itself.
    picker.search(
        database,
        "accueil",
        None,
        picker.recent(database, ""),
        page="synthese" if where == pages.HOME else where,
    )


def _examples(database: Database) -> None:
    found = examples(database.key)
    if not found:
        return
    rows = "".join(
        f'<li><a href="{escape(link(one.key))}" target="_self">{escape(french.typographic(one.name))}</a><span><small>'
        f"{escape(french.typographic(one.kind))}</small>{escape(french.typographic(one.fact))}</span></li>"
        for one in found
    )
    st.html(f'<p class="eyebrow">Par exemple</p><ul class="examples">{rows}</ul>')


def _columns() -> None:
    grid = st.grid(min_column_width=230, gap=("medium", "large"))
    for group, (verb, sentence) in COLUMNS.items():
        first = pages.of_group(group)[0]
        with grid.container(), st.container(key=f"colonne_{first.name}", gap="small"):
            st.html(f'<div class="sec col"><p class="eyebrow">{group}</p></div>')
            st.page_link(first.link, label=f"**{verb}**")
            st.html(f'<p class="sub">{escape(french.typographic(sentence))}</p>')


# --- What is reckoned -------------------------------------------------------------------------------


@st.cache_data(max_entries=4, show_spinner=False)
def loaded(version: str) -> str:
    """One sentence: what is national, and which départements have their facilities."""
    database = open_database()
    if database.fictional:
        return "un territoire fictif, pour découvrir l’outil. Les données ouvertes d’un vrai département se chargent en un clic."
    known = gazetteer.index(database).territories
    rows = database.rows(
        "select departement, count(distinct stat) from facility_coverage group by departement"
    )
    most = max((count for _, count in rows), default=0)
    full = [
        known[Level.DEPARTEMENT, code]
        for code, count in rows
        if count == most and (Level.DEPARTEMENT, code) in known
    ]
    years = database.rows("select min(year), max(year) from stat where value is not null")[0]
    when = f", données {french.span(*years)}" if years[0] else ""
    of_all = sum(level == Level.DEPARTEMENT for level, _ in known)
    where = (
        "équipements de toute la France"
        if len(full) > of_all / 2
        else f"équipements : {french.listing(sorted(french.name(one) for one in full))} seulement"
        if full
        else "aucun équipement"
    )
    return f"toute la France (population, naissances, revenus, accueil Cnaf{when}) ; {where}."


@st.cache_data(max_entries=4, show_spinner=False)
def examples(version: str) -> list[Example]:
    """An EPCI, a town and a village of the département whose facilities are loaded, each with a known rate."""
    database = open_database()
    known = gazetteer.index(database)
    rows = database.rows(
        "select departement, count(distinct stat) as stats from facility_coverage group by departement order by stats desc, departement"
    )
    home = next(
        (
            known.territories[Level.DEPARTEMENT, code]
            for code, _ in rows
            if (Level.DEPARTEMENT, code) in known.territories
        ),
        None,
    )
    if home is None:
        return []

    def people(item: Territory) -> float:
        return known.population.get((item.level, item.code), 0.0)

    inside = [item for item in known.territories.values() if item.departement == home.code]
    groups = sorted((item for item in inside if item.level is Level.EPCI), key=people, reverse=True)
    rated = _rates(database, groups, home)
    first = next((item for item in groups if item.key in rated), None)
    found = []
    if first is not None:
        found.append(_example(database, first, rated[first.key], home))
        towns = [
            item
            for item in inside
            if item.level is Level.COMMUNE and item.epci == first.code and people(item) >= TOWN
        ]
        town = _lowest(_rates(database, towns, home), towns)
        if town is not None:
            found.append(_example(database, town[0], town[1], home))
    villages = [
        item for item in inside if item.level is Level.COMMUNE and 0 < people(item) < VILLAGE and item.epci
    ]
    village = _nearest(database, villages, rated)
    if village is not None:
        found.append(
            _example(database, village[0], village[1], known.territories[Level.EPCI, village[0].epci])
        )
    return found


def _rates(database: Database, places: Sequence[Territory], reference: Territory) -> dict:
    """Finding of the rate of each place that has one and something to compare with, by key."""
    findings = measure.measure(database, places, [RATE], reference=reference)
    return {key: one[RATE] for key, one in findings.items() if reading.known_value(one[RATE]) is not None}


def _lowest(rated: dict, places: Sequence[Territory]) -> tuple | None:
    ranked = sorted(
        (reading.known_value(rated[item.key]), item.code, item) for item in places if item.key in rated
    )
    return (ranked[0][2], rated[ranked[0][2].key]) if ranked else None


def _nearest(database: Database, villages: Sequence[Territory], of_groups: dict) -> tuple | None:
    """The village of enough children whose rate is nearest to its EPCI's."""
    findings = measure.measure(database, villages, [RATE, CHILDREN])
    ranked = []
    for item in villages:
        rate, children = (reading.known_value(findings[item.key][id]) for id in (RATE, CHILDREN))
        group = of_groups.get(f"{Level.EPCI}:{item.epci}")
        theirs = reading.known_value(group) if group is not None else None
        if rate is not None and theirs is not None and children is not None and children >= FEWEST_CHILDREN:
            ranked.append((abs(rate - theirs), item.code, item))
    return (min(ranked)[2], findings[min(ranked)[2].key][RATE]) if ranked else None


def _example(database: Database, item: Territory, finding, beside: Territory) -> Example:
    people, _ = territories.population(database, item)
    inhabitants = french.quantity(people, "habitant", "habitants") if people is not None else ""
    if item.level is Level.EPCI:
        kind = territories.description(database, item).rpartition(",")[0]
        kind = kind[:1].lower() + kind[1:]
    else:
        kind = f"commune de {inhabitants}" if (people or 0) < TOWN else f"ville de {inhabitants}"
    against = next((one for one in finding.comparators if one.key == beside.key), None)
    fact = reading.figure(finding, BY_ID[RATE])
    if against is not None and against.status.known and against.value is not None:
        fact += f" ; {french.name(beside)} : {reading.beside(against, finding, BY_ID[RATE])}"
    return Example(item.key, french.name(item), kind, fact)


# --- The country ------------------------------------------------------------------------------------


def _country(database: Database) -> None:
    drawing = maps.country(database)
    if drawing is None:
        return
    html = _country_html(database.key)
    st.html(html)
    names = {one.key: french.name(one) for one in maps.units(database, Level.DEPARTEMENT, FRANCE)}

    chosen = blocks.pick(
        "Ouvrir un département", names, "departement_accueil", index=None, placeholder="Par son nom"
    )
    if chosen:
        st.html(f'<a href="{escape(link(chosen))}" target="_self">Ouvrir {escape(names[chosen])}</a>')


def _strips(colouring: maps.Colouring) -> str:
    return "".join(
        f'<span><i style="background:light-dark({one.light},{one.dark})"></i><small>{escape(one.bounds)}</small></span>'
        for one in colouring.classes
    )


@st.cache_data(max_entries=4, show_spinner=False)
def _country_html(version: str) -> str:
    database = open_database()
    drawing, indicator = maps.country(database), BY_ID[RATE]
    places = maps.units(database, Level.DEPARTEMENT, FRANCE)
    measured = measure.measure(database, places, [RATE], reference=FRANCE)
    findings = {item.code: measured[item.key][RATE] for item in places}
    against = next(
        (
            one for finding in findings.values() for one in finding.comparators
            if one.key == FRANCE.key and one.status.known and one.value is not None
        ),
        None,
    )  # fmt: skip
    known = {code: value for code, one in findings.items() if (value := reading.known_value(one)) is not None}
    if drawing is None or against is None or against.value is None or not known:
        return ""
    colouring = maps.by_ratio(findings, indicator, against.value, "la France", against.status)
    names = {item.code: item for item in places}
    dated = {findings[code].year for code in known} | {against.year}
    years = sorted(year for year in dated if year)
    when = french.listing([str(year) for year in years])

    def title(code: str) -> str:
        value = known.get(code)
        said = "non disponible" if value is None else french.number(value, indicator.decimals)
        other = findings[code].year if value is not None and len(years) > 1 else None
        said += f" en {other}" if other else ""
        return escape(french.typographic(f"{french.name(names[code])} : {said}"))

    # Out of the tab order: a hundred stops before the rest of the page; the list below does the same.
    spots = "".join(
        f'<a href="{escape(link(names[code].key))}" target="_self" tabindex="-1" aria-label="{title(code)}" '
        f'title="{title(code)}" style="clip-path:path(\'{path}\')"></a>'
        for code, path in drawing.paths.items()
    )
    squares = "".join(
        f'<li><a href="{escape(link(item.key))}" target="_self" tabindex="-1">{_square(colouring, item.code)}'
        f"{escape(french.name(item))}</a></li>"
        for item in drawing.overseas
    )
    low, high = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    said = (
        f"De {french.number(known[low], indicator.decimals)} ({french.name(names[low])}) à "
        f"{french.number(known[high], indicator.decimals)} ({french.name(names[high])}) selon le département ; France : "
        f"{french.number(against.value, indicator.decimals)}. Cliquez un département pour l’ouvrir."
    )
    heading = f"{indicator.label}{f', {when}' if when else ''}."
    return (
        f'<figure class="country"><div style="width:{drawing.width}px;height:{drawing.height}px">'
        f'<img src="{_picture(drawing, colouring)}" width="{drawing.width}" height="{drawing.height}" '
        f'alt="{escape(french.typographic(heading))}">{spots}<ul class="overseas">{squares}</ul></div>'
        f"<figcaption><b>{escape(french.typographic(heading))}</b> "
        f"{escape(french.typographic(said))}</figcaption></figure>"
        f'<div class="ends"><span>en dessous de la France</span><span>au-dessus</span></div><div class="strips tight">{_strips(colouring)}</div>'
        f'<p class="src">{components.status_html("officiel")} Source : Cnaf{f", {when}" if when else ""}.</p>'
    )


def _square(colouring: maps.Colouring, code: str) -> str:
    at = colouring.index.get(code, maps.UNKNOWN)
    if at < 0:
        return '<i class="hatch"></i>'
    one = colouring.classes[at]
    return f'<i style="background:light-dark({one.light},{one.dark})"></i>'


def _picture(drawing: maps.Country, colouring: maps.Colouring) -> str:
    """The coloured départements as a picture that follows the theme of the system, inside its own address."""
    rules = dict.fromkeys(design.THEMES, "")
    for theme in design.THEMES:
        palette = design.palette(theme)
        shades = "".join(f".c{at}{{fill:{getattr(one, theme)}}}" for at, one in enumerate(colouring.classes))
        rules[theme] = (
            f"path{{stroke:{palette['bg']};stroke-width:.8}}pattern path{{stroke:{palette['hatch']}}}{shades}"
        )
    shapes = "".join(
        f'<path d="{path}" class="c{at}"/>' if at >= 0 else f'<path d="{path}" fill="url(#h)"/>'
        for code, path in drawing.paths.items()
        for at in (colouring.index.get(code, maps.UNKNOWN),)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width} {drawing.height}"><style>{rules["light"]}'
        f"@media(prefers-color-scheme:dark){{{rules['dark']}}}</style>"
        '<pattern id="h" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<path d="M0 0V5"/></pattern>{shapes}</svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
