"""Gaps to a reference: how far, how many units are missing, why, how sure, what comes first.

Pure: numbers, arrays and rows in and out. `None`, `pandas.NA` and NaN mean unknown on the
way in; NaN means unknown on the way out. No function returns an infinity.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from diagnostic.model import RATIO_CUTS, Direction, Position

GRADES = ("A", "B", "C", "D")

GRADE_CHILDREN = (400, 150, 50)
"""Fewest children for A, B and C.

Measured on the official 2021 rate of all communes: replaced by the rate of its EPCI, a commune is
off by a median of 7 points from 400 children, 10 from 150 to 400, 15 from 50 to 150, 20 and more below.
"""

GRADE_POINTS = (7.0, 10.0, 15.0)
"""Widest half interval, in points, for A, B and C: the same measured errors."""

CHILDREN_STEPS = (50, 200, 1000, 5000)
"""Two gaps whose children fall between the same two steps concern as many children."""

OTHER_MODES = "autres_modes"
"""The part of a total that no mode explains, in `gap_by_mode`."""


Numbers = ArrayLike | Sequence[float | None]


def floats(values: Numbers) -> np.ndarray:
    """Read numbers, `None`, `pandas.NA` and NaN as an array of floats where NaN is unknown."""
    if hasattr(values, "to_numpy"):
        return values.to_numpy(dtype=float, na_value=np.nan)
    if missing(values):
        return np.array(np.nan)
    return np.asarray(values, dtype=float)


def missing(value: object) -> bool:
    """Whether it is None or the missing value of a frame, told by its name: figures are reckoned without frames."""
    return value is None or type(value).__name__ == "NAType"


def ratio(numerator: ArrayLike, denominator: ArrayLike, per: float = 1.0) -> np.ndarray:
    """numerator ÷ denominator × per, elementwise; unknown where a part is unknown or the denominator is 0."""
    top, bottom = np.broadcast_arrays(floats(numerator), floats(denominator))
    return np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom > 0) * per


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _one_ratio(numerator: float | None, denominator: float | None, per: float = 1.0) -> float:
    """`ratio` of two numbers, of which a report asks hundreds: arrays of one would cost as much as all the rest."""
    bottom = _number(denominator)
    return _number(numerator) / bottom * per if bottom > 0 else math.nan


# How far


def missing_units(
    value: ArrayLike, reference: ArrayLike, denominator: ArrayLike, per: float = 100.0
) -> np.ndarray:
    """Units of the numerator to add to reach the reference: max(0, (reference − value) ÷ per × denominator).

    0 when the reference is reached, unknown when a part is. Adding the result to the numerator
    closes the gap exactly.
    """
    return np.maximum(0.0, (floats(reference) - floats(value)) / per * floats(denominator))


CLEARLY_BELOW = RATIO_CUTS[1]
"""Under this share of the reference, a member of a territory counts in its missing places."""


def clearly_below(value: ArrayLike, reference: float) -> np.ndarray:
    """Whether a rate is clearly below the reference; False where it is near or above (one member's surplus fills no
    other's gap), and where it is unknown."""
    return np.round(ratio(value, reference), 9) < CLEARLY_BELOW


def missing_later(missing: float, reference: float, rate: float, children: float, later: float) -> float:
    """Places missing once the children are `later` and no place is added: those missing today, and what the children
    who come or do not come ask for at the reference. A surplus of today serves them first; what some members lack is
    not made up by others. Unknown (NaN) where a part is."""
    spare = 0.0 if missing > 0 else max(rate - reference, 0.0) / 100 * children
    return float(np.maximum(0.0, missing + reference / 100 * (later - children) - spare))


# Where among the others


def position(values: ArrayLike, names: Sequence[str], which: int) -> Position | None:
    """Where the value number `which` stands among `values`; None when it is unknown.

    `values` of the result are the known ones in rising order. Of equal extremes, the name that comes
    first in the alphabet is given.
    """
    numbers = floats(values)
    if not 0 <= which < len(numbers) or np.isnan(numbers[which]):
        return None
    known = sorted(
        (float(value), str(name)) for value, name in zip(numbers, names, strict=True) if not np.isnan(value)
    )
    maximum = known[-1][0]
    return Position(
        rank=1 + int((numbers > numbers[which]).sum()),
        of=len(known),
        minimum=known[0][0],
        minimum_name=known[0][1],
        median=float(np.median([value for value, _ in known])),
        maximum=maximum,
        maximum_name=min(name for value, name in known if value == maximum),
        values=tuple(value for value, _ in known),
    )


# Why


@dataclass(frozen=True, slots=True)
class Supply:
    """What is offered: places by mode, the children they are for, and the places of every mode where known."""

    places: Mapping[str, float | None]
    children: float
    total: float | None = None

    def rate(self, mode: str, per: float) -> float:
        return _one_ratio(self.places.get(mode), self.children, per)


class ModeRates(NamedTuple):
    """Both rates of a mode, and what it brings to the gap: `contribution` = local − reference."""

    mode: str
    local: float
    reference: float
    contribution: float


def gap_by_mode(local: Supply, reference: Supply, per: float = 100.0) -> list[ModeRates]:
    """Split a gap between two rates with one denominator each into what every mode brings.

    Contributions add up to the gap. A mode that one side does not know keeps an unknown contribution; when both
    totals are given, a last row `OTHER_MODES` holds what the known modes leave, so that the sum still is the gap.
    """
    rows = []
    for mode in dict.fromkeys((*local.places, *reference.places)):
        own, theirs = local.rate(mode, per), reference.rate(mode, per)
        rows.append(ModeRates(mode, own, theirs, own - theirs))
    if local.total is None or reference.total is None:
        return rows
    known = [row for row in rows if not math.isnan(row.contribution)]
    own = _one_ratio(local.total, local.children, per) - sum(row.local for row in known)
    theirs = _one_ratio(reference.total, reference.children, per) - sum(row.reference for row in known)
    return [*rows, ModeRates(OTHER_MODES, own, theirs, own - theirs)]


@dataclass(frozen=True, slots=True)
class Change:
    """Change of a rate between two vintages = `places` (numerator) + `children` (denominator), in points.

    `children` is positive when there are fewer children to share the places.
    """

    total: np.ndarray
    places: np.ndarray
    children: np.ndarray


def das_gupta(
    numerator0: ArrayLike,
    denominator0: ArrayLike,
    numerator1: ArrayLike,
    denominator1: ArrayLike,
    per: float = 100.0,
) -> Change:
    """Split the change of a rate into fewer children and fewer places (Das Gupta 1993, two factors).

    Each factor's effect is its own change times the mean of the other: (A − a)(B + b) ÷ 2, with the
    rate as places × (1 ÷ children). The effects add up to the change; unknown where a part is.
    """
    places0, places1 = floats(numerator0), floats(numerator1)
    inverse0, inverse1 = ratio(1.0, denominator0, per), ratio(1.0, denominator1, per)
    return Change(
        total=places1 * inverse1 - places0 * inverse0,
        places=(places1 - places0) * (inverse1 + inverse0) / 2,
        children=(inverse1 - inverse0) * (places1 + places0) / 2,
    )


# How sure


def estimate_from_own_places(
    own_places: ArrayLike, children: ArrayLike, group_rate: float, group_own_rate: float
) -> np.ndarray:
    """Places per 100 children of communes without a published rate: their own crèche places, which are known, and the
    other modes of their EPCI (its rate of all modes less that of its crèches, never under 0)."""
    return ratio(own_places, children, 100.0) + max(group_rate - group_own_rate, 0.0)


def reliability(children: ArrayLike, low: ArrayLike, high: ArrayLike) -> np.ndarray:
    """Grade from A to D of a rate per 100 children, None where children or interval are unknown.

    The worse of two grades: by the number of children (`GRADE_CHILDREN`) and by half the width of the
    interval in points (`GRADE_POINTS`).
    """
    n, half = floats(children), (floats(high) - floats(low)) / 2
    by_children = sum(((n < fewest).astype(int) for fewest in GRADE_CHILDREN), np.zeros(n.shape, int))
    by_width = sum(((half > widest).astype(int) for widest in GRADE_POINTS), np.zeros(half.shape, int))
    worse = np.array(GRADES, dtype=object)[np.maximum(by_children, by_width)]
    return np.where(np.isnan(n) | np.isnan(half), np.array(None, dtype=object), worse)


# What comes first


def priorities(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Order the unfavourable gaps, the gravest first, with the reasons as data.

    A row for each indicator: `indicator`, `value`, `reference`, `direction` (`Direction`), `children` concerned,
    `grade` (A to D; unknown for a figure that is no estimate, which ranks as A).
    A gap counts when the value is on the wrong side of the reference by more than 15 % (`RATIO_CUTS`).

    The order is lexicographic; no mark is computed: 1. severity, the class of `ratio` (value ÷ reference,
    or its inverse where less is better): 2 under 0.60, 1 under 0.85; 2. `step` of children concerned
    (`CHILDREN_STEPS`), unknown last; 3. grade; then, to settle equals: ratio, children, indicator.

    Returns the counted rows with `order` (from 1), `severity`, `ratio`, `step` (-1: unknown), `children` (None: unknown),
    and `reasons`, a tuple of dictionaries (`kind` is severity, children or reliability), in the order in which they decided.
    """
    counted = sorted((row for row in map(_weighed, rows) if row["severity"] > 0), key=_rank)
    return [row | {"order": order, "reasons": _reasons(row)} for order, row in enumerate(counted, 1)]


def _weighed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with what its order rests on."""
    sides = {
        Direction.MORE_IS_BETTER: (row["value"], row["reference"]),
        Direction.LESS_IS_BETTER: (row["reference"], row["value"]),
    }
    found = _one_ratio(*sides.get(row["direction"], (None, None)))
    severe, marked = RATIO_CUTS[:2]
    children = _number(row["children"])
    unknown = math.isnan(children)
    return {
        **row,
        "ratio": found,
        "severity": (found < marked) + (found < severe),
        "children": None if unknown else children,
        "step": -1 if unknown else bisect_right(CHILDREN_STEPS, children),
        "grade": row["grade"] if row["grade"] in GRADES else None,
    }


def _rank(row: Mapping[str, Any]) -> tuple:
    children = -1.0 if row["children"] is None else row["children"]
    return (
        -row["severity"],
        -row["step"],
        row["grade"] or GRADES[0],
        row["ratio"],
        -children,
        row["indicator"],
    )


def _reasons(row: Mapping[str, Any]) -> tuple[dict, ...]:
    return (
        {"kind": "severity", "severity": row["severity"], "ratio": row["ratio"]},
        {
            "kind": "children",
            "children": row["children"],
            "step": None if row["children"] is None else row["step"],
        },
        {"kind": "reliability", "grade": row["grade"]},
    )
