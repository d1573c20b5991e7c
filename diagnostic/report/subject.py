"""The territory of a report and what every section asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from diagnostic import gazetteer, territories
from diagnostic.indicators import INHABITANTS
from diagnostic.measure import History
from diagnostic.model import Against, Finding, Level, Reference, Territory
from diagnostic.report import data
from diagnostic.warehouse.columns import Columns
from diagnostic.warehouse.database import Database

POPULATION = INHABITANTS
"""A count is compared with no goal and no median: its reference is the territory that stands beside."""


@dataclass(frozen=True, eq=False)
class Subject:
    """The territory, what contains it, its reference, its figures with their history, its communes."""

    db: Database
    territory: Territory
    parents: tuple[Territory, ...]
    reference: Reference | None
    findings: Mapping[str, Finding]
    histories: dict[str, History]
    codes: tuple[str, ...]

    @cached_property
    def communes(self) -> Columns:
        """The rows of `data.counts` of this territory."""
        return data.counts(self.db, self.codes)

    @property
    def beside(self) -> tuple[Territory, ...]:
        """The territory, what contains it and more, and the territory it is compared with when it is none of these."""
        compared = self.against(POPULATION)
        more = (compared.territory,) if compared is not None and compared.territory is not None else ()
        return tuple(dict.fromkeys((self.territory, *territories.larger(self.db, self.territory), *more)))

    def against(self, indicator: str) -> Against | None:
        """What the indicator is compared with; None without a reference."""
        return None if self.reference is None else self.reference.against(indicator)

    @property
    def epci(self) -> Territory | None:
        """The EPCI that holds the territory, or the territory itself."""
        if self.territory.level is Level.EPCI:
            return self.territory
        return next((item for item in self.parents if item.level is Level.EPCI), None)

    @property
    def larger(self) -> Territory | None:
        """The département or région whose trend a small territory takes."""
        order = (Level.DEPARTEMENT, Level.REGION, Level.FRANCE)
        found = [item for item in self.parents if item.level in order]
        return found[0] if found else None

    def names(self) -> dict[str, str]:
        """Names of the communes, by code."""
        known = gazetteer.index(self.db).territories
        return {code: known[Level.COMMUNE, code].name for code in self.codes}
