"""What a user downloads is what we read: the producers' own layouts, archives and extra members included."""

from __future__ import annotations

import gzip
import json
import re
import zipfile
from pathlib import Path

import pytest

from diagnostic import warehouse
from diagnostic.sources import SOURCES
from diagnostic.warehouse import files, layouts, positions

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
LAYOUTS = SHARED / "layouts"


@pytest.fixture(scope="module")
def downloaded(tmp_path_factory, real_dir) -> tuple[warehouse.Database, warehouse.BuildReport]:
    """The database built from files in the producers' layouts, with the real geography."""
    if not LAYOUTS.is_dir():
        pytest.skip("the files in the producers' layouts are absent: put them in ../shared/layouts")
    db = tmp_path_factory.mktemp("downloaded") / "diagnostic.duckdb"
    report = warehouse.build([LAYOUTS, real_dir / "cog", real_dir / "epci"], db)
    return warehouse.open_database(db), report


def one(db: warehouse.Database, sql: str, *parameters: object) -> object:
    return db.rows(sql, *parameters)[0][0]


@pytest.mark.real
def test_a_delegated_commune_is_counted_once_in_the_commune_that_holds_it(downloaded):
    db, _ = downloaded
    people = "select value from figure where indicator = 'population' and level = ? and code = ?"
    assert one(db, people, "france", "F") == 68_094_280
    assert one(db, people, "commune", "74010") == 132_117


@pytest.mark.real
def test_a_district_given_in_two_coordinate_systems_is_one_district_inside_its_departement(downloaded):
    db, _ = downloaded
    assert db.rows("select code from qpv group by code having count(*) > 1") == []
    assert one(db, "select count(*) from qpv where located and code like 'QN095%'") == 42
    outside = db.rows(
        "select qpv.code from qpv join qpv_commune on qpv_commune.qpv = qpv.code "
        "join territory on territory.level = 'commune' and territory.code = qpv_commune.commune "
        "join geometry on geometry.level = 'departement' and geometry.code = territory.departement "
        "where qpv.lon is not null and not (qpv.lon between west and east and qpv.lat between south and north)"
    )
    assert outside == []
    assert one(db, "select count(*) from qpv where lon is not null") == 42


@pytest.mark.real
def test_every_facility_that_has_a_position_is_in_france(downloaded):
    db, _ = downloaded
    placed = db.rows("select lon, lat from facility where lon is not null")
    assert len(placed) > 1_000
    assert [p for p in placed if not positions.in_france(*p)] == []


@pytest.mark.real
def test_every_commune_of_the_outlines_has_its_own_and_larger_territories_too(downloaded):
    db, _ = downloaded
    with gzip.open(LAYOUTS / "communes-100m.geojson.gz") as stream:
        features = json.load(stream)["features"]
    drawn = {f["properties"]["code"] for f in features if f["geometry"] and f["geometry"]["coordinates"]}
    today = {code for (code,) in db.rows("select code from territory where level = 'commune'")}
    outlined = {code for (code,) in db.rows("select code from geometry where level = 'commune'")}
    assert drawn & today <= outlined
    assert one(db, "select count(*) from geometry where level = 'departement'") == 101
    assert one(db, "select count(*) from geometry where level = 'region'") == 18
    assert one(db, "select count(*) from geometry where level = 'epci'") > 1_240


@pytest.mark.real
def test_every_epci_keeps_its_nature_whichever_file_tells_it(downloaded):
    db, _ = downloaded
    assert one(db, "select count(*) from territory where level = 'epci'") > 1_240
    assert db.rows("select code from territory where level = 'epci' and coalesce(kind, '') = ''") == []


@pytest.mark.real
def test_of_an_archive_each_member_is_taken_or_left_in_one_quiet_line(downloaded):
    _, report = downloaded
    assert report.refused == ()
    about = [r.sentence for r in report.remarks if r.file == "ensemble.zip"]
    assert len(about) == 1
    for member in ("arrondissements", "cantons", "communes_deleguees", "departements", "regions"):
        assert f"donnees_{member}.csv" in about[0]
    assert [x.file for x in report.loaded if x.source == "populations_legales"] == [
        "ensemble.zip › donnees_communes.csv"
    ]


def _every_table(path: Path, workspace: Path) -> list[tuple[str, list[str]]]:
    """Each table that a file holds, with the declared sources that it is in, or the reason of its refusal."""
    try:
        members = files.candidates(path)
    except files.Unreadable as refusal:
        return [(path.name, [f"refused: {refusal}"])]
    found = []
    for candidate in members:
        try:
            for layout in layouts.recognise(candidate, workspace):
                found.append((candidate.label, [layout.source.id]))
        except files.Unreadable as refusal:
            found.append((candidate.label, [f"refused: {refusal}"]))
    return found


def _judged(folder: Path, workspace: Path) -> None:
    for path in files.find([folder]):
        for label, answer in _every_table(path, workspace):
            assert len(answer) == 1, label
            assert "plusieurs façons" not in answer[0], label
            assert not answer[0].startswith("refused") or len(answer[0]) > 40, label


def test_every_file_of_the_fictional_territory_is_in_one_layout_exactly_or_left_by_name(demo_raw, tmp_path):
    for path in files.find([demo_raw]):
        for label, answer in _every_table(path, tmp_path):
            left = answer[0].startswith("refused: ") and "plusieurs façons" not in answer[0]
            assert left or answer[0] in {source.id for source in SOURCES}, (label, answer)


@pytest.mark.real
@pytest.mark.parametrize("folder", ["layouts", "real", "cases/files"])
def test_every_known_file_is_in_one_layout_exactly_or_refused_by_name(folder, tmp_path):
    if not (SHARED / folder).is_dir():
        pytest.skip(f"../shared/{folder} is absent")
    _judged(SHARED / folder, tmp_path)


@pytest.mark.real
def test_the_addresses_said_confirmed_are_those_seen_in_public_code():
    notes = [SHARED / "layouts" / "README.md", SHARED / "real" / "README.md"]
    if not all(note.is_file() for note in notes):
        pytest.skip("the notes on the producers' addresses are absent")
    seen = " ".join(note.read_text("utf-8") for note in notes)
    for source in SOURCES:
        for vintage in source.vintages:
            if vintage.confirmed:
                known = vintage.url.rpartition("/")[2]
                numbered = re.search(r"contours-administratifs/2026/geojson/", vintage.url)
                assert numbered or known in seen, vintage.url
    declared = {vintage.url for source in SOURCES for vintage in source.vintages}
    for address in re.findall(
        r"https://\S+?(?:\.zip|\.xlsx|\.csv|\.geojson\.gz|/raw|_CSV_FR)(?=`)", notes[0].read_text("utf-8")
    ):
        assert address in declared, address


def member(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("donnees.csv", content)
    return path


def test_a_packed_file_is_read_without_being_unpacked(tmp_path):
    path = member(
        tmp_path,
        "naissances.zip",
        "GEO;GEO_OBJECT;EC_MEASURE;TIME_PERIOD;OBS_VALUE\n33063;COM;LVB;2023;2858\n",
    )
    workspace = tmp_path / "work"
    workspace.mkdir()
    (candidate,) = files.candidates(path)
    (layout,) = layouts.recognise(candidate, workspace)
    assert layout.source.id == "naissances"
    assert list(workspace.iterdir()) == []
