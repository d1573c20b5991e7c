"""The controls of the page Convention. What is typed is kept at once; two tabs write into one plan."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from functools import partial

import pandas as pd
import streamlit as st

from diagnostic import drafts, exports, french, levers, reference, territories
from diagnostic import plan as plans
from diagnostic.drafts import PLAN
from diagnostic.exports import convention
from diagnostic.indicators import BY_ID
from diagnostic.model import DiagnosticError, Level
from diagnostic.plan import Axe, Fiche, Governance, Plan, State, Step, composing
from diagnostic.report import LeverHere, Report
from diagnostic.simulation import Funding
from diagnostic.ui import blocks, components, keeping, tables, takeaway
from diagnostic.warehouse import Database, open_database

_HISTORY, _SEEN, _EPOCH = "plans_precedents", "plans_vus", "epoque_plan"
_TABLES, _LINE = "tableaux_plan", "Une ligne est à compléter"
_ALWAYS = "coordination"
"""A field that the page draws whenever it is on screen."""
MOST_UNDONE = 20
MOST_TEXT = 5_000
OWN_AXE = "axe du thème"


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
    if key not in seen or _key(seen[key], _ALWAYS) not in st.session_state:
        seen[key] = current(report)
    return seen[key]


def settle(report: Report) -> None:
    """At the end of the page: draw it again where another tab has changed the plan."""
    held = keeping.get(PLAN, report.territory.key)
    if held is not None and held != shown(report):
        _replace(held)
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


def _typed(plan: Plan, make: Callable[[Plan], Plan]) -> None:
    """Keep what a field says, and draw the page again; for fields, not for callbacks."""
    try:
        alone = keep(plan, make)
    except DiagnosticError as error:
        blocks.tell(f"{error} Votre saisie n’a pas pu y entrer.")
        # The field would say the same again at the next run: the page is drawn from what is there.
        _replace(keeping.get(PLAN, plan.territory) or plan)
        alone = True
    if alone:
        st.rerun()


def _laid(base: object, now: object, changes: Mapping[str, object]) -> dict:
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
    "title": "Titre",
    "stake": "Enjeu",
    "first_year": "Première année",
    "last_year": "Dernière année",
    "theme": "Thème",
    "constat": "Constat",
    "objective": "Objectif",
    "public": "Public",
    "territory": "Lieux",
    "communes": "Communes visées",
    "schema": "Rubriques du schéma pluriannuel",
    "means": "Moyens",
    "state": "État",
    "passages": "Dates des états",
    "actions": "Actions",
    "elected_lead": "Élu référent",
    "technical_lead": "Pilote technique",
    "partners": "Partenaires",
    "levers": "Dispositifs",
    "steps": "Calendrier",
    "budget": "Budget",
    "results": "Indicateurs de résultat",
    "copil": "Comité de pilotage",
    "copil_rhythm": "Rythme du comité de pilotage",
    "cotech": "Comité technique",
    "cotech_rhythm": "Rythme du comité technique",
    "coordination": "Coordination",
    "evaluation": "Évaluation",
}


def _replace(plan: Plan) -> None:
    """Note a plan that comes from elsewhere than the fields: they are to be drawn afresh, with its values."""
    st.session_state[_EPOCH] = secrets.token_hex(4)
    st.session_state.pop(_TABLES, None)
    st.session_state.setdefault(_SEEN, {})[plan.territory] = plan


def _undo(plan: Plan) -> None:
    before, after = st.session_state[_HISTORY][plan.territory].pop()

    def undone(held: Plan | None) -> Plan:
        if held is not None and held != after:
            raise DiagnosticError("Le plan a changé dans un autre onglet depuis : rien n’a été annulé.")
        return before

    try:
        _replace(keeping.update(PLAN, plan.territory, undone)[1])
    except DiagnosticError as error:
        blocks.tell(str(error))


def _key(plan: Plan, *parts: str) -> str:
    """The key of a field: of this plan and of this drawing of it, for two plans have fiches of one id.

    A drawing belongs to one session: what a browser sends to another replica names no field of its own.
    """
    epoch = st.session_state.setdefault(_EPOCH, secrets.token_hex(4))
    return "_".join((*parts, plan.territory, epoch))


def field(plan: Plan, name: str) -> str:
    """The key of a field of another page that writes in the plan."""
    return _key(plan, name)


def change(plan: Plan, make: Callable[[Plan], Plan], said: str = "") -> None:
    """Keep what `make` makes of the plan, or say why it is refused; for callbacks."""
    try:
        keep(plan, make)
    except DiagnosticError as error:
        blocks.tell(str(error))
        return
    if said:
        blocks.tell(said)


def message(plan: Plan) -> str:
    """Axes and fiches, as a title."""
    if not plan.axes:
        return "Le plan d’actions est à composer"
    axes = french.quantity(len(plan.axes), "axe", "axes")
    return f"{axes} et {french.quantity(len(plan.fiches), 'fiche action', 'fiches action')}, {french.span(plan.first_year, plan.last_year)}"


# --- File ----------------------------------------------------------------------------------------------


def file_controls(report: Report, plan: Plan) -> None:
    """Title and years, save, open; what has changed since the plan was written, what is still blank."""
    blocks.told()
    with st.container(horizontal=True, vertical_alignment="bottom", key="actions_plan"):
        saving(report, plan)
        opening(plan)
        with st.popover("Titre et années", key=_key(plan, "titre_plan")), st.form("plan", border=False):
            title = st.text_input("Titre", plan.title, max_chars=200)
            first = st.number_input("Première année", 2000, 2100, plan.first_year)
            last = st.number_input("Dernière année", 2000, 2100, plan.last_year)
            if st.form_submit_button("Appliquer"):
                asked = {"title": title, "first_year": int(first), "last_year": int(last)}
                edited = blocks.attempt(lambda: plans.edit_plan(plan, **asked))
                if edited is not None:
                    _typed(plan, lambda now: plans.edit_plan(now, **_laid(plan, now, asked)))
        st.button(
            "Annuler",
            key="annuler_plan",
            icon=":material/undo:",
            help="Revenir à l’état du plan avant la dernière modification",
            disabled=not st.session_state.get(_HISTORY, {}).get(report.territory.key),
            on_click=_undo,
            args=(plan,),
        )
    if plan.axes:
        components.note(
            f"Le brouillon reste sur le serveur {french.quantity(drafts.days(), 'jour', 'jours')} après votre dernière "
            "saisie, pour ce navigateur seulement : enregistrez le plan pour le garder au-delà."
        )
    changes = plans.compare_with(plan, report.findings.values())
    if changes:
        count = french.quantity(len(changes), "chiffre a changé", "chiffres ont changé")
        components.state(f"{count} depuis la rédaction", "Relisez les constats et les objectifs concernés.")
        tables.table(composing.changes_table(changes))
    remarks = plans.remarks(plan) if plan.axes else ()
    if remarks:
        with st.expander(f"À compléter avant signature : {french.quantity(len(remarks), 'point', 'points')}"):
            blocks.items(remarks)


def saving(report: Report, plan: Plan) -> None:
    """Take away the file of the plan."""
    st.download_button(
        "Enregistrer le plan",
        data=plans.to_json(plan),
        file_name=f"{takeaway.file_name('plan_actions', report)}.ctg.json",
        mime="application/json",
        on_click="ignore",
        icon=":material/download:",
        key="enregistrer_plan",
    )


def opening(plan: Plan) -> None:
    """Open a plan from its file, and go to its territory."""
    with st.popover("Ouvrir un plan", key=_key(plan, "ouvrir_plan")):
        if plan.axes:
            components.note("Le plan ouvert remplace celui-ci : enregistrez-le d’abord.")
        sent = blocks.uploader("Plan enregistré (JSON)", ["json"], _key(plan, "plan_depose"))
        if sent is not None and st.button("Ouvrir ce plan", key="valider_plan"):
            opened = blocks.attempt(lambda: plans.from_json(sent.getvalue()), "Ce plan ne s’ouvre pas")
            if opened is not None:
                opened = plans.on_ground(opened, open_database()).plan
                keep(opened, lambda _: opened)
                _replace(opened)
                st.session_state["a_ouvrir"] = {"territoire": opened.territory}
                st.toast(f"Plan ouvert : {blocks.as_label(opened.territory_name)}")
                st.rerun()


# --- From the diagnosis --------------------------------------------------------------------------------


def from_gaps(report: Report, plan: Plan) -> None:
    """The priorities of the diagnosis, each a fiche to begin."""
    if not report.priorities:
        components.note("Aucun écart net n’est constaté : ajoutez vos fiches à la main ci-dessous.")
    options = {OWN_AXE: "L’axe de son thème, créé au besoin"} | {axe.id: axe.title for axe in plan.axes}
    if plan.axes and report.priorities:
        st.selectbox(
            "Ranger la fiche dans", list(options), format_func=options.__getitem__, key="axe_de_la_fiche"
        )
    begun = {result.indicator for fiche in plan.fiches for result in fiche.results}
    for item in report.priorities:
        with st.container(key=f"ecart_{item.indicator}", gap="small"):
            components.note(item.sentence)
            st.button(
                "Commencer une autre fiche" if item.indicator in begun else "Commencer une fiche",
                key=f"fiche_{item.indicator}",
                type="tertiary",
                icon=":material/add:",
                help=blocks.as_label(item.reason) or None,
                on_click=_begin,
                args=(report, item.indicator),
            )


def _begin(report: Report, indicator: str) -> None:
    chosen = st.session_state.get("axe_de_la_fiche", OWN_AXE)
    matches = levers.match(report.findings.values(), [p.indicator for p in report.priorities])

    def begun(plan: Plan) -> Plan:
        axe = chosen if any(axe.id == chosen for axe in plan.axes) else None
        return composing.add_from_gap(plan, axe, report.findings[indicator], matches)

    change(
        shown(report),
        begun,
        f"Fiche commencée : {BY_ID[indicator].short}",
    )


# --- Axes and fiches -----------------------------------------------------------------------------------


def axes(report: Report, plan: Plan, communes: dict[str, str]) -> None:
    """Each axis with its fiches, then a new axis. `communes` names those of the territory by code."""
    for rank, axe in enumerate(plan.axes):
        components.block(f"Axe {rank + 1}", axe.title, axe.stake)
        with st.container(horizontal=True, key=f"actions_axe_{axe.id}"):
            _axe_form(plan, axe)
            _axe_buttons(plan, axe.id, rank, len(plan.axes))
        for place, fiche in enumerate(axe.fiches):
            label = f"{rank + 1}.{place + 1}. {fiche.title} · {fiche.state}"
            # A hundred fiches are drawn in a moment: only those that are open have their fields.
            folded = st.expander(
                blocks.as_label(label), key=f"volet_{fiche.id}_{plan.territory}", on_change="rerun"
            )
            if folded.open:
                with folded, st.container(key=f"saisie_{fiche.id}"):
                    with st.container(horizontal=True, key=f"actions_fiche_{fiche.id}"):
                        _fiche_buttons(plan, fiche, place)
                    _fiche_fields(plan, fiche, report, communes)
        _add(
            plan,
            f"fiche_{axe.id}",
            "Nouvelle fiche",
            partial(_fiche_added, axe.id),
        )
    _add(plan, "axe", "Nouvel axe", plans.add_axe)


def _fiche_added(axe: str, plan: Plan, title: str) -> Plan:
    return plans.add_fiche(plan, axe, title)


def _add(plan: Plan, key: str, label: str, make: Callable[[Plan, str], Plan]) -> None:
    """A title and a button; the field is emptied once the thing is there."""

    def added() -> None:
        title = st.session_state.get(f"titre_{key}", "").strip()
        if title:
            change(plan, lambda now: make(now, title))
            st.session_state[f"titre_{key}"] = ""
        else:
            st.session_state["sans_titre"] = key

    with st.container(horizontal=True, vertical_alignment="bottom", key=f"ajout_{key}"):
        st.text_input(label, key=f"titre_{key}", max_chars=200, placeholder="Titre")
        st.button("Ajouter", key=f"ajouter_{key}", on_click=added)
    if st.session_state.get("sans_titre") == key:
        del st.session_state["sans_titre"]
        components.answer("Rien n’est ajouté : tapez d’abord un titre.")


def _button(
    plan: Plan, label: str, key: str, make: Callable[[Plan], Plan], *, disabled: bool = False
) -> None:
    st.button(label, key=key, type="tertiary", disabled=disabled, on_click=change, args=(plan, make))


def _axe_form(plan: Plan, axe: Axe) -> None:
    with (
        st.popover("Titre et enjeu", key=_key(plan, "modifier", axe.id), type="tertiary"),
        st.form(f"axe_{axe.id}", border=False),
    ):
        title = st.text_input("Titre", axe.title, max_chars=200, key=_key(plan, "titre_axe", axe.id))
        stake = st.text_area("Enjeu", axe.stake, max_chars=1_000, key=_key(plan, "enjeu_axe", axe.id))
        if st.form_submit_button("Appliquer"):
            asked = {"title": title.strip() or axe.title, "stake": stake}
            _typed(plan, lambda now: plans.edit_axe(now, axe.id, **_laid(axe, now.axe(axe.id), asked)))


def _axe_buttons(plan: Plan, axe: str, rank: int, count: int) -> None:
    _button(
        plan, "Monter", f"monter_{axe}", lambda now: plans.move_axe(now, axe, rank - 1), disabled=rank == 0
    )
    _button(
        plan,
        "Descendre",
        f"descendre_{axe}",
        lambda now: plans.move_axe(now, axe, rank + 1),
        disabled=rank == count - 1,
    )
    _button(
        plan,
        "Supprimer l’axe",
        f"supprimer_{axe}",
        lambda now: plans.remove_axe(_as_shown(plan.axe(axe), now.axe(axe), now), axe),
    )


def _fiche_buttons(plan: Plan, fiche: Fiche, place: int) -> None:
    id = fiche.id
    _button(
        plan,
        "Monter",
        f"monter_{id}",
        lambda now: plans.move_fiche(now, id, position=place - 1),
        disabled=place == 0,
    )
    last = len(plan.axe_of(id).fiches) - 1
    _button(
        plan,
        "Descendre",
        f"descendre_{id}",
        lambda now: plans.move_fiche(now, id, position=place + 1),
        disabled=place == last,
    )
    _button(plan, "Dupliquer", f"dupliquer_{id}", lambda now: plans.duplicate_fiche(now, id))
    _button(
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
        components.state(_LINE, "Elle sera gardée avec son objet, son financeur, son année et son montant.")
    budget = blocks.attempt(lambda: composing.budget_lines(frame[~left], fiche.budget), _LINE)
    results = blocks.attempt(lambda: composing.results(_results_editor(plan, fiche), fiche.results), _LINE)
    # A part that is still to be mended is left as it was: the others are kept all the same.
    parts = {"steps": steps, "budget": budget, "results": results}
    changes |= {name: value for name, value in parts.items() if value is not None}
    changes["title"] = changes["title"].strip() or fiche.title
    changes["theme"] = composing.theme_of(fiche, changes, {row.id: row.theme for row in report.levers})
    changes["passages"] = plans.passed(fiche, changes["state"], datetime.date.today().isoformat())

    def edited(now: Plan) -> Plan:
        if all(one.id != fiche.id for one in now.fiches):
            return _given_back(plan, now, replace(fiche, **changes))
        made = plans.edit_fiche(now, fiche.id, **_laid(fiche, now.fiche(fiche.id), changes))
        if goal == plan.axe_of(fiche.id).id:
            return made
        return plans.move_fiche(made, fiche.id, position=len(made.axe(goal).fiches), axe_id=goal)

    made = blocks.attempt(lambda: edited(plan))
    if made is not None and made != plan:
        _typed(plan, edited)


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
    return st.selectbox(
        "Axe",
        list(titles),
        index=list(titles).index(held),
        format_func=titles.__getitem__,
        key=_key(plan, "axe", fiche.id, held),
    )


def _where(plan: Plan, fiche: Fiche, communes: dict[str, str]) -> dict:
    """Communes aimed at, and the items of the law that the fiche answers."""
    # A plan reopened on another geography keeps the communes that it named.
    known = communes | {code: f"commune {code}" for code in fiche.communes if code not in communes}
    items = {item.id: f"{item.rank}. {item.item}" for item in reference.schema_items()}
    return {
        "communes": tuple(
            st.multiselect(
                "Communes visées",
                list(known),
                default=list(fiche.communes),
                format_func=known.__getitem__,
                placeholder="Choisir",
                key=_key(plan, "communes", fiche.id),
            )
        ),
        "schema": tuple(
            st.multiselect(
                "Rubriques du schéma pluriannuel",
                list(items),
                default=[item for item in fiche.schema if item in items],
                format_func=items.__getitem__,
                placeholder="Choisir",
                help="Article D. 214-10-1 : à cocher pour ce que la fiche remplit sans que ses champs le disent.",
                key=_key(plan, "schema", fiche.id),
            )
        ),
    }


def _texts(plan: Plan, fiche: Fiche) -> dict:
    themes, states = list(reference.LEVER_THEMES), list(State)

    def key(name: str) -> str:
        return _key(plan, name, fiche.id)

    def long(label: str, text: str, name: str) -> str:
        return st.text_area(label, text, max_chars=max(MOST_TEXT, len(text)), key=key(name))

    def short(label: str, text: str, name: str, most: int = 500) -> str:
        return st.text_input(label, text, max_chars=max(most, len(text)), key=key(name))

    return {
        "title": short("Titre", fiche.title, "titre", 200),
        "theme": st.selectbox(
            "Thème",
            themes,
            index=themes.index(fiche.theme),
            format_func=reference.LEVER_THEMES.__getitem__,
            # Drawn afresh when the theme follows a lever.
            key=_key(plan, "theme", fiche.id, fiche.theme),
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
        return _key(plan, name, fiche.id)

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
        "levers": tuple(
            st.multiselect(
                "Dispositifs",
                list(known),
                default=list(fiche.levers),
                format_func=known.__getitem__,
                placeholder="Choisir",
                key=key("leviers"),
            )
        ),
    }


def _steps(plan: Plan, fiche: Fiche) -> tuple[Step, ...] | None:
    """The steps typed, or None while a line is to be mended."""
    text = composing.steps_text(fiche.steps)
    said = st.text_area(
        "Calendrier, une étape par ligne",
        text,
        max_chars=max(MOST_TEXT, len(text)),
        placeholder="2027 : ouvrir le relais",
        key=_key(plan, "etapes", fiche.id),
    )
    return fiche.steps if said == text else blocks.attempt(lambda: composing.steps(said))


def _edited(key: str, frame: pd.DataFrame, columns: dict) -> pd.DataFrame:
    """A table to edit. The editor tells its changes from the table that it was first given: that one is kept
    as long as the editor lives, else a line added would be added again at each run."""
    first = st.session_state.setdefault(_TABLES, {})
    if key not in st.session_state or key not in first:
        first[key] = frame
    return st.data_editor(
        first[key],
        num_rows="dynamic",
        hide_index=True,
        placeholder="",
        key=key,
        column_config=columns,
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
    return _edited(_key(plan, "budget", fiche.id), frame, columns)


def _results_editor(plan: Plan, fiche: Fiche) -> pd.DataFrame:
    st.html('<span class="label">Indicateurs de résultat</span>')
    types = {"Départ": "Float64", "Année de départ": "Int64", "Cible": "Float64", "Année cible": "Int64"}
    frame = composing.results_frame(fiche.results).astype(types)
    number, year = (st.column_config.NumberColumn(format=form) for form in ("localized", "%d"))
    columns = {"Départ": number, "Cible": number, "Année de départ": year, "Année cible": year}
    return _edited(_key(plan, "resultats", fiche.id), frame, columns)


# --- Governance ----------------------------------------------------------------------------------------


def governance(plan: Plan) -> None:
    """COPIL, COTECH, coordination, evaluation; each field is kept as soon as it is left."""
    held = plan.governance

    def many(label: str, name: str) -> tuple[str, ...]:
        items = getattr(held, name)
        text = "\n".join(items)
        said = st.text_area(label, text, max_chars=max(MOST_TEXT, len(text)), key=_key(plan, name))
        return items if said == text else composing.lines(said)

    def one(label: str, name: str) -> str:
        text = getattr(held, name)
        return st.text_input(label, text, max_chars=max(500, len(text)), key=_key(plan, name))

    with st.container(key="saisie_gouvernance"), components.columns(420) as grid:
        with grid.container():
            copil = many("Comité de pilotage, un membre par ligne", "copil")
            copil_rhythm = one("Rythme du comité de pilotage", "copil_rhythm")
            coordination = one("Coordination", "coordination")
        with grid.container():
            cotech = many("Comité technique, un membre par ligne", "cotech")
            cotech_rhythm = one("Rythme du comité technique", "cotech_rhythm")
            evaluation = one("Évaluation", "evaluation")
    made = Governance(copil, copil_rhythm, cotech, cotech_rhythm, coordination, evaluation)
    if made != held:
        said = {field.name: getattr(made, field.name) for field in fields(made)}
        _typed(
            plan,
            lambda now: plans.edit_plan(
                now, governance=replace(now.governance, **_laid(held, now.governance, said))
            ),
        )


def add_projects(report: Report, fundings: Sequence[Funding]) -> None:
    """A fiche for each simulated project, with the range of its budget; for callbacks."""

    def grown(plan: Plan) -> Plan:
        for funding in fundings:
            plan = composing.add_project(plan, funding)
        return plan

    change(current(report), grown, "Projets reportés dans le plan d’actions : ouvrez la page Convention.")


def begin_from_lever(report: Report, lever: LeverHere) -> None:
    """A fiche begun from a dispositif; for callbacks."""
    change(
        current(report),
        lambda plan: composing.add_from_lever(plan, reference.lever(lever.id), lever.reason),
        f"Fiche commencée : {lever.dispositif}. Retrouvez-la sur la page Convention.",
    )


# --- Files ---------------------------------------------------------------------------------------------


def files(report: Report, plan: Plan, db: Database) -> None:
    """The plan as document, workbook and slides, and the deck of the diagnosis that holds it; made on a click."""
    of = convention.dossier(plan, report, db)
    with st.container(horizontal=True, key="fichiers_plan"):
        for name, (label, _) in convention.FORMATS.items():
            st.download_button(
                label,
                data=partial(convention.build, of, name),
                file_name=convention.filename(of, name),
                on_click="ignore",
                icon=":material/download:",
                key=f"plan_{name}",
            )
        st.download_button(
            "Diagnostic et plan (diaporama)",
            data=lambda: exports.export(report, "pptx", db, extra=convention.sections(of)),
            file_name=convention.filename(of, "pptx", "diagnostic-et-plan"),
            on_click="ignore",
            icon=":material/download:",
            key="plan_diagnostic",
        )
