"""A map on screen: the drawing, its legend, the list of its places for the keyboard, its source and its actions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import folium
import streamlit as st
from streamlit_folium import st_folium

from diagnostic import french, indicators, maps
from diagnostic.markup import text
from diagnostic.model import DiagnosticError, Indicator, Level, Territory
from diagnostic.report import Report
from diagnostic.story import mapped
from diagnostic.ui import blocks, components, mapping, takeaway
from diagnostic.ui import state as choices
from diagnostic.ui.state import base
from diagnostic.warehouse.database import open_database


@dataclass(frozen=True)
class Layers:
    """What a map shows beside its colours: names, types of facilities, priority districts, a background."""

    labels: bool = True
    stats: Sequence[str] = ()
    beyond: Sequence[tuple[str, str]] = ()
    """Type and commune of places that the title names: the view reaches them where they lie outside the outlines."""
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


def found_of(
    report: Report, id: str, level: Level | None = None, shading: mapping.Shading = mapping.BY_DISTANCE
) -> mapping.View | None:
    """The map of the indicator `id`, for titles and tables; None, and a French state, when there is nothing to draw."""
    found = mapping.view(open_database(), report, id, level=level, shading=shading)
    if found is None:
        components.state(
            "Pas de carte pour ce territoire",
            "Les contours de ces territoires ne sont pas chargés.",
            action=False,
        )
    return found


def show(
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
                render=False,
                on_change=clicked,
            )
        strip(found.colouring, of=f"cadre_{key}", only_present=opening is None)
        if layers.quarters:
            components.legend([("var(--qpv)", "quartiers prioritaires 2024, leur nombre dans la commune")])
        if layers.stats:
            _facility_legend(layers.stats, points)
    if opening is not None and isinstance(found.level, Level):
        _map_list(found, found.level, current, key, opening.to)


def _map_drawn(
    current: Territory, found: mapping.View, layers: Layers, *, panel: bool
) -> tuple[folium.Map, Sequence[maps.Point]]:
    """The map, and the facilities that it shows."""
    database = open_database()
    codes = mapping.communes_drawn(database, found.scope, found.level)
    points = maps.points(database, codes, layers.stats) if layers.stats else ()
    away = maps.away(database, current, codes, layers.beyond, layers.stats)
    drawn = maps.draw(
        replace(found, frame=maps.holding(found.frame, [one.point for one in away])),
        maps.Frame(base(), database.key, choices.theme(), panel),
        maps.Words(
            title=found.message,
            note=found.origin,
            alt=french.typographic(f"Carte : {found.message}. Les valeurs sont dans le tableau des données."),
        ),
        maps.Above(
            layers.labels,
            points,
            maps.quarters(database, codes) if layers.quarters else (),
            layers.background,
            away,
        ),
        selected=current.code if current.level is found.level else "",
    )
    return drawn, points


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
        label = f"Ouvrir {'une' if level.feminine else 'un'} {level.label} de la carte"
        blocks.pick(label, names, name, index=None, on_change=chosen, placeholder="Par son nom")


def _facility_legend(stats: Sequence[str], points: Sequence[maps.Point]) -> None:
    """A disc beside the name of each type that is drawn; says which are not, and when not all places are drawn."""
    drawn = len(points)
    # Where only the first are drawn, a type without any may have some.
    seen = {one.look for one in points} if drawn < maps.MOST_POINTS else set(range(maps.LOOK_COUNT))
    types = [
        (number % maps.LOOK_COUNT, indicators.FACILITY_LABELS[stat][1]) for number, stat in enumerate(stats)
    ]
    pairs = zip(*(maps.LOOKS[theme] for theme in ("light", "dark")), strict=True)
    looks = [
        f"background:light-dark({light.disc},{dark.disc});box-shadow:0 0 0 2px light-dark({light.ring},{dark.ring})"
        for light, dark in pairs
    ]
    cells = "".join(
        f'<li><i class="dot" style="{looks[look]}"></i>{text(label)}</li>'
        for look, label in types
        if look in seen
    )
    if cells:
        st.html(f'<ul class="legend">{cells}</ul>')
    absent = [label for look, label in types if look not in seen]
    if cells and absent:
        components.note(
            f"Sans point ici, faute d’en recenser ou de les connaître : {french.listing(absent)}."
        )
    if drawn == maps.MOST_POINTS:
        components.note(
            f"Seuls {french.number(drawn)} lieux sont dessinés : choisissez un territoire plus petit pour les voir tous."
        )
    elif not drawn:
        components.note("Aucun lieu de ce type n’est situé sur ce territoire dans les fichiers chargés.")


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


def typed_limits(indicator: Indicator, example: str) -> tuple[float, ...]:
    """Bounds of classes typed by the user in the unit of the indicator, kept in the address; none, and what to type,
    when they are not bounds. `example` is a list of bounds that its values could have."""
    typed = choices.words(
        "bornes", f"Bornes en {indicator.unit}, de la plus petite à la plus grande", placeholder=example
    )
    if not typed:
        components.note(
            f"Tapez de 3 à 6 bornes séparées par des espaces, par exemple {example}. D’ici là, les classes ont des effectifs égaux."
        )
        return ()
    try:
        return maps.typed_limits(typed)
    except DiagnosticError as error:
        components.note(str(error))
        return ()


def source(report: Report, found: mapping.View, *, key: str) -> None:
    """Source line and actions of a map."""
    words, caution = mapped.statuses(found), mapped.caution(found)
    components.source_line(words, found.origin, caution)
    open_one = [found.indicator.id] if found.indicator.id in report.findings else []
    said = f"{french.capitalised(', '.join(words))}. {found.origin} {caution}"
    around = takeaway.Around(found.message, mapped.subtitle(found), said, f"cadre_{key}")
    takeaway.actions(f"carte_{key}", found.table, around, report=report, ids=open_one)
