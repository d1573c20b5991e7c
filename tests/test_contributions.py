"""Partners contribute on a form: nothing is lost, each line keeps its organisation, never a person."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from openxml_audit import OpenXmlValidator
from streamlit.testing.v1 import AppTest

from diagnostic import drafts, exports, story
from diagnostic import plan as plans
from diagnostic.exports import convention, form
from diagnostic.local import contributions as forms
from diagnostic.model import DiagnosticError
from diagnostic.plan import Contribution, Plan, Quadrant
from diagnostic.reference import LEVER_THEMES
from diagnostic.report import build
from diagnostic.story.sharing import contributions_section, counted, proposed_stakes, shared_afom
from diagnostic.ui import keeping
from diagnostic.warehouse import open_database

ROOT = Path(__file__).resolve().parents[1]
KEY = "epci:999001001"
THEMES = list(LEVER_THEMES)
DAY = "2026-11-20"


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture(scope="module")
def report(demo_db):
    return build(open_database(demo_db), KEY)


def empty() -> Plan:
    return Plan("Ctg 2027-2031", KEY, "CA du Val-de-Trélovaine", 2027, 2031)


def workbook(organisation, lines) -> bytes:
    """The Excel form, filled as a spreadsheet fills it."""
    book = openpyxl.load_workbook(io.BytesIO(forms.as_xlsx("CA du Val")))
    sheet = book.active
    sheet["B1"] = organisation
    for rank, (theme, quadrant, text) in enumerate(lines, 4):
        for place, value in enumerate((LEVER_THEMES[theme], str(quadrant), text), 1):
            sheet.cell(rank, place, value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def document(report, organisation, lines) -> bytes:
    """The Word form, several lines of one heading written one under the other in its cell."""
    made = docx.Document(io.BytesIO(form.as_docx(report.territory)))
    made.tables[0].cell(0, 1).text = organisation
    for theme, quadrant, text in lines:
        cell = made.tables[1 + THEMES.index(theme)].cell(list(Quadrant).index(quadrant), 1)
        if cell.text:
            cell.add_paragraph(text)
        else:
            cell.text = text
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def eight_forms(report):
    """60 lines from 8 organisations: five workbooks and three documents, 8 or 7 lines each."""
    found = []
    number = 0
    for rank in range(8):
        count = 8 if rank < 4 else 7
        lines = []
        for _ in range(count):
            lines.append((THEMES[number % 8], list(Quadrant)[number % 5], f"Idée numéro {number}"))
            number += 1
        made = workbook if rank % 3 else lambda who, what: document(report, who, what)
        found.append((f"Organisation {rank}", lines, made(f"Organisation {rank}", lines)))
    assert number == 60
    return found


def test_sixty_contributions_of_eight_forms_are_gathered_without_a_loss(report):
    plan, expected = empty(), set()
    for who, lines, data in eight_forms(report):
        found = forms.read(data)
        assert (found.organisation, found.left) == (who, ())
        plan = plans.contribute(plan, found, DAY)
        expected |= {(who, *line) for line in lines}
    assert {(one.origin, one.theme, one.quadrant, one.text) for one in plan.contributions} == expected
    assert len(plan.contributions) == 60
    assert plain(counted(plan)) == "60 contributions de 8 organisations"
    told = contributions_section(plan)
    assert {(row[2], row[3]) for row in told.blocks[0].rows} == {(text, who) for who, _, _, text in expected}
    assert plans.from_json(plans.to_json(plan)) == plan


def test_a_form_brought_again_adds_only_what_is_new_in_it():
    lines = [("petite_enfance", Quadrant.STRENGTH, "Un relais actif")]
    plan = plans.contribute(empty(), forms.read(workbook("Msa", lines)), DAY)
    more = [*lines, ("handicap", Quadrant.WEAKNESS, "Peu de places")]
    plan = plans.contribute(plan, forms.read(workbook("Msa", more)), "2026-11-21")
    assert [one.text for one in plan.contributions] == ["Un relais actif", "Peu de places"]
    assert plans.forget_organisation(plan, "Msa").contributions == ()


def test_a_line_that_cannot_be_placed_is_told_and_a_contact_is_taken_out():
    found = forms.understood(
        [
            ["Organisation", "Centre social"],
            ["Thème", "Rubrique", "Contribution"],
            ["Handicap", "faiblesses", "Écrire à anne@exemple.fr ou au 06 12 34 56 78"],
            ["", "Menace", "Moins de financements"],
            ["Handicap", "Remarque", "Une ligne mal rangée"],
        ]
    )
    assert [line.quadrant for line in found.lines] == [Quadrant.WEAKNESS, Quadrant.THREAT]
    assert found.lines[0].text == f"Écrire à {forms.TAKEN_OUT} ou au {forms.TAKEN_OUT}"
    assert found.lines[1].theme == "handicap"
    (left,) = found.left
    assert "Une ligne mal rangée" in left and "rubrique non reconnue" in left


def test_what_is_written_outside_the_tables_of_a_document_is_told_and_what_is_deleted_is_not_read(report):
    made = docx.Document(io.BytesIO(document(report, "Caf", [("handicap", Quadrant.THREAT, "Départs")])))
    made.add_paragraph("Une idée en bas de page")
    target = io.BytesIO()
    made.save(target)
    found = forms.read(target.getvalue())
    assert [line.text for line in found.lines] == ["Départs"]
    (left,) = found.left
    assert "Une idée en bas de page" in left


@pytest.mark.parametrize("who", ["", "Mme Ferrand", "M. Roy", "anne@exemple.fr"])
def test_a_contribution_is_that_of_an_organisation(who):
    found = forms.Form(who, (forms.Said("handicap", Quadrant.THREAT, "Départs"),))
    with pytest.raises(DiagnosticError, match="organisation"):
        plans.contribute(empty(), found, DAY)


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([["Organisation", "Caf"], ["Thème", "Rubrique", "Contribution"]], "vide"),
        ([["a", "b"], ["1", "2"]], "modèle"),
    ],
)
def test_a_form_without_a_line_and_a_file_that_is_none_are_refused(rows, word):
    with pytest.raises(DiagnosticError, match=word):
        forms.understood(rows)


def test_a_document_with_macros_or_damaged_is_refused(report):
    data = document(report, "Caf", [("handicap", Quadrant.THREAT, "Départs")])
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    with pytest.raises(DiagnosticError, match="macros"):
        forms.read(target.getvalue())
    with pytest.raises(DiagnosticError):
        forms.read(data[: len(data) // 2])


def test_both_forms_are_sound(report, tmp_path):
    for name, data in (("f.docx", form.as_docx(report.territory)), ("f.xlsx", forms.as_xlsx("CA du Val"))):
        (tmp_path / name).write_bytes(data)
        assert [error.description for error in OpenXmlValidator().validate(tmp_path / name).errors] == []


# --- AFOM and stakes ------------------------------------------------------------------------------


def said(plan, who, quadrant, text, theme="petite_enfance"):
    one = forms.Form(who, (forms.Said(theme, quadrant, text),))
    return plans.contribute(plan, one, DAY)


def test_the_same_words_of_two_organisations_are_one_line_with_both(report):
    plan = said(empty(), "Msa", Quadrant.WEAKNESS, "Peu de places le soir")
    plan = said(plan, "Mairie", Quadrant.WEAKNESS, "peu de places  le soir")
    plan = said(plan, "Caf", Quadrant.STRENGTH, "Un réseau actif")
    section = shared_afom(report, plan)
    texts = [item[1] for block in section.blocks if isinstance(block, story.Text) for item in block.items]
    assert "Peu de places le soir (Msa et Mairie)" in texts
    # Figures speak beside partners.
    assert {one.text for one in story.proposed(report)} <= set(texts)


def test_people_reword_a_line_and_set_one_aside_and_the_first_words_stay(report):
    plan = said(empty(), "Msa", Quadrant.WEAKNESS, "peu de places!!")
    (one,) = plan.contributions
    plan = plans.edit_plan(plan, contributions=(replace(one, wording="Peu de places le soir"),))
    assert shared_afom(report, plan) is not None
    assert plan.contributions[0].text == "peu de places!!"
    (line,) = plans.gathered(plan.contributions)
    assert line.wording == "Peu de places le soir"
    hidden = plans.edit_plan(plan, contributions=(replace(one, kept=False),))
    assert plans.gathered(hidden.contributions) == ()
    assert "1 contribution non reprise" in plain(contributions_section(hidden).caution)
    first = story.proposed(report)[0].text
    texts = [
        item[1]
        for block in shared_afom(report, plans.edit_plan(plan, aside=(first,))).blocks
        if isinstance(block, story.Text)
        for item in block.items
    ]
    assert first not in texts


def test_stakes_are_proposed_with_their_reason_at_most_five_a_theme(report):
    plan = empty()
    for rank in range(7):
        plan = said(plan, f"Association {rank}", Quadrant.WEAKNESS, f"Manque {rank}")
    found = proposed_stakes(report, plan)
    assert all(one.reason for one in found)
    by_theme = [one for one in found if one.theme == "petite_enfance"]
    assert len(by_theme) == 5
    gap = next(one for one in found if one.indicators)
    assert gap.indicators[0] in report.findings
    voiced = next(one for one in found if not one.indicators)
    assert "Dit par une organisation" in voiced.reason


def test_people_retain_order_and_edit_stakes_and_a_sixth_of_a_theme_is_refused(report):
    plan = plans.retain(empty(), proposed_stakes(report, empty())[:2])
    first, second = plan.stakes
    assert (first.id, second.id) == ("E1", "E2")
    assert [one.id for one in plans.move_stake(plan, "E2", -1).stakes] == ["E2", "E1"]
    assert plans.edit_stake(plan, "E1", title="Autrement").stakes[0].title == "Autrement"
    assert [one.id for one in plans.remove_stake(plan, "E1").stakes] == ["E2"]
    assert not {first.title, second.title} & {one.title for one in proposed_stakes(report, plan)}
    same = [replace(first, title=f"Enjeu {rank}", theme="handicap") for rank in range(6)]
    with pytest.raises(DiagnosticError, match="5 enjeux"):
        plans.retain(empty(), same)


def test_stakes_are_the_spine_of_deck_note_and_convention(report, demo_db):
    db = open_database(demo_db)
    plan = plans.retain(empty(), proposed_stakes(report, empty())[:3])
    plan = plans.add_axe(said(plan, "Msa", Quadrant.THREAT, "Départs à la retraite"), "Accueillir")
    plan = plans.add_fiche(plan, plan.axes[0].id, "Ouvrir une crèche")
    plan = plans.edit_stake(plan, plan.stakes[0].id, fiches=(plan.fiches[0].id,))
    extra = convention.sections(convention.dossier(plan, report, db))
    told_sections = story.sections(report, extra, db)
    ids = [section.id for section in told_sections]
    assert ids[1] == story.AGENDA and ids.count("enjeux") == 1
    agenda = told_sections[1]
    assert [plain(row[1]) for row in agenda.blocks[0].rows] == [plain(one.title) for one in plan.stakes]
    assert agenda.blocks[0].rows[0][4] == "Ouvrir une crèche"
    note = exports.export(report, "note", db, extra=extra)
    if shutil.which("pdftotext"):
        told = subprocess.run(["pdftotext", "-", "-"], input=note, capture_output=True, check=True).stdout
        written = plain(" ".join(told.decode().split()))
        assert all(plain(one.title) in written for one in plan.stakes)
    # Each line of partners stands in the report and in the deck with its organisation.
    whole = docx.Document(io.BytesIO(exports.export(report, "docx", db, extra=extra)))
    cells = {plain(cell.text) for table in whole.tables for row in table.rows for cell in row.cells}
    assert {"Départs à la retraite", "Msa"} <= cells
    afom = next(section for section in told_sections if section.id == "enjeux")
    lines = [item[1] for block in afom.blocks if isinstance(block, story.Text) for item in block.items]
    assert "Départs à la retraite (Msa)" in lines and afom.on_slides
    made = docx.Document(io.BytesIO(convention.build(convention.dossier(plan, report, db), "docx")))
    assert "Les enjeux" in [one.text for one in made.paragraphs if one.style.name == "Heading 1"]


def test_a_contribution_is_kept_with_its_theme_day_and_organisation():
    with pytest.raises(DiagnosticError, match="thème"):
        Contribution("astronomie", Quadrant.THREAT, "x", "Caf", DAY)
    with pytest.raises(DiagnosticError, match="date"):
        Contribution("handicap", Quadrant.THREAT, "x", "Caf", "20/11/2026")


# --- The page -------------------------------------------------------------------------------------


@pytest.fixture
def opened(demo_db, tmp_path, monkeypatch):
    """Opens a page of the territory for a visitor who works on that plan."""
    kept = drafts.SqliteStore(tmp_path / "b.sqlite")
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    monkeypatch.setattr(keeping, "_visitor", lambda: (kept, "a" * 22))

    def page(plan):
        keeping.update(drafts.PLAN, KEY, lambda _: plan)
        at = AppTest.from_file(ROOT / "diagnostic/ui/main.py", default_timeout=60)
        at.query_params["territoire"] = KEY
        at.switch_page(str(ROOT / "pages" / "diagnostic_partage.py"))
        return at.run()

    return page


def test_the_page_retains_a_proposed_stake_moves_it_and_takes_it_out(opened):
    at = opened(said(empty(), "Msa", Quadrant.WEAKNESS, "Peu de places le soir"))
    assert not at.exception
    text = plain(" ".join(block.proto.body for block in at.get("html")))
    assert "1 contribution de 1 organisation" in text and "Peu de places le soir (Msa)" in text
    buttons = [button for button in at.button if button.key.startswith("retenir_")]
    for _ in range(2):
        next(button for button in at.button if button.key.startswith("retenir_")).click().run()
        assert not at.exception
    assert len(buttons) >= 2
    held = keeping.get(drafts.PLAN, KEY)
    first, second = (one.id for one in held.stakes)
    at.button(key=f"monter_enjeu_{second}").click().run()
    assert [one.id for one in keeping.get(drafts.PLAN, KEY).stakes] == [second, first]
    at.button(key=f"retirer_enjeu_{first}").click().run()
    assert [one.id for one in keeping.get(drafts.PLAN, KEY).stakes] == [second]
    at.button(key="retirer_organisation_oui").click().run()
    assert not at.exception and keeping.get(drafts.PLAN, KEY).contributions == ()
