"""Places for children under 3, and CNAF's files about them.

The rate of a level is 100 × places ÷ children under 3 of that level, rounded to one decimal; the places of
a level are the sum of its communes', published or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from diagnostic.demo.files import write_lines
from diagnostic.demo.people import NEWER, People
from diagnostic.demo.places import Arrondissement, Places, split

CURRENT = (2022, 2023)
# 2022 stands in both twins with figures that differ: the current file prevails.
EARLIER = (2017, 2018, 2019, 2020, 2021, 2022)
OVERALL = 2021
PUBLISHED_FROM = 10_000
MICRO = 12

MODES = ("psu_col", "hors_psu_col", "eaje", "prescol", "am_ind", "gad_ind", "ind")
PLACES = (*(f"pl_{mode}" for mode in MODES), "tot_offre")
RATES = (*(f"txcouv_{mode}" for mode in MODES), "txcouv")

YEARLY_TREND = {"psu_col": 1.012, "hors_psu_col": 1.11, "prescol": 0.96, "am_ind": 0.968, "gad_ind": 1.01}


@dataclass(frozen=True)
class Childcare:
    """`centres` and `micro`: (commune, capacity) of each crèche and micro-crèche, in 2023.

    `places[mode]` are whole places in 2023 by commune for the five elementary modes.
    """

    centres: np.ndarray
    micro: np.ndarray
    places: dict[str, np.ndarray]

    def offer(self, year: int) -> np.ndarray:
        """(communes, 8): the columns of PLACES for `year`."""
        part = {
            mode: np.round(values * YEARLY_TREND[mode] ** (year - NEWER)).astype(int)
            for mode, values in self.places.items()
        }
        together = part["psu_col"] + part["hors_psu_col"]
        at_home = part["am_ind"] + part["gad_ind"]
        total = together + part["prescol"] + at_home
        return np.column_stack(
            [part["psu_col"], part["hors_psu_col"], together, part["prescol"], part["am_ind"], part["gad_ind"],
             at_home, total]
        )  # fmt: skip


def offer_childcare(places: Places, people: People, rng) -> Childcare:
    """Crèches gather in town, childminders outside it; poor places have fewer of both."""
    children = people.under_three(places, NEWER)
    wealth, kind = places.wealth, places.kind
    noise = rng.normal(0, 0.25, len(places))
    wanted = np.array([23.0, 16.0, 10.0])[kind] * np.exp(0.10 * wealth + noise) / 100 * children
    centres = _split(wanted, rng)
    micro_wanted = np.array([4.2, 4.4, 2.0])[kind] * np.exp(0.25 * wealth) / 100 * children
    micro_communes = np.repeat(np.arange(len(places)), rng.poisson(micro_wanted / MICRO))
    micro = np.column_stack([micro_communes, np.where(rng.random(len(micro_communes)) < 0.2, 10, MICRO)])
    minders = np.array([26.0, 40.0, 44.0])[kind] * np.exp(0.14 * wealth + rng.normal(0, 0.2, len(places)))
    minders = np.where(places.size > 40_000, minders * 0.65, minders)
    school = np.array([3.2, 2.2, 6.0])[kind] * np.exp(-0.35 * wealth)
    at_home = np.array([2.6, 2.0, 0.8])[kind] * np.exp(0.7 * wealth)
    return Childcare(
        centres,
        micro,
        {
            "psu_col": np.bincount(centres[:, 0], centres[:, 1], len(places)).astype(int),
            "hors_psu_col": np.bincount(micro[:, 0], micro[:, 1], len(places)).astype(int),
            "prescol": rng.poisson(school / 100 * children),
            "am_ind": rng.poisson(minders / 100 * children),
            "gad_ind": rng.poisson(at_home / 100 * children),
        },
    )


def _split(wanted: np.ndarray, rng) -> np.ndarray:
    """Turn places wanted by commune into crèches of 12 to 70 places; under about 12 there is none."""
    usual = np.where(wanted > 400, 42, 27)
    count = np.where(wanted < 30, rng.random(len(wanted)) < wanted / 22, np.round(wanted / usual)).astype(int)
    communes = np.repeat(np.arange(len(wanted)), count)
    mean = np.maximum(wanted[communes] / np.maximum(count[communes], 1), 14)
    capacity = np.clip(np.round(mean * rng.uniform(0.6, 1.4, len(communes))), 12, 80).astype(int)
    return np.column_stack([communes, capacity])


@dataclass(frozen=True)
class _Rows:
    """One level of CNAF's files: what identifies a row, and which communes it holds.

    `parts` are the arrondissements that stand in the place of a row, by its number.
    """

    suffix: str
    columns: str
    heads: list[str]
    members: list[np.ndarray]
    parts: dict[int, list[Arrondissement]]


def _levels(places: Places, municipal: np.ndarray) -> list[_Rows]:
    epci, departement = places.epcis, places.departements
    large = [i for i in np.flatnonzero(municipal > PUBLISHED_FROM).tolist() if places.epci[i] >= 0]
    communes = [
        f"{places.codes[i]};{places.names[i]};{epci[places.epci[i]].code};{epci[places.epci[i]].name};"
        f"{departement[places.departement[i]].code};{departement[places.departement[i]].name}"
        for i in large
    ]
    everyone = np.arange(len(places))
    parts = {row: places.arrondissements[i] for row, i in enumerate(large) if i in places.arrondissements}
    return [
        _Rows("com", "numcom;nomcom;numepci;nomepci;numdep;nomdep", communes, [np.array([i]) for i in large], parts),
        _Rows("epci", "numepci;nomepci", [f"{a.code};{a.name}" for a in epci], [a.members for a in epci], {}),
        _Rows("dep", "numdep;nomdep", [f"{a.code};{a.name}" for a in departement],
              [a.members for a in departement], {}),
        _Rows("reg", "numregi;nomregi", [f"{a.code};{a.name}" for a in places.regions],
              [a.members for a in places.regions], {}),
        _Rows("nat", "national", ["FRANCE ENTIERE HORS MAYOTTE"], [everyone], {}),
    ]  # fmt: skip


def write_coverage(out: Path, places: Places, people: People, care: Childcare) -> list[Path]:
    """nbpla_pe_* and txcouv_pe_* at five levels, the current years and the `_hist` ones apart."""
    paths = []
    for level in _levels(places, people.municipal):
        for twin in ("", "_hist"):
            for stem, columns, rate in (("nbpla_pe", PLACES, False), ("txcouv_pe", RATES, True)):
                header = f"annee;{level.columns};" + ";".join(f"{c}_{level.suffix}" for c in columns)
                rows = _coverage_rows(level, places, people, care, rate, bool(twin))
                path = out / f"{stem}_{level.suffix}{twin}.csv"
                paths.append(write_lines(path, header, rows, end="\r\n", bom=True))
    return paths


def _coverage_rows(level: _Rows, places, people, care, rate: bool, earlier: bool) -> Iterator[str]:
    for year in EARLIER if earlier else CURRENT:
        offer, children = care.offer(year), people.under_three(places, year)
        if earlier and year in CURRENT:
            # As first published, before a revision of one place in twenty.
            offer = offer * 95 // 100
        stamp = f"{year}-01-01" if level.suffix == "nat" and not earlier else str(year)
        for number, (head, members) in enumerate(zip(level.heads, level.members, strict=True)):
            values = offer[members].sum(axis=0)
            if rate:
                values = np.round(100 * values / children[members].sum(), 1)
            if number in level.parts:
                yield from _by_arrondissement(stamp, head, values.tolist(), level.parts[number], rate)
                continue
            cells = [str(v) for v in values.tolist()]
            if level.suffix == "com" and number % 11 == 2:
                cells[5] = ""
            yield f"{stamp};{head};{';'.join(cells)}"
        yield from _unplaced(level.suffix, year, rate)


def _by_arrondissement(
    stamp: str, head: str, values: list, parts: list[Arrondissement], rate: bool
) -> Iterator[str]:
    """The rows of a town's arrondissements: its places shared out, its rates at each."""
    _, _, rest = head.split(";", 2)
    shared = [[value] * len(parts) if rate else split(value, parts) for value in values]
    for part, cells in zip(parts, zip(*shared, strict=True), strict=True):
        yield f"{stamp};{part.code};{part.name};{rest};{';'.join(map(str, cells))}"


def write_overall(out: Path, places: Places, people: People, care: Childcare) -> Path:
    """TAUXCOUV<year>: the overall rate of every commune, `ND` for one in four and where there is no child; a town by
    its arrondissements. The rates of the larger territories are repeated on each row, the région's left `ND`."""
    total = care.offer(OVERALL)[:, -1].astype(float)
    children = people.under_three(places, OVERALL)

    def rate(members: np.ndarray) -> str:
        born = float(children[members].sum())
        return f"{100 * total[members].sum() / born:.1f}".replace(".", ",") if born > 0 else "ND"

    rows = []
    for i, code in enumerate(places.codes):
        epci = places.epcis[places.epci[i]] if places.epci[i] >= 0 else None
        departement = places.departements[places.departement[i]]
        group = f"{epci.code};{epci.name}" if epci else ";"
        wide = f"{rate(epci.members) if epci else 'ND'};{rate(departement.members)};ND;{rate(np.arange(len(places)))}"
        hidden = people.municipal[i] <= PUBLISHED_FROM and i % 4 == 3
        own = "ND" if hidden else rate(np.array([i]))
        parts = places.arrondissements.get(i, [])
        for shown, name in [(p.code, p.name) for p in parts] or [(code, places.names[i])]:
            rows.append(f"{shown};{name};{group};;;{own};{wide}")
    header = (
        "NUM_COM;NOM_COM;NUM_EPCI;NOM_EPCI;NUMZEMPL;NOMZEMPL;tauxcouv_com;tauxcouv_epci;tauxcouv_dep;tauxcouv_reg;"
        "tauxcouv_fe"
    )
    return write_lines(out / f"TAUXCOUV{OVERALL}.csv", header, rows, end="\r\n", bom=True)


def _unplaced(suffix: str, year: int, rate: bool) -> Iterator[str]:
    """The row that CNAF gives to what it could not place; it belongs to no territory and to no total."""
    code = {"epci": "XX", "dep": "XXX"}.get(suffix)
    if code:
        cells = "60.1;0.0;60.1;0.0;135.7;0.0;135.7;195.8" if rate else "43;0;43;0;97;0;97;140"
        yield f"{year};{code};Non localisé;{cells}"
