"""CNAF's files about those who receive its benefits: by commune, EPCI, département, for France, by family quotient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from diagnostic.demo.files import write_lines
from diagnostic.demo.people import People
from diagnostic.demo.places import Places

# Households for one inhabitant, persons of a household.
BENEFITS = {
    "ndur": (0.205, 2.5), "ndurpaje": (0.028, 3.7), "ab": (0.020, 3.7), "cmg": (0.011, 3.6), "prepare": (0.003, 4.0),
    "af": (0.073, 4.1), "asf": (0.012, 2.8), "ndural": (0.087, 1.9), "apl": (0.045, 1.9), "alf": (0.011, 3.1),
    "als": (0.031, 1.2), "rsa": (0.027, 2.0), "ppa": (0.068, 2.1),
}  # fmt: skip
AMOUNTS = {"rsa": 548, "ppa": 184}
POVERTY_PULL = {"rsa": -0.75, "ndural": -0.5, "apl": -0.5, "als": -0.5, "asf": -0.4, "ppa": -0.2, "cmg": 0.3}
DECEMBERS = (2020, 2021, 2022, 2023, 2024)
WITH_A_DISABILITY, ADULT_WITH_A_DISABILITY = 0.021, 0.018
QUOTIENTS = {
    "Moins de 400 euros": 0.13, "Entre 400 et 799 euros": 0.29, "Entre 800 et 1199 euros": 0.22,
    "Entre 1200 et 1599 euros": 0.13, "Entre 1600 et 1999 euros": 0.08, "Entre 2000 et 3999 euros": 0.10,
    "4000 euros ou plus": 0.02, "Inconnu": 0.03,
}  # fmt: skip


@dataclass(frozen=True)
class Recipients:
    """Households by year, benefit and row, before any rounding: the rows of 2024 are communes of today, those of the
    years before of the older geography. `quotients` are the households of 2024 by class."""

    households: dict[int, dict[str, np.ndarray]]
    quotients: np.ndarray
    children: np.ndarray
    adults: np.ndarray

    def disabled(self, members: np.ndarray, step: int) -> str:
        """Households with the AAH and children with the AEEH among `members`, rounded down to `step`."""
        return ";".join(str(int(who[members].sum()) // step * step) for who in (self.adults, self.children))


def draw_recipients(places: Places, people: People, rng) -> Recipients:
    """More of them where living standards are low."""
    found = {}
    for year in DECEMBERS:
        owner = places.unit_of if year < DECEMBERS[-1] else np.arange(len(places))
        share = places.unit_share if year < DECEMBERS[-1] else 1.0
        inhabitants, wealth = people.municipal[owner] * share, places.wealth[owner]
        found[year] = {
            name: rng.poisson(inhabitants * rate * np.exp(POVERTY_PULL.get(name, 0.0) * wealth))
            for name, (rate, _) in BENEFITS.items()
        }
    low = np.exp(-0.45 * places.wealth)
    weights = np.array(list(QUOTIENTS.values()))[None, :] * np.where(np.arange(8) < 2, low[:, None], 1.0)
    quotients = rng.multinomial(found[2024]["ndur"], weights / weights.sum(axis=1, keepdims=True))
    young = people.newer[:, :, :20].sum(axis=(1, 2))
    children = rng.poisson(young * WITH_A_DISABILITY)
    return Recipients(found, quotients, children, rng.poisson(people.municipal * ADULT_WITH_A_DISABILITY))


def write_recipients(out: Path, places: Places, recipients: Recipients) -> list[Path]:
    """s_ben_com_f, s_ben_epci_f, s_ben_dep, s_ben_nat: households, persons and euros, rounded down (5, 5, 100) but for
    France and the départements. A 0 stands for fewer than 5. Children with an allowance for a disability are
    counted for no commune."""
    header = ";".join(
        f"ind{what}_{name}" for name in BENEFITS for what in ("foy", "nbp", "mtt")[: 2 + (name in AMOUNTS)]
    )
    everyone = np.arange(len(places))
    nation = (
        f"{year}-12-01;{';'.join(_cells(recipients, year, _rows_of(places, year, everyone), 1))};"
        f"{recipients.disabled(everyone, 1)}"
        for year in DECEMBERS
    )
    files = {
        "s_ben_com_f": (f"dtreffre;numcomdo;nomcom;{header}", _communes(places, recipients)),
        "s_ben_epci_f": (
            f"dtreffre;numepci;nomepci;{header};indfoy_aah;indben_aeeh",
            _larger(places, recipients, places.epcis, 5, "-12"),
        ),
        "s_ben_dep": (
            f"dtreffre;numdep;nomdep;{header};indfoy_aah;indben_aeeh",
            _larger(places, recipients, places.departements, 1, "-12-01"),
        ),
        "s_ben_nat": (f"dtreffre;{header};indfoy_aah;indben_aeeh", nation),
    }
    return [
        write_lines(out / f"{name}.csv", columns, lines, end="\r\n", bom=True)
        for name, (columns, lines) in files.items()
    ]


def _cells(recipients: Recipients, year: int, members: np.ndarray, step: int) -> list[str]:
    """What a line says of `members`, rounded down to `step`."""
    found = []
    for name, (_, persons) in BENEFITS.items():
        households = int(recipients.households[year][name][members].sum())
        found += [households // step * step, int(households * persons) // step * step]
        if name in AMOUNTS:
            found.append(households * AMOUNTS[name] // 100 * 100)
    return [str(value) for value in found]


def _rows_of(places: Places, year: int, members: np.ndarray) -> np.ndarray:
    """Rows of the communes `members` of today in the files of `year`."""
    return members if year == DECEMBERS[-1] else np.flatnonzero(np.isin(places.unit_of, members))


def _communes(places: Places, recipients: Recipients) -> Iterator[str]:
    """A town stands there by its arrondissements. One row a year has no code: households that could not be placed.
    The geography is that of the following January: the merger of 2025 shows in December 2024 only."""
    for year in DECEMBERS:
        old = year < DECEMBERS[-1]
        codes, names = (places.unit_codes, places.unit_names) if old else (places.codes, places.names)
        owner = places.unit_of if old else np.arange(len(places))
        for row, (code, name, town) in enumerate(zip(codes, names, owner.tolist(), strict=True)):
            parts = places.arrondissements.get(town, [])
            if not parts:
                yield f"{year}-12;{code};{name};{';'.join(_cells(recipients, year, np.array([row]), 5))}"
            whole = _cells(recipients, year, np.array([row]), 1) if parts else []
            for part in parts:
                shared = [str(int(int(value) * part.share) // 5 * 5) for value in whole]
                yield f"{year}-12;{part.code};{part.name};{';'.join(shared)}"
        everyone = np.arange(len(codes))
        lost = [str(int(value) // 400 // 100 * 100) for value in _cells(recipients, year, everyone, 1)]
        yield f"{year}-12;;;{';'.join(lost)}"


def _larger(places: Places, recipients: Recipients, areas, step: int, stamp: str) -> Iterator[str]:
    """EPCI or départements, and those who live in none; `stamp` follows the year in the date of a line."""
    for year in DECEMBERS:
        cells: list[str] = []
        for area in areas:
            cells = _cells(recipients, year, _rows_of(places, year, area.members), step)
            yield f"{year}{stamp};{area.code};{area.name};{';'.join(cells)};{recipients.disabled(area.members, step)}"
        yield f"{year}{stamp};XX;Non localisé;{';'.join('5' for _ in cells)};0;0"


def write_quotients(out: Path, places: Places, recipients: Recipients) -> Path:
    """ndur_s_qf_400_com_f: households by class of family quotient in December 2024, rounded down to 5."""

    def rows() -> Iterator[str]:
        for i, counts in enumerate(recipients.quotients.tolist()):
            parts = places.arrondissements.get(i, [])
            shown = [(part.code, part.name, part.share) for part in parts] or [
                (places.codes[i], places.names[i], 1.0)
            ]
            for code, name, share in shown:
                for label, count in zip(QUOTIENTS, counts, strict=True):
                    held = int(count * share)
                    yield f"2024-12;{code};{name};{label};{held // 5 * 5};{int(held * 2.5) // 5 * 5}"

    header = "dtreffre;numcomdo;nomcom;qf_400;indfoy_ndur;indnbp_ndur"
    return write_lines(out / "ndur_s_qf_400_com_f.csv", header, rows(), end="\r\n", bom=True)
