"""Words and tables of the page Agir: projects, their effects, what they cost, where to begin."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial

from diagnostic import french, gazetteer, reference, territories
from diagnostic.indicators import COMPUTED, OFFICIAL, POVERTY
from diagnostic.model import FRANCE, DiagnosticError, Finding, Level, Territory
from diagnostic.report import LeverHere, Report
from diagnostic.simulation import AlshProject, CrecheProject, Project, RpeProject, YouthProject
from diagnostic.simulation.ground import MOST_COMMUNES, Ground
from diagnostic.warehouse import Database

CRECHE, MICRO_CRECHE = "Crèche", "Micro-crèche"
_KINDS: dict[str, Callable[..., Project]] = {
    CRECHE: CrecheProject,
    MICRO_CRECHE: partial(CrecheProject, micro=True),
    "Relais petite enfance": RpeProject,
    "Accueil de loisirs": AlshProject,
    "Accompagnement des 12-25 ans": YouthProject,
}
KINDS = tuple(_KINDS)
FINANCED = {"Psu : la Caf aide le gestionnaire": True, "CMG (Paje) : la Caf aide les familles": False}
"""The ways of financing a micro-crèche, and whether that is the Psu."""
MOST_WANTED = 300


def target_of(finding: Finding | None) -> float | None:
    """The reference's value, in places per 100 children; None when unknown."""
    if finding is None:
        return None
    return finding.beside.value if finding.beside is not None else None


def coverage_target(report: Report) -> float | None:
    """The coverage to reach: the reference's published rate, else that of France, on which the communes are measured
    too; the computed one where no rate is published, None when that is unknown."""
    france = next((one for one in report.findings[OFFICIAL].comparators if one.key == FRANCE.key), None)
    found = (
        target_of(report.findings[OFFICIAL]),
        france.value if france is not None else None,
        target_of(report.findings[COMPUTED]),
    )
    return next((value for value in found if value is not None), None)


def of_reference(report: Report) -> bool:
    """Whether the coverage to reach is that of the reference chosen for the page."""
    return target_of(report.findings[OFFICIAL]) is not None


MOST_USUAL, FEWEST_USUAL, CHILDREN_A_PLACE = 24, 3, 4
"""Places proposed for a new crèche: one for four children, from the smallest micro-crèche to a small crèche."""


def usual_places(ground_: Ground, most: int = MOST_USUAL) -> int:
    """How many places a new crèche is first given here, `most` at most; the user says how many."""
    children = float(ground_.communes["children"].sum())
    return max(FEWEST_USUAL, min(most, round(children / CHILDREN_A_PLACE)))


def financing_sentence(psu: bool) -> str:
    """What is counted each year for a crèche of that financing, before it is asked for."""
    if psu:
        return (
            "Aides comptées chaque année : la Psu et les bonus mixité sociale, inclusion handicap et territoire, "
            "selon vos réponses."
        )
    return (
        "Ni Psu ni bonus : la Caf verse le CMG aux familles, qui n’est pas compté ici. Le taux officiel compte une "
        "micro-crèche Paje d’après les enfants qu’elle accueille, non d’après ses places."
    )


def project(kind: str, name: str, commune: str, answers: dict[str, object]) -> Project:
    """The project that the form describes; DiagnosticError says which answer to mend."""
    known = {key: value for key, value in answers.items() if value is not None}
    return _KINDS[kind](name=name.strip() or kind, commune=commune, **known)


def sum_in_euros(text: str, what: str) -> Decimal | None:
    """« 16 000,50 » as Decimal, None when empty; DiagnosticError when it is no amount."""
    plain = re.sub(r"[ \u00a0\u202f€]", "", text).replace(",", ".")
    if not plain:
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation as error:
        raise DiagnosticError(f"Pour {what}, saisissez un montant en euros, par exemple 16 000.") from error
    return amount


def share(text: str) -> float | None:
    """« 35 % » or « 12,5 » as a share from 0 to 1, None when empty; DiagnosticError when it is none."""
    plain = text.replace("%", "").replace(",", ".").strip()
    if not plain:
        return None
    try:
        return float(plain) / 100
    except ValueError as error:
        raise DiagnosticError(
            "Pour la part de familles, saisissez un pourcentage, par exemple 35."
        ) from error


def places_wanted(text: str) -> float:
    """« 59,6 » places for 100 children; DiagnosticError when it is no such number."""
    try:
        wanted = float(text.replace(",", ".").strip())
    except ValueError:
        wanted = -1.0
    if not 0 <= wanted <= MOST_WANTED:
        raise DiagnosticError(
            f"Donnez un nombre de places pour 100 enfants, de 0 à {MOST_WANTED}, par exemple 59,6."
        )
    return wanted


def scale_years() -> list[int]:
    """Years of the scales, latest first."""
    return sorted(reference.scale_years(), reverse=True)


def poverty_line(ground_: Ground, report: Report) -> float | None:
    """The reference's poverty rate, where it can order the communes; None when it cannot."""
    known = ground_.communes["poverty"].notna().any()
    return target_of(report.findings.get(POVERTY)) if known else None


def need_known(ground_: Ground) -> bool:
    """Whether the share of the children whose parents work can order the communes."""
    return bool(ground_.communes["working"].nunique() > 1)


OTHER_NEEDS = {
    "question": "Une question reste à poser",
    "frame": "Pour toute convention",
    "not_called": "Rien ne les appelle aujourd’hui",
}


def levers_message(report: Report) -> str:
    """How many levers a gap calls, as a title."""
    called = sum(row.need == "gap" for row in report.levers)
    if not called:
        return "Aucun écart constaté n’appelle un dispositif ; des questions restent à poser"
    return f"{french.quantity(called, 'dispositif répond', 'dispositifs répondent')} aux écarts constatés"


def by_gap(rows: Sequence[LeverHere]) -> dict[str, list[LeverHere]]:
    """The levers whose reason begins with one and the same sentence, together under it, in their order."""
    reasons = sorted({row.reason for row in rows}, key=len)
    groups: dict[str, list[LeverHere]] = {}
    for row in rows:
        groups.setdefault(next(one for one in reasons if row.reason.startswith(one)), []).append(row)
    return groups


def levers_of(report: Report, need: str) -> list[LeverHere]:
    """The levers of one need, in the order of the report."""
    return [row for row in report.levers if row.need == need]


def lever_facts(row: LeverHere, said: str = "") -> list[tuple[str, str]]:
    """Everything known of a lever, empty entries left out, and so is its reason when it is `said` already."""
    amounts = row.amounts
    pairs = [
        ("Pourquoi", row.reason if row.reason != said else ""),
        ("Ce que c’est", row.description),
        ("Qui peut le demander", row.beneficiaires),
        ("Condition", row.condition),
        ("Montants", " ; ".join(amounts) if amounts else f"Montant à demander, {reference.CONFIRM}."),
        ("Ce qui a changé depuis 2022", row.evolution),
        ("Contact", row.contact),
        ("Source", row.source),
    ]
    return [(label, text) for label, text in pairs if text]


def commune_options(ground_: Ground) -> dict[str, str]:
    """Code and name of the communes, by name."""
    names = ground_.communes["name"].sort_values()
    return {code: french.typographic(name) for code, name in names.items()}


def project_sentence(project: Project, names: dict[str, str]) -> str:
    """What a project is, and where."""
    where = names.get(project.commune, project.commune)
    size = _size(project)
    return f"{project.name}, {where}" + (f" ({size})" if size else "")


def projects_sentence(projects: Sequence[Project]) -> str:
    """The projects of a scenario in a few words."""
    places = sum(project.places for project in projects if isinstance(project, CrecheProject))
    said = [french.quantity(len(projects), "projet", "projets")]
    if places:
        said.append(french.quantity(places, "place", "places"))
    return ", ".join(said)


def _size(project: Project) -> str:
    if isinstance(project, CrecheProject):
        financed = (
            "Psu et bonus"
            if project.psu
            else "CMG, sans Psu ni bonus"
            if project.micro
            else "sans Psu ni bonus"
        )
        return f"{french.quantity(project.places, 'place', 'places')}, {financed}"
    if isinstance(project, YouthProject):
        return french.quantity(project.posts, "poste", "postes")
    return ""


def communes_of(db: Database, territory: Territory) -> dict[str, str]:
    """Code and name of the communes of a territory, by name; none of one too large to choose among."""
    codes = territories.communes(db, territory)
    if len(codes) > MOST_COMMUNES:
        return {}
    known = gazetteer.index(db).territories
    names = {code: french.name(known[Level.COMMUNE, code]) for code in codes}
    return dict(sorted(names.items(), key=lambda item: item[1]))
