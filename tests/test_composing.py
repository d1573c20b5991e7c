"""Documents as people composed them: chapters, order, their own words, in every file; kept, found again, told apart."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import docx
import pytest
from matplotlib.text import Text
from PIL import Image
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from diagnostic import ROOT, exports, report, story
from diagnostic import plan as plans
from diagnostic.__main__ import main
from diagnostic.exports import batch, logos, picture
from diagnostic.exports.pptx import preview
from diagnostic.exports.pptx.order import told_to
from diagnostic.model import DiagnosticError
from diagnostic.plan.documents import Chapter, Committee, Documents
from diagnostic.story import Section
from diagnostic.story.chosen import compose, ordered, outdated

EPCI = "epci:999001002"


def section(id: str, title: str = "Il y a 12 places", on_slides: bool = True) -> Section:
    text = story.Text((("", "Un texte", False),))
    return Section(id, id.capitalize(), title, ((1.0, (text,)),), "", (), on_slides=on_slides)


ABC = tuple(map(section, ("a", "b", "c", "d", "sources")))


def ids(sections) -> str:
    return " ".join(one.id for one in sections)


def test_nothing_chosen_changes_nothing():
    assert compose(ABC, None) == ABC == compose(ABC, Documents())


def test_a_chapter_left_out_of_slides_stays_in_reports_and_the_sources_stay_everywhere():
    chosen = Documents(
        chapters=(Chapter("a", "nulle part"), Chapter("b", "rapports"), Chapter("sources", "nulle part"))
    )
    assert ids(compose(ABC, chosen)) == "b c d sources"
    assert ids(compose(ABC, chosen, slides=True)) == "c d sources"


def test_a_chapter_of_reports_goes_on_slides_when_it_is_asked_for():
    every = (section("a"), section("b", on_slides=False))
    chosen = Documents(chapters=(Chapter("b", "partout"),))
    assert [one.on_slides for one in compose(every, chosen, slides=True)] == [True, True]
    assert [one.on_slides for one in compose(every, Documents(), slides=True)] == [True, False]


def test_a_chapter_that_the_order_does_not_name_follows_the_one_that_it_followed():
    assert ids(ordered(ABC, ("c", "a"))) == "c d a b sources"
    assert ids(ordered(ABC, ("sources", "d", "gone", "a"))) == "d a b c sources"


def test_a_title_of_ours_stands_while_the_diagnosis_says_what_it_was_written_over():
    chosen = Documents(chapters=(Chapter("a", title="Douze places, et après ?", said="Il y a 12 places"),))
    [written] = compose((section("a"),), chosen)
    assert (
        written.title == "Douze places, et après\u00a0?" or written.title == "Douze places, et après\u202f?"
    )
    assert any("Il y a 12 places" in note for note in written.notes)
    [moved] = compose((section("a", "Il y a 9 places"),), chosen)
    assert moved.title == "Il y a 9 places"
    assert ids(outdated((section("a", "Il y a 9 places"),), chosen)) == "a"
    assert outdated((section("a"),), chosen) == ()


def test_a_chapter_as_the_diagnosis_has_it_is_noted_no_more():
    noted = Documents().with_chapter(Chapter("a", "rapports"))
    assert noted.chapter("a").where == "rapports"
    assert noted.with_chapter(Chapter("a")).chapters == ()


CHOSEN = Documents(
    Committee("Comité de pilotage", "3 décembre 2026", authors="Service enfance", stage="Enjeux"),
    ("leviers", "offre"),
    (
        Chapter("leviers", paragraph="Le conseil a déjà délibéré deux fois."),
        Chapter("portrait", "nulle part"),
    ),
)


@pytest.fixture(scope="module")
def found(demo):
    return report.build(demo, EPCI)


def test_what_was_chosen_is_in_the_slides_and_in_the_word_report(found, demo):
    told = story.sections(found, db=demo)
    kicker = {one.id: one.kicker for one in told}
    file = io.BytesIO(exports.export(found, "pptx", demo, documents=CHOSEN))
    deck = Presentation(file)
    slides = ["\n".join(s.text_frame.text for s in slide.shapes if s.has_text_frame) for slide in deck.slides]
    assert "Comité de pilotage, 3 décembre 2026" in slides[0] and "Service enfance" in slides[0]
    assert deck.core_properties.author == "Service enfance"
    place = {
        name: next(i for i, t in enumerate(slides) if t and kicker[name] in t)
        for name in ("leviers", "offre")
    }
    assert place["leviers"] < place["offre"]
    assert "Le conseil a déjà délibéré deux fois." in slides[place["leviers"]]
    assert not any(kicker["portrait"] in text.splitlines() for text in slides)
    word = [
        p.text
        for p in docx.Document(io.BytesIO(exports.export(found, "docx", demo, documents=CHOSEN))).paragraphs
    ]
    assert "Le conseil a déjà délibéré deux fois." in word
    with zipfile.ZipFile(file) as archive:
        held = archive.read("ppt/presentation.xml").decode()
    assert held.count("<p14:sldId ") == len(deck.slides), "every slide is in one part, and in one only"


def test_what_is_drawn_under_a_paragraph_of_ours_stays_on_the_slide(found, demo):
    long = Documents(
        chapters=tuple(
            Chapter(one.id, paragraph="Un mot du territoire. " * 22)
            for one in told_to(found, story.sections(found, db=demo))
        )
    )
    deck = Presentation(io.BytesIO(exports.export(found, "pptx", demo, documents=long)))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.top + shape.height <= deck.slide_height + 36_000, (
                slide.shapes.title.text_frame.text,
                shape.name,
            )


def test_the_choice_travels_with_the_plan_but_its_logos_and_files_of_before_open():
    plan = plans.Plan(
        "Convention",
        EPCI,
        "Valbois",
        2027,
        2031,
        documents=replace(CHOSEN, meeting=replace(CHOSEN.meeting, logos=(b"x",))),
    )
    text = plans.to_json(plan)
    assert plans.from_json(text).documents == CHOSEN
    content = json.loads(text) | {"version": 3}
    del content["plan"]["documents"]
    assert plans.from_json(json.dumps(content)).documents == Documents()
    with pytest.raises(DiagnosticError, match="étape"):
        plans.from_json(text.replace('"stage": "Enjeux"', '"stage": "Ailleurs"'))


def test_two_choices_are_two_files_where_the_format_tells_them(found, demo):
    def names(format: str) -> set[str]:
        return {exports.digest(found, demo, format, documents=one) for one in (None, Documents(), CHOSEN)}

    assert [len(names(format)) for format in ("pptx", "docx", "pdf", "csv", "geojson")] == [2, 2, 2, 1, 1]
    assert exports.digest(found, demo, "csv", template=b"x") == exports.digest(found, demo, "csv")


def test_no_name_of_a_file_reaches_a_hundred_characters(found):
    long = replace(
        found,
        territory=replace(
            found.territory,
            name="Communauté de communes " + "du Pays de l’Œuf " * 9,
            code="+".join(f"{33001 + i}" for i in range(40)),
        ),
    )
    for format in exports.FORMATS:
        name = batch.filename(long, format, "0" * 12)
        assert len(name) < 100 and name == name.lower() and name.isascii() and " " not in name, name
        assert len(exports.filename(long, batch.view(format), format)) < 100


def test_a_logo_that_is_no_picture_is_refused_before_anything_is_made():
    with pytest.raises(DiagnosticError, match="ne s’ouvre pas"):
        logos.checked([b"\x89PNG\r\n\x1a\n" + b"0" * 50])
    with pytest.raises(DiagnosticError, match="2 Mo"):
        logos.checked([b"0" * 2_000_001])


def test_the_command_line_says_the_meeting_and_takes_the_choices_of_a_plan(
    demo_db, tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    stale = Chapter("offre", title="Nous avons 3 places", said="Une autre phrase")
    plan = plans.Plan("Convention", EPCI, "Valbois", 2027, 2031, documents=CHOSEN.with_chapter(stale))
    file = tmp_path / "plan.ctg.json"
    file.write_text(plans.to_json(plan), "utf-8")
    asked = [
        "export",
        EPCI,
        "--format",
        "pptx",
        "--out",
        str(tmp_path),
        "--plan",
        str(file),
        "--date",
        "4 mars 2027",
        "--court",
    ]
    assert main(asked) == 0
    said = capsys.readouterr()
    assert "« Nous avons 3 places »".replace(" ", "\u00a0") in said.err.replace(" ", "\u00a0")
    [made] = tmp_path.glob("*.pptx")
    deck = Presentation(str(made))
    first = "\n".join(s.text_frame.text for s in deck.slides[0].shapes if s.has_text_frame)
    assert "Comité de pilotage, 4 mars 2027" in first and len(deck.slides) <= 9
    assert main(asked) == 0 and "déjà fait" in capsys.readouterr().out
    assert main([*asked[:-1], "--etape", "Ailleurs"]) == 2 or "étape" in capsys.readouterr().err


@pytest.fixture
def page(demo_db, monkeypatch):
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    app = AppTest.from_file(ROOT / "diagnostic" / "ui" / "main.py", default_timeout=60)
    app.query_params["territoire"] = EPCI
    app.switch_page(str(ROOT / "pages" / "exports.py"))
    app.session_state["volet_reunion"] = app.session_state["volet_chapitres"] = True
    return app.run()


def field(app: AppTest, label: str):
    every = (*app.text_input, *app.text_area, *app.selectbox, *app.toggle, *app.button)
    return next(node for node in every if node.label == label)


def told(app: AppTest) -> str:
    return next(node.value for node in app.markdown if node.value.startswith("1. "))


def test_what_is_chosen_on_the_page_is_found_again_and_is_in_the_file(page, monkeypatch):
    assert not page.exception
    first = field(page, "Chapitre à modifier").options[0]
    field(page, "Date").set_value("3 décembre 2026").run()
    field(page, "Instance").set_value("Conseil").run()
    second = field(page, "Chapitre à modifier").options[1]
    field(page, "Chapitre à modifier").select(second).run()
    field(page, "Monter").click().run()
    field(page, "Titre").set_value("Notre titre").run()
    field(page, "Paragraphe à ajouter").set_value("Notre paragraphe.").run()
    assert not page.exception
    lines = told(page).splitlines()
    assert "Notre titre" in lines[0] and lines[1].removeprefix("2. **").startswith(
        first.split(". ")[1].split(" (")[0]
    )
    field(page, "Où le montrer").select("rapports").run()
    assert lines[0].endswith("*(diaporama et rapports)*") and told(page).splitlines()[0].endswith(
        "*(rapports)*"
    )
    # Another page, then this one again: what was typed is there.
    page.switch_page(str(ROOT / "pages" / "methode.py")).run()
    page.switch_page(str(ROOT / "pages" / "exports.py")).run()
    page.session_state["volet_reunion"] = page.session_state["volet_chapitres"] = True
    page.run()
    assert field(page, "Date").value == "3 décembre 2026" and "Notre titre" in told(page).splitlines()[0]
    made = []
    monkeypatch.setattr(exports, "export", lambda *_, **asked: made.append(asked["documents"]) or b"x")
    field(page, "Préparer les documents").click().run()
    assert {one.meeting.occasion for one in made} == {"Conseil, 3 décembre 2026"}
    assert all(any(one.paragraph == "Notre paragraphe." for one in asked.chapters) for asked in made)
    field(page, "Reprendre tout du diagnostic").click().run()
    assert "Notre titre" not in told(page) and field(page, "Date").value == "3 décembre 2026"


def test_a_slide_is_seen_as_a_picture_of_its_own_shape(found, demo):
    logo = io.BytesIO()
    Image.new("RGB", (300, 60), "#aa0000").save(logo, "JPEG")
    told = told_to(found, story.sections(found, db=demo))
    meeting = Committee("Conseil", logos=(logo.getvalue(),))
    drawn = preview.slides(story.cover(found), told, None, ppi=48, committee=meeting)
    with Image.open(io.BytesIO(drawn[0].picture)) as opening:
        assert any(red > 150 > 60 > blue for _, (red, _, blue) in opening.convert("RGB").getcolors(1 << 20))
    deck = Presentation(io.BytesIO(exports.export(found, "pptx", demo)))
    assert len(drawn) == len(deck.slides)
    with Image.open(io.BytesIO(drawn[3].picture)) as picture:
        assert (
            abs(picture.width / picture.height - 16 / 9) < 0.01 and len(picture.convert("L").getcolors()) > 8
        )


def test_what_a_slide_seen_as_a_picture_writes_stands_whole(found, demo, monkeypatch):
    drawn = []
    draw = picture.draw_chart
    monkeypatch.setattr(picture, "draw_chart", lambda *asked: drawn.append(draw(*asked)) or drawn[-1])
    preview.slides(None, told_to(found, story.sections(found, db=demo)), None, ppi=48)
    cut = []
    for figure in drawn:
        size = figure.get_window_extent()
        for words in figure.findobj(Text):
            place = words.get_window_extent()
            if words.get_text() and (place.x0 < size.x0 - 1 or place.x1 > size.x1 + 1):
                cut.append(words.get_text())
    assert len(drawn) > 3 and not cut


def test_a_title_written_over_one_without_its_no_break_spaces_still_stands():
    mine = Chapter("a", title="Le nôtre", said="Crèche à Loupiac ; relais à Cadillac")
    documents = Documents(chapters=(mine,))
    (told,) = compose((section("a", "Crèche à Loupiac ; relais à Cadillac"),), documents)
    assert told.title == "Le nôtre"
