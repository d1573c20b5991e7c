"""The controls of the page Agir: levers, projects of the session, effects, money, where to begin."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import streamlit as st

from diagnostic import french, reference
from diagnostic.drafts import PROJECTS
from diagnostic.model import DiagnosticError
from diagnostic.report import LeverHere, Report
from diagnostic.simulation import MOST_MICRO, Project
from diagnostic.simulation import ground as ground_of
from diagnostic.story import projects as acting
from diagnostic.story import terms
from diagnostic.ui import blocks, components, keeping, plan_panel

MOST_PROJECTS = 20
WIDTH = 220
"""Pixels of a short choice: a year needs no more."""
_DEFAULT_TARGET = 60.0


def projects(territory: str) -> tuple[Project, ...]:
    """The projects that this visitor weighs in that territory."""
    return keeping.get(PROJECTS, territory) or ()


def hold(territory: str, change: Callable[[tuple[Project, ...]], tuple[Project, ...]]) -> None:
    """Change the projects that this visitor weighs there, as they stand now; or say why it is refused."""
    try:
        keeping.update(PROJECTS, territory, lambda held: change(held or ()))
    except DiagnosticError as error:
        blocks.tell(str(error))


def without(held: tuple[Project, ...], gone: Project) -> tuple[Project, ...]:
    """The projects but for one of them; another tab may have withdrawn it already."""
    place = held.index(gone) if gone in held else len(held)
    return held[:place] + held[place + 1 :]


def levers(report: Report) -> None:
    """The levers that a gap calls, each in its own fold; the others together, by need."""
    for reason, rows in acting.by_gap(acting.levers_of(report, "gap")).items():
        components.note(reason)
        for row in rows:
            theme = reference.LEVER_THEMES[row.theme]
            with st.expander(f"{row.dispositif} · {theme}", key=f"levier_{row.id}"):
                blocks.definitions(acting.lever_facts(row, reason))
                _begin(report, row)
    for need, title in acting.OTHER_NEEDS.items():
        rows = acting.levers_of(report, need)
        if not rows:
            continue
        count = french.quantity(len(rows), "dispositif", "dispositifs")
        with st.expander(f"{title} : {count}", key=f"besoin_{need}"):
            for row in rows:
                components.block(reference.LEVER_THEMES[row.theme], row.dispositif, folded=True)
                blocks.definitions(acting.lever_facts(row))
                _begin(report, row)


def _begin(report: Report, row: LeverHere) -> None:
    st.button(
        "Commencer une fiche",
        key=f"fiche_levier_{row.id}",
        type="tertiary",
        icon=":material/add:",
        on_click=plan_panel.begin_from_lever,
        args=(report, row),
    )


def target(report: Report) -> float:
    """The places per 100 children to reach: the reference's, unless the user changes it."""
    known = acting.coverage_target(report)
    default = round(known if known is not None else _DEFAULT_TARGET, 1)
    key = f"cible_{report.territory.key}_{default}"
    help_text = None
    if known is not None:
        help_text = (
            "Par défaut, la valeur de la référence choisie en haut de page."
            if acting.of_reference(report)
            else "Par défaut, la valeur de la France : la référence choisie n’a pas de taux publié."
        )
    return wanted("Places à atteindre pour 100 enfants de moins de 3 ans", default, key, help_text)


def wanted(label: str, default: float, key: str, help_text: str | None = None) -> float:
    """A number with its decimal comma in every browser: a field of numbers would follow the language of each."""
    typed = st.text_input(
        label, french.number(default, 1), key=key, help=help_text, max_chars=6, width=2 * WIDTH
    )
    found = blocks.attempt(lambda: acting.places_wanted(typed))
    return default if found is None else found


def form(ground: ground_of.Ground, report: Report) -> None:
    """One project to describe, added to those under way."""
    options = acting.commune_options(ground)
    if not options:
        components.state("Aucune commune connue", "Choisissez un autre territoire.", action=True)
        return
    small = acting.usual_places(ground) <= MOST_MICRO
    first = acting.KINDS.index(acting.MICRO_CRECHE if small else acting.CRECHE)
    # Another ground is another field: what was chosen elsewhere says nothing here.
    key = f"type_projet_{report.territory.key}"
    kind = st.selectbox("Type de projet", acting.KINDS, index=first, key=key, width=2 * WIDTH)
    psu = _financing(kind)
    with st.form("projet", border=False, clear_on_submit=False, enter_to_submit=False):
        with components.columns(260) as grid:
            with grid.container():
                name = st.text_input("Nom du projet", kind, key=f"nom_projet_{kind}", max_chars=120)
                commune = blocks.pick("Commune", options, "commune_projet", placeholder="Choisir")
            with grid.container():
                answers = _FIELDS[kind](ground, psu)
            with grid.container():
                costs = _costs(kind)
        if psu is not None:
            with st.expander(
                "Préciser les bonus et les participations" if psu else "Préciser les participations"
            ):
                more, amounts = _creche_details() if psu else ({}, _fees())
                answers, costs = answers | more, costs | amounts
        asked = st.form_submit_button("Ajouter ce projet")
    if not asked:
        return
    made = blocks.attempt(lambda: acting.project(kind, name, commune, answers | _amounts(costs)))
    if made is None:
        return
    key = report.territory.key
    if len(projects(key)) >= MOST_PROJECTS:
        components.state(
            "Trop de projets à la fois", f"Retirez-en un : {MOST_PROJECTS} au plus s’additionnent."
        )
        return
    hold(key, lambda held: (*held, made))


def _financing(kind: str) -> bool | None:
    """Whether the crèche takes the Psu, asked where it is a choice and said in any case; None of what is no crèche.

    It decides which answers count: it stands above the form, where an answer draws the page again.
    """
    if kind not in (acting.CRECHE, acting.MICRO_CRECHE):
        return None
    psu = True
    if kind == acting.MICRO_CRECHE:
        advice = terms.meaning("Micro-crèche")
        mode = st.selectbox(
            "Mode de financement",
            list(acting.FINANCED),
            key="financement_projet",
            help=advice,
            width=2 * WIDTH,
        )
        psu = acting.FINANCED[mode]
    components.note(acting.financing_sentence(psu))
    return psu


def _creche(ground: ground_of.Ground, psu: bool | None) -> dict:
    return _places(acting.usual_places(ground), 500) | _bonuses()


def _micro_creche(ground: ground_of.Ground, psu: bool | None) -> dict:
    asked = _places(acting.usual_places(ground, MOST_MICRO), MOST_MICRO)
    return asked | (_bonuses() if psu else {"psu": False})


def _places(usual: int, most: int) -> dict:
    return {
        "places": int(
            st.number_input("Places nouvelles", 1, most, usual, key=f"places_projet_{usual}_{most}")
        )
    }


def _bonuses() -> dict:
    qpv = st.toggle("En quartier prioritaire", False, key="qpv_projet")
    ctg = st.toggle("Sous convention territoriale globale", True, key="ctg_projet", help=terms.meaning("Ctg"))
    return {"qpv": qpv, "ctg": ctg}


_HANDICAP = {"Je ne sais pas": None, "Oui": True, "Non": False}


def _creche_details() -> tuple[dict, dict[str, str]]:
    """What decides the bonus and the remainder, known late in a project: an empty answer is unknown."""
    with components.columns(260) as grid:
        with grid.container():
            disabled = st.selectbox(
                "Un enfant en situation de handicap inscrit", list(_HANDICAP), key="handicap_projet"
            )
            low_income = st.text_input(
                "Part de familles à faibles ressources (%)",
                key="part_projet",
                placeholder="Inconnue",
                max_chars=6,
            )
        with grid.container():
            fee = _amount("mean_fee", "Participation moyenne des familles (€ par heure)")
            fees = _fees()
        with grid.container():
            bonus = _amount("territory_bonus", "Bonus territoire indiqué par la Caf (€ par place)")
    share = blocks.attempt(lambda: acting.share(low_income))
    answers = {"disabled_children": _HANDICAP[disabled], "low_income_share": share}
    return answers, {"mean_fee": fee, "territory_bonus": bonus} | fees


def _fees() -> dict[str, str]:
    return {"family_fees": _amount("family_fees", "Participations des familles (€ par an)")}


def _amount(field: str, label: str) -> str:
    return st.text_input(label, key=f"{field}_projet", placeholder="Inconnu", max_chars=20)


def _relais(_: ground_of.Ground, psu: bool | None) -> dict:
    return {"reinforced": st.toggle("Avec une mission renforcée", False, key="renforce_projet")}


def _alsh(_: ground_of.Ground, psu: bool | None) -> dict:
    school = st.number_input("Heures périscolaires par an", 0, 1_000_000, 0, 500, key="heures_ecole_projet")
    holidays = st.number_input(
        "Heures de vacances par an", 0, 1_000_000, 0, 500, key="heures_vacances_projet"
    )
    wednesday = st.number_input(
        "Heures du Plan mercredi par an", 0, 1_000_000, 0, 500, key="heures_mercredi_projet"
    )
    inclusive = st.number_input(
        "Dont heures d’enfants en situation de handicap", 0, 1_000_000, 0, 100, key="heures_inclusives_projet"
    )
    opens = st.toggle("La commune n’avait pas d’accueil", True, key="ouvre_projet")
    return {
        "hours_school": int(school),
        "hours_holidays": int(holidays),
        "wednesday_hours": int(wednesday),
        "inclusive_hours": int(inclusive),
        "opens": opens,
    }


def _youth(_: ground_of.Ground, psu: bool | None) -> dict:
    return {"posts": int(st.number_input("Postes d’animateurs", 1, 50, 1, key="postes_projet"))}


_FIELDS = dict(zip(acting.KINDS, (_creche, _micro_creche, _relais, _alsh, _youth), strict=True))


def _costs(kind: str) -> dict[str, str]:
    """What the user knows of the costs; an empty answer is unknown, never zero."""
    per = " par place" if kind in (acting.CRECHE, acting.MICRO_CRECHE) else ""
    asked = {"running_cost": f"Coût annuel{per} (€)"}
    if kind != acting.KINDS[-1]:
        asked = {"investment_cost": f"Coût des travaux{per} (€)"} | asked
    return {
        field: st.text_input(label, key=f"{field}_{kind}", placeholder="Inconnu", max_chars=20)
        for field, label in asked.items()
    }


def _amounts(costs: dict[str, str]) -> dict[str, Decimal | None]:
    labels = {
        "running_cost": "le coût annuel",
        "investment_cost": "le coût des travaux",
        "mean_fee": "la participation horaire",
        "family_fees": "les participations des familles",
        "territory_bonus": "le bonus territoire",
    }
    return {field: acting.sum_in_euros(text, labels[field]) for field, text in costs.items()}
