"""The members that lack places, said in one way wherever they are counted."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french, reading
from diagnostic.gaps import clearly_below
from diagnostic.indicators import CHILDREN, OFFICIAL
from diagnostic.measure import at_home
from diagnostic.model import ENOUGH_PEOPLE, Finding, Territory
from diagnostic.report import Member, Report
from diagnostic.story.figures import value_of
from diagnostic.story.words import plural_members

RATE = OFFICIAL
CONCENTRATED = 0.6
"""Share of the missing places that the communes named must hold."""
Short = Sequence[tuple[Territory, Finding]]


def short_members(report: Report, name: str = RATE) -> Short:
    """The members that lack at least one place, from the most to the least."""
    rows = (row for row in _counting(report, name) if reading.missing_units([row[1]]))
    return sorted(rows, key=lambda row: row[1].missing or 0.0, reverse=True)


def _counting(report: Report, name: str) -> list[tuple[Territory, Finding]]:
    """The members that count in the missing places of the territory, and lack some.

    A commune counts by itself; an EPCI over several départements counts in the one where most of its people live.
    """
    alone = len(report.members) == 1
    return [
        (member.territory, found)
        for member in report.members
        if (found := member.findings.get(name)) is not None
        and found.missing
        and at_home(member.territory, report.territory)
        and (alone or _is_clearly_short(found))
    ]


def _is_clearly_short(finding: Finding) -> bool:
    """Whether the member counts in the missing places of the whole: a rate near the reference does not."""
    if value_of(finding) is None or finding.value is None or finding.gap is None:
        return False
    return bool(clearly_below(finding.value, finding.value - finding.gap))


def compared_members(report: Report, name: str = RATE) -> tuple[list[Member], list[Member]]:
    """The members that have a value: those held against the reference, and those whose gap to it says nothing."""
    known = [
        (member, found)
        for member in report.members
        if (found := member.findings.get(name)) is not None and value_of(found) is not None
    ]
    return [one for one, found in known if not found.stands_apart], [
        one for one, found in known if found.stands_apart
    ]


def whole(report: Report, name: str = RATE) -> tuple[float, bool]:
    """The missing places of the territory, exact, and whether the members make them up.

    They do not where its own gap is larger, what they leave lying in members too small, too near or unknown, nor where too
    few members are known: the territory is then held against the reference by its own rate.
    """
    parts = sum(found.missing or 0.0 for _, found in _counting(report, name))
    own = report.findings.get(name)
    if own is None or own.missing is None or abs(own.missing - parts) < 0.5:
        return parts, True
    return own.missing, False


def among(report: Report, short: Short, name: str = RATE, *, digits: bool = False) -> str:
    """ "quatre communes sur 28 connues", "les sept intercommunalités connues", "la seule commune connue": who lacks
    places, of how many that have a value; "deux communes sur six comparées" where others have too few children to be."""
    alike, alone = compared_members(report, name)
    of = len(alike)
    many, feminine = plural_members(report), report.member_level != "departement"
    count = french.number(len(short)) if digits else french.in_words(len(short), feminine=feminine)
    known = ("comparée" if feminine else "comparé") if alone else "connue" if feminine else "connu"
    if of <= 1:
        return f"{'la seule' if feminine else 'le seul'} {many[:-1]} {known}"
    if of == len(short):
        return f"les {count} {many} {known}s"
    return f"{count} {french.plural(len(short), many[:-1], many)} sur {of} {known}s"


def added(short: Short) -> int:
    """What the lines of these members add up to, as they are written."""
    return sum(reading.missing_units(found for _, found in short))


def concentrated(report: Report, short: Short) -> Short:
    """The one or two members that hold most of the missing places of several; empty when none do, for those with too
    few children to be named, and where the members known do not make up the whole."""
    if not whole(report)[1]:
        return ()
    children = {m.territory.key: value_of(m.findings.get(CHILDREN)) for m in report.members}
    large = [row for row in short if (children.get(row[0].key) or 0.0) >= ENOUGH_PEOPLE]
    for many in (1, 2):
        first = tuple(large[:many])
        if len(short) > many == len(first) and added(first) >= CONCENTRATED * added(short):
            return first
    return ()
