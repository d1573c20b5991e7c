"""Words and tables of the page Agir: projects, their effects, what they cost, where to begin."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation

import pandas as pd

from diagnostic import french, reading, reference, territories
from diagnostic.indicators import CHILDREN, COMPUTED, CRECHES, LEISURE_IN_COMMUNE, OFFICIAL, POVERTY, REACH
from diagnostic.model import FRANCE, DiagnosticError, Finding, Level, Territory
from diagnostic.report import LeverHere, Report
from diagnostic.simulation import (
    INVESTMENT,
    RUNNING,
    AlshProject,
    CrecheProject,
    Funding,
    Project,
    RpeProject,
    ServiceEffect,
    YouthProject,
    range_text,
)
from diagnostic.simulation.ground import (
    MOST_COMMUNES,
    RANKED_SHARE,
    Ground,
    access_known,
    rankable,
    rated_share,
)
from diagnostic.story.figures import source_line
from diagnostic.warehouse import Database

_KINDS = {
    "Crèche": CrecheProject,
    "Relais petite enfance": RpeProject,
    "Accueil de loisirs": AlshProject,
    "Accompagnement des 12-25 ans": YouthProject,
}
KINDS = tuple(_KINDS)
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


def usual_places(ground_: Ground) -> int:
    """How many places a new crèche is first given here; the user says how many."""
    children = float(ground_.communes["children"].sum())
    return max(FEWEST_USUAL, min(MOST_USUAL, round(children / CHILDREN_A_PLACE)))


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


def weights_sentence(qpv: bool, poverty: float | None, need: bool = False) -> str:
    """What « d’abord » weighs; an empty text when nothing does."""
    said = []
    if qpv:
        said.append("une commune qui a un quartier prioritaire pèse une demi-part de plus")
    if poverty is not None:
        said.append(f"une commune dont le taux de pauvreté dépasse {french.percent(poverty, 1)} aussi")
    if need:
        said.append(
            "chaque enfant compte selon la part des enfants de sa commune dont les parents travaillent"
        )
    if not said:
        return ""
    return f"{french.capitalised(' ; '.join(said))} : un choix de l’outil, non une règle."


def effects_table(communes: pd.DataFrame, access_known: bool) -> pd.DataFrame:
    """The effects of the simulation as a table to read: communes with a project first, then by gap."""
    rows = communes.sort_values(["added", "missing_before"], ascending=False, na_position="last")
    columns = {
        "Commune": rows["name"].map(french.typographic),
        "Enfants de moins de 3 ans, environ": rows["children"].map(french.two_figures).round(),
        "Places ajoutées": rows["added"],
        "Places avant": rows["places_before"].round(),
        "Places après": rows["places_after"].round(),
        "Pour 100 enfants, avant": rows["coverage_before"].round(1),
        "Pour 100 enfants, après": rows["coverage_after"].round(1),
        "Manque avant, environ": rows["missing_before"].map(_lacked),
        "Manque après, environ": rows["missing_after"].map(_lacked),
    }
    if access_known and "access_before" in rows:
        columns["Places accessibles, avant"] = rows["access_before"].round(1)
        columns["Places accessibles, après"] = rows["access_after"].round(1)
    return pd.DataFrame(columns)


def _lacked(count: float) -> float | None:
    """The missing places of a line: as they are said of a territory, to the unit under twenty."""
    said = french.about(count)
    return said if said is not None else None if pd.isna(count) else float(french.rounded(count) or 0)


# --- Words ---------------------------------------------------------------------------------------------

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


def ground_sentence(ground_: Ground) -> str:
    """What the simulation stands on."""
    known = int(ground_.communes["places"].notna().sum())
    total = len(ground_.communes)
    year = f" en {ground_.year}" if ground_.year else ""
    if total == 1:
        by_rate = " par le taux publié" if ground_.communes["rated"].any() else ""
        return f"Places connues{year}{by_rate}." if known else "Places inconnues : l’effet se lit en points."
    noun = french.plural(known, "commune", "communes")
    said = f"Places connues dans {french.number(known)} {noun} sur {french.number(total)}{year}"
    return (
        f"{said}, par le taux publié où il l’est ; ailleurs, l’effet se lit sur le territoire et en points."
    )


def where_sentence(ground_: Ground) -> str:
    """By what measure communes are ordered."""
    if access_known(ground_):
        return (
            "Manque mesuré par l’accessibilité des crèches : les places voisines comptent, selon la distance"
        )
    share = rated_share(ground_)
    said = "Communes rangées par leur taux publié, chacune pour elle-même : les places en crèche alentour ne sont pas connues"
    if share >= RANKED_SHARE:
        return said
    known, total = int(ground_.communes["rated"].sum()), len(ground_.communes)
    told = (
        f"Le taux publié n’est connu que de {french.quantity(known, 'commune', 'communes')} sur {french.number(total)}, où "
        f"vivent {french.percent(int(share * 100))} des enfants"
        if known
        else "Aucune commune n’a de taux publié"
    )
    if not rankable(ground_):
        return f"{told} : aucun ordre ne peut en être tiré"
    return f"{told} : l’ordre ne dit rien des autres. {said}"


def where_source(ground_: Ground, report: Report) -> str:
    """The files on which communes are ordered: rates or the crèches around, and the children."""
    measured = REACH if access_known(ground_) else OFFICIAL
    return source_line(report, [measured], members=True, beside=[CHILDREN])


def where_target(ground_: Ground, report: Report, target: float) -> float:
    """What to reach: the reference's accessibility where it measures the shortfall, else the same target."""
    if not access_known(ground_):
        return target
    found = [target_of(report.findings.get(id)) for id in (REACH, CRECHES)]
    return round(next((value for value in found if value is not None), target), 1)


def where_target_label(ground_: Ground) -> str:
    """What the number to reach counts."""
    return (
        "Places de crèche accessibles à viser, pour 100 enfants"
        if access_known(ground_)
        else "Places à viser, pour 100 enfants"
    )


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
        return french.quantity(project.places, "place", "places")
    if isinstance(project, YouthProject):
        return french.quantity(project.posts, "poste", "postes")
    return ""


def communes_of(db: Database, territory: Territory) -> dict[str, str]:
    """Code and name of the communes of a territory, by name; none of one too large to choose among."""
    codes = territories.communes(db, territory)
    if len(codes) > MOST_COMMUNES:
        return {}
    known = territories.index(db).territories
    names = {code: french.name(known[Level.COMMUNE, code]) for code in codes}
    return dict(sorted(names.items(), key=lambda item: item[1]))


def total_facts(total) -> list[tuple[str, str, str]]:
    """Before and after for the whole territory: coverage, places, missing. All are reckoned: « environ »."""

    def both(before: float, after: float, said: Callable[[float], str]) -> tuple[str, str]:
        if pd.isna(before) or pd.isna(after):
            return "inconnu", "inconnu"
        return about(said(before), said(after)), "estimé"

    rows: list[tuple[str, float, float, Callable[[float], str]]] = [
        ("Places pour 100 enfants", total.coverage_before, total.coverage_after, _one_decimal),
        ("Places", total.places_before, total.places_after, french.number),
        ("Places manquantes", total.missing_before, total.missing_after, missing_said),
    ]
    if not pd.isna(total.access_before):
        label = "Places de crèche accessibles pour 100 enfants"
        rows.append((label, total.access_before, total.access_after, _one_decimal))
    return [(label, *both(before, after, said)) for label, before, after, said in rows]


def service_facts(effects: Sequence[ServiceEffect]) -> list[tuple[str, str, str]]:
    """Before and after of what projects change for services; children told by births are rounded."""

    def said(value: float, decimals: int) -> str:
        if pd.isna(value):
            return "sans objet"
        return french.number(value if decimals else french.two_figures(value), decimals)

    rows = []
    for one in effects:
        # A share is of all the children at most: it keeps its decimal.
        decimals = 1 if one.indicator == LEISURE_IN_COMMUNE else 0
        rows.append((one.label, about(said(one.before, decimals), said(one.after, decimals)), "estimé"))
    return rows


def about(before: str, after: str) -> str:
    """ "environ 680 → 650"; nothing is about none, nor about all."""
    hedged = before[:1].isdigit() and before not in _SURE
    return f"{'environ ' * hedged}{before} → {after}"


_SURE = frozenset({"0", "0,0", "100,0"})


def _one_decimal(value: float) -> str:
    return french.number(value, 1)


def missing_said(count: float) -> str:
    """ "680", "moins de 20", "0": missing places before or after, as they are said everywhere."""
    if not french.rounded(count):
        return "0"
    said = french.about(count)
    return f"moins de{french.NBSP}20" if said is None else french.number(said)


def funding_table(funding: Funding) -> pd.DataFrame:
    """Each financing line of a project: aid, range, rule with the year of its scale."""
    often = {INVESTMENT: "une fois", RUNNING: "par an"}
    rows = [
        {
            "Aide": f"{line.label} ({often[line.nature]})",
            "Montant": range_text(line.low, line.high),
            "Règle et barème": line.rule + (f" ; barème {line.year}" if line.year else ""),
        }
        for line in funding.lines
    ]
    return pd.DataFrame(rows, columns=["Aide", "Montant", "Règle et barème"])


def balance_facts(investment, running) -> list[tuple[str, str, str]]:
    """Aids and remainder of the works and of a year."""
    rows = []
    for label, balance in (("Investissement", investment), ("Fonctionnement, par an", running)):
        least = "" if balance.complete else "au moins "
        rows.append((f"{label} : aides", least + range_text(balance.aid_low, balance.aid_high), "estimé"))
        cost = (
            "coût non saisi"
            if balance.cost is None
            else range_text(balance.remainder_low, balance.remainder_high)
        )
        if balance.cost is not None and balance.remainder_low is None and balance.remainder_high is not None:
            cost = f"au plus {french.euros(balance.remainder_high)}"
        rows.append(
            (f"{label} : reste à financer", cost, "estimé" if balance.cost is not None else "à saisir")
        )
    return rows


def message(simulation, projects: Sequence[Project]) -> str:
    """What the projects change, as a title."""
    total = simulation.total
    count = french.quantity(len(projects), "projet", "projets")
    if pd.isna(total.coverage_before):
        return f"{count}, {french.quantity(total.added, 'place ajoutée', 'places ajoutées')}"
    before, after = (french.number(value, 1) for value in (total.coverage_before, total.coverage_after))
    return f"{count} : de {before} à environ {after} places pour 100 enfants"


def allocation_table(allocation) -> pd.DataFrame:
    """The packages in the order they were chosen."""
    rows = [
        {
            "Ordre": str(rank),
            "Commune": french.typographic(package.name),
            "Places": french.number(package.places),
            "Pourquoi": package.reason,
        }
        for rank, package in enumerate(allocation.packages, 1)
    ]
    return pd.DataFrame(rows, columns=["Ordre", "Commune", "Places", "Pourquoi"])


def allocation_message(allocation, user_after: float | None) -> str:
    """How many places are shared, and by how much they reduce what is lacking, beside what the user's projects do: a fall,
    never the whole, which is said once and of all modes."""
    fall, own = (
        french.of_text(french.about_quantity(allocation.before - after, "place", "places"))
        for after in (allocation.after, allocation.before if user_after is None else user_after)
    )
    shared = sum(package.places for package in allocation.packages)
    asked = shared + allocation.left
    of = f" sur les {french.number(asked)} demandées" if allocation.left else ""
    said = f"{french.quantity(shared, 'place', 'places')}{of} : réparties ainsi, elles réduisent {fall} le manque de ces communes"
    if user_after is None:
        return said
    return f"{said} ; vos projets, {own if allocation.before - user_after > 0 else 'de rien'}"


def nothing_to_share(allocation, report: Report) -> str:
    """Why no place is proposed."""
    if allocation.before >= 1:
        return "Les communes sous la cible manquent de moins de places que n’en a la plus petite crèche, ou ont trop peu d’enfants."
    said = "Aucune commune dont le taux est connu n’est nettement sous la cible."
    rate = report.findings.get(OFFICIAL)
    if rate is None or not reading.missing_units([rate]):
        return said
    places = french.about_quantity(rate.missing or 0.0, "place", "places")
    return french.typographic(
        f"{said} Le territoire entier manque {french.of_text(places)} : ses communes ont trop peu d’enfants, ou un taux trop "
        "proche ou inconnu, pour dire où."
    )


def unshared(allocation) -> str:
    """Why some of the places asked are given to nobody; an empty text when all are shared."""
    if not allocation.left:
        return ""
    one, many = "place n’est pas proposée", "places ne sont pas proposées"
    return french.typographic(
        f"{french.quantity(allocation.left, one, many)} : un lot n’est proposé que si la moitié au moins de ses places "
        "réduisent le manque d’une commune nettement sous la cible, et si ses enfants peuvent les occuper."
    )


def left_out(allocation) -> str:
    """How many communes the proposal could not weigh, and which; an empty text when it weighed them all."""
    names, said = list(allocation.unknown), []
    if names:
        shown = french.listing([*names[:6], *(["d’autres"] if len(names) > 6 else [])])
        count = french.quantity(len(names), "commune laissée de côté", "communes laissées de côté")
        said.append(f"{count}, faute de taux et d’enfants connus : {shown}.")
    if allocation.childless:
        count = french.quantity(len(allocation.childless), "commune", "communes")
        said.append(f"{count} sans enfant de moins de 3 ans : {french.listing(allocation.childless[:6])}.")
    return french.typographic(" ".join(said))
