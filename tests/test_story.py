"""One story: the same title and the same source line on the screen, on the slide, in the PDF, in Word, in the workbook, in
the pictures, on the terminal."""

from __future__ import annotations

import gc
import html
import io
import os
import re
import shutil
import subprocess
import sys
from dataclasses import is_dataclass
from pathlib import Path

import docx
import openpyxl
import pytest
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from diagnostic import french, story, text
from diagnostic.exports import docx as word
from diagnostic.exports import pdf, picture, pptx, xlsx
from diagnostic.exports.pptx.order import told_to
from diagnostic.indicators import BY_ID, INDICATORS
from diagnostic.model import Finding, Status
from diagnostic.report import build
from diagnostic.story.keyfigures import number_and_unit
from diagnostic.story.once import _TOLD as once_told
from diagnostic.story.once import once
from diagnostic.story.typeset import Typeset
from diagnostic.story.words import dated
from diagnostic.story.written import document as told_in
from diagnostic.warehouse.database import Database, open_database

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    "synthese",
    "petite_enfance",
    "enfance_jeunesse",
    "familles",
    "acces_droits",
    "logement_handicap",
    "quartiers",
)
NOT_ON_SCREEN = {
    "communes": "the ranking of the missing places draws the same members",
    "pauvrete": "the page Comparer crosses any two figures of the communes",
    "structures": "the map lists the services of each commune",
    "semblables": "the page Comparer lets the visitor choose them",
    "position": "the first page draws the same figures one by one, with their place among the others",
    "enjeux": "the page Agir ranks the same gaps, and the workshop edits the four lists",
    "leviers": "the page Agir has them with their projects",
    "sources": "the page Méthode has them with their formulas",
    "liste_structures": "each page lists those of its own types",
    "inconnu": "each page tells what is not known of its own themes",
}
"""Subjects that no theme page has as such, each with its reason."""
SOURCE_ELSEWHERE = {"essentiel": "the key messages open a file or a page, each figure with its own source"}


def bare(text: str) -> str:
    """The text without any space nor raised letter, as each medium has its own."""
    return re.sub(r"\s", "", french.office(html.unescape(re.sub(r"<[^>]+>", "", text))))


@pytest.fixture(scope="module")
def key(demo: Database) -> str:
    (code,) = demo.rows("select code from territory where level = 'epci' order by communes desc limit 1")[0]
    return f"epci:{code}"


@pytest.fixture(scope="module")
def told(demo: Database, key: str) -> dict[str, story.Section]:
    return {section.id: section for section in story.sections(build(demo, key), db=demo)}


@pytest.fixture(scope="module")
def media(
    demo: Database, key: str, demo_db: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    report = build(demo, key)
    file = tmp_path_factory.mktemp("story") / "report.pdf"
    file.write_bytes(pdf.build(report, demo))
    printed = ""
    if shutil.which("pdftotext"):
        printed = subprocess.run(
            ["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True
        ).stdout
    deck = Presentation(io.BytesIO(pptx.build(report, demo)))
    slides = [
        shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame
    ]
    document = docx.Document(io.BytesIO(word.build(report, demo)))
    book = openpyxl.load_workbook(io.BytesIO(xlsx.build(report, demo)), read_only=True)
    cells = (str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    drawn = picture.pictures(report, demo, "svg")
    return {
        "pdf": bare(printed),
        "pictures": bare("\n".join(one.decode() for one in drawn.values())),
        "slides": bare("\n".join(slides)),
        "word": bare("\n".join(paragraph.text for paragraph in document.paragraphs)),
        "workbook": bare("\n".join(cells)),
        "terminal": bare(text.written(report, db=demo)),
        "screen": bare("\n".join(on_screen(page, key, demo_db) for page in PAGES)),
    }


def on_screen(page: str, key: str, database: Path) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIAGNOSTIC_DB", str(database))
        app = AppTest.from_file(str(ROOT / "diagnostic/ui/main.py"), default_timeout=60)
        app.query_params["territoire"] = key
        app.switch_page(str(ROOT / "pages" / f"{page}.py"))
        app.run()
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html"))


def test_every_screen_of_the_presentation_opens_with_its_message(demo, key, demo_db, monkeypatch):
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    app = AppTest.from_file(str(ROOT / "diagnostic/ui/main.py"), default_timeout=60)
    app.query_params["territoire"] = key
    app.switch_page(str(ROOT / "pages" / "presentation.py"))
    app.run()
    messages, opened, count = [], set(), 99
    while len(messages) < count:
        assert not app.exception, len(messages) + 1
        drawn = "\n".join(element.proto.body for element in app.get("html"))
        head = re.search(
            r"<section class=\"screen[^\"]*\">.*?<p class=\"eyebrow\">(.+?)</p><h1>(.+?)</h1>", drawn
        )
        messages.append(head[2])
        opened.add(head.groups())
        count = int(re.search(rf'class="count">{len(messages)} / (\d+)<', drawn)[1])
        if len(messages) < count:
            app.button(key="suivant").click().run()
    # A table that takes two screens has one message: they are numbered above it.
    assert len(opened) == count >= 8 and len(set(messages)) >= count - 1
    # Each opens with the title of a section; the offer, with the key message where that one compares the official rate.
    found = build(demo, key)
    told = {one.title for one in story.sections(found, db=demo)} | {story.around_section(found, None).title}
    offer = {story.offer_section(found).title, *(one.sentence.rstrip(".") for one in found.messages)}
    assert bare(messages.pop(1)) in {bare(one) for one in offer}
    assert {bare(one) for one in messages} - {bare(one) for one in told} == set()


def where(section: story.Section, slides: set[str], documents: set[str]) -> list[str]:
    """The media that have a section; a deck and a document leave out what another of their chapters tells."""
    found = ["terminal", "workbook"]
    if any(isinstance(block, story.Chart) for block in section.blocks):
        found.append("pictures")
    if section.id in slides:
        found.append("slides")
    if section.id in documents:
        found += ["pdf", "word"]
    if section.id not in NOT_ON_SCREEN and not section.id.startswith("local_"):
        found.append("screen")
    return found


@pytest.fixture(scope="module")
def on_slides(demo: Database, key: str, told: dict[str, story.Section]) -> set[str]:
    return {section.id for section in told_to(build(demo, key), tuple(told.values()))}


@pytest.fixture(scope="module")
def in_documents(demo: Database, key: str, told: dict[str, story.Section]) -> set[str]:
    parts = told_in(build(demo, key), tuple(told.values()))
    return {one.section.id for part in parts for one in part.sections}


def test_a_subject_has_one_title_in_every_medium(told, media, on_slides, in_documents):
    assert all(media[name] for name in ("slides", "word", "terminal", "screen"))
    absent = [
        (section.id, medium)
        for section in told.values()
        for medium in where(section, on_slides, in_documents)
        if media[medium] and bare(section.title) not in media[medium]
    ]
    assert absent == []
    elsewhere = {"themes", "communes", "naissances", "priorites", "alsh_sans"}
    assert len(told) >= 20 and set(told) - in_documents <= elsewhere


def test_a_subject_has_one_source_line_in_every_medium(told, media, on_slides, in_documents):
    absent = [
        (section.id, medium)
        for section in told.values()
        for medium in where(section, on_slides, in_documents)
        if section.id not in SOURCE_ELSEWHERE
        # A slide cuts a long line after its first words.
        and media[medium]
        and not sourced(section.source, medium, media[medium])
    ]
    assert absent == []


def sourced(source: str, medium: str, whole: str) -> bool:
    """Whether a medium has a source line; a document says once, after them all, those of sentences in a row."""
    said = bare(source)[: 120 if medium == "slides" else None]
    files = re.split("[,;.]|Sources?:", said)
    return said in whole or (medium in ("pdf", "word") and all(one in whole for one in files))


SHEETS = {
    "Synthèse": "essentiel",
    "Communes": "communes",
    "Accueil par mode": "offre",
    "Structures": "liste_structures",
    "Naissances": "naissances",
    "Perspectives": "perspectives",
    "Semblables": "semblables",
    "Quartiers prioritaires": "quartiers",
    "Obligations": "obligations",
    "Enjeux": "priorites",
    "Leviers": "leviers",
    "À savoir": "inconnu",
    "Sources et secret": "sources",
}
"""Sheet of the workbook -> the subject whose numbers it holds."""


def test_a_sheet_of_numbers_stands_under_the_title_and_the_source_of_its_subject(demo, key, told):
    book = openpyxl.load_workbook(io.BytesIO(xlsx.build(build(demo, key), demo)), read_only=True)
    for name, subject in SHEETS.items():
        title, source = (row[0] for row in book[name].iter_rows(max_row=2, max_col=1, values_only=True))
        assert bare(title) == bare(told[subject].title), name
        assert bare(told[subject].below) in bare(source or ""), name


def test_an_exception_names_a_subject_that_exists(told):
    assert set(NOT_ON_SCREEN) | set(SOURCE_ELSEWHERE) <= set(told)


def test_a_subject_is_listed_once_and_every_medium_asks_the_list(told):
    assert len(told) == len({section.title for section in told.values()})


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.id)
def test_a_sentence_names_an_indicator_by_its_declared_noun(indicator):
    assert re.match(r"(le|la|les) [a-zé]|l’[aeiouyéè]", indicator.noun)
    finding = Finding(indicator.id, "commune:1", 1.0, Status.OK, 2021)
    assert dated(indicator, finding).replace(", en", " en") == f"{indicator.noun} en 2021"


ADDED = """
import dataclasses, io, sys
from pathlib import Path
import docx, duckdb
from diagnostic import indicators
like = indicators.BY_ID["enfants_par_rpe"]
added = dataclasses.replace(
    like, id="enfants_par_creche", label="Enfants de moins de 3 ans par crèche", short="Enfants par crèche",
    noun="le nombre d’enfants par crèche", unit="enfants par crèche", denominator="eaje",
    denominator_label="crèches", missing_noun=None, definition="Enfants rapportés aux crèches.",
)
indicators.INDICATORS += (added,)
indicators.BY_ID[added.id] = added
from streamlit.testing.v1 import AppTest
from diagnostic import story, text
from diagnostic.exports import docx as word
from diagnostic.report import build
from diagnostic.warehouse import wide
from diagnostic.warehouse.database import open_database
from diagnostic.warehouse.declaration import declare
path = Path(sys.argv[1])
# The build measures what is declared, by this query.
con = duckdb.connect(str(path))
con.execute("drop table figure; drop table total; drop table told_figures")
declare(con)
names = {name: name for name in ("membership", "stat", "published", "total", "figure")}
con.execute(Path("diagnostic/sql/measure.sql").read_text("utf-8").format(temporary="", **names))
con.execute("create table told_figures as " + wide.TABLES["told_figures"])
con.close()
base = open_database(path)
[(code,)] = base.rows("select code from territory where level = 'epci' order by communes desc limit 1")
report = build(base, f"epci:{code}")
said = report.findings[added.id].reading
assert "enfants de moins de 3 ans par crèche en 2025" in said.replace("\xa0", " "), said
assert added.label in text.written(report, db=base)
cells = [cell.text for t in docx.Document(io.BytesIO(word.build(report, base))).tables for row in t.rows for cell in row.cells]
assert added.label in cells
for page, shown in (("petite_enfance", added.unit), ("methode", added.label), ("carte", added.label)):
    app = AppTest.from_file("diagnostic/ui/main.py", default_timeout=120)
    app.query_params["territoire"] = f"epci:{code}"
    app.switch_page(str(Path("pages", f"{page}.py").resolve())).run()
    assert not app.exception, (page, app.exception)
    drawn = [item.proto.body for item in app.get("html")] + [e.label for e in app.expander] + [o for s in app.selectbox for o in s.options]
    assert any(shown in one for one in drawn), (page, drawn)
"""


def test_an_indicator_is_one_entry_shown_on_its_page_on_the_map_in_documents_and_in_the_dictionary(
    demo_db, tmp_path
):
    path = Path(shutil.copy(demo_db, tmp_path / "added.duckdb"))
    done = subprocess.run(
        [sys.executable, "-c", ADDED, str(path)],
        cwd=ROOT,
        env=os.environ | {"DIAGNOSTIC_DB": str(path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_a_bounded_value_is_never_written_as_exact():
    poverty = Finding("taux_pauvrete", "commune:33065", 5.0, Status.BOUNDED)
    assert number_and_unit(poverty, BY_ID["taux_pauvrete"]) == ("5\u202f%", "ou moins des habitants")


def test_what_is_told_of_a_report_is_told_once_and_leaves_with_it(demo_db):
    demo, asked = open_database(demo_db), []

    @once
    def told(report, db=None, *names):
        asked.append((db, *names))
        return object()

    report, other = build(demo, "epci:999001002"), build(demo, "epci:999001002")
    kept = len(once_told)
    first = told(report, demo, "a")
    assert told(report, demo, "a") is first and len(asked) == 1
    assert (
        told(report, demo, "b") is not first
        and told(report) is not first
        and told(other, demo, "a") is not first
    )
    # A name apart from a place, though the words are the same.
    assert told(report, demo, "db", "base") is not told(report, demo, "db")
    # What a visitor has composed is told anew: it would be kept for nobody else.
    assert told(report, ["a"]) is not told(report, ["a"])
    # Told of one another, each leaves nevertheless.
    told(report, other), told(other, report)
    assert len(once_told) == kept + 2
    asked.clear()
    del report, other
    gc.collect()
    assert len(once_told) == kept


def test_no_line_of_a_section_can_begin_with_its_punctuation():
    told = story.Text((("Où : ici", "l'aide ; 12 % ou 3 €", False),))
    section = story.Section(
        "a : b", "Repère", "Combien ?", ((1.0, (told,)),), "Source : Insee", ("Note : une",)
    )
    assert told.items == (("Où\u00a0: ici", "l’aide\u202f; 12\u202f% ou 3\u00a0€", False),)
    assert (section.title, section.source) == ("Combien\u202f?", "Source\u00a0: Insee")
    assert section.notes == ("Note\u00a0: une",) and section.id == "a : b"
    blocks = [one for one in vars(story.blocks).values() if is_dataclass(one)]
    assert [one.__name__ for one in blocks if not issubclass(one, Typeset)] == ["Data"]
