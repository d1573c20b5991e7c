"""What the page Agir needs: the communes before any project, who reaches whom, where places are short."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from diagnostic import access, french, reference, territories
from diagnostic.measure import COMPUTED, OFFICIAL
from diagnostic.model import DiagnosticError, Finding, Level, Territory
from diagnostic.report import Report
from diagnostic.simulation import (
    INVESTMENT,
    RUNNING,
    Accessibility,
    AlshProject,
    CrecheProject,
    Funding,
    Project,
    RpeProject,
    YouthProject,
    catchment,
    priority_weights,
    range_text,
    shortfall,
    where_first,
)
from diagnostic.warehouse import Database

_LEAST_SHARE = 0.5
"""Beyond half or double, what the published rate leaves to the other communes is no correction but a contradiction."""
MOST_COMMUNES = 1000
"""The largest département has 890: beyond, one would wait, and no convention is that large."""
# A crèche 15 km away is shared with children 15 km beyond: 31 km of latitude, and as far again of longitude.
_MARGIN = 0.28
_KINDS = {
    "Crèche": CrecheProject,
    "Relais petite enfance": RpeProject,
    "Accueil de loisirs": AlshProject,
    "Accompagnement des 12-25 ans": YouthProject,
}
KINDS = tuple(_KINDS)


@dataclass(frozen=True, slots=True)
class Ground:
    """The communes of a territory before any project, its published places, and who shares them.

    `communes` is the frame that `simulate` wants; `measured` has besides `access`, what a child reaches,
    where it is known. `accessibility` and `reach` are None where the coordinates or the places around are
    unknown. `year` dates the places.
    """

    communes: pd.DataFrame
    measured: pd.DataFrame
    whole_places: float | None
    year: int | None
    accessibility: Accessibility | None
    reach: pd.DataFrame | None


def ground(db: Database, territory: Territory) -> Ground:
    """What is known today of the territory and of its neighbours within reach."""
    codes = territories.communes(db, territory)
    around = _around(db, codes)
    whole = _whole(db, territory)
    around = around.assign(children=_children(around, codes, whole))
    communes = around.loc[[code for code in codes if code in around.index]].drop(
        columns=["children_now", "children_then", "official"]
    )
    accessibility, reach = _catchment(around, communes.index)
    measured = _measured(communes, accessibility)
    known = "access" in measured
    return Ground(communes, measured, whole.places, whole.year, accessibility, reach if known else None)


class _Whole(NamedTuple):
    """Published places of a territory, their year, and the coverage that the same producer publishes."""

    places: float | None
    year: int | None
    rate: float | None


def _whole(db: Database, territory: Territory) -> _Whole:
    rows = db.rows(
        """
        select indicator, coalesce(numerator, value), year
        from figure
        where indicator in (?, ?) and level = ? and code = ? and value is not null
        qualify row_number() over (partition by indicator order by year desc) = 1
        """,
        COMPUTED,
        OFFICIAL,
        str(territory.level),
        territory.code,
    )
    found = {indicator: (value, year) for indicator, value, year in rows}
    places, year = found.get(COMPUTED, (None, None))
    return _Whole(places, year, found.get(OFFICIAL, (None, None))[0])


def _children(around: pd.DataFrame, codes: Sequence[str], whole: _Whole) -> pd.Series:
    """Children under 3 of each commune, such that its places give the published coverage where there is one.

    Births alone make too many children in the towns that families leave. The communes without a published
    rate keep the children reckoned from births, moved alike so that the territory has its published rate.
    """
    rated = around["places"].notna() & (around["official"] > 0)
    children = around["children"].where(~rated, around["places"] / around["official"] * 100)
    if whole.places is None or not whole.rate:
        return children
    inside = around.index.isin(codes)
    fixed, rest = children[inside & rated].sum(), children[inside & ~rated].sum()
    share = (whole.places / whole.rate * 100 - fixed) / rest if rest > 0 else math.nan
    if _LEAST_SHARE <= share <= 1 / _LEAST_SHARE:
        children = children.where(~(inside & ~rated), children * share)
    return children


@lru_cache(maxsize=64)
def cached_ground(db: Database, territory: Territory) -> Ground:
    """`ground`, kept for every session that asks the same of the same database."""
    return ground(db, territory)


def target_of(finding: Finding | None) -> float | None:
    """The reference's value, in places per 100 children; None when unknown."""
    if finding is None:
        return None
    return finding.beside.value if finding.beside is not None else None


def coverage_target(report: Report) -> float | None:
    """The reference's coverage: the published one, else the computed one; None when unknown."""
    found = (target_of(report.findings[name]) for name in (OFFICIAL, COMPUTED))
    return next((value for value in found if value is not None), None)


def project(kind: str, name: str, commune: str, answers: dict[str, object]) -> Project:
    """The project that the form describes; DiagnosticError says which answer to mend."""
    known = {key: value for key, value in answers.items() if value is not None}
    return _KINDS[kind](name=name.strip() or kind, commune=commune, **known)


def sum_in_euros(text: str, what: str) -> Decimal | None:
    """« 16 000,50 » as Decimal, None when empty; DiagnosticError when it is no amount."""
    plain = text.translate(str.maketrans({" ": None, "\u00a0": None, "\u202f": None, "€": None, ",": "."}))
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


def scale_years() -> list[int]:
    """Years of the scales, latest first."""
    return sorted(reference.scale_years(), reverse=True)


def _measured(communes: pd.DataFrame, accessibility: Accessibility | None) -> pd.DataFrame:
    """The communes with what a child reaches now, where it is known for one of them at least."""
    if accessibility is None:
        return communes
    reached = communes.assign(access=accessibility(communes["creche_places"], communes["children"]))
    return reached if reached["access"].notna().any() else communes


def access_known(ground_: Ground) -> bool:
    """Whether what a child reaches is known for one commune at least."""
    return "access" in ground_.measured


def first(
    ground_: Ground, places: int, target: float, *, qpv_first: bool = False, poverty: float | None = None
):
    """Where `places` reduce the shortfall most, by accessibility when it is known, else by raw rate.

    `qpv_first` and `poverty` (a rate, in %) put first the communes with a quartier prioritaire, and those
    poorer than that rate.
    """
    rows = ground_.measured if qpv_first else ground_.measured.drop(columns="qpv")
    priority = priority_weights(rows, poverty_reference=poverty) if qpv_first or poverty is not None else None
    return where_first(ground_.measured, places, target=target, reach=ground_.reach, priority=priority)


@lru_cache(maxsize=256)
def proposal(
    db: Database, territory: Territory, places: int, target: float, qpv_first: bool, poverty: float | None
):
    """`first`, kept for every session that asks the same of the same database."""
    return first(cached_ground(db, territory), places, target, qpv_first=qpv_first, poverty=poverty)


def poverty_line(ground_: Ground, report: Report) -> float | None:
    """The reference's poverty rate, where it can order the communes; None when it cannot."""
    known = ground_.communes["poverty"].notna().any()
    return target_of(report.findings.get("taux_pauvrete")) if known else None


def weights_sentence(qpv: bool, poverty: float | None) -> str:
    """What « d’abord » weighs; an empty text when nothing does."""
    said = []
    if qpv:
        said.append("une commune qui a un quartier prioritaire pèse une demi-part de plus")
    if poverty is not None:
        said.append(f"une commune dont le taux de pauvreté dépasse {french.percent(poverty, 1)} aussi")
    if not said:
        return ""
    return f"{french.capitalised(' ; '.join(said))} : un choix de l’outil, non une règle."


def too_large(db: Database, territory: Territory) -> bool:
    """Whether the territory has too many communes for a project to be weighed against each."""
    return len(territories.communes(db, territory)) > MOST_COMMUNES


def after_projects(ground_: Ground, projects: Sequence[Project], target: float) -> float | None:
    """The shortfall once the crèche projects stand; None where a commune's data are unknown."""
    added: dict[str, int] = {}
    for one in projects:
        if isinstance(one, CrecheProject):
            added[one.commune] = added.get(one.commune, 0) + one.places
    if not added:
        return None
    try:
        return shortfall(ground_.measured, added, target=target, reach=ground_.reach)
    except DiagnosticError:
        return None


def effects_table(communes: pd.DataFrame, access_known: bool) -> pd.DataFrame:
    """The effects of the simulation as a table to read: communes with a project first, then by gap."""
    rows = communes.sort_values(["added", "missing_before"], ascending=False, na_position="last")
    columns = {
        "Commune": rows["name"].map(french.typographic),
        "Enfants de moins de 3 ans": rows["children"].round(),
        "Places ajoutées": rows["added"],
        "Places avant": rows["places_before"].round(),
        "Places après": rows["places_after"].round(),
        "Pour 100 enfants, avant": rows["coverage_before"].round(1),
        "Pour 100 enfants, après": rows["coverage_after"].round(1),
        "Manque avant": rows["missing_before"].round(),
        "Manque après": rows["missing_after"].round(),
    }
    if access_known and "access_before" in rows:
        columns["Places accessibles, avant"] = rows["access_before"].round(1)
        columns["Places accessibles, après"] = rows["access_after"].round(1)
    return pd.DataFrame(columns)


def _around(db: Database, codes: Sequence[str]) -> pd.DataFrame:
    """Every commune of the territory and around it, with the parts that a simulation needs."""
    frame = db.frame(
        """
        -- One row per commune within the margin of the asked ones.
        with asked as (
            select lon, lat from territory where level = 'commune' and code in (select unnest(?))
        ),
        box as (
            select min(lon) - ? * 2 as west, max(lon) + ? * 2 as east, min(lat) - ? as south, max(lat) + ? as north
            from asked
        ),
        rate as (
            select code, numerator, denominator, denominator_year,
                   row_number() over (partition by code order by year desc) as latest
            from figure
            where level = 'commune' and indicator = 'places_100' and value is not null
        ),
        official as (
            select code, max_by(value, year) as value
            from figure
            where level = 'commune' and indicator = 'taux_couverture' and value is not null
            group by code
        ),
        -- Children of the year of the places, where the places themselves are unknown.
        dated as (
            select code, value
            from total
            where level = 'commune' and stat = 'enfants_moins_3' and value is not null
              and year = (select max(denominator_year) from rate where latest = 1)
        ),
        part as (
            select code, stat, value, row_number() over (partition by code, stat order by year desc) as latest
            from total
            where level = 'commune' and value is not null
              and stat in ('enfants_moins_3', 'enfants_3_11', 'alsh', 'rpe', 'jeunes_12_25', 'nombre_qpv')
        ),
        -- Crèches of unknown size count as the build counts them.
        income as (
            select code, value, row_number() over (partition by code order by year desc) as latest
            from figure
            where level = 'commune' and indicator = 'taux_pauvrete' and value is not null
        ),
        counted as (
            select commune as code, value, row_number() over (partition by commune order by year desc) as latest
            from stat
            where stat = 'eaje_places_comptees' and value is not null
        )
        select t.code, t.name, t.lon, t.lat,
               any_value(r.denominator) as children,
               any_value(r.numerator) as places,
               any_value(o.value) as official,
               any_value(d.value) as children_then,
               any_value(p.value) filter (where p.stat = 'enfants_moins_3') as children_now,
               any_value(c.value) as creche_places,
               any_value(i.value) as poverty,
               any_value(p.value) filter (where p.stat = 'enfants_3_11') as children_3_11,
               any_value(p.value) filter (where p.stat = 'alsh') as alsh,
               any_value(p.value) filter (where p.stat = 'rpe') as rpe,
               any_value(p.value) filter (where p.stat = 'jeunes_12_25') as youth_12_25,
               any_value(p.value) filter (where p.stat = 'nombre_qpv') as qpv
        from territory t
        left join box b on true
        left join rate r on r.code = t.code and r.latest = 1
        left join official o on o.code = t.code
        left join dated d on d.code = t.code
        left join counted c on c.code = t.code and c.latest = 1
        left join income i on i.code = t.code and i.latest = 1
        left join part p on p.code = t.code and p.latest = 1
        where t.level = 'commune' and t.parent is null
          and (t.code in (select unnest(?))
               or (t.lon between b.west and b.east and t.lat between b.south and b.north))
        group by t.code, t.name, t.lon, t.lat
        order by t.code
        """,
        list(codes),
        _MARGIN,
        _MARGIN,
        _MARGIN,
        _MARGIN,
        list(codes),
    )
    frame = frame.set_index("code")
    return frame.assign(
        children=frame["children"].fillna(frame["children_then"]).fillna(frame["children_now"])
    )


def _catchment(around: pd.DataFrame, own: pd.Index):
    """Accessibility as a function of the crèche places and children of `own`, and the pairs within reach.

    Children are today's, as in the diagnosis: those given move them, and the children around move alike.
    """
    links = access.pairs(around["lon"], around["lat"])
    today = around["children_now"].fillna(around["children"]).astype(float)
    supply = around["creche_places"].astype(float)
    if supply.reindex(own).isna().all():
        return None, None
    inside = around.index.isin(own)
    usual = around["children"].astype(float)

    def accessibility(places: pd.Series, children: pd.Series) -> np.ndarray:
        offered = supply.copy()
        offered[places.index] = places.astype(float)
        growth = (children.astype(float) / usual[children.index]).fillna(1.0)
        before, after = today[own].sum(), (today[own] * growth).sum()
        people = today * (after / before if before > 0 else 1.0)
        people[own] = today[own] * growth
        return access.e2sfca(offered, people, links).value[inside] * 100

    return accessibility, catchment(list(around.index), today, links, access.DEFAULT_BANDS)


# --- Words ---------------------------------------------------------------------------------------------

OTHER_NEEDS = {
    "question": "Une question reste à poser",
    "frame": "Pour toute convention",
    "not_called": "Rien ne les appelle aujourd’hui",
}


def levers_message(report: Report) -> str:
    """How many levers a gap calls, as a title."""
    called = sum(row["need"] == "gap" for row in report.levers)
    if not called:
        return "Aucun écart constaté n’appelle un dispositif ; des questions restent à poser"
    return f"{french.quantity(called, 'dispositif répond', 'dispositifs répondent')} aux écarts constatés"


def by_gap(rows: Sequence[dict]) -> dict[str, list[dict]]:
    """The levers that one and the same gap calls first, together under its sentence, in their order."""
    groups: dict[str, list[dict]] = {}
    for row in rows:
        groups.setdefault(row["indicators"][0], []).append(row)
    return {min((row["reason"] for row in group), key=len): group for group in groups.values()}


def levers_of(report: Report, need: str) -> list[dict]:
    """The levers of one need, in the order of the report."""
    return [row for row in report.levers if row["need"] == need]


def lever_facts(row: dict, said: str = "") -> list[tuple[str, str]]:
    """Everything known of a lever, empty entries left out, and so is its reason when it is `said` already."""
    amounts = row["amounts"]
    pairs = [
        ("Pourquoi", row["reason"] if row["reason"] != said else ""),
        ("Ce que c’est", row["description"]),
        ("Qui peut le demander", row["beneficiaires"]),
        ("Condition", row["condition"]),
        ("Montants", " ; ".join(amounts) if amounts else f"Montant à demander, {reference.CONFIRM}."),
        ("Ce qui a changé depuis 2022", row["evolution"]),
        ("Contact", row["contact"]),
        ("Source", row["source"]),
    ]
    return [(label, text) for label, text in pairs if text]


def ground_sentence(ground_: Ground) -> str:
    """What the simulation stands on."""
    known = int(ground_.communes["places"].notna().sum())
    total = len(ground_.communes)
    year = f" en {ground_.year}" if ground_.year else ""
    said = f"Places connues dans {french.number(known)} communes sur {french.number(total)}{year}"
    return f"{said}, rapportées au taux publié où il l’est ; ailleurs, l’effet se lit sur le territoire et en points."


def where_sentence(ground_: Ground) -> str:
    """By what measure communes are ordered."""
    if access_known(ground_):
        return (
            "Manque mesuré par l’accessibilité des crèches : les places voisines comptent, selon la distance"
        )
    return "Manque mesuré dans chaque commune, sans les voisines : les places en crèche alentour ne sont pas connues"


def where_target(ground_: Ground, report: Report, target: float) -> float:
    """What to reach: the reference's accessibility where it measures the shortfall, else the same target."""
    if not access_known(ground_):
        return target
    found = [target_of(report.findings.get(id)) for id in ("accessibilite_eaje", "places_eaje_100")]
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
    """Before and after for the whole territory: coverage, places, missing."""

    def both(before: float, after: float, decimals: int) -> str:
        if pd.isna(before) or pd.isna(after):
            return "inconnu"
        return f"{french.number(before, decimals)} → {french.number(after, decimals)}"

    rows = [
        ("Places pour 100 enfants", total.coverage_before, total.coverage_after, 1),
        ("Places", total.places_before, total.places_after, 0),
        ("Places manquantes", total.missing_before, total.missing_after, 0),
    ]
    if not pd.isna(total.access_before):
        label = "Places de crèche accessibles pour 100 enfants"
        rows.append((label, total.access_before, total.access_after, 1))
    return [
        (label, both(before, after, decimals), "estimé" if not pd.isna(before) else "non publié")
        for label, before, after, decimals in rows
    ]


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
    return f"{count} : de {before} à {after} places pour 100 enfants"


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
    """What the proposal removes, beside what the user's projects remove."""
    before, after = (french.number(value) for value in (allocation.before, allocation.after))
    said = f"Le manque passerait de {before} à {after} places"
    if user_after is None:
        return said
    return f"{said} ; avec vos projets, à {french.number(user_after)}"


def left_out(names: Sequence[str]) -> str:
    """How many communes the proposal could not weigh, and which; an empty text when it weighed them all."""
    if not names:
        return ""
    shown = french.listing([*names[:6], *(["d’autres"] if len(names) > 6 else [])])
    count = french.quantity(len(names), "commune laissée de côté", "communes laissées de côté")
    return f"{count}, faute de données : {shown}."
