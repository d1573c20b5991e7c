"""The territory of a report and what every section asks of it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from diagnostic import territories
from diagnostic.measure import History
from diagnostic.model import Finding, Level, Territory
from diagnostic.report import data
from diagnostic.warehouse.database import Database


@dataclass(frozen=True, eq=False)
class Subject:
    """The territory, what contains it, its reference, its figures with their history, its communes.

    `reference` is a territory, also where a goal or peers take its place in some findings.
    """

    db: Database
    territory: Territory
    parents: tuple[Territory, ...]
    reference: Territory | None
    reference_label: str
    findings: dict[str, Finding]
    histories: dict[str, History]
    codes: tuple[str, ...]

    @property
    def communes(self) -> pd.DataFrame:
        """The rows of `data.communes` of this territory."""
        return data.communes(self.db).reindex(list(self.codes))

    @property
    def beside(self) -> tuple[Territory, ...]:
        """The territory, what contains it, and the reference when it is none of these; without the city
        of an arrondissement twice."""
        more = (self.reference,) if self.reference is not None else ()
        return tuple(dict.fromkeys((self.territory, *self.parents, *more)))

    def against(self, indicator: str) -> Territory | str | None:
        """What the finding is compared with, as `reading` wants it: a territory, or words with their article."""
        finding = self.findings[indicator]
        if self.reference is not None and finding.reference == self.reference.key:
            return self.reference
        for comparator in finding.comparators:
            if comparator.key == finding.reference:
                return comparator.name
        return None

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
        known = territories.index(self.db).territories
        return {code: known[Level.COMMUNE, code].name for code in self.codes}
