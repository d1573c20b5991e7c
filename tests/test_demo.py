"""The fictional territory: official layouts, invented codes, figures that agree with one another."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import shapely
from published import (
    AGES,
    BIRTHS,
    DISTRICTS,
    city_of,
    composition,
    content,
    features,
    populations,
    read,
    sheet,
)
from shapely.geometry import Point, shape

from diagnostic.demo import names, write_demo
from diagnostic.model import DiagnosticError, is_fictional

REAL = Path(__file__).resolve().parents[1].parent / "shared" / "real"
needs_real = pytest.mark.skipif(
    not REAL.is_dir(), reason="les fichiers réels ne sont pas là (../shared/real)"
)

CNAF_MODES = ("psu_col", "hors_psu_col", "eaje", "prescol", "am_ind", "gad_ind", "ind")


@pytest.fixture(scope="module")
def island(demo_raw: Path) -> Path:
    return demo_raw


def digests(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def under_three(island: Path, year: int) -> dict[str, float]:
    """Children under 3 by commune of today's geography, from the census file of that year."""
    children: dict[str, float] = defaultdict(float)
    if year == 2021:
        merged = mergers(island)
        for row in read(island / AGES):
            if row["AGED100"] in ("000", "001", "002"):
                children[merged.get(row["CODGEO"], row["CODGEO"])] += float(row["NB"])
    else:
        for row in read(island / "DS_RP_TD_POPULATION_AGESEX_PRINC_2023_CSV_FR.zip"):
            if (row["GEO_OBJECT"], row["SEX"]) == ("COM", "_T") and row["AGE"] in ("Y0", "Y1", "Y2"):
                children[row["GEO"]] += float(row["OBS_VALUE"])
    return children


def mergers(island: Path) -> dict[str, str]:
    rows = read(island / "v_mvt_commune_2026.csv", ",")
    return {r["COM_AV"]: r["COM_AP"] for r in rows if r["MOD"] == "32" and r["TYPECOM_AP"] == "COM"}


def members(island: Path) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for row in composition(island):
        if row["EPCI"] != "ZZZZZZZZZ":
            groups[row["EPCI"]].append(row["CODGEO"])
    return groups


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_island(tmp_path):
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        written = write_demo(tmp_path / name, communes=30, seed=seed)
        assert sorted(written) == sorted((tmp_path / name).iterdir())
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    same = {n for n, d in digests(tmp_path / "a").items() if digests(tmp_path / "c")[n] == d}
    assert "v_commune_2026.csv" not in same and AGES not in same


TWINS = {
    "cog/v_commune_2026.csv": "v_commune_2026.csv",
    "cog/v_departement_2026.csv": "v_departement_2026.csv",
    "cog/v_region_2026.csv": "v_region_2026.csv",
    "cog/v_mvt_commune_2026.csv": "v_mvt_commune_2026.csv",
    "caf/TAUXCOUV2021.csv": "TAUXCOUV2021.csv",
    "codes-postaux/laposte_hexasmal.csv": "laposte_hexasmal.csv",
    "france-services/liste-fs-20240801.csv": "liste-france-services.csv",
    "filosofi/cc_filosofi_2020_COM.csv": "cc_filosofi_2020_COM.csv",
    "filosofi/cc_filosofi_2021_COM.csv": "cc_filosofi_2021_COM.csv",
    **{
        f"caf/nbpla_pe_{level}.csv": f"nbpla_pe_{level}.csv" for level in ("com", "epci", "dep", "reg", "nat")
    },
    **{
        f"caf/txcouv_pe_{level}.csv": f"txcouv_pe_{level}_hist.csv" for level in ("com", "epci", "dep", "nat")
    },
}


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("real", TWINS)
def test_a_fictional_file_begins_with_the_very_bytes_of_the_real_one(island, real):
    with (REAL / real).open("rb") as published, (island / TWINS[real]).open("rb") as invented:
        assert invented.readline().rstrip() == published.readline().rstrip()


LAYOUTS = REAL.parent / "layouts"
ARCHIVES = (
    "ensemble.zip",
    "QP2024.zip",
    BIRTHS,
    AGES,
    "base-cc-coupl-fam-men-2021_csv.zip",
    "base-cc-filosofi-2021-geo2025_csv.zip",
    "DS_RP_FAMILLE_COMP_2023_CSV_FR.zip",
    "DS_RP_TD_POPULATION_AGESEX_PRINC_2023_CSV_FR.zip",
    "DS_BPE_CSV_FR.zip",
    "BPE25.zip",
    "epci_au_01-01-2026.zip",
)


def members_of(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("name", ARCHIVES)
def test_a_fictional_archive_has_the_members_and_the_headers_of_the_real_one(island, name):
    assert members_of(island / name) == members_of(LAYOUTS / name)
    for member in members_of(island / name):
        if not member.lower().endswith(".csv"):
            continue
        ours, theirs = (content(folder / name, member).splitlines()[0] for folder in (island, LAYOUTS))
        # What a census, the BPE or a dictionary holds beside what is read changes with the edition.
        if member.startswith("BPE") or "PRINC" in member or member.startswith("base-cc-coupl"):
            assert ours[:6] == theirs[:6]
        else:
            assert ours == theirs, member


@needs_real
@pytest.mark.real
@pytest.mark.parametrize("level", ["communes", "departements", "regions"])
def test_outlines_leave_out_the_keys_that_the_real_ones_leave_out(island, level):
    def keys(folder: Path) -> set[tuple[str, ...]]:
        return {tuple(sorted(f["properties"])) for f in features(folder / f"{level}-100m.geojson.gz")}

    assert keys(island) <= keys(LAYOUTS)
    if level == "communes":
        assert len(keys(island)) == 4, "a commune, one without EPCI, a town and its arrondissements"


@needs_real
@pytest.mark.real
def test_the_workbooks_have_the_sheets_and_headers_of_the_real_ones(island):
    name = "epci_au_01-01-2026.zip"
    for title in ("EPCI", "Composition_communale"):
        ours, theirs = (sheet(content(folder / name), title, 6, 7)[0] for folder in (island, LAYOUTS))
        assert list(ours) == list(theirs)
    name = "grille_densite_7_niveaux_2024.xlsx"
    ours, theirs = (
        sheet((folder / name).read_bytes(), "Grille_Densite", 5, 6)[0] for folder in (island, LAYOUTS)
    )
    assert list(ours) == list(theirs)[:4]


@needs_real
@pytest.mark.real
@pytest.mark.parametrize(
    ("real", "invented"),
    [
        ("insee_bpe_sample.zip", "DS_BPE_CSV_FR.zip"),
        ("insee_famille_sample.zip", "DS_RP_FAMILLE_COMP_2023_CSV_FR.zip"),
        ("insee_logement_sample.zip", "DS_RP_LOGEMENT_PRINC_2023_CSV_FR.zip"),
        ("insee_emploi_sample.zip", "DS_RP_EMPLOI_LR_PRINC_2023_CSV_FR.zip"),
    ],
)
def test_a_fictional_melodi_zip_holds_the_columns_of_the_real_one(island, real, invented):
    assert list(read(island / invented)[0]) == list(read(REAL / "melodi-extracts" / real)[0])


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("pop_reference_communales_QPV24.csv", "CODGEO;LIBGEO;PMUN_2022;POP_QPV_2022"),
        (
            "listeqp2024-cog2024.csv",
            "code_qp;lib_qp;insee_reg;lib_reg;insee_dep;lib_dep;insee_com;lib_com;siren_epci;lib_epci;;;",
        ),
    ],
)
def test_files_without_a_real_twin_have_the_documented_header(island, name, header):
    assert (island / name).read_text(encoding="utf-8-sig").splitlines()[0] == header


def test_every_row_has_as_many_cells_as_its_header(island):
    for path in [*island.glob("*.csv"), *island.glob("*.zip")]:
        for member in members_of(path) if path.suffix == ".zip" else [path.name]:
            if not member.lower().endswith(".csv"):
                continue
            comma = path.name.startswith(("v_", "liste-france"))
            text = content(path, member).decode("utf-8-sig")
            rows = list(csv.reader(io.StringIO(text), delimiter="," if comma else ";"))
            assert {len(row) for row in rows} == {len(rows[0])}, member


def births_of(island: Path) -> dict[tuple[str, str], float]:
    """Births by commune of today and year: arrondissements in their town until it has a row, the merged in the merger."""
    merged, city, born = mergers(island), city_of(island), defaultdict(float)
    for row in read(island / BIRTHS):
        if row["GEO_OBJECT"] == "COM" and row["OBS_VALUE"]:
            born[merged.get(row["GEO"], row["GEO"]), row["TIME_PERIOD"]] += float(row["OBS_VALUE"])
        elif row["GEO_OBJECT"] == "ARM" and row["TIME_PERIOD"] < "2023":
            born[city[row["GEO"]], row["TIME_PERIOD"]] += float(row["OBS_VALUE"])
    return born


def test_births_of_a_town_stand_by_arrondissement_then_by_both_and_add_up(island):
    city = city_of(island)
    assert len(city) == 3 and len(set(city.values())) == 1
    rows = read(island / BIRTHS)
    town = {r["TIME_PERIOD"]: float(r["OBS_VALUE"]) for r in rows if r["GEO"] == next(iter(city.values()))}
    assert sorted(town) == ["2023", "2024"]
    parts: Counter[str] = Counter()
    for row in rows:
        if row["GEO_OBJECT"] == "ARM":
            parts[row["TIME_PERIOD"]] += float(row["OBS_VALUE"])
    assert sorted(parts) == [str(year) for year in range(2008, 2025)]
    assert {year: parts[year] for year in town} == town


def test_a_restored_commune_is_counted_where_it_was_and_nothing_is_lost(island):
    rows = read(island / BIRTHS)
    by_status: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        by_status[row["OBS_STATUS"]].add(row["GEO"])
        assert (row["OBS_VALUE"] == "") == (row["OBS_STATUS"] == "K")
    assert len(by_status["K"]) == len(by_status["W"]) == 1
    moves = {
        (r["COM_AV"], r["COM_AP"]) for r in read(island / "v_mvt_commune_2026.csv", ",") if r["MOD"] == "21"
    }
    assert (*by_status["W"], *by_status["K"]) in moves
    france = {r["TIME_PERIOD"]: float(r["OBS_VALUE"]) for r in rows if r["GEO_OBJECT"] == "FRANCE"}
    total: Counter[str] = Counter()
    for (_, year), value in births_of(island).items():
        total[year] += value
    assert dict(total) == france


def test_neighbours_share_a_postcode_and_a_large_commune_has_two(island):
    codes: dict[str, set[str]] = defaultdict(set)
    for row in read(island / "laposte_hexasmal.csv"):
        codes[row["Code_postal"]].add(row["Code_commune_INSEE"])
    assert max(map(len, codes.values())) == 4
    assert all(code.startswith("99") and len(code) == 5 for code in codes), "no real postcode begins with 99"
    of = Counter(commune for communes in codes.values() for commune in communes)
    assert max(of.values()) == 2


def test_the_overall_rate_of_small_communes_is_there_or_not_determined(island):
    rows = read(island / "TAUXCOUV2021.csv")
    assert len(rows) == 120 - 1 + 3
    known = [row for row in rows if row["tauxcouv_com"] != "ND"]
    assert 0.7 * len(rows) < len(known) < len(rows)
    assert {row["tauxcouv_reg"] for row in rows} == {"ND"}
    hist = {r["numcom"]: r for r in read(island / "txcouv_pe_com_hist.csv") if r["annee"] == "2021"}
    shown = {row["NUM_COM"]: row["tauxcouv_com"] for row in rows}
    assert {c: r["txcouv_com"].replace(".", ",") for c, r in hist.items()} == {c: shown[c] for c in hist}


def test_districts_are_the_same_in_degrees_and_in_lambert_93(island):
    degrees = features(island / "QP2024.zip", DISTRICTS)
    metres = features(island / "QP2024.zip", "GEOJSON/QP2024_France_hexagonale_LB93.geojson")
    assert [f["properties"] for f in degrees] == [f["properties"] for f in metres]
    assert all(shape(f["geometry"]).area > 1_000 for f in metres)


def test_an_epci_lies_over_two_departements_and_another_in_each(island):
    over: dict[str, set[str]] = defaultdict(set)
    for row in composition(island):
        over[row["EPCI"]].add(row["DEP"])
        assert row["CODGEO"].startswith(row["DEP"])
    del over["ZZZZZZZZZ"]
    assert sorted(map(sorted, over.values())) == [["F1"], ["F1"], ["F1", "F2"], ["F2"]]


def test_a_town_stands_by_arrondissement_wherever_its_producer_writes_it_so(island):
    city = city_of(island)
    town = next(iter(city.values()))
    census = read(island / AGES)
    whole, parts = (
        sum(float(r["NB"]) for r in census if r["NIVGEO"] == level and r["CODGEO"] in codes)
        for level, codes in (("COM", {town}), ("ARM", set(city)))
    )
    assert whole == pytest.approx(parts, abs=0.01)
    newer = read(island / "DS_RP_TD_POPULATION_AGESEX_PRINC_2023_CSV_FR.zip")
    assert {r["GEO"] for r in newer if r["GEO_OBJECT"] == "ARM"} == set(city)
    recipients = {r["numcomdo"] for r in read(island / "s_ben_com_f.csv")}
    assert set(city) <= recipients and town not in recipients


def test_codes_are_those_of_no_real_place(island):
    communes = read(island / "v_commune_2026.csv", ",")
    assert len([r for r in communes if r["TYPECOM"] == "COM"]) == 120
    for row in communes:
        assert is_fictional(row["COM"]) and len(row["COM"]) == 5
    for row in composition(island):
        assert row["EPCI"].startswith("999") or row["EPCI"] == "ZZZZZZZZZ"
        assert len(row["EPCI"]) == 9
        assert is_fictional(row["DEP"]) and is_fictional(row["REG"])


@needs_real
@pytest.mark.real
def test_no_invented_name_holds_a_word_of_a_real_one():
    with (REAL / "cog" / "v_commune_2026.csv").open(encoding="utf-8") as file:
        words = {word for row in csv.DictReader(file) for word in row["NCC"].split()}
    roots = {names.plain(a + b + c) for a in names.FIRST for b in names.MIDDLE for c in names.LAST}
    assert len(roots) == len(names.FIRST) * len(names.MIDDLE) * len(names.LAST)
    assert not roots & words
    assert not {names.plain(name) for name in (*names.RIVERS, *names.SAINTS, *names.SAINTES)} & words


def test_names_are_different_and_carry_the_article_that_their_tncc_says(island):
    communes = [r for r in read(island / "v_commune_2026.csv", ",") if r["TYPECOM"] == "COM"]
    articles = {"0": "", "1": "", "2": "Le ", "3": "La ", "4": "Les ", "5": "L'"}
    for row in communes:
        assert row["LIBELLE"] == articles[row["TNCC"]] + row["NCCENR"]
        assert row["NCC"] == names.plain(row["NCCENR"])
        if row["TNCC"] in "01":
            assert (row["TNCC"] == "1") == names.starts_with_vowel(row["LIBELLE"])
    labels = [r["LIBELLE"] for r in communes]
    assert len(set(labels)) == 120
    assert max(map(len, labels)) > 70
    assert any("Saint-" in n for n in labels) and any("'" in n for n in labels)


def test_a_merged_commune_stays_in_the_older_files_and_leads_to_one_of_today(island):
    today = {r["COM"] for r in read(island / "v_commune_2026.csv", ",") if r["TYPECOM"] == "COM"}
    gone = {old: new for old, new in mergers(island).items() if old not in today}
    assert gone and set(gone.values()) <= today
    births = {r["GEO"] for r in read(island / BIRTHS)}
    ages = {r["CODGEO"] for r in read(island / AGES)}
    incomes = {r["CODGEO"] for r in read(island / "cc_filosofi_2021_COM.csv")}
    newer = {r["GEO"] for r in read(island / "DS_RP_TD_POPULATION_AGESEX_PRINC_2023_CSV_FR.zip")}
    assert set(gone) <= births & ages & incomes
    assert not set(gone) & newer
    assert len(ages) == 120 + len(gone) + 3


def test_every_commune_has_each_sex_and_age_once(island):
    rows = read(island / AGES)
    assert len(rows) == (121 + 3) * 2 * 101
    assert len({(r["CODGEO"], r["SEXE"], r["AGED100"]) for r in rows}) == len(rows)


def test_census_totals_add_up_and_give_the_legal_populations(island):
    value = {
        (r["GEO_OBJECT"], r["GEO"], r["AGE"], r["SEX"]): float(r["OBS_VALUE"])
        for r in read(island / "DS_RP_TD_POPULATION_AGESEX_PRINC_2023_CSV_FR.zip")
    }
    ages = [f"Y{a}" for a in range(100)] + ["Y_GE100"]
    for commune, people in populations(island).items():
        key = "COM", commune
        both = sum(value[*key, age, sex] for age in ages for sex in ("M", "F"))
        assert value[*key, "_T", "_T"] == pytest.approx(both, abs=0.01)
        assert people == pytest.approx(both, abs=0.51)
    for epci, communes in members(island).items():
        total = sum(value["COM", c, "Y3", "_T"] for c in communes)
        assert value["EPCI", epci, "Y3", "_T"] == pytest.approx(total, abs=0.01)


def test_children_of_the_census_are_the_births_of_the_years_before(island):
    born: Counter[str] = Counter()
    for (commune, year), value in births_of(island).items():
        born[commune] += value if year in ("2020", "2021", "2022") else 0
    children = under_three(island, 2023)
    assert sum(children.values()) == pytest.approx(sum(born.values()), rel=0.04)
    large = [c for c in children if born[c] > 300]
    assert large
    for commune in large:
        assert children[commune] == pytest.approx(born[commune], rel=0.12)


def test_births_fall_over_the_years(island):
    france = {
        r["TIME_PERIOD"]: float(r["OBS_VALUE"]) for r in read(island / BIRTHS) if r["GEO_OBJECT"] == "FRANCE"
    }
    assert list(france) == [str(y) for y in range(2008, 2025)]
    assert 0.65 < france["2024"] / france["2010"] < 0.90


@pytest.mark.parametrize(("year", "twin"), [(2021, "_hist"), (2023, "")])
def test_cnaf_rates_are_places_for_a_hundred_children_of_the_same_level(island, year, twin):
    children = under_three(island, year)
    groups = {**members(island), **{c: [c] for c in children}}
    city = city_of(island)
    for level, column in (("epci", "numepci"), ("com", "numcom")):
        places = read(island / f"nbpla_pe_{level}{twin}.csv")
        rates = read(island / f"txcouv_pe_{level}{twin}.csv")
        checked = 0
        for offer, rate in zip(places, rates, strict=True):
            code = offer[column]
            assert (offer["annee"], code) == (rate["annee"], rate[column])
            if offer["annee"] == str(year) and code != "XX" and code not in city:
                expected = 100 * int(offer[f"tot_offre_{level}"]) / sum(children[c] for c in groups[code])
                assert float(rate[f"txcouv_{level}"]) == pytest.approx(expected, abs=0.051)
                checked += 1
        assert checked


def test_places_of_every_level_are_the_sum_of_the_level_below(island):
    def offer(level: str) -> list[dict[str, str]]:
        rows = read(island / f"nbpla_pe_{level}.csv")
        return [r for r in rows if r["annee"].startswith("2023") and "XX" not in list(r.values())[1]]

    for mode in (*(f"pl_{m}" for m in CNAF_MODES), "tot_offre"):
        sums = {lv: sum(int(r[f"{mode}_{lv}"]) for r in offer(lv)) for lv in ("epci", "dep", "reg", "nat")}
        assert sums["dep"] == sums["reg"] == sums["nat"], (mode, sums)
        # One commune is outside any EPCI.
        assert 0.98 * sums["dep"] < sums["epci"] <= sums["dep"], (mode, sums)


def test_cnaf_publishes_no_commune_of_ten_thousand_inhabitants_or_fewer(island):
    people, city = populations(island), city_of(island)
    shown = {city.get(r["numcom"], r["numcom"]) for r in read(island / "txcouv_pe_com.csv")}
    assert shown == {c for c, n in people.items() if n > 10_000}
    assert 90_000 * 0.9 < max(people.values()) < 90_000 * 1.1


def test_cnaf_files_hold_the_rows_and_dates_that_must_be_understood(island):
    assert {r["annee"] for r in read(island / "txcouv_pe_nat.csv")} == {"2022-01-01", "2023-01-01"}
    assert "XX" in {r["numepci"] for r in read(island / "txcouv_pe_epci.csv")}
    assert "XXX" in {r["numdep"] for r in read(island / "nbpla_pe_dep.csv")}
    assert any(r["pl_gad_ind_com"] == "" for r in read(island / "nbpla_pe_com.csv"))
    hist = read(island / "txcouv_pe_epci_hist.csv")
    assert {r["annee"] for r in hist} == {"2017", "2018", "2019", "2020", "2021", "2022"}
    now = {r["numepci"]: r for r in read(island / "nbpla_pe_epci.csv") if r["annee"] == "2022"}
    before = {r["numepci"]: r for r in read(island / "nbpla_pe_epci_hist.csv") if r["annee"] == "2022"}
    assert any(now[c]["tot_offre_epci"] != before[c]["tot_offre_epci"] for c in now if c != "XX")


def test_recipients_are_rounded_to_five_and_some_have_no_commune(island):
    rows = read(island / "s_ben_com_f.csv")
    assert Counter(r["dtreffre"] for r in rows if r["numcomdo"] == "") == {
        f"{y}-12": 1 for y in (2020, 2021, 2022, 2023, 2024)
    }
    assert all(int(r["indfoy_rsa"]) % 5 == 0 for r in rows)
    assert any(r["indfoy_rsa"] == "0" for r in rows)


def test_incomes_of_small_communes_are_secret_in_both_layouts(island):
    wide = {r["CODGEO"]: r for r in read(island / "cc_filosofi_2021_COM.csv")}
    secret = {c for c, r in wide.items() if r["TP6021"] == "s"}
    assert set(city_of(island)) <= set(wide)
    assert secret == {c for c, r in wide.items() if int(r["NBMENFISC21"]) < 1_000}
    assert 0 < len(secret) < len(wide)
    for row in read(island / "base-cc-filosofi-2021-geo2025_csv.zip"):
        if (row["GEO_OBJECT"], row["FILOSOFI_MEASURE"]) == ("COM", "PR_MD60"):
            assert (row["OBS_VALUE"] == "") == (row["CONF_STATUS"] == "C") == (row["GEO"] in secret)
            if row["OBS_VALUE"]:
                assert wide[row["GEO"]]["TP6021"] == row["OBS_VALUE"].replace(".", ",")


def test_poverty_of_an_epci_lies_between_those_of_its_communes_and_every_level_is_there(island):
    rows = [
        r
        for r in read(island / "base-cc-filosofi-2021-geo2025_csv.zip")
        if r["FILOSOFI_MEASURE"] == "PR_MD60"
    ]
    assert Counter(r["GEO_OBJECT"] for r in rows) == {"COM": 121, "EPCI": 4, "DEP": 2, "REG": 1, "FRANCE": 1}
    rate = {r["GEO"]: float(r["OBS_VALUE"]) for r in rows if r["GEO_OBJECT"] == "EPCI"}
    assert min(rate.values()) <= float(rows[-1]["OBS_VALUE"]) <= max(rate.values())
    assert rate["999001001"] > rate["999001002"], "the city is poorer than its suburbs"


def test_facilities_stand_in_their_commune_and_in_the_quarter_they_name(island):
    outline = {
        f["properties"]["code"]: shape(f["geometry"]) for f in features(island / "communes-100m.geojson.gz")
    }
    polygons = features(island / "QP2024.zip", DISTRICTS)
    quarter = {f["properties"]["code_qp"]: shape(f["geometry"]) for f in polygons}
    named, city = Counter(), city_of(island)
    for row in read(island / "BPE25.zip"):
        if row["LONGITUDE"] == "":
            assert row["QUALITE_GEOLOC"] == "_U"
            continue
        point = Point(float(row["LONGITUDE"]), float(row["LATITUDE"]))
        assert outline[city.get(row["DEPCOM"], row["DEPCOM"])].contains(point)
        inside = [code for code, polygon in quarter.items() if polygon.contains(point)]
        assert row["QP2024"] == (inside[0] if inside else "_Z")
        named[row["TYPEQU"]] += 1
    assert {"D502", "D503", "D504", "D505", "D506", "D507", "D508", "D509", "D602"} <= set(named)
    assert {"A128", "A129", "C107", "C108", "C109", "C201", "C301"} <= set(named)


def test_micro_creches_have_their_own_code_from_2025_only(island):
    def count(year: int, code: str) -> int:
        return sum(r["TYPEQU"] == code for r in read(island / f"BPE{year}.zip"))

    assert count(24, "D509") == 0 < count(25, "D509")
    assert count(25, "D502") < count(24, "D502") <= count(25, "D502") + count(25, "D509")


def test_creche_places_of_the_bpe_are_those_of_cnaf_where_all_are_known(island):
    seen: dict[str, list[str]] = defaultdict(list)
    city = city_of(island)
    for row in read(island / "BPE25.zip"):
        if row["TYPEQU"] in ("D502", "D509"):
            seen[city.get(row["DEPCOM"], row["DEPCOM"])].append(row["CAPACITE"])
    assert any("_U" in capacities for capacities in seen.values())
    places = {r["numcom"]: r for r in read(island / "nbpla_pe_com.csv") if r["annee"] == "2023"}
    for code, row in places.items():
        if code in city:
            continue
        known = [int(c) for c in seen[code] if c != "_U"]
        total = int(row["pl_eaje_com"])
        assert sum(known) <= total if len(known) < len(seen[code]) else sum(known) == total


def test_counts_by_type_are_those_of_the_located_file_and_hold_each_total_once(island):
    city = city_of(island)
    located = Counter((city.get(r["DEPCOM"], r["DEPCOM"]), r["TYPEQU"]) for r in read(island / "BPE25.zip"))
    rows = read(island / "DS_BPE_CSV_FR.zip")
    counted = {
        (r["GEO"], r["FACILITY_TYPE"]): int(r["OBS_VALUE"])
        for r in rows
        if r["GEO_OBJECT"] == "COM" and r["FACILITY_TYPE"] != "_T"
    }
    assert counted == located
    total = [r for r in rows if r["GEO_OBJECT"] == "FRANCE" and r["FACILITY_DOM"] == "_T"]
    assert [int(r["OBS_VALUE"]) for r in total] == [located.total()]


def test_france_services_are_those_of_the_bpe_that_have_a_position(island):
    points = {(r["LATITUDE"], r["LONGITUDE"]) for r in read(island / "BPE25.zip") if r["TYPEQU"] == "A128"}
    listed = {(r["latitude"], r["longitude"]) for r in read(island / "liste-france-services.csv", ",")}
    assert listed and listed == points - {("", "")}


def test_one_quarter_lies_astride_two_communes_of_one_epci(island):
    raw = (island / "listeqp2024-cog2024.csv").read_text(encoding="utf-8-sig")
    lists = {
        r["code_qp"]: r["insee_com"].strip('="').split(";") for r in read(island / "listeqp2024-cog2024.csv")
    }
    astride = [codes for codes in lists.values() if len(codes) == 2]
    assert len(astride) == 1 and f'"=""{";".join(astride[0])}"""' in raw
    outline = {
        f["properties"]["code"]: shape(f["geometry"]) for f in features(island / "communes-100m.geojson.gz")
    }
    for feature in features(island / "QP2024.zip", DISTRICTS):
        codes = feature["properties"]["insee_com"].split(", ")
        assert codes == lists[feature["properties"]["code_qp"]]
        polygon = shape(feature["geometry"])
        assert all(polygon.intersects(outline[c]) for c in codes)
        assert shapely.union_all([outline[c] for c in codes]).buffer(1e-5).contains(polygon)


def test_people_of_quarters_are_fewer_than_people_of_their_commune(island):
    rows = read(island / "pop_reference_communales_QPV24.csv")
    assert rows
    assert all(0 < int(r["POP_QPV_2022"]) < 0.4 * int(r["PMUN_2022"]) for r in rows)


def test_outlines_leave_no_gap_and_share_their_borders(island):
    found = features(island / "communes-100m.geojson.gz")
    communes = [shape(f["geometry"]) for f in found if "commune" not in f["properties"]]
    (town,) = (shape(f["geometry"]) for f in found if "plm" in f["properties"])
    parts = [shape(f["geometry"]) for f in found if "commune" in f["properties"]]
    assert shapely.coverage_is_valid(parts) and shapely.union_all(parts).equals(town)
    assert all(c.is_valid for c in communes)
    assert shapely.coverage_is_valid(communes)
    region = shape(features(island / "regions-100m.geojson.gz")[0]["geometry"])
    assert region.geom_type == "Polygon" and not region.interiors
    assert region.area == pytest.approx(sum(c.area for c in communes))
    epcis = [shape(f["geometry"]) for f in features(island / "epci-100m.geojson.gz")]
    assert len(epcis) == 4
    alone = [
        shape(f["geometry"])
        for f in found
        if "commune" not in f["properties"] and "epci" not in f["properties"]
    ]
    assert sum(e.area for e in [*epcis, *alone]) == pytest.approx(region.area)


TOWN_ONLY = (
    "listeqp2024-cog2024.csv",
    "QP2024.zip",
    "estimations-demographiques_2022_QPV2024_csv.zip",
    "pop_reference_communales_QPV24.csv",
    "data_CAF_2020_IRIS.csv",
    "contours_iris_2026_1.geojson",
    "ndur_s_qf_400_qpv_f.csv",
    "data_CAF_2023_QP.csv",
    *(f"{stem}_com{twin}.csv" for stem in ("nbpla_pe", "txcouv_pe") for twin in ("", "_hist")),
)


@pytest.mark.parametrize("communes", [1, 2, 7, 400])
def test_any_number_of_communes_gives_every_file_that_has_something_to_say(tmp_path, communes, island):
    written = write_demo(tmp_path, communes=communes)
    assert sorted(written) == sorted(tmp_path.iterdir())
    absent = {p.name for p in island.iterdir()} - {p.name for p in written}
    schools = ("fr-en-ecoles-effectifs-nb_classes.csv", "fr-en-annuaire-education.csv")
    village = {*TOWN_ONLY, *schools, "v_mvt_commune_2026.csv", "liste-france-services.csv"}
    assert not absent if communes == 400 else set(TOWN_ONLY) <= absent <= village
    rows = read(tmp_path / "v_commune_2026.csv", ",")
    assert len([r for r in rows if r["TYPECOM"] == "COM"]) == communes
    alone = [r for r in composition(tmp_path) if r["EPCI"] == "ZZZZZZZZZ"]
    assert len(alone) == (1 if communes >= 100 else 0)
    for path in written:
        if path.suffix.lower() == ".csv":
            assert len(path.read_text(encoding="utf-8").splitlines()) > 1, path.name


def test_a_smaller_island_written_over_a_larger_one_leaves_no_quarter_behind(tmp_path):
    write_demo(tmp_path, communes=30)
    assert (tmp_path / "listeqp2024-cog2024.csv").exists()
    written = write_demo(tmp_path, communes=1)
    assert sorted(written) == sorted(tmp_path.iterdir())


@pytest.mark.parametrize("communes", [0, 35_001])
def test_too_few_or_too_many_communes_are_refused_in_one_french_sentence(tmp_path, communes):
    with pytest.raises(DiagnosticError, match="de 1 à 35 000 communes") as refusal:
        write_demo(tmp_path / "rien", communes=communes)
    assert refusal.value.code == 2
    assert not (tmp_path / "rien").exists()
