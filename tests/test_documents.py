"""Report, note, sheets and workbook of twelve kinds of place: chapters of prose, page numbers, one page, validators."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from openxml_audit import OpenXmlValidator
from pdfua import validate
from PIL import Image

from diagnostic import exports, french, report, story
from diagnostic.exports import docx as word
from diagnostic.exports import letters, pages
from diagnostic.indicators import OFFICIAL
from diagnostic.model import DiagnosticError
from diagnostic.plan.documents import Committee, Documents
from diagnostic.story.listing import listing_section
from diagnostic.story.written import Written, document

KINDS = (
    "france",
    "region:F1",
    "departement:F1",
    "departement:F2",
    *(f"epci:99900{code}" for code in (1001, 1002, 1003, 2001)),
    "perimetre:F1001+F1002+F1040",
    *(f"commune:F1{number:03}" for number in (33, 901, 80)),
)
EPCI = "epci:999001001"
AUDITED = ("perimetre:F1001+F1002+F1040", "commune:F1033", "commune:F1901")
"""Kinds whose Office files are held against the schemas here; other tests hold four, `benchmarks` twelve real ones."""


@pytest.fixture(scope="module")
def reports(demo):
    return {key: report.build(demo, key) for key in KINDS}


@pytest.fixture(scope="module")
def written(demo, reports):
    """The Word report of the intercommunalité."""
    return exports.export(reports[EPCI], "docx", demo)


def told(of, demo) -> list[Written]:
    return [one for part in document(of, story.sections(of, (), demo)) for one in part.sections]


@pytest.mark.parametrize("key", KINDS)
def test_each_drawing_has_a_paragraph_that_a_convention_could_take(reports, demo, key):
    annexed = ("annexe_membres", "liste_structures", "glossaire", "sources", "essentiel")
    said: list[str] = []
    for one in told(reports[key], demo):
        section = one.section
        if section.blocks and section.id not in annexed and not section.id.startswith("local_"):
            prose = all(isinstance(block, story.Text) for block in section.blocks)
            assert one.paragraph or section.subtitle or prose, section.id
        assert not one.paragraph.startswith("Le tableau") and "None" not in one.paragraph
        assert len(one.paragraph.split()) <= 150 or section.id in annexed, section.id
        said += re.split(r"(?<=\.) ", one.paragraph)
    assert len([text for text in said if text]) > 5
    long = [text for text in said if len(text) > 60]
    assert len(long) == len(set(long)), "a sentence said once is not said again"


@pytest.mark.parametrize("key", KINDS)
def test_a_line_without_any_value_is_named_below_its_table_and_not_drawn(reports, demo, key):
    for one in told(reports[key], demo):
        for block in one.section.blocks:
            if isinstance(block, story.Table) and block.header and block.header[0] == "Indicateur":
                for row in block.rows:
                    assert not all(row[at] in (french.UNKNOWN, "inconnu", "") for at in block.numeric)


def test_chapters_follow_the_order_that_people_gave(reports, demo):
    made = story.sections(reports[EPCI], (), demo)
    chosen = Documents(order=("perspectives", "offre"))
    parts = document(reports[EPCI], made, chosen)
    young = next(part for part in parts if part.title == "Accueil des moins de 3 ans")
    ids = [one.section.id for one in young.sections]
    assert ids.index("perspectives") < ids.index("offre")
    usual = document(reports[EPCI], made)
    ids = [one.section.id for part in usual for one in part.sections]
    assert ids.index("offre") < ids.index("perspectives") and ids[-1] == "sources"


def test_no_page_break_parts_a_row_and_the_heads_are_repeated(written):
    file = docx.Document(io.BytesIO(written))
    assert file.tables
    for table in file.tables:
        for row in table._tbl.tr_lst:
            assert row.trPr.find(qn("w:cantSplit")) is not None
        look = table._tbl.tblPr.find(qn("w:tblLook"))
        if look.get(qn("w:firstRow")) == "1":
            assert table._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None
    for level in (1, 2):
        form = file.styles[f"Heading {level}"].paragraph_format
        assert form.keep_with_next, "a heading never stands alone at the end of a page"


def contents(file) -> list[tuple[str, int]]:
    """Headings and pages as the contents print them."""
    found = []
    for paragraph in file.paragraphs:
        if paragraph.style.name.startswith("toc"):
            texts = [node.text for node in paragraph._p.iter(qn("w:t"))]
            found.append(("".join(texts[:-1]), int(texts[-1])))
    return found


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_contents_name_the_page_where_a_program_puts_each_chapter(written, tmp_path):
    path = tmp_path / "rapport.docx"
    path.write_bytes(written)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "--outdir", tmp_path, path],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "rapport.pdf", "-"], capture_output=True, text=True
    )
    pages = [re.sub(r"\s+", "", page) for page in text.stdout.split("\f")]
    lines = contents(docx.Document(path))
    assert len(lines) > 20
    first = lines[0][1] - 1
    for heading, page in lines:
        plain = re.sub(r"\s+", "", heading)
        at = next(number for number in range(first, len(pages)) if plain in pages[number])
        assert at + 1 == page, heading
        first = at


@pytest.mark.parametrize(
    ("key", "in_print", "in_word"), [(EPCI, 18, 19), ("commune:F1033", 6, 6), ("commune:F1004", 6, 6)]
)
def test_a_report_does_not_grow_where_every_file_is_loaded(reports, demo, key, in_print, in_word):
    """The two longest of the towns. On the open data of today, 12 to 18 pages for an intercommunalité and 4 to 6 for a town (`benchmarks`); annexes take
    three of these."""
    of = reports.get(key) or report.build(demo, key)
    printed = exports.export(of, "pdf", demo)
    assert 3 < len(re.findall(rb"/Type\s*/Page\b", printed)) <= in_print
    # Charts and maps are lines and letters, none is made of dots.
    assert not re.search(rb"/Subtype\s*/Image\b", printed)
    file = docx.Document(io.BytesIO(exports.export(of, "docx", demo)))
    assert 3 < pages.numbered(file)[-1] <= in_word


def test_a_table_is_parted_only_where_it_would_leave_half_a_page_blank_and_no_row_stands_alone(reports):
    made = word.Document(story.cover(reports[EPCI]))
    for count in (12, 40):
        made.table(("Commune", "Places"), [(str(row), "1") for row in range(count)], (0.7, 0.3), (1,))
    file = docx.Document(io.BytesIO(made.bytes()))
    short, long = (
        [row.cells[0].paragraphs[0].paragraph_format.keep_with_next or False for row in table.rows]
        for table in file.tables
    )
    assert short == [True] * 12 + [False]
    assert long == [True] * 3 + [False] * 35 + [True] * 2 + [False]


def test_a_column_gives_its_room_to_the_one_whose_texts_take_more_lines():
    """« Prestation de service unique » took three lines beside a column half empty."""
    rows = [["Enjeu", "Aide"], ["1", "Prestation de service unique"], ["2", "Fonds d’investissement crèche"]]
    table = letters.Rows(rows, 9.0, [True, False, False])
    longest = max(9 * letters.width(text) for _, text in rows[1:])
    narrow, wide = table.fewest((120.0, 60.0), (40.0, 40.0), 10.0)
    assert narrow + wide == 180 and narrow >= 40 and wide - 10 >= longest
    assert letters.Rows(rows[:1], 9.0, [True]).fewest((120.0, 60.0), (40.0, 40.0), 10.0) == (120, 60)


def test_a_document_says_at_its_end_what_nothing_before_has_said(reports):
    for key in (EPCI, "commune:F1033"):
        said = story.last_words(reports[key])
        assert "Valeur inconnue" in said[0] and "Secret" not in said[0] and "Millésimes" not in said[0]
        assert len(said) > 1 and story.FICTIONAL not in " ".join(said)


def test_the_list_of_one_commune_names_it_nowhere_and_its_sources_by_producer(reports, demo):
    told = listing_section(reports["commune:F1033"], demo)
    (table,) = told.blocks
    assert "Commune" not in table.header and not any(
        "Gralventhoux" in cell for row in table.rows for cell in row
    )
    assert any(row[-1] == "4 rue des Ecoles, F1032" for row in table.rows)
    parts = document(reports["commune:F1033"], story.sections(reports["commune:F1033"], (), demo))
    (sources,) = (one for part in parts for one in part.sections if one.section.id == "sources")
    said = sources.told.replace("\u00a0", " ")
    assert said.count("Éducation nationale : ") == said.count(". Cnaf : ") == 1


@pytest.mark.parametrize("key", KINDS)
def test_the_note_holds_on_one_page_and_what_it_asks_is_to_be_decided(reports, demo, key):
    note = exports.export(reports[key], "note", demo)
    assert len(re.findall(rb"/Type\s*/Page\b", note)) == 1


def test_a_note_says_its_sources_and_its_decisions(reports, demo, tmp_path):
    path = tmp_path / "note.pdf"
    path.write_bytes(exports.export(reports[EPCI], "note", demo))
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True).stdout
    assert "À décider" in text and "à instruire" in text and "Source" in text
    for one in story.stakes(reports[EPCI])[:3]:
        assert one.title.split(",")[0][:30].replace("\u00a0", " ") in re.sub(r"\s+", " ", text)


def printed(path: Path, file: bytes) -> str:
    path.write_bytes(file)
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True).stdout
    return re.sub(r"\s+", " ", text)


def test_report_and_note_are_those_of_the_meeting_that_was_said(reports, demo, tmp_path):
    """Only the slides bore the instance, its day and the logos: the report that goes with them bore the day it was made."""
    logo = io.BytesIO()
    Image.new("RGB", (300, 60), "navy").save(logo, "PNG")
    meeting = Committee(
        "Comité de pilotage", "3 mars 2027", "2027-2031", authors="Service enfance", logos=(logo.getvalue(),)
    )
    told = Documents(meeting)
    for format in ("pdf", "note"):
        file = exports.export(reports[EPCI], format, demo, documents=told)
        said = printed(tmp_path / "file.pdf", file)
        assert "Comité de pilotage, 3 mars 2027" in said and "2027-2031" in said, format
        plain = exports.export(reports[EPCI], format, demo)
        assert "Comité" not in printed(tmp_path / "file.pdf", plain)[:400]
        assert file.count(b"/Subtype/Image") == plain.count(b"/Subtype/Image") + 1, format
    made = exports.export(reports[EPCI], "docx", demo, documents=told)
    file = docx.Document(io.BytesIO(made))
    first = [one.text for one in file.paragraphs[:12]]
    assert "Comité de pilotage, 3 mars 2027" in first and "Service enfance" in first
    assert [node.get("descr") for node in file.element.body.iter(qn("wp:docPr"))][0] == "Logo"
    path = tmp_path / "file.docx"
    path.write_bytes(made)
    assert not OpenXmlValidator().validate(path).errors


def test_a_note_names_each_file_once_and_nothing_in_it_is_under_nine_points(reports, demo, tmp_path):
    for key in (EPCI, "commune:F1033"):
        said = printed(tmp_path / "note.pdf", exports.export(reports[key], "note", demo))
        assert len(re.findall(r"Sources? :", said)) == 1, key
        listed = re.search(r"Sources? : .*", said)[0]
        for source in {one.title for one in reports[key].sources}:
            assert listed.count(f" {source} ") + listed.count(f" {source},") <= 1, source
        xml = subprocess.run(
            ["pdftohtml", "-xml", "-i", "-stdout", tmp_path / "note.pdf"], capture_output=True, text=True
        ).stdout
        # Poppler counts one and a half for a point, without decimals.
        sizes = [int(one) / 1.5 for one in re.findall(r'<fontspec [^>]*size="(\d+)"', xml)]
        assert sizes and min(sizes) >= 9, sizes


def test_the_page_of_a_commune_without_a_rate_says_that_of_its_intercommunalite_and_no_share_of_all_or_none(
    reports, demo
):
    told = {re.split(r"\s:", one.title)[0]: one for one, _ in story.sheets(reports[EPCI])}
    whole = reports[EPCI].findings[OFFICIAL]
    bare = [member for member in reports[EPCI].members if not member.findings[OFFICIAL].status.known]
    assert bare and whole.value is not None
    for member in bare:
        sheet = told[french.name(member.territory)]
        rows = sheet.blocks[0].rows
        (rate,) = (row for row in rows if row[1].startswith("Taux de couverture"))
        assert french.name(reports[EPCI].territory) in rate[1] and rate[2] == french.number(whole.value, 1)
        assert "Taux de couverture" in sheet.caution and "Cnaf" in sheet.source
        assert not any(row[2] in ("100", "0") and "(%)" in row[1] for row in rows)
        assert not any("%" in row[2] or "€" in row[2] for row in rows), "the label has the unit"


def test_each_commune_has_its_page_in_both_formats(reports, demo):
    members = len(reports[EPCI].members)
    sheets = exports.export(reports[EPCI], "fiches", demo)
    assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == members
    file = docx.Document(io.BytesIO(exports.export(reports[EPCI], "fiches_word", demo)))
    titles = [one for one in file.paragraphs if one.style.name == "Heading 1"]
    assert len(titles) == members
    assert all(one.paragraph_format.page_break_before for one in titles[1:])
    maps = [node.get("descr") for node in file.element.body.iter(qn("wp:docPr"))]
    assert len(maps) == members and all(one.startswith("Situation") for one in maps)


def test_too_many_members_for_sheets_is_said_in_a_sentence(reports):
    many = [reports[EPCI].members[0]] * 61
    with pytest.raises(DiagnosticError, match="intercommunalité par intercommunalité"):
        word.sheets(replace(reports[EPCI], members=tuple(many)))


@pytest.mark.parametrize("format", ["pdf", "note", "fiches"])
def test_a_pdf_is_tagged_as_a_validator_of_pdf_ua_asks(reports, demo, tmp_path, format):
    path = Path(tmp_path / f"{format}.pdf")
    path.write_bytes(exports.export(reports["commune:F1080"], format, demo))
    found = validate(str(path))
    assert [f"{one.rule_id} {one.message}" for one in found.findings] == []


@pytest.mark.parametrize("key", AUDITED)
@pytest.mark.parametrize("format", ["docx", "xlsx"])
def test_word_and_excel_follow_their_schemas_for_other_kinds_of_place(reports, demo, tmp_path, key, format):
    path = tmp_path / f"file.{format}"
    path.write_bytes(exports.export(reports[key], format, demo))
    found = OpenXmlValidator().validate(path).errors
    assert [f"{error.part_uri} {error.description}" for error in found] == []
