"""INSEE's census and civil registration files, in the layouts of both generations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from diagnostic.demo.files import melodi, table, write_archive
from diagnostic.demo.needs import melodi_rows
from diagnostic.demo.people import AGES, BIRTH_YEARS, EARLIER, NEWER, Families, People
from diagnostic.demo.places import RESTORED_ON, Arrondissement, Places, split

FIRST_PUBLISHED_BIRTHS = 2008
# Paris, Lyon and Marseille have no row of their own before.
CITY_BIRTHS_FROM = 2023


def write_ages_long(out: Path, places: Places, people: People) -> Path:
    """TD_POP1B: one row per commune of the older geography, sex and age, every age present; the arrondissements of a
    town after it."""
    sexes = [f";{sex};{age:03d};" for sex in (1, 2) for age in range(AGES)]

    def rows() -> Iterator[str]:
        for code, name, owner, values in zip(
            places.unit_codes, places.unit_names, places.unit_of.tolist(), people.earlier, strict=True
        ):
            yield from block(f"COM;{code};{name}", values)
            for part, share in _shares(places, owner, values):
                yield from block(f"ARM;{part.code};{part.name}", share)

    def block(head: str, values: np.ndarray) -> Iterator[str]:
        for cell, value in zip(sexes, values.ravel().tolist(), strict=True):
            yield f"{head}{cell}{value}"

    return write_archive(
        out / f"TD_POP1B_{EARLIER}_csv.zip",
        table(f"TD_POP1B_{EARLIER}.csv", "NIVGEO;CODGEO;LIBGEO;SEXE;AGED100;NB", rows()),
        table(
            f"varmod_TD_POP1B_{EARLIER}.csv",
            "COD_VAR;LIB_VAR;COD_MOD;LIB_MOD;TYPE_VAR;LONG_VAR",
            ["SEXE;Sexe;1;Hommes;CHAR;1", "SEXE;Sexe;2;Femmes;CHAR;1"],
        ),
    )


def write_ages_melodi(out: Path, places: Places, people: People) -> Path:
    """The Melodi successor: sexes M, F and _T, ages Y0…Y99, Y_GE100 and _T, every level above the commune too."""
    ages = [f"Y{age}" for age in range(AGES - 1)] + ["Y_GE100", "_T"]

    def block(level: str, code: str, values: np.ndarray) -> Iterator[str]:
        both = np.vstack([values, values.sum(axis=0)])
        full = np.round(np.column_stack([both, both.sum(axis=1)]), 5).tolist()
        for sex, line in zip(("M", "F", "_T"), full, strict=True):
            for age, value in zip(ages, line, strict=True):
                yield f"{code};{level};{age};{sex};POP;A;A;{NEWER};{value}"

    def rows() -> Iterator[str]:
        for i, (code, values) in enumerate(zip(places.codes, people.newer, strict=True)):
            yield from block("COM", code, values)
            for part, share in _shares(places, i, values):
                yield from block("ARM", part.code, share)
        for level, code, members in places.levels():
            yield from block(level, code, people.newer[members].sum(axis=0))

    stem = f"DS_RP_TD_POPULATION_AGESEX_PRINC_{NEWER}"
    header = "GEO;GEO_OBJECT;AGE;SEX;RP_MEASURE;FREQ;OBS_STATUS;TIME_PERIOD;OBS_VALUE"
    return write_archive(out / f"{stem}_CSV_FR.zip", *melodi(stem, header, rows()))


def _shares(places: Places, commune: int, values: np.ndarray) -> Iterator[tuple[Arrondissement, np.ndarray]]:
    """The people of each arrondissement of a town, which add up to those of the town."""
    left = values.copy()
    parts = places.arrondissements.get(commune, [])
    for number, part in enumerate(parts, 1):
        share = np.round(values * part.share, 5) if number < len(parts) else np.round(left, 5)
        left -= share
        yield part, share


def write_births(out: Path, places: Places, people: People) -> Path:
    """Births by commune of the older geography, with the levels above.

    A town with arrondissements has its births at them until 2022, at both from 2023. Before a restored commune
    exists again, its row is empty and says `K`, counted elsewhere; that of the commune which held it says `W`.
    """
    first = FIRST_PUBLISHED_BIRTHS - int(BIRTH_YEARS[0])
    births, years = people.births[:, first:], BIRTH_YEARS[first:].tolist()
    today = places.today(births)

    def rows() -> Iterator[str]:
        for code, owner, values in zip(
            places.unit_codes, places.unit_of.tolist(), births.tolist(), strict=True
        ):
            for year, value in zip(years, values, strict=True):
                yield from _birth_rows(places, code, owner, year, value, today)
        for level, code, members in places.levels():
            for year, value in zip(years, today[members].sum(axis=0).tolist(), strict=True):
                yield f"A;{code};{level};LVB;A;{year};{value}.0"

    header = "FREQ;GEO;GEO_OBJECT;EC_MEASURE;OBS_STATUS;TIME_PERIOD;OBS_VALUE"
    stem = "DS_ETAT_CIVIL_NAIS_COMMUNES_2025"
    return write_archive(out / f"{stem}_CSV_FR.zip", *melodi(stem, header, rows()))


def _birth_rows(
    places: Places, code: str, owner: int, year: int, value: int, today: np.ndarray
) -> Iterator[str]:
    """The rows of one commune and year, as INSEE writes them."""
    arrondissements = places.arrondissements.get(owner, [])
    if not arrondissements or year >= CITY_BIRTHS_FROM:
        status, shown = "A", f"{value}.0"
        restored = places.restored
        if restored and year < RESTORED_ON:
            if owner == restored.commune:
                status, shown = "K", ""
            elif owner == restored.held_by:
                before = int(today[restored.commune, year - FIRST_PUBLISHED_BIRTHS])
                status, shown = "W", f"{value + before}.0"
        yield f"A;{code};COM;LVB;{status};{year};{shown}"
    for part, count in zip(arrondissements, split(value, arrondissements), strict=True):
        yield f"A;{part.code};ARM;LVB;A;{year};{count}.0"


def write_families_melodi(out: Path, places: Places, families: Families) -> Path:
    """DS_RP_FAMILLE_COMP: families by type (TFN) and by number of children (NCH) for all types."""
    kinds = {
        "_T": families.total,
        "1": families.lone,
        "11": families.fathers,
        "12": families.mothers,
        "21": families.couples_without,
        "22": families.couples_with,
        "220": families.blended,
        "223": families.couples_with - families.blended,
    }
    columns = [(tfn, "_T", values) for tfn, values in kinds.items()]
    columns += [("_T", nch, values) for nch, values in _by_children(families).items()]
    table = np.column_stack([values for _, _, values in columns])
    cells = [f"{tfn};{nch};NBFAM;A;{NEWER}" for tfn, nch, _ in columns]
    stem = f"DS_RP_FAMILLE_COMP_{NEWER}"
    header = "GEO;GEO_OBJECT;TFN;NCH;RP_MEASURE;OBS_STATUS;TIME_PERIOD;OBS_VALUE"
    return write_archive(out / f"{stem}_CSV_FR.zip", *melodi(stem, header, melodi_rows(places, cells, table)))


def _by_children(families: Families) -> dict[str, np.ndarray]:
    """Families by number of children under 25: fixed shares of the families with children."""
    parents = families.couples_with + families.lone
    return {
        "CH0_Y_LT25": families.couples_without,
        "CH1_Y_LT25": parents * 0.45,
        "CH2_Y_LT25": parents * 0.38,
        "CH3_Y_LT25": parents * 0.13,
        "CH_GE4_Y_LT25": parents * 0.04,
    }


def write_families_wide(out: Path, places: Places, families: Families, people: np.ndarray) -> Path:
    """base-cc-coupl-fam-men of the earlier census, older geography."""
    by_children = _by_children(families)
    alone = people[:, :, 25:].sum(axis=(1, 2)) * 0.22
    men_alone, women_alone = alone * 0.43, alone * 0.57
    columns = {
        "C21_MEN": alone * 1.03 + families.total,
        "C21_MENPSEUL": alone,
        "C21_MENHSEUL": men_alone,
        "C21_MENFSEUL": women_alone,
        "C21_MENSFAM": alone * 0.03,
        "C21_MENFAM": families.total,
        "C21_MENCOUPSENF": families.couples_without,
        "C21_MENCOUPAENF": families.couples_with,
        "C21_MENFAMMONO": families.lone,
        "C21_FAM": families.total,
        "C21_COUPAENF": families.couples_with,
        "C21_FAMMONO": families.lone,
        "C21_HMONO": families.fathers,
        "C21_FMONO": families.mothers,
        "C21_COUPSENF": families.couples_without,
        "C21_NE24F0": by_children["CH0_Y_LT25"],
        "C21_NE24F1": by_children["CH1_Y_LT25"],
        "C21_NE24F2": by_children["CH2_Y_LT25"],
        "C21_NE24F3": by_children["CH3_Y_LT25"],
        "C21_NE24F4P": by_children["CH_GE4_Y_LT25"],
    }
    values = np.round(np.column_stack(list(columns.values())), 5).tolist()
    rows = (
        f"{code};{';'.join(map(repr, line))}" for code, line in zip(places.unit_codes, values, strict=True)
    )
    stem, header = f"base-cc-coupl-fam-men-{EARLIER}", f"CODGEO;{';'.join(columns)}"
    dictionary = "COD_VAR;LIB_VAR;LIB_VAR_LONG;COD_MOD;LIB_MOD;TYPE_VAR;LONG_VAR"
    # The overseas collectivities of the real archive: in no département of the COG, secret but one.
    overseas = ["97701" + ";40.0" * len(columns), "98718" + ";s" * len(columns)]
    return write_archive(
        out / f"{stem}_csv.zip",
        table(f"{stem}.CSV", header, rows),
        table(f"{stem}-COM.CSV", header, overseas),
        *(table(f"meta_{stem}{part}.CSV", dictionary, ["C21_FAM;Familles;;;;NUM;"]) for part in ("", "-COM")),
    )
