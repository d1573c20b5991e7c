"""E2SFCA over communes of the size of France, beside PyPI `access` in the same run."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.harness import Result, milliseconds
from diagnostic import access

COMMUNES = 35_000
SIDE_DEGREES = (11.2, 7.85)
"""Chosen for about 1.2 million pairs within 15 km, as between the real communes."""


def _france(seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    lon = -4.5 + SIDE_DEGREES[0] * random.random(COMMUNES)
    lat = 42.5 + SIDE_DEGREES[1] * random.random(COMMUNES)
    children = random.poisson(60, COMMUNES).astype(float)
    places = np.where(random.random(COMMUNES) < 0.3, random.poisson(30, COMMUNES), 0).astype(float)
    return lon, lat, children, places


def results() -> Iterator[Result]:
    lon, lat, children, places = _france()
    links = access.pairs(lon, lat)
    yield Result("pairs within 15 km", len(links.i), "pairs", "about 1.2 M")
    yield Result("build the pairs", milliseconds(lambda: access.pairs(lon, lat), repeat=3), "ms")
    ours = milliseconds(lambda: access.e2sfca(places, children, links), repeat=11)
    yield Result("E2SFCA, 35,000 communes", ours, "ms", "< 100 ms", "pairs already built")
    theirs, reference = _reference(children, places, links)
    yield Result("E2SFCA by PyPI access", theirs, "ms", "", "same input, same run")
    yield Result("times faster than access", theirs / ours, "x", ">= 20")
    value = access.e2sfca(places, children, links).value
    yield Result("largest difference with access", np.nanmax(np.abs(value - reference)), "", "<= 1e-9")
    lost = abs(np.nansum(value * children) - places.sum())
    yield Result("places lost", lost, "places", "<= 1e-6")
    found = access.e2sfca(places, children, links)
    epci = np.flatnonzero((lon < lon.min() + 0.45) & (lat < lat.min() + 0.5))
    call = milliseconds(lambda: access.dependence(found, children, links, epci))
    yield Result("who depends on whom", call, "ms", "", f"{len(epci)} communes")
    facilities = np.flatnonzero(places > 0)
    call = milliseconds(lambda: access.nearest(lon, lat, lon[facilities], lat[facilities]))
    yield Result("nearest facility of 35,000 communes", call, "ms", "", f"{len(facilities)} facilities")


def _reference(children: np.ndarray, places: np.ndarray, links: access.Pairs) -> tuple[float, np.ndarray]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from access import fca, weights

    step = weights.step_fn(dict(access.DEFAULT_BANDS))
    demand = pd.DataFrame({"geoid": np.arange(COMMUNES), "demand": children}).set_index("geoid")
    supply = pd.DataFrame({"geoid": np.arange(COMMUNES), "supply": places}).set_index("geoid")
    cost = pd.DataFrame({"origin": links.i, "dest": links.j, "cost": links.km})

    def call() -> pd.Series:
        return fca.two_stage_fca(
            demand,
            supply,
            cost,
            max_cost=access.DEFAULT_BANDS[-1][0],
            demand_index=True,
            demand_name="demand",
            supply_index=True,
            supply_name="supply",
            weight_fn=step,
        )

    return milliseconds(call, repeat=1), call().reindex(range(COMMUNES)).to_numpy()
