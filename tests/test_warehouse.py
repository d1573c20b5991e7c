"""The database: real published figures come out unchanged, broken files are refused, a killed build harms nothing."""

from __future__ import annotations

import csv
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published import BIRTHS, city_of, composition, content

from diagnostic import warehouse
from diagnostic.demo import write_demo
from diagnostic.model import DiagnosticError, Status
from diagnostic.sources import SOURCES
from diagnostic.warehouse import checking, files, geography, layouts, staging
from diagnostic.warehouse.builder import SQL

ROOT = Path(__file__).resolve().parents[1]
KNOWN = {status for status in Status if status.known}


def value(db: warehouse.Database, level: str, code: str, indicator: str, year: int) -> float | None:
    rows = db.rows(
        "select value from figure where level = ? and code = ? and indicator = ? and year = ?",
        level,
        code,
        indicator,
        year,
    )
    assert len(rows) <= 1
    return rows[0][0] if rows else None


def rows_of(path: Path) -> list[dict[str, str]]:
    """Rows of a file with semicolons, or of the only table of a zip; the BOM left out."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            text = archive.read(archive.namelist()[0]).decode("utf-8-sig")
    else:
        text = path.read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def number(cell: str) -> float | None:
    """The number of a cell with a decimal comma or point; None for an empty one or a marker."""
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return None


# --- Declarations --------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.id)
def test_every_declared_source_has_its_query_and_names_columns_that_exist(source):
    assert (ROOT / "diagnostic" / "sql" / "sources" / f"{source.id}.sql").is_file()
    assert set(source.key) <= {column.name for column in source.columns}
    assert source.producer and source.title and source.page.startswith("https://")


def test_every_query_belongs_to_a_declared_source():
    queries = {path.stem for path in (ROOT / "diagnostic" / "sql" / "sources").glob("*.sql")}
    assert queries == {source.id for source in SOURCES}


# --- Real files ----------------------------------------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize(
    ("level", "code", "published"),
    [
        ("commune", "33063", 74.8),
        ("epci", "243300316", 68.9),
        ("departement", "33", 66.2),
        ("france", "F", 59.4),
    ],
)
def test_the_coverage_rate_of_2021_is_the_one_that_the_cnaf_published(real, level, code, published):
    assert value(real, level, code, "taux_couverture", 2021) == published


@pytest.mark.real
def test_births_count_paris_lyon_and_marseille_once(real):
    assert value(real, "commune", "33063", "naissances", 2023) == 2858
    # 724,512 in the file of 2023; the extract of 2025 adds those of Marseille and Lyon without arrondissement.
    assert value(real, "france", "F", "naissances", 2022) == 724_512 + 13 + 6


@pytest.mark.real
@pytest.mark.parametrize(
    ("city", "arrondissements", "elsewhere"), [("75056", 20, 0), ("69123", 9, 6), ("13055", 16, 13)]
)
def test_a_city_has_the_births_of_its_arrondissements_and_those_of_none(
    real, city, arrondissements, elsewhere
):
    parts = [
        value(real, "commune", code, "naissances", 2022)
        for (code,) in real.rows("select code from territory where level = 'commune' and parent = ?", city)
    ]
    assert len(parts) == arrondissements
    assert value(real, "commune", city, "naissances", 2022) == sum(parts) + elsewhere


@pytest.mark.real
def test_an_arrondissement_belongs_to_no_larger_territory(real):
    assert real.rows(
        "select count(*) from membership as m join territory as t on t.level = 'commune' and t.code = m.commune "
        "where t.parent is not null and m.level <> 'commune'"
    ) == [(0,)]


@pytest.mark.real
def test_the_gironde_counts_the_facilities_of_the_located_file(real):
    counted = dict(
        real.rows(
            "select type, count(*) from facility where commune like '33%' and type in ('D502', 'D504', 'D505') "
            "group by type"
        )
    )
    assert counted == {"D502": 322, "D505": 1136, "D504": 87}


@pytest.mark.real
def test_a_departement_absent_from_the_located_file_has_unknown_facilities_not_none(real):
    assert real.rows("select count(*) from stat where stat = 'alsh' and commune = '95018'") == [(0,)]
    assert value(real, "departement", "95", "acces_alsh", 2024) is None


CNAF = {
    "txcouv_pe": {"txcouv": "taux_couverture", "txcouv_eaje": "taux_couverture_eaje"},
    "nbpla_pe": {"tot_offre": "places_total", "pl_eaje": "places_eaje", "pl_am_ind": "places_am"},
}
OVERSEAS = ("01", "02", "03", "04", "06")
CNAF_LEVELS = {
    "com": ("commune", "numcom"),
    "epci": ("epci", "numepci"),
    "dep": ("departement", "numdep"),
    "reg": ("region", "numregi"),
    "nat": ("france", "national"),
}


def overall_rates(real_dir: Path) -> dict[str, float]:
    """Commune of today -> overall coverage rate of 2021, from the file of all communes."""
    return {
        row["NUM_COM"]: rate
        for row in rows_of(real_dir / "caf" / "TAUXCOUV2021.csv")
        if (rate := number(row["tauxcouv_com"]))
    }


@pytest.mark.real
def test_every_commune_has_the_overall_rate_that_the_cnaf_published_for_it(real, real_dir):
    expected = overall_rates(real_dir)
    read = dict(
        real.rows(
            "select code, value from figure where level = 'commune' and indicator = 'taux_couverture' and year = 2021"
        )
    )
    assert len(expected) == 25_195
    today = {code for (code,) in real.rows("select code from territory where level = 'commune'")}
    # The file by mode prevails where it speaks of a commune.
    modes = {row["numcom"] for row in rows_of(real_dir / "caf" / "txcouv_pe_com.csv")}
    alone = today - modes
    small = {code: rate for code, rate in expected.items() if code in alone}
    assert len(small) > 23_000
    assert {code: read.get(code) for code in small} == small


@pytest.mark.real
def test_a_postcode_leads_to_its_communes_of_today(real):
    assert real.rows("select commune from postcode where postcode = '33310'") == [("33249",)]
    assert ("75111",) in real.rows("select commune from postcode where postcode = '75011'")
    assert real.rows(
        "select count(*) from postcode where commune not in (select code from territory where level = 'commune')"
    ) == [(0,)]


@pytest.mark.real
def test_a_rate_of_zero_where_places_are_offered_is_unknown(real):
    """CC Serre-Ponçon: 264 places in 2020, a rate of 0.0 in the file of 2021."""
    assert value(real, "epci", "200067742", "taux_couverture", 2021) is None
    assert real.rows(
        "select value from published where code = '200067742' and stat = 'places_total' and year = 2020"
    ) == [(264,)]
    assert real.rows(
        "select status from published where code = '200067742' and stat = 'taux_couverture' and year = 2021"
    ) == [("not_published",)]


@pytest.mark.real
@pytest.mark.parametrize("suffix", CNAF_LEVELS)
@pytest.mark.parametrize("dataset", CNAF)
def test_every_value_that_the_cnaf_published_comes_out_unchanged_at_its_level(
    real, real_dir, dataset, suffix
):
    path = real_dir / "caf" / f"{dataset}_{suffix}.csv"
    if not path.exists():
        pytest.skip(f"{path.name} is not among the real files")
    level, header = CNAF_LEVELS[suffix]
    expected = {}
    for row in rows_of(path):
        code = "F" if level == "france" else row[header]
        for column, stat in CNAF[dataset].items():
            cell = number(row[f"{column}_{suffix}"])
            # A rate of 0 over all modes is a hole of the file: the same places are counted elsewhere.
            if cell is not None and not code.startswith("X") and (stat, cell) != ("taux_couverture", 0):
                expected[code, stat, int(row["annee"][:4])] = cell
    stats = list(CNAF[dataset].values())
    read = {
        (code, stat, year): found
        for code, stat, year, found in real.rows(
            "select code, stat, year, value from published where level = ? and list_contains(?, stat) "
            "and value is not null",
            level,
            stats,
        )
    }
    assert expected
    assert {key: read.get(key) for key in expected} == expected
    # A city or region that is also a département has the value published for that; Lyon and Marseille the sum of
    # the places of their arrondissements.
    same_place = {"75056", *OVERSEAS} if level in ("commune", "region") else set()
    same_place |= {"13055", "69123"} if dataset == "nbpla_pe" and level == "commune" else set()
    # The overall rate of the communes of 10,000 inhabitants or fewer stands in a file of its own.
    others = set(overall_rates(real_dir)) if (dataset, level) == ("txcouv_pe", "commune") else set()
    assert {key[0] for key in set(read) - set(expected)} <= same_place | others


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "level", "column", "year"),
    [
        ("FILO2019_DISP_COM.csv", "commune", "Q219", 2019),
        ("FILO2019_DISP_EPCI.csv", "epci", "Q219", 2019),
        ("FILO2019_DISP_DEP.csv", "departement", "Q219", 2019),
        ("FILO2019_DISP_REG.csv", "region", "Q219", 2019),
        ("cc_filosofi_2020_COM.csv", "commune", "MED20", 2020),
        ("cc_filosofi_2021_COM.csv", "commune", "MED21", 2021),
    ],
)
def test_every_median_that_the_insee_published_comes_out_unchanged(real, real_dir, name, level, column, year):
    places = {code for (code,) in real.rows("select code from territory where level = ?", level)}
    expected = {
        row["CODGEO"]: median
        for row in rows_of(real_dir / "filosofi" / name)
        if (median := number(row[column])) is not None and row["CODGEO"] in places
    }
    read = dict(
        real.rows(
            "select code, value from figure where level = ? and indicator = 'niveau_vie_median' and year = ?",
            level,
            year,
        )
    )
    assert len(expected) > 10
    assert {code: read.get(code) for code in expected} == expected


@pytest.mark.real
def test_what_is_not_published_is_null_and_never_zero(real, real_dir):
    with_rate = {
        row["numcom"]
        for row in rows_of(real_dir / "caf" / "txcouv_pe_com.csv")
        if number(row["txcouv_com"]) is not None
    }
    read = {
        code
        for (code,) in real.rows(
            "select code from figure where level = 'commune' and indicator = 'taux_couverture' and value is not null"
        )
    }
    # Paris is also a département, whose rate is published; small communes have theirs in a file of its own.
    assert read == with_rate | {"75056"} | set(overall_rates(real_dir))
    secret = [
        r["CODGEO"] for r in rows_of(real_dir / "filosofi" / "cc_filosofi_2021_COM.csv") if r["TP6021"] == "s"
    ]
    assert secret
    masked = dict(
        real.rows(
            "select code, value from published where level = 'commune' and stat = 'taux_pauvrete' and year = 2021"
        )
    )
    assert {masked.get(code) for code in secret} == {None}


@pytest.mark.real
def test_a_value_is_null_exactly_when_its_status_is_an_unknown_one(real):
    for table in ("figure", "published", "stat"):
        wrong = real.rows(
            f"select status, value is null, count(*) from {table} "
            "where (value is null) = list_contains(?, status) group by all",
            [str(status) for status in KNOWN],
        )
        assert wrong == [], table


@pytest.mark.real
def test_each_damaged_file_is_refused_with_a_reason_and_the_rest_loads(real, real_dir):
    damaged = {path.name for path in (real_dir / "damaged").iterdir()}
    reasons = {Path(file).name: reason for file, reason in real.rows("select file, reason from refusal")}
    assert damaged <= set(reasons)
    for name in damaged:
        assert len(reasons[name]) > 40, name
    assert "01001" in reasons["EPCI_lost_leading_zeros.csv"]
    loaded = {source for (source,) in real.rows("select distinct id from source")}
    assert {"cog_communes", "epci_dgcl", "naissances", "txcouv_pe", "bpe", "contours_communes"} <= loaded


@pytest.mark.real
def test_codes_keep_their_leading_zeros_and_letters(real):
    codes = {code for (code,) in real.rows("select code from territory where level = 'commune'")}
    assert {"01004", "2A004", "97411"} <= codes
    assert {len(code) for code in codes} == {5}
    assert real.rows("select name from territory where level = 'region' and code = '75'") == [
        ("Nouvelle-Aquitaine",)
    ]
    assert real.rows("select name from territory where level = 'departement' and code = '75'") == [("Paris",)]


# --- The fictional territory, recomputed in plain Python ------------------------------------------


@pytest.fixture(scope="module")
def island(demo_db) -> warehouse.Database:
    return warehouse.open_database(demo_db)


def test_the_figures_of_the_fictional_territory_are_those_of_ten_lines_of_python(island, demo_raw):
    epci_of = {r["CODGEO"]: r["EPCI"] for r in composition(demo_raw)}
    ages = [
        (r["GEO"], int(r["AGE"][1:]), float(r["OBS_VALUE"]))
        for r in rows_of(demo_raw / "DS_RP_TD_POPULATION_AGESEX_PRINC_2023_CSV_FR.zip")
        if r["GEO_OBJECT"] == "COM" and r["SEX"] == "_T" and r["AGE"][1:].isdigit()
    ]
    city = city_of(demo_raw)
    alsh = {
        city.get(r["DEPCOM"], r["DEPCOM"]) for r in rows_of(demo_raw / "BPE25.zip") if r["TYPEQU"] == "D505"
    }
    children, near = Counter(), Counter()
    for commune, age, count in ages:
        if 3 <= age <= 11:
            children[epci_of[commune]] += count
            near[epci_of[commune]] += count if commune in alsh else 0
    assert len(children) == 5, "four EPCI, and a commune outside any"
    for epci in children.keys() - {"ZZZZZZZZZ"}:
        expected = near[epci] / children[epci] * 100
        assert value(island, "epci", epci, "acces_alsh", 2025) == pytest.approx(expected, abs=1e-6)


def test_places_for_100_children_are_the_places_divided_by_the_children_once(island, demo_raw):
    epci_of = {r["CODGEO"]: r["EPCI"] for r in composition(demo_raw)}
    under_three: dict[str, float] = defaultdict(float)
    for r in rows_of(demo_raw / "DS_RP_TD_POPULATION_AGESEX_PRINC_2023_CSV_FR.zip"):
        if r["GEO_OBJECT"] == "COM" and r["SEX"] == "_T" and r["AGE"] in ("Y0", "Y1", "Y2"):
            under_three[epci_of[r["GEO"]]] += float(r["OBS_VALUE"])
    for row in rows_of(demo_raw / "nbpla_pe_epci.csv"):
        if row["annee"] == "2023" and row["numepci"] in under_three:
            expected = float(row["tot_offre_epci"]) / under_three[row["numepci"]] * 100
            assert value(island, "epci", row["numepci"], "places_100", 2023) == pytest.approx(
                expected, abs=1e-6
            )


def test_a_merged_commune_counts_in_the_one_that_holds_it_today(island, demo_raw):
    gone = dict(
        island.rows(
            "select old, new from carried where kind = 'merged' or old not in (select code from territory)"
        )
    )
    assert gone
    births: Counter[str] = Counter()
    for row in rows_of(demo_raw / BIRTHS):
        if row["GEO_OBJECT"] == "COM" and row["TIME_PERIOD"] == "2020" and row["OBS_VALUE"]:
            births[gone.get(row["GEO"], row["GEO"])] += float(row["OBS_VALUE"])
    for commune in set(gone.values()):
        assert value(island, "commune", commune, "naissances", 2020) == births[commune]


def test_a_database_of_invented_places_says_so(island):
    assert island.fictional
    assert island.rows(
        "select kind, count(*) from territory where level = 'commune' group by kind order by kind"
    ) == [
        ("", 120),
        ("ARM", 3),
    ]


# --- Atomic build --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def village(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("village")
    write_demo(folder, communes=3, seed=5)
    return folder


def _grown(entry: os.DirEntry) -> bool:
    """Whether a build has written something there; what it took away meanwhile is not there."""
    try:
        return entry.is_dir() or entry.stat().st_size > 0
    except FileNotFoundError:
        return False


def test_a_build_killed_at_any_moment_leaves_the_database_that_serves(
    village, demo_raw, demo_db, tmp_path, tmp_path_factory, monkeypatch
):
    db = tmp_path / "diagnostic.duckdb"
    shutil.copy(demo_db, db)
    workspaces = tmp_path_factory.mktemp("workspaces")
    monkeypatch.setenv("TMPDIR", str(workspaces))
    monkeypatch.setattr(tempfile, "tempdir", str(workspaces))
    before = db.read_bytes()
    command = [sys.executable, "-m", "diagnostic", "build", "--raw", str(demo_raw), "--db", str(db)]
    for growing in (False, True):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            beside = [entry for entry in os.scandir(tmp_path) if entry.name != db.name]
            if beside and (not growing or any(map(_grown, beside))):
                process.send_signal(signal.SIGKILL)
                break
        assert process.wait() == -signal.SIGKILL
        assert db.read_bytes() == before
        assert (
            len(warehouse.open_database(db).rows("select code from territory where level = 'commune'")) == 123
        )
    report = warehouse.build([village], db)
    assert report.loaded
    assert {path.name for path in tmp_path.iterdir()} == {db.name, "data-changes.md"}
    assert not list(workspaces.iterdir())
    assert len(warehouse.open_database(db).rows("select code from territory where level = 'commune'")) == 3


def test_a_build_that_fails_leaves_the_database_that_serves(village, tmp_path):
    db = tmp_path / "diagnostic.duckdb"
    warehouse.build([village], db)
    before = db.read_bytes()
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(DiagnosticError):
        warehouse.build([empty], db)
    assert db.read_bytes() == before


def test_a_broken_file_beside_good_ones_is_refused_alone(village, tmp_path):
    raw = tmp_path / "raw"
    shutil.copytree(village, raw)
    births = raw / "DS_ETAT_CIVIL_NAIS_COMMUNES_data.csv"
    text = content(raw / BIRTHS).decode()
    (raw / BIRTHS).unlink()
    births.write_text(text.replace('"COM";"LVB"', '"COM";"LVB";"";""'), "utf-8")
    report = warehouse.build([raw], tmp_path / "diagnostic.duckdb")
    assert [refused.file for refused in report.refused] == [births.name]
    assert "ligne 2" in report.refused[0].reason
    assert "naissances" in {indicator for indicator, _ in report.silenced}
    assert len(report.loaded) > 10


# --- Loaders: what happens to files on their way to us --------------------------------------------

HEADER = ["CODGEO", "NBMENFISC21", "NBPERSMENFISC21", "MED21", "TP6021"]


def table(codes: list[str]) -> list[list[str]]:
    return [[code, str(1000 + i), "2500", f"{21000 + i},5", "s"] for i, code in enumerate(codes)]


def text_of(header: list[str], rows: list[list[str]], quote: str = "") -> str:
    return "".join(";".join(f"{quote}{cell}{quote}" for cell in line) + "\n" for line in [header, *rows])


def read_back(content: bytes, folder: Path) -> list[tuple[str, float | None]]:
    """What the loader understands of a file: code and median, in order; Unreadable when it refuses."""
    path = folder / "file.csv"
    path.write_bytes(content)
    candidate = files.Candidate(path.name, path)
    (layout,) = layouts.recognise(candidate, folder)
    assert layout.source.id == "filosofi_communes"
    with duckdb.connect() as con:
        con.execute((SQL / "macros.sql").read_text("utf-8"))
        staging.stage(con, candidate, layout, folder)
        checking.check(con, layout)
        return con.execute('select "COM", finite(num("MED")) from raw order by "COM"').fetchall()


CODES = st.lists(
    st.sampled_from([f"{d}{c:03d}" for d in ("01", "2A", "33", "97", "F1") for c in range(1, 40)]),
    min_size=2,
    max_size=25,
    unique=True,
)
FAST = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def truth(codes: list[str]) -> list[tuple[str, float]]:
    return sorted((row[0], float(row[3].replace(",", "."))) for row in table(codes))


@FAST
@given(codes=CODES, encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]))
def test_a_file_saved_again_in_another_encoding_gives_the_same_figures(tmp_path, codes, encoding):
    accented = text_of(["LIBELLÉ", *HEADER], [["Évry", *row] for row in table(codes)])
    assert read_back(accented.encode(encoding), tmp_path) == truth(codes)


@FAST
@given(codes=CODES, order=st.permutations(range(len(HEADER))), quote=st.sampled_from(["", '"']))
def test_columns_in_another_order_and_quoted_cells_give_the_same_figures(tmp_path, codes, order, quote):
    rows = [[row[i] for i in order] for row in table(codes)]
    content = text_of([HEADER[i] for i in order], rows, quote)
    assert read_back(content.encode(), tmp_path) == truth(codes)


@FAST
@given(codes=CODES, space=st.sampled_from(["\u202f", "\u00a0", " "]))
def test_thousands_set_apart_by_a_space_give_the_same_figures(tmp_path, codes, space):
    rows = [[*row[:3], f"{row[3][:2]}{space}{row[3][2:]}", row[4]] for row in table(codes)]
    assert read_back(text_of(HEADER, rows).encode(), tmp_path) == truth(codes)


@FAST
@given(codes=CODES, data=st.data())
def test_a_key_given_twice_is_read_once_or_refuses_the_file_when_the_values_disagree(tmp_path, codes, data):
    rows = table(codes)
    twice = data.draw(st.sampled_from(rows))
    assert read_back(text_of(HEADER, [*rows, twice]).encode(), tmp_path) == truth(codes)
    other = [*twice[:3], "99999,5", twice[4]]
    with pytest.raises(files.Unreadable, match=twice[0]):
        read_back(text_of(HEADER, [*rows, other]).encode(), tmp_path)


@FAST
@given(codes=CODES)
def test_a_lost_leading_zero_refuses_the_file_with_its_line_and_the_code_expected(tmp_path, codes):
    rows = [
        ["33063", "1", "2", "3", "s"],
        *table([c for c in codes if c[0] == "0"]),
        ["01999", "1", "2", "3", "s"],
    ]
    lost = [[row[0].lstrip("0"), *row[1:]] for row in rows]
    with pytest.raises(files.Unreadable) as refusal:
        read_back(text_of(HEADER, lost).encode(), tmp_path)
    assert "ligne 3" in str(refusal.value) and rows[1][0] in str(refusal.value)


@FAST
@given(codes=CODES, data=st.data())
def test_a_truncated_file_is_refused_or_gives_no_figure_that_the_whole_file_does_not(tmp_path, codes, data):
    content = text_of(HEADER, table(codes)).encode()
    cut = data.draw(st.integers(0, len(content) - 1))
    kept = content[:cut]
    try:
        found = read_back(kept, tmp_path)
    except files.Unreadable:
        return
    # The cell that the cut falls in cannot be told from a shorter one.
    last = kept.rsplit(b"\n", 1)[1].split(b";")[0].decode()
    assert {row for row in found if row[0] != last} <= set(truth(codes))


@FAST
@given(codes=CODES, data=st.data(), cells=st.sampled_from([1, 2, 4, 6, 7, 30]))
def test_a_row_with_too_few_or_too_many_cells_refuses_the_file_with_its_line(tmp_path, codes, data, cells):
    rows = table(codes)
    line = data.draw(st.integers(0, len(rows) - 1))
    rows[line] = [rows[line][0], *["1"] * (cells - 1)]
    with pytest.raises(files.Unreadable, match=f"ligne {line + 2}"):
        read_back(text_of(HEADER, rows).encode(), tmp_path)


@FAST
@given(codes=CODES, data=st.data(), cell=st.sampled_from(["abc", "12,3,4", "1e999", "#REF!", "<html>"]))
def test_a_cell_that_is_no_number_is_unknown_and_several_refuse_the_file_with_the_first_line(
    tmp_path, codes, data, cell
):
    rows = table(codes)
    line = data.draw(st.integers(0, len(rows) - 1))
    rows[line][3] = cell
    read = dict(read_back(text_of(HEADER, rows).encode(), tmp_path))
    assert read == {**dict(truth(codes)), rows[line][0]: None}
    for row in rows:
        row[3] = cell
    with pytest.raises(files.Unreadable, match="ligne 2"):
        read_back(text_of(HEADER, rows).encode(), tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("vide.csv", b"", "vide"),
        ("page.csv", b"<!DOCTYPE html><html><body>Erreur</body></html>", "page web"),
        ("autre.csv", b"a;b;c\n1;2;3\n", "colonnes inconnues"),
        ("nul.csv", b"CODGEO;NBMENFISC21\n\x00\x00\x00;1\n", "octets nuls"),
    ],
)
def test_what_is_not_one_of_our_files_is_said_to_be_so(tmp_path, name, content, word):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(files.Unreadable, match=word):
        layouts.recognise(files.Candidate(name, path), tmp_path)


@pytest.mark.parametrize("name", ["tout.zip", "tout.csv.gz"])
def test_an_archive_cut_off_in_its_download_is_refused(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"PK\x03\x04abc" if name.endswith("zip") else b"\x1f\x8b\x08\x00abc")
    with pytest.raises(files.Unreadable, match="illisible"):
        for candidate in files.candidates(path):
            layouts.recognise(candidate, tmp_path)


def test_places_that_the_official_rate_contradicts_are_not_shown(real_db):
    """The file gives 94 places to Aix-Marseille-Provence, whose published rate is 54.4 per 100 children."""
    db = warehouse.open_database(real_db)
    rows = db.rows(
        "select value, numerator, status, note from figure where level = 'epci' and code = '200054807' "
        "and indicator in ('places_100', 'places_eaje_100', 'places_am_100')"
    )
    assert len(rows) == 3
    for value, numerator, status, note in rows:
        assert (value, numerator, status) == (None, None, "missing") and "places publiées" in note
    kept = db.rows(
        "select numerator / denominator * 100 from figure where level = 'epci' and code = '243300316' and indicator = 'places_100'"
    )
    assert round(kept[0][0], 1) == 65.5


def test_no_shown_count_of_places_is_half_off_the_rate_of_the_same_producer(real_db):
    worst = warehouse.open_database(real_db).rows(
        "select min(p.value / t.value), max(p.value / t.value) from figure p join figure t using (level, code) "
        "where p.indicator = 'places_100' and t.indicator = 'taux_couverture' and t.value > 0"
    )[0]
    assert 0.5 <= worst[0] <= worst[1] <= 1.5


def test_a_short_answer_is_asked_of_the_database_once_and_a_long_question_each_time(demo_db, monkeypatch):
    base = warehouse.database.Database(demo_db, (0, 0, 0))
    asked: list[str] = []
    put = base._asked
    monkeypatch.setattr(base, "_asked", lambda *asking: asked.append("") or put(*asking))
    question = "select code from territory where level = ? order by code limit 3"
    first = base.rows(question, "commune")
    first.clear()
    assert len(base.rows(question, "commune")) == 3 and len(asked) == 1
    assert base.rows(question, "epci") != base.rows(question, "commune")
    codes = ["F0001"] * 2_000
    for _ in range(2):
        base.rows("select count(*) from territory where code in (select unnest(?))", codes)
    assert len(asked) == 4


def test_what_stood_under_a_code_that_is_gone_is_carried_and_what_no_movement_touches_stands_once(demo_db):
    with duckdb.connect() as con:
        for name in ("macros.sql", "schema.sql"):
            con.execute((SQL / name).read_text("utf-8"))
        con.execute(
            """
            create table carried (old varchar, new varchar);
            create table division (before varchar, after varchar, last_year integer);
            create table renumbered (old varchar, new varchar, since integer, last_year integer);
            create table current_commune (code varchar, parent varchar, typecom varchar);
            create table territory (level varchar, code varchar, parent varchar);
            create table membership (level varchar, code varchar, commune varchar);
            -- A code whose commune of today is not known hides nothing of the others.
            insert into carried values ('93059', '93066'), ('99001', null);
            insert into current_commune values ('93066', null, 'COM'), ('33063', null, 'COM');
            insert into iris (code, commune) values ('930590101', '93059'), ('930660101', '93066'), ('330630101', '33063');
            insert into stat_all (commune, stat, year, value, source)
            values ('93059', 'births', 2020, 1, 'a'), ('93066', 'births', 2020, 2, 'a'), ('33063', 'births', 2020, 4, 'a');
            insert into age_all (commune, year, age, value, source) values ('33063', 2020, 1, 5, 'a');
            """
        )
        con.execute((SQL / "carry.sql").read_text("utf-8"))
        assert con.execute("select commune, value from stat order by commune").fetchall() == [
            ("33063", 4),
            ("93066", 3),
        ]
        assert con.execute("select commune, value from population_age").fetchall() == [("33063", 5)]
        assert con.execute("select commune, count(*) from iris group by 1 order by 1").fetchall() == [
            ("33063", 1),
            ("93066", 2),
        ]
    db = warehouse.open_database(demo_db)
    for table, key in (
        ("stat", "commune, stat, year"),
        ("population_age", "commune, year, age"),
        ("published", "level, code, stat, year"),
    ):
        assert db.rows(f"select {key} from {table} group by all having count(*) > 1 limit 1") == []


def test_a_commune_that_was_shared_out_in_one_day_goes_to_the_same_one_whatever_the_order_of_the_rows():
    def carried(*movements: str) -> list[tuple]:
        with duckdb.connect() as con:
            con.execute((SQL / "schema.sql").read_text("utf-8"))
            con.execute("insert into cog_commune (year, code) values (2025, '45093'), (2025, '45313')")
            for after in movements:
                con.execute(
                    "insert into cog_movement (kind, on_date, before, after) values ('30', '1965-01-01', '45117', ?)",
                    [after],
                )
            geography.follow(con)
            return con.execute("select old, new from carried").fetchall()

    assert carried("45093", "45313") == carried("45313", "45093") == [("45117", "45313")]
