"""The controls of the page Convention: the file of the plan, what the diagnosis begins, the governance, what is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from functools import partial

import streamlit as st

from diagnostic import drafts, exports, french, levers, reference
from diagnostic import plan as plans
from diagnostic.exports import convention
from diagnostic.indicators import BY_ID
from diagnostic.plan import Governance, Plan, composing
from diagnostic.report import LeverHere, Report
from diagnostic.simulation import Funding
from diagnostic.ui import blocks, components, tables, takeaway
from diagnostic.ui.plan_fiches import MOST_TEXT
from diagnostic.ui.plan_keeping import (
    can_undo,
    change,
    current,
    draw_afresh,
    keep,
    key_of,
    lay,
    shown,
    typed,
    undo,
)
from diagnostic.warehouse import Database, open_database

OWN_AXE = "axe du thème"


def message(plan: Plan) -> str:
    """Axes and fiches, as a title."""
    if not plan.axes:
        return "Le plan d’actions est à composer"
    axes = french.quantity(len(plan.axes), "axe", "axes")
    return f"{axes} et {french.quantity(len(plan.fiches), 'fiche action', 'fiches action')}, {french.span(plan.first_year, plan.last_year)}"


def file_controls(report: Report, plan: Plan) -> None:
    """Title and years, save, open; what has changed since the plan was written, what is still blank."""
    blocks.told()
    with st.container(horizontal=True, vertical_alignment="bottom", key="actions_plan"):
        saving(report, plan)
        opening(plan)
        with st.popover("Titre et années", key=key_of(plan, "titre_plan")), st.form("plan", border=False):
            title = st.text_input("Titre", plan.title, max_chars=200)
            first = st.number_input("Première année", 2000, 2100, plan.first_year)
            last = st.number_input("Dernière année", 2000, 2100, plan.last_year)
            if st.form_submit_button("Appliquer"):
                asked = {"title": title, "first_year": int(first), "last_year": int(last)}
                edited = blocks.attempt(lambda: plans.edit_plan(plan, **asked))
                if edited is not None:
                    typed(plan, lambda now: plans.edit_plan(now, **lay(plan, now, asked)))
        st.button(
            "Annuler",
            key="annuler_plan",
            icon=":material/undo:",
            help="Revenir à l’état du plan avant la dernière modification",
            disabled=not can_undo(report),
            on_click=undo,
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
    name = f"{takeaway.file_name('plan_actions', report)}.ctg.json"
    blocks.download("Enregistrer le plan", plans.to_json(plan), name, "enregistrer_plan")


def opening(plan: Plan) -> None:
    """Open a plan from its file, and go to its territory."""
    with st.popover("Ouvrir un plan", key=key_of(plan, "ouvrir_plan")):
        if plan.axes:
            components.note("Le plan ouvert remplace celui-ci : enregistrez-le d’abord.")
        sent = blocks.uploader("Plan enregistré (JSON)", key_of(plan, "plan_depose"))
        if sent is not None and st.button("Ouvrir ce plan", key="valider_plan"):
            opened = blocks.attempt(lambda: plans.from_json(sent.getvalue()), "Ce plan ne s’ouvre pas")
            if opened is not None:
                opened = plans.on_ground(opened, open_database()).plan
                keep(opened, lambda _: opened)
                draw_afresh(opened)
                st.session_state["a_ouvrir"] = {"territoire": opened.territory}
                st.toast(f"Plan ouvert : {blocks.as_label(opened.territory_name)}")
                st.rerun()


def from_gaps(report: Report, plan: Plan) -> None:
    """The priorities of the diagnosis, each a fiche to begin."""
    if not report.priorities:
        components.note("Aucun écart net n’est constaté : ajoutez vos fiches à la main ci-dessous.")
    options = {OWN_AXE: "L’axe de son thème, créé au besoin"} | {axe.id: axe.title for axe in plan.axes}
    if plan.axes and report.priorities:
        blocks.pick("Ranger la fiche dans", options, "axe_de_la_fiche")
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

    change(shown(report), begun, f"Fiche commencée : {BY_ID[indicator].short}")


def governance(plan: Plan) -> None:
    """COPIL, COTECH, coordination, evaluation; each field is kept as soon as it is left."""
    held = plan.governance

    def many(label: str, name: str) -> tuple[str, ...]:
        items = getattr(held, name)
        text = "\n".join(items)
        said = st.text_area(label, text, max_chars=max(MOST_TEXT, len(text)), key=key_of(plan, name))
        return items if said == text else composing.lines(said)

    def one(label: str, name: str) -> str:
        text = getattr(held, name)
        return st.text_input(label, text, max_chars=max(500, len(text)), key=key_of(plan, name))

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
        typed(
            plan,
            lambda now: plans.edit_plan(
                now, governance=replace(now.governance, **lay(held, now.governance, said))
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


def files(report: Report, plan: Plan, db: Database) -> None:
    """The plan as document, workbook and slides, and the deck of the diagnosis that holds it; made on a click."""
    of = convention.dossier(plan, report, db)
    with st.container(horizontal=True, key="fichiers_plan"):
        for name, (label, _) in convention.FORMATS.items():
            blocks.download(
                label, partial(convention.build, of, name), convention.filename(of, name), f"plan_{name}"
            )
        blocks.download(
            "Diagnostic et plan (diaporama)",
            lambda: exports.export(report, "pptx", db, extra=convention.sections(of)),
            convention.filename(of, "pptx", "diagnostic-et-plan"),
            "plan_diagnostic",
        )
