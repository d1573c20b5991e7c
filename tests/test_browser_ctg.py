"""An adviser's trial in Chromium: a plan signed in 2024 is reopened, lived, told in its bilan of 2026; partners
contribute, stakes are retained, and the deck carries them. Fails on any console error or request to the outside."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from browsing import PATIENCE, settled, watched
from playwright.sync_api import TimeoutError

from diagnostic import measure, territories
from diagnostic import plan as plans
from diagnostic.exports import form
from diagnostic.local import contributions
from diagnostic.plan import BudgetLine, Fiche, Plan, Quadrant, Result, State, Step
from diagnostic.reference import LEVER_THEMES
from diagnostic.warehouse import open_database

pytestmark = pytest.mark.browser

KEY = "epci:999001001"


@pytest.fixture
def page(chromium: str, address: str) -> Iterator:
    with watched(chromium) as another:
        yield another()


def signed_in_2024(db) -> Plan:
    """Two axes, three actions, one result of ours and one of the territory's own."""
    place = territories.get(db, KEY)
    rows = {row.year: row.value for row in measure.history(db, [place])[KEY]["taux_couverture"]}
    made = Plan("Ctg 2024-2028", KEY, place.name, 2024, 2028, perimeter=territories.communes(db, place))
    made = plans.add_axe(plans.add_axe(made, "Accueillir"), "Accompagner")
    first, second = (axe.id for axe in made.axes)
    rate = Result(
        "Taux de couverture", "places", rows[2022], 2022, rows[2022] + 9, 2028, "taux_couverture", KEY
    )
    money = (BudgetLine("Psu", "Caf", 2025, Decimal(10_000)),)
    made = plans.add_fiche(
        made,
        first,
        Fiche("", "Ouvrir une crèche", results=(rate,), steps=(Step(2025, "Ouvrir"),), budget=money),
    )
    made = plans.add_fiche(made, first, Fiche("", "Former", steps=(Step(2024, "Premier cycle"),)))
    families = Result("Familles reçues", "familles", 0.0, 2024, 100.0, 2028)
    made = plans.add_fiche(made, second, Fiche("", "Ouvrir un Laep", "parentalite", results=(families,)))
    return plans.set_state(made, made.fiches[1].id, State.DONE, "2025-06-30")


def says(page, words: str) -> None:
    page.get_by_text(words).first.wait_for()
    settled(page)


def taken(page, label: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label, exact=True).click()
    return Path(waiting.value.path()).read_bytes()


def choose(page, label: str, option: str) -> None:
    """Choose in a list, opened again when what comes meanwhile (a draft that is kept) has closed it."""
    wanted = page.get_by_role("option", name=option, exact=True).first
    for _ in range(6):
        page.keyboard.press("Escape")
        settled(page)
        page.get_by_role("combobox", name=label).first.click()
        try:
            wanted.click(timeout=PATIENCE / 12)
            break
        except TimeoutError:
            continue
    else:
        raise AssertionError(f"« {label} » does not offer « {option} »")
    settled(page)


def filled(organisation: str, quadrant: Quadrant, text: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(contributions.as_xlsx()))
    sheet = book.active
    sheet["B1"] = organisation
    for place, value in enumerate((LEVER_THEMES["petite_enfance"], str(quadrant), text), 1):
        sheet.cell(4, place, value)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def written(place, organisation: str, text: str) -> bytes:
    made = docx.Document(io.BytesIO(form.as_docx(place)))
    made.tables[0].cell(0, 1).text = organisation
    made.tables[1].cell(1, 1).text = text
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def test_an_adviser_goes_from_a_plan_signed_in_2024_to_its_bilan_of_2026_and_the_deck(page, address, demo_db):
    db = open_database(demo_db)
    plan = signed_in_2024(db)

    # The signed plan is reopened, and what was lived is noted.
    page.goto(f"{address}/suivi?territoire={KEY}")
    says(page, "Ouvrez un plan signé")
    page.get_by_role("button", name="Ouvrir un plan").click()
    page.locator("[data-testid=stPopoverBody] input[type=file]").set_input_files(
        {"name": "plan.ctg.json", "mimeType": "application/json", "buffer": plans.to_json(plan).encode()}
    )
    page.get_by_role("button", name="Ouvrir ce plan").click()
    says(page, "Sur 2 indicateurs de résultat")
    page.get_by_role("button", name="Noter un montant engagé").click()
    body = page.locator("[data-testid=stPopoverBody]")
    body.get_by_label("Année", exact=True).fill("2025")
    body.get_by_label("Montant engagé").fill("8 000")
    body.get_by_label("Saisi par").fill("Service finances")
    body.get_by_role("button", name="Noter", exact=True).click()
    says(page, "Montant noté.")

    # One click gives the bilan of 2026, as a document and as slides.
    choose(page, "Année du bilan", "2026")
    document = docx.Document(io.BytesIO(taken(page, "Bilan (Word)")))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert {"Promis et fait", "Ce qui a changé", "L’argent", "À décider"} <= set(headings)
    cells = {
        cell.text.replace("\u00a0", " ")
        for table in document.tables
        for row in table.rows
        for cell in row.cells
    }
    assert {"Ouvrir une crèche", "Promis, non engagé", "Réalisée, 30 juin 2025"} <= cells
    slides = pptx.Presentation(io.BytesIO(taken(page, "Bilan (diaporama)"))).slides
    assert 6 <= len(slides) <= 10
    titles = [slide.shapes.title.text.replace("\u00a0", " ").replace("\u202f", " ") for slide in slides]
    assert any(said.startswith("Engagé : 8 000 €") for said in titles)

    # Partners' forms come back, in Excel and in Word.
    page.goto(f"{address}/mes_donnees?territoire={KEY}")
    settled(page)
    page.locator("[class*=st-key-formulaires_] input[type=file]").set_input_files(
        [
            {
                "name": "msa.xlsx",
                "mimeType": "",
                "buffer": filled("Msa", Quadrant.STRENGTH, "Un réseau actif"),
            },
            {
                "name": "atelier.docx",
                "mimeType": "",
                "buffer": written(territories.get(db, KEY), "Centre social", "Peu de places le soir"),
            },
        ]
    )
    page.get_by_role("button", name="Reprendre 2").click()
    says(page, "Contributions reprises")

    # They stand beside the figures; a stake is retained.
    page.goto(f"{address}/diagnostic_partage?territoire={KEY}")
    says(page, "Peu de places le soir (Centre social)")
    page.get_by_role("button", name="Retenir cet enjeu").first.click()
    says(page, "1 enjeu retenu")

    # The deck of the diagnosis carries both.
    page.goto(f"{address}/convention?territoire={KEY}")
    says(page, "2 axes et 3 fiches action")
    deck = pptx.Presentation(io.BytesIO(taken(page, "Diagnostic et plan (diaporama)")))
    said = [
        " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        for slide in deck.slides
    ]
    assert any("Ordre du jour" in text for text in said)
    assert any("Peu de places le soir" in text for text in said)
