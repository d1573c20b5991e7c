"""How many places are missing is one number: on every page and in every file, for one territory, reference and year."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from test_ui import html, opened

from diagnostic import exports, french, measure, report, story, territories, text
from diagnostic.indicators import BY_ID, CHILDREN, rounded_children
from diagnostic.model import Level, Status
from diagnostic.report import Report
from diagnostic.report.outlook import children_said, than
from diagnostic.story import keyfigures
from diagnostic.warehouse import Database, open_database

RATE = measure.OFFICIAL
PAGES = ("synthese", "petite_enfance", "agir", "convention")
N = r"(?P<about>environ |moins de )?(?P<count>\d[\d ]*)"
SAID = (
    rf"[Ii]l manque {N} places?",
    rf"{N} places? (?:manquent|manque)\b",
    rf"Places manquantes {N} →",
)
"""How a sentence, a title or a small figure says that places are missing."""


def flat(words: str) -> str:
    """One line of plain spaces: a page or a file as a reader hears it."""
    words = re.sub(r"<[^>]+>", " ", words).replace("&nbsp;", " ").replace("&#160;", " ")
    return re.sub(r"\s+", " ", re.sub("[\u00a0\u202f]", " ", words))


class Heard(NamedTuple):
    """A number of missing places, the word before it, and the sentences around it."""

    about: str
    count: float
    around: str


def counts(words: str) -> list[Heard]:
    """The numbers of missing places of a text."""
    plain = flat(words)
    found = [one for pattern in SAID for one in re.finditer(pattern, plain, re.I)]
    return [
        Heard(
            one["about"] or "",
            float(one["count"].replace(" ", "")),
            plain[max(0, one.start() - 300) : one.end() + 300],
        )
        for one in found
    ]


def document(data: bytes, format: str) -> str:
    if format in ("pdf", "note"):
        if shutil.which("pdftotext") is None:
            pytest.skip("no pdftotext here: sudo apt-get install poppler-utils")
        return subprocess.run(
            ["pdftotext", "-", "-"], input=data, capture_output=True, check=True
        ).stdout.decode()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [archive.read(name).decode() for name in sorted(archive.namelist()) if name.endswith(".xml")]
    # A run of text ends inside a word where its style changes.
    return re.sub(r"</a:p>|</w:p>", " ", "".join(parts)).replace("</a:t>", "").replace("</w:t>", "")


def without_tags(data: bytes, format: str) -> str:
    return (
        re.sub(r"<[^>]+>", "", document(data, format))
        if format in ("pptx", "docx")
        else document(data, format)
    )


def of_epci(found: Report) -> set[float]:
    """What the intercommunalité of a commune lacks, said beside its name."""
    missing = found.epci.findings[RATE].missing if found.epci is not None else None
    return set() if missing is None else {french.about(missing)}


def allowed(found: Report) -> set[float]:
    """The whole as it is said, and its parts, each beside its name: those of members, alone or two together; that of the
    intercommunalité on the page of a commune."""
    rows = sorted(
        (m.findings[RATE].missing or 0.0 for m in found.members if RATE in m.findings), reverse=True
    )
    lines = [float(french.rounded(one) or 0) for one in rows]
    parts = [
        *lines,
        *(sum(lines[:n]) for n in range(2, len(lines))),
        *(sum(lines[n:]) for n in range(1, len(lines))),
    ]
    every = (found.findings[RATE].missing, *parts)
    return {value for one in every for value in (french.about(one), french.rounded(one))} | of_epci(found)


def exact_numbers(found: Report) -> dict[str, float]:
    """The number in the workbook, the table and the JSON, where it is not rounded."""
    asked = json.loads(json.dumps(text.document(found)))
    (entry,) = (one for one in asked["indicators"] if one["id"] == RATE)
    with zipfile.ZipFile(io.BytesIO(exports.export(found, "csv"))) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith(".csv"))
        rows = csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig")), delimiter=";")
        own = next(row for row in rows if row["indicateur"] == RATE and row["code"] == found.territory.code)
    book = openpyxl.load_workbook(io.BytesIO(exports.export(found, "xlsx")), data_only=True)
    cells = [row for sheet in book for row in sheet.iter_rows(values_only=True)]
    missing = found.findings[RATE].missing
    near = {c for row in cells for c in row if isinstance(c, int | float) and abs(c - missing) < 0.51}
    return {
        "JSON": entry["missing"],
        "CSV": float(own["manque"].replace(",", ".")),
        **{f"xlsx {c}": c for c in near},
    }


def collected(found: Report, db: Database) -> dict[str, list[Heard]]:
    """What every medium says of the missing places."""
    said = {format: without_tags(exports.export(found, format), format) for format in ("pptx", "docx", "pdf")}
    said["terminal"] = text.written(found, db=db)
    told = [one for one in story.sections(found, db=db) if one.id == "perspectives"]
    said["perspectives"] = repr(told).replace("\\xa0", " ").replace("\\u202f", " ")
    said |= {page: html(opened(page, territoire=found.territory.key)) for page in PAGES}
    return {medium: counts(words) for medium, words in said.items()}


def held(db: Database, key: str) -> None:
    found = report.build(db, key)
    rate = found.findings[RATE]
    place = territories.get(db, key)
    lacking = measure.shortage(db, place, rate.value - rate.gap, rate.gap_year or rate.year)
    assert rate.missing == pytest.approx(lacking.total) and rate.missing > 20
    whole, parts = french.about(rate.missing), allowed(found)
    media = collected(found, db)
    for medium, numbers in media.items():
        for one in numbers:
            few = one.about == "moins de " and one.count == 20
            assert one.count in parts or few, (medium, one, parts)
            if place.level is Level.COMMUNE and french.about(one.count) != whole:
                assert found.epci is not None and french.about(one.count) in of_epci(found), (medium, one)
                assert flat(french.name(found.epci.territory)) in one.around, (medium, one)
    heard = {
        medium for medium, numbers in media.items() if whole in {french.about(one.count) for one in numbers}
    }
    needed = {"synthese", "petite_enfance", "pptx", "docx", "pdf", "terminal"}
    needed |= {"perspectives"} if found.outlook.children else set()
    assert heard >= needed, heard
    exact = exact_numbers(found)
    assert {"JSON", "CSV"} < set(exact)
    for medium, count in exact.items():
        assert count == pytest.approx(rate.missing, abs=0.51), (medium, count)
    # What is to be reached later begins with what is missing today.
    first = min((row.year for row in found.outlook.places), default=None)
    for row in found.outlook.places:
        if row.year == first and row.reach is not None and row.keep >= 0:
            assert row.reach >= rate.missing - 1e-6


def short_commune(db: Database) -> str:
    """A fictional commune of enough births for an outlook, that lacks places by its own published rate."""
    for (code,) in db.rows(
        "select code from figure where level = 'commune' and indicator = 'taux_couverture' and value is not null "
        "group by code order by max(numerator) desc, min(value), code"
    ):
        place = territories.get(db, f"commune:{code}")
        finding = measure.measure(db, [place], [RATE])[place.key][RATE]
        if finding.missing and finding.missing > 20:
            return place.key
    raise AssertionError("no fictional commune lacks places")


@pytest.mark.parametrize("kind", ["epci", "commune"])
def test_every_page_and_every_file_says_the_same_number_of_missing_places(demo_db: Path, monkeypatch, kind):
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    db = open_database(demo_db)
    held(db, "epci:999001001" if kind == "epci" else short_commune(db))


@pytest.mark.real
@pytest.mark.parametrize("key", ["epci:243300316", "commune:33249"])
def test_bordeaux_metropole_and_lormont_lack_one_number_of_places(real_db: Path, monkeypatch, key):
    """Bordeaux Métropole said 761, 759 and 2,340; Lormont 276 and 280."""
    monkeypatch.setenv("DIAGNOSTIC_DB", str(real_db))
    held(open_database(real_db), key)


def test_children_told_by_births_are_rounded_alike_on_every_page():
    for count in (27_612.0, 8_013.0, 452.0, 85.0):
        portrait = rounded_children(count, Status.ESTIMATED, BY_ID[CHILDREN])
        assert children_said(count) == french.number(portrait)
    assert than(24_600, 25_400) == "autant qu’en" and than(25_100, 27_612) == f"contre 28{french.THIN}000 en"


def test_the_ends_of_a_line_are_printed_as_its_value_is(demo_db: Path):
    found = report.build(open_database(demo_db), "epci:999001001")
    finding = found.findings["enfants_par_rpe"]
    place = finding.position
    assert place is not None
    told = replace(
        finding,
        value=923.4,
        status=Status.ESTIMATED,
        low=800.0,
        comparators=(),
        position=replace(place, minimum=201.3, maximum=1_498.2, values=(201.3, 449.6, 1_498.2)),
    )
    drawn = keyfigures.track(found, told, told)
    assert drawn is not None
    assert (drawn.first[0], drawn.last[0]) == ("200", f"1{french.THIN}500")
