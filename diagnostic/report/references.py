"""What a report is compared with: a territory, the median of its peers, or a goal that was typed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from diagnostic import french, territories
from diagnostic.indicators import GOAL_INDICATORS, INDICATORS
from diagnostic.measure import default_reference, history, measure, newest
from diagnostic.model import (
    Comparator,
    DiagnosticError,
    Finding,
    Named,
    Reference,
    ReferenceKind,
    Status,
    Territory,
)
from diagnostic.report.shape import Report
from diagnostic.warehouse.database import Database

PEERS, GOAL = "pairs", "objectif:"
COMPARED = tuple(item.id for item in INDICATORS if item.denominator or item.published)
"""Rates, shares and medians: a plain number grows with the territory."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A reference before anything is measured: the territory beside, and the peers or the goal that take its
    place for the indicators of `targets`."""

    territory: Territory | None
    named: Named | None = None
    targets: Mapping[str, Comparator] = field(default_factory=dict)

    def measured(self, findings: Mapping[str, Finding]) -> Reference | None:
        """The reference with its values, as the findings of the territory are held against it."""
        beside = None if self.territory is None else of_territory(self.territory, findings.values())
        if self.named is None:
            return beside
        return Reference(**names(self.named), values=self.targets, otherwise=beside)


def ask(db: Database, territory: Territory, wanted: str | None, peers: Sequence[Territory]) -> Asked:
    """What `wanted` means for a territory: the key of another one, `pairs`, `objectif:70`; by default, and for
    a territory of the very same communes, the one above.

    Raises DiagnosticError (code 2) for what is no reference.
    """
    default = default_reference(db, territory)
    if wanted is None:
        return Asked(default)
    if wanted == PEERS:
        return Asked(default, PEERS_NAMED, _medians(db, territory, peers))
    if wanted.startswith(GOAL):
        goal = _goal(wanted.removeprefix(GOAL))
        named = goal_named(goal)
        return Asked(
            default,
            named,
            {one: Comparator(named.key, named.name, goal, None, Status.OK) for one in GOAL_INDICATORS},
        )
    chosen = territories.get(db, wanted)
    return Asked(default if territories.same(db, chosen, territory) else chosen)


def reference(db: Database, report: Report, wanted: str) -> Reference | None:
    """Another reference of a report that is made: its values beside those of the territory."""
    asked = ask(db, report.territory, wanted, [peer.territory for peer in report.peers])
    findings = measure(db, [report.territory], reference=asked.territory, targets=asked.targets)
    return asked.measured(findings[report.territory.key])


def of_territory(territory: Territory, findings: Iterable[Finding]) -> Reference:
    """A territory as a reference, with the values that stand beside these findings."""
    values = {
        finding.indicator: one
        for finding in findings
        for one in finding.comparators
        if one.key == territory.key
    }
    return Reference(**names(territory_named(territory)), values=values)


def territory_named(territory: Territory) -> Named:
    """ "Gironde": "la Gironde", "de la Gironde", "en Gironde", "que la Gironde"."""
    return Named(
        kind=ReferenceKind.TERRITORY,
        key=territory.key,
        name=french.name(territory),
        the=french.the(territory),
        of=french.of(territory),
        at=french.at(territory),
        than=french.than_territory(territory),
        territory=territory,
    )


def goal_named(goal: float) -> Named:
    """ "Objectif": "l’objectif de 70 places pour 100 enfants"."""
    said = french.number(goal, 0 if goal.is_integer() else 1)
    return _worded(
        ReferenceKind.GOAL,
        f"{GOAL}{goal:g}",
        "Objectif",
        f"l’objectif de {said} places pour 100 enfants",
        "pour l’objectif",
    )


def _worded(kind: ReferenceKind, key: str, name: str, the: str, at: str) -> Named:
    return Named(kind=kind, key=key, name=name, the=the, of=french.of_text(the), at=at, than=french.than(the))


PEERS_NAMED = _worded(
    ReferenceKind.PEERS,
    PEERS,
    "Médiane des territoires semblables",
    "la médiane des territoires semblables",
    "pour la médiane des territoires semblables",
)


def names(named: Named) -> dict:
    """The fields of a `Named`, to give them to what has a value too."""
    return {name: getattr(named, name) for name in Named.__dataclass_fields__}


def _goal(text: str) -> float:
    try:
        goal = float(text.replace(",", "."))
    except ValueError:
        goal = math.nan
    if not 0 < goal <= 300:
        raise DiagnosticError(
            f"L’objectif « {text} » n’est pas un nombre de places pour 100 enfants : écrivez par exemple objectif:70.",
            code=2,
        )
    return goal


def _medians(db: Database, territory: Territory, peers: Sequence[Territory]) -> dict[str, Comparator]:
    """The median of the peers, indicator by indicator, on the year of the territory's own value."""
    if not peers:
        raise DiagnosticError(
            "Ce territoire n’a pas de territoires semblables dans les données chargées : choisissez une autre référence.",
            code=2,
        )
    found = history(db, [*peers, territory])
    own = found.pop(territory.key)
    targets = {}
    for name in COMPARED:
        row = newest(own.get(name, []))
        year = row.year if row is not None else None
        values = [
            item.value
            for rows in found.values()
            for item in rows.get(name, [])
            if item.year == year and item.value is not None
        ]
        known = bool(values)
        targets[name] = Comparator(
            PEERS,
            PEERS_NAMED.name,
            float(np.median(values)) if known else None,
            year if known else None,
            Status.OK if known else Status.MISSING,
        )
    return targets
