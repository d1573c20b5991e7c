"""The controls of the page Convention. The plan lives in the session and survives a reload of the tab."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from diagnostic import exports, french, levers, reference
from diagnostic import plan as plans
from diagnostic.exports import convention
from diagnostic.indicators import BY_ID
from diagnostic.model import DiagnosticError
from diagnostic.plan import Axe, Fiche, Governance, Plan, State
from diagnostic.report import Report
from diagnostic.simulation import Funding
from diagnostic.ui import blocks, components, composing, keeping
from diagnostic.warehouse import Database

_WHAT, _HISTORY = "plan", "plans_precedents"
MOST_UNDONE = 20
MOST_TEXT = 5_000
OWN_AXE = "axe du thème"


def current(report: Report) -> Plan:
    """The plan that this visitor is writing for the territory, or a new one."""
    held = keeping.get(_WHAT, report.territory.key)
    return held or composing.begin(report.territory, datetime.date.today().year + 1)


def keep(plan: Plan) -> None:
    """Keep the plan for this visitor, through pages and reloads; what it was can be taken back."""
    before = keeping.get(_WHAT, plan.territory)
    if before is not None and before != plan:
        history = st.session_state.setdefault(_HISTORY, {})
        history[plan.territory] = [*history.get(plan.territory, []), before][-MOST_UNDONE:]
    _put(plan)


def _put(plan: Plan) -> None:
    keeping.put(_WHAT, plan.territory, plan, weight=len(plans.to_json(plan)))


def _undo(territory: str) -> None:
    _put(st.session_state[_HISTORY][territory].pop())


def change(make: Callable[[], Plan], said: str = "") -> None:
    """Keep what `make` returns, or say why it is refused; for callbacks."""
    try:
        keep(make())
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
        st.download_button(
            "Enregistrer le plan",
            data=plans.to_json(plan),
            file_name=f"{components.file_name('plan_actions', report)}.json",
            mime="application/json",
            on_click="ignore",
            icon=":material/download:",
            key="enregistrer_plan",
        )
        with st.popover("Ouvrir un plan", key="ouvrir_plan"):
            if plan.axes:
                components.note("Le plan ouvert remplace celui-ci : enregistrez-le d’abord.")
            sent = blocks.uploader("Plan enregistré (JSON)", ["json"], "plan_depose")
            if sent is not None and st.button("Ouvrir ce plan", key="valider_plan"):
                opened = blocks.attempt(lambda: plans.from_json(sent.getvalue()), "Ce plan ne s’ouvre pas")
                if opened is not None:
                    keep(opened)
                    st.session_state["a_ouvrir"] = {"territoire": opened.territory}
                    st.rerun()
        with st.popover("Titre et années", key="titre_plan"), st.form("plan", border=False):
            title = st.text_input("Titre", plan.title, max_chars=200)
            first = st.number_input("Première année", 2000, 2100, plan.first_year)
            last = st.number_input("Dernière année", 2000, 2100, plan.last_year)
            if st.form_submit_button("Appliquer"):
                edited = blocks.attempt(
                    lambda: plans.edit_plan(plan, title=title, first_year=int(first), last_year=int(last))
                )
                if edited is not None:
                    keep(edited)
                    st.rerun()
        st.button(
            "Annuler",
            key="annuler_plan",
            icon=":material/undo:",
            help="Revenir à l’état du plan avant la dernière modification",
            disabled=not st.session_state.get(_HISTORY, {}).get(report.territory.key),
            on_click=_undo,
            args=(report.territory.key,),
        )
    if plan.axes:
        components.note(
            "Le brouillon reste sur le serveur pendant votre visite, pour ce navigateur seulement : "
            "enregistrez le plan pour le garder."
        )
    changes = plans.compare_with(plan, report.findings.values())
    if changes:
        count = french.quantity(len(changes), "chiffre a changé", "chiffres ont changé")
        components.state(f"{count} depuis la rédaction", "Relisez les constats et les objectifs concernés.")
        components.table(composing.changes_table(changes))
    remarks = plans.remarks(plan) if plan.axes else ()
    if remarks:
        with st.expander(f"À compléter avant signature : {french.quantity(len(remarks), 'point', 'points')}"):
            blocks.items(remarks)


# --- From the diagnosis --------------------------------------------------------------------------------


def from_gaps(report: Report, plan: Plan) -> None:
    """The priorities of the diagnosis, each a fiche to begin."""
    if not report.priorities:
        components.note("Aucun écart net n’est constaté : ajoutez vos fiches à la main ci-dessous.")
    options = {OWN_AXE: "L’axe de son thème, créé au besoin"} | {axe.id: axe.title for axe in plan.axes}
    if plan.axes and report.priorities:
        st.selectbox("Ranger la fiche dans", list(options), format_func=options.get, key="axe_de_la_fiche")
    begun = {result.indicator for fiche in plan.fiches for result in fiche.results}
    for item in report.priorities:
        with st.container(key=f"ecart_{item.indicator}", gap="small"):
            components.note(item.sentence)
            st.button(
                "Commencer une autre fiche" if item.indicator in begun else "Commencer une fiche",
                key=f"fiche_{item.indicator}",
                type="tertiary",
                icon=":material/add:",
                help=item.reason or None,
                on_click=_begin,
                args=(report, item.indicator),
            )


def _begin(report: Report, indicator: str) -> None:
    plan = current(report)
    chosen = st.session_state.get("axe_de_la_fiche", OWN_AXE)
    axe = chosen if any(axe.id == chosen for axe in plan.axes) else None
    matches = levers.match(report.findings.values(), [p.indicator for p in report.priorities])
    change(
        lambda: composing.add_from_gap(plan, axe, report.findings[indicator], matches),
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
            with st.expander(blocks.as_label(label), key=f"volet_{fiche.id}"):
                with st.container(horizontal=True, key=f"actions_fiche_{fiche.id}"):
                    _fiche_buttons(plan, fiche, place)
                _fiche_form(plan, fiche, report, communes)
        _add(f"fiche_{axe.id}", "Nouvelle fiche", lambda title, axe=axe: plans.add_fiche(plan, axe.id, title))
    _add("axe", "Nouvel axe", lambda title: plans.add_axe(plan, title))


def _add(key: str, label: str, make: Callable[[str], Plan]) -> None:
    """A title and a button; the field is emptied once the thing is there."""

    def added() -> None:
        title = st.session_state.get(f"titre_{key}", "").strip()
        if title:
            change(lambda: make(title))
            st.session_state[f"titre_{key}"] = ""

    with st.container(horizontal=True, vertical_alignment="bottom", key=f"ajout_{key}"):
        st.text_input(label, key=f"titre_{key}", max_chars=200, placeholder="Titre")
        st.button("Ajouter", key=f"ajouter_{key}", on_click=added)


def _button(label: str, key: str, make: Callable[[], Plan], *, disabled: bool = False) -> None:
    st.button(label, key=key, type="tertiary", disabled=disabled, on_click=change, args=(make,))


def _axe_form(plan: Plan, axe: Axe) -> None:
    with (
        st.popover("Titre et enjeu", key=f"modifier_{axe.id}", type="tertiary"),
        st.form(f"axe_{axe.id}", border=False),
    ):
        title = st.text_input("Titre", axe.title, max_chars=200, key=f"titre_axe_{axe.id}")
        stake = st.text_area("Enjeu", axe.stake, max_chars=1_000, key=f"enjeu_axe_{axe.id}")
        if st.form_submit_button("Appliquer"):
            keep(plans.edit_axe(plan, axe.id, title=title.strip() or axe.title, stake=stake))
            st.rerun()


def _axe_buttons(plan: Plan, axe: str, rank: int, count: int) -> None:
    _button("Monter", f"monter_{axe}", lambda: plans.move_axe(plan, axe, rank - 1), disabled=rank == 0)
    _button(
        "Descendre",
        f"descendre_{axe}",
        lambda: plans.move_axe(plan, axe, rank + 1),
        disabled=rank == count - 1,
    )
    _button("Supprimer l’axe", f"supprimer_{axe}", lambda: plans.remove_axe(plan, axe))


def _fiche_buttons(plan: Plan, fiche: Fiche, place: int) -> None:
    id = fiche.id
    _button(
        "Monter", f"monter_{id}", lambda: plans.move_fiche(plan, id, position=place - 1), disabled=place == 0
    )
    last = len(plan.axe_of(id).fiches) - 1
    _button(
        "Descendre",
        f"descendre_{id}",
        lambda: plans.move_fiche(plan, id, position=place + 1),
        disabled=place == last,
    )
    _button("Dupliquer", f"dupliquer_{id}", lambda: plans.duplicate_fiche(plan, id))
    _button("Supprimer", f"supprimer_{id}", lambda: plans.remove_fiche(plan, id))


def _fiche_form(plan: Plan, fiche: Fiche, report: Report, communes: dict[str, str]) -> None:
    """The whole fiche; one button applies it all."""
    names = {row["id"]: row["dispositif"] for row in report.levers}
    with st.form(f"formulaire_{fiche.id}", border=False):
        with components.columns(420) as grid:
            with grid.container():
                goal = _axis(plan, fiche)
                texts = _texts(fiche) | _where(fiche, communes)
            with grid.container():
                lists = _lists(fiche, names)
        budget = _budget_editor(fiche, plan)
        results = _results_editor(fiche)
        asked = st.form_submit_button("Appliquer à la fiche")
    if not asked:
        return

    def edited() -> Plan:
        changes = texts | lists
        changes["steps"] = composing.steps(changes["steps"])
        changes["budget"] = composing.budget_lines(budget, fiche.budget)
        changes["results"] = composing.results(results, fiche.results)
        made = plans.edit_fiche(plan, fiche.id, **changes)
        if goal == plan.axe_of(fiche.id).id:
            return made
        return plans.move_fiche(made, fiche.id, position=len(made.axe(goal).fiches), axe_id=goal)

    made = blocks.attempt(edited)
    if made is not None:
        keep(made)
        st.rerun()


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
        format_func=titles.get,
        key=f"axe_{fiche.id}_{held}",
    )


def _where(fiche: Fiche, communes: dict[str, str]) -> dict:
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
                format_func=known.get,
                placeholder="Choisir",
                key=f"communes_{fiche.id}",
            )
        ),
        "schema": tuple(
            st.multiselect(
                "Rubriques du schéma pluriannuel",
                list(items),
                default=[item for item in fiche.schema if item in items],
                format_func=items.get,
                placeholder="Choisir",
                help="Article D. 214-10-1 : à cocher pour ce que la fiche remplit sans que ses champs le disent.",
                key=f"schema_{fiche.id}",
            )
        ),
    }


def _texts(fiche: Fiche) -> dict:
    themes = list(reference.LEVER_THEMES)
    return {
        "title": st.text_input("Titre", fiche.title, max_chars=200, key=f"titre_{fiche.id}"),
        "theme": st.selectbox(
            "Thème",
            themes,
            index=themes.index(fiche.theme),
            format_func=reference.LEVER_THEMES.get,
            key=f"theme_{fiche.id}",
        ),
        "constat": st.text_area("Constat", fiche.constat, max_chars=MOST_TEXT, key=f"constat_{fiche.id}"),
        "objective": st.text_area(
            "Objectif", fiche.objective, max_chars=MOST_TEXT, key=f"objectif_{fiche.id}"
        ),
        "public": st.text_input("Public", fiche.public, max_chars=500, key=f"public_{fiche.id}"),
        "territory": st.text_input("Lieux", fiche.territory, max_chars=500, key=f"lieux_{fiche.id}"),
        "state": State(
            st.selectbox(
                "État",
                [str(state) for state in State],
                index=list(State).index(fiche.state),
                key=f"etat_{fiche.id}",
            )
        ),
    }


def _lists(fiche: Fiche, names: dict[str, str]) -> dict:
    known = [lever for lever in fiche.levers if lever in names]
    return {
        "actions": composing.lines(
            st.text_area("Actions, une par ligne", "\n".join(fiche.actions), key=f"actions_{fiche.id}_texte")
        ),
        "elected_lead": st.text_input("Élu référent", fiche.elected_lead, key=f"elu_{fiche.id}"),
        "technical_lead": st.text_input("Pilote technique", fiche.technical_lead, key=f"pilote_{fiche.id}"),
        "partners": composing.lines(
            st.text_area(
                "Partenaires, un par ligne", "\n".join(fiche.partners), key=f"partenaires_{fiche.id}"
            )
        ),
        "steps": st.text_area(
            "Calendrier, une étape par ligne",
            composing.steps_text(fiche.steps),
            placeholder="2027 : ouvrir le relais",
            key=f"etapes_{fiche.id}",
        ),
        "means": st.text_input("Moyens", fiche.means, key=f"moyens_{fiche.id}"),
        "levers": tuple(
            st.multiselect(
                "Dispositifs",
                list(names),
                default=known,
                format_func=names.get,
                placeholder="Choisir",
                key=f"leviers_{fiche.id}",
            )
        ),
    }


def _budget_editor(fiche: Fiche, plan: Plan) -> pd.DataFrame:
    st.html('<span class="label">Budget</span>')
    return st.data_editor(
        composing.budget_frame(fiche.budget).astype({"Année": "Int64", "Montant (€)": "Float64"}),
        num_rows="dynamic",
        hide_index=True,
        placeholder="",
        key=f"budget_{fiche.id}",
        column_config={
            "Financeur": st.column_config.SelectboxColumn(options=list(plans.FUNDERS), default="Caf"),
            "Année": st.column_config.SelectboxColumn(options=list(plan.years)),
            "Montant (€)": st.column_config.NumberColumn(min_value=0.0, step=0.01, format="localized"),
            "Nature": st.column_config.SelectboxColumn(options=list(plans.NATURES), default=plans.RUNNING),
        },
    )


def _results_editor(fiche: Fiche) -> pd.DataFrame:
    st.html('<span class="label">Indicateurs de résultat</span>')
    frame = composing.results_frame(fiche.results)
    types = {"Départ": "Float64", "Année de départ": "Int64", "Cible": "Float64", "Année cible": "Int64"}
    number = st.column_config.NumberColumn(format="localized")
    return st.data_editor(
        frame.astype(types),
        num_rows="dynamic",
        hide_index=True,
        placeholder="",
        key=f"resultats_{fiche.id}",
        column_config={"Départ": number, "Cible": number},
    )


# --- Governance ----------------------------------------------------------------------------------------


def governance(plan: Plan) -> None:
    """COPIL, COTECH, coordination, evaluation."""
    held = plan.governance
    with st.form("gouvernance", border=False):
        with components.columns(420) as grid:
            with grid.container():
                copil = st.text_area(
                    "Comité de pilotage, un membre par ligne", "\n".join(held.copil), key="copil"
                )
                copil_rhythm = st.text_input(
                    "Rythme du comité de pilotage", held.copil_rhythm, key="rythme_copil"
                )
                coordination = st.text_input("Coordination", held.coordination, key="coordination")
            with grid.container():
                cotech = st.text_area(
                    "Comité technique, un membre par ligne", "\n".join(held.cotech), key="cotech"
                )
                cotech_rhythm = st.text_input(
                    "Rythme du comité technique", held.cotech_rhythm, key="rythme_cotech"
                )
                evaluation = st.text_input("Évaluation", held.evaluation, key="evaluation")
        if st.form_submit_button("Appliquer la gouvernance"):
            made = replace(
                Governance(),
                copil=composing.lines(copil),
                copil_rhythm=copil_rhythm,
                cotech=composing.lines(cotech),
                cotech_rhythm=cotech_rhythm,
                coordination=coordination,
                evaluation=evaluation,
            )
            keep(plans.edit_plan(plan, governance=made))
            st.rerun()


def add_projects(report: Report, fundings: Sequence[Funding]) -> None:
    """A fiche for each simulated project, with its prudent budget; for callbacks."""

    def grown() -> Plan:
        plan = current(report)
        for funding in fundings:
            plan = composing.add_project(plan, funding)
        return plan

    change(grown, "Projets reportés dans le plan d’actions : ouvrez la page Convention.")


def begin_from_lever(report: Report, lever: dict) -> None:
    """A fiche begun from a dispositif; for callbacks."""
    change(
        lambda: composing.add_from_lever(current(report), lever),
        f"Fiche commencée : {lever['dispositif']}. Retrouvez-la sur la page Convention.",
    )


# --- Files ---------------------------------------------------------------------------------------------


def files(report: Report, plan: Plan, db: Database) -> None:
    """The plan as document, workbook and slides, and the deck of the diagnosis that holds it; made on a click."""
    of = convention.dossier(plan, report, db)
    with st.container(horizontal=True, key="fichiers_plan"):
        for name, (label, _) in convention.FORMATS.items():
            st.download_button(
                label,
                data=lambda name=name: convention.build(of, name),
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
