"""Official files as they reach people, with the right answer: codes, positions, statuses, repetitions, odd rows."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest
import xlsxwriter

from benchmarks.beginnings import bases
from benchmarks.bench_mutations import Bench
from diagnostic import warehouse
from diagnostic.sources import SOURCES
from diagnostic.warehouse import checking, files, layouts, positions, staging
from diagnostic.warehouse.builder import SQL
from diagnostic.warehouse.sheets import sheets

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT.parent / "shared" / "cases" / "files"
HOMES = ("33", "85", "95")


def geography(real_dir: Path, raw: Path, homes: tuple[str, ...] = HOMES) -> None:
    """The real geography of a few départements: lists, movements, populations, outlines."""
    raw.mkdir(parents=True, exist_ok=True)
    for path in sorted((real_dir / "cog").glob("*_2026.csv")):
        shutil.copyfile(path, raw / path.name)
    communes = raw / "v_commune_2026.csv"
    with communes.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    kept = [row for row in rows if row["TYPECOM"] == "COM" and row["DEP"] in homes]
    with communes.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(kept)
    people = (real_dir / "population" / "donnees_communes.csv").read_text("utf-8").splitlines()
    (raw / "donnees_communes_2023.csv").write_text(
        "\n".join([people[0], *(line for line in people[1:] if line.split(";")[2] in homes)]), "utf-8"
    )
    content = json.loads((real_dir / "geo" / "communes-1000m.geojson").read_text("utf-8"))
    content["features"] = [f for f in content["features"] if f["properties"]["departement"] in homes]
    (raw / "communes.geojson").write_text(json.dumps(content), "utf-8")


@pytest.fixture(scope="module")
def ground(tmp_path_factory, real_dir) -> Path:
    raw = tmp_path_factory.mktemp("ground")
    geography(real_dir, raw)
    return raw


def built(ground: Path, folder: Path, *given: Path) -> tuple[warehouse.Database, warehouse.BuildReport]:
    """The database of the three départements with the files given."""
    raw = folder / "raw"
    raw.mkdir(exist_ok=True)
    for path in given:
        shutil.copy(path, raw)
    report = warehouse.build([ground, raw], folder / "diagnostic.duckdb")
    return warehouse.open_database(folder / "diagnostic.duckdb"), report


def case(name: str) -> Path:
    if not (CASES / name).is_file():
        pytest.skip("the cases are absent: put them in ../shared/cases")
    return CASES / name


@pytest.fixture(scope="module")
def cases(ground, tmp_path_factory) -> tuple[warehouse.Database, warehouse.BuildReport]:
    names = (
        "liste-fs-2026_zero_inverse_id_vide_commune_vide.csv",
        "naissances_commune_retablie_K_W_vendee.csv",
        "qpv_archive_wgs84_et_lambert93.zip",
    )
    return built(ground, tmp_path_factory.mktemp("cases"), *(case(name) for name in names))


@pytest.mark.real
def test_a_place_without_position_stands_at_the_centre_of_its_commune_and_is_told(cases):
    db, report = cases
    assert report.refused == ()
    placed = {
        name: (commune, lon, lat)
        for name, commune, lon, lat in db.rows(
            "select name, commune, lon, lat from facility where stat = 'france_services'"
        )
    }
    # Six rows, one without commune.
    assert len(placed) == 5
    for commune, lon, lat in placed.values():
        west, south, east, north = db.rows(
            "select west, south, east, north from geometry where level = 'departement' and code = '33'"
        )[0]
        assert west <= lon <= east and south <= lat <= north, commune
    centre = db.rows("select lon, lat from territory where level = 'commune' and code = '33402'")[0]
    assert placed["France services de Sainte-Foy-la-Grande"][1:] == centre
    told = " ".join(r.sentence for r in report.remarks if r.file.startswith("liste-fs"))
    assert "Sainte-Foy-la-Grande" in told and "Blaye" in told and "1\u00a0ligne laissée de côté" in told


@pytest.mark.real
def test_half_a_position_is_none(ground, tmp_path):
    name = "liste-fs-2026_zero_inverse_id_vide_commune_vide.csv"
    with case(name).open(encoding="utf-8-sig", newline="") as stream:
        separator = ";" if ";" in stream.readline() else ","
        stream.seek(0)
        rows = list(csv.DictReader(stream, delimiter=separator))
    # The last one is read as it stands: only its latitude goes.
    rows[-1]["latitude"] = ""
    with (tmp_path / "liste-fs-2026.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys(), delimiter=separator)
        writer.writeheader()
        writer.writerows(rows)
    db, _ = built(ground, tmp_path, tmp_path / "liste-fs-2026.csv")
    [(lon, lat, commune)] = db.rows(
        "select lon, lat, commune from facility where name = ?", rows[-1]["lib_fs"]
    )
    assert db.rows("select lon, lat from territory where level = 'commune' and code = ?", commune) == [
        (lon, lat)
    ]


@pytest.mark.real
def test_no_distance_is_measured_to_a_position_out_of_the_departement(cases):
    db, _ = cases
    kilometres = db.rows(
        "select value from figure where level = 'commune' and code = '33402' and indicator = 'distance_france_services'"
    )[0][0]
    assert kilometres < 1.5


@pytest.mark.real
def test_births_counted_with_another_commune_are_shared_once_and_sums_are_complete(cases):
    db, _ = cases
    births = {
        (code, status): value
        for code, value, status in db.rows(
            "select commune, value, status from stat where stat = 'naissances' and year = 2022 "
            "and commune in ('85084', '85165', '85212')"
        )
    }
    assert {status for _, status in births} == {"estimated"}
    assert sum(births.values()) == pytest.approx(96)
    assert min(births.values()) > 10
    with case("naissances_commune_retablie_K_W_vendee.csv").open(encoding="utf-8") as stream:
        total = sum(
            float(row["OBS_VALUE"] or 0)
            for row in csv.DictReader(stream, delimiter=";")
            if row["TIME_PERIOD"] == "2022"
        )
    assert db.rows(
        "select value from figure where level = 'departement' and code = '85' and indicator = 'naissances' and year = 2022"
    )[0][0] == pytest.approx(total)


@pytest.mark.real
def test_districts_of_an_archive_in_two_systems_are_those_of_one(cases):
    db, _ = cases
    assert db.rows("select count(*), count(distinct code) from qpv") == [(42, 42)]
    lon, lat = zip(*db.rows("select lon, lat from qpv"), strict=True)
    assert all(positions.in_france(x, y) for x, y in zip(lon, lat, strict=True))
    assert db.rows("select count(*) from qpv_commune where commune = '95018'") == [(8,)]


@pytest.mark.real
@pytest.mark.parametrize(
    "name",
    [
        "txcouv_pe_com_export_excel.xlsx",
        "txcouv_pe_com_ligne_vide_en_tete.csv",
        "txcouv_pe_com_lignes_vides_excel.csv",
    ],
)
def test_blank_lines_are_no_lines_and_a_workbook_is_read_as_its_csv(name, tmp_path):
    assert [row[1:] for row in read(case(name), tmp_path)] == [
        ("01004", "71.7"),
        ("01033", "54.2"),
        ("01053", "60.6"),
    ]


def read(path: Path, folder: Path) -> list[tuple]:
    """Year, code and overall rate of a file of rates, as they are understood."""
    candidate = files.Candidate(path.name, path)
    (layout,) = layouts.recognise(candidate, folder)
    with duckdb.connect() as con:
        con.execute((SQL / "macros.sql").read_text("utf-8"))
        staging.stage(con, candidate, layout, folder)
        checking.check(con, layout)
        return con.execute("select annee, code, total from raw order by code").fetchall()


THREE_COLUMNS = (
    ("annee", "numcom", "txcouv_com"),
    ("2021", "01004", "71.7"),
    ("2021", "01033", "54.2"),
)
"""A file of rates as the Cnaf writes it."""


@pytest.mark.parametrize(
    ("before", "encoding"),
    [
        ("", "utf-16"),
        ("", "utf-16-le"),
        ("", "utf-16-be"),
        ("sep=;\r\n", "utf-8"),
        ("sep=;\r\n", "utf-16-le"),
    ],
)
def test_a_file_that_a_spreadsheet_wrote_its_own_way_is_read_as_the_original(before, encoding, tmp_path):
    """Two bytes a letter without their mark were « abîmé », and the line that tells the separator hid the header."""
    path = tmp_path / "txcouv_pe_com.csv"
    lines = "".join(f"{';'.join(row)}\r\n" for row in THREE_COLUMNS)
    path.write_bytes((before + lines).encode(encoding))
    assert [row[1:] for row in read(path, tmp_path)] == [row[1:] for row in THREE_COLUMNS[1:]]
    path.write_bytes((before + lines + "2021;01053\r\n").encode(encoding))
    with pytest.raises(files.Unreadable, match=f"ligne {4 + bool(before)}, 2 colonnes au lieu de 3"):
        read(path, tmp_path)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_workbooks_of_other_programs_are_read_and_those_that_are_not_say_what_to_do(tmp_path):
    book = openpyxl.Workbook()
    for row in THREE_COLUMNS:
        book.active.append(row)
    book.save(tmp_path / "rates.xlsx")
    for kind in ("ods", "xls"):
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", kind, "--outdir", tmp_path, tmp_path / "rates.xlsx"],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        assert [row[1:] for row in read(tmp_path / f"rates.{kind}", tmp_path)] == [
            row[1:] for row in THREE_COLUMNS[1:]
        ], kind
        files.candidates(tmp_path / f"rates.{kind}")
    for kind in ("xlsb", "xlsm"):
        with pytest.raises(files.Unreadable, match="enregistrez-le en .xlsx ou en .csv"):
            files.candidates(tmp_path / f"rates.{kind}")


@pytest.mark.real
def test_lost_zeros_of_births_refuse_the_file_with_the_line(ground, tmp_path):
    _, report = built(ground, tmp_path, case("naissances_melodi_zeros_perdus.csv"))
    (refused,) = report.refused
    assert "ligne 2" in refused.reason and "« 01001 »" in refused.reason


# --- every code column of every source -------------------------------------------------------------

WHOLE = {
    "commune": "33063",
    "communes": "33063",
    "departement": "33",
    "region": "75",
    "epci": "243300316",
    "postcode": "33000",
    "qpv": "QN03301M",
    "iris": "330630101",
    "uai": "0330001A",
    "place": "33063",
    "number": "1",
}
LOST = {
    "commune": "1004",
    "communes": "33063;1004",
    "departement": "1",
    "region": "1",
    "epci": "43300316",
    "postcode": "1000",
    "iris": "10040101",
    "uai": "330001A",
    "place": "1004",
}
COLUMNS = [
    (source, column, kind)
    for source in SOURCES
    for column in source.columns
    for kind in ([column.kind] if column.kind != "area" else ["COM", "DEP", "REG", "EPCI"])
    if column.kind in (*LOST, "area") and not source.restores_zeros
]


@pytest.mark.parametrize(
    ("source", "column", "kind"), COLUMNS, ids=lambda item: getattr(item, "id", getattr(item, "name", item))
)
def test_a_lost_zero_refuses_the_file_in_every_code_column_of_every_source(source, column, kind):
    level = checking.AREA_KINDS.get(kind, kind)

    def row(number: int) -> list[str]:
        cells = []
        for other in source.columns:
            if other.name == "GEO_OBJECT":
                cells.append(kind)
            elif other.kind == "area":
                cells.append(WHOLE[level])
            elif other.name in (source.year_column, "annee", "date"):
                cells.append("2023")
            else:
                cells.append(WHOLE.get(other.kind, f"x{number}"))
        return cells

    names = [other.name for other in source.columns]
    lost = row(2)
    lost[names.index(column.name)] = LOST[level]
    layout = layouts.Layout(source, {name: name for name in names}, tuple(names), code_header="numcom")
    with duckdb.connect() as con:
        con.execute((SQL / "macros.sql").read_text("utf-8"))
        con.execute(f"create table raw ({', '.join(f'{chr(34)}{n}{chr(34)} varchar' for n in names)})")
        for cells in (row(1), lost, *(row(n) for n in range(3, 9))):
            con.execute(f"insert into raw values ({', '.join('?' * len(names))})", cells)
        with pytest.raises(files.Unreadable, match="a perdu son zéro") as refusal:
            checking.check(con, layout)
    assert "ligne 3" in str(refusal.value)


# --- one key once per source -----------------------------------------------------------------------

BIRTHS = "GEO;GEO_OBJECT;EC_MEASURE;OBS_STATUS;TIME_PERIOD;OBS_VALUE\n"


def births(path: Path, value: int, communes: tuple[str, ...] = ("33063", "33281")) -> Path:
    path.write_text(BIRTHS + "".join(f"{c};COM;LVB;A;2022;{value}\n" for c in communes), "utf-8")
    return path


@pytest.mark.real
def test_the_same_figures_in_two_files_are_counted_once(ground, tmp_path):
    one, two = births(tmp_path / "a.csv", 30), births(tmp_path / "b.csv", 30)
    db, report = built(ground, tmp_path, one, two)
    assert report.refused == ()
    assert db.rows("select value from stat where stat = 'naissances' and commune = '33063'") == [(30,)]
    assert any("comptées une fois" in r.sentence for r in report.remarks)


@pytest.mark.real
def test_two_files_of_a_vintage_that_disagree_are_named_both(ground, tmp_path):
    one, two = births(tmp_path / "a.csv", 30), births(tmp_path / "b.csv", 31)
    db, report = built(ground, tmp_path, one, two)
    (refused,) = report.refused
    assert "« a.csv »" in refused.reason and "« b.csv »" in refused.reason and "33063" in refused.reason
    assert db.rows("select value from stat where stat = 'naissances' and commune = '33063'") == [(30,)]


@pytest.mark.real
def test_codes_of_no_commune_are_told_and_many_refuse_the_file(ground, tmp_path):
    some = births(tmp_path / "a.csv", 30, ("33063", "33281", "33997"))
    db, report = built(ground, tmp_path, some)
    assert report.refused == ()
    assert "33997" in " ".join(r.sentence for r in report.remarks)
    many = births(tmp_path / "raw" / "a.csv", 30, ("33063", *(f"339{n}" for n in range(60, 99))))
    _, report = (
        built(ground, tmp_path, many)
        if many.parent != tmp_path / "raw"
        else (
            None,
            warehouse.build([ground, many.parent], tmp_path / "other.duckdb"),
        )
    )
    (refused,) = report.refused
    assert "commune" in refused.reason and "33960" in refused.reason


@pytest.mark.real
def test_the_same_facilities_in_an_archive_and_beside_it_are_counted_once(ground, tmp_path):
    header = "AN;NOMRS;DEPCOM;DEP;TYPEQU;LONGITUDE;LATITUDE\n"
    rows = "2025;Crèche A;33063;33;D502;-0.58;44.84\n2025;Crèche B;33063;33;D502;-0.57;44.84\n"
    plain = tmp_path / "BPE25.csv"
    plain.write_text(header + rows, "utf-8")
    packed = tmp_path / "BPE25.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(plain, "BPE25.csv")
    db, _ = built(ground, tmp_path, plain, packed)
    assert db.rows("select value from stat where stat = 'eaje' and commune = '33063'") == [(2,)]


@pytest.mark.real
def test_of_a_facility_that_nothing_counts_only_the_place_and_the_type_are_read(ground, tmp_path):
    path = tmp_path / "BPE25.csv"
    bank = "2025;Banque;85191;85;A203;nulle part;44.84\n"
    nursery = "2025;Crèche;33063;33;D502;{};44.84\n"
    header = "AN;NOMRS;DEPCOM;DEP;TYPEQU;LONGITUDE;LATITUDE\n"
    path.write_text(header + 2 * bank + nursery.format("-0.58"), "utf-8")
    db, report = built(ground, tmp_path, path)
    assert report.refused == ()
    assert not [told for told in report.remarks if "LONGITUDE" in told.sentence or "répétée" in told.sentence]
    eaje = "select value from stat where stat = 'eaje' and commune = '{}'"
    assert db.rows(eaje.format("33063")) == [(1,)]
    # It says that its département is in the list.
    assert db.rows(eaje.format("85191")) == [(0,)]
    path.write_text(header + 2 * nursery.format("nulle part") + 300 * bank, "utf-8")
    _, report = built(ground, tmp_path, path)
    told = " ".join(remark.sentence for remark in report.remarks)
    assert "nulle part" in told and "répétée" in told


@pytest.mark.real
def test_a_text_that_is_refused_leaves_its_turn_to_the_next(ground, tmp_path):
    broken = tmp_path / "BPE25.csv"
    broken.write_text("AN;DEPCOM;DEP;TYPEQU\n2025;33063;33;D502\n2025;33281;33;D502;de trop;ici\n", "utf-8")
    cut = tmp_path / "BPE24.csv.gz"
    packed = gzip.compress(b"AN;DEPCOM;DEP;TYPEQU\n" + b"2024;33063;33;D502\n" * 60_000)
    cut.write_bytes(packed[: len(packed) // 2])
    db, report = built(ground, tmp_path, broken, cut, births(tmp_path / "a.csv", 30, ("33063", "33281")))
    assert {refused.file for refused in report.refused} == {broken.name, cut.name}
    assert db.rows("select value from stat where stat = 'naissances' and commune = '33281' and year = 2022")
    assert "populations_legales" in {loaded.source for loaded in report.loaded}


def test_a_full_disk_is_not_taken_for_a_truncated_file(tmp_path, monkeypatch):
    path = tmp_path / "BPE25.csv"
    path.write_text("AN;DEPCOM;DEP;TYPEQU\n2025;33063;33;D502\n", "utf-8")
    candidate = files.Candidate(path.name, path)
    (layout,) = layouts.recognise(candidate, tmp_path)
    full = duckdb.IOException("Could not write file: No space left on device")
    monkeypatch.setattr(staging, "_read", lambda *_: full)
    with duckdb.connect() as con, pytest.raises(duckdb.IOException, match="No space left"):
        staging.stage(con, candidate, layout, tmp_path)


def test_the_districts_of_2015_are_never_taken_for_those_of_2024(tmp_path):
    square = {"type": "Polygon", "coordinates": [[[1.0, 43.0], [1.1, 43.0], [1.1, 43.1], [1.0, 43.0]]]}
    told = {"CODE_QP": "QP031001", "NOM_QP": "Ancien", "COMMUNE_QP": "Toulouse"}
    path = tmp_path / "QP_2015.geojson"
    path.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": told, "geometry": square}],
            }
        )
    )
    with pytest.raises(files.Unreadable, match="QPV 2015"):
        layouts.recognise(files.Candidate(path.name, path), tmp_path)


# --- positions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y", "system"),
    [
        (417_000, 6_422_000, 2154),
        (655_000, 1_790_000, 5490),
        (340_000, 7_690_000, 2975),
        (400_000, 400, None),
    ],
)
def test_metres_without_declaration_are_recognised_by_their_range(x, y, system):
    assert positions.recognised_crs(x, y) == system


@pytest.mark.parametrize(
    ("crs", "system"),
    [
        ({"properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}, 2154),
        ({"properties": {"name": "EPSG:5490"}}, 5490),
        ({"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, 4326),
        (None, None),
    ],
)
def test_a_declared_coordinate_system_is_understood(crs, system):
    assert positions.declared_crs(crs) == system


# --- communes that only took another number, or that are counted with another ------------------------

# Old code, code of today, EPCI and département of it.
RENUMBERED = (("49069", "49126"), ("69159", "69114"), ("12076", "12218"), ("14011", "14581"))
HELD, HOLDER = "49002", "49007"


@pytest.fixture(scope="module")
def renumbered(real_dir, tmp_path_factory) -> warehouse.Database:
    """Files of 2022 that write the old codes, and counts where one commune stands with another."""
    folder = tmp_path_factory.mktemp("renumbered")
    ground = folder / "ground"
    geography(real_dir, ground, tuple({new[:2] for _, new in RENUMBERED}))
    given = folder / "given"
    given.mkdir()
    with (real_dir / "population" / "donnees_communes.csv").open(encoding="utf-8") as stream:
        communes = [row["COM"] for row in csv.DictReader(stream, delimiter=";")]
    today = {new: old for old, new in RENUMBERED}
    ours = [code for code in communes if code[:2] in {new[:2] for new in today}]
    written = [today.get(code, code) for code in ours]
    (given / "cc_filosofi_2022_COM.csv").write_text(
        "CODGEO;NBMENFISC22;MED22;TP6022\n"
        + "".join(f"{code};300;{20_000 + n};{10 + n % 7}\n" for n, code in enumerate(written)),
        "utf-8",
    )
    (given / "TAUXCOUV2022.csv").write_text(
        "NUM_COM;NUM_EPCI;tauxcouv_com;tauxcouv_epci;tauxcouv_dep;tauxcouv_fe\n"
        + "".join(f"{code};;{40 + n % 50},5;ND;ND;59,4\n" for n, code in enumerate(written)),
        "utf-8",
    )
    # The new code is there with zeros, as in the file of births; the old one has its row in 2022 only where told.
    rows = [f"{code};COM;LVB;A;2022;{0 if code in today else 5}" for code in ours]
    # Lyon is there by arrondissement only in the populations.
    rows += [f"{today['69114']};COM;LVB;A;2022;31", "69123;COM;LVB;A;2022;9"]
    (given / "naissances_2025.csv").write_text(BIRTHS + "\n".join(rows) + "\n", "utf-8")
    counts = [(HOLDER, "W", "3"), (HELD, "K", "")]
    counts += [(code, "A", "1") for code in ours if code[:2] == "49" and code not in (HELD, HOLDER, "49126")]
    counts = [(today.get(code, code), status, value) for code, status, value in counts]
    total = sum(int(value or 0) for _, _, value in counts)
    (given / "DS_BPE_2025_data.csv").write_text(
        "GEO;GEO_OBJECT;FACILITY_DOM;FACILITY_SDOM;FACILITY_TYPE;BPE_MEASURE;OBS_STATUS;TIME_PERIOD;OBS_VALUE\n"
        + "".join(
            f"{code};COM;D;D5;D502;FACILITIES;{status};2025;{value}\n" for code, status, value in counts
        )
        + f"49;DEP;D;D5;D502;FACILITIES;A;2025;{total}\n",
        "utf-8",
    )
    (given / "DS_FILOSOFI_CC_2023_data.csv").write_text(
        "GEO;GEO_OBJECT;FILOSOFI_MEASURE;UNIT_MEASURE;OBS_STATUS;CONF_STATUS;TIME_PERIOD;OBS_VALUE\n"
        f"{HELD};COM;MED_SL;EUR_YR;K;F;2023;0\n{HOLDER};COM;MED_SL;EUR_YR;W;F;2023;23500\n"
        "49015;COM;MED_SL;EUR_YR;A;F;2023;24000\n",
        "utf-8",
    )
    header = "#Code_commune_INSEE;Nom_de_la_commune;Code_postal;Libellé_d_acheminement;Ligne_5\n"
    (given / "laposte_hexasmal.csv").write_bytes(
        (header + "49069;OREE D ANJOU;49270;OREE D ANJOU;DRAIN\n49007;ANGERS;49000;ANGERS;\n").encode(
            "latin-1"
        )
    )
    db, report = built(ground, folder, *given.iterdir())
    assert report.refused == ()
    return db


def published(db: warehouse.Database, code: str, indicator: str, year: int = 2022) -> list[tuple]:
    return db.rows(
        "select value, status from figure where level = 'commune' and code = ? and indicator = ? and year = ?",
        code,
        indicator,
        year,
    )


@pytest.mark.real
@pytest.mark.parametrize(("old", "new"), RENUMBERED)
def test_a_commune_that_only_took_another_number_keeps_what_was_published(renumbered, real_dir, old, new):
    with (real_dir / "population" / "donnees_communes.csv").open(encoding="utf-8") as stream:
        homes = {code[:2] for _, code in RENUMBERED}
        ours = [row["COM"] for row in csv.DictReader(stream, delimiter=";") if row["COM"][:2] in homes]
    at = ours.index(new)
    assert published(renumbered, new, "niveau_vie_median") == [(20_000 + at, "ok")]
    assert published(renumbered, new, "taux_pauvrete") == [(10 + at % 7, "ok")]
    assert published(renumbered, new, "taux_couverture") == [(pytest.approx(40 + at % 50 + 0.5), "ok")]
    assert published(renumbered, old, "niveau_vie_median") == []


@pytest.mark.real
def test_births_written_under_the_old_number_are_those_of_the_commune_else_they_are_unknown(renumbered):
    births = dict(
        renumbered.rows("select commune, value from stat where stat = 'naissances' and year = 2022")
    )
    assert births["69114"] == 31
    assert births["14581"] is None and births["49126"] is None and births["12218"] is None
    covered = dict(
        renumbered.rows(
            "select code, covered from total where level = 'departement' and stat = 'naissances' and year = 2022"
        )
    )
    assert covered["69"] == 1.0
    assert 0.99 < covered["14"] < 1.0 and covered["49"] < 1.0


@pytest.mark.real
def test_facilities_counted_with_another_commune_are_unknown_there_and_once_in_the_sum(renumbered):
    counts = dict(
        renumbered.rows("select commune, value from stat where stat = 'eaje' and commune like '49%'")
    )
    assert counts[HOLDER] == 3 and counts[HELD] is None and counts["49126"] == 0
    total = renumbered.rows(
        "select value, covered from total where level = 'departement' and code = '49' and stat = 'eaje'"
    )
    assert total == [(sum(value for value in counts.values() if value), 1.0)]


@pytest.mark.real
def test_an_income_counted_with_another_commune_is_not_published_and_the_wider_one_is_estimated(renumbered):
    assert published(renumbered, HELD, "niveau_vie_median", 2023) == [(None, "not_published")]
    assert published(renumbered, HOLDER, "niveau_vie_median", 2023) == [(23_500, "estimated")]
    assert published(renumbered, "49015", "niveau_vie_median", 2023) == [(24_000, "ok")]


@pytest.mark.real
def test_the_newer_header_of_the_postcodes_is_read_in_its_own_encoding(renumbered):
    assert renumbered.rows("select postcode, commune from postcode order by postcode") == [
        ("49000", "49007"),
        ("49270", "49126"),
    ]


# --- of the same kinds as the files above ------------------------------------------------------------


def square(lon: float, lat: float) -> dict:
    ring = [[lon, lat], [lon + 0.02, lat], [lon + 0.02, lat + 0.02], [lon, lat + 0.02], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def collection(path: Path, *features: tuple[dict, object]) -> Path:
    told = [{"type": "Feature", "properties": one, "geometry": shape} for one, shape in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": told}), "utf-8")
    return path


def understood(path: Path, folder: Path, columns: str) -> tuple[str, list[tuple], list[str]]:
    """The source that a file is recognised as, the cells kept of it, and what is told."""
    candidate = files.Candidate(path.name, path)
    (layout,) = layouts.recognise(candidate, folder)
    with duckdb.connect() as con:
        con.execute((SQL / "macros.sql").read_text("utf-8"))
        staging.stage(con, candidate, layout, folder)
        told = checking.check(con, layout)
        return layout.source.id, con.execute(f"select {columns} from raw order by all").fetchall(), told


@pytest.mark.real
def test_outlines_whose_first_features_leave_keys_out_are_those_of_communes(tmp_path):
    path = case("contours_etalab_cles_absentes.geojson")
    features = json.loads(path.read_text("utf-8"))["features"]
    source, rows, _ = understood(path, tmp_path, "COM")
    assert source == "contours_communes"
    assert [code for (code,) in rows] == sorted(f["properties"]["code"] for f in features)


@pytest.mark.parametrize("bare", ["epci", "plm", "region"])
def test_a_key_that_a_feature_leaves_out_does_not_change_what_a_map_is(bare, tmp_path):
    told = {"code": "33063", "nom": "Bordeaux", "departement": "33", "region": "75", "epci": "243300316"}
    first = {name: value for name, value in told.items() if name != bare}
    others = {**told, "code": "33281", "plm": True}
    path = collection(tmp_path / "c.geojson", (first, square(-0.6, 44.8)), (others, square(-0.7, 44.8)))
    assert understood(path, tmp_path, "COM")[:2] == ("contours_communes", [("33063",), ("33281",)])


def test_one_code_at_two_places_of_a_map_refuses_it_and_the_same_twice_is_one(tmp_path):
    told = {"code": "33063", "nom": "Bordeaux", "departement": "33", "region": "75"}
    twice = collection(tmp_path / "a.geojson", *[(told, square(-0.6, 44.8))] * 2)
    assert understood(twice, tmp_path, "COM")[1] == [("33063",)]
    apart = collection(tmp_path / "b.geojson", (told, square(-0.6, 44.8)), (told, square(-0.5, 44.8)))
    with pytest.raises(files.Unreadable, match="se contredisent"):
        understood(apart, tmp_path, "COM")


@pytest.mark.parametrize(
    "shape", ["POLYGON EMPTY", [], {"type": "Polygon"}, {"type": "Polygon", "coordinates": [["x"]]}]
)
def test_a_shape_written_wrong_is_no_shape_and_the_others_are_read(shape, tmp_path):
    told = [{"code": f"3300{n}", "nom": "X", "departement": "33"} for n in (1, 2)]
    path = collection(tmp_path / "c.geojson", (told[0], shape), (told[1], square(-0.6, 44.8)))
    assert understood(path, tmp_path, "COM, geometry is null")[1] == [("33001", True), ("33002", False)]


def test_a_map_with_its_axes_swapped_is_refused_even_on_the_invented_island(tmp_path):
    for code, lon, lat in (("33063", 44.8, -0.6), ("F1001", 47.0, -6.0)):
        told = {"code": code, "nom": "X", "departement": code[:2]}
        path = collection(tmp_path / f"{code}.geojson", (told, square(lon, lat)))
        with pytest.raises(files.Unreadable, match="hors de"):
            understood(path, tmp_path, "COM")


def test_what_is_no_code_of_a_district_is_left_out_of_a_list_of_communes_and_told(tmp_path):
    def listed(code: object) -> dict:
        return {"insee_com": "33063", "lib_com": "Bordeaux", "code_qp": code, "lib_qp": "Le Lac"}

    shape = {"type": "Point", "coordinates": [-0.57, 44.87]}
    codes = ("QN03309M", "QN03310M, QN03311M", True)
    path = collection(tmp_path / "c.geojson", *((listed(code), shape) for code in codes))
    source, rows, told = understood(path, tmp_path, "QPV")
    assert source == "qpv_communes" and [code for (code,) in rows] == list(codes[:2])
    (sentence,) = told
    assert "« True » n’est pas un code connu" in sentence and "1\u00a0ligne laissée" in sentence


RATES = "annee;numcom;nomcom;txcouv_com"


def test_a_column_twice_under_one_name_refuses_the_file(tmp_path):
    path = tmp_path / "txcouv_pe_com.csv"
    path.write_text(f"{RATES};txcouv_com\n2022;33063;Bordeaux;74,8;7\n", "utf-8")
    with pytest.raises(files.Unreadable, match="« txcouv_com » apparaît plusieurs fois"):
        understood(path, tmp_path, "total")


@pytest.mark.parametrize("blank", ["", ";;;", "\n\n", ";;;\n"])
def test_blank_lines_around_a_table_are_no_lines(blank, tmp_path):
    path = tmp_path / "txcouv_pe_com.csv"
    path.write_text(f"{blank}\n{RATES}\n2022;33063;Bordeaux;74,8\n{blank}\n;;;\n", "utf-8")
    assert understood(path, tmp_path, "code, total") == ("txcouv_pe", [("33063", "74,8")], [])


def test_one_windows_byte_says_nothing_of_the_other_letters(tmp_path):
    path = tmp_path / "densite.csv"
    lines = [b"insee_com;niveau_densite", *("33063;Rural à habitat dispersé".encode(),) * 1]
    lines += ["33281;Rural à habitat dispersé".encode("cp1252")]
    path.write_bytes(b"\n".join(lines) + b"\n")
    levels = {level for _, level in understood(path, tmp_path, "COM, NIVEAU")[1]}
    assert levels == {"Rural à habitat dispersé"}


def test_incomes_of_a_departement_that_lost_its_zero_are_refused_and_the_country_keeps_its_one(tmp_path):
    header = "CODGEO;LIBGEO;NBMEN19;Q219;D119\n"
    path = tmp_path / "FILO2019_DISP_DEP.csv"
    path.write_text(f"{header}1;Ain;1;23490;1\n33;Gironde;1;22000;1\n", "utf-8")
    with pytest.raises(files.Unreadable, match="« 01 » attendu"):
        understood(path, tmp_path, "CODGEO")
    path.write_text(f"{header}1;France métropolitaine;1;21930;1\n", "utf-8")
    assert understood(path, tmp_path, "CODGEO")[1] == [("1",)]


OF_WORDS = ("densite", "epci_natures", "frr", "rp_enfants_parents", "cog_mouvements", "td_pop1b")
"""The sources of which a word or a code, not a number, decides the figure."""


def test_a_word_that_we_do_not_know_says_nothing_and_a_part_that_is_lost_leaves_no_sum(demo_raw, tmp_path):
    found = [base for base in bases(demo_raw, tmp_path) if base.source in OF_WORDS]
    assert {base.source for base in found} == set(OF_WORDS)
    bench = Bench(tmp_path / "bench", demo_raw, found)
    wrong = []
    for base in found:
        assert base in bench.truth, base.name
        row = len(base.rows) // 2
        for column in range(len(base.rows[0])):
            for odd in ("", "abc", "99999999999999", "NULL"):
                rows = [list(cells) for cells in base.rows]
                rows[row][column] = odd
                facts, told = bench.facts(base, base.written(rows))
                verdict = bench.judged(facts, bench.truth[base], told) if facts else "refused"
                if verdict.startswith("wrong"):
                    wrong.append((base.source, base.rows[0][column], odd, verdict))
    assert not wrong, wrong[:5]


def test_a_level_of_density_that_we_do_not_know_is_counted_and_told(tmp_path):
    path = tmp_path / "densite.csv"
    levels = [
        "Bourgs ruraux",
        "Rural fantastique",
        "Villages du bord",
        "Bourgs ruraux",
        "",
        "Villages du bord",
    ]
    lines = "".join(f"330{number:02d};{level}\n" for number, level in enumerate(levels, 1))
    path.write_text(f"insee_com;niveau_densite\n{lines}", "utf-8")
    _, rows, told = understood(path, tmp_path, "COM, NIVEAU")
    assert [level for _, level in rows] == ["Bourgs ruraux", "Rural fantastique", "", "Bourgs ruraux", "", ""]
    # Two of six rows; the one without a word says nothing already.
    (sentence,) = told
    assert "ligne 4" in sentence and "« Villages du bord »" in sentence
    assert sentence.endswith("2\u00a0valeurs tenues pour inconnues.")


@pytest.mark.parametrize(
    ("name", "header", "cells"),
    [
        ("TD_POP1B_2021.csv", "NIVGEO;CODGEO;LIBGEO;SEXE;AGED100;NB", "COM;33063;Bordeaux;{};001;12"),
        (
            "DS_RP_TD_POPULATION_AGESEX_PRINC_2023_data.csv",
            "GEO;GEO_OBJECT;AGE;SEX;RP_MEASURE;OBS_STATUS;TIME_PERIOD;OBS_VALUE",
            "33063;COM;Y1;{};POP;A;2023;12",
        ),
    ],
)  # fmt: skip
def test_an_age_lost_under_an_odd_code_refuses_the_census_since_its_sums_would_lack_it(
    tmp_path, name, header, cells
):
    path = tmp_path / name
    known = "1" if name.startswith("TD") else "_T"
    path.write_text(f"{header}\n{cells.format(known)}\n{cells.format('abc')}\n", "utf-8")
    with pytest.raises(files.Unreadable, match="ligne 3.*« abc » n’est pas un code connu"):
        understood(path, tmp_path, "OBS_VALUE")


def test_a_code_of_no_dimension_of_melodi_is_told_or_refuses_the_file(demo_raw, tmp_path):
    by_id = {source.id: [c.name for c in source.columns if c.kind == "dimension"] for source in SOURCES}
    melodi = {source.id for source in SOURCES if "GEO_OBJECT" in by_id[source.id]}
    assert len(melodi) >= 10
    found = [base for base in bases(demo_raw, tmp_path) if base.source in melodi]
    assert {base.source for base in found} == melodi
    bench = Bench(tmp_path / "bench", demo_raw, found)
    for base in found:
        row = len(base.rows) // 2
        for at, name in enumerate(by_id[base.source]):
            if name not in base.rows[0]:
                continue
            rows = [list(cells) for cells in base.rows]
            rows[row][base.rows[0].index(name)] = odd = ("", "abc")[at % 2]
            facts, told = bench.facts(base, base.written(rows))
            assert told or not facts, (base.source, name, odd)
            assert not facts or not bench.judged(facts, bench.truth[base], told).startswith("wrong")


def test_a_code_that_one_row_alone_bears_among_a_thousand_is_told(tmp_path):
    path = tmp_path / "DS_ETAT_CIVIL_NAIS_COMMUNES_2025_data.csv"
    rows = [f"A;{33001 + at};COM;LVB;A;2024;3" for at in range(1000)]
    rows[41] = rows[41].replace("LVB", "LVBB")
    path.write_text(
        "FREQ;GEO;GEO_OBJECT;EC_MEASURE;OBS_STATUS;TIME_PERIOD;OBS_VALUE\n" + "\n".join(rows), "utf-8"
    )
    _, _, told = understood(path, tmp_path, "GEO")
    assert [" ".join(one.split("colonne ")[1].split()) for one in told] == [
        "EC_MEASURE, « LVBB » ne se lit que là. Une valeur manque si ce code est mal écrit."
    ]
    path.write_text("\n".join(path.read_text("utf-8").splitlines()[:100]), "utf-8")
    assert understood(path, tmp_path, "GEO")[2] == []


@pytest.mark.real
def test_a_code_that_a_producer_renamed_is_told_with_the_indicators_that_it_silences(ground, tmp_path):
    header = "GEO;GEO_OBJECT;SEX;EMPSTA_ENQ;AGE;EDUC;RP_MEASURE;OBS_STATUS;TIME_PERIOD;OBS_VALUE"
    young = [f"_T;{does};Y15T24" for does in ("_T", "1T2", "2", "35T36")]
    rows = [f"33063;COM;{cell};_T;POP;A;2023;10" for cell in (*young, "F;_T;Y15T64", "F;1;Y15T64")]
    path = tmp_path / "DS_RP_EMPLOI_LR_PRINC_2023_data.csv"
    path.write_text("\n".join([header, *rows]), "utf-8")
    _, whole = built(ground, tmp_path, path)
    path.write_text("\n".join([header, *rows]).replace("35T36", "35T37"), "utf-8")
    db, renamed = built(ground, tmp_path, path)
    assert not [remark for remark in whole.remarks if "aucune valeur" in remark.sentence]
    (told,) = (remark for remark in renamed.remarks if "aucune valeur" in remark.sentence)
    assert told.file == path.name
    assert told.sentence.startswith(
        "Recensement, activité et chômage (Melodi) : aucune valeur pour « Jeunes de 15 à 24 ans sans emploi ni études »."
    )
    ask = "select value from figure where level = 'commune' and code = '33063' and indicator = "
    assert db.rows(ask + "'taux_chomage_jeunes'") == [(10 / 10 * 100,)]
    assert [value for (value,) in db.rows(ask + "'part_jeunes_sans_emploi_ni_etudes'")] == [None]


def test_a_sheet_put_out_of_sight_is_not_read_where_there_is_another(tmp_path):
    rows = [
        [
            "annee",
            "numcom",
            "nomcom",
            "numepci",
            "nomepci",
            "numdep",
            "nomdep",
            "pl_eaje_com",
            "tot_offre_com",
        ]
    ]
    rows += [["2020", "33063", "Bordeaux", "243300316", "BM", "33", "Gironde", 900, 1200]]
    old = [[*rows[0]], [*rows[1][:7], 9, 12]]
    path = tmp_path / "nbpla.xlsx"
    book = xlsxwriter.Workbook(str(path))
    for name, held in (("ancien", old), ("donnees", rows)):
        sheet = book.add_worksheet(name)
        for at, row in enumerate(held):
            sheet.write_row(at, 0, row)
        if name == "ancien":
            sheet.hide()
        else:
            sheet.activate()
    book.close()
    (candidate,) = files.candidates(path)
    assert [sheet.name for sheet in sheets(candidate, tmp_path)] == ["donnees"]


def test_a_number_under_zero_is_unknown_and_told_but_for_positions(tmp_path):
    path = tmp_path / "nbpla_pe_com.csv"
    head = "annee;numcom;nomcom;numepci;nomepci;numdep;nomdep;pl_eaje_com;pl_am_ind_com;tot_offre_com"
    rows = [f"2020;3306{n};A;243300316;BM;33;Gironde;{n};20;30" for n in range(1, 10)]
    path.write_text("\n".join([head, *rows[:-1], rows[-1].replace(";9;20", ";-9;20")]) + "\n", "utf-8")
    _, values, told = understood(path, tmp_path, "code, eaje")
    assert values == [(f"3306{n}", str(n) if n < 9 else "") for n in range(1, 10)]
    assert "ligne 10" in told[0] and "« -9 » n’est pas un nombre possible" in told[0]


@pytest.mark.parametrize("cell", ["3.135", "3,135"])
def test_a_count_that_may_be_a_thousand_or_three_is_unknown_and_told(cell, tmp_path):
    path = tmp_path / "nbpla_pe_com.csv"
    head = "annee;numcom;nomcom;numepci;nomepci;numdep;nomdep;pl_eaje_com;pl_am_ind_com;tot_offre_com"
    rows = [f"2020;3306{n};A;243300316;BM;33;Gironde;{n};20.0;3000" for n in range(1, 10)]
    path.write_text("\n".join([head, *rows[:-1], rows[-1].replace(";9;20", f";{cell};20")]) + "\n", "utf-8")
    _, values, told = understood(path, tmp_path, "code, eaje, am")
    assert values == [(f"3306{n}", str(n) if n < 9 else "", "20.0") for n in range(1, 10)]
    assert f"« {cell} » n’est pas un nombre possible" in told[0]


@pytest.mark.parametrize(
    ("cell", "read"),
    [("10 15", ""), ("12 34", ""), ("1 2345", ""), ("1 234", "1 234"), ("1\u202f234", "1\u202f234")],
)
def test_two_numbers_in_a_cell_are_not_run_together(cell, read, tmp_path):
    path = tmp_path / "nbpla_pe_com.csv"
    head = "annee;numcom;nomcom;numepci;nomepci;numdep;nomdep;pl_eaje_com;pl_am_ind_com;tot_offre_com"
    rows = [f"2020;3306{n};A;243300316;BM;33;Gironde;{n};20,5;3000" for n in range(1, 10)]
    path.write_text("\n".join([head, *rows[:-1], rows[-1].replace(";9;20", f";{cell};20")]) + "\n", "utf-8")
    _, values, told = understood(path, tmp_path, "code, eaje, am")
    assert values[-1] == ("33069", read, "20,5") and bool(told) is not bool(read)


@pytest.mark.parametrize("cell", ["21.870", "21,870"])
def test_an_income_of_thousands_is_not_read_in_euros(cell, tmp_path):
    path = tmp_path / "cc_filosofi_2021_COM.csv"
    rows = [f"3306{n};100;20{n}50;s;2{n}00;400{n}0" for n in range(1, 10)]
    lines = ["CODGEO;NBMENFISC21;MED21;TP6021;D121;D921", *rows[:-1], rows[-1].replace("20950", cell)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    _, values, told = understood(path, tmp_path, "COM, MED")
    assert values == [(f"3306{n}", f"20{n}50" if n < 9 else "") for n in range(1, 10)]
    assert f"« {cell} » n’est pas un nombre possible" in told[0]


@pytest.mark.parametrize(
    ("name", "head", "row"),
    [
        (
            "txcouv_pe_com.csv",
            "annee;numcom;nomcom;numepci;nomepci;numdep;nomdep;txcouv_eaje_com;txcouv_com",
            "2023;{code};A;243300316;BM;33;Gironde;0,2;{rate}",
        ),
        ("cc_filosofi_2021_COM.csv", "CODGEO;NBMENFISC21;MED21;TP6021", "{code};100;21500;{rate}"),
    ],
)
def test_rates_that_a_spreadsheet_kept_as_shares_refuse_the_file(name, head, row, tmp_path):
    """71.7 % is 0.717 in the cell of a workbook, and in the CSV that it writes."""

    def written(rates):
        rows = (row.format(code=f"3306{n}", rate=rate) for n, rate in enumerate(rates))
        (tmp_path / name).write_text("\n".join([head, *rows]) + "\n", "utf-8")
        return understood(tmp_path / name, tmp_path, "*")

    with pytest.raises(files.Unreadable, match="0,717 pour 71,7"):
        written(["0,717", "1,04", "0,09", "0", "2,1"])
    assert len(written(["71,7", "104", "9", "0", "1,2"])[1]) == 5


def test_a_year_is_read_whole_or_not_at_all():
    """`left(x, 4)` made 2024 of « 20240 », and 2023 of the two years « 2023-2024 »."""
    con = duckdb.connect()
    con.execute((SQL / "macros.sql").read_text("utf-8"))
    texts = {
        **dict.fromkeys(("2024", "2024.0", "2024,00", "2024-12", "2024-12-31", "2024/01", "202412"), 2024),
        **dict.fromkeys(("2024-12-31T00:00:00+00:00", "2024-T4", "2024T4", "2024 (p)"), 2024),
        **dict.fromkeys(("20240", "2023-2024", "2024-13", "01/01/2024", "2 024", "24", "", "2024 2025")),
    }
    read = {text: con.execute("select year_of(?)", [text]).fetchone()[0] for text in texts}
    assert read == texts


@pytest.mark.parametrize("name", ["txcouv_pe_com_hist.csv", "nbpla_pe_com.csv"])
def test_rates_of_communes_that_lost_their_codes_are_not_those_of_their_epci(name):
    published = ROOT.parent / "shared" / "layouts" / name
    header = published.read_text("utf-8-sig").splitlines()[0].split(";")
    assert layouts.match(header, []) is not None
    assert layouts.match([one for one in header if one != "numcom"], []) is None
