"""Children to come: cohorts, births, scenarios, places to provide.

Pure: arrays in and out. Every array has one row per territory, so that all the territories of France are projected at
once. Years are those of 1 January: the children aged a on
1 January Y were born in Y − 1 − a, hence under 3 on 1 January Y = births of Y − 1, Y − 2 and Y − 3.
Methods: Hamilton and Perry (1962); births scenarios as `SCENARIOS` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from diagnostic.gaps import floats, ratio
from diagnostic.model import DiagnosticError

BANDS: dict[str, tuple[int, int]] = {"moins_3": (0, 2), "3_11": (3, 11), "12_17": (12, 17)}
"""Age bands, first and last age included."""

AGES = 18
"""Single years of age that a census gives: 0 to 17."""

SCENARIOS = ("low", "constant", "trend")
"""Births to come. `constant`: the mean of the last `LEVEL_YEARS`. `trend`: from that mean, the yearly
change of a log-linear fit on the last `TREND_YEARS`, within `TREND_BOUNDS`. `low`: from that mean,
`LOW_MARGIN` a year under the trend, or under no change where births rise, within the same bounds."""

LEVEL_YEARS = 3
TREND_YEARS = 6
TREND_BOUNDS = (-0.05, 0.05)
LOW_MARGIN = 0.01

TREND_FROM_BIRTHS = 600
"""Births over `TREND_YEARS` under which a territory takes the trend of the larger one: at 100 births a
year, chance alone moves the yearly change by about 2.4 points (standard error)."""

RATIOS_FROM_CHILDREN = 2_000
"""Children under 18 under which a territory takes the cohort ratios of the larger one: at 110 children
an age, chance alone moves a ratio by more than a tenth."""

YEARLY_RATIO_BOUNDS = (0.80, 1.25)
"""A cohort that loses or gains more in a year betrays a break in the series, not a migration."""

FEWEST_BIRTHS = 50
"""Births a year under which nothing is projected: chance alone moves them more than any trend."""

COHORTS, BIRTHS = "cohorts", "births"


@dataclass(frozen=True, slots=True)
class Births:
    """Births by territory (rows) and calendar year (columns, rising without a hole); NaN is unknown."""

    first: int
    counts: np.ndarray

    @property
    def last(self) -> int:
        return self.first + self.counts.shape[1] - 1


@dataclass(frozen=True, slots=True)
class Census:
    """Residents by single year of age (columns 0 to 17) on 1 January of `year`, one row per territory."""

    year: int
    counts: np.ndarray


def births(counts: ArrayLike, first: int) -> Births:
    """Read births from an array or frame, one row per territory, columns being the years from `first`."""
    numbers = np.atleast_2d(floats(counts))
    if (numbers < 0).any():
        raise DiagnosticError("Un nombre de naissances est négatif : corrigez le fichier des naissances.")
    return Births(first, numbers)


# Births to come


def yearly_change(known: Births, groups: ArrayLike | None = None) -> np.ndarray:
    """Yearly change of births by territory (−0.02 is 2 % fewer each year), within `TREND_BOUNDS`.

    A territory with too few births takes its group's change, a group with too few that of all territories;
    no change where even those have a year without births. Unknown where a year is unknown.
    """
    recent = known.counts[:, -TREND_YEARS:]
    if recent.shape[1] < TREND_YEARS:
        raise DiagnosticError(
            f"Il faut au moins {TREND_YEARS} années de naissances pour une tendance : ajoutez des millésimes."
        )
    few = recent.sum(axis=1) < TREND_FROM_BIRTHS
    return np.clip(_from_larger(recent, _slope, few, groups, TREND_FROM_BIRTHS), *TREND_BOUNDS)


def _slope(counts: np.ndarray) -> np.ndarray:
    years = np.arange(counts.shape[1]) - (counts.shape[1] - 1) / 2
    never_nil = ~(counts == 0).any(axis=1)
    logs = np.log(np.where(counts > 0, counts, 1.0))
    slope = np.expm1(logs @ years / (years @ years))
    slope = np.where(never_nil, slope, 0.0)
    return np.where(np.isnan(counts).any(axis=1), np.nan, slope)


def _from_larger(counts, measure, few, groups, enough):
    """Measure each row, or the sum of its group where `few`, or of all rows where the group is small too."""
    if not len(counts):
        return measure(counts)
    keys = np.zeros(len(counts)) if groups is None else np.asarray(groups)
    numbered: dict[object, int] = {}
    codes = np.array([numbered.setdefault(key, len(numbered)) for key in keys.tolist()])
    complete = ~np.isnan(counts).any(axis=1)
    sums = np.zeros((codes.max() + 1, counts.shape[1]))
    np.add.at(sums, codes[complete], counts[complete])
    small = sums.sum(axis=1) < enough
    sums[small] = sums.sum(axis=0)
    larger = measure(sums)[codes]
    own = measure(counts)
    mask = few.reshape(-1, *[1] * (own.ndim - 1))
    unknown = ~complete.reshape(mask.shape)
    return np.where(unknown, np.nan, np.where(mask, larger, own))


def birth_scenarios(known: Births, last: int, groups: ArrayLike | None = None) -> dict[str, Births]:
    """Births up to the year `last` under each of `SCENARIOS`; known years stay as they are."""
    level = known.counts[:, -LEVEL_YEARS:].mean(axis=1)
    trend = yearly_change(known, groups)
    low = np.maximum(np.minimum(trend, 0.0) - LOW_MARGIN, TREND_BOUNDS[0])
    change = {"low": low, "constant": np.zeros(len(level)), "trend": trend}
    # The mean of three years stands for the middle one, so the first year to come is two steps away.
    steps = np.arange(1, max(last - known.last, 0) + 1) + (LEVEL_YEARS - 1) / 2
    return {
        name: Births(
            known.first,
            np.hstack((known.counts, level[:, None] * (1 + change[name][:, None]) ** steps)),
        )
        for name in SCENARIOS
    }


# Cohorts


def cohort_ratios(earlier: Census, later: Census) -> np.ndarray:
    """Children aged a at the later census ÷ those aged a − step at the earlier one, by territory.

    Columns 0 to 17; ages under the step (the years between both) have no earlier cohort and are unknown,
    as are the ratios to an empty cohort.
    """
    step = _step(earlier, later)
    ratios = np.full(later.counts.shape, np.nan)
    ratios[:, step:] = ratio(later.counts[:, step:], earlier.counts[:, : AGES - step])
    return ratios


def _step(earlier: Census, later: Census) -> int:
    step = later.year - earlier.year
    if not 1 <= step < AGES - 1:
        raise DiagnosticError(
            f"Il faut deux recensements de 1 à {AGES - 2} ans d’écart, le plus ancien en premier."
        )
    return step


def _yearly_ratios(earlier: Census, later: Census, groups: ArrayLike | None) -> np.ndarray:
    """Ratio from age x to x + 1 in a year: geometric mean over the cohorts that went through it."""
    step = _step(earlier, later)
    both = np.hstack((earlier.counts, later.counts))

    def measure(counts: np.ndarray) -> np.ndarray:
        first, second = Census(earlier.year, counts[:, :AGES]), Census(later.year, counts[:, AGES:])
        yearly = cohort_ratios(first, second) ** (1 / step)
        windows = [yearly[:, max(x + 1, step) : x + step + 1] for x in range(AGES - 1)]
        ratios = np.column_stack([_geometric_mean(window) for window in windows])
        return np.clip(np.where(np.isnan(ratios), 1.0, ratios), *YEARLY_RATIO_BOUNDS)

    few = both[:, AGES:].sum(axis=1) < RATIOS_FROM_CHILDREN
    return _from_larger(both, measure, few, groups, 2 * RATIOS_FROM_CHILDREN)


def _geometric_mean(window: np.ndarray) -> np.ndarray:
    usable = window > 0
    logs = np.log(np.where(usable, window, 1.0)).sum(axis=1)
    mean = np.exp(logs / np.maximum(usable.sum(axis=1), 1))
    return np.where(usable.any(axis=1), mean, np.nan)


def _kept_births(known: Births, later: Census, groups: ArrayLike | None) -> np.ndarray:
    """Children aged 0 at the census ÷ births of the year before, by territory."""
    before = later.year - 1 - known.first
    if not 0 <= before < known.counts.shape[1]:
        raise DiagnosticError(
            f"Il manque les naissances de {later.year - 1}, année qui précède le recensement de "
            f"{later.year} : ajoutez ce millésime."
        )
    both = np.column_stack((later.counts[:, 0], known.counts[:, before]))

    def measure(counts: np.ndarray) -> np.ndarray:
        kept = ratio(counts[:, 0], counts[:, 1])
        return np.clip(np.where(np.isnan(kept), 1.0, kept), *YEARLY_RATIO_BOUNDS)

    few = later.counts.sum(axis=1) < RATIOS_FROM_CHILDREN
    return _from_larger(both, measure, few, groups, 2 * RATIOS_FROM_CHILDREN / AGES)


# Children to come


@dataclass(frozen=True, slots=True)
class Projected:
    """Children to come: one row of `children` for each (scenario, year, band) of `told`, one column a territory."""

    told: tuple[tuple[str, int, str], ...]
    children: np.ndarray
    method: str


def project_children(
    known: Births,
    years: Sequence[int],
    *,
    earlier: Census | None = None,
    later: Census | None = None,
    groups: ArrayLike | None = None,
) -> Projected:
    """Project the children of each band on 1 January of `years`, under each scenario.

    With two censuses (`method` cohorts), the later one is aged with yearly cohort ratios and births are
    kept in the share seen at the later census. Without (`method` births), children are the births of the
    years they were born in, no one moving; a band is unknown when one of those years precedes the first.
    `groups` names the larger territory (EPCI, département) whose ratios and trend small ones take.

    """
    if (earlier is None) != (later is None):
        raise DiagnosticError("Il faut deux recensements par âge, ou aucun : ajoutez le second millésime.")
    futures = birth_scenarios(known, max(years, default=known.last + 1) - 1, groups)
    method = BIRTHS if later is None else COHORTS
    if earlier is not None and later is not None:
        if min(years, default=later.year) < later.year:
            raise DiagnosticError(
                f"On ne projette pas avant le recensement de {later.year} : choisissez une année plus tardive."
            )
        yearly = _yearly_ratios(earlier, later, groups)
        kept = _kept_births(known, later, groups)
    told: list[tuple[str, int, str]] = []
    children: list[np.ndarray] = []
    for name, future in futures.items():
        for year in years:
            ages = born(future, year) if later is None else _aged(future, year, later, yearly, kept)
            for band, (first, last) in BANDS.items():
                told.append((name, year, band))
                children.append(ages[:, first : last + 1].sum(axis=1))
    return Projected(tuple(told), np.array(children).reshape(len(told), len(known.counts)), method)


def born(future: Births, year: int) -> np.ndarray:
    """Children by age on 1 January of `year`, taken as the births of the year each age was born in."""
    ages = np.full((len(future.counts), AGES), np.nan)
    for age in range(AGES):
        column = year - 1 - age - future.first
        if 0 <= column < future.counts.shape[1]:
            ages[:, age] = future.counts[:, column]
    return ages


def _aged(future: Births, year: int, later: Census, yearly: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Children by age on 1 January of `year`: the census aged, and births since then."""
    ahead = year - later.year
    survived = np.column_stack((np.ones(len(kept)), np.cumprod(yearly, axis=1)))
    ages = born(future, year) * kept[:, None] * survived
    if ahead < AGES:
        ages[:, ahead:] = later.counts[:, : AGES - ahead] * survived[:, ahead:] / survived[:, : AGES - ahead]
    return ages


def births_a_year(known: Births) -> np.ndarray:
    """Mean of the last `LEVEL_YEARS` of births, by territory: its size."""
    return known.counts[:, -LEVEL_YEARS:].mean(axis=1)
