"""Files for a council: reopened, read, compared with the report they come from."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from pptx import Presentation

from diagnostic import exports, french
from diagnostic.exports import content
from diagnostic.model import Comparator, DiagnosticError, Finding, Level, Position, Status, Territory
from diagnostic.report import (
    Accessibility,
    Alsh,
    Context,
    Coverage,
    Member,
    Message,
    Mode,
    ModeBar,
    Outlook,
    Priority,
    Qpv,
    Report,
    Series,
    SourceLine,
)

VALBOIS = Territory(Level.EPCI, "990000001", "CC du Valbois", kind="CC", departement="F1")
NAMES = ("Aubray", "Belmont", "Chaumes", "Doulon", "Essart")
RATES = (71.2, 65.0, 52.1, 38.4, None)
# What the producer hides in Essart: it must not be readable anywhere.
HIDDEN = 87.654321
MISSING = 31


def finding(indicator: str, territory: str, value: float | None, **more) -> Finding:
    status = more.pop("status", Status.OK if value is not None else Status.MISSING)
    beside = (Comparator("departement:F1", "Hautefeuille", 60.0, 2023, Status.OK),)
    beside += (Comparator("france", "France", 59.4, 2023, Status.OK),)
    return Finding(
        indicator, territory, value, status, year=2023, comparators=beside, reference="france", **more
    )


def member(name: str, rate: float | None, number: int) -> Member:
    town = Territory(Level.COMMUNE, f"F100{number}", name, epci=VALBOIS.code, departement="F1")
    word = None if rate is None else ("très en dessous" if rate < 40 else "proche")
    missing = None if rate is None else max(0.0, (59.4 - rate) / 100 * 150)
    hidden = finding(
        "taux_couverture",
        town.key,
        rate if rate is not None else HIDDEN,
        status=Status.OK if rate is not None else Status.SECRET,
        word=word,
        missing=missing,
        denominator=150.0,
    )
    return Member(
        town, {"taux_couverture": hidden, "naissances": finding("naissances", town.key, 20.0 + number)}
    )


def valbois() -> Report:
    own = VALBOIS.key
    findings = {
        "population": finding("population", own, 12345.0),
        "naissances": finding("naissances", own, 110.0),
        "niveau_vie_median": finding("niveau_vie_median", own, None, reason="Valeur non diffusée"),
        "taux_couverture": finding(
            "taux_couverture",
            own,
            57.4,
            word="proche",
            missing=7.0,
            position=Position(3, 5, 40.1, "A", 55.0, 80.2, "B", (40.1, 50.0, 57.4, 61.0, 80.2)),
        ),
        "acces_alsh": finding("acces_alsh", own, 81.5, numerator=815.0, denominator=1000.0),
        "enfants_par_rpe": finding("enfants_par_rpe", own, 330.0, numerator=330.0, denominator=1.0),
        "distance_france_services": finding("distance_france_services", own, 6.3),
    }
    modes = (
        Mode("eaje", "Crèches", 60.0, 18.2, "ok"),
        Mode("am", "Assistantes maternelles", 130.0, 39.2, "ok"),
    )
    return Report(
        territory=VALBOIS,
        reference=Territory(Level.FRANCE, "F", "France", tncc=3),
        reference_label="France",
        context=Context(
            (), 5, 12345.0, 2023, "rurale", 0, "communes au 1er janvier 2025", True, "2026-11-23", "test"
        ),
        findings=findings,
        headline="La CC du Valbois accueille un peu moins que la France.",
        messages=(
            Message("L’accueil est proche de la France.", "France : 59,4", "taux_couverture", "ok", None),
            Message("Doulon est très en dessous.", "Il manque 32 places", "naissances", "ok", False),
        ),
        members=tuple(member(name, rate, i) for i, (name, rate) in enumerate(zip(NAMES, RATES, strict=True))),
        member_level="commune",
        siblings_label="intercommunalités",
        coverage=Coverage(
            True,
            (
                ModeBar(own, "CC du Valbois", 2023, 57.4, modes),
                ModeBar("france", "France", 2023, 59.4, modes),
            ),
            (),
            None,
            (),
            "Source : Cnaf, taux de couverture 2023",
            "",
        ),
        births=(Series(own, "CC du Valbois", (2020, 2021, 2022, 2023), (130.0, None, 120.0, 110.0)),),
        alsh=Alsh(
            5.0, 1000.0, 815.0, 900.0, ({"name": "Essart"},), (), None, "815 enfants sur 1 000 ont un accueil"
        ),
        qpv=Qpv((), "", {}, {}, ""),
        access=Accessibility((), (), (), ""),
        outlook=Outlook((), (), (), 0.0, None, ""),
        peers=(),
        peers_variables=(),
        duties=(),
        duties_reading="",
        services=(),
        priorities=(
            Priority(1, "taux_couverture", "marqué", 330.0, None, "Il manque 7 places.", "écart marqué"),
        ),
        levers=(),
        sources=(
            SourceLine(
                "txcouv_pe", "Taux de couverture", "Cnaf", "2023", "2025", "Licence Ouverte 2.0", "https://x"
            ),
        ),
    )


def slides(report: Report):
    return Presentation(io.BytesIO(exports.export(report, "pptx"))).slides


def words(slide) -> str:
    texts = []
    for shape in slide.shapes:
        if shape.has_text_frame:
            texts.append(shape.text_frame.text)
        if shape.has_table:
            texts += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(texts)


def charts(deck):
    for slide in deck:
        for frame in slide._element.iter(
            "{http://schemas.openxmlformats.org/presentationml/2006/main}graphicFrame"
        ):
            for node in frame.iter("{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"):
                yield slide.part.related_part(
                    node.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
                ).chart


def parts_of(file: bytes) -> str:
    """Every readable part of an Office file, embedded workbooks included."""
    found = []
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        for name in archive.namelist():
            inside = archive.read(name)
            found.append(parts_of(inside) if name.endswith(".xlsx") else inside.decode("utf-8", "ignore"))
    return "\n".join(found)


def test_the_deck_tells_the_story_in_order_with_a_sentence_for_title():
    deck = slides(valbois())
    titles = [slide.shapes.title.text_frame.text for slide in deck]
    assert titles[0] == "Communauté de communes du Valbois"
    assert titles[1] == "La CC du Valbois accueille un peu moins que la France"
    assert titles[-1].startswith("1\u00a0source")
    assert len(deck) == 1 + len(content.sections(valbois()))


def test_charts_hold_the_numbers_of_the_report_and_can_be_edited():
    deck = slides(valbois())
    values = [list(series.values) for chart in charts(deck) for plot in chart.plots for series in plot.series]
    assert [18.2, 18.2] in values
    assert [71.2, 65.0, 52.1, 38.4] in values
    assert all(any(value is not None for value in series) for series in values)


def test_every_slide_has_notes_and_every_picture_chart_and_table_a_text_alternative():
    for slide in slides(valbois()):
        assert slide.notes_slide.notes_text_frame.text.strip()
        for shape in slide.shapes:
            if shape.has_table or getattr(shape, "has_chart", False):
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")


@pytest.mark.parametrize("format", ["pptx", "docx", "xlsx"])
def test_what_the_producer_hides_is_in_no_part_of_the_file(format):
    text = parts_of(exports.export(valbois(), format))
    assert "87.65" not in text and "87,65" not in text and "87,7" not in text


@pytest.mark.parametrize("format", ["pptx", "docx", "xlsx"])
def test_no_file_prints_a_programmer_s_word_for_unknown(format):
    text = parts_of(exports.export(valbois(), format))
    assert not re.search(r">\s*(nan|None|NaN|inf)\s*<", text)
