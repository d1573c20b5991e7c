"""Official files as they reach people, with the right answer: codes, positions, statuses, repetitions, odd rows."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from pathlib import Path

import duckdb
import pytest

from diagnostic import warehouse
from diagnostic.sources import SOURCES
from diagnostic.warehouse import files, layouts, positions, staging

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT.parent / "shared" / "cases" / "files"
HOMES = ("33", "85", "95")


def geography(real_dir: Path, raw: Path) -> None:
    """The real geography of three départements: lists, movements, populations, outlines."""
    raw.mkdir(parents=True, exist_ok=True)
    for path in sorted((real_dir / "cog").glob("*_2026.csv")):
        shutil.copy(path, raw)
    communes = raw / "v_commune_2026.csv"
    with communes.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    kept = [row for row in rows if row["TYPECOM"] == "COM" and row["DEP"] in HOMES]
    with communes.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(kept)
    people = (real_dir / "population" / "donnees_communes.csv").read_text("utf-8").splitlines()
    (raw / "donnees_communes_2023.csv").write_text(
        "\n".join([people[0], *(line for line in people[1:] if line.split(";")[2] in HOMES)]), "utf-8"
    )
    content = json.loads((real_dir / "geo" / "communes-1000m.geojson").read_text("utf-8"))
    content["features"] = [f for f in content["features"] if f["properties"]["departement"] in HOMES]
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
        con.execute(staging.MACROS)
        staging.stage(con, candidate, layout, folder)
        staging.check(con, layout)
        return con.execute("select annee, code, total from raw order by code").fetchall()


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
    "number": "1",
}
LOST = {
    "commune": "1004",
    "communes": "33063;1004",
    "departement": "1",
    "region": "1",
    "epci": "43300316",
    "postcode": "1000",
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
    level = staging.AREA_KINDS.get(kind, kind)

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
        con.execute(staging.MACROS)
        con.execute(f"create table raw ({', '.join(f'{chr(34)}{n}{chr(34)} varchar' for n in names)})")
        for cells in (row(1), lost, *(row(n) for n in range(3, 9))):
            con.execute(f"insert into raw values ({', '.join('?' * len(names))})", cells)
        with pytest.raises(files.Unreadable, match="a perdu son zéro") as refusal:
            staging.check(con, layout)
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
