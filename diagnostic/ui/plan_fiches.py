"""The axes and the fiches of a plan on the page Convention; each field is kept as soon as it is left."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from diagnostic import plan as plans
from diagnostic import reference
from diagnostic.model import DiagnosticError
from diagnostic.plan import Axe, Fiche, Plan, State, Step, composing
from diagnostic.report import Report
from diagnostic.ui import blocks, components, keeping
from diagnostic.ui.plan_keeping import TABLES, UNFINISHED, button, change, key_of, lay, moves, typed

MOST_TEXT = 5_000


def axes(report: Report, plan: Plan, communes: dict[str, str]) -> None:
    """Each axis with its fiches, then a new axis. `communes` names those of the territory by code."""
    for rank, axe in enumerate(plan.axes):
        components.block(f"Axe {rank + 1}", axe.title, axe.stake)
        with st.container(horizontal=True, key=f"actions_axe_{axe.id}"):
            _axe_form(plan, axe)
            _axe_buttons(plan, axe.id, rank, len(plan.axes))
        for place, fiche in enumerate(axe.fiches):
            folded = _fold(plan, fiche, f"{rank + 1}.{place + 1}.")
            if folded.open:
                with folded, st.container(key=f"saisie_{fiche.id}"):
                    with st.container(horizontal=True, key=f"actions_fiche_{fiche.id}"):
                        _fiche_buttons(plan, fiche, place)
                    _fiche_fields(plan, fiche, report, communes)
        _add(plan, f"fiche_{axe.id}", "Nouvelle fiche", partial(_fiche_added, axe.id))
    _add(plan, "axe", "Nouvel axe", plans.add_axe)


def _fold(plan: Plan, fiche: Fiche, place: str):
    """The fold of a fiche. A hundred are drawn in a moment: only those that are open have their fields.

    A fold of another name is another fold, drawn again under the hand that types: an open one keeps its name while its
    title and its state are typed, and another name open when its place changes.
    """
    key, label = f"volet_{fiche.id}_{plan.territory}", f"{place} {fiche.title} · {fiche.state}"
    named, is_open = st.session_state.setdefault("volets_nommes", {}), bool(st.session_state.get(key))
    held, was_at, expanded = named.get(key, ("", "", False))
    if held != label and not (is_open and was_at == place):
        held, was_at, expanded = named[key] = label, place, is_open
    return st.expander(blocks.as_label(held), expanded=expanded, key=key, on_change="rerun")


def _fiche_added(axe: str, plan: Plan, title: str) -> Plan:
    return plans.add_fiche(plan, axe, title)


def _add(plan: Plan, key: str, label: str, make: Callable[[Plan, str], Plan]) -> None:
    """A title and a button; the field is emptied once the thing is there."""

    name = f"titre_{key}_{plan.territory}"

    def added() -> None:
        title = st.session_state.get(name, "").strip()
        if title:
            change(plan, lambda now: make(now, title))
            keeping.taken(name, plan.territory)
        else:
            st.session_state["sans_titre"] = key

    with st.container(horizontal=True, vertical_alignment="bottom", key=f"ajout_{key}"):
        keeping.title(label, name, plan.territory, max_chars=200, placeholder="Titre")
        st.button("Ajouter", key=f"ajouter_{key}", on_click=added)
    if st.session_state.get("sans_titre") == key:
        del st.session_state["sans_titre"]
        components.answer("Rien n’est ajouté : tapez d’abord un titre.")


def _axe_form(plan: Plan, axe: Axe) -> None:
    with (
        st.popover("Titre et enjeu", key=key_of(plan, "modifier", axe.id), type="tertiary"),
        st.form(f"axe_{axe.id}", border=False),
    ):
        title = st.text_input("Titre", axe.title, max_chars=200, key=key_of(plan, "titre_axe", axe.id))
        stake = st.text_area("Enjeu", axe.stake, max_chars=1_000, key=key_of(plan, "enjeu_axe", axe.id))
        if st.form_submit_button("Appliquer"):
            asked = {"title": title.strip() or axe.title, "stake": stake}
            typed(plan, lambda now: plans.edit_axe(now, axe.id, **lay(axe, now.axe(axe.id), asked)))


def _axe_buttons(plan: Plan, axe: str, rank: int, count: int) -> None:
    moves(plan, axe, rank, count, lambda now, at: plans.move_axe(now, axe, at))
    button(
        plan,
        "Supprimer l’axe",
        f"supprimer_{axe}",
        lambda now: plans.remove_axe(_as_shown(plan.axe(axe), now.axe(axe), now), axe),
    )


def _fiche_buttons(plan: Plan, fiche: Fiche, place: int) -> None:
    id, count = fiche.id, len(plan.axe_of(fiche.id).fiches)
    moves(plan, id, place, count, lambda now, at: plans.move_fiche(now, id, position=at))
    button(plan, "Dupliquer", f"dupliquer_{id}", lambda now: plans.duplicate_fiche(now, id))
    button(
        plan,
        "Supprimer",
        f"supprimer_{id}",
        lambda now: plans.remove_fiche(_as_shown(fiche, now.fiche(id), now), id),
    )


def _as_shown(seen: Axe | Fiche, held: Axe | Fiche, now: Plan) -> Plan:
    """The plan as it stands, where the thing to remove is still what this tab shows."""
    if held != seen:
        raise DiagnosticError(
            f"« {held.title} » a changé dans un autre onglet : relisez, puis supprimez de nouveau."
        )
    return now


def _fiche_fields(plan: Plan, fiche: Fiche, report: Report, communes: dict[str, str]) -> None:
    """The whole fiche; each field is kept as soon as it is left."""
    names = {row.id: row.dispositif for row in report.levers}
    with components.columns(420) as grid:
        with grid.container():
            goal = _axis(plan, fiche)
            changes = _texts(plan, fiche) | _where(plan, fiche, communes)
        with grid.container():
            changes |= _lists(plan, fiche, names)
            steps = _steps(plan, fiche)
    frame = _budget_editor(plan, fiche)
    left = composing.unfinished(frame)
    if left.any():
        components.state(
            UNFINISHED, "Elle sera gardée avec son objet, son financeur, son année et son montant."
        )
    budget = blocks.attempt(lambda: composing.budget_lines(frame[~left], fiche.budget), UNFINISHED)
    results = blocks.attempt(
        lambda: composing.results(_results_editor(plan, fiche), fiche.results), UNFINISHED
    )
    # A part that is still to be mended is left as it was: the others are kept all the same.
    parts = {"steps": steps, "budget": budget, "results": results}
    changes |= {name: value for name, value in parts.items() if value is not None}
    changes["title"] = changes["title"].strip() or fiche.title
    changes["theme"] = composing.theme_of(fiche, changes, {row.id: row.theme for row in report.levers})
    changes["passages"] = plans.passed(fiche, changes["state"], datetime.date.today().isoformat())

    def edited(now: Plan) -> Plan:
        if all(one.id != fiche.id for one in now.fiches):
            return _given_back(plan, now, replace(fiche, **changes))
        made = plans.edit_fiche(now, fiche.id, **lay(fiche, now.fiche(fiche.id), changes))
        if goal == plan.axe_of(fiche.id).id:
            return made
        return plans.move_fiche(made, fiche.id, position=len(made.axe(goal).fiches), axe_id=goal)

    made = blocks.attempt(lambda: edited(plan))
    if made is not None and made != plan:
        typed(plan, edited)


def _given_back(plan: Plan, now: Plan, fiche: Fiche) -> Plan:
    """The plan with a fiche that another tab has removed while one was writing in it here."""
    axe = plan.axe_of(fiche.id)
    if all(one.id != axe.id for one in now.axes):
        now = plans.add_axe(now, axe.title, stake=axe.stake)
        axe = now.axes[-1]
    blocks.tell(
        f"« {fiche.title} » avait été supprimée dans un autre onglet : la voici de nouveau, avec votre saisie."
    )
    return plans.add_fiche(now, axe.id, fiche)


def _axis(plan: Plan, fiche: Fiche) -> str:
    """The axis that holds the fiche, which the user may change."""
    titles = {axe.id: axe.title for axe in plan.axes}
    held = plan.axe_of(fiche.id).id
    if len(titles) == 1:
        return held
    return blocks.pick("Axe", titles, key_of(plan, "axe", fiche.id, held), index=list(titles).index(held))


def _where(plan: Plan, fiche: Fiche, communes: dict[str, str]) -> dict:
    """Communes aimed at, and the items of the law that the fiche answers."""
    # A plan reopened on another geography keeps the communes that it named.
    known = communes | {code: f"commune {code}" for code in fiche.communes if code not in communes}
    items = {item.id: f"{item.rank}. {item.item}" for item in reference.schema_items()}
    return {
        "communes": _several("Communes visées", known, fiche.communes, key_of(plan, "communes", fiche.id)),
        "schema": _several(
            "Rubriques du schéma pluriannuel",
            items,
            fiche.schema,
            key_of(plan, "schema", fiche.id),
            "Article D. 214-10-1 : à cocher pour ce que la fiche remplit sans que ses champs le disent.",
        ),
    }


def _several(
    label: str, known: dict[str, str], held: Sequence[str], key: str, advice: str | None = None
) -> tuple[str, ...]:
    """Those chosen among what is known by name."""
    return tuple(
        st.multiselect(
            label,
            list(known),
            default=[one for one in held if one in known],
            format_func=known.__getitem__,
            placeholder="Choisir",
            help=advice,
            key=key,
        )
    )


def _texts(plan: Plan, fiche: Fiche) -> dict:
    states = list(State)

    def key(name: str) -> str:
        return key_of(plan, name, fiche.id)

    def long(label: str, text: str, name: str) -> str:
        return st.text_area(label, text, max_chars=max(MOST_TEXT, len(text)), key=key(name))

    def short(label: str, text: str, name: str, most: int = 500) -> str:
        return st.text_input(label, text, max_chars=max(most, len(text)), key=key(name))

    return {
        "title": short("Titre", fiche.title, "titre", 200),
        "theme": blocks.pick(
            "Thème",
            reference.LEVER_THEMES,
            # Drawn afresh when the theme follows a lever.
            key_of(plan, "theme", fiche.id, fiche.theme),
            index=list(reference.LEVER_THEMES).index(fiche.theme),
        ),
        "constat": long("Constat", fiche.constat, "constat"),
        "objective": long("Objectif", fiche.objective, "objectif"),
        "public": short("Public", fiche.public, "public"),
        "territory": short("Lieux", fiche.territory, "lieux"),
        "means": short("Moyens", fiche.means, "moyens"),
        "state": State(
            st.selectbox(
                "État", [str(state) for state in states], index=states.index(fiche.state), key=key("etat")
            )
        ),
    }


def _lists(plan: Plan, fiche: Fiche, names: dict[str, str]) -> dict:
    def key(name: str) -> str:
        return key_of(plan, name, fiche.id)

    def many(label: str, items: Sequence[str], name: str) -> tuple[str, ...]:
        text = "\n".join(items)
        said = st.text_area(
            f"{label}, une par ligne" if label == "Actions" else f"{label}, un par ligne",
            text,
            max_chars=max(MOST_TEXT, len(text)),
            key=key(name),
        )
        # What no line has changed stays as it was written, blanks and all.
        return tuple(items) if said == text else composing.lines(said)

    # A lever that the table no longer knows stays in the fiche.
    known = names | {lever: lever for lever in fiche.levers if lever not in names}
    return {
        "actions": many("Actions", fiche.actions, "actions"),
        "elected_lead": st.text_input(
            "Élu référent", fiche.elected_lead, max_chars=max(200, len(fiche.elected_lead)), key=key("elu")
        ),
        "technical_lead": st.text_input(
            "Pilote technique",
            fiche.technical_lead,
            max_chars=max(200, len(fiche.technical_lead)),
            key=key("pilote"),
        ),
        "partners": many("Partenaires", fiche.partners, "partenaires"),
        "levers": _several("Dispositifs", known, fiche.levers, key("leviers")),
    }


def _steps(plan: Plan, fiche: Fiche) -> tuple[Step, ...] | None:
    """The steps typed, or None while a line is to be mended."""
    text = composing.steps_text(fiche.steps)
    said = st.text_area(
        "Calendrier, une étape par ligne",
        text,
        max_chars=max(MOST_TEXT, len(text)),
        placeholder="2027 : ouvrir le relais",
        key=key_of(plan, "etapes", fiche.id),
    )
    return fiche.steps if said == text else blocks.attempt(lambda: composing.steps(said))


def _edited(key: str, frame: pd.DataFrame, columns: dict) -> pd.DataFrame:
    """A table to edit. The editor tells its changes from the table that it was first given: that one is kept
    as long as the editor lives, else a line added would be added again at each run."""
    first = st.session_state.setdefault(TABLES, {})
    if key not in st.session_state or key not in first:
        first[key] = frame
    return st.data_editor(
        first[key], num_rows="dynamic", hide_index=True, placeholder="", key=key, column_config=columns
    )


_AT_BEST = (
    "Ce que devient la ligne si les aides sont au plus haut de leur barème ; vide s’il n’y a qu’un montant."
)


def _budget_editor(plan: Plan, fiche: Fiche) -> pd.DataFrame:
    st.html('<span class="label">Budget</span>')
    frame = composing.budget_frame(fiche.budget).astype(
        {"Année": "Int64", "Montant (€)": "Float64", composing.AT_BEST: "Float64"}
    )
    funders = dict.fromkeys((*plans.FUNDERS, *(line.funder for line in fiche.budget)))
    years = sorted({*plan.years, *(line.year for line in fiche.budget)})
    columns = {
        "Financeur": st.column_config.SelectboxColumn(options=list(funders), default="Caf"),
        "Année": st.column_config.SelectboxColumn(options=years, default=plan.first_year),
        "Montant (€)": st.column_config.NumberColumn(min_value=0.0, step=0.01, format="localized"),
        composing.AT_BEST: st.column_config.NumberColumn(
            min_value=0.0, step=0.01, format="localized", help=_AT_BEST
        ),
        "Nature": st.column_config.SelectboxColumn(options=list(plans.NATURES), default=plans.RUNNING),
    }
    return _edited(key_of(plan, "budget", fiche.id), frame, columns)


def _results_editor(plan: Plan, fiche: Fiche) -> pd.DataFrame:
    st.html('<span class="label">Indicateurs de résultat</span>')
    types = {"Départ": "Float64", "Année de départ": "Int64", "Cible": "Float64", "Année cible": "Int64"}
    frame = composing.results_frame(fiche.results).astype(types)
    number, year = (st.column_config.NumberColumn(format=form) for form in ("localized", "%d"))
    columns = {"Départ": number, "Cible": number, "Année de départ": year, "Année cible": year}
    return _edited(key_of(plan, "resultats", fiche.id), frame, columns)
