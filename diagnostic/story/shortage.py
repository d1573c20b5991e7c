"""The members that lack places, said in one way wherever they are counted."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import reading
from diagnostic.gaps import CLEARLY_BELOW
from diagnostic.model import Finding, Territory
from diagnostic.report import Report
from diagnostic.story.figures import value_of

RATE = "taux_couverture"
CONCENTRATED = 0.6
"""Share of the missing places that the communes named must hold."""
ENOUGH_CHILDREN = 100
"""Children under which a commune is not named in a title."""
Short = Sequence[tuple[Territory, Finding]]


def short_members(report: Report, name: str = RATE) -> Short:
    """The members that lack at least one place, from the most to the least."""
    rows = [(m.territory, m.findings[name]) for m in report.members if name in m.findings]
    return sorted(((place, found) for place, found in rows if is_short(found)), key=_missing, reverse=True)


def _missing(row: tuple[Territory, Finding]) -> float:
    return row[1].missing or 0.0


def is_short(finding: Finding) -> bool:
    """Whether the member counts in the missing places of the whole: a rate near the reference does not."""
    if value_of(finding) is None or finding.value is None or finding.gap is None:
        return False
    below = finding.value < CLEARLY_BELOW * (finding.value - finding.gap)
    return below and bool(reading.missing_units([finding]))


def missing_of(short: Short) -> int:
    """The places that these members lack together."""
    return sum(reading.missing_units(found for _, found in short))


def concentrated(report: Report, short: Short) -> Short:
    """The one or two members that hold most of the missing places of several; empty when none do, and for those with
    too few children to be named."""
    children = {m.territory.key: value_of(m.findings.get("enfants_moins_3")) for m in report.members}
    large = [row for row in short if (children.get(row[0].key) or 0.0) >= ENOUGH_CHILDREN]
    for many in (1, 2):
        first = tuple(large[:many])
        if len(short) > many == len(first) and missing_of(first) >= CONCENTRATED * missing_of(short):
            return first
    return ()
