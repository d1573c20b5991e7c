"""The eight themes of a CTG: three figures each at every level, every one recomputed from its file in plain Python."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import shapely

from diagnostic import french, gazetteer, maps, report, story, territories
from diagnostic.indicators import BY_ID, CTG_THEMES
from diagnostic.local.plan import settle
from diagnostic.local.store import Deposit
from diagnostic.local.store import Structure as Listed
from diagnostic.measure import measure
from diagnostic.model import Below, Status
from diagnostic.report import local
from diagnostic.simulation.where import priority_weights
from diagnostic.story import cut, iris_people, listing, mapped
from diagnostic.story.ages import bands, families, people_by_age
from diagnostic.story.below import iris_of, short_names
from diagnostic.story.iris_people import people_of
from diagnostic.story.listing import FAMILIES, NAMELESS, structures
from diagnostic.story.need import ranks
from diagnostic.story.quarters import quarters_of
from diagnostic.ui import below
from diagnostic.warehouse.database import Database, open_database

pytestmark = pytest.mark.xdist_group("themes")


@pytest.fixture(scope="module")
def epcis(demo) -> list[str]:
    return [code for (code,) in demo.rows("select code from territory where level = 'epci' order by code")]


def rows(raw: Path, name: str) -> list[dict[str, str]]:
    """The records of a file of the fictional territory; of its data member when it is an archive."""
    path = raw / name
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            member = next(one for one in archive.namelist() if one.endswith("_data.csv"))
            text = archive.read(member).decode()
    else:
        text = path.read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def figures(db: Database, indicator: str, level: str) -> dict[str, float | None]:
    """The newest row of each territory, known or not."""
    return dict(
        db.rows(
            "select code, arg_max_null(value, coalesce(year, 0)) from figure where indicator = ? and level = ? group by code",
            indicator,
            level,
        )
    )


LEVELS = ("commune", "epci", "departement", "france")


def members_of(db: Database, level: str) -> dict[str, list[str]]:
    """The communes of each territory of a level."""
    found = defaultdict(list)
    for code, commune in db.rows("select code, commune from membership where level = ?", level):
        found[code].append(commune)
    return found


# Three figures for each theme


def known(db: Database, key: str) -> dict[str, list[str]]:
    from diagnostic import territories

    place = territories.get(db, key)
    found = measure(db, [place])[place.key]
    return {
        theme: [name for name in names if found[name].status.known and found[name].value is not None]
        for theme, names in CTG_THEMES.items()
    }


def answered(db: Database, key: str) -> dict[str, int]:
    """How many figures of each theme are known, or say that there is none of what they would count."""
    from diagnostic import territories

    place = territories.get(db, key)
    found = measure(db, [place])[place.key]
    return {
        theme: sum(found[n].status.known or found[n].status is Status.NOT_APPLICABLE for n in names)
        for theme, names in CTG_THEMES.items()
    }


def test_every_theme_has_three_figures_on_the_fictional_territory(demo):
    assert min(map(len, known(demo, "france").values())) >= 3
    for level in ("epci", "departement"):
        for (code,) in demo.rows("select code from territory where level = ?", level):
            # A service that a territory does not have is told, and makes no ratio.
            assert min(answered(demo, f"{level}:{code}").values()) >= 3
            assert min(map(len, known(demo, f"{level}:{code}").values())) >= 1


def test_a_town_has_three_figures_or_an_answer_for_each_theme(demo):
    from diagnostic import territories

    (code,) = demo.rows(
        "select commune from stat where stat = 'population' and commune in (select code from territory where level = "
        "'commune' and parent is null) order by value desc limit 1"
    )[0]
    place = territories.get(demo, f"commune:{code}")
    found = measure(demo, [place])[place.key]
    for theme, names in CTG_THEMES.items():
        told = [n for n in names if found[n].status.known or found[n].status is Status.NOT_APPLICABLE]
        assert len(told) >= 3, theme


def test_every_figure_of_a_theme_has_its_definition_source_noun_and_level_of_reference():
    for theme, names in CTG_THEMES.items():
        assert len(names) >= 3, theme
        for name in names:
            indicator = BY_ID[name]
            assert indicator.definition and indicator.caveat and indicator.noun and indicator.sources, name


@pytest.mark.real
def test_the_real_files_give_what_they_hold(real_db):
    db = open_database(real_db)
    found = known(db, "departement:33")
    assert {"part_locataires_sociaux", "part_logements_vacants"} <= set(found["Logement"])
    assert {"foyers_rsa_1000", "foyers_ppa_1000", "distance_france_services"} <= set(
        found["Accès aux droits"]
    )
    assert "distance_services_handicap" in found["Handicap"]
    # Of the towns that have IRIS, those whose IRIS are all published: lone parents, housing aid, AAH.
    for indicator in ("part_monoparents_allocataires", "foyers_logement_1000", "foyers_aah_1000"):
        assert sum(value is not None for value in figures(db, indicator, "commune").values()) > 400
    # Census 2023, Gironde: 98 000 homes let by social landlords of 771 000 (12,7 %), as the producer's row says.
    (value,) = db.rows(
        "select value from figure where level = 'departement' and code = '33' and indicator = 'part_locataires_sociaux' "
        "order by year desc limit 1"
    )[0]
    assert value == pytest.approx(12.7, abs=0.1)
    france = figures(db, "part_locataires_sociaux", "france")["F"]
    assert france == pytest.approx(14.6, abs=0.1)


# Each figure, from its file


def test_the_children_whose_parents_work_are_those_of_the_file(demo_raw, demo):
    at_work, everyone = defaultdict(float), defaultdict(float)
    for row in rows(demo_raw, "DS_RP_TD_FAMILLE_AGEENF_COMP_2023_CSV_FR.zip"):
        if row["GEO_OBJECT"] in ("COM", "EPCI", "DEP", "FRANCE"):
            part = float(row["OBS_VALUE"]) * (1 if row["AGE"] == "Y_LT2" else 0.25)
            everyone[row["GEO_OBJECT"], row["GEO"]] += part
            if row["TFN"] in ("A111", "A121", "A221"):
                at_work[row["GEO_OBJECT"], row["GEO"]] += part
    for level, object_ in (
        ("commune", "COM"),
        ("epci", "EPCI"),
        ("departement", "DEP"),
        ("france", "FRANCE"),
    ):
        share, count = (
            figures(demo, "part_parents_actifs", level),
            figures(demo, "enfants_parents_actifs", level),
        )
        compared = [key for key in everyone if key[0] == object_]
        assert compared
        for key in compared:
            assert share[key[1]] == pytest.approx(100 * at_work[key] / everyone[key])
            assert count[key[1]] == pytest.approx(at_work[key], rel=1e-6)


@pytest.mark.parametrize("level", LEVELS)
def test_the_need_is_the_official_rate_divided_by_the_share_of_parents_at_work(demo_raw, demo, level):
    rate, share = (figures(demo, name, level) for name in ("taux_couverture", "part_parents_actifs"))
    need = figures(demo, "couverture_besoin", level)
    short = {"commune": "com", "departement": "dep", "france": "nat"}.get(level, level)
    published = {
        row.get(f"num{short}", "F"): row
        for row in rows(demo_raw, f"txcouv_pe_{short}.csv")
        if row["annee"][:4] == "2023"
    }
    compared = [code for code in need if need[code] is not None and code in published]
    assert compared
    for code in compared:
        assert rate[code] == float(published[code][f"txcouv_{short}"].replace(",", "."))
        assert need[code] == pytest.approx(rate[code] / share[code] * 100)


# A figure that communes add up to: what counts above, what counts below, for how many.
ADDED = {
    "enfants_3_11": ("age 3 11", "", 1),
    "eleves_ecoles": ("pupils", "", 1),
    "eleves_par_classe": ("pupils", "classes", 1),
    "jeunes_12_25": ("age 12 25", "", 1),
    "part_monoparentales": ("lone", "families", 100),
    "enfants_par_laep": ("age 0 5", "D503", 1),
    "habitants_par_centre_social": ("people", "D506", 1),
    "habitants_par_evs": ("people", "D508", 1),
    "enfants_par_services_handicap": ("age 0 19", "D602", 1),
    "enfants_par_etablissements_handicap": ("age 0 19", "D601", 1),
}


@pytest.fixture(scope="module")
def counted(demo_raw, demo) -> dict[str, dict[str, float]]:
    """What the files count in each commune, arrondissements added to their city, read by the csv module alone."""
    city = dict(demo.rows("select code, coalesce(parent, code) from territory where level = 'commune'"))
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows(demo_raw, "DS_RP_TD_POPULATION_AGESEX_PRINC_2023_CSV_FR.zip"):
        if (row["GEO_OBJECT"], row["SEX"]) == ("COM", "_T") and row["AGE"][1:].isdigit():
            found[f"age {row['AGE'][1:]}"][row["GEO"]] += float(row["OBS_VALUE"])
    for row in rows(demo_raw, "DS_RP_FAMILLE_COMP_2023_CSV_FR.zip"):
        if (row["GEO_OBJECT"], row["NCH"], row["RP_MEASURE"]) == ("COM", "_T", "NBFAM") and row["TFN"] in (
            "1",
            "22",
        ):
            found["families"][row["GEO"]] += float(row["OBS_VALUE"] or "nan")
            found["lone"][row["GEO"]] += float(row["OBS_VALUE"] or "nan") * (row["TFN"] == "1")
    with zipfile.ZipFile(demo_raw / "BPE25.zip") as archive, archive.open(archive.namelist()[0]) as member:
        for row in csv.DictReader(io.TextIOWrapper(member, "utf-8"), delimiter=";"):
            found[row["TYPEQU"]][city[row["DEPCOM"]]] += 1
    home = {
        r["identifiant_de_l_etablissement"]: city[r["code_commune"]]
        for r in rows(demo_raw, "fr-en-annuaire-education.csv")
    }
    for row in rows(demo_raw, "fr-en-ecoles-effectifs-nb_classes.csv"):
        if row["rentree_scolaire"] == "2025":
            found["pupils"][home[row["numero_ecole"]]] += int(row["nombre_total_eleves"])
            found["classes"][home[row["numero_ecole"]]] += int(row["nombre_total_classes"])
    found["people"] |= dict(
        demo.rows("select commune, max_by(value, year) from stat where stat = 'population' group by commune")
    )
    return found


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("indicator", ADDED)
def test_a_figure_that_communes_add_up_to_is_the_sum_of_the_files_divided_once(
    demo, counted, indicator, level
):
    above, below_, per = ADDED[indicator]

    def total(name: str, communes: list[str]) -> float:
        if name.startswith("age "):
            first, last = map(int, name.split()[1:])
            return sum(counted[f"age {age}"][c] for age in range(first, last + 1) for c in communes)
        return sum(counted[name].get(c, 0.0) for c in communes)

    members = defaultdict(list)
    for code, commune in demo.rows(
        "select membership.code, commune from membership join territory on territory.level = 'commune' "
        "and territory.code = commune where membership.level = ? and parent is null", level,
    ):  # fmt: skip
        members[code].append(commune)
    got = figures(demo, indicator, level)
    compared = 0
    for code, communes in members.items():
        if got.get(code) is None:
            # Unknown, or nothing to divide by.
            continue
        part, whole = total(above, communes), total(below_, communes) if below_ else 1.0
        assert got[code] == pytest.approx(per * part / whole, rel=1e-6), (code, part, whole)
        compared += 1
    assert compared or (level == "commune" and below_.startswith("D60"))


@pytest.mark.parametrize(
    ("indicator", "file", "above", "below"),
    [
        ("part_locataires_sociaux", "DS_RP_LOGEMENT_PRINC", {"OCS": "DW_MAIN", "TSH": "221"}, {"OCS": "DW_MAIN", "TSH": "_T"}),
        ("part_logements_vacants", "DS_RP_LOGEMENT_PRINC", {"OCS": "DW_VAC", "TSH": "_T"}, {"OCS": "_T", "TSH": "_T"}),
        ("part_suroccupation", "DS_RP_LOGEMENT_COMP", {"OCC_IND": "SEV_OVER_OCC MOD_OVER_OCC"}, {"OCC_IND": "_T"}),
        (
            "part_jeunes_sans_emploi_ni_etudes", "DS_RP_EMPLOI_LR_PRINC",
            {"SEX": "_T", "AGE": "Y15T24", "EMPSTA_ENQ": "2 35T36"}, {"SEX": "_T", "AGE": "Y15T24", "EMPSTA_ENQ": "_T"},
        ),
        (
            "taux_chomage_jeunes", "DS_RP_EMPLOI_LR_PRINC",
            {"SEX": "_T", "AGE": "Y15T24", "EMPSTA_ENQ": "2"}, {"SEX": "_T", "AGE": "Y15T24", "EMPSTA_ENQ": "1T2"},
        ),
        (
            "taux_emploi_femmes", "DS_RP_EMPLOI_LR_PRINC",
            {"SEX": "F", "AGE": "Y15T64", "EMPSTA_ENQ": "1"}, {"SEX": "F", "AGE": "Y15T64", "EMPSTA_ENQ": "_T"},
        ),
        (
            "part_femmes_temps_partiel", "DS_RP_ACTIVITE_PRINC",
            {"SEX": "F", "WKTIME": "PT", "EMPSTA_ENQ": "1"}, {"SEX": "F", "WKTIME": "_T", "EMPSTA_ENQ": "1"},
        ),
    ],
)  # fmt: skip
def test_a_share_of_the_census_is_that_of_the_file_at_every_level(
    demo_raw, demo, indicator, file, above, below
):
    def total(object_: str, cells: dict[str, str]) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        for row in records:
            if row["GEO_OBJECT"] == object_ and all(row[k] in v.split() for k, v in cells.items()):
                found[row["GEO"]] += float(row["OBS_VALUE"])
        return found

    records = rows(demo_raw, f"{file}_2023_CSV_FR.zip")
    for level, object_ in (
        ("commune", "COM"),
        ("epci", "EPCI"),
        ("departement", "DEP"),
        ("france", "FRANCE"),
    ):
        parts, wholes, got = total(object_, above), total(object_, below), figures(demo, indicator, level)
        assert parts and set(parts) <= set(got)
        for code, part in parts.items():
            assert got[code] == pytest.approx(100 * part / wholes[code], rel=1e-6)


@pytest.mark.parametrize(
    ("benefit", "indicator"),
    [("rsa", "foyers_rsa_1000"), ("ppa", "foyers_ppa_1000"), ("ndural", "foyers_logement_1000")],
)
def test_households_are_those_of_december_for_a_thousand_inhabitants(demo_raw, demo, benefit, indicator):
    people = dict(
        demo.rows("select commune, max_by(value, year) from stat where stat = 'population' group by commune")
    )
    of_commune = {
        r["numcomdo"]: int(r[f"indfoy_{benefit}"])
        for r in rows(demo_raw, "s_ben_com_f.csv")
        if r["dtreffre"] == "2024-12" and r["numcomdo"]
    }
    got = figures(demo, indicator, "commune")
    hidden = [code for code, count in of_commune.items() if count == 0]
    assert hidden and all(got[code] is None for code in hidden)
    for code in set(of_commune) - set(hidden) & set(people):
        assert got[code] == pytest.approx(1000 * of_commune[code] / people[code])
    # The producer's own count of a level, not the sum of communes rounded down one by one; a région is its départements.
    for level, file, column in (
        ("epci", "s_ben_epci_f.csv", "numepci"),
        ("departement", "s_ben_dep.csv", "numdep"),
        ("france", "s_ben_nat.csv", ""),
    ):
        counts: dict[str, int] = defaultdict(int)
        for row in rows(demo_raw, file):
            if row["dtreffre"].startswith("2024-12"):
                code = row[column] if column else "F"
                counts[code] = max(counts[code], int(row[f"indfoy_{benefit}"]))
        got, inside = figures(demo, indicator, level), members_of(demo, level)
        assert set(inside) == set(got) <= set(counts)
        for code, communes in inside.items():
            assert got[code] == pytest.approx(1000 * counts[code] / sum(people[c] for c in communes))
        if level == "departement":
            (region,) = members_of(demo, "region")
            told = figures(demo, indicator, "region")[region]
            whole = sum(people[c] for communes in inside.values() for c in communes)
            assert told == pytest.approx(1000 * sum(counts[code] for code in inside) / whole)


@pytest.mark.parametrize(("benefit", "age"), [("cmg", 6), ("prepare", 3)])
def test_families_who_pay_a_carer_or_stop_working_are_counted_for_a_hundred_children(
    demo_raw, demo, benefit, age
):
    held = demo.rows(
        "select code, sum(value) from population_age join membership on membership.commune = population_age.commune where "
        "level = 'epci' and age < ? and year = (select max(year) from population_age) group by code",
        age,
    )
    children = dict(held)
    got = figures(demo, f"foyers_{benefit}_100", "epci")
    for row in rows(demo_raw, "s_ben_epci_f.csv"):
        if row["dtreffre"] == "2024-12" and row["numepci"] != "XX":
            paid = int(row[f"indfoy_{benefit}"])
            assert got[row["numepci"]] == pytest.approx(100 * paid / children[row["numepci"]], rel=1e-6)
    hidden = [
        r["numcomdo"] for r in rows(demo_raw, "s_ben_com_f.csv")
        if r["dtreffre"] == "2024-12" and r["numcomdo"] and r[f"indfoy_{benefit}"] == "0"
    ]  # fmt: skip
    of_communes = figures(demo, f"foyers_{benefit}_100", "commune")
    assert hidden and all(of_communes[code] is None for code in hidden)


def test_childminders_are_those_of_the_urssaf_for_departements_and_above(demo_raw, demo):
    records = [
        row
        for row in rows(demo_raw, "salaries-des-particuliers-employeurs-en-2024.csv")
        if row["code_categorie_d_emploi"] == "PAJE_AM" and row["code_departement"] != "nca"
    ]
    every = {
        name: sum(float(row[name]) for row in records)
        for name in records[0]
        if name.startswith(("nombre", "masse"))
    }
    count, hours, pay = (
        every[name] for name in ("nombre_de_salaries", "nombre_d_heures_declarees", "masse_salariale_nette")
    )
    for indicator, expected in (
        ("assistantes_maternelles", count),
        ("heures_par_assistante", hours / count),
        ("salaire_horaire_assistantes", pay / hours),
    ):
        assert figures(demo, indicator, "france")["F"] == pytest.approx(expected, rel=1e-6)
        assert figures(demo, indicator, "commune") == figures(demo, indicator, "epci") == {}
    for row in records:
        got = figures(demo, "assistantes_maternelles", "departement")[row["code_departement"]]
        assert got == float(row["nombre_de_salaries"])
    town = report.build(demo, "commune:F1001")
    told = town.findings["assistantes_maternelles"]
    assert told.status is Status.NOT_PUBLISHED and "départements" in told.reason
    further = story.further_section(town, "petite_enfance")
    assert further is None or "assistantes_maternelles" not in further.indicators


def test_children_under_five_are_those_that_insee_estimates(demo_raw, demo):
    newest = {
        row["GEO"]: float(row["OBS_VALUE"])
        for row in rows(demo_raw, "DS_ESTIMATION_POPULATION_CSV_FR.zip")
        if (row["GEO_OBJECT"], row["AGE"], row["SEX"], row["TIME_PERIOD"]) == ("DEP", "Y_LT5", "_T", "2026")
    }
    assert newest and figures(demo, "enfants_moins_5_estimes", "departement") == newest


def test_a_commune_is_in_the_rural_zone_where_the_list_holds_it_and_a_departement_counts_them(demo_raw, demo):
    import openpyxl

    sheet = openpyxl.load_workbook(
        demo_raw / "Liste communes FRR_juillet2025.xlsx", read_only=True
    ).worksheets[0]
    listed = {row[0] for row in sheet.iter_rows(min_row=2, values_only=True)}
    got = figures(demo, "communes_frr", "commune")
    assert {code for code, value in got.items() if value == 1} == listed and set(got.values()) == {0, 1}
    for code, value in figures(demo, "communes_frr", "departement").items():
        home = {
            c
            for (c,) in demo.rows(
                "select commune from membership where level = 'departement' and code = ?", code
            )
        }
        assert value == len(listed & home)


def test_what_a_commune_adds_up_from_its_iris_is_unknown_as_soon_as_one_is_masked(demo_raw, demo):
    sums, masked = defaultdict(lambda: defaultdict(int)), set()
    for row in rows(demo_raw, "data_CAF_2020_IRIS.csv"):
        town = row["CODGEO"][:5]
        if row["NOTE"] != "0":
            masked.add(town)
            continue
        for name in ("AM", "ACAVENF", "AAAH"):
            sums[town][name] += int(row[name])
    assert masked and set(sums) - masked
    share, adults = (
        figures(demo, name, "commune") for name in ("part_monoparents_allocataires", "foyers_aah_1000")
    )
    people = dict(
        demo.rows("select commune, max_by(value, year) from stat where stat = 'population' group by commune")
    )
    for town, counts in sums.items():
        if town in masked:
            assert share[town] is None and adults[town] is None
            told = report.build(demo, f"commune:{town}").findings["foyers_aah_1000"]
            assert "Un Iris au moins" in told.reading
        else:
            assert share[town] == pytest.approx(100 * counts["AM"] / (counts["AM"] + counts["ACAVENF"]))
            assert adults[town] == pytest.approx(1000 * counts["AAAH"] / people[town])


def test_children_with_a_disability_are_counted_for_no_commune(demo_raw, demo):
    row = next(r for r in rows(demo_raw, "s_ben_nat.csv") if r["dtreffre"] == "2024-12-01")
    young = sum(
        value for (value,) in demo.rows(
            "select value from population_age join membership on membership.commune = population_age.commune "
            "where level = 'france' and age < 20 and year = (select max(year) from population_age)"
        )
    )  # fmt: skip
    got = figures(demo, "enfants_aeeh_1000", "france")["F"]
    assert got == pytest.approx(1000 * int(row["indben_aeeh"]) / young, rel=1e-6)
    assert figures(demo, "enfants_aeeh_1000", "commune") == {}
    told = report.build(demo, "commune:F1001").findings["enfants_aeeh_1000"]
    assert told.value is None and told.status is Status.NOT_PUBLISHED and "par commune" in told.reason


def test_a_low_quotient_is_the_two_lowest_classes_and_a_hidden_one_hides_them(demo_raw, demo):
    low, households = defaultdict(list), {}
    for row in rows(demo_raw, "ndur_s_qf_400_com_f.csv"):
        if row["qf_400"] in ("Moins de 400 euros", "Entre 400 et 799 euros"):
            low[row["numcomdo"]].append(int(row["indfoy_ndur"]))
    for row in rows(demo_raw, "s_ben_com_f.csv"):
        if row["dtreffre"] == "2024-12":
            households[row["numcomdo"]] = int(row["indfoy_ndur"])
    got = figures(demo, "part_foyers_qf_bas", "commune")
    for code, counts in low.items():
        if 0 in counts:
            assert got[code] is None
        else:
            assert got[code] == pytest.approx(100 * sum(counts) / households[code])
    assert any(0 in counts for counts in low.values())
    # A town stands there by its arrondissements.
    parts = defaultdict(list)
    for code, city in demo.rows(
        "select code, parent from territory where level = 'commune' and parent is not null"
    ):
        parts[city].append(code)
    for city, codes in parts.items():
        low[city] = [count for code in codes for count in low[code]]
    # Above, the sum of what is shown, where those that hide theirs have less than a hundredth of the people; divided by
    # the producer's own count of the level.
    people = dict(
        demo.rows("select commune, max_by(value, year) from stat where stat = 'population' group by commune")
    )
    for level, file, column in (
        ("epci", "s_ben_epci_f.csv", "numepci"),
        ("departement", "s_ben_dep.csv", "numdep"),
        ("france", "s_ben_nat.csv", ""),
    ):
        counted: dict[str, int] = defaultdict(int)
        for row in rows(demo_raw, file):
            if row["dtreffre"].startswith("2024-12"):
                code = row[column] if column else "F"
                counted[code] = max(counted[code], int(row["indfoy_ndur"]))
        got, shown = figures(demo, "part_foyers_qf_bas", level), 0
        for code, communes in members_of(demo, level).items():
            told = [c for c in communes if c in low and 0 not in low[c]]
            if sum(people[c] for c in told) < 0.99 * sum(people[c] for c in communes):
                assert got[code] is None
                continue
            shown += 1
            assert got[code] == pytest.approx(100 * sum(sum(low[c]) for c in told) / counted[code])
        assert shown


def test_a_masked_commune_cannot_be_found_by_difference(demo):
    """What a larger territory shows is the producer's own count, or a sum of nothing but what its communes show."""
    found = demo.rows(
        "select stat, level, code, year, value, source from total where (stat like 'foyers%' or stat like 'allocataires%') "
        "and level <> 'commune' and value is not null"
    )
    sums = [row for row in found if not row[5].startswith("s_ben_")]
    assert found and {row[0] for row in found} >= {"foyers_rsa", "foyers_cmg", "foyers_aah"}
    for stat, level, code, year, value, _ in sums:
        shown = demo.rows(
            "select stat.value from membership left join stat on stat.commune = membership.commune and stat.stat = ? and "
            "stat.year = ? where membership.level = ? and membership.code = ?", stat, year, level, code,
        )  # fmt: skip
        assert value == sum(known for (known,) in shown if known is not None)


@pytest.mark.parametrize("stat", ["centres_sociaux", "services_handicap", "mediation_familiale"])
def test_a_distance_is_that_of_the_nearest_place_for_the_mean_inhabitant(demo, stat):
    import math

    places = demo.rows("select lon, lat from facility where stat = ? and lon is not null", stat)
    people = dict(
        demo.rows("select commune, max_by(value, year) from stat where stat = 'population' group by commune")
    )

    def km(lon: float, lat: float, other: tuple[float, float]) -> float:
        a, b = math.radians(lat), math.radians(other[1])
        half = (
            math.sin((b - a) / 2) ** 2
            + math.cos(a) * math.cos(b) * math.sin(math.radians(other[0] - lon) / 2) ** 2
        )
        return 2 * 6371.0088 * math.asin(math.sqrt(half))

    product = total = 0.0
    for code, lon, lat in demo.rows(
        "select code, lon, lat from territory join membership using (level, code) where level = 'commune' and epci = "
        "(select min(code) from territory where level = 'epci') and parent is null"
    ):
        product += people[code] * min(km(lon, lat, place) for place in places)
        total += people[code]
    first = min(code for (code,) in demo.rows("select code from territory where level = 'epci'"))
    assert figures(demo, f"distance_{stat}", "epci")[first] == pytest.approx(product / total, rel=1e-3)


# What is said


def test_the_need_comes_after_the_official_rate_with_the_order_that_it_changes(demo, epcis):
    made = [report.build(demo, f"epci:{code}") for code in epcis]
    told = next(one for one in made if any(rank.moved for rank in ranks(one)))
    section = story.need_section(told)
    assert section is not None and "rang" in section.spoken
    table = section.columns[1][1][0]
    assert isinstance(table, story.Table)
    order = ranks(told)
    assert [one.need for one in order] == sorted(one.need for one in order)
    assert all(one.after == 1 + sum(other.need > one.need for other in order) for one in order)
    ids = [one.id for one in story.sections(told)]
    assert ids.index("offre") < ids.index("besoin")


def test_the_brief_table_has_a_row_for_each_theme_and_the_whole_one_every_known_figure(demo, epcis):
    told = report.build(demo, f"epci:{epcis[0]}")
    section = story.themes_section(told)
    assert section is not None
    brief, whole = section.columns[0][1][0], section.more[0]
    assert isinstance(brief, story.Table) and isinstance(whole, story.Table)
    assert [row[0] for row in brief.rows] == list(CTG_THEMES)
    known_here = sum(
        story.value_of(told.findings[n]) is not None for names in CTG_THEMES.values() for n in names
    )
    assert len(whole.rows) == known_here
    # A theme without a figure is no row of dashes: one line says so, and who knows.
    lacking = {name: replace(told.findings[name], value=None) for name in CTG_THEMES["Handicap"]}
    unknown = tuple(report.Unknown(name, "", "", "La Caf") for name in lacking)
    section = story.themes_section(replace(told, findings=told.findings | lacking, unknown=unknown))
    assert section is not None and "Handicap" not in [row[0] for row in section.columns[0][1][0].rows]
    assert section.caution.endswith("et qui le sait\u00a0: handicap (la Caf).")


def test_places_go_first_where_more_parents_work():
    import pandas as pd

    communes = pd.DataFrame({"working": [80.0, 40.0, None]}, index=["A", "B", "C"])
    assert list(priority_weights(communes)) == [80 / 60, 40 / 60, 1.0]


# Who lives here, and below the commune


def test_the_pyramid_adds_up_to_the_census_and_the_families_to_their_types(demo_raw, demo, epcis):
    told = report.build(demo, f"epci:{epcis[0]}")
    members = {
        c for (c,) in demo.rows("select commune from membership where level = 'epci' and code = ?", epcis[0])
    }
    by_age: dict[int, float] = defaultdict(float)
    for row in rows(demo_raw, "DS_RP_TD_POPULATION_AGESEX_PRINC_2023_CSV_FR.zip"):
        if row["GEO_OBJECT"] == "COM" and row["GEO"] in members and row["SEX"] == "_T" and row["AGE"] != "_T":
            by_age[100 if row["AGE"] == "Y_GE100" else int(row["AGE"][1:])] += float(row["OBS_VALUE"])
    ages, year = people_by_age(told, demo)
    assert year == 2023 and ages == pytest.approx(by_age)
    drawn = bands(ages)
    assert drawn[-1][0] == "0 à 4 ans" and drawn[-1][1] == pytest.approx(sum(by_age[age] for age in range(5)))
    assert sum(value for _, value in drawn) == pytest.approx(sum(by_age.values()))
    types: dict[str, float] = defaultdict(float)
    for row in rows(demo_raw, "DS_RP_FAMILLE_COMP_2023_CSV_FR.zip"):
        if row["GEO_OBJECT"] == "COM" and row["GEO"] in members and row["NCH"] == "_T":
            types[row["TFN"]] += float(row["OBS_VALUE"])
    found, _ = families(told, demo)
    assert found["rp_familles_meres"] == pytest.approx(types["12"])
    assert found["rp_familles_sans_enfant"] == pytest.approx(types["21"])
    section = story.ages_section(told, demo)
    assert section is not None and "moins de 18 ans" in section.title


def test_deciles_are_those_published_and_a_secret_one_stays_secret(demo_raw, demo):
    known = {r["CODGEO"]: r["D121"] for r in rows(demo_raw, "cc_filosofi_2021_COM.csv")}
    got = dict(
        demo.rows(
            "select code, value from published where stat = 'niveau_vie_d1' and level = 'commune' and year = 2021"
        )
    )
    secret = [code for code, text in known.items() if text == "s" and code in got]
    assert secret and all(got[code] is None for code in secret)
    told = [code for code, text in known.items() if text != "s" and code in got and got[code] is not None]
    assert told and all(got[code] == pytest.approx(float(known[code]), abs=10) for code in told)


def test_iris_of_a_large_commune_keep_the_masks_of_their_producer(demo_raw, demo):
    records = rows(demo_raw, "data_CAF_2020_IRIS.csv")
    code = max(
        {r["CODGEO"][:5] for r in records}, key=lambda c: sum(r["CODGEO"].startswith(c) for r in records)
    )
    own = {r["CODGEO"]: r for r in records if r["CODGEO"].startswith(code)}
    told = report.build(demo, f"commune:{code}")
    found, year = iris_of(told, demo)
    assert year == 2020 and {one.code for one in found} == set(own)
    for one in found:
        row = own[one.code]
        assert one.households == (None if row["NOTE"] != "0" else float(row["A"]))
        assert one.under_3 == (None if row["NOTE"] != "0" else float(row["ENF_2"]))
    section = story.below_section(told, demo)
    assert section is not None and "IRIS" in section.title
    small = min(demo.rows("select commune, max(value) from stat where stat = 'population' group by commune"),
                key=lambda row: row[1])[0]  # fmt: skip
    assert story.below_section(report.build(demo, f"commune:{small}"), demo) is None


def test_children_of_a_town_are_told_by_iris_and_add_up_to_those_of_the_census(demo_raw, demo):
    with zipfile.ZipFile(demo_raw / "base-ic-evol-struct-pop-2023_csv.zip") as archive:
        text = archive.read("base-ic-evol-struct-pop-2023.CSV").decode("utf-8")
    records = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    cut = [row for row in records if not row["IRIS"].endswith("0000")]
    assert {row["COM"] for row in records} == {
        code for (code,) in demo.rows("select code from territory where level = 'commune' and parent is null")
    }
    for town in {row["COM"] for row in cut}:
        own = {row["IRIS"]: row for row in cut if row["COM"] == town}
        told = report.build(demo, f"commune:{town}")
        found, year = people_of(told, demo)
        assert year == 2023 and {one.code for one in found} == set(own)
        for one in found:
            row = own[one.code]
            counts = (one.everyone, one.under_3, one.from_3_to_5, one.from_6_to_10, one.from_11_to_17)
            bands = ("POP", "POP0002", "POP0305", "POP0610", "POP1117")
            assert counts == tuple(float(row[f"P23_{band}"]) for band in bands)
        [(counted,)] = demo.rows(
            "select sum(value) from population_age where commune = ? and year = 2023 and age < 3", town
        )
        assert sum(one.under_3 for one in found) == pytest.approx(counted, abs=0.01)
        section = story.iris_people_section(told, demo)
        # A census weighs whom it asked: people are whole, on screen and in the file.
        mapped_counts = below.view(demo, told, Below.IRIS, "moins_3").table()["Enfants de moins de 3 ans"]
        assert all(count == int(count) for row in section.data.rows for count in row[2:])
        assert sorted(row[2] for row in section.data.rows) == sorted(round(one.under_3) for one in found)
        assert sorted(mapped_counts) == sorted(round(one.under_3) for one in found)
        first, every, share = (
            int(n) for n in re.findall(r"\d+", section.title.partition("moins de 3 ans")[0])
        )
        largest = sorted((float(row["P23_POP0002"]) for row in own.values()), reverse=True)
        assert every == len(own) and share == round(100 * sum(largest[:first]) / sum(largest)) >= 50
        assert 2 * sum(largest[: first - 1]) < sum(largest)
        # A table on paper is not told twice, its beginning and whole.
        assert [len(block.rows) for block in section.blocks] == [len(own)]
        drawn = below.view(demo, told, Below.IRIS, "part_moins_3")
        for code, finding in drawn.findings.items():
            row = own[code]
            assert finding.value == pytest.approx(100 * float(row["P23_POP0002"]) / float(row["P23_POP"]))
        assert "chiffres de 2023" in drawn.contours
        # An extract, a few of its IRIS: nothing is said of the whole.
        assert not re.search(r"\d+ des \d+", iris_people._title(told, found[:1] + found[-1:]))
        assert "qu’une partie" in iris_people._caution(told, found[:1]) and "partie" not in section.caution
    village = next(row["COM"] for row in records if row["IRIS"].endswith("0000"))
    assert story.iris_people_section(report.build(demo, f"commune:{village}"), demo) is None


def test_iris_of_two_communes_that_merged_have_no_number_twice():
    assert short_names(["930660101", "930660102"]) == {"930660101": "0101", "930660102": "0102"}
    assert len(set(short_names(["930660101", "930590101"]).values())) == 2


def test_a_quartier_has_the_share_of_its_households_under_800_euros(demo_raw, demo):
    low, everyone, hidden = defaultdict(int), defaultdict(int), set()
    for row in rows(demo_raw, "ndur_s_qf_400_qpv_f.csv"):
        key, count = (row["numcomdo"], row["nomqpv"]), int(row["indfoy_ndur"])
        everyone[key] += count
        if row["qf_400"] in ("Moins de 400 euros", "Entre 400 et 799 euros"):
            low[key] += count
            if not count:
                hidden.add(key)
    got = {
        (commune, name.upper()): (households, under)
        for commune, name, households, under in demo.rows(
            "select qpv_quotient.commune, qpv.name, foyers, bas from qpv_quotient join qpv on qpv.code = qpv_quotient.qpv"
        )
    }
    assert set(got) == set(everyone)
    assert all(got[key] == (everyone[key], None if key in hidden else low[key]) for key in got)


def test_a_quartier_tells_its_children_and_keeps_the_mask_of_its_producer(demo_raw, demo):
    records = {row["CODGEO"]: row for row in rows(demo_raw, "data_CAF_2023_QP.csv")}
    seen = {}
    for (code,) in demo.rows("select code from territory where level = 'departement'"):
        told = report.build(demo, f"departement:{code}")
        found, year = quarters_of(told, demo)
        seen |= {one.code: one for one in found}
        section = story.quarters_section(told, demo)
        if not found:
            assert section is None
            continue
        assert year == 2023
        assert (
            section is not None and "moins de 3 ans" in section.title and len(section.data.rows) == len(found)
        )
    assert set(seen) == set(records)
    for code, row in records.items():
        one = seen[code]
        if row["NOTE_CNAF"] != "0":
            assert one.masked and one.recipients is None and one.under_3 is None
        else:
            assert (one.recipients, one.under_3, one.rsa) == tuple(
                float(row[n]) for n in ("A", "ENF_2", "ARSAS")
            )
    assert any(one.masked for one in seen.values()) and any(not one.masked for one in seen.values())
    assert story.quarters_section(report.build(demo, "france"), demo) is None


def test_a_town_is_drawn_by_iris_and_what_the_producer_masks_has_no_colour(demo_raw, demo):
    records = {row["CODGEO"]: row for row in rows(demo_raw, "data_CAF_2020_IRIS.csv")}
    masked = {code[:5] for code, row in records.items() if row["NOTE"] != "0"}
    town = min(masked)
    told = report.build(demo, f"commune:{town}")
    assert list(below.kinds(demo, told))[:1] == ["iris"]
    drawn = maps.areas(demo, Below.IRIS, town)
    assert {one.code for one in drawn} == {code for code in records if code.startswith(town)}
    whole = shapely.from_geojson(
        demo.rows("select geojson from geometry where level = 'commune' and code = ?", town)[0][0]
    )
    parts = shapely.union_all([shapely.from_geojson(one.geojson) for one in drawn])
    # The outline of the town is simplified eight times more than that of its parts.
    assert parts.symmetric_difference(whole).area < 0.05 * whole.area
    found = below.view(demo, told, Below.IRIS, "rsa")
    for code, finding in found.findings.items():
        row = records[code]
        if row["NOTE"] != "0":
            assert finding.status is Status.SECRET and found.colouring.index[code] == maps.UNKNOWN
        else:
            assert finding.value == pytest.approx(100 * int(row["ARSAS"]) / int(row["A"]))
            assert found.colouring.index[code] >= 0
    # Figures and outlines of two years are matched by code alone: both years are said.
    assert {finding.year for finding in found.findings.values()} == {2020}
    assert "2026" in found.contours and "chiffres de 2020, placés par le code de l’IRIS" in found.contours
    features = json.loads(maps.outlines_json(demo, "iris", f"commune:{town}"))["features"]
    assert [f["properties"]["code"] for f in features if f["properties"]["ou"] == "outline"] == [town]
    # A village is not cut, nor is what is larger than a commune.
    (village,) = demo.rows(
        "select code from territory where level = 'commune' and code not in (select commune from iris_place) limit 1"
    )[0]
    for key in (f"commune:{village}", f"departement:{town[:2]}"):
        assert below.kinds(demo, report.build(demo, key)).get("iris") is None


def test_a_town_is_drawn_by_priority_district(demo_raw, demo):
    records = {row["CODGEO"]: row for row in rows(demo_raw, "data_CAF_2023_QP.csv")}
    (town,) = demo.rows(
        "select commune from qpv_commune group by commune order by count(*) desc, commune limit 1"
    )[0]
    told = report.build(demo, f"commune:{town}")
    found = below.view(demo, told, Below.QPV, "enfants_0_2")
    assert found.findings and set(found.findings) <= set(records)
    for code, finding in found.findings.items():
        assert finding.value == (float(records[code]["ENF_2"]) if records[code]["NOTE_CNAF"] == "0" else None)
    # Each file its own year, and no unit said twice.
    parts = {one.code: one for one in quarters_of(told, demo)[0]}
    for name, year_of in (("quotient", "low_year"), ("habitants", "people_year")):
        drawn = below.view(demo, told, Below.QPV, name)
        assert {code: one.year for code, one in drawn.findings.items()} == {
            code: getattr(parts[code], year_of) for code in drawn.findings
        }
    assert mapped.subtitle(drawn).lower().count("habitants") == 1


def test_a_share_among_nobody_says_so_and_is_neither_zero_nor_masked():
    def told(part, whole, *, hidden=False):
        return cut._finding(Below.IRIS, "rsa", part, whole, 2020, hidden=hidden)

    assert (told(3.0, 12.0).value, told(3.0, 12.0).status) == (25.0, Status.OK)
    assert (told(0.0, 12.0).value, told(0.0, 12.0).status) == (0.0, Status.OK)
    nobody = told(0.0, 0.0)
    assert (nobody.value, nobody.status) == (
        None,
        Status.NOT_APPLICABLE,
    ) and "personne" in nobody.reason
    assert told(None, None, hidden=True).status is Status.SECRET
    assert told(None, 12.0).status is Status.MISSING


def test_a_structure_of_a_file_stands_once_beside_the_open_list(demo, epcis):
    told = report.build(demo, f"epci:{epcis[0]}")
    known = next(one for one in structures(told, demo, ("eaje",)) if one.name != NAMELESS)
    index = gazetteer.index(demo).territories
    commune = next(
        code
        for code in territories.communes(demo, told.territory)
        if french.name(index["commune", code]) == known.commune
    )
    facts = pd.DataFrame(
        [(commune, "eaje_structures", 2023, 2.0, Status.BOUNDED, "local_eaje")],
        columns=["commune", "stat", "year", "value", "status", "source"],
    )
    brought = Deposit(
        "eaje", "creches.csv", date(2026, 1, 2), 2023, facts,
        structures=(Listed(commune, known.name.title(), 18.0), Listed(commune, "Les Nouveaux Loups", None)),
    )  # fmt: skip
    unnamed = replace(brought, structures=(Listed(commune, "", 12.0),))
    alone = local.joined(told, [settle(unnamed, gazetteer.index(demo).communes)], demo)
    assert "1\u00a0structure de vos fichiers reste sans nom" in story.listing_section(alone, demo).caution
    joined = local.joined(told, [settle(brought, gazetteer.index(demo).communes)], demo)
    found = structures(joined, demo, ("eaje",))
    before = structures(told, demo, ("eaje",))
    assert len(found) == len(before) + 1
    (same,) = (one for one in found if one.name == known.name and one.commune == known.commune and one.origin)
    assert (same.capacity, same.address, same.listed) == (18.0, known.address, True)
    (new,) = (one for one in found if not one.listed)
    assert (new.name, new.capacity, new.commune) == ("Les Nouveaux Loups", None, known.commune)
    # The places are those of the file, of its year; the list keeps its own.
    assert (same.year, same.edition) == (2023, known.edition) and known.edition != 2023
    section = story.listing_section(joined, demo, ("eaje",))
    # The two lists are never added up.
    assert (
        f"{len(before)}\u00a0crèches" in section.title
        and "1\u00a0autre nom dans votre fichier" in section.title
    )
    assert "sans nom" not in section.caution
    # One sort of list is shown: no other is named.
    assert "France services" not in section.source and f"équipements ({known.edition})" in section.source
    assert "creches.csv" in section.source and "selon votre fichier" in str(section.on_screen)


def test_structures_are_listed_with_their_address_where_it_is_public(demo, epcis):
    told = report.build(demo, f"epci:{epcis[0]}")
    found = structures(told, demo)
    (count,) = demo.rows(
        "select count(*) from facility join membership on membership.commune = facility.commune "
        "where level = 'epci' and code = ? and stat in (select unnest(?::varchar[]))", epcis[0], list(FAMILIES)
    )[0]  # fmt: skip
    assert len(found) == count
    assert any(
        one.address and "rue" in one.address.lower() for one in found if one.type == "Accueil de loisirs"
    )
    section = story.listing_section(told, demo)
    assert section is not None and section.data is not None and len(section.data.rows) == count


def test_a_country_counts_its_structures_by_region_as_many_as_it_has(demo):
    """Seventy-five thousand rows were made to show the twenty-five first."""
    told = report.build(demo, "france")
    section = story.listing_section(told, demo, ("eaje", "rpe"))
    one_by_one = Counter(one.type for one in structures(told, demo, ("eaje", "rpe")))
    assert section is not None and section.data is not None
    assert section.data.header == ("Région", "Crèches", "Relais petite enfance")
    sums = [sum(column) for column in zip(*(row[1:] for row in section.data.rows), strict=True)]
    assert sums == [one_by_one["Crèche"], one_by_one["Relais petite enfance"]] and min(sums) > 0
    [(region,)] = demo.rows("select code from territory where level = 'region'")
    parts = story.listing_section(report.build(demo, f"region:{region}"), demo, ("eaje", "rpe")).data
    assert parts.header[0] == "Département" and [sum(row[1] for row in parts.rows)] == sums[:1]


def test_a_part_of_which_no_list_speaks_has_no_zero(demo, monkeypatch):
    told, asked = report.build(demo, "france"), []

    def whole(db, communes, stats):
        asked.append(communes)
        return {"eaje", "rpe"} if len(asked) == 1 else {"eaje"}

    monkeypatch.setattr(listing, "_whole", whole)
    section = story.listing_section(told, demo, ("rpe", "eaje"))
    [(_, relays, creches)] = section.data.rows
    assert relays is None and creches > 0
    assert section.on_screen[0].rows[0][1:] == (french.UNKNOWN, french.number(creches))


@pytest.mark.real
def test_a_list_of_one_departement_tells_nothing_of_the_country(real_db):
    """The real facilities are those of the Gironde; the list of France services is that of the country."""
    real = open_database(real_db)
    assert {one.type for one in structures(report.build(real, "france"), real)} == {"France services"}
    assert {one.type for one in structures(report.build(real, "departement:33"), real)} >= {
        "Crèche",
        "Accueil de loisirs",
    }


# What a build changes


def test_a_second_build_tells_what_was_added_moved_and_gone(demo_raw, tmp_path, monkeypatch):
    import shutil

    from streamlit.testing.v1 import AppTest

    from diagnostic.warehouse import build

    raw, db = tmp_path / "raw", tmp_path / "base.duckdb"
    raw.mkdir()
    for name in (
        "v_commune_2026.csv",
        "v_departement_2026.csv",
        "v_region_2026.csv",
        "epci_au_01-01-2026.zip",
        "ensemble.zip",
    ):
        shutil.copy(demo_raw / name, raw)
    shutil.copy(demo_raw / "s_ben_com_f.csv", raw)
    build([raw], db)
    assert not (tmp_path / "data-changes.md").exists()
    path = raw / "s_ben_com_f.csv"
    lines = path.read_text("utf-8-sig").splitlines()
    at = lines[0].split(";").index("indfoy_rsa")
    first = next(
        i
        for i, line in enumerate(lines)
        if line.startswith("2024-12;") and line.split(";")[at] not in ("0", "")
    )
    cells = lines[first].split(";")
    cells[at] = str(int(cells[at]) + 5)
    lines[first] = ";".join(cells)
    path.write_text("\n".join(lines) + "\n")
    shutil.copy(demo_raw / "cc_filosofi_2021_COM.csv", raw)
    build([raw], db)
    told = (tmp_path / "data-changes.md").read_text("utf-8")
    assert "Niveau de vie médian" in told and "Foyers allocataires du revenu de solidarité active" in told
    base = open_database(db)
    rsa = base.rows(
        "select added, moved, gone from change where indicator = 'foyers_rsa_1000' and year = 2024"
    )
    assert rsa[0][0] == 0 and rsa[0][1] >= 1 and rsa[0][2] == 0
    (added, moved, gone) = base.rows(
        "select added, moved, gone from change where indicator = 'niveau_vie_median'"
    )[0]
    assert added > 0 and (moved, gone) == (0, 0)
    # The page Données tells it too.
    root = Path(__file__).resolve().parents[1]
    monkeypatch.setenv("DIAGNOSTIC_DB", str(db))
    at = AppTest.from_file(root / "diagnostic/ui/main.py", default_timeout=60)
    at.switch_page(str(root / "pages" / "donnees.py"))
    at.run()
    assert not at.exception
    page = " ".join(block.proto.body for block in at.get("html"))
    assert "depuis la base précédente" in page and "Valeurs ajoutées" in page
    assert BY_ID["niveau_vie_median"].label in page
    (raw / "cc_filosofi_2021_COM.csv").unlink()
    build([raw], db)
    told = (tmp_path / "data-changes.md").read_text("utf-8")
    assert told.count("## ") == 2 and "ne sont plus là" in told


def test_pupils_are_those_of_the_schools_that_the_directory_places_in_the_commune(demo_raw, demo):
    home = {
        r["identifiant_de_l_etablissement"]: r["code_commune"]
        for r in rows(demo_raw, "fr-en-annuaire-education.csv")
    }
    pupils, classes = defaultdict(int), defaultdict(int)
    for row in rows(demo_raw, "fr-en-ecoles-effectifs-nb_classes.csv"):
        if row["rentree_scolaire"] == "2025":
            pupils[home[row["numero_ecole"]]] += int(row["nombre_total_eleves"])
            classes[home[row["numero_ecole"]]] += int(row["nombre_total_classes"])
    got, ratio = figures(demo, "eleves_ecoles", "commune"), figures(demo, "eleves_par_classe", "commune")
    assert all(
        got[code] == pupils[code] and ratio[code] == pytest.approx(pupils[code] / classes[code])
        for code in pupils
    )
    without = [code for code in got if code not in pupils and got[code] == 0]
    assert without and all(ratio[code] is None for code in without)
    assert figures(demo, "eleves_ecoles", "france")["F"] == sum(pupils.values())


def test_the_potential_of_an_intercommunality_is_the_mean_of_its_inhabitants(demo_raw, demo, epcis):
    per, people = {}, {}
    for row in rows(demo_raw, "criteres_repartition_2024.csv"):
        code, potential = list(row.values())[0], float(list(row.values())[3])
        per[code], people[code] = potential, int(list(row.values())[2])
    for epci in epcis:
        members = [
            c for (c,) in demo.rows("select commune from membership where level = 'epci' and code = ?", epci)
        ]
        expected = sum(per[c] * people[c] for c in members) / sum(people[c] for c in members)
        assert figures(demo, "potentiel_financier", "epci")[epci] == pytest.approx(expected, rel=1e-6)
    for code, value in figures(demo, "potentiel_financier", "commune").items():
        assert value is None or value == pytest.approx(per.get(code, value), rel=1e-6)
