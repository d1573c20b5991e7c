"""The plan that a visitor writes: what is typed is kept at once, two tabs write into one plan, a step can be taken back."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable, Mapping

import streamlit as st

from diagnostic import plan as plans
from diagnostic import territories
from diagnostic.drafts import PLAN
from diagnostic.model import DiagnosticError, Level
from diagnostic.plan import Plan, composing
from diagnostic.report import Report
from diagnostic.ui import blocks, keeping
from diagnostic.warehouse import open_database

_HISTORY, _SEEN, _EPOCH = "plans_precedents", "plans_vus", "epoque_plan"
TABLES, UNFINISHED = "tableaux_plan", "Une ligne est à compléter"
_ALWAYS = "coordination"
"""A field that the page draws whenever it is on screen."""
MOST_UNDONE = 20


def current(report: Report) -> Plan:
    """The plan that this visitor is writing for the territory, or a new one."""
    held = keeping.get(PLAN, report.territory.key)
    if held is not None:
        return held
    place = report.territory
    perimeter = (
        territories.communes(open_database(), place) if place.level in (Level.EPCI, Level.PERIMETRE) else ()
    )
    return composing.begin(place, datetime.date.today().year + 1, perimeter)


def shown(report: Report) -> Plan:
    """The plan that the fields of this tab were drawn from: what differs from it was typed here.

    Another tab may have written since; `settle` draws the fields afresh once what was typed here is kept.
    """
    seen = st.session_state.setdefault(_SEEN, {})
    key = report.territory.key
    # Fields that are not on screen hold nothing typed: they will be drawn from the plan as it stands.
    if key not in seen or key_of(seen[key], _ALWAYS) not in st.session_state:
        seen[key] = current(report)
    return seen[key]


def settle(report: Report) -> None:
    """At the end of the page: draw it again where another tab has changed the plan."""
    held = keeping.get(PLAN, report.territory.key)
    if held is not None and held != shown(report):
        draw_afresh(held)
        blocks.tell(
            st.session_state.pop("annonce", "") or "Le plan a changé dans un autre onglet : le voici."
        )
        st.rerun()


def keep(plan: Plan, make: Callable[[Plan], Plan]) -> bool:
    """Apply `make` to the plan as it stands now, whoever has written since it was shown as `plan`.

    True when nobody else had: the fields then stand as they are. What it was can be taken back. A
    DiagnosticError leaves everything as it was.
    """
    before, after = keeping.update(PLAN, plan.territory, lambda held: make(plan if held is None else held))
    if before is not None and before != after:
        history = st.session_state.setdefault(_HISTORY, {})
        history[plan.territory] = [*history.get(plan.territory, []), (before, after)][-MOST_UNDONE:]
    seen = st.session_state.setdefault(_SEEN, {})
    alone = before is None or before == seen.get(plan.territory, plan)
    if alone:
        seen[plan.territory] = after
    return alone


def typed(plan: Plan, make: Callable[[Plan], Plan]) -> None:
    """Keep what a field says, and draw the page again; for fields, not for callbacks."""
    try:
        alone = keep(plan, make)
    except DiagnosticError as error:
        blocks.tell(f"{error} Votre saisie n’a pas pu y entrer.")
        # The field would say the same again at the next run: the page is drawn from what is there.
        draw_afresh(keeping.get(PLAN, plan.territory) or plan)
        alone = True
    if alone:
        st.rerun()


def lay(base: object, now: object, changes: Mapping[str, object]) -> dict:
    """What was typed over `base`, to be laid over `now`; says which fields another tab had changed too."""
    laid, both = plans.merged(base, now, changes)
    if both:
        names = ", ".join(f"« {_FIELDS.get(name, name)} »" for name in both)
        blocks.tell(
            f"{names} : un autre onglet y avait aussi écrit. Votre saisie est gardée ; relisez, "
            "« Annuler » rend ce que l’autre onglet avait écrit."
        )
    return laid


_FIELDS = {
    "title": "Titre", "stake": "Enjeu", "first_year": "Première année", "last_year": "Dernière année",
    "theme": "Thème", "constat": "Constat", "objective": "Objectif", "public": "Public",
    "territory": "Lieux", "communes": "Communes visées", "schema": "Rubriques du schéma pluriannuel",
    "means": "Moyens", "state": "État", "passages": "Dates des états", "actions": "Actions",
    "elected_lead": "Élu référent", "technical_lead": "Pilote technique", "partners": "Partenaires",
    "levers": "Dispositifs", "steps": "Calendrier", "budget": "Budget",
    "results": "Indicateurs de résultat", "copil": "Comité de pilotage",
    "copil_rhythm": "Rythme du comité de pilotage", "cotech": "Comité technique",
    "cotech_rhythm": "Rythme du comité technique", "coordination": "Coordination",
    "evaluation": "Évaluation",
}  # fmt: skip


def draw_afresh(plan: Plan) -> None:
    """Note a plan that comes from elsewhere than the fields: they are to be drawn afresh, with its values."""
    st.session_state[_EPOCH] = secrets.token_hex(4)
    st.session_state.pop(TABLES, None)
    st.session_state.setdefault(_SEEN, {})[plan.territory] = plan


def can_undo(report: Report) -> bool:
    return bool(st.session_state.get(_HISTORY, {}).get(report.territory.key))


def undo(plan: Plan) -> None:
    before, after = st.session_state[_HISTORY][plan.territory].pop()

    def undone(held: Plan | None) -> Plan:
        if held is not None and held != after:
            raise DiagnosticError("Le plan a changé dans un autre onglet depuis : rien n’a été annulé.")
        return before

    try:
        draw_afresh(keeping.update(PLAN, plan.territory, undone)[1])
    except DiagnosticError as error:
        blocks.tell(str(error))


def key_of(plan: Plan, *parts: str) -> str:
    """The key of a field: of this plan and of this drawing of it, for two plans have fiches of one id.

    A drawing belongs to one session: what a browser sends to another replica names no field of its own.
    """
    epoch = st.session_state.setdefault(_EPOCH, secrets.token_hex(4))
    return "_".join((*parts, plan.territory, epoch))


def change(plan: Plan, make: Callable[[Plan], Plan], said: str = "") -> None:
    """Keep what `make` makes of the plan, or say why it is refused; for callbacks."""
    try:
        keep(plan, make)
    except DiagnosticError as error:
        blocks.tell(str(error))
        return
    if said:
        blocks.tell(said)


def button(plan: Plan, label: str, key: str, make: Callable[[Plan], Plan], *, disabled: bool = False) -> None:
    """A quiet button that keeps what `make` makes of the plan."""
    st.button(label, key=key, type="tertiary", disabled=disabled, on_click=change, args=(plan, make))


def moves(plan: Plan, id: str, place: int, count: int, move: Callable[[Plan, int], Plan]) -> None:
    """Up and down among `count` things of a kind."""
    button(plan, "Monter", f"monter_{id}", lambda now: move(now, place - 1), disabled=place == 0)
    last = place == count - 1
    button(plan, "Descendre", f"descendre_{id}", lambda now: move(now, place + 1), disabled=last)
