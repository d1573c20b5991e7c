"""Living standards and poverty (Filosofi): the truth by commune, and what INSEE lets out of it.

A small commune's figures are secret (`s`, or an empty value flagged confidential) and a poverty rate under
5 % is published as 5 %.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from diagnostic.demo.files import melodi, write_archive, write_lines
from diagnostic.demo.places import Places

MEDIAN_HOUSEHOLDS = 50
DETAIL_HOUSEHOLDS = 1_000
LOWEST_RATE = 5.0
EARLIER_MEDIAN, EARLIER_POVERTY = 0.971, 0.975
YEARS = (2020, 2021)


@dataclass(frozen=True)
class Incomes:
    """By commune of the older geography: persons, households, median (euros), poor share and ninths (euros)."""

    persons: np.ndarray
    households: np.ndarray
    median: np.ndarray
    poverty: np.ndarray
    first_decile: np.ndarray
    last_decile: np.ndarray


def earn(places: Places, people: np.ndarray, rng) -> Incomes:
    """Draw incomes for the people (units, 2, 101) of the earlier census."""
    wealth = places.wealth[places.unit_of] + rng.normal(0, 0.08, len(people))
    persons = np.round(people.sum(axis=(1, 2)) * 0.985).astype(int)
    median = np.round(23_600 * np.exp(0.115 * wealth), -1)
    poverty = np.clip(12.2 * np.exp(-0.58 * wealth), 2.0, 48.0)
    return Incomes(
        persons,
        np.round(persons / 2.17).astype(int),
        median,
        poverty,
        np.round(median * np.clip(0.56 - 0.0035 * (poverty - 13), 0.42, 0.64), -1),
        np.round(median * np.clip(1.72 + 0.006 * (poverty - 13), 1.6, 2.0), -1),
    )


def _comma(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def write_filosofi_wide(out: Path, places: Places, incomes: Incomes, year: int) -> Path:
    """cc_filosofi_<year>_COM: comma decimals, `s` for what is secret, older geography."""
    names = [
        "NBMENFISC",
        "NBPERSMENFISC",
        "MED",
        "PIMP",
        "TP60",
        "TP60AGE1",
        "TP60AGE2",
        "TP60AGE3",
        "TP60AGE4",
        "TP60AGE5",
        "TP60AGE6",
        "TP60TOL1",
        "TP60TOL2",
        "PACT",
        "PTSA",
        "PCHO",
        "PBEN",
        "PPEN",
        "PPAT",
        "PPSOC",
        "PPFAM",
        "PPMINI",
        "PPLOGT",
        "PIMPOT",
        "D1",
        "D9",
        "RD",
    ]
    suffix = str(year)[2:]
    growth = 1.0 if year == YEARS[-1] else EARLIER_MEDIAN

    def rows() -> Iterator[str]:
        for i, code in enumerate(places.unit_codes):
            households, persons = int(incomes.households[i]), int(incomes.persons[i])
            median = f"{incomes.median[i] * growth:.0f}" if households >= MEDIAN_HOUSEHOLDS else "s"
            rest = ["s"] * 24 if households < DETAIL_HOUSEHOLDS else _detail(incomes, i, growth)
            cells = f"{households};{persons};{median};{';'.join(rest)}"
            yield f"{code};{cells}"
            # The town and its arrondissements both have a row.
            for part in places.arrondissements.get(int(places.unit_of[i]), ()):
                yield f"{part.code};{cells}"

    header = "CODGEO;" + ";".join(f"{name}{suffix}" for name in names)
    return write_lines(out / f"cc_filosofi_{year}_COM.csv", header, rows())


def _detail(incomes: Incomes, i: int, growth: float) -> list[str]:
    """The 24 columns after the median for a commune large enough."""
    rate = incomes.poverty[i] * (1.0 if growth == 1.0 else EARLIER_POVERTY)
    low, high = incomes.first_decile[i] * growth, incomes.last_decile[i] * growth
    rates = [rate, rate * 1.45, rate * 1.1, rate * 1.05, rate * 0.9, rate * 0.65, rate * 0.6]
    shown = [_comma(max(LOWEST_RATE, float(np.round(r)))) for r in rates]
    tenures = [_comma(max(LOWEST_RATE, float(np.round(r)))) for r in (rate * 0.45, min(rate * 1.7, 60))]
    benefits = rate * 0.32
    family, minima, housing = benefits * 0.4, benefits * 0.36, benefits * 0.24
    shares = [79.0, 69.5, 3.1, 6.4, 27.0, 9.8, benefits, family, minima, housing]
    shares.append(-(79.0 + 27.0 + 9.8 + benefits - 100))
    taxed = _comma(float(np.round(62 - rate * 0.7)))
    ratio = _comma(high / low)
    return [taxed, *shown, *tenures, *map(_comma, shares), f"{low:.0f}", f"{high:.0f}", ratio]


def write_filosofi_melodi(out: Path, places: Places, incomes: Incomes) -> Path:
    """DS_FILOSOFI_CC 2021: every level of the same vintage; secret values are empty with CONF_STATUS C.

    Above the commune the poverty rate is that of all the persons of the level; the median stands between
    the communes', weighted by persons. France is `FM`, as Filosofi publishes it.
    """
    year = YEARS[-1]
    weights = np.stack([places.today(incomes.persons * x) for x in _additive(incomes)])
    persons = places.today(incomes.persons)

    def block(level: str, code: str, values: dict[str, float], open_: dict[str, bool]) -> Iterator[str]:
        for name, value in values.items():
            unit = (
                "EUR_YR" if name.endswith("_SL") and name[:2] != "IR" else "PT" if name == "PR_MD60" else "RT"
            )
            shown = f"{value:.1f}" if open_[name] else ""
            flag, status = ("F", "A") if open_[name] else ("C", "O")
            yield f"{code};{level};{name};{unit};0;{flag};{status};{year};{shown}"

    def rows() -> Iterator[str]:
        for i, code in enumerate(places.unit_codes):
            detailed = bool(incomes.households[i] >= DETAIL_HOUSEHOLDS)
            known = bool(incomes.households[i] >= MEDIAN_HOUSEHOLDS)
            values = _measures(
                incomes.median[i],
                np.round(incomes.poverty[i]),
                incomes.first_decile[i],
                incomes.last_decile[i],
            )
            yield from block("COM", code, values, {n: known if n == "MED_SL" else detailed for n in values})
        for level, code, members in places.levels():
            rate, *logs = weights[:, members].sum(axis=1) / persons[members].sum()
            median, low, high = np.round(np.exp(logs), -1)
            values = _measures(median, np.round(rate, 1), low, high)
            shown = "FM" if level == "FRANCE" else code
            yield from block(level, shown, values, dict.fromkeys(values, True))

    header = (
        "GEO;GEO_OBJECT;FILOSOFI_MEASURE;UNIT_MEASURE;UNIT_MULT;CONF_STATUS;OBS_STATUS;TIME_PERIOD;OBS_VALUE"
    )
    return write_archive(
        out / f"base-cc-filosofi-{year}-geo2025_csv.zip", *melodi("DS_FILOSOFI_CC", header, rows())
    )


def _additive(incomes: Incomes) -> list[np.ndarray]:
    return [incomes.poverty, *map(np.log, (incomes.median, incomes.first_decile, incomes.last_decile))]


def _measures(median: float, rate: float, low: float, high: float) -> dict[str, float]:
    return {
        "MED_SL": median,
        "PR_MD60": max(LOWEST_RATE, float(rate)),
        "D1_SL": low,
        "D9_SL": high,
        "IR_D9_D1_SL": high / low,
    }
