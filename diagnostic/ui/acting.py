"""What the page Agir needs: the communes before any project, who reaches whom, where places are short."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np
import pandas as pd

from diagnostic import access, french, reference, territories
from diagnostic.model import DiagnosticError, Finding, Territory
from diagnostic.simulation import (
    AlshProject,
    CrecheProject,
    Project,
    RpeProject,
    YouthProject,
    catchment,
    where_first,
)
from diagnostic.warehouse import Database

TARGET_INDICATOR = "places_100"
# A degree of latitude is 111 km: neighbours at 15 km lie within a quarter of it, and of longitude below 55°.
_MARGIN = 0.25
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

    `communes` is the frame that `simulate` wants. `accessibility` and `reach` are None where the
    coordinates or the places around are unknown. `year` dates the places.
    """

    communes: pd.DataFrame
    whole_places: float | None
    year: int | None
    accessibility: Callable[[pd.Series], np.ndarray] | None
    reach: pd.DataFrame | None


def ground(db: Database, territory: Territory) -> Ground:
    """What is known today of the territory and of its neighbours within reach."""
    codes = territories.communes(db, territory)
    around = _around(db, codes)
    communes = around.loc[[code for code in codes if code in around.index]].copy()
    whole = db.rows(
        """
        select numerator, year
        from figure
        where indicator = ? and level = ? and code = ? and numerator is not null
        order by year desc
        limit 1
        """,
        TARGET_INDICATOR,
        str(territory.level),
        territory.code,
    )
    accessibility, reach = _catchment(around, communes.index)
    places, year = whole[0] if whole else (None, None)
    return Ground(communes, places, year, accessibility, reach)


def target_of(finding: Finding | None) -> float | None:
    """The reference's value, in places per 100 children; None when unknown."""
    if finding is None:
        return None
    return next((c.value for c in finding.comparators if c.key == finding.reference), None)


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


def scale_years() -> list[int]:
    """Years of the scales, latest first."""
    return sorted(reference.scale_years(), reverse=True)


def first(ground_: Ground, places: int, target: float, priority: pd.Series | None = None):
    """Where `places` reduce the shortfall most, by accessibility when it is known, else by raw rate."""
    communes = ground_.communes
    if ground_.accessibility is not None:
        communes = communes.assign(access=ground_.accessibility(communes["creche_places"]))
        if communes["access"].notna().any():
            return where_first(communes, places, target=target, reach=ground_.reach, priority=priority)
        communes = communes.drop(columns="access")
    return where_first(communes, places, target=target, priority=priority)


def effects_table(communes: pd.DataFrame, access_known: bool) -> pd.DataFrame:
    """The effects of the simulation as a table to read: communes with a project first, then by gap."""
    rows = communes.sort_values(["added", "missing_before"], ascending=False, na_position="last")
    columns = {
        "Commune": rows["name"].map(french.typographic),
        "Enfants de moins de 3 ans": _numbers(rows["children"]),
        "Places ajoutées": _numbers(rows["added"]),
        "Places avant": _numbers(rows["places_before"]),
        "Places après": _numbers(rows["places_after"]),
        "Pour 100 enfants, avant": _numbers(rows["coverage_before"], 1),
        "Pour 100 enfants, après": _numbers(rows["coverage_after"], 1),
        "Manque avant": _numbers(rows["missing_before"]),
        "Manque après": _numbers(rows["missing_after"]),
    }
    if access_known and "access_before" in rows:
        columns["Places accessibles, avant"] = _numbers(rows["access_before"], 1)
        columns["Places accessibles, après"] = _numbers(rows["access_after"], 1)
    return pd.DataFrame(columns)


def _numbers(values: pd.Series, decimals: int = 0) -> pd.Series:
    return values.map(lambda value: french.number(value, decimals) if pd.notna(value) else "inconnu")


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
            select code, numerator, denominator,
                   row_number() over (partition by code order by year desc) as latest
            from figure
            where level = 'commune' and indicator = 'places_100'
        ),
        part as (
            select code, stat, value, row_number() over (partition by code, stat order by year desc) as latest
            from total
            where level = 'commune' and value is not null
        )
        select t.code, t.name, t.lon, t.lat,
               any_value(r.denominator) as children,
               any_value(r.numerator) as places,
               any_value(p.value) filter (where p.stat = 'enfants_moins_3') as children_now,
               any_value(p.value) filter (where p.stat = 'places_eaje') as creche_places,
               any_value(p.value) filter (where p.stat = 'enfants_3_11') as children_3_11,
               any_value(p.value) filter (where p.stat = 'alsh') as alsh,
               any_value(p.value) filter (where p.stat = 'rpe') as rpe,
               any_value(p.value) filter (where p.stat = 'jeunes_12_25') as youth_12_25,
               any_value(p.value) filter (where p.stat = 'nombre_qpv') as qpv
        from territory t
        left join box b on true
        left join rate r on r.code = t.code and r.latest = 1
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
    return frame.assign(children=frame["children"].fillna(frame["children_now"])).drop(columns="children_now")


def _catchment(around: pd.DataFrame, own: pd.Index):
    """Accessibility as a function of the crèche places of `own`, and the pairs within reach."""
    links = access.pairs(around["lon"], around["lat"])
    children = around["children"].astype(float)
    supply = around["creche_places"].astype(float)
    if supply.reindex(own).isna().all():
        return None, None
    inside = around.index.isin(own)

    def accessibility(places: pd.Series) -> np.ndarray:
        offered = supply.copy()
        offered[places.index] = places.astype(float)
        return access.e2sfca(offered, children, links).value[inside] * 100

    return accessibility, catchment(list(around.index), children, links, access.DEFAULT_BANDS)
