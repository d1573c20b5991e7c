"""INSEE's census tables on what families need: parents at work, dwellings, crowding, young people and women at work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from diagnostic.demo.files import melodi, write_archive, write_lines
from diagnostic.demo.people import NEWER, People
from diagnostic.demo.places import Places

SITUATIONS = ("A111", "A112", "A121", "A122", "A221", "A222", "A223", "A224")


def melodi_rows(places: Places, cells: Sequence[str], table: np.ndarray) -> Iterator[str]:
    """One row per territory and cell; `cells` hold the dimensions after GEO and GEO_OBJECT, the year at their end."""
    areas = [("COM", code, np.array([i])) for i, code in enumerate(places.codes)]
    for level, code, members in [*areas, *places.levels()]:
        values = np.round(table[members].sum(axis=0), 5).tolist()
        for cell, value in zip(cells, values, strict=True):
            yield f"{code};{level};{cell};{value}"


def _write(out: Path, places: Places, stem: str, header: str, columns: dict[str, np.ndarray]) -> Path:
    cells = [f"{cell};A;{NEWER}" for cell in columns]
    rows = melodi_rows(places, cells, np.column_stack(list(columns.values())))
    named = f"{stem}_{NEWER}"
    return write_archive(
        out / f"{named}_CSV_FR.zip",
        *melodi(named, f"GEO;GEO_OBJECT;{header};OBS_STATUS;TIME_PERIOD;OBS_VALUE", rows),
    )


def write_parents(out: Path, places: Places, people: People, rng) -> Path:
    """DS_RP_TD_FAMILLE_AGEENF_COMP: children under 2, and of 2 to 5, by their parents' work."""
    by_age = people.newer.sum(axis=1)
    wealth = places.wealth
    lone = np.clip(0.13 * np.exp(-0.4 * wealth), 0.03, 0.4)
    both = np.clip(0.62 + 0.10 * wealth + rng.normal(0, 0.03, len(places)), 0.2, 0.9)
    alone_at_work = np.clip(0.52 + 0.08 * wealth, 0.2, 0.85)
    columns: dict[str, np.ndarray] = {}
    for age, children in (("Y_LT2", by_age[:, :2].sum(axis=1)), ("Y2T5", by_age[:, 2:6].sum(axis=1))):
        held = children * 0.985
        couples = held * (1 - lone)
        rest = couples * (1 - both)
        parts = {
            "A111": held * lone * 0.16 * alone_at_work,
            "A112": held * lone * 0.16 * (1 - alone_at_work),
            "A121": held * lone * 0.84 * alone_at_work,
            "A122": held * lone * 0.84 * (1 - alone_at_work),
            "A221": couples * both,
            "A222": rest * 0.66,
            "A223": rest * 0.12,
            "A224": rest * 0.22,
        }
        columns |= {f"{tfn};{age};_T;_T;_T;NBCH": parts[tfn] for tfn in SITUATIONS}
    header = "TFN;AGE;CIVIL_STATUS;NATIONALITY_TYPE;PCS;RP_MEASURE"
    return _write(out, places, "DS_RP_TD_FAMILLE_AGEENF_COMP", header, columns)


def write_dwellings(out: Path, places: Places, people: People, rng) -> list[Path]:
    """DS_RP_LOGEMENT_PRINC and DS_RP_LOGEMENT_COMP: dwellings, who lives in them, how crowded they are."""
    adults = people.newer[:, :, 25:].sum(axis=(1, 2))
    main = adults / 1.62
    town = np.array([1.0, 0.6, 0.25])[places.kind]
    social = main * np.clip(0.22 * town * np.exp(-0.5 * places.wealth), 0.0, 0.55)
    private = main * np.clip(0.24 * town + 0.06, 0.05, 0.5)
    furnished = main * 0.03
    free = main * 0.018
    empty = main * np.clip(rng.normal(np.array([0.075, 0.06, 0.10])[places.kind], 0.015), 0.02, 0.3)
    second = main * np.array([0.03, 0.03, 0.12])[places.kind]
    owners = main - social - private - furnished - free
    # OCS;L_STAY;TDW;CARS;RP_MEASURE;CARPARK;NOR;TSH;BUILD_END;NRG_SRC;FREQ
    cell = "{ocs};_T;_T;_T;DWELLINGS;_T;_T;{tsh};_T;_T;A"
    columns = {
        cell.format(ocs=ocs, tsh=tsh): values
        for ocs, tsh, values in (
            ("DW_MAIN", "100", owners),
            ("DW_MAIN", "200", social + private + furnished),
            ("DW_MAIN", "211", private),
            ("DW_MAIN", "212_222", furnished),
            ("DW_MAIN", "221", social),
            ("DW_MAIN", "300", free),
            ("DW_MAIN", "_T", main),
            ("DW_SEC_DW_OCC", "_T", second),
            ("DW_VAC", "_T", empty),
            ("_T", "_T", main + second + empty),
        )
    }
    header = "OCS;L_STAY;TDW;CARS;RP_MEASURE;CARPARK;NOR;TSH;BUILD_END;NRG_SRC;FREQ"
    crowded = main * np.clip(0.075 * np.exp(-0.45 * places.wealth) * (0.5 + town), 0.005, 0.4)
    shares = {
        "SEV_OVER_OCC": crowded * 0.18,
        "MOD_OVER_OCC": crowded * 0.82,
        "STD_OCC": main * 0.2,
        "MOD_UNDER_OCC": (main * 0.8 - crowded) * 0.3,
        "SEV_UNDER_OCC": (main * 0.8 - crowded) * 0.3,
        "VSEV_UNDER_OCC": (main * 0.8 - crowded) * 0.4,
        "_T": main,
    }
    return [
        _write(out, places, "DS_RP_LOGEMENT_PRINC", header, columns),
        _write(
            out,
            places,
            "DS_RP_LOGEMENT_COMP",
            "OCS;OCC_IND;RP_MEASURE;FREQ",
            {f"DW_MAIN;{name};DWELLINGS;A": values for name, values in shares.items()},
        ),
    ]


def write_activity(out: Path, places: Places, people: People, rng) -> Path:
    """DS_RP_EMPLOI_LR_PRINC: what people of 15 to 64, and of 15 to 24, do."""
    columns: dict[str, np.ndarray] = {}
    noise = np.exp(rng.normal(0, 0.1, len(places)))
    for age, first, last in (("Y15T64", 15, 65), ("Y15T24", 15, 25)):
        young = age == "Y15T24"
        for sex, who in (("_T", (0, 1)), ("F", (1,))):
            everyone = people.newer[:, list(who), first:last].sum(axis=(1, 2))
            idle = np.clip((0.10 if young else 0.09) * np.exp(-0.3 * places.wealth) * noise, 0.0, 0.4)
            jobless = np.clip((0.075 if young else 0.08) * np.exp(-0.35 * places.wealth) * noise, 0.0, 0.4)
            pupils = np.full(len(places), 0.55 if young else 0.11)
            retired = np.zeros(len(places)) if young else np.full(len(places), 0.07)
            at_work = 1 - idle - jobless - pupils - retired
            shares = {
                "_T": np.ones(len(places)),
                "1": at_work,
                "2": jobless,
                "1T2": at_work + jobless,
                "3": idle + pupils + retired,
                "31": retired,
                "33": pupils,
                "35": idle * 0.4,
                "36": idle * 0.6,
                "35T36": idle,
            }
            columns |= {
                f"{sex};{status};{age};_T;POP;A": everyone * share for status, share in shares.items()
            }
    return _write(out, places, "DS_RP_EMPLOI_LR_PRINC", "SEX;EMPSTA_ENQ;AGE;EDUC;RP_MEASURE;FREQ", columns)


def write_work(out: Path, places: Places, people: People, rng) -> Path:
    """DS_RP_ACTIVITE_PRINC: people of 15 and more at work, full time and part time, by sex."""
    columns: dict[str, np.ndarray] = {}
    noise = np.exp(rng.normal(0, 0.12, len(places)))
    by_sex = [
        people.newer[:, who, 15:65].sum(axis=1) * (0.66 + 0.04 * np.tanh(places.wealth)) for who in (0, 1)
    ]
    part_time = [
        at_work * np.clip(share * noise, 0.0, 0.6)
        for at_work, share in zip(by_sex, (0.08, 0.28), strict=True)
    ]
    for sex, at_work, partly in (
        ("_T", sum(by_sex), sum(part_time)),
        ("M", by_sex[0], part_time[0]),
        ("F", by_sex[1], part_time[1]),
    ):
        for time, count in (("_T", at_work), ("FT", at_work - partly), ("PT", partly)):
            columns[f"{sex};1;Y_GE15;_T;{time};POP;A"] = count
    header = "SEX;EMPSTA_ENQ;AGE;EMPFORM;WKTIME;RP_MEASURE;FREQ"
    return _write(out, places, "DS_RP_ACTIVITE_PRINC", header, columns)


def write_employers(out: Path, places: Places, people: People, rng) -> list[Path]:
    """salaries-des-particuliers-employeurs: childminders and others paid by parents, by département, two years."""
    header = (
        "code_categorie_d_emploi;categorie_d_emploi;region;departement;code_region;code_departement;nombre_de_salaries;"
        "nombre_d_heures_declarees;masse_salariale_nette"
    )
    written = []
    for year in (2023, 2024):

        def rows(year: int = year) -> Iterator[str]:
            for area in places.departements:
                home = places.regions[area.parent]
                children = float(people.newer[area.members][:, :, :3].sum())
                for category, label, share, hours, pay in (
                    ("CESU_HGED", "Hors garde d’enfant", 0.3, 240.0, 10.9),
                    ("PAJE_AM", "Assistantes maternelles", 0.16, 4_650.0, 4.02),
                    ("PAJE_GED", "Garde d’enfant à domicile", 0.03, 520.0, 10.1),
                ):
                    minders = int(children * share * (0.96 if year == 2024 else 1.0) * rng.uniform(0.9, 1.1))
                    worked = minders * hours
                    yield (
                        f"{category};{label};{home.name};{area.name};{home.code};{area.code};{minders};{worked:.1f};"
                        f"{worked * pay * (1.03 if year == 2024 else 1.0):.2f}"
                    )
            yield "PAJE_AM;Assistantes maternelles;nca;nca;nca;nca;3;900.0;3600.00"

        name = f"salaries-des-particuliers-employeurs-en-{year}.csv"
        written.append(write_lines(out / name, header, rows(), end="\r\n", bom=True))
    return written


def write_estimates(out: Path, places: Places, people: People, rng) -> Path:
    """DS_ESTIMATION_POPULATION: people on 1 January by band of five years, to 2026; the last three years provisional."""
    young = people.newer[:, :, :5].sum(axis=(1, 2))
    bands = {"Y_LT5": young, "Y5T9": people.newer[:, :, 5:10].sum(axis=(1, 2))}
    drift = {
        year: np.exp(-0.015 * (year - NEWER) + rng.normal(0, 0.003, len(places)))
        for year in range(NEWER - 2, NEWER + 4)
    }

    def rows() -> Iterator[str]:
        for level, code, members in places.levels():
            if level not in ("DEP", "REG", "FRANCE"):
                continue
            for year, factor in drift.items():
                for age, counts in bands.items():
                    both = (counts[members] * factor[members]).sum()
                    for sex, share in (("_T", 1.0), ("F", 0.49), ("M", 0.51)):
                        status = "P" if year > NEWER else "A"
                        yield f"A;{code};{level};POP_JAN_1ST;{age};{sex};{status};{year};{both * share:.0f}"

    header = "FREQ;GEO;GEO_OBJECT;EP_MEASURE;AGE;SEX;OBS_STATUS;TIME_PERIOD;OBS_VALUE"
    return write_archive(
        out / "DS_ESTIMATION_POPULATION_CSV_FR.zip", *melodi("DS_ESTIMATION_POPULATION", header, rows())
    )
