"""Where a key figure stands: on one line, among the references and the others."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic import french, reading
from diagnostic.indicators import BY_ID
from diagnostic.measure import is_count
from diagnostic.model import Finding, Indicator, Position, Status
from diagnostic.report import Report
from diagnostic.story.blocks import Track

FEWEST_MIDDLE = 5
"""Others of which a median says something."""


def track(report: Report, finding: Finding, among: Finding, *, ring: str = "") -> Track | None:
    """The value on one line with the references and, as ticks, the others of `among`; None where there is nothing to
    place it by. The ends of the line are the least and the most of all that is drawn."""
    indicator, value = BY_ID[finding.indicator], reading.known_value(finding)
    if value is None or is_count(indicator):
        # A plain count says nothing beside the count of France.
        return None
    marks = _marks(report, finding, indicator)
    # A position of another year is none.
    rank = among.position if among.year == finding.year else None
    others = rank.values if rank is not None else ()
    if not marks and not others:
        return None
    # The ends and the median are printed as the value is.
    decimals = reading.decimals_of(value, finding.status, indicator)

    def said_as(end: float) -> str:
        return french.number(reading.printable(end, finding, indicator), decimals)

    low, high = _ends(value, marks, rank)
    # A reference has one figure, over the line and at its end.
    told = {(mark[2], mark[0]): mark[1] for mark in marks}
    ends = tuple(
        (told.get(one) or said_as(one[0]), one[1] if one[0] != value and not finding.rounding else "")
        for one in (low, high)
    )
    if ends[0][0] == ends[1][0]:
        return None
    who = ring or french.name(report.territory)
    said = [
        f"{who} : {reading.figure(finding, indicator)}",
        *(f"{name} : {text}" for name, text, _, _ in marks),
    ]
    if others:
        # The values of a rank hold the one that is placed.
        count = french.quantity(len(others) - (value in others), "autre territoire", "autres territoires")
        said.append(f"{count}, de {ends[0][0]} à {ends[1][0]}")
    middle = None
    if rank is not None and len(others) >= FEWEST_MIDDLE:
        middle = (rank.median, f"médiane {said_as(rank.median)}")
        said.append(middle[1])
    return Track(
        value,
        tuple(others),
        marks,
        low[0],
        high[0],
        ends[0],
        ends[1],
        " ; ".join(said),
        ring=bool(ring),
        middle=middle,
    )


def _marks(
    report: Report, finding: Finding, indicator: Indicator
) -> tuple[tuple[str, str, float, bool], ...]:
    """The references that have a place on the line: of the same year, or goals, which have none; not one that is a most."""
    against = report.against(indicator.id)
    return tuple(
        (
            french.typographic(item.name),
            reading.beside(item, finding, indicator),
            float(item.value),
            against is not None and item.key == against.key,
        )
        for item in finding.comparators
        if item.value is not None and item.status.known and item.status is not Status.BOUNDED
        if item.key != finding.territory and item.year in (None, finding.year)
    )


def _ends(
    value: float, marks: Sequence[tuple[str, str, float, bool]], rank: Position | None
) -> tuple[tuple[float, str], tuple[float, str]]:
    """The least and the most of all that a line draws, each with who holds it; no name for the territory itself."""
    holders = [(value, ""), *((mark[2], mark[0]) for mark in marks)]
    if rank is not None and rank.values:
        holders += [
            (rank.minimum, french.typographic(rank.minimum_name)),
            (rank.maximum, french.typographic(rank.maximum_name)),
        ]
    return min(holders), max(holders)
