"""All the intercommunalités of a département at once: the few figures that rank their need, beside the département's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from diagnostic import gazetteer, measure, territories
from diagnostic.indicators import BIRTHS, BY_ID, DISTRICT_COUNT, NEED, OFFICIAL, POVERTY, RELAYS
from diagnostic.model import Finding, Level, Territory
from diagnostic.warehouse import Database

RPE_LOAD = RELAYS
COLUMNS = tuple(id for id in (OFFICIAL, NEED, BIRTHS, POVERTY, RPE_LOAD, DISTRICT_COUNT) if id in BY_ID)
"""The figures of a row, in their order."""


@dataclass(frozen=True)
class Row:
    """An intercommunalité: its figures by indicator, the places that it lacks, None when that is unknown."""

    territory: Territory
    findings: Mapping[str, Finding]
    missing: float | None


def rows(db: Database, departement: Territory) -> tuple[Row, ...]:
    """One row an intercommunalité whose home is the département, by name; figures held against it."""
    places = [item for item in territories.members(db, departement) if item.departement == departement.code]
    found = measure.measure(db, places, COLUMNS, reference=departement)
    return tuple(Row(place, found[place.key], _missing(db, place, found[place.key])) for place in places)


def _missing(db: Database, place: Territory, findings: Mapping[str, Finding]) -> float | None:
    finding = findings[OFFICIAL]
    beside = finding.beside
    if beside is None or beside.value is None or finding.year is None or beside.year != finding.year:
        return None
    found = measure.shortage(db, place, beside.value, finding.year)
    return found.total if found is not None else None


def departement_of(db: Database, territory: Territory) -> Territory | None:
    """The département of a territory, itself where it is one; None for a région or France."""
    if territory.level is Level.DEPARTEMENT:
        return territory
    if territory.level in (Level.REGION, Level.FRANCE) or not territory.departement:
        return None
    return gazetteer.index(db).territories.get((Level.DEPARTEMENT, territory.departement))
