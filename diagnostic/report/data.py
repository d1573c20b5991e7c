"""What the sections of a report need beyond the figures: the rows of its communes, and what is short for a whole base."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import shapely

from diagnostic import territories
from diagnostic.access import DEFAULT_BANDS, Accessibility, Pairs, bands_to, e2sfca, pairs
from diagnostic.model import Level, Territory
from diagnostic.warehouse import nearby
from diagnostic.warehouse.columns import Columns
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.memory import shared

REACH_KM = DEFAULT_BANDS[-1][0]
_KM_PER_DEGREE = 111.0


_SOME = "in (select unnest(?::varchar[]))"


@lru_cache(maxsize=64)
def counts(db: Database, codes: tuple[str, ...]) -> Columns:
    """One row for each of these communes, arrondissements included (`city` False): centre, EPCI, département, and the
    newest value of each counted stat, unknown where it is."""
    found = db.columns(f"select * from commune_counts where code {_SOME}", list(codes))
    return found.of(codes)


@shared(3)
def years(db: Database) -> dict[str, int | None]:
    """The newest year of each stat."""
    return dict(db.rows("select * from stat_years"))


@shared(3)
def elsewhere(db: Database) -> dict[str, frozenset[str]]:
    """The communes whose facilities stand under another commune in the newest file that counts them, by stat."""
    rows = db.rows(
        "select stat, commune from elsewhere join (select stat, max(year) as year from stat group by stat) using (stat, year)"
    )
    found: dict[str, set[str]] = {}
    for stat, commune in rows:
        found.setdefault(stat, set()).add(commune)
    return {stat: frozenset(communes) for stat, communes in found.items()}


def facilities_of(db: Database, communes: Sequence[str]) -> Columns:
    """The facilities of these communes, located or not; a city has those of its arrondissements. `city` is that of an
    arrondissement, else the commune; `at_centre` says that the position is only that of the centre of the commune."""
    return _facilities(db, f"made.commune {_SOME} or city {_SOME}", list(communes), list(communes))


def facilities_around(
    db: Database,
    stats: Sequence[str],
    communes: Sequence[str],
    box: tuple[float, float, float, float] | None = None,
) -> Columns:
    """Those of these types in these communes, or within these degrees (west, south, east, north)."""
    west, south, east, north = box or (np.nan,) * 4
    return _facilities(
        db,
        f"stat {_SOME} and (made.commune {_SOME} or city {_SOME} or lon between ? and ? and lat between ? and ?)",
        *(list(stats), list(communes), list(communes), west, east, south, north),
    )


def _facilities(db: Database, where: str, *parameters: object) -> Columns:
    return db.columns(f"select * from ({nearby.FACILITIES}) as made where {where}", *parameters)


def told(db: Database, stats: Sequence[str], communes: Sequence[str]) -> dict[str, int]:
    """Of how many of these communes a list says how many of each type they have, were it none."""
    rows = db.rows(
        "select stat, count(distinct commune) from stat where stat in (select unnest(?::varchar[])) "
        "and commune in (select unnest(?::varchar[])) and value is not null group by stat",
        list(stats),
        list(communes),
    )
    return dict.fromkeys(stats, 0) | dict(rows)


def facility_counts(
    db: Database, level: Level, region: str | None, stats: Sequence[str]
) -> list[tuple[str, str, int | None, int]]:
    """How many facilities of these types, listed of which year, each territory of `level` has, in that région where one is
    given: `(code, stat, year, count)`."""
    return db.rows(
        f"select place.{level.value}, stat, year, count(*) from facility join territory as place on place.level = 'commune' "
        f"and place.code = facility.commune where place.{level.value} is not null and list_contains(?, stat) "
        "and (? is null or place.region = ?) group by all order by all",
        list(stats),
        region,
        region,
    )


@shared(3)
def coverage(db: Database) -> frozenset[tuple[str, str]]:
    """Pairs (département, stat) that a loaded file of facilities covers."""
    return frozenset(db.rows("select distinct departement, stat from facility_coverage"))


@dataclass(frozen=True, eq=False)
class Near:
    """The nearest located facility of one type: kilometres, commune and name, in the order of the communes asked for."""

    km: np.ndarray
    commune: np.ndarray
    name: np.ndarray


def near(db: Database, stat: str, codes: tuple[str, ...]) -> Near | None:
    """The nearest facility of that type for these communes, as `nearby` measures it; None when no file locates any."""
    return _near(db, codes).get(stat)


@lru_cache(maxsize=64)
def _near(db: Database, codes: tuple[str, ...]) -> dict[str, Near]:
    found = db.rows(
        f"select stat, commune, km, place, name from {nearby.TABLE} where commune {_SOME}", list(codes)
    )
    row = {code: number for number, code in enumerate(codes)}
    parts = {
        stat: Near(
            np.full(len(codes), np.nan),
            np.full(len(codes), None, dtype=object),
            np.full(len(codes), None, dtype=object),
        )
        for stat in _located(db)
    }
    for stat, commune, km, place, name in found:
        near, number = parts[stat], row[commune]
        near.km[number] = np.nan if km is None else km
        near.commune[number], near.name[number] = place, name
    return parts


@shared(3)
def _located(db: Database) -> frozenset[str]:
    """The types that a file locates."""
    return frozenset(stat for (stat,) in db.rows("select distinct stat from facility where lon is not null"))


@dataclass(frozen=True, eq=False)
class Reach:
    """Catchment areas around some communes: `rows` gives the place of a commune in the arrays."""

    codes: np.ndarray
    names: np.ndarray
    rows: dict[str, int]
    links: Pairs
    children: np.ndarray
    result: Accessibility


def reach(db: Database, codes: Sequence[str], reach_km: float = REACH_KM) -> Reach | None:
    """Accessibility of crèche places around some communes; None when centres, places or children lack.

    Only the communes within two catchments of the box that holds them are reckoned, since a commune draws on
    crèches that others, as far again, draw on too: the figures of `codes` are those of the whole country. Crèches of unknown size count as the build counts them.
    """
    own = counts(db, tuple(codes))
    asked = own.take(own["city"].astype(bool) & ~np.isnan(own["lon"]))
    if not len(asked):
        return None
    tall = 2 * reach_km / _KM_PER_DEGREE
    south, north = asked["lat"].min() - tall, asked["lat"].max() + tall
    broad = tall / np.cos(np.radians(min(max(abs(south), abs(north)), 80.0)))
    box = (south, north, asked["lon"].min() - broad, asked["lon"].max() + broad)
    around = db.columns(
        "select * from commune_counts where city and lat between ? and ? and lon between ? and ? order by code",
        *map(float, box),
    )
    places, children = (around[name].astype(float) for name in ("eaje_places_comptees", "enfants_moins_3"))
    if np.isnan(places).all() or np.isnan(children).all():
        return None
    links = pairs(around["lon"], around["lat"], reach_km)
    return Reach(
        codes=around["code"],
        names=around["name"],
        rows={code: row for row, code in enumerate(around["code"].tolist())},
        links=links,
        children=children,
        result=e2sfca(places, children, links, bands_to(reach_km)),
    )


# One territory


def yearly(db: Database, territory: Territory, stat: str) -> dict[int, float | None]:
    """The sum of a stat over the communes of a territory by year; None where a commune's is unknown."""
    if territory.level is Level.PERIMETRE:
        rows = db.rows(
            "select year, case when count(value) = ? then sum(value) end from stat "
            "where stat = ? and commune in (select unnest(?::varchar[])) and year is not null group by year order by year",
            len(territory.communes),
            stat,
            list(territory.communes),
        )
    else:
        rows = db.rows(
            "select year, value from total where level = ? and code = ? and stat = ? and year is not null order by year",
            territory.level.value,
            territory.code,
            stat,
        )
    return dict(rows)


@lru_cache(maxsize=64)
def births(db: Database, territory: Territory) -> dict[int, float | None]:
    """Births by year."""
    return yearly(db, territory, "naissances")


EXACT = "sum(value::decimal(18, 6))::double"
"""A sum that the order of the threads does not change: two files of one day are the same to the byte."""


@lru_cache(maxsize=64)
def ages(db: Database, territory: Territory) -> dict[int, np.ndarray]:
    """Residents by single age from 0 to 17, by census year; empty when a commune has no census."""
    codes = territories.communes(db, territory)
    rows = db.rows(
        f"select year, age, {EXACT}, count(value) from population_age "
        "where age <= 17 and commune in (select unnest(?::varchar[])) group by year, age order by year, age",
        list(codes),
    )
    found: dict[int, np.ndarray] = {}
    for year, age, value, known in rows:
        counts = found.setdefault(year, np.full(18, np.nan))
        if known == len(codes):
            counts[age] = value
    return {year: counts for year, counts in found.items() if not np.isnan(counts).any()}


@lru_cache(maxsize=64)
def by_age(db: Database, territory: Territory) -> tuple[int, tuple[float, ...]] | None:
    """Residents by single age, the last census; None where a commune has none."""
    codes = territories.communes(db, territory)
    rows = db.rows(
        f"select year, age, {EXACT}, count(value) from population_age where commune in (select unnest(?::varchar[])) "
        "group by year, age order by year, age",
        list(codes),
    )
    last = max((year for year, *_ in rows), default=None)
    found = [(age, value, known) for year, age, value, known in rows if year == last]
    if (
        last is None
        or any(known != len(codes) for *_, known in found)
        or [r[0] for r in found] != list(range(len(found)))
    ):
        return None
    return last, tuple(float(value) for _, value, _ in found)


@shared(8)
def level_ages(db: Database, level: str) -> dict[int, dict[str, np.ndarray]]:
    """Residents by single age (0 to 17) of every territory of a level, by census year and code; a territory
    with a commune that has no census is left out."""
    rows = db.rows(
        "with size as (select level, code, count(*) as members from membership where level = ? group by level, code), "
        f"aged as (select size.code, year, age, {EXACT} as value from size "
        "join membership using (level, code) join population_age using (commune) where age <= 17 "
        "group by size.code, year, age having count(value) = any_value(size.members)) "
        "select year, code, list(value order by age) from aged group by year, code having count(*) = 18",
        level,
    )
    found: dict[int, dict[str, np.ndarray]] = {}
    for year, code, ages in rows:
        found.setdefault(year, {})[code] = np.array(ages, dtype=float)
    return found


@lru_cache(maxsize=256)
def places_by_mode(db: Database, place: Territory) -> dict[int, dict[str, float]]:
    """Places that the producer publishes and nothing contradicts, by year and stat; summed over the communes of a
    perimeter."""
    if place.level is Level.PERIMETRE:
        rows = db.rows(
            "select year, stat, sum(value) from total where level = 'commune' and starts_with(stat, 'places_') "
            "and code in (select unnest(?::varchar[])) group by year, stat having count(value) = ?",
            list(place.communes),
            len(place.communes),
        )
    else:
        rows = db.rows(
            "select year, stat, value from total where level = ? and code = ? and value is not null "
            "and starts_with(stat, 'places_')",
            place.level.value,
            place.code,
        )
    found: dict[int, dict[str, float]] = {}
    for year, stat, value in rows:
        found.setdefault(year, {})[stat] = value
    return found


def values_of(db: Database, level: str, indicator: str, year: int | None) -> dict[str, tuple[str, float]]:
    """Code -> name and known value of an indicator for every territory of a level, for one year."""
    rows = db.rows(
        "select t.code, t.name, f.value from figure f join territory t on t.level = f.level and t.code = f.code "
        "where f.level = ? and f.indicator = ? and f.year = ? and f.value is not null order by t.code",
        level,
        indicator,
        year,
    )
    return {code: (name, value) for code, name, value in rows}


@dataclass(frozen=True, eq=False)
class District:
    """A quartier prioritaire: its communes, its people of a year, and its outline, where they are known."""

    code: str
    name: str
    communes: tuple[str, ...]
    wkb: bytes | None
    population: float | None = None
    population_year: int | None = None

    @cached_property
    def shape(self) -> shapely.Geometry | None:
        """The outline in degrees, made valid."""
        return shapely.make_valid(shapely.from_wkb(self.wkb)) if self.wkb is not None else None


@shared(3)
def districts(db: Database) -> dict[str, District]:
    """Every quartier prioritaire, by code."""
    rows = db.rows(
        "select qpv.code, qpv.name, list(qpv_commune.commune order by qpv_commune.commune), any_value(qpv_geometry.wkb), "
        "any_value(qpv.population), any_value(qpv.population_year) "
        "from qpv join qpv_commune on qpv_commune.qpv = qpv.code "
        "left join qpv_geometry on qpv_geometry.code = qpv.code group by qpv.code, qpv.name order by qpv.code"
    )
    return {
        code: District(
            code,
            name or code,
            tuple(places),
            bytes(wkb) if wkb is not None else None,
            people,
            year,
        )
        for code, name, places, wkb, people, year in rows
    }


def own_creches(found: Columns) -> np.ndarray:
    """Crèche places of these communes (`counts`): those that the Cnaf publishes, else those whose capacity the list gives."""
    published, listed = (found[name].astype(float) for name in ("eaje_published", "eaje_places"))
    return np.where(np.isnan(published), listed, published)


@shared(3)
def unlisted_creches(db: Database) -> frozenset[str]:
    """Communes where the list has no crèche and the Cnaf publishes places in crèches: their number is unknown."""
    return _where(db, "unlisted_creches")


@shared(3)
def born_abroad(db: Database) -> frozenset[str]:
    """Communes beside a border, whose children are counted by the Caf since part of their births are in no French list."""
    return _where(db, "born_abroad")


def _where(db: Database, column: str) -> frozenset[str]:
    return frozenset(code for (code,) in db.rows(f"select code from commune_counts where {column}"))


@shared(3)
def source_rows(db: Database) -> tuple[tuple, ...]:
    """The loaded files: id, title, producer, vintage, geography, licence, page."""
    return tuple(
        db.rows(
            "select id, title, producer, vintage, geography, licence, page from source order by id, vintage desc"
        )
    )


def known(value: Any) -> float | None:
    """A float, or None when it is unknown."""
    number = float(value)
    return number if np.isfinite(number) else None


def total(values: np.ndarray) -> float | None:
    """The sum, unknown as soon as a part is."""
    return float(values.sum()) if len(values) and not np.isnan(values).any() else None


def within(facilities: Columns, codes: Collection[str]) -> np.ndarray:
    """Whether each facility lies in one of the communes; one known by arrondissement lies in its city."""
    return np.array(
        [commune in codes or city in codes for commune, city in facilities.rows("commune", "city")],
        dtype=bool,
    )
