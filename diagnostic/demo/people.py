"""People by sex and single year of age, births and families, which agree with one another.

Everything is drawn for the communes of the older geography (units) and summed into today's. A child aged
a on 1 January Y was born in Y-1-a; between birth and census a few move in or out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diagnostic.demo.places import RURAL, SUBURBAN, Places

FIRST_BIRTHS, LAST_BIRTHS = 2006, 2024
BIRTH_YEARS = np.arange(FIRST_BIRTHS, LAST_BIRTHS + 1)
EARLIER, NEWER = 2021, 2023
AGES = 101
MEN_AT_BIRTH = 0.512


@dataclass(frozen=True)
class People:
    """`births` (units, 2006…2024), whole numbers. Censuses (rows, 2 sexes, 101 ages), weighted decimals:
    `earlier` by unit, `newer` by commune of today. `municipal` is the newer total, rounded."""

    births: np.ndarray
    earlier: np.ndarray
    newer: np.ndarray
    municipal: np.ndarray

    def under_three(self, places: Places, year: int) -> np.ndarray:
        """Children under 3 on 1 January `year` by commune of today: the census, else three years of births."""
        if year == EARLIER:
            return places.today(self.earlier[:, :, :3].sum(axis=(1, 2)))
        if year == NEWER:
            return self.newer[:, :, :3].sum(axis=(1, 2))
        last = year - 1 - FIRST_BIRTHS
        return places.today(self.births[:, last - 2 : last + 1].sum(axis=1)).astype(float)


def populate(places: Places, rng: np.random.Generator) -> People:
    """Draw births, then the two censuses."""
    owner, share = places.unit_of, places.unit_share
    kind, wealth = places.kind[owner], places.wealth[owner]
    size = places.size[owner] * share
    births = _births(size, kind, wealth, rng)
    pyramid = _pyramid(kind, size, rng)
    earlier = _census(EARLIER, births, size * 0.99, pyramid, rng)
    newer = places.today(_census(NEWER, births, size, pyramid, rng))
    newer = _weighted(newer, rng)
    return People(births, _weighted(earlier, rng), newer, np.round(newer.sum(axis=(1, 2))).astype(int))


def _births(size, kind, wealth, rng) -> np.ndarray:
    """Births fall by a quarter between 2010 and 2024, more slowly in suburbs, faster in the countryside."""
    per_thousand = np.array([11.4, 10.9, 8.9])[kind] * np.exp(-0.10 * wealth + rng.normal(0, 0.08, len(size)))
    time = (BIRTH_YEARS - 2010) / 14
    slope = np.array([0.24, 0.17, 0.32])[kind]
    trend = np.exp(-slope[:, None] * np.clip(time, -0.2, None) * (0.6 + 0.4 * np.clip(time, 0, None)))
    return rng.poisson(size[:, None] / 1000 * per_thousand[:, None] * trend * 1.06)


def _pyramid(kind, size, rng) -> np.ndarray:
    """Expected share of each age from 15 to 100 among the inhabitants of that age or more: (units, 86)."""
    age = np.arange(15, AGES)
    shape = np.where(age < 74, 1.0, np.exp(-((np.maximum(age - 74, 0) / 14.0) ** 1.7)))
    shape = shape * (1 - 0.12 * np.exp(-(((age - 24) / 5) ** 2)))
    ageing = np.array([-0.22, -0.12, 0.28])[kind] + rng.normal(0, 0.18, len(kind))
    students = np.exp(-(((age - 21) / 4.0) ** 2))[None, :] * np.where(size > 40_000, 1.1, 0.0)[:, None]
    parents = np.exp(-(((age - 38) / 7.0) ** 2))[None, :] * np.where(kind == SUBURBAN, 0.3, 0.0)[:, None]
    leave = np.exp(-(((age - 21) / 4.0) ** 2))[None, :] * np.where(kind == RURAL, -0.35, 0.0)[:, None]
    weight = shape * np.exp(ageing[:, None] * (age - 45) / 40) * (1 + students + parents + leave)
    return weight / weight.sum(axis=1, keepdims=True)


def _census(year, births, size, pyramid, rng) -> np.ndarray:
    """Whole people on 1 January `year`: (units, 2, 101)."""
    people = np.zeros((len(size), 2, AGES), dtype=np.int64)
    born = births[:, year - 1 - FIRST_BIRTHS - np.arange(15)]
    children = born - np.minimum(born, rng.poisson(born * 0.03)) + rng.poisson(born * 0.04)
    people[:, 0, :15] = rng.binomial(children, MEN_AT_BIRTH)
    people[:, 1, :15] = children - people[:, 0, :15]
    adults = rng.poisson(np.maximum(size * 0.83, 5)[:, None] * pyramid)
    men = 0.5 - 0.22 * np.clip((np.arange(15, AGES) - 60) / 40, 0, 1) ** 1.3
    people[:, 0, 15:] = rng.binomial(adults, men)
    people[:, 1, 15:] = adults - people[:, 0, 15:]
    return people


def _weighted(people: np.ndarray, rng) -> np.ndarray:
    """Census weights make decimals; one weight for each sex of each commune, close to 1."""
    return np.round(people * rng.uniform(0.985, 1.015, (len(people), 2, 1)), 5)


@dataclass(frozen=True)
class Families:
    """Families by type: (rows,) each, decimals with five digits, parts adding up to `total`."""

    couples_with: np.ndarray
    couples_without: np.ndarray
    fathers: np.ndarray
    mothers: np.ndarray
    blended: np.ndarray

    @property
    def lone(self) -> np.ndarray:
        return self.fathers + self.mothers

    @property
    def total(self) -> np.ndarray:
        return self.couples_with + self.couples_without + self.lone


def families(people: np.ndarray, wealth: np.ndarray, rng) -> Families:
    """Families that fit a census (rows, 2, 101); more lone parents where living standards are low."""
    children = people[:, :, :18].sum(axis=(1, 2))
    elders = people[:, :, 50:80].sum(axis=(1, 2))
    with_children = children / 1.72 * rng.uniform(0.95, 1.05, len(people))
    lone = np.clip(0.25 * np.exp(-0.33 * wealth + rng.normal(0, 0.1, len(people))), 0.06, 0.55)
    fathers = rng.uniform(0.14, 0.22, len(people))
    couples = with_children * (1 - lone)
    return Families(
        couples_with=np.round(couples, 5),
        couples_without=np.round(elders * 0.31, 5),
        fathers=np.round(with_children * lone * fathers, 5),
        mothers=np.round(with_children * lone * (1 - fathers), 5),
        blended=np.round(couples * 0.09, 5),
    )
