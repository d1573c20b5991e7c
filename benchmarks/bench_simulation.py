"""Simulation of an EPCI: projects, money, and where to add places first."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pandas as pd

from benchmarks import databases
from benchmarks.harness import Result, milliseconds
from diagnostic import access, report
from diagnostic.simulation import CrecheProject, Whole, catchment, compare, simulate, where_first
from diagnostic.simulation import ground as ground_of
from diagnostic.story import scenarios
from diagnostic.warehouse import open_database


def epci(communes: int) -> tuple[pd.DataFrame, access.Pairs]:
    """An invented EPCI whose communes lie some 3 km apart."""
    generator = np.random.default_rng(communes)
    side = 0.04 * np.sqrt(communes)
    links = access.pairs(generator.uniform(0, side, communes), generator.uniform(45, 45 + side, communes))
    codes = [f"{number:05}" for number in range(communes)]
    children = generator.integers(5, 400, communes).astype(float)
    creche = np.where(children > 100, np.round(children * 0.15), 0)
    frame = pd.DataFrame(
        {
            "name": codes,
            "children": children,
            "places": np.round(children * 0.5),
            "creche_places": creche,
        },
        index=codes,
    )
    return frame, links


def results() -> Iterator[Result]:
    yield from invented()
    yield from country()


def country() -> Iterator[Result]:
    """The page Agir on the largest département of the fictional France."""
    path = databases.france()
    if path is None:
        return
    db = open_database(path)
    ((code,),) = db.rows(
        "select code from territory where level = 'departement' order by communes desc, code limit 1"
    )
    told = report.build(db, f"departement:{code}")
    ground = ground_of.ground(db, told.territory)
    projects = tuple(
        CrecheProject(name=commune, commune=commune, places=24) for commune in ground.communes.index[:5]
    )
    count = len(ground.communes)
    yield Result(
        f"5 projects, {count} communes of a France of 35,000",
        milliseconds(
            lambda: simulate(
                ground.communes,
                projects,
                target=60.0,
                year=2025,
                whole=ground.whole(60.0),
            )
        ),
        "ms",
        "< 200",
    )
    kept = {str(size): projects[:size] for size in range(1, scenarios.MOST + 1)}
    horizon = scenarios.horizons(told)[0]
    yield Result(
        f"{scenarios.MOST} scenarios and none under 3 birth scenarios, {count} communes",
        milliseconds(
            lambda: scenarios.compared(
                ground, scenarios.all_of(kept, ()), told, target=60.0, scale_year=2025, horizon=horizon
            )
        ),
        "ms",
        "< 200",
    )


def invented() -> Iterator[Result]:
    frame, links = epci(100)
    projects = [
        CrecheProject(
            name=code,
            commune=code,
            places=20,
            qpv=True,
            running_cost=Decimal(16_000),
            investment_cost=Decimal(30_000),
        )
        for code in frame.index[:5]
    ]

    def reached(supply: pd.Series, people: pd.Series) -> pd.Series:
        return pd.Series(100 * access.e2sfca(supply, people, links).value, index=supply.index)

    def answer() -> object:
        return simulate(frame, projects, target=60.9, year=2025, whole=Whole(accessibility=reached))

    yield Result("5 projects, 100 communes", milliseconds(answer), "ms", "< 200")
    births = {
        name: frame["children"] * factor for name, factor in (("bas", 0.9), ("constant", 1), ("haut", 1.1))
    }
    scenarios = {"rien": [], "deux": projects[:2], "cinq": projects}
    yield Result(
        "3 scenarios under 3 birth scenarios, 100 communes",
        milliseconds(
            lambda: compare(
                frame, scenarios, target=60.9, year=2025, births=births, whole=Whole(accessibility=reached)
            )
        ),
        "ms",
        "< 200",
    )
    for communes in (150, 500):
        frame_n, links_n = epci(communes)
        people = frame_n["children"].to_numpy()
        value = access.e2sfca(frame_n["creche_places"], people, links_n).value
        reach = catchment(list(frame_n.index), people, links_n, access.DEFAULT_BANDS)
        known = frame_n.assign(access=100 * value)
        yield Result(
            f"where first, 400 places, {communes} communes",
            milliseconds(lambda known=known, reach=reach: where_first(known, 400, target=23.5, reach=reach)),
            "ms",
            "< 1000",
        )
