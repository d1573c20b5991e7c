"""Every kind of territory, every kind of reference, every medium: nothing breaks, each value keeps its name and its
year. The cheap media are tried on the whole matrix, the heavy ones on a sample that crosses it."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import shutil
import subprocess
import zipfile
from functools import cache
from itertools import cycle, islice
from pathlib import Path

import pytest
from test_ui import FAILED, html, opened

from diagnostic import exports, french, reading, report, story, text
from diagnostic.exports import batch, table
from diagnostic.indicators import BY_ID, INDICATORS
from diagnostic.model import RATIO_WORDS, DiagnosticError, Level, ReferenceKind
from diagnostic.report import Report
from diagnostic.warehouse import Database, open_database

pytestmark = pytest.mark.real
DAY = dt.date(2026, 11, 23)
KINDS = {
    "small commune": "commune:33065",
    "town": "commune:33063",
    "city of arrondissements": "commune:75056",
    "arrondissement": "commune:75112",
    "epci": "epci:243300316",
    "epci over two départements": "epci:243301454",
    "département": "departement:33",
    "région": "region:75",
    "France": "france",
    "perimeter": "perimetre:33063+33281+33318",
}
REFERENCES = (None, "departement:40", "france", "pairs", "objectif:70", "objectif:80")
HEAVY = ("pptx", "docx", "pdf", "xlsx")
NEVER = re.compile(r"\bNone\b|\bnan\b|\{|\}")


@pytest.fixture(scope="module")
def db(real_db: Path) -> Database:
    return open_database(real_db)


@cache
def made(db: Database, key: str, wanted: str | None) -> Report | None:
    """The report; None where the territory has no peers, which is said."""
    try:
        return report.build(db, key, reference=wanted, on=DAY)
    except DiagnosticError as error:
        assert wanted == "pairs" and "semblables" in str(error)
        assert key.startswith(("france", "perimetre", "commune:751"))
        return None


@pytest.mark.parametrize("kind", KINDS)
def test_text_json_and_csv_give_each_value_its_own_name_and_year(db, kind):
    for wanted in REFERENCES:
        found = made(db, KINDS[kind], wanted)
        if found is None:
            continue
        written = text.written(found)
        flat = re.sub(r"\s*\n\s*", " ", written)
        if found.reference is not None:
            assert f"Comparé avec : {found.reference.the}".replace("\u00a0", " ") in flat.replace(
                "\u00a0", " "
            )
        document = json.loads(json.dumps(text.document(found), allow_nan=False))
        rows = {row.indicator.id: row for row in table.rows(found) if row.territory == found.territory}
        for entry in document["indicators"]:
            finding, against = found.findings[entry["id"]], found.against(entry["id"])
            beside = {one.key: one for one in finding.comparators}
            assert entry["comparators_years"] == {key: one.year for key, one in beside.items()}
            row = rows[entry["id"]]
            if against is None:
                assert row.against is None
                continue
            assert (row.against == against) if against.value is not None else (row.against is None)
            for one in beside.values():
                said = f"{french.typographic(one.name)} {reading.beside(one, finding, BY_ID[entry['id']])}"
                assert said in flat or one.value is None
                assert one.year in (None, finding.year) or one.value is None or f"({one.year})" in said


@pytest.mark.parametrize("kind", KINDS)
def test_a_comparison_ends_on_the_word_of_the_reference_that_it_names(db, kind):
    for wanted in REFERENCES:
        found = made(db, KINDS[kind], wanted)
        for indicator in INDICATORS if found is not None else ():
            finding, against = found.findings[indicator.id], found.against(indicator.id)
            if against is None or finding.word is None:
                continue
            said = reading.comparison(finding, indicator, against)
            assert against.the in said or against.than in said or against.of in said, said
            assert ":" not in said or said.endswith(reading.ratio_said(finding.word, indicator)), said


@pytest.mark.parametrize("kind", KINDS)
def test_the_sections_name_the_reference_of_their_own_indicator(db, kind):
    for wanted in REFERENCES:
        found = made(db, KINDS[kind], wanted)
        if found is None:
            continue
        for section in story.sections(found, (), db):
            assert not NEVER.search(section.title), section.title
            assert "référence inconnue" not in section.title
        told = repr(story.sections(found, (), db))
        if wanted and wanted.startswith("objectif:") and found.beside is not None:
            goal = french.number(float(wanted.partition(":")[2]), 1)
            assert f"{found.beside.name}', {goal}" not in told and f"{found.beside.name} {goal}" not in told
            assert found.against("acces_alsh").kind is ReferenceKind.TERRITORY


def test_missing_places_are_counted_for_the_level_that_the_title_names(db):
    titles = {}
    for wanted in (None, "objectif:70", "pairs"):
        found = report.build(db, KINDS["epci"], reference=wanted, on=DAY)
        title = next(one.title for one in story.sections(found, (), db) if one.id == "ecart")
        assert found.against("taux_couverture").the in title.replace("\u00a0", " ")
        short = (member.findings["taux_couverture"] for member in found.members)
        lacking = sum(reading.missing_units(one for one in short if one.word in RATIO_WORDS[:2]))
        assert french.number(french.about(lacking)) in title
        titles[wanted] = lacking
    assert titles["objectif:70"] > titles[None]


def _words(data: bytes, format: str) -> str:
    if format == "pdf":
        if shutil.which("pdftotext") is None:
            pytest.skip("no pdftotext here: sudo apt-get install poppler-utils")
        return subprocess.run(
            ["pdftotext", "-", "-"], input=data, capture_output=True, check=True
        ).stdout.decode()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")]
    return re.sub(r"<[^>]+>", " ", " ".join(parts))


SAMPLE = [
    (kind, wanted, format)
    for kind, wanted, format in zip(
        KINDS, islice(cycle(REFERENCES[1:]), len(KINDS)), islice(cycle(HEAVY), len(KINDS)), strict=True
    )
] + [("epci", "pairs", "pdf"), ("town", "objectif:70", "xlsx"), ("département", "objectif:80", "pdf")]


@pytest.mark.parametrize(("kind", "wanted", "format"), SAMPLE)
def test_a_document_is_made_and_names_its_reference(db, kind, wanted, format):
    found = made(db, KINDS[kind], wanted)
    if found is None or found.reference is None:
        return
    said = _words(exports.export(found, format), format).replace("\u202f", " ").replace("\u00a0", " ")
    said = re.sub(r"\s+", " ", said)
    assert re.sub(r"[\u00a0\u202f]", " ", french.office(found.reference.the)) in said
    if found.reference.kind is ReferenceKind.GOAL and found.beside is not None:
        assert (
            f"{found.beside.name} {french.number(found.reference.values['taux_couverture'].value, 1)}"
            not in said
        )


PAGES = (
    ("exports", "epci", "pairs"),
    ("petite_enfance", "epci", "objectif:70"),
    ("synthese", "town", "objectif:80"),
    ("carte", "département", "objectif:70"),
    ("presentation", "epci over two départements", "pairs"),
    ("comparer", "perimeter", "objectif:80"),
    ("petite_enfance", "city of arrondissements", "departement:75"),
    ("enfance_jeunesse", "région", "objectif:70"),
    ("agir", "small commune", "departement:40"),
)


@pytest.mark.parametrize(("page", "kind", "wanted"), PAGES)
def test_a_page_opens_under_any_reference(real_db, monkeypatch, page, kind, wanted):
    monkeypatch.setenv("DIAGNOSTIC_DB", str(real_db))
    app = opened(page, territoire=KINDS[kind], reference=wanted)
    drawn = html(app)
    assert not app.exception and FAILED not in drawn
    assert not re.search(r"Gironde\s70,0|proche\s?: en dessous", drawn.replace("&nbsp;", " "))


# --- What is kept or offered again ---------------------------------------------------------------------


def test_what_is_kept_bears_a_digest_of_all_that_made_it(db):
    key = KINDS["small commune"]
    usual = report.build(db, key, on=DAY)
    first = exports.digest(usual, db)
    assert first == exports.digest(report.build(db, key, on=DAY), db)
    others = [
        report.build(db, key, reference="france", on=DAY),
        report.build(db, key, reference="objectif:70", on=DAY),
        report.build(db, key, radius_km=10.0, on=DAY),
        report.build(db, key, reach_km=30.0, on=DAY),
        report.build(db, key, on=DAY + dt.timedelta(days=1)),
        report.build(db, "commune:33063", on=DAY),
    ]
    digests = [exports.digest(one, db) for one in others]
    digests += [exports.digest(usual, db, template=b"x"), exports.digest(usual, None)]
    assert len({first, *digests}) == len(digests) + 1


def test_two_perimeters_that_begin_alike_are_two_files(db):
    codes = [row[0] for row in db.rows("select code from territory where level = ? limit 9", Level.COMMUNE)]
    one, other = (report.build(db, f"perimetre:{'+'.join((*codes[:7], last))}", on=DAY) for last in codes[7:])
    names = {batch.filename(found, "csv", exports.digest(found, db)) for found in (one, other)}
    assert len(names) == 2


def test_the_default_reference_and_the_same_one_asked_by_name_are_one_file(db):
    named = report.build(db, KINDS["epci"], reference="departement:33", on=DAY)
    assert exports.digest(named, db) == exports.digest(report.build(db, KINDS["epci"], on=DAY), db)
