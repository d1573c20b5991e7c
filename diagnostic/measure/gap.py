"""The gap to the reference, what is missing to it, and whether the error of an estimate may turn it over."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from diagnostic import reference
from diagnostic.indicators import CHILDREN, COMPUTED, MODES, OFFICIAL, OLDER_CHILDREN
from diagnostic.measure.lacking import FEW, is_count, shortage
from diagnostic.measure.rows import Figure
from diagnostic.model import (
    RATIO_WORDS,
    Apart,
    Comparator,
    Direction,
    Indicator,
    Level,
    Status,
    Territory,
    ratio_word,
    rounding_of,
)
from diagnostic.warehouse.database import Database

OLDER_ERROR = (-27.0, 30.0)
"""What to add, in %, to the children of 3 to 11 counted by births to hold those of the census, over 25 towns: births
are 23 % too few to 37 % too many. The Cnaf publishes nothing of that age to measure it on more."""
WORTH_ONE = 0.5
"""Of a facility: a territory whose people would fill less than that, at the reference, lacks none of its own."""
NEAR = RATIO_WORDS[2]


class Gap(NamedTuple):
    """Difference with a reference, and the year in which both are known; None where there is none."""

    value: float | None = None
    year: int | None = None


def gap_to(row: Figure | None, target: Comparator, indicator: Indicator) -> Gap:
    """Difference with a target, which has no year, or with a value of the same year."""
    if row is None or row.value is None or target.value is None or is_count(indicator):
        return Gap()
    return Gap(row.value - target.value, row.year) if target.year in (None, row.year) else Gap()


def gap_between(
    rows: Sequence[Figure], known: Mapping[int | None, float], row: Figure | None, indicator: Indicator
) -> Gap:
    """Difference on the newest vintage that both have, at most `lag` years before the value shown."""
    # A number of people or births says nothing against that of a larger territory.
    if row is None or row.value is None or is_count(indicator):
        return Gap()
    if row.year is None:
        return Gap(row.value - known[None]) if None in known else Gap()
    for own in rows:
        if own.value is None or own.year is None or row.year - own.year > indicator.lag:
            continue
        if own.year in known:
            return Gap(own.value - known[own.year], own.year)
    return Gap()


def missing_in(
    db: Database,
    place: Territory,
    indicator: Indicator,
    row: Figure,
    gap: Gap,
    reached: float | None,
) -> float | None:
    """Units to add to reach the reference; None when unknown or when there is nothing to add.

    Places are missing of the whole supply only, not of a mode nor within reach.
    """
    if indicator.missing_noun is None:
        return None
    if indicator.direction is Direction.LESS_IS_BETTER:
        few = row.numerator is not None and row.numerator < FEW
        if few or reached is None or reached <= 0 or row.numerator is None or row.denominator is None:
            return None
        needed = row.numerator / reached * indicator.per
        if needed < WORTH_ONE:
            return None
        # Rounded first: a facility is not missing for the last bit of a division.
        return max(0.0, math.ceil(round(needed - row.denominator, 6)))
    if gap.value is None or row.value is None or reached is None:
        return None
    if indicator.id == OFFICIAL:
        found = shortage(db, place, reached, gap.year if gap.year is not None else row.year)
        return found.total if found is not None else None
    if indicator.missing_noun[0] == "place" and indicator.id != COMPUTED:
        return None
    return None if row.denominator is None else max(0.0, -gap.value / indicator.per * row.denominator)


def error_that_turns(
    place: Territory, indicator: Indicator, row: Figure | None, gap: float | None
) -> Apart | None:
    """Which error may turn over a comparison, so that none is said: that of the children counted by births, of a gap that is
    more than near; that of a count rounded by its producer, where it may make it near, or no more so. None where none may."""
    if gap is None or row is None or row.value is None:
        return None
    reference = row.value - gap
    error = rounding_of(row.value, row.numerator, row.status)
    if error and reference > 0:
        return None if ratio_word(row.value, reference, error) else Apart.ROUNDED
    if ratio_word(row.value, reference) == NEAR:
        return None
    if indicator.id in (COMPUTED, *MODES) and row.status == Status.ESTIMATED:
        low, high = births_error(place.level, CHILDREN, row.denominator or 0.0)
        turned = row.value / (1 + high / 100) < reference <= row.value / (1 + low / 100)
        return Apart.BIRTHS if turned else None
    return None


def births_error(level: Level, indicator: str, count: float) -> tuple[float, float]:
    """What to add to a number of children counted by births, in %: the least and the most, as measured on territories
    of that level and size; those of a département beyond it."""
    if indicator != CHILDREN:
        return OLDER_ERROR
    name = {Level.COMMUNE: Level.COMMUNE, Level.EPCI: Level.EPCI, Level.PERIMETRE: Level.EPCI}
    rows = [
        row
        for row in reference.children_errors()
        if row.level == name.get(level, Level.DEPARTEMENT).value and row.children_from <= count
    ]
    best = max(rows, key=lambda row: row.children_from)
    return best.low, best.high


def between_ends(
    place: Territory, indicator: Indicator, row: Figure, status: Status
) -> tuple[float | None, float | None]:
    """Between which numbers the children counted by births lie; nothing of another figure."""
    if indicator.id not in (CHILDREN, OLDER_CHILDREN) or status is not Status.ESTIMATED or row.value is None:
        return None, None
    low, high = births_error(place.level, indicator.id, row.value)
    return row.value * (1 + low / 100), row.value * (1 + high / 100)
