"""The controls of the page Agir: levers, projects of the session, effects, money, where to begin."""

from __future__ import annotations

import math
from decimal import Decimal

import streamlit as st

from diagnostic import french, reference
from diagnostic.model import DiagnosticError
from diagnostic.report import Report
from diagnostic.simulation import Project, simulate
from diagnostic.ui import acting, blocks, components, plan_panel
from diagnostic.warehouse import Database

_PROJECTS = "projets"
_DEFAULT_TARGET = 60.0


def projects(territory: str) -> list[Project]:
    """The projects of this session in that territory."""
    return st.session_state.setdefault(_PROJECTS, {}).setdefault(territory, [])


def levers(report: Report) -> None:
    """The levers that a gap calls, each in its own fold; the others together, by need."""
    for row in acting.levers_of(report, "gap"):
        theme = reference.LEVER_THEMES[row["theme"]]
        with st.expander(f"{row['dispositif']} · {theme}", key=f"levier_{row['id']}"):
            blocks.definitions(acting.lever_facts(row))
    for need, title in acting.OTHER_NEEDS.items():
        rows = acting.levers_of(report, need)
        if not rows:
            continue
        count = french.quantity(len(rows), "dispositif", "dispositifs")
        with st.expander(f"{title} : {count}", key=f"besoin_{need}"):
            for row in rows:
                components.block(reference.LEVER_THEMES[row["theme"]], row["dispositif"])
                blocks.definitions(acting.lever_facts(row))


def target(report: Report) -> float:
    """The places per 100 children to reach: the reference's, unless the user changes it."""
    known = acting.target_of(report.findings.get(acting.TARGET_INDICATOR))
    default = round(known if known is not None else _DEFAULT_TARGET, 1)
    key = f"cible_{report.territory.key}_{default}"
    help_text = (
        "Par défaut, la valeur de la référence choisie en haut de page." if known is not None else None
    )
    return st.number_input(
        "Places à atteindre pour 100 enfants de moins de 3 ans",
        0.0,
        300.0,
        default,
        0.5,
        format="%.1f",
        key=key,
        help=help_text,
    )


def form(ground: acting.Ground) -> None:
    """One project to describe, added to those of the session."""
    options = acting.commune_options(ground)
    if not options:
        components.state("Aucune commune connue", "Choisissez un autre territoire.", action=True)
        return
    kind = st.selectbox("Type de projet", acting.KINDS, key="type_projet")
    with st.form("projet", border=False, clear_on_submit=False):
        with components.columns(260) as grid:
            with grid.container():
                name = st.text_input("Nom du projet", kind, key=f"nom_projet_{kind}", max_chars=120)
                commune = st.selectbox(
                    "Commune",
                    list(options),
                    format_func=options.get,
                    key="commune_projet",
                    placeholder="Choisir",
                )
            with grid.container():
                answers = _FIELDS[kind]()
            with grid.container():
                costs = _costs(kind)
        asked = st.form_submit_button("Ajouter ce projet")
    if not asked:
        return
    made = blocks.attempt(lambda: acting.project(kind, name, commune, answers | _amounts(costs)))
    if made is not None:
        _current().append(made)


def _current() -> list[Project]:
    from diagnostic.ui import frame

    return projects(frame.current_key())


def _creche() -> dict:
    places = st.number_input("Places", 1, 500, 24, key="places_projet")
    psu = st.toggle("Financée par la Psu", True, key="psu_projet")
    qpv = st.toggle("En quartier prioritaire", False, key="qpv_projet")
    ctg = st.toggle("Sous convention territoriale globale", True, key="ctg_projet")
    disabled = st.toggle("Accueille un enfant en situation de handicap", False, key="handicap_projet")
    return {"places": int(places), "psu": psu, "qpv": qpv, "ctg": ctg, "disabled_children": disabled}


def _relais() -> dict:
    return {"reinforced": st.toggle("Avec une mission renforcée", False, key="renforce_projet")}


def _alsh() -> dict:
    school = st.number_input("Heures périscolaires par an", 0, 1_000_000, 0, 500, key="heures_ecole_projet")
    holidays = st.number_input(
        "Heures de vacances par an", 0, 1_000_000, 0, 500, key="heures_vacances_projet"
    )
    wednesday = st.number_input(
        "Heures du Plan mercredi par an", 0, 1_000_000, 0, 500, key="heures_mercredi_projet"
    )
    opens = st.toggle("La commune n’avait pas d’accueil", True, key="ouvre_projet")
    return {
        "hours_school": int(school),
        "hours_holidays": int(holidays),
        "wednesday_hours": int(wednesday),
        "opens": opens,
    }


def _youth() -> dict:
    return {"posts": int(st.number_input("Postes d’animateurs", 1, 50, 1, key="postes_projet"))}


_FIELDS = dict(zip(acting.KINDS, (_creche, _relais, _alsh, _youth), strict=True))


def _costs(kind: str) -> dict[str, str]:
    """What the user knows of the costs; an empty answer is unknown, never zero."""
    per = " par place" if kind == acting.KINDS[0] else ""
    asked = {"running_cost": f"Coût annuel{per} (€)"}
    if kind != acting.KINDS[3]:
        asked = {"investment_cost": f"Coût des travaux{per} (€)"} | asked
    if kind == acting.KINDS[0]:
        asked["mean_fee"] = "Participation moyenne des familles (€ par heure)"
    return {
        field: st.text_input(label, key=f"{field}_{kind}", placeholder="Inconnu", max_chars=20)
        for field, label in asked.items()
    }


def _amounts(costs: dict[str, str]) -> dict[str, Decimal | None]:
    labels = {
        "running_cost": "le coût annuel",
        "investment_cost": "le coût des travaux",
        "mean_fee": "la participation",
    }
    return {field: acting.sum_in_euros(text, labels[field]) for field, text in costs.items()}


def outcome(ground: acting.Ground, target: float, report: Report) -> None:
    """Effects and money of the projects together; nothing when there is none."""
    chosen = projects(report.territory.key)
    if not chosen:
        components.note("Aucun projet pour l’instant : décrivez-en un ci-dessus, puis ajoutez-en d’autres.")
        return
    _listed(chosen, ground)
    year = st.selectbox("Barème", acting.scale_years(), key="bareme_projet")
    try:
        found = simulate(
            ground.communes,
            chosen,
            target=target,
            year=year,
            accessibility=ground.accessibility,
            whole_places=ground.whole_places,
        )
    except DiagnosticError as error:
        components.state("La simulation ne peut pas se faire", str(error))
        return
    components.block(
        "Résultat", acting.message(found, chosen), "Avant, puis après, pour le territoire entier"
    )
    components.facts(acting.total_facts(found.total))
    components.facts(
        [
            (one.label, " → ".join(_number(value) for value in (one.before, one.after)), "estimé")
            for one in found.services
        ]
    )
    effects = acting.effects_table(found.communes, ground.accessibility is not None)
    components.table(effects, limit=12)
    components.actions("simulation", effects, report=report)
    components.block(
        "Financement",
        "Ce que la Caf pourrait apporter",
        "Ordres de grandeur, à confirmer avec votre conseiller Caf",
    )
    components.facts(acting.balance_facts(found.investment, found.running))
    components.table(acting.funding_table(found.fundings))
    for funding in found.fundings:
        blocks.items(f"{funding.project.name} : {reason}" for reason in funding.excluded)
    st.button(
        "Reporter dans le plan d’actions",
        key="reporter_projets",
        icon=":material/add:",
        on_click=plan_panel.add_projects,
        args=(report, found.fundings),
    )


def _number(value: float) -> str:
    return "sans objet" if math.isnan(value) else french.number(value)


def _listed(chosen: list[Project], ground: acting.Ground) -> None:
    names = acting.commune_options(ground)
    for rank, project in enumerate(chosen):
        with st.container(horizontal=True, vertical_alignment="center", key=f"projet_{rank}"):
            components.note(f"{project.name}, {names.get(project.commune, project.commune)}")
            st.button("Retirer", key=f"retirer_{rank}", type="tertiary", on_click=chosen.pop, args=(rank,))


def where(db: Database, ground: acting.Ground, target: float, report: Report) -> None:
    """Share a number of places among the communes, against the user's own choice."""
    with components.columns(260) as grid:
        with grid.container():
            places = st.number_input("Places à répartir", 0, 2000, 60, 12, key="places_a_repartir")
        with grid.container():
            default = acting.where_target(ground, report, target)
            target = st.number_input(
                acting.where_target_label(ground),
                0.0,
                300.0,
                default,
                0.5,
                format="%.1f",
                key=f"cible_places_{report.territory.key}_{default}",
            )
        with grid.container():
            qpv_first = st.toggle("Quartiers prioritaires d’abord", False, key="qpv_d_abord")
    if qpv_first:
        components.note(
            "Une commune qui a un quartier prioritaire pèse 1,5 fois plus : un choix de l’outil, non une règle."
        )
    found = blocks.attempt(
        lambda: acting.proposal(db, report.territory, int(places), float(target), qpv_first)
    )
    if found is None:
        return
    if not found.packages:
        components.state(
            "Aucune place à répartir ici",
            "Aucune commune connue n’est sous la cible, ou ses enfants et ses places ne sont pas connus.",
            action=False,
        )
        return
    mine = acting.after_projects(ground, _current(), target)
    components.block("Proposition", acting.allocation_message(found, mine))
    components.table(acting.allocation_table(found))
    components.note(acting.left_out(found.unknown))
