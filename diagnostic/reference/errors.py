"""How wrong the outlook, the estimates and the counts by births were on the past: written by `python -m benchmarks errors`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from diagnostic import REFERENCE
from diagnostic.reference.table import read, typed


@dataclass(frozen=True, slots=True)
class OutlookError:
    """How wrong the trend of births was on the past, for territories of one size at one horizon.

    `size_from` births a year and more, up to the next row of the level; `horizon` in years; `error` the mean absolute
    error in %; `low` and `high` what to add to the children projected, in %, to hold those who came; `held` the share
    (%) of the cases of a year that lie in the band made of the other years.
    """

    level: str
    size_from: float
    horizon: int
    error: float
    low: float
    high: float
    held: float
    cases: int


@lru_cache
def outlook_errors() -> tuple[OutlookError, ...]:
    """Written by `python -m benchmarks errors`."""
    return read(REFERENCE / "outlook_errors.csv", typed(OutlookError))


@dataclass(frozen=True, slots=True)
class EstimateError:
    """What must be added to the estimate of a commune's rate to hold its official one, by number of children.

    `low` and `high` are in places per 100 children; `covered` the share (%) of held-out communes that the interval
    holds, measured on halves that did not make it.
    """

    children_from: float
    low: float
    high: float
    covered: float
    cases: int


@lru_cache
def estimate_errors() -> tuple[EstimateError, ...]:
    """Written by `python -m benchmarks errors`."""
    return read(REFERENCE / "estimate_errors.csv", typed(EstimateError))


@dataclass(frozen=True, slots=True)
class ChildrenError:
    """What must be added to the children under 3 counted by births, in %, to hold those on whom the Cnaf counts.

    `children_from` and more, up to the next row of the level; `covered` the share (%) of territories held out that the
    limits hold.
    """

    level: str
    children_from: float
    low: float
    high: float
    median: float
    covered: float
    cases: int


@lru_cache
def children_errors() -> tuple[ChildrenError, ...]:
    """Written by `python -m benchmarks errors`."""
    return read(REFERENCE / "children_errors.csv", typed(ChildrenError))
