"""Classes of a map: bounds, and the class of each value.

Pure: arrays in, arrays out. A class holds its upper bound and not its lower one, save the first, which
holds both; the convention of mapclassify, against which the tests check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import jenkspy
import numpy as np

from diagnostic.gaps import Numbers, floats
from diagnostic.model import DiagnosticError

CLASSES = 5
"""How many classes, unless the user says otherwise."""

MOST_CLASSES = 9
"""No reader tells more shades of one colour apart."""

NATURAL_SAMPLE = 3_000
"""Natural breaks are sought among this many values, evenly spaced in rising order and with both
extremes, when there are more: the search is quadratic."""

UNKNOWN = -1
"""Class of an unknown value."""


class Method(StrEnum):
    """Ways to cut values into classes."""

    QUANTILES = "quantiles"
    NATURAL = "seuils_naturels"
    EQUAL = "amplitudes_egales"


@dataclass(frozen=True, slots=True)
class Classes:
    """`bounds`, one more than there are classes, rising (empty when no value is known); `index`, the class
    of each value from 0, `UNKNOWN` for an unknown one."""

    bounds: np.ndarray
    index: np.ndarray

    @property
    def count(self) -> int:
        return max(len(self.bounds) - 1, 0)


def classify(values: Numbers, method: Method, k: int = CLASSES) -> Classes:
    """Cut the known values into at most `k` classes.

    Fewer come out when there are fewer distinct values or when quantiles coincide. The first two bounds
    are equal when a class holds the lowest value alone, as zeros often do.
    """
    if not 1 <= k <= MOST_CLASSES:
        raise DiagnosticError(f"Choisissez de 1 à {MOST_CLASSES} classes.", code=2)
    numbers = floats(values)
    known = np.sort(numbers[~np.isnan(numbers)])
    distinct = np.unique(known)
    if not len(distinct):
        return Classes(np.array([]), np.full(numbers.shape, UNKNOWN))
    k = min(k, len(distinct))
    if k == 1:
        upper = known[-1:]
    elif method is Method.QUANTILES:
        upper = np.unique(np.quantile(known, np.arange(1, k + 1) / k))
    elif method is Method.EQUAL:
        upper = np.linspace(known[0], known[-1], k + 1)[1:]
    else:
        upper = _natural(known, distinct, k)
    return _cut(numbers, np.concatenate((known[:1], upper)))


def _natural(known: np.ndarray, distinct: np.ndarray, k: int) -> np.ndarray:
    if k == len(distinct):
        return distinct
    if len(known) > NATURAL_SAMPLE:
        known = known[np.linspace(0, len(known) - 1, NATURAL_SAMPLE).round().astype(int)]
        k = min(k, len(np.unique(known)))
    return np.array(jenkspy.jenks_breaks(known, n_classes=k))[1:]


def typed(values: Numbers, bounds: Sequence[float]) -> Classes:
    """Cut at the bounds that the user typed, outer ones included; a value outside them joins the end class."""
    numbers, limits = floats(values), floats(list(bounds))
    if not 2 <= len(limits) <= MOST_CLASSES + 1 or not (np.diff(limits) > 0).all():
        raise DiagnosticError(
            f"Donnez de 2 à {MOST_CLASSES + 1} bornes différentes, de la plus petite à la plus grande.",
            code=2,
        )
    return _cut(numbers, limits)


def _cut(numbers: np.ndarray, bounds: np.ndarray) -> Classes:
    index = np.searchsorted(bounds[1:-1], numbers, side="left")
    return Classes(bounds, np.where(np.isnan(numbers), UNKNOWN, index))
