"""The controls of the page Comparer: which territories stand side by side, all in the address."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from diagnostic import french, gazetteer, measure, territories
from diagnostic.model import DiagnosticError, Level, Territory
from diagnostic.report import Report
from diagnostic.story.beside import MOST, Choice
from diagnostic.ui import picker, state
from diagnostic.warehouse import Database
from diagnostic.warehouse.memory import shared


def candidates(db: Database, report: Report) -> dict[str, str]:
    """Key and name of what can be added or is: siblings, members, parents, and whatever the user searched for."""
    own = report.territory
    found = (
        *territories.siblings(db, own),
        *(territories.members(db, own) if own.level is not Level.COMMUNE else ()),
        *territories.parents(db, own),
        *(peer.territory for peer in report.peers),
    )
    names = {place.key: french.name(place) for place in found if place.key != own.key}
    for key in added():
        with contextlib.suppress(DiagnosticError):
            names.setdefault(key, french.name(territories.get(db, key)))
    return names


def choose(db: Database, report: Report, *, peers: bool, neighbours: bool, added: Sequence[str]) -> Choice:
    """The territory, its reference, what the user adds, its peers and the communes of its EPCI if asked, the most
    populated first where there is no room for all; its own members where nothing else stands beside it."""
    places = [report.territory]
    if report.beside is not None:
        places.append(report.beside)
    ignored = []
    for key in added:
        try:
            places.append(territories.get(db, key))
        except DiagnosticError:
            ignored.append(key)
    if peers:
        places += [peer.territory for peer in report.peers]
    if neighbours and report.epci is not None:
        places += [report.epci.territory, *_members(db, report.epci.territory)]
    if with_parts(report) and not added:
        places += _members(db, report.territory)
    places = list({place.key: place for place in places}.values())
    return _choice(db, tuple(places[:MOST]), tuple(ignored), len(places[MOST:]))


@shared(64)
def _choice(db: Database, places: tuple[Territory, ...], ignored: tuple[str, ...], left_out: int) -> Choice:
    return Choice(places, measure.history(db, places), ignored, left_out, partial(measure.people, db))


def _members(db: Database, territory: Territory) -> list[Territory]:
    """Its members, the most populated first."""
    people = gazetteer.index(db).population
    found = territories.members(db, territory)
    return sorted(found, key=lambda one: -people.get((one.level, one.code), 0.0))


PEERS, NO_PEERS, NEIGHBOURS, NO_NEIGHBOURS = "semblables", "sans", "voisines", "seule"
_SETS = (PEERS, NO_PEERS, NEIGHBOURS, NO_NEIGHBOURS)
"""What the address says of the sets of territories, beside the keys of those that were added."""


def controls(
    db: Database, report: Report, candidates_: Mapping[str, str], options: Mapping[str, str]
) -> None:
    """Indicator, territories added, communes of the EPCI and peers or not; all in the address."""
    neighbourly = is_one_of_several(report)
    state.select("indicateur", "Indicateur", options)
    current = [key for key in state.many("avec") if key in candidates_]
    st.session_state["choix_avec"] = current
    if report.peers:
        st.session_state["choix_semblables"] = with_peers(report)
    if neighbourly:
        st.session_state["choix_voisines"] = with_neighbours(report)
    with st.container(key="ajouter", horizontal=True, vertical_alignment="bottom"):
        st.multiselect(
            "Ajouter des territoires",
            list(candidates_),
            format_func=lambda key: candidates_[key],
            key="choix_avec",
            placeholder="Nom d’un territoire voisin ou semblable",
            max_selections=MOST,
            on_change=_changed,
        )
        # Its key changes with what is added: the panel closes once a choice is made.
        with st.popover("Chercher ailleurs", key=f"ailleurs_{len(current)}"):
            picker.search_apart(db, f"ailleurs_{len(current)}", _add)
    with st.container(key="ensembles", horizontal=True):
        if neighbourly:
            st.toggle("Avec les communes de l’intercommunalité", key="choix_voisines", on_change=_changed)
        if report.peers:
            st.toggle("Avec les territoires semblables", key="choix_semblables", on_change=_changed)


def _add(key: str) -> None:
    state.put_many("avec", [*dict.fromkeys([*state.many("avec"), key])])


def _changed() -> None:
    chosen = list(st.session_state["choix_avec"])
    if "choix_semblables" in st.session_state:
        chosen.append(PEERS if st.session_state["choix_semblables"] else NO_PEERS)
    if "choix_voisines" in st.session_state:
        chosen.append(NEIGHBOURS if st.session_state["choix_voisines"] else NO_NEIGHBOURS)
    state.put_many("avec", chosen)


def is_one_of_several(report: Report) -> bool:
    """Whether the territory is a commune, which stands first among those of its EPCI."""
    return report.territory.level is Level.COMMUNE and report.epci is not None


def with_peers(report: Report) -> bool:
    """Whether the peers are shown: as the user chose, else where the territory is no commune of an EPCI."""
    asked_for = state.many("avec")
    return PEERS in asked_for or (NO_PEERS not in asked_for and not is_one_of_several(report))


def with_neighbours(report: Report) -> bool:
    """Whether the communes of the EPCI are shown beside a commune: yes until the user takes them out."""
    return is_one_of_several(report) and NO_NEIGHBOURS not in state.many("avec")


def with_parts(report: Report) -> bool:
    """Whether the members of the territory are shown: nothing is like a country, a région or a perimeter."""
    return not is_one_of_several(report) and not report.peers


def added() -> list[str]:
    """Keys that the user added."""
    return [key for key in state.many("avec") if key not in _SETS]


def heading(report: Report) -> str:
    """Beside whom the territory stands, as a title."""
    if with_neighbours(report) and report.epci is not None:
        who = f"des communes {french.of(report.epci.territory)}"
        return french.typographic(f"{french.name(report.territory)} à côté {who}")
    if with_peers(report) and report.peers:
        return french.typographic(f"{french.name(report.territory)} à côté de territoires semblables")
    if with_parts(report) and not added():
        return french.typographic(f"{french.name(report.territory)} et les territoires qui en font partie")
    return french.typographic(f"{french.name(report.territory)} à côté des territoires choisis")
