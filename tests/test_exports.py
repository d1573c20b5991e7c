"""Files for a council: reopened, read, compared with the report they come from."""

from __future__ import annotations

import errno
import importlib
import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import shapely
from csvw import CSVW
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from openxml_audit import OpenXmlValidator
from pptx import Presentation
from pptx.util import Cm

from diagnostic import exports, french, measure, story, territories
from diagnostic.exports import batch, picture, pptx, style
from diagnostic.exports.pdf import unknown
from diagnostic.exports.pdf.blocks import Drawing
from diagnostic.exports.picture.archive import framed
from diagnostic.exports.picture.canvas import rendered
from diagnostic.exports.picture.maps import NO_QUARTERS
from diagnostic.exports.pptx.fitting import pieces
from diagnostic.exports.pptx.maps import _legend as slide_legend
from diagnostic.exports.pptx.order import SHORT, told_to
from diagnostic.exports.pptx.page import Page, whole_sentences
from diagnostic.exports.pptx.tables import pages
from diagnostic.exports.pptx.template import Template
from diagnostic.indicators import BY_ID
from diagnostic.model import (
    FRANCE,
    Comparator,
    DiagnosticError,
    Finding,
    Level,
    Position,
    Status,
    Territory,
)
from diagnostic.plan.documents import Committee, Documents
from diagnostic.report import (
    Accessibility,
    Alsh,
    Context,
    Coverage,
    DutyHere,
    Member,
    Message,
    Mode,
    ModeBar,
    ModeGap,
    Outlook,
    Priority,
    Qpv,
    Report,
    Series,
    SourceLine,
    WithoutLeisure,
    build,
)
from diagnostic.report.references import of_territory
from diagnostic.report.shape import Unknown
from diagnostic.report.synthesis import NOBODY
from diagnostic.story.words import beside
from diagnostic.warehouse import open_database

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
        gap=None if rate is None else rate - 59.4,
        gap_year=2023,
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
        reference=of_territory(FRANCE, findings.values()),
        context=Context(
            (), (), 5, 12345.0, 2023, "rurale", 0, "communes au 1er janvier 2025", True, "2026-11-23", "test"
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
            5.0,
            1000.0,
            815.0,
            900.0,
            (WithoutLeisure("F1002", "Essart", 185.0, 6.1, "Valbois", True),),
            (),
            None,
            "815 enfants sur 1 000 ont un accueil",
            communes_without=1,
            children_without=185.0,
        ),
        qpv=Qpv((), "", {}, {}, ""),
        access=Accessibility((), (), (), ""),
        outlook=Outlook((), (), (), ""),
        peers=(),
        peers_variables=(),
        duties=(),
        duties_reading="",
        services=(),
        priorities=(Priority(1, "taux_couverture", 330.0, None, "Il manque 7 places.", "écart marqué"),),
        levers=(),
        epci=None,
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
    assert titles[-2].startswith("1\u00a0source") and titles[-1].startswith("Annexe\u00a0: 5\u00a0communes")
    told = [section.id for section in told_to(valbois(), story.sections(valbois()))]
    assert len(deck) == 1 + len(told)
    assert told.index("essentiel") < told.index("ecart") < told.index("enjeux") < told.index("sources")


def test_charts_hold_the_numbers_of_the_report_and_can_be_edited():
    deck = slides(valbois())
    values = [list(series.values) for chart in charts(deck) for plot in chart.plots for series in plot.series]
    assert [18.2, 39.2] in values, "one series a territory, one bar a mode"
    assert [38.4, 52.1, 65.0, 71.2] in values, "the lowest rate first"
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


def csv_of(report: Report) -> str:
    with zipfile.ZipFile(io.BytesIO(exports.export(report, "csv"))) as archive:
        return next(archive.read(n).decode("utf-8-sig") for n in archive.namelist() if n.endswith(".csv"))


def test_the_csv_describes_its_columns_and_leaves_the_unknown_empty():
    report = valbois()
    with zipfile.ZipFile(io.BytesIO(exports.export(report, "csv"))) as archive:
        described = json.loads(
            next(archive.read(n) for n in archive.namelist() if n.endswith("metadata.json"))
        )
    lines = [line.split(";") for line in csv_of(report).splitlines()]
    doulon = next(line for line in lines if line[2] == "Doulon" and line[3] == "taux_couverture")
    assert doulon[6] == "38,4", "a French spreadsheet reads a decimal comma as a number"
    assert [c["name"] for c in described["tableSchema"]["columns"]] == lines[0]
    essart = next(line for line in lines if line[2] == "Essart" and line[3] == "taux_couverture")
    assert essart[6] == "" and "87" not in "".join(essart[6:10])


def test_a_validator_of_the_w3c_reads_the_csv_by_its_description(tmp_path, demo_db):
    db = open_database(demo_db)
    for key in ("france", *(f"{level}:{code}" for level, code in db.rows(
        "select level, min(code) from territory where level <> 'france' group by level"
    ))):  # fmt: skip
        data = exports.export(build(db, key), "csv", db)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            archive.extractall(tmp_path)
            described = next(name for name in archive.namelist() if name.endswith("-metadata.json"))
        read = CSVW(str(tmp_path / described), validate=True)
        assert read.is_valid, (key, [str(one.message) for one in read.warnings[:3]])
        columns = json.loads((tmp_path / described).read_text("utf-8"))["tableSchema"]["columns"]
        named = {
            title for column in columns if isinstance(column["titles"], list) for title in column["titles"]
        }
        assert {"GEO", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS"} <= named


def test_the_polygons_of_a_perimeter_are_its_communes_as_one_turned_as_the_norm_asks(demo_db):
    db = open_database(demo_db)
    epci = db.rows("select min(code) from territory where level = 'epci'")[0][0]
    communes = [
        code for (code,) in db.rows("select commune from membership where level = 'epci' and code = ?", epci)
    ]
    for key in (f"epci:{epci}", f"perimetre:{'+'.join(communes[:3])}"):
        features = json.loads(exports.export(build(db, key), "geojson", db))["features"]
        own = shapely.from_geojson(json.dumps(features[0]["geometry"]))
        assert own is not None and own.area > 0
        for one in features:
            if one["geometry"] is not None:
                for part in shapely.get_parts(shapely.from_geojson(json.dumps(one["geometry"]))):
                    assert part.exterior.is_ccw and not any(hole.is_ccw for hole in part.interiors)


def test_the_pdf_is_one_file_and_the_note_holds_on_one_page():
    assert exports.export(valbois(), "pdf").startswith(b"%PDF")
    note = exports.export(valbois(), "note")
    assert len(re.findall(rb"/Type\s*/Page\b", note)) == 1


def test_a_name_with_typst_marks_is_harmless():
    report = replace(valbois(), territory=replace(VALBOIS, name="CC #des $Deux * _Rives_ <a>"))
    assert exports.export(report, "pdf").startswith(b"%PDF")


def test_a_very_long_name_becomes_that_of_its_level_in_headers():
    long = replace(
        VALBOIS, name="CA de la Presqu'île de Guérande Atlantique et des Communes associées du Bassin"
    )
    report = replace(valbois(), territory=long)
    portrait = next(s for s in story.sections(report) if s.id == "portrait")
    assert portrait.blocks[0].header[1] == "L’intercommunalité"


def test_a_slide_without_its_data_is_not_there():
    report = replace(valbois(), members=(), priorities=(), births=())
    ids = {section.id for section in story.sections(report)}
    assert not ids & {"communes", "ecart", "priorites", "perspectives", "quartiers"}
    assert {"essentiel", "portrait", "sources"} <= ids


def test_a_small_commune_does_not_wear_the_rate_of_its_intercommunalite():
    report = valbois()
    town = Territory(Level.COMMUNE, "F1009", "Fresnes", epci=VALBOIS.code, departement="F1")
    rate = replace(report.findings["taux_couverture"], value=None, status=Status.MISSING)
    silent = report.findings | {"taux_couverture": rate}
    for findings, said in ((silent, "Offre non diffusée"), (report.findings, "Modes non diffusés")):
        told = story.sections(replace(report, territory=town, findings=findings))
        offre = next(s for s in told if s.id == "offre")
        assert offre.title.startswith(said) and "Fresnes," not in offre.title


def test_every_file_says_that_the_territory_is_fictional():
    assert any(label == "Attention" for label, _ in story.facts(valbois()))
    assert any("Territoire fictif" in words(slide) for slide in slides(valbois()))


def test_the_name_of_a_file_tells_territory_view_and_date():
    assert exports.filename(valbois(), "diagnostic", "pptx") == "diagnostic_cc-du-valbois_2026-11-23.pptx"


def test_an_unknown_format_is_refused_with_the_list_of_those_that_exist():
    with pytest.raises(DiagnosticError, match="pptx"):
        exports.export(valbois(), "odp")


def test_one_territory_that_fails_does_not_stop_the_others_and_what_is_done_is_kept(tmp_path, monkeypatch):
    def made(db, key, **_):
        if key == "epci:000":
            raise DiagnosticError("Territoire inconnu.")
        return valbois()

    monkeypatch.setattr(batch, "build", made)
    monkeypatch.setattr(batch, "open_database", lambda path: None)
    monkeypatch.setattr(batch, "with_built", lambda report, db: report)
    jobs = [
        batch.Job(key, ("csv",), tmp_path, tmp_path / "x.duckdb") for key in ("epci:000", "epci:990000001")
    ]
    first = list(batch.run(jobs, workers=1))
    assert [done.reason for done in first] == ["Territoire inconnu.", ""]
    assert len(first[1].written) == 1 and (tmp_path / first[1].written[0]).exists()
    assert list(batch.run(jobs, workers=1))[1].kept == first[1].written


def test_a_full_disk_leaves_no_half_file_and_says_so(tmp_path, monkeypatch, caplog):
    def full(path, data):
        with path.open("wb") as stream:
            stream.write(data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(batch, "build", lambda db, key, **_: valbois())
    monkeypatch.setattr(batch, "open_database", lambda path: None)
    monkeypatch.setattr(batch, "with_built", lambda report, db: report)
    monkeypatch.setattr(Path, "write_bytes", full)
    job = batch.Job("epci:990000001", ("csv",), tmp_path / "x", tmp_path / "x.duckdb")
    (done,) = batch.run([job], workers=1)
    assert "le disque est plein" in done.reason and list((tmp_path / "x").iterdir()) == []
    assert not caplog.records


def template(path, width: float):
    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(width), Cm(19.05)
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "Diapositive d’exemple"
    deck.save(str(path))
    return path


def test_the_template_of_a_collectivity_loses_its_slides_and_carries_ours(tmp_path):
    given = exports.export(valbois(), "pptx", template=template(tmp_path / "modele.pptx", 33.867))
    assert "Diapositive d’exemple" not in parts_of(given)
    deck = Presentation(io.BytesIO(given)).slides
    assert len(deck) == len(slides(valbois()))
    assert deck[1].shapes.title.text_frame.text == "La CC du Valbois accueille un peu moins que la France"
    assert 'schemeClr val="accent1"' in parts_of(given)


def test_a_narrow_template_carries_the_deck_within_its_edges(tmp_path):
    given = exports.export(valbois(), "pptx", template=template(tmp_path / "modele.pptx", 25.4))
    deck = Presentation(io.BytesIO(given))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width + Cm(0.8)
            assert shape.top >= 0 and shape.top + shape.height <= deck.slide_height


def test_a_template_taller_than_wide_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(DiagnosticError, match="16:9 ou 4:3"):
        exports.export(valbois(), "pptx", template=template(tmp_path / "modele.pptx", 14.0))


def repacked(path, change):
    """The .pptx at `path` with each part passed through `change(name, octets)`."""
    made = path.with_name("change.pptx")
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
    return made


def test_a_template_with_macros_is_refused_in_one_sentence(tmp_path):
    kind = b"presentationml.presentation.main+xml"
    macro = b"ms-powerpoint.presentation.macroEnabled.main+xml"
    made = repacked(template(tmp_path / "modele.pptx", 33.867), lambda name, data: data.replace(kind, macro))
    with pytest.raises(DiagnosticError, match="macros"):
        pptx.remarks(made)


def test_a_template_that_fetches_a_picture_from_elsewhere_is_refused(tmp_path):
    link = b'<Relationship Id="rId99" Type="http://x/image" Target="http://x/a.png" TargetMode="External"/>'

    def linked(name: str, data: bytes) -> bytes:
        if name == "ppt/slideMasters/_rels/slideMaster1.xml.rels":
            return data.replace(b"</Relationships>", link + b"</Relationships>")
        return data

    with pytest.raises(DiagnosticError, match="hors du fichier"):
        pptx.remarks(repacked(template(tmp_path / "modele.pptx", 33.867), linked))


@pytest.mark.parametrize("octets", [b"", b"PK\x03\x04 cut", b"not a presentation"])
def test_a_damaged_template_is_refused_in_one_sentence(tmp_path, octets):
    path = tmp_path / "modele.pptx"
    path.write_bytes(octets)
    with pytest.raises(DiagnosticError, match="lisible"):
        pptx.remarks(path)


def test_a_colour_that_cannot_be_read_on_the_slide_is_replaced_and_said_once(tmp_path):
    def pale(name: str, data: bytes) -> bytes:
        if not name.startswith("ppt/theme/"):
            return data
        return re.sub(
            rb"<a:accent1>.*?</a:accent1>", b'<a:accent1><a:srgbClr val="FFE680"/></a:accent1>', data
        )

    made = repacked(template(tmp_path / "modele.pptx", 33.867), pale)
    assert sum("première couleur" in remark for remark in pptx.remarks(made)) == 1
    text = parts_of(exports.export(valbois(), "pptx", template=made))
    assert 'schemeClr val="accent1"' not in text.split("<p:sldLayout")[0]
    colours = Template.of(made).page.colours
    assert all(style.contrast(colours[role], "FFFFFF") >= 4.5 for role in ("ink", "muted", "territory"))
    assert all(style.contrast(colours[role], "FFFFFF") >= 3.0 for role in ("modes_am", "other"))


def test_black_on_white_is_the_strongest_contrast():
    assert round(style.contrast("000000", "FFFFFF"), 6) == (1 + 0.05) / (0 + 0.05)


def test_nobody_is_said_above_a_reference_that_is_unknown():
    report = valbois()
    blind = tuple(
        replace(m, findings={k: replace(f, missing=None, word=None) for k, f in m.findings.items()})
        for m in report.members
    )
    gap = next(s for s in story.sections(replace(report, members=blind)) if s.id == "ecart")
    assert "Aucun" not in gap.title and "nettement" not in gap.title


def section(**more) -> story.Section:
    table = story.Table(
        "Actions", ("Action", "Budget"), (("Ouvrir un relais", "12\u202f000"),), (0.6, 0.4), (1,)
    )
    told = {"kicker": "Plan d’actions", "title": "Deux actions pour 2027", "source": "Comité de pilotage"}
    return story.Section("plan", columns=((1.0, (table,)),), notes=("Une note.",), **(told | more))


def test_a_section_that_others_add_stands_before_the_sources_in_every_format():
    extra = (section(),)
    deck = Presentation(io.BytesIO(exports.export(valbois(), "pptx", extra=extra))).slides
    titles = [slide.shapes.title.text_frame.text for slide in deck]
    place = titles.index("Deux actions pour 2027")
    assert "Ouvrir un relais" in words(deck[place])
    assert place < next(i for i, title in enumerate(titles) if title.startswith("1\u00a0source"))
    assert "Ouvrir un relais" in parts_of(exports.export(valbois(), "docx", extra=extra))
    book = openpyxl.load_workbook(io.BytesIO(exports.export(valbois(), "xlsx", extra=extra)))
    cells = {cell.value for row in book["Plan d’actions"].iter_rows() for cell in row}
    assert {"Ouvrir un relais", 12000} <= cells
    assert exports.export(valbois(), "pdf", extra=extra).startswith(b"%PDF")


def test_a_chapter_that_is_not_for_slides_is_in_the_document_only():
    extra = (section(on_slides=False),)
    assert "Deux actions" not in parts_of(exports.export(valbois(), "pptx", extra=extra))
    assert "Deux actions" in parts_of(exports.export(valbois(), "docx", extra=extra))


def test_sections_of_one_s_own_make_a_file_without_a_diagnosis():
    cover = story.cover(valbois())
    for module in ("pptx", "docx"):
        compose = importlib.import_module(f"diagnostic.exports.{module}").compose
        assert len(compose(cover, (section(),))) > 1000


def test_five_percent_or_less_is_never_written_as_five_percent():
    bounded = finding("taux_pauvrete", VALBOIS.key, 5.0, status=Status.BOUNDED)
    report = replace(valbois(), findings=valbois().findings | {"taux_pauvrete": bounded})
    portrait = next(s for s in story.sections(report) if s.id == "portrait")
    row = next(row for row in portrait.blocks[0].rows if row[0].startswith("Taux de pauvreté"))
    assert row[1] == "5 ou moins"
    book = openpyxl.load_workbook(io.BytesIO(exports.export(report, "xlsx")))
    cells = [cell for line in book["Synthèse"].iter_rows() for cell in line if cell.value == 5]
    assert [cell.number_format for cell in cells] == ['0" ou moins"']


def test_the_gap_by_mode_adds_up_to_the_gap():
    modes = (
        ModeGap("eaje", "Crèches", 18.2, 20.0, -1.8),
        ModeGap("am", "Assistantes maternelles", 39.2, 39.4, -0.2),
    )
    report = valbois()
    report = replace(report, coverage=replace(report.coverage, gap_by_mode=modes))
    offer = next(s for s in story.sections(report) if s.id == "offre")
    table = next(block for block in offer.blocks if isinstance(block, story.Table))
    assert table.rows[-1][-1] == "−2,0"


def duty(name: str, over: int | None, binds: bool | None, met: bool | None) -> DutyHere:
    return DutyHere("", name, "", "L. 214-1-3", "", over, "2025-01-01", binds, True, met, name, "")


def test_a_duty_that_does_not_bind_here_is_neither_met_nor_missed():
    owed = (duty("Planifier", 3500, False, None), duty("Recenser", None, True, False))
    report = replace(valbois(), duties=owed, duties_reading="Population de toutes les communes.")
    law = next(s for s in story.sections(report) if s.id == "obligations")
    assert law.blocks[0].rows == (
        (
            "Recenser",
            "Toutes les communes",
            "1ᵉʳ\u00a0janvier\u00a02025",
            "Rien dans les données\u00a0: à vérifier",
            "L. 214-1-3",
        ),
    )
    assert law.title.endswith("elle reste à vérifier")


def test_the_slide_of_a_small_commune_says_which_duties_bind_larger_places_only():
    owed = (duty("Planifier", 3500, False, None), duty("Recenser", None, True, False))
    law = next(s for s in story.sections(replace(valbois(), duties=owed)) if s.id == "obligations")
    ((_, (table, others)),) = law.on_slide
    assert [row[0] for row in table.rows] == ["Recenser"] and table.header[-1] == "Ce qui peut le montrer"
    assert "« Planifier »" in others.items[0][1].replace("\u00a0", " ")


def test_no_word_of_a_chart_leaves_its_picture():
    """A town of 29 letters lost the first two, the names of four modes their end, a curve that of an intercommunalité."""
    town, epci = "Saint-Orvain-de-Salvranaumbry", "CA Intercommunale du Nord de la Réunion (CINOR)"
    modes = ("Crèches", "Assistantes maternelles", "École à 2 ans", "Garde à domicile")
    roles = ("territory", "attention", "other", "other")
    bars = story.Stacked(
        "", modes, roles, ((town, (15.0, 32.6, 2.0, 1.0), 51.4), (epci, (1.0, 2.0, 3.0, 4.0), 10.0))
    )
    curves = story.Lines("", (story.Line(epci, ((2015, 1e6), (2030, 1.2e6)), "territory"),))
    for block, width in ((bars, 17.0), (bars, 8.1), (curves, 17.0)):
        figure = picture.draw_chart(block, width)
        drawn = FigureCanvasAgg(figure)
        drawn.draw()
        words = [text for text in figure.findobj(Text) if text.get_text().strip()]
        ends = [text.get_window_extent(drawn.get_renderer()) for text in words]
        assert len(ends) > 5 and all(one.x0 >= 0 and one.x1 <= figure.bbox.width for one in ends)


def test_the_title_of_a_picture_stands_above_its_legend_and_what_it_names_is_written():
    """Both were written at the same height; Cenon and Lormont, at the right edge, had no name."""
    told = section(title="Plus de crèches")
    bars = story.Stacked("Unité", ("Crèches", "Écoles"), ("territory", "other"), (("Ici", (1.0, 2.0), 3.0),))
    drawn = rendered(framed(picture.draw_chart(bars), valbois(), told, "Unité"), "svg", tight=True).decode()
    heights = {
        text: float(re.search(rf'(?:\sy="|translate\([\d.]+ )([\d.]+)[^<]*>{text}<', drawn)[1])
        for text in (told.title, "Unité", "Crèches")
    }
    assert heights[told.title] < heights["Unité"] < heights["Crèches"]
    points = tuple(
        (name, x, y, False) for name, x, y in (("A", 5.0, 80.0), ("B", 28.0, 42.0), ("C", 28.0, 44.0))
    )
    crossed = story.Scatter("", "", "", points, None, named=("B", "C"))
    words = {text.get_text() for text in picture.draw_chart(crossed).findobj(Text)}
    assert {"B", "C"} <= words


def test_a_peer_of_the_same_name_says_its_departement():
    """Saint-Denis of La Réunion had two bars in its own colour: the other is near Paris."""
    here = Territory(Level.COMMUNE, "97411", "Saint-Denis", departement="974")
    there = Territory(Level.COMMUNE, "93066", "Saint-Denis", departement="93")
    assert [beside(one, here) for one in (there, Territory(Level.COMMUNE, "59599", "Tourcoing"))] == [
        "Saint-Denis (93)",
        "Tourcoing",
    ]


def test_a_deck_never_grows_beyond_what_a_committee_hears():
    made = [replace(section(), id=name) for name in (*map(str, range(19)), "acces", "droits")]
    kept = story._held(made)
    assert sum(one.on_slides for one in kept) + 1 == story.MOST_SLIDES
    assert [one.id for one in kept if not one.on_slides] == ["acces", "droits"]


def test_processes_are_replaced_on_the_way_and_every_territory_is_done(tmp_path, monkeypatch):
    pools = []

    def pool(workers: int, mp_context: object) -> ThreadPoolExecutor:
        pools.append(workers)
        return ThreadPoolExecutor(workers)

    monkeypatch.setattr(batch, "ProcessPoolExecutor", pool)
    monkeypatch.setattr(batch, "RENEWED_AFTER", 2)
    jobs = [batch.Job(f"epci:{i}", ("csv",), tmp_path, tmp_path / "absent.duckdb") for i in range(9)]
    done = list(batch.run(jobs, workers=2))
    assert sorted(one.key for one in done) == [job.key for job in jobs]
    assert pools == [2] * 3  # 9 territories, 2 × 2 to a pool


def test_the_rank_among_similar_territories_is_counted_on_the_same_year(demo_db):
    db = open_database(demo_db)
    key = next(
        f"epci:{code}"
        for (code,) in db.rows("select code from territory where level = 'epci' order by code")
        if len(build(db, f"epci:{code}").peers) >= 3
    )
    report = build(db, key)
    near = next(s for s in story.sections(report, db=db) if s.id == "semblables")
    strip = near.blocks[0].rows[0]
    rates = [
        value
        for (value,) in db.rows(
            "select value from figure where level = 'epci' and indicator = 'taux_couverture' and year = ? "
            "and value is not null and list_contains(?, code)",
            report.findings["taux_couverture"].year,
            [peer.territory.code for peer in report.peers],
        )
    ]
    above = sum(value > report.findings["taux_couverture"].value for value in rates)
    assert strip.rank.replace("\u00a0", " ") == f"{french.ordinal(1 + above)} sur {len(rates) + 1}"
    assert sorted(strip.others) == sorted(rates)


def test_a_map_encloses_its_crowded_part_and_names_nobody_twice(demo_db):
    db = open_database(demo_db)
    (code,) = db.rows("select code from territory where level = 'epci' order by communes desc limit 1")[0]
    report = build(db, f"epci:{code}")
    block = story.Map(
        "Carte", "ratio", "Carte", "x", {m.territory.code: 1.0 for m in report.members}, ("R", 1.0)
    )
    figure = picture.draw_map(block, report, db, (9.0, 9.0), 0.5)
    names = [text.get_text().split("\n")[0] for text in figure.axes[0].texts if "\n" in text.get_text()]
    assert names and len(names) == len(set(names))


def test_a_commune_held_against_nothing_has_its_name_and_no_rate_on_a_map_and_a_swatch_in_the_legend(demo_db):
    db = open_database(demo_db)
    (code,) = db.rows("select code from territory where level = 'epci' order by communes desc limit 1")[0]
    report = build(db, f"epci:{code}")
    codes = [one.territory.code for one in report.members]
    values = dict.fromkeys(codes, 1.0) | {codes[0]: None}
    block = story.Map("Carte", "ratio", "Carte", "x", values, ("R", 1.0), apart=frozenset(codes))
    maps = picture.Maps(report, db)
    for apart, printed in ((frozenset(), True), (frozenset(codes), False)):
        figure = picture.draw_map(replace(block, apart=apart), report, db)
        said = [text.get_text() for text in figure.axes[0].texts]
        assert any("\n1,0" in text for text in said) is printed
    legend = {row["text"]: row for row in Drawing(maps, small=True).block(block)["legend"]}
    assert legend["non comparée"]["colour"] == "#ffffff" and not legend["non comparée"]["hatched"]
    assert legend["valeur inconnue"]["colour"] == "#ffffff" and legend["valeur inconnue"]["hatched"]


def lacking(rates: dict[str, float]) -> Report:
    """Communes with these rates, 150 children each, against 59.4."""
    report = valbois()
    members = tuple(member(name, rate, i) for i, (name, rate) in enumerate(rates.items()))
    total = sum(one.findings["taux_couverture"].missing for one in members)
    own = replace(report.findings["taux_couverture"], missing=total)
    return replace(report, members=members, findings=report.findings | {"taux_couverture": own})


def test_the_total_of_the_missing_places_is_that_of_the_territory_though_its_lines_are_rounded():
    # (59.4 − 50.2) ÷ 100 × 150 = 13.8 in each of ten communes: 14 a line, and 138 in all.
    report = lacking({f"Commune {i}": 50.2 for i in range(10)})
    gap = next(s for s in story.sections(report) if s.id == "ecart")
    table = gap.blocks[-1]
    assert [row[-1] for row in table.rows] == ["14"] * 9 + ["14", "138"]
    assert [row[0] for row in table.rows[-2:]] == ["1 autre", "Ensemble (lignes arrondies)"]
    assert gap.title.startswith("Environ 140\u00a0places manquent")


def test_what_the_territory_lacks_beyond_its_communes_has_its_line_under_them():
    report = of_its_own_rate(lacking({"Commune 0": 50.0, "Commune 1": 49.0, "Commune 2": 59.0}))
    gap = next(s for s in story.sections(report) if s.id == "ecart")
    assert gap.title.startswith("Environ 300\u00a0places manquent dans la CC du Valbois")
    rows = gap.blocks[-1].rows
    assert [row[0] for row in rows[:2]] == ["Commune 1", "Commune 0"] and gap.blocks[-1].total
    known, elsewhere, total = [int(row[-1]) for row in rows[:2]], int(rows[2][-1]), int(rows[3][-1])
    assert (sum(known) + elsewhere, total) == (300, 300) and rows[2][0].startswith("Ailleurs")


def test_nothing_lies_elsewhere_where_every_member_is_named():
    """La Réunion lacked 60 places « ailleurs », its five intercommunalités being all in the table."""
    report = of_its_own_rate(lacking({"Commune 0": 50.0, "Commune 1": 49.0}))
    gap = next(s for s in story.sections(report) if s.id == "ecart")
    assert [row[0] for row in gap.blocks[-1].rows] == [
        "Commune 1",
        "Commune 0",
        "Ensemble, au taux du territoire",
    ]
    assert gap.caution.endswith("est compté sur son propre taux.")


def of_its_own_rate(report: Report) -> Report:
    """The same, which lacks 300 places by its own rate."""
    own = replace(report.findings["taux_couverture"], missing=300.0)
    return replace(report, findings=report.findings | {"taux_couverture": own})


def test_the_children_of_an_epci_are_its_own_though_its_communes_lack_the_places(demo_db):
    """5 places are the sum of its communes: no formula on the rate of the whole gives them, and none is written."""
    db = open_database(demo_db)
    place = territories.get(db, "epci:999001001")
    rows = measure.history(db, [place])[place.key]["enfants_moins_3"]
    short = finding(
        "taux_couverture", place.key, 40.0, word="en dessous", missing=5.0, gap=40.0 - 59.4, gap_year=2023
    )
    report = replace(valbois(), member_level="epci", members=(Member(place, {"taux_couverture": short}),))
    table = story.missing_table(report, db)
    assert table.rows[0][2] == french.number(measure.children_near(rows, short.year))
    assert table.rows[0][2] != french.number(5 / 19.4 * 100)
    assert table.caption.endswith("celles des communes nettement sous la référence")
    assert story.missing_table(report).rows[0][2] == french.UNKNOWN


def test_the_note_says_how_many_communes_it_does_not_name():
    report = lacking({f"Commune {i}": 50.0 - i for i in range(6)})
    table = story.said_places(report, "taux_couverture", 4)
    # (59.4 − 50 + i) ÷ 100 × 150 = 14.1 + 1.5 i: 22, 20, 19, 17, then 16 + 14, which make 108; 107.1 unrounded.
    assert [row[-1] for row in table.rows] == [
        "20",
        "20",
        "moins de\u00a020",
        "moins de\u00a020",
        "30",
        "110",
    ]
    assert table.rows[-1][0] == "Ensemble"
    assert table.rows[-2][0] == "2 autres communes"


def test_a_reader_finds_the_missing_places_again_from_the_line(demo_db):
    db = open_database(demo_db)
    lines = 0
    for (code,) in db.rows("select code from territory where level = 'epci' order by code"):
        report = build(db, f"epci:{code}")
        table = story.missing_table(report, db)
        if table is None or story.missing.of_places(report) != "taux_couverture":
            continue
        of = {french.name(m.territory): m.findings["taux_couverture"] for m in report.members}
        codes = {french.name(m.territory): m.territory.code for m in report.members}
        heading, _, year = table.header[2].partition(" ")
        assert heading == "Enfants"
        for name, rate, children, missing in table.rows:
            if not children:
                continue
            counted = float(children.replace(french.THIN, ""))
            assert round(-of[name].gap * counted / 100) == int(missing), (name, rate)
            known = measure.rated(db, "commune")[codes[name]][of[name].year]
            assert counted == float(french.rounded(known.children))
            # Children that rates imply and children of births stand in one column: no one year is said.
            assert year == "comptés" or known.children_year == int(year)
            lines += 1
    assert lines


def test_the_parts_of_a_bar_add_up_to_its_total_though_two_modes_are_not_published():
    modes = (
        Mode("eaje", "Crèches", 60.0, 18.2, "estimated"),
        Mode("am", "Assistantes maternelles", 130.0, 36.0, "estimated"),
        Mode("ecole", "École à 2 ans", None, None, "missing"),
        Mode("gad", "Garde à domicile", None, None, "missing"),
    )
    report = valbois()
    bars = (ModeBar(VALBOIS.key, "CC du Valbois", 2023, 57.4, modes),)
    report = replace(report, coverage=replace(report.coverage, bars=bars, official=False))
    offer = next(s for s in story.sections(report) if s.id == "offre")
    drawn = offer.blocks[0]
    assert drawn.series == ("Crèches", "Assistantes maternelles", "Autres modes")
    (_, values, total) = drawn.rows[0]
    assert [round(value, 1) for value in values] == [18.2, 36.0, 3.2]  # 57.4 − 18.2 − 36.0
    assert round(sum(values), 6) == 57.4
    # Reckoned places and children may be of two years: the parts are drawn, and no total beside the official rate.
    assert total is None
    assert "école à 2 ans, garde à domicile" in offer.below


def test_first_with_seven_others_is_said_ex_aequo_and_no_axis_passes_a_hundred_percent():
    report = valbois()
    values = (28.0, 74.0, 91.0, 100.0, 100.0)
    full = finding(
        "acces_alsh", VALBOIS.key, 100.0, position=Position(1, 5, 28.0, "A", 91.0, 100.0, "B", values)
    )
    report = replace(report, findings=report.findings | {"acces_alsh": full})
    place = next(s for s in story.sections(report) if s.id == "position")
    rate, centre = place.blocks[0].rows
    assert rate.rank == "3ᵉ sur 5"
    assert centre.rank == "1ᵉʳ ex æquo sur 5"
    assert centre.axis[1] == 100
    assert "3ᵉ sur 5 intercommunalités" in place.title.replace("\u00a0", " ")
    assert "en 2023" in place.title.replace("\u00a0", " ")


def test_a_file_that_only_the_communes_have_is_in_the_line_and_in_the_list_of_sources(demo_db):
    db = open_database(demo_db)
    (code,) = db.rows("select code from territory where level = 'epci' order by communes desc limit 1")[0]
    report = build(db, f"epci:{code}")
    listed = {line.id for line in report.sources}
    of_communes = {
        source
        for m in report.members
        for found in m.findings.values()
        if story.value_of(found) is not None
        for source in found.sources
    }
    own = {source for found in report.findings.values() for source in found.sources}
    assert of_communes <= listed and of_communes - own
    name, source = next(
        (name, source)
        for m in report.members
        for name, found in m.findings.items()
        if story.value_of(found) is not None
        for source in found.sources
        if source not in own
    )
    title = next(line.title for line in report.sources if line.id == source)
    assert french.typographic(title) in story.figures.source_line(report, [name], members=True)


@pytest.mark.parametrize("key", ["epci:999001001", "departement:F1", "france", "commune:F1001"])
@pytest.mark.parametrize("format", ["pptx", "docx", "xlsx"])
def test_office_files_follow_the_schemas_of_their_format(demo_db, tmp_path, key, format):
    db = open_database(demo_db)
    path = tmp_path / f"file.{format}"
    path.write_bytes(exports.export(build(db, key), format, db))
    found = OpenXmlValidator().validate(path).errors
    assert [f"{error.part_uri} {error.description}" for error in found] == []


def test_a_document_names_neither_our_keys_nor_our_files(demo_db):
    db = open_database(demo_db)
    report = build(db, "epci:999001001")
    for format in ("pptx", "docx", "xlsx"):
        text = parts_of(exports.export(report, format, db))
        assert report.territory.key not in text and db.path.name not in text


def layouts_of(deck) -> dict[str, int]:
    """Name of a layout -> title placeholders, over the slides that use it."""
    found: dict[str, int] = {}
    for slide in deck:
        titles = [p for p in slide.placeholders if p.placeholder_format.idx == 0]
        name = slide.slide_layout.name
        found[name] = max(found.get(name, 0), len(titles))
    return found


def test_a_deck_uses_the_four_layouts_of_its_master_and_has_one_title_a_slide():
    deck = Presentation(io.BytesIO(exports.export(valbois(), "pptx")))
    assert {layout.name for layout in deck.slide_layouts} == {"Titre", "Section", "Message", "Annexe"}
    assert layouts_of(deck.slides) == {"Titre": 1, "Message": 1, "Annexe": 1}
    assert all(slide.shapes.title.text_frame.text for slide in deck.slides)


def test_what_was_not_given_of_a_meeting_leaves_no_place_on_the_slides():
    deck = Presentation(io.BytesIO(exports.export(valbois(), "pptx")))
    for slide in deck.slides:
        for placeholder in slide.placeholders:
            assert placeholder.placeholder_format.idx > 100 or placeholder.text_frame.text
    assert "à compléter »" not in "".join(words(slide) for slide in deck.slides)


def test_a_meeting_is_told_on_its_slides_and_a_short_one_has_eight_at_most():
    told = Committee("Comité de pilotage", "3 décembre 2026", "2027-2031", "Enjeux", "Quels enjeux retenir ?")
    deck = Presentation(io.BytesIO(exports.export(valbois(), "pptx", documents=Documents(told)))).slides
    assert "Comité de pilotage, 3 décembre 2026" in words(deck[0]) and "2027-2031" in words(deck[0])
    assert deck[1].shapes.title.text_frame.text == "Comité de pilotage\u00a0: Quels enjeux retenir\u00a0?"
    assert "Enjeux · aujourd’hui" in words(deck[1])
    short = told_to(valbois(), story.sections(valbois()), Documents(replace(told, short=True)))
    assert {section.id for section in short} <= set(SHORT) and len(short) <= 7


def test_a_long_table_goes_on_to_a_next_slide_and_loses_no_row():
    rows = tuple(
        (f"Commune {number}", "un texte assez long pour tenir sur deux lignes " * 3) for number in range(40)
    )
    table = story.Table("Longue", ("Commune", "Texte"), rows, (0.3, 0.7))
    found = pages(table, Page())
    assert len(found) > 1 and [row for one in found for row in one.rows] == list(rows)


def test_a_row_that_goes_on_to_a_next_slide_says_under_which_heading():
    rows = tuple(
        ("" if number % 3 else f"Enjeu {number // 3}", "un texte assez long pour deux lignes " * 4)
        for number in range(40)
    )
    _, *after = pages(story.Table("Longue", ("Enjeu", "Aide"), rows, (0.3, 0.7)), Page())
    firsts = [one.rows[0][0] for one in after]
    assert after and all(firsts) and any(first.endswith(" (suite)") for first in firsts)


def test_the_aids_of_a_short_meeting_stand_on_one_slide_and_those_left_out_are_counted_and_noted():
    rows = tuple(
        (f"{number}. Créer des places", "Fonds d’investissement pour les crèches, et ses conditions " * 3)
        for number in range(10)
    )
    table = story.Table("Leviers", ("Enjeu", "Aide"), rows, (0.3, 0.7))
    section = story.Section("leviers", "Leviers", "Dix enjeux, dix aides", ((1.0, (table,)),), "", ())
    assert pieces(section, Page()) == [section]
    [one] = pieces(section, Page(least=14.0))
    [(_, [shown])] = one.on_slide
    gone = len(rows) - (len(shown.rows) - 1)
    assert gone and shown.rows[-1][0].startswith(f"Et {gone}\u00a0autres enjeux")
    assert len(one.notes) == gone and pieces(one, Page(least=14.0)) == [one]
    other = replace(section, id="inconnu")
    assert sum(len(part.on_slide[0][1][0].rows) for part in pieces(other, Page(least=14.0))) == len(rows)


def test_what_is_held_against_nothing_has_no_colour_on_a_map_and_the_legend_says_so():
    drawn = story.Map(
        "", "ratio", "", values={"a": 30.0, "b": 90.0}, reference=("Gironde", 60.0), apart=frozenset("b")
    )
    assert (drawn.coloured("a"), drawn.coloured("b")) == (30.0, None)
    said = [text for text, _, _ in slide_legend(picture.Layers(drawn, [], NO_QUARTERS, ()))]
    assert "non comparée" in said and "inconnu" not in said
    assert not any("plus de" in text for text in said)


def test_a_note_names_each_person_to_ask_once():
    whom = "Votre conseiller développement de la Caf"
    asked = tuple(Unknown(name, BY_ID[name].label, "", whom) for name in ("naissances", "population"))
    (line,) = unknown(replace(valbois(), unknown=asked))
    assert line.count(whom) == 1 and all(BY_ID[one.indicator].label.lower() in line.lower() for one in asked)


def test_what_is_secret_is_counted_apart_from_what_someone_may_give():
    told = tuple(Unknown("naissances", "Naissances", "", whom) for whom in ("La Caf", "La Caf", NOBODY))
    section = next(one for one in story.sections(replace(valbois(), unknown=told)) if one.id == "inconnu")
    count = len(section.columns[0][1][0].rows)
    said = section.title.replace("\u00a0", " ")
    assert said == f"{count} informations manquent : {count - 1} peuvent s’obtenir"


def test_a_source_too_long_for_a_slide_ends_with_a_whole_clause():
    text = "Sources : " + " ; ".join(f"producteur {number}, fichier {number}" for number in range(30)) + "."
    shown = whole_sentences(text, 200)
    assert len(shown) <= 200 and shown.endswith(". Suite dans les notes.")
    assert text.startswith(shown.removesuffix(". Suite dans les notes."))
    assert shown.removesuffix(". Suite dans les notes.")[-1].isdigit()
