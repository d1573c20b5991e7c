"""The communes of a territory before any project, who reaches whom, where places are short."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from diagnostic import access, gaps, territories
from diagnostic.indicators import COMPUTED
from diagnostic.measure import FEW, rated, shortage
from diagnostic.model import DiagnosticError, Level, Territory
from diagnostic.simulation.effects import Accessibility, Whole
from diagnostic.simulation.projects import CrecheProject, Project
from diagnostic.simulation.where import Allocation, catchment, priority_weights, shortfall, where_first
from diagnostic.warehouse import Database
from diagnostic.warehouse.memory import shared

_AROUND = Path(__file__).parents[1] / "sql" / "around.sql"

RANKED_SHARE = 0.8
"""Share of the children from which the communes that are known can be ranked for the whole."""
RANKED_LEAST = 0.5
"""Share of the children under which the communes that have a published rate are not ranked at all."""
USEFUL = 0.5
"""Share of the places of a package that must reduce what is lacking: a crèche of twelve is no answer to one place."""
_LEAST_SHARE = 0.5
"""Beyond half or double, what the published rate leaves to the other communes is no correction but a contradiction."""
MOST_COMMUNES = 1000
"""The largest département has 890: beyond, one would wait, and no convention is that large."""
# A crèche 15 km away is shared with children 15 km beyond: 31 km of latitude, and as far again of longitude.
_MARGIN = 0.28


@dataclass(frozen=True, slots=True)
class Ground:
    """The communes of a territory before any project, its published places, and who shares them.

    `communes` is the frame that `simulate` wants, and says which have a published rate (`rated`); `measured` has besides
    `access`, what a child reaches, where it is known. `accessibility` and `reach` are None where the coordinates or the places around are
    unknown. `year` dates the places. `lacking` gives the places that the territory lacks to reach a coverage, the one
    number that is said of it; NaN where no rate is published.
    """

    communes: pd.DataFrame
    measured: pd.DataFrame
    whole_places: float | None
    year: int | None
    accessibility: Accessibility | None
    reach: pd.DataFrame | None
    lacking: Callable[[float], float]

    def whole(self, target: float) -> Whole:
        """The territory as a whole, against a coverage to reach."""
        return Whole(self.whole_places, self.lacking(target), self.accessibility)


@dataclass(frozen=True, slots=True)
class Priorities:
    """Who goes first where places are shared out: the communes with a quartier prioritaire, those poorer than a rate
    (in %), and a child by the share of the children of its commune whose parents work."""

    qpv: bool = False
    poverty: float | None = None
    need: bool = False


NOBODY_FIRST = Priorities()


def ground(db: Database, territory: Territory) -> Ground:
    """What is known today of the territory and of its neighbours within reach.

    Where the rate is published it tells the places, on the children of `measure.rated`: before any project, each
    commune and the whole have the coverage and the missing places that the rest of the product says.
    """
    codes = territories.communes(db, territory)
    around = _around(db, codes)
    whole = _whole(db, territory)
    rates = rated(db, Level.COMMUNE.value)
    known = {code: rates[code][max(rates[code])] for code in around.index if code in rates}
    official = pd.Series({code: one.rate for code, one in known.items()}, dtype=float).reindex(around.index)
    counted = pd.Series({code: one.children for code, one in known.items()}, dtype=float).reindex(
        around.index
    )
    told = official.notna() & counted.notna()
    around["rated"] = told
    around["children"] = _children(around["children"].where(~told, counted), told, codes, whole)
    around["places"] = around["places"].where(~told, official / 100 * around["children"])
    communes = around.loc[[code for code in codes if code in around.index]].drop(columns="children_now")
    accessibility, reach = _catchment(around, communes.index)
    measured = _measured(communes, accessibility)
    known_access = "access" in measured
    years = rated(db, territory.level.value).get(territory.code) or [
        year for code in communes.index for year in rates.get(code, ())
    ]

    def lacking(target: float) -> float:
        found = shortage(db, territory, target, max(years)) if years else None
        return found.total if found is not None else math.nan

    return Ground(
        communes,
        measured,
        whole.places,
        whole.year,
        accessibility,
        reach if known_access else None,
        lacking,
    )


class _Whole(NamedTuple):
    """Places of a territory, their year, and the children that its published rate is counted on, where it has one."""

    places: float | None
    year: int | None
    children: float | None


def _whole(db: Database, territory: Territory) -> _Whole:
    """By the published rate, else the published places."""
    rates = rated(db, territory.level.value).get(territory.code, {})
    if rates:
        year = max(rates)
        rate, children, _ = rates[year]
        return _Whole(None if children is None else rate / 100 * children, year, children)
    rows = db.rows(
        """
        select coalesce(numerator, value), year
        from figure
        where indicator = ? and level = ? and code = ? and value is not null
        order by year desc
        """,
        COMPUTED,
        str(territory.level),
        territory.code,
    )
    places, year = rows[0] if rows else (None, None)
    return _Whole(places, year, None)


def _children(children: pd.Series, told: pd.Series, codes: Sequence[str], whole: _Whole) -> pd.Series:
    """Children under 3 of each commune: the communes without a published rate keep the children reckoned from births,
    moved alike so that the territory has the children of its published rate."""
    if whole.children is None:
        return children
    inside = children.index.isin(codes)
    fixed, rest = children[inside & told].sum(), children[inside & ~told].sum()
    share = (whole.children - fixed) / rest if rest > 0 else math.nan
    if _LEAST_SHARE <= share <= 1 / _LEAST_SHARE:
        children = children.where(~(inside & ~told), children * share)
    return children


@lru_cache(maxsize=64)
def cached_ground(db: Database, territory: Territory) -> Ground:
    """`ground`, kept for every session that asks the same of the same database."""
    return ground(db, territory)


def _measured(communes: pd.DataFrame, accessibility: Accessibility | None) -> pd.DataFrame:
    """The communes with what a child reaches now, where it is known for one of them at least."""
    if accessibility is None:
        return communes
    reached = communes.assign(access=accessibility(communes["creche_places"], communes["children"]))
    return reached if known_share(communes, reached["access"]) >= RANKED_SHARE else communes


def known_share(communes: pd.DataFrame, values: pd.Series) -> float:
    """Share (0 to 1) of the children who live in a commune whose value is known."""
    children = communes["children"].fillna(0.0)
    return float(children[values.notna()].sum() / children.sum()) if children.sum() > 0 else 0.0


def access_known(ground_: Ground) -> bool:
    """Whether what a child reaches is known for nearly all children: a few communes make no ranking."""
    return "access" in ground_.measured


def rated_share(ground_: Ground) -> float:
    """Share (0 to 1) of the children who live in a commune whose rate is published."""
    rates = ground_.communes["places"].where(ground_.communes["rated"])
    return known_share(ground_.communes, rates)


def rankable(ground_: Ground) -> bool:
    """Whether enough is known of the communes to say where to begin."""
    return access_known(ground_) or rated_share(ground_) >= RANKED_LEAST


def ranked(ground_: Ground, target: float) -> pd.DataFrame:
    """The communes among which places are shared out: all of them by what a child reaches; else, by the published rate,
    those that count in the missing places of the territory, and those that have none, which are left out by name."""
    rows = ground_.measured
    if access_known(ground_):
        return rows
    rows = rows.assign(places=rows["places"].where(rows["rated"]))
    rates = gaps.ratio(rows["places"].to_numpy(float), rows["children"].to_numpy(float), 100)
    short = gaps.clearly_below(rates, target) & (rows["children"].to_numpy(float) >= FEW)
    return rows[short | ~rows["rated"].to_numpy(bool)]


def first(ground_: Ground, places: int, target: float, priorities: Priorities = NOBODY_FIRST) -> Allocation:
    """Where `places` reduce the shortfall most, by accessibility when it is known, else by the published rate."""
    rows = ground_.measured if priorities.qpv else ground_.measured.drop(columns="qpv")
    if not priorities.need:
        rows = rows.drop(columns="working", errors="ignore")
    chosen = priorities != NOBODY_FIRST
    priority = priority_weights(rows, poverty_reference=priorities.poverty) if chosen else None
    among = ranked(ground_, target)
    return where_first(among, places, target=target, reach=ground_.reach, priority=priority, useful=USEFUL)


@lru_cache(maxsize=256)
def proposal(
    db: Database, territory: Territory, places: int, target: float, priorities: Priorities
) -> Allocation:
    """`first`, kept for every session that asks the same of the same database."""
    return first(cached_ground(db, territory), places, target, priorities)


def too_large(db: Database, territory: Territory) -> bool:
    """Whether the territory has too many communes for a project to be weighed against each."""
    return len(territories.communes(db, territory)) > MOST_COMMUNES


def after_projects(ground_: Ground, projects: Sequence[Project], target: float) -> float | None:
    """The shortfall once the crèche projects stand; None where a commune's data are unknown."""
    among = ranked(ground_, target)
    left = ground_.measured.index.difference(among.index)
    added: dict[str, int] = {}
    for one in projects:
        # A place where none lacks fills no gap.
        if isinstance(one, CrecheProject) and one.commune not in left:
            added[one.commune] = added.get(one.commune, 0) + one.places
    if not any(isinstance(one, CrecheProject) for one in projects):
        return None
    try:
        return shortfall(among, added, target=target, reach=ground_.reach)
    except DiagnosticError:
        return None


def _around(db: Database, codes: Sequence[str]) -> pd.DataFrame:
    """Every commune of the territory and around it, with the parts that a simulation needs."""
    frame = country(db)
    own = frame.index.isin(codes)
    lon, lat = frame["lon"], frame["lat"]
    west, east, south, north = lon[own].min(), lon[own].max(), lat[own].min(), lat[own].max()
    near = lon.between(west - 2 * _MARGIN, east + 2 * _MARGIN) & lat.between(south - _MARGIN, north + _MARGIN)
    return frame[own | near].copy()


@shared(3)
def country(db: Database) -> pd.DataFrame:
    """The communes of the whole country, read once: each territory takes its own and those around it."""
    frame = db.frame(_AROUND.read_text("utf-8")).set_index("code")
    children = frame["children"].fillna(frame["children_places"]).fillna(frame["children_now"])
    return frame.assign(children=children).drop(columns="children_places")


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
