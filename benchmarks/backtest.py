"""How wrong a method was: the outlook replayed on the past, errors held out. Written for `python -m benchmarks errors`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from diagnostic.gaps import floats
from diagnostic.projection import (
    SCENARIOS,
    TREND_YEARS,
    Births,
    birth_scenarios,
    births_a_year,
    born,
)

BAND_TAILS = (0.03, 0.97)
"""Quantiles of the past errors between which the band is drawn: a little wider than the 90 % that it must hold, since
the years held out are not those that made it."""


def backtest(
    known: Births,
    horizons: Sequence[int] = (1, 2, 3),
    groups: ArrayLike | None = None,
    *,
    sizes: Sequence[float] = (0.0,),
) -> pd.DataFrame:
    """Replay the past: children under 3 by births, when the last `horizon` years of births were unknown.

    Every past year with enough history before it serves as the last known one. Returns one row per
    `scenario`, `horizon` and class of size (`size_from`: births a year when projected, from each of `sizes` to the
    next): `error` (mean absolute % error over territories and years), `total_error` (absolute error of all children
    together, % of them), `low` and `high` (% to add to the children projected: the quantiles `BAND_TAILS` of what
    came), `held` (% of the cases of a year that lie in the band made of the other years), `cases`. Cases without any
    child are left out, since no percentage of nothing exists.
    """
    rows = []
    for horizon in horizons:
        ends = range(known.first + TREND_YEARS - 1, known.last - horizon + 1)
        pieces = [_replay(known, end, horizon, groups) for end in ends]
        size = _joined([births_a_year(_through(known, end)) for end in ends])
        when = _joined([np.full(len(known.counts), end) for end in ends])
        which = np.searchsorted(sizes, size, side="right") - 1
        for name in SCENARIOS:
            found, truth = (_joined([piece[name][part] for piece in pieces]) for part in (0, 1))
            for number, size_from in enumerate(sizes):
                here = which == number
                rows.append(
                    {
                        "scenario": name,
                        "horizon": horizon,
                        "size_from": size_from,
                        **_errors(found[here], truth[here]),
                        **_band(found[here], truth[here], when[here]),
                    }
                )
    columns = [
        "scenario",
        "horizon",
        "size_from",
        "error",
        "total_error",
        "low",
        "high",
        "held",
        "cases",
    ]
    return pd.DataFrame(rows, columns=columns)


def _band(found: np.ndarray, truth: np.ndarray, when: np.ndarray) -> dict[str, float]:
    """What came, in % of what was projected, and the share of each year that the other years would have held."""
    usable = ~np.isnan(found) & (truth > 0) & (found > 0)
    off, years = (truth[usable] / found[usable] - 1) * 100, when[usable]
    if not usable.any():
        return {"low": np.nan, "high": np.nan, "held": np.nan}
    held, counted = 0, 0
    for year in np.unique(years):
        others, tried = off[years != year], off[years == year]
        if len(others):
            low, high = np.quantile(others, BAND_TAILS)
            held, counted = held + int(((tried >= low) & (tried <= high)).sum()), counted + len(tried)
    low, high = np.quantile(off, BAND_TAILS)
    return {
        "low": float(low),
        "high": float(high),
        "held": held / counted * 100 if counted else np.nan,
    }


def _joined(pieces: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate(pieces) if pieces else np.array([])


def _through(known: Births, year: int) -> Births:
    """The same births, known up to `year` only."""
    return Births(known.first, known.counts[:, : max(year - known.first + 1, 0)])


def _replay(known: Births, end: int, horizon: int, groups: ArrayLike | None) -> dict:
    year = end + horizon + 1
    truth = born(known, year)[:, :3].sum(axis=1)
    futures = birth_scenarios(_through(known, end), year - 1, groups)
    return {name: (born(future, year)[:, :3].sum(axis=1), truth) for name, future in futures.items()}


def _errors(found: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    usable = ~np.isnan(found) & (truth > 0)
    error = np.abs(found[usable] - truth[usable])
    if not usable.any():
        return {"error": np.nan, "total_error": np.nan, "cases": 0}
    return {
        "error": float((error / truth[usable]).mean()) * 100,
        "total_error": float(error.sum() / truth[usable].sum() * 100),
        "cases": int(usable.sum()),
    }


def holdout_interval(
    errors: ArrayLike, *, tails: tuple[float, float], rounds: int = 50, seed: int = 33
) -> tuple[float, float, float]:
    """Limits that the errors of a method keep to, and the share of errors that they hold when held out.

    The limits are the quantiles `tails` of all errors; the share is the mean, over random halves, of the errors of
    one half that lie within the quantiles of the other.
    """
    found = floats(errors)
    found = found[~np.isnan(found)]
    if len(found) < 2:
        return np.nan, np.nan, np.nan
    order, held = np.random.default_rng(seed), []
    for _ in range(rounds):
        mixed = order.permutation(found)
        first, second = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
        for made, tried in ((first, second), (second, first)):
            low, high = np.quantile(made, tails)
            held.append(np.mean((tried >= low) & (tried <= high)))
    low, high = np.quantile(found, tails)
    return float(low), float(high), float(np.mean(held))
