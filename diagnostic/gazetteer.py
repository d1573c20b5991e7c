"""The geography of a database: its territories, their people and their communes, by `(level, code)`.

A command asks the base of the few territories that it names; a server reads it whole, once, and keeps it in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from diagnostic.model import FRANCE, Level, Territory
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.memory import Asked, shared

Key = tuple[str, str]
_FRANCE: Key = (Level.FRANCE.value, FRANCE.code)


@dataclass(frozen=True, eq=False)
class Index:
    """The geography of one database: territories by `(level, code)`, lists of members.

    A command reads of it the few territories that it names; a server reads it whole (`read`).
    """

    database: Database

    def read(self) -> None:
        """Read it whole, before many ask."""
        for asked in (
            self.territories,
            self.population,
            self.population_year,
            self.communes,
            self.sizes,
            self.density,
        ):
            asked.read()

    @cached_property
    def territories(self) -> Asked[Key, Territory]:
        return Asked(partial(_places, self.database), partial(_places, self.database))

    @cached_property
    def population(self) -> Asked[Key, float]:
        """The latest legal population; a territory without a known one is absent."""
        return Asked(partial(_people, self.database, 2), partial(_people, self.database, 2))

    @cached_property
    def population_year(self) -> Asked[Key, int | None]:
        """The year of `population`."""
        return Asked(partial(_people, self.database, 3), partial(_people, self.database, 3))

    @cached_property
    def communes(self) -> Asked[Key, tuple[str, ...]]:
        """The communes of each EPCI, département and région, and of France: cities, never their arrondissements."""
        return Asked(partial(_memberships, self.database), partial(_memberships, self.database))

    @cached_property
    def sizes(self) -> Asked[Key, int]:
        """How many `communes` each of them has: the list of those of France is long."""
        return Asked(partial(_sizes, self.database), partial(_sizes, self.database))

    @cached_property
    def city(self) -> dict[str, str]:
        """The commune of each arrondissement."""
        return dict(self.database.rows("select code, parent from territory where parent <> ''"))

    @cached_property
    def carried(self) -> dict[str, str]:
        """The commune of today of an old code, where there is one only."""
        return dict(
            self.database.rows(
                "select old, min(new) from carried group by old having count(distinct new) = 1"
            )
        )

    @cached_property
    def centre(self) -> dict[Key, tuple[float, float]]:
        """Longitude and latitude of each territory that has them."""
        rows = self.database.rows(
            "select level, code, lon, lat from territory where lon is not null and lat is not null"
        )
        return {(level, code): (lon, lat) for level, code, lon, lat in rows}

    @cached_property
    def density(self) -> Asked[Key, str]:
        """Level of the density grid, where it is known."""
        return Asked(partial(_density, self.database), partial(_density, self.database))

    def find(self, level: Level, code: str) -> Territory | None:
        """The territory, following a merged commune to the one that holds it today."""
        found = self.territories.get((level, code))
        if found is None and level is Level.COMMUNE:
            found = self.territories.get((level, self.carried.get(code, "")))
        return found


@shared(3)
def index(db: Database) -> Index:
    """The index of `db`, read once: a database that a build has swapped is another object."""
    return Index(db)


def _rows(db: Database, select: str, keys: Sequence[Key] | None, end: str = "") -> list[tuple]:
    """The rows of some territories, or of all; `select` ends where a condition may follow."""
    if keys is None:
        return db.rows(f"{select} {end}")
    asked: dict[str, list[str]] = {}
    for level, code in keys:
        asked.setdefault(str(level), []).append(code)
    some = "and level = ? and code in (select unnest(?::varchar[]))"
    return [row for level, codes in asked.items() for row in db.rows(f"{select} {some} {end}", level, codes)]


def _places(db: Database, keys: Sequence[Key] | None = None) -> dict[Key, Territory]:
    rows = _rows(
        db,
        "select level, code, name, tncc, kind, epci, departement, region from territory where true",
        keys,
    )
    levels = {level.value: level for level in Level}
    found = {
        (level, code): Territory(
            levels[level], code, name, int(tncc or 0), kind or "", epci, departement, region
        )
        for level, code, name, tncc, kind, epci, departement, region in rows
    }
    # The COG files place the city in its EPCI, not its arrondissements.
    for code, epci in db.rows(
        "select part.code, city.epci from territory as part join territory as city on city.level = 'commune' "
        "and city.code = part.parent where part.level = 'commune' and part.epci is null"
    ):
        if (Level.COMMUNE, code) in found:
            found[Level.COMMUNE, code] = replace(found[Level.COMMUNE, code], epci=epci)
    if keys is None or _FRANCE in keys:
        found.setdefault(_FRANCE, FRANCE)
    return found


def _people(db: Database, column: int, keys: Sequence[Key] | None = None) -> dict[Key, Any]:
    rows = _rows(
        db,
        "select level, code, value, year from total where stat = 'population' and value is not null",
        keys,
        "qualify row_number() over (partition by level, code order by year desc) = 1",
    )
    return {(row[0], row[1]): row[column] for row in rows}


def _density(db: Database, keys: Sequence[Key] | None = None) -> dict[Key, str]:
    rows = _rows(db, "select level, code, density from territory where density <> ''", keys)
    return {(level, code): density for level, code, density in rows}


_HOLDERS = "from membership where level in ('epci', 'departement', 'region')"
_CITIES = "from territory where level = 'commune' and coalesce(parent, '') = ''"


def _memberships(db: Database, keys: Sequence[Key] | None = None) -> dict[Key, tuple[str, ...]]:
    select = f"select level, code, list(commune order by commune) {_HOLDERS}"
    rows = _rows(db, select, keys, "group by level, code")
    found = {(level, code): tuple(communes) for level, code, communes in rows}
    if keys is None or _FRANCE in keys:
        found[_FRANCE] = tuple(code for (code,) in db.rows(f"select code {_CITIES} order by code"))
    return found


def _sizes(db: Database, keys: Sequence[Key] | None = None) -> dict[Key, int]:
    rows = _rows(db, f"select level, code, count(*) {_HOLDERS}", keys, "group by level, code")
    found = {(level, code): count for level, code, count in rows}
    if keys is None or _FRANCE in keys:
        [(found[_FRANCE],)] = db.rows(f"select count(*) {_CITIES}")
    return found


@shared(16)
def of_level(db: Database, level: Level) -> tuple[Territory, ...]:
    """All the territories of a level."""
    codes = [code for (code,) in db.rows("select code from territory where level = ?", level.value)]
    known = index(db).territories
    known.want((level, code) for code in codes)
    return tuple(known[level, code] for code in codes)
