"""Every kind of territory, every kind of reference, every medium: nothing breaks, each value keeps its name and its
year. Every reference meets three kinds or more, every kind one reference or more; one report and one story of a pair
serve all the tests."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import re
import shutil
import subprocess
import zipfile
from functools import cache
from pathlib import Path

import pytest
from test_ui import FAILED, html, opened

from diagnostic import exports, french, reading, report, story, text
from diagnostic.exports import batch, table
from diagnostic.indicators import BY_ID, INDICATORS
from diagnostic.model import RATIO_WORDS, DiagnosticError, Level, ReferenceKind
from diagnostic.plan import Documents
from diagnostic.report import Report
from diagnostic.report.shape import LocalStructure
from diagnostic.story import words
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
PAIRS = [
    ("small commune", "departement:40"),
    ("small commune", "pairs"),
    ("town", None),
    ("town", "objectif:80"),
    ("city of arrondissements", "france"),
    ("city of arrondissements", "objectif:70"),
    ("arrondissement", None),
    ("arrondissement", "objectif:80"),
    *(("epci", wanted) for wanted in REFERENCES),
    ("epci over two départements", "pairs"),
    ("département", "departement:40"),
    ("département", "objectif:70"),
    ("région", "objectif:80"),
    ("région", None),
    ("France", None),
    ("perimeter", "france"),
    ("perimeter", "objectif:70"),
]
NEVER = re.compile(r"\bNone\b|\bnan\b|\{|\}")


@pytest.fixture(scope="module")
def db(real_db: Path) -> Database:
    return open_database(real_db)


def test_the_pairs_meet_every_kind_and_every_reference():
    assert {kind for kind, _ in PAIRS} == set(KINDS)
    for wanted in REFERENCES:
        assert len({kind for kind, of in PAIRS if of == wanted}) >= 3


@cache
def made(db: Database, kind: str, wanted: str | None) -> Report:
    return report.build(db, KINDS[kind], reference=wanted, on=DAY)


@cache
def told(db: Database, kind: str, wanted: str | None) -> tuple[story.Section, ...]:
    return story.sections(made(db, kind, wanted), (), db)


@pytest.mark.parametrize("kind", ["France", "perimeter", "arrondissement"])
def test_a_territory_without_peers_says_so(db, kind):
    with pytest.raises(DiagnosticError, match="semblables"):
        made(db, kind, "pairs")


@pytest.mark.parametrize(("kind", "wanted"), PAIRS)
def test_text_json_and_csv_give_each_value_its_own_name_and_year(db, kind, wanted):
    found = made(db, kind, wanted)
    flat = re.sub(r"\s*\n\s*", " ", text.written(found))
    if found.reference is not None:
        assert f"Comparé avec : {found.reference.the}".replace("\u00a0", " ") in flat.replace("\u00a0", " ")
    document = json.loads(json.dumps(text.document(found), allow_nan=False))
    rows = {row.indicator.id: row for row in table.rows(found) if row.territory == found.territory}
    for entry in document["indicators"]:
        finding, against = found.findings[entry["id"]], found.against(entry["id"])
        beside = {one.key: one for one in finding.comparators}
        assert entry["comparators_years"] == {key: one.year for key, one in beside.items()}
        known = {key: one.value if one.status.known else None for key, one in beside.items()}
        assert entry["comparators"] == known
        if entry["gap"] is not None:
            assert entry["value"] - entry["gap"] == pytest.approx(known.get(against.key, against.value))
        row = rows[entry["id"]]
        if against is None:
            assert row.against is None
            continue
        assert (row.against == against) if against.value is not None else (row.against is None)
        for one in beside.values():
            said = f"{french.typographic(one.name)} {reading.beside(one, finding, BY_ID[entry['id']])}"
            assert said in flat or one.value is None
            assert one.year in (None, finding.year) or one.value is None or f"({one.year})" in said


@pytest.mark.parametrize(("kind", "wanted"), PAIRS)
def test_a_comparison_ends_on_the_word_of_the_reference_that_it_names(db, kind, wanted):
    found = made(db, kind, wanted)
    for indicator in INDICATORS:
        finding, against = found.findings[indicator.id], found.against(indicator.id)
        if against is None or finding.word is None:
            continue
        said = reading.comparison(finding, indicator, against)
        assert against.the in said or against.than in said or against.of in said, said
        assert ":" not in said or said.endswith(reading.ratio_said(finding.word, indicator)), said


@pytest.mark.parametrize(("kind", "wanted"), PAIRS)
def test_the_sections_name_the_reference_of_their_own_indicator(db, kind, wanted):
    found, sections = made(db, kind, wanted), told(db, kind, wanted)
    for section in sections:
        assert not NEVER.search(section.title), section.title
        assert "référence inconnue" not in section.title
    if wanted and wanted.startswith("objectif:") and found.beside is not None:
        said, goal = repr(sections), french.number(float(wanted.partition(":")[2]), 1)
        assert f"{found.beside.name}', {goal}" not in said and f"{found.beside.name} {goal}" not in said
        assert found.against("acces_alsh").kind is ReferenceKind.TERRITORY


def _rows_of_indicators(found: Report, sections) -> list[tuple[str, str, str, str]]:
    """Section, indicator, heading and cell of the reference in each row of a table that tells one indicator."""
    label = {words.labelled(one): one.id for one in INDICATORS}
    label |= {
        french.capitalised(french.typographic(one.label)): one.indicator
        for one in found.services
        if one.indicator
    }
    places = {
        french.typographic(french.capitalised(found.against(one.id).name))
        for one in INDICATORS
        if found.against(one.id)
    }
    rows = []
    for section in sections:
        for block in (*section.blocks, *section.on_screen, *([section.data] if section.data else ())):
            header = getattr(block, "header", ())
            at = next((n for n, one in enumerate(header) if one in places or one == "Référence"), None)
            for row in getattr(block, "rows", ()) if at is not None else ():
                if (id := next((label[cell] for cell in row[:2] if cell in label), None)) and isinstance(
                    row[at], str
                ):
                    rows.append((section.id, id, header[at], row[at]))
    return rows


@pytest.mark.parametrize(("kind", "wanted"), PAIRS)
def test_no_value_stands_under_the_name_of_another_reference(db, kind, wanted):
    found = made(db, kind, wanted)
    rows = _rows_of_indicators(found, told(db, kind, wanted))
    assert found.reference is None or {"themes", "familles"} <= {section for section, *_ in rows}
    for section, id, heading, cell in rows:
        if cell in ("", french.UNKNOWN) or (against := found.against(id)) is None:
            continue
        name = french.typographic(against.name)
        assert french.capitalised(name) == heading or cell.startswith((name, french.UNKNOWN)), (
            section,
            id,
            heading,
            cell,
        )


@pytest.mark.parametrize(("key", "wanted"), [("commune:33243", None), ("commune:75056", "france")])
def test_a_row_that_shows_a_reference_of_another_year_says_that_year(db, key, wanted):
    found = report.build(db, key, reference=wanted, on=DAY)
    later = {}
    for id, finding in found.findings.items():
        against = found.against(id)
        known = finding.status.known and against is not None and against.value is not None
        # A large number is found again wherever it stands.
        if known and against.year and finding.year and against.year != finding.year and against.value >= 1000:
            later[BY_ID[id].label] = (french.number(against.value), str(against.year))
    shown = [
        (row, year)
        for section in story.sections(found, db=db)
        for block in (*section.blocks, *section.on_screen)
        for row in getattr(block, "rows", None) or getattr(block, "items", None) or (block,)
        for value, year in later.values()
        if value in words_of(row)
    ]
    assert len(later) > 2 and shown
    assert [row for row, year in shown if year not in words_of(row)] == []


def words_of(row) -> str:
    """The texts of a row, whatever it is."""
    if isinstance(row, str):
        return row
    if dataclasses.is_dataclass(row):
        return words_of([getattr(row, field.name) for field in dataclasses.fields(row)])
    return " ".join(map(words_of, row)) if isinstance(row, (tuple, list)) else str(row)


def test_missing_places_are_counted_for_the_level_that_the_title_names(db):
    titles = {}
    for wanted in (None, "objectif:70", "pairs"):
        found = made(db, "epci", wanted)
        title = next(one.title for one in told(db, "epci", wanted) if one.id == "ecart")
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
    ("small commune", "departement:40", "docx"),
    ("town", "objectif:80", "xlsx"),
    ("city of arrondissements", "france", "pdf"),
    ("epci", "pairs", "pptx"),
    ("epci", "objectif:70", "pdf"),
    ("perimeter", "france", "xlsx"),
    ("région", "objectif:80", "docx"),
    ("département", "objectif:70", "pptx"),
]


@pytest.mark.parametrize(("kind", "wanted", "format"), SAMPLE)
def test_a_document_is_made_and_names_its_reference(db, kind, wanted, format):
    found = made(db, kind, wanted)
    said = _words(exports.export(found, format), format).replace("\u202f", " ").replace("\u00a0", " ")
    said = re.sub(r"\s+", " ", said)
    assert re.sub(r"[\u00a0\u202f]", " ", french.office(found.reference.the)) in said
    if found.reference.kind is ReferenceKind.GOAL and found.beside is not None:
        value = french.number(found.reference.values["taux_couverture"].value, 1)
        assert f"{found.beside.name} {value}" not in said


PAGES = (
    ("exports", "small commune", "pairs"),
    ("petite_enfance", "epci", "objectif:70"),
    ("carte", "perimeter", "objectif:70"),
    ("comparer", "epci over two départements", "france"),
    ("agir", "small commune", "departement:40"),
)
"""The pages once broken under one reference; `test_ui.py` opens all of them under the usual one."""


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
    chapter = story.sections(usual, db=db)[0]
    digests += [exports.digest(usual, db, extra=(chapter,))]
    noted = dataclasses.replace(usual, local_notes=("Liste de la commune",))
    named = LocalStructure("rpe", "Relais", "33065", None, 2026, "liste.csv")
    digests += [exports.digest(noted, db)]
    digests += [exports.digest(dataclasses.replace(usual, local_structures=(named,)), db)]
    digests += [exports.digest(usual, db, documents=Documents(order=("offre",)))]
    assert len({first, *digests}) == len(digests) + 1


def test_two_perimeters_that_begin_alike_are_two_files(db):
    codes = [row[0] for row in db.rows("select code from territory where level = ? limit 9", Level.COMMUNE)]
    one, other = (report.build(db, f"perimetre:{'+'.join((*codes[:7], last))}", on=DAY) for last in codes[7:])
    names = {batch.filename(found, "csv", exports.digest(found, db)) for found in (one, other)}
    assert len(names) == 2


def test_the_default_reference_and_the_same_one_asked_by_name_are_one_file(db):
    named = report.build(db, KINDS["epci"], reference="departement:33", on=DAY)
    assert exports.digest(named, db) == exports.digest(report.build(db, KINDS["epci"], on=DAY), db)
