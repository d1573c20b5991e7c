"""What comes of the projects: their effects, the scenarios that are kept, where places would go first."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from diagnostic import reference
from diagnostic.drafts import SCENARIOS
from diagnostic.indicators import BIRTHS, COMPUTED, OFFICIAL, REACH
from diagnostic.model import DiagnosticError
from diagnostic.report import Report
from diagnostic.simulation import Funding, Project, simulate
from diagnostic.simulation import ground as ground_of
from diagnostic.story import outcomes, scenarios, siting
from diagnostic.story import projects as acting
from diagnostic.story.figures import sources_of
from diagnostic.ui import blocks, components, keeping, plan_panel, state, tables, takeaway
from diagnostic.ui.simulator import WIDTH, hold, projects, wanted, without
from diagnostic.warehouse import Database

_SCALE = "bareme_projet"


def outcome(ground: ground_of.Ground, target: float, report: Report) -> None:
    """Effects and money of the projects together; nothing when there is none."""
    chosen = projects(report.territory.key)
    if not chosen:
        components.note("Aucun projet pour l’instant : décrivez-en un ci-dessus, puis ajoutez-en d’autres.")
        return
    _listed(chosen, ground, report)
    try:
        found = simulate(
            ground.communes, chosen, target=target, year=scale_year(), whole=ground.whole(target)
        )
    except DiagnosticError as error:
        components.state("La simulation ne peut pas se faire", str(error))
        return
    # Beside the projects: whoever presses keys comes to it at once.
    st.button(
        "Reporter dans le plan d’actions",
        key="reporter_projets",
        icon=":material/add:",
        on_click=plan_panel.add_projects,
        args=(report, found.fundings),
    )
    components.block(
        "Résultat",
        outcomes.message(found, chosen),
        "Avant, puis après" + ", toutes communes ensemble" * (len(ground.communes) > 1),
        answers=True,
    )
    components.facts(outcomes.total_facts(found.total))
    components.facts(outcomes.service_facts(found.services))
    known = ground_of.access_known(ground)
    effects = outcomes.effects_table(found.communes, known)
    tables.table(effects, limit=max(6, len({project.commune for project in chosen})))
    line = sources_of(report, [COMPUTED, OFFICIAL])
    around = takeaway.Around(outcomes.message(found, chosen), f"Barèmes {scale_year()}", f"Estimé. {line}")
    takeaway.actions("simulation", effects, around, report=report)
    if known and found.total.added:
        _reach(found.communes, report)
    components.block(
        "Financement",
        "Ce que la Caf pourrait apporter",
        "Ordres de grandeur, à confirmer avec votre conseiller Caf",
    )
    _scale()
    components.facts(outcomes.balance_facts(found.investment, found.running))
    names = acting.commune_options(ground)
    for funding in found.fundings:
        components.note(acting.project_sentence(funding.project, names))
        if funding.lines:
            tables.table(outcomes.funding_table(funding))
        else:
            components.note("Aucune aide à estimer : saisissez des heures d’accueil ou un coût.")
        blocks.items(funding.excluded)
    _also(found.fundings)


def scale_year() -> int:
    """The year of the scales that the visitor has chosen, else the latest."""
    return st.session_state.get(_SCALE) or acting.scale_years()[0]


def _scale() -> None:
    with components.settings("bareme"):
        st.selectbox("Barèmes en vigueur en", acting.scale_years(), key=_SCALE, width=WIDTH)


def _also(fundings: Sequence[Funding]) -> None:
    """Aids that hang on decisions that a simulation does not know."""
    said = dict.fromkeys(text for funding in fundings for text in funding.also)
    if said:
        with st.expander("Autres aides possibles, non comptées"):
            blocks.items(said)


def _reach(effects: pd.DataFrame, report: Report) -> None:
    """What the children of each commune reach, before and after."""
    components.block(
        "Accessibilité",
        scenarios.reached_message(effects),
        "Places de crèche accessibles pour 100 enfants de moins de 3 ans, avant et après les projets",
    )
    if not len(scenarios.reached(effects)):
        return
    takeaway.chart(
        scenarios.reached_chart(effects, state.theme()),
        scenarios.reached_table(effects),
        takeaway.Caption(
            scenarios.reached_message(effects),
            statuses=["estimé"],
            source=sources_of(report, [REACH]),
            caution="Distances à vol d’oiseau, jusqu’à 15 km ; les places nouvelles sont partagées avec les communes voisines.",
        ),
        key="accessibilite_projets",
        report=report,
        ids=[REACH],
    )


def _listed(chosen: Sequence[Project], ground: ground_of.Ground, report: Report) -> None:
    names = acting.commune_options(ground)
    for rank, project in enumerate(chosen):
        with st.container(horizontal=True, vertical_alignment="center", key=f"projet_{rank}"):
            components.note(acting.project_sentence(project, names))
            st.button(
                "Retirer",
                key=f"retirer_{rank}",
                type="tertiary",
                on_click=hold,
                args=(report.territory.key, lambda held, gone=project: without(held, gone)),
            )


def kept(territory: str) -> dict[str, tuple[Project, ...]]:
    """The scenarios that this visitor keeps for that territory, by name."""
    return keeping.get(SCENARIOS, territory) or {}


def compare(ground: ground_of.Ground, target: float, report: Report) -> None:
    """The kept scenarios and the projects under way side by side, under each birth scenario."""
    key, under_way = report.territory.key, projects(report.territory.key)
    held = kept(key)
    if under_way:
        _keep_form(key, under_way)
    for rank, (name, set_) in enumerate(held.items()):
        _kept_line(key, rank, name, set_)
    everything = scenarios.all_of(held, under_way)
    if len(everything) < 2:
        return
    years = scenarios.horizons(report)
    horizon = None
    if years:
        with components.settings("horizon"):
            horizon = st.selectbox("Enfants à naître jusqu’en", years, key="horizon_scenarios", width=WIDTH)
    found = scenarios.compared(
        ground, everything, report, target=target, scale_year=scale_year(), horizon=horizon
    )
    components.block("Comparaison", scenarios.message(found, horizon), scenarios.against(found, target))
    table, drawn = scenarios.table(found), scenarios.chart(found, target, state.theme())
    source = sources_of(report, [COMPUTED, OFFICIAL, BIRTHS])
    caution = f"Barèmes {scale_year()}, {reference.CONFIRM}."
    if drawn is not None:
        components.note(scenarios.legend(found))
        takeaway.chart(
            drawn,
            table,
            takeaway.Caption(
                scenarios.message(found, horizon),
                subtitle=scenarios.legend(found),
                statuses=["estimé"],
                source=source,
                caution=caution,
            ),
            key="scenarios",
        )
    tables.table(table)
    if drawn is None:
        components.source_line(["estimé"], source, caution)
        around = takeaway.Around(scenarios.message(found, horizon), caution, f"Estimé. {source}")
        takeaway.actions("scenarios", table, around, report=report)


def _keep_form(key: str, under_way: Sequence[Project]) -> None:
    """A name, a button: the projects under way become a scenario."""

    field = f"nom_scenario_{key}"

    def keep() -> None:
        try:
            name = st.session_state[field]
            keeping.update(SCENARIOS, key, lambda now: scenarios.named(now or {}, name, under_way))
        except DiagnosticError as error:
            blocks.tell(str(error))
            return
        keeping.taken(field, key)

    with st.container(horizontal=True, vertical_alignment="bottom", key="ajout_scenario"):
        keeping.title("Nom du scénario", field, key, max_chars=60, placeholder="Une crèche au centre")
        st.button("Garder ces projets comme scénario", key="garder_scenario", on_click=keep)


def _kept_line(key: str, rank: int, name: str, set_: tuple[Project, ...]) -> None:
    def forget() -> None:
        keeping.update(
            SCENARIOS, key, lambda now: {other: one for other, one in (now or {}).items() if other != name}
        )

    with st.container(horizontal=True, vertical_alignment="center", key=f"scenario_{rank}"):
        components.note(f"{name} : {acting.projects_sentence(set_)}")
        st.button(
            "Reprendre", key=f"reprendre_{name}", type="tertiary", on_click=hold, args=(key, lambda _: set_)
        )
        st.button("Retirer", key=f"oublier_{name}", type="tertiary", on_click=forget)


def where(db: Database, ground: ground_of.Ground, target: float, report: Report) -> None:
    """Share a number of places among the communes, against the user's own choice."""
    with components.columns(260) as grid:
        with grid.container():
            places = st.number_input("Places à répartir", 0, 2000, 60, 12, key="places_a_repartir")
        with grid.container():
            default = siting.where_target(ground, report, target)
            key = f"cible_places_{report.territory.key}_{default}"
            target = wanted(siting.where_target_label(ground), default, key)
        with grid.container():
            qpv = st.toggle("Quartiers prioritaires d’abord", False, key="qpv_d_abord")
            line = acting.poverty_line(ground, report)
            poor = line is not None and st.toggle("Bas revenus d’abord", False, key="revenus_d_abord")
            need = acting.need_known(ground) and st.toggle(
                "Selon le besoin des parents qui travaillent", False, key="besoin_d_abord"
            )
    components.note(siting.weights_sentence(qpv, line if poor else None, need))
    priorities = ground_of.Priorities(qpv, line if poor else None, need)
    found = blocks.attempt(
        lambda: ground_of.proposal(db, report.territory, int(places), float(target), priorities)
    )
    if found is None:
        return
    if not found.packages:
        components.state("Aucune place à répartir ici", siting.nothing_to_share(found, report), action=False)
        return
    mine = ground_of.after_projects(ground, projects(report.territory.key), target)
    components.block("Proposition", siting.allocation_message(found, mine))
    tables.table(siting.allocation_table(found))
    components.source_line(["estimé"], siting.where_source(ground, report))
    components.note(siting.unshared(found))
    components.note(siting.left_out(found))
