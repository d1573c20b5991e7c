"""axe-core in the main states, light and dark: no finding of ours, for whoever sees, hears or presses keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from browsing import anew, at_rest, in_both_themes, settled, watched

pytestmark = pytest.mark.browser

EPCI = "territoire=epci:999001002"


@pytest.fixture(scope="module")
def page(chromium: str, address: str) -> Iterator:
    """One visitor for the whole file."""
    with watched(chromium) as another:
        yield another()


def a_search_is_open(page, address: str) -> None:
    page.goto(f"{address}/synthese?{EPCI}")
    settled(page)
    page.locator(".st-key-outil_territoire [data-testid=stPopover] button").first.click()
    page.locator("[data-testid=stPopoverBody]").get_by_placeholder("Nom, code postal").fill("sa")
    page.locator("[data-testid=stPopoverBody] [class*=st-key-reponse_] button").first.wait_for()


def a_sorted_table_is_in_a_dialogue(page, address: str) -> None:
    page.goto(f"{address}/petite_enfance?{EPCI}")
    settled(page)
    page.get_by_role("button", name="Voir les données").first.click()
    page.locator("[data-testid=stDialog] table.data th button").first.click()
    page.locator("[data-testid=stDialog] table.data th[aria-sort]").wait_for()


def a_formula_is_in_a_dialogue(page, address: str) -> None:
    page.goto(f"{address}/petite_enfance?{EPCI}")
    settled(page)
    page.get_by_role("button", name="Formule et source").first.click()
    page.locator("[data-testid=stDialog] .formula").first.wait_for()


def a_long_table_is_searched(page, address: str) -> None:
    page.goto(f"{address}/accessibilite")
    settled(page)
    page.get_by_text("Chaque critère, et ce qu’il en est").click()
    page.locator(".chercher input").fill("contraste")
    page.locator(".compte", has_text="3 lignes").wait_for()


def a_word_is_explained(page, address: str) -> None:
    page.goto(f"{address}/synthese?{EPCI}")
    settled(page)
    page.locator("button.terme").first.click()
    page.locator(".explique").first.wait_for()


def a_plan_has_fiches(page, address: str) -> None:
    page.goto(f"{address}/convention?{EPCI}")
    settled(page)
    for count in ("1 axe et 1 fiche action", "2 axes et 2 fiches action"):
        page.locator("[class*=st-key-ecart_]").nth(int(count[0]) - 1).get_by_role("button").first.click()
        page.get_by_text(count).first.wait_for()
        at_rest(page)
    page.locator("[class*=st-key-volet_] summary").first.click()
    page.get_by_label("Objectif").first.wait_for()
    page.get_by_role("button", name="Titre et années").click()
    page.locator("[data-testid=stPopoverBody] input").first.wait_for()


def a_project_is_simulated(page, address: str) -> None:
    page.goto(f"{address}/agir?{EPCI}")
    settled(page)
    page.get_by_role("button", name="Ajouter ce projet").click()
    page.locator("[data-resultat]").first.wait_for()
    at_rest(page)


def the_documents_are_composed(page, address: str) -> None:
    page.goto(f"{address}/exports?{EPCI}")
    settled(page)
    for volet, field in (("reunion", "Question posée aux élus"), ("chapitres", "Paragraphe à ajouter")):
        page.locator(f".st-key-volet_{volet} summary").click()
        page.get_by_label(field).wait_for()
        settled(page)
    page.locator("[data-testid=stExpander] summary", has_text="Intégrer un graphique").click()
    page.get_by_label("Graphique ou carte").wait_for()


def a_link_leads_nowhere(page, address: str) -> None:
    page.goto(f"{address}/synthese?territoire=epci:999009999")
    page.get_by_text("Ce lien ne mène à aucun diagnostic").wait_for()
    at_rest(page)


def the_drawer_is_open_on_a_phone(page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/carte?{EPCI}")
    settled(page)
    page.get_by_role("button", name="Ouvrir le menu").click()
    page.locator("[data-testid=stSidebarNav] a").first.wait_for()


STATES: list[Callable] = [
    a_search_is_open, a_sorted_table_is_in_a_dialogue, a_formula_is_in_a_dialogue, a_plan_has_fiches, a_project_is_simulated,
    the_documents_are_composed,
    a_long_table_is_searched, a_word_is_explained, a_link_leads_nowhere, the_drawer_is_open_on_a_phone,
]  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=[state.__name__ for state in STATES])
def test_axe_finds_nothing_in_a_state(page, address: str, state: Callable) -> None:
    anew(page)
    state(page, address)
    assert "\n".join(in_both_themes(page)) == ""
