"""How wrong the outlook and the estimates of small communes are, measured by hold-out on the real files.

`python -m benchmarks errors` prints the figures and writes them to data/reference/outlook_errors.csv and
estimate_errors.csv, children_errors.csv, which the reports and the page Méthode read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import databases
from benchmarks.backtest import backtest, holdout_interval
from benchmarks.harness import Result
from diagnostic import gaps, gazetteer, projection
from diagnostic.model import Level
from diagnostic.reference import REFERENCE
from diagnostic.report.childcare import COVERED
from diagnostic.report.outlook import HORIZON
from diagnostic.warehouse import Database, open_database

BIRTHS_FROM = {
    Level.COMMUNE: (50.0, 100.0, 150.0, 300.0, 1000.0),
    Level.EPCI: (50.0, 100.0, 150.0, 300.0, 1000.0, 3000.0),
}
"""Thirteen communes have more births than 3,000: too few to tell nine cases out of ten from eight."""
CHILDREN_FROM = (20.0, 50.0, 200.0, 400.0, 1000.0)
TAILS = (0.015, 0.985)
"""A little wider than 95 %: the tails of a few hundred communes are poorly known."""
PROPORTION_FROM = (30.0, 150.0, 600.0, 1500.0, 6000.0)
FEWEST_CASES = 30
BY_BIRTHS_FROM = {
    Level.COMMUNE: (0.0, 300.0, 600.0, 1500.0),
    Level.EPCI: (0.0, 300.0, 600.0, 1500.0),
    Level.DEPARTEMENT: (0.0,),
}
BIRTHS_TAILS = ((0.03, 0.97), (0.02, 0.98), (0.01, 0.99))
"""The narrowest that hold nine of the territories held out: the fewer there are to try, the wider."""


def results() -> Iterator[Result]:
    path = databases.real()
    if path is None:
        return
    db = open_database(path)
    outlook, estimates, children = outlook_errors(db), estimate_errors(db), children_errors(db)
    _write(REFERENCE / "outlook_errors.csv", outlook)
    _write(REFERENCE / "estimate_errors.csv", estimates)
    _write(REFERENCE / "children_errors.csv", children)
    for row in outlook:
        if row["horizon"] in (1, 3, HORIZON):
            yield Result(
                f"outlook, {row['level']}, {row['size_from']:g} births a year and more, {row['horizon']} years",
                row["error"],
                "%",
                note=f"{row['held']:g} % of {row['cases']} past cases in the band {row['low']:+g} to {row['high']:+g} %",
            )
    for level, size, error, cases in proportion_errors(db):
        yield Result(
            f"pace of the département, {level}, {size:g} children and more",
            error,
            "%",
            note=f"{cases} past cases",
        )
    for row in children:
        yield Result(
            f"children by births, {row['level']}, {row['children_from']:g} and more",
            row["covered"],
            "% held",
            f"{COVERED[0]:g}",
            f"{row['cases']} territories, {row['low']:+g} to {row['high']:+g} % to add, median {row['median']:+g}",
        )
    for row in estimates:
        yield Result(
            f"estimate, {row['children_from']:g} children and more",
            row["covered"],
            "% held",
            f"{COVERED[0]:g} to {COVERED[1]:g}",
            f"{row['cases']} communes, interval {row['low']:+g} to {row['high']:+g} points",
        )


def proportion_errors(db: Database) -> Iterator[tuple[str, float, float, int]]:
    """Children under 3 by births, replayed: those of three years before times the change of the département, against those
    who came. How wrong what Insee estimates for a département would be, brought down to its parts."""
    frame = db.frame(
        "select level, code, year, value from total where stat = 'naissances' and value is not null"
    )
    wide = {
        level: rows.pivot(index="code", columns="year", values="value")
        for level, rows in frame.groupby("level")
    }
    homes = db.frame("select level, code, departement from territory where departement is not null")
    larger = _under_3(wide["departement"])
    for level in (Level.EPCI, Level.COMMUNE):
        own = _under_3(wide[level])
        home = homes[homes["level"] == level].set_index("code")["departement"].reindex(own.index)
        above = larger.reindex(home).set_axis(own.index)
        years = [year for year in own if year - 3 in own]
        found = pd.concat([own[year - 3] * above[year] / above[year - 3] for year in years])
        came = pd.concat([own[year] for year in years])
        usable = found.notna() & (found > 0) & (came > 0)
        off, size = (found[usable] / came[usable] - 1).abs() * 100, came[usable]
        for low, high in zip(PROPORTION_FROM, (*PROPORTION_FROM[1:], np.inf), strict=True):
            inside = (size >= low) & (size < high)
            yield level.value, low, float(off[inside].mean()), int(inside.sum())


def _under_3(births: pd.DataFrame) -> pd.DataFrame:
    """Births of three years, by the last of them."""
    years = [year for year in births if year - 2 in births]
    return pd.DataFrame({year: births[year] + births[year - 1] + births[year - 2] for year in years})


def outlook_errors(db: Database) -> list[dict]:
    """The trend replayed on every known year: mean absolute error and band by level, size and horizon."""
    rows = []
    for level, sizes in BIRTHS_FROM.items():
        known, groups = _births(db, level)
        frame = backtest(known, range(1, HORIZON + 1), groups, sizes=(0.0, *sizes))
        kept = frame[
            (frame["scenario"] == "trend") & (frame["size_from"] > 0) & (frame["cases"] >= FEWEST_CASES)
        ]
        rows += [
            {
                "id": f"{level}_{row.size_from:g}_{row.horizon}",
                "level": level.value,
                "size_from": row.size_from,
                "horizon": row.horizon,
                "error": round(row.error, 1),
                "low": round(row.low, 1),
                "high": round(row.high, 1),
                "held": round(row.held, 1),
                "cases": row.cases,
            }
            for row in kept.sort_values(["size_from", "horizon"]).itertuples()
        ]
    return rows


def _births(db: Database, level: Level) -> tuple[projection.Births, list]:
    known = gazetteer.index(db)
    frame = db.frame(
        "select code, year, value from total where level = ? and stat = 'naissances' and year is not null",
        level.value,
    )
    wide = frame.pivot(index="code", columns="year", values="value").astype(float)
    wide = wide.loc[:, wide.notna().mean() >= 0.9].dropna()
    wide = wide[[(level, code) in known.territories and code not in known.city for code in wide.index]]
    groups = [known.territories[level, code].departement for code in wide.index]
    return projection.births(wide, int(wide.columns[0])), groups


def estimate_errors(db: Database) -> list[dict]:
    """Official rate less estimate, over the communes whose own crèche places are known, by number of children."""
    frame = _held_out(db)
    which = np.searchsorted(CHILDREN_FROM, frame["children"], side="right") - 1
    rows = []
    for number, children_from in enumerate(CHILDREN_FROM):
        errors = (frame["truth"] - frame["estimate"])[which == number]
        if len(errors) < FEWEST_CASES:
            continue
        low, high, covered = holdout_interval(np.sort(errors), tails=TAILS)
        rows.append(
            {
                "id": f"from_{children_from:g}",
                "children_from": children_from,
                "low": round(low, 1),
                "high": round(high, 1),
                "covered": round(covered * 100, 1),
                "cases": len(errors),
            }
        )
    return rows


def children_errors(db: Database) -> list[dict]:
    """What to add to the children under 3 counted by births, in %, to hold those on whom the Cnaf counts its rate: its
    places ÷ its rate, where it publishes both a year apart at most. By level and number of children."""
    frame = db.frame(
        """
        select rate.level, births.value as births, places.value / rate.value * 100 as implied
        from figure as rate
        join total as places
            on places.level = rate.level and places.code = rate.code and places.stat = 'places_total'
            and places.value > 0 and abs(places.year - rate.year) <= 1
        join total as births
            on births.level = rate.level and births.code = rate.code and births.stat = 'enfants_moins_3'
            and births.year = places.year + 1 and births.status = 'estimated' and births.value > 0
        where rate.indicator = 'taux_couverture' and rate.value > 0
        qualify row_number() over (partition by rate.level, rate.code order by rate.year desc) = 1
        """
    )
    rows = []
    for level, sizes in BY_BIRTHS_FROM.items():
        part = frame[frame["level"] == level.value]
        which = np.searchsorted(sizes, part["births"], side="right") - 1
        for number, children_from in enumerate(sizes):
            errors = ((part["implied"] / part["births"] - 1) * 100)[which == number]
            if len(errors) < FEWEST_CASES:
                continue
            tried = [holdout_interval(np.sort(errors), tails=tails) for tails in BIRTHS_TAILS]
            low, high, covered = next((one for one in tried if one[2] >= COVERED[0] / 100), tried[-1])
            rows.append(
                {
                    "id": f"{level}_{children_from:g}",
                    "level": level.value,
                    "children_from": children_from,
                    "low": round(low, 1),
                    "high": round(high, 1),
                    "median": round(float(errors.median()), 1),
                    "covered": round(covered * 100, 1),
                    "cases": len(errors),
                }
            )
    return rows


def _held_out(db: Database) -> pd.DataFrame:
    """One row per commune with an official rate, its estimate made without it."""
    frame = db.frame(
        """
        with rate as (
            select level, code, year, value from figure where indicator = 'taux_couverture' and value > 0
        ),

        own as (
            select code, max_by(value, year) as places from total
            where level = 'commune' and stat = 'places_eaje' and value is not null group by code
            union all
            -- A commune whose list counts no crèche has no place in one.
            select commune, 0 from stat where stat = 'eaje'
                and commune not in (
                    select code from total where level = 'commune' and stat = 'places_eaje' and value is not null
                )
            group by commune having max(value) = 0
        )

        select
            rate.code,
            rate.value as truth,
            children.value as children,
            own.places,
            epci.value as group_rate,
            creches.value as group_own
        from rate
        join own using (code)
        join territory on territory.level = 'commune' and territory.code = rate.code and territory.parent is null
        join stat as children
            on children.commune = rate.code and children.stat = 'enfants_moins_3' and children.year = rate.year + 1
        join rate as epci on epci.level = 'epci' and epci.code = territory.epci and epci.year = rate.year
        join figure as creches
            on creches.level = 'epci' and creches.code = territory.epci and creches.indicator = 'places_eaje_100'
            and creches.value is not null
        where rate.level = 'commune' and children.value >= 20
        """
    )
    estimate = [
        float(gaps.estimate_from_own_places(row.places, row.children, row.group_rate, row.group_own))
        for row in frame.itertuples()
    ]
    return frame.assign(estimate=estimate)


def _write(path: Path, rows: Sequence[dict]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
