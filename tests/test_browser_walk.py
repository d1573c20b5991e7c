"""An official's whole task by keyboard alone, each key counted: choose, compare, read the source, take a table, simulate, lay it in
the plan as a fiche, take the documents away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import at_rest, watched

from diagnostic.ui import pages

pytestmark = pytest.mark.browser

EPCI = "999001002"
FAR = 60
"""Tabs after which what is looked for is not near."""
WHERE = """s => {
  const e = document.activeElement, near = e.closest(s);
  return [!!near, (e.getAttribute('aria-label') || e.textContent || e.tagName).trim().slice(0, 40)];
}"""


class Keyboard:
    """Every key pressed, counted: letters, Tab, arrows, Enter, and F5 that goes back to the head of a page."""

    def __init__(self, page) -> None:
        self.page, self.keys = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.keys += len(keys)

    def reach(self, selector: str, *, key: str = "Tab") -> None:
        """Once it is drawn and nothing is being drawn, go on until the focus is there; fails, with where it went, when it is not
        near."""
        self.page.locator(selector).first.wait_for()
        at_rest(self.page)
        passed = []
        for _ in range(FAR):
            self.press(key)
            there, said = self.page.evaluate(WHERE, selector)
            if there:
                return
            passed.append(said)
        raise AssertionError(f"{key} does not reach {selector}: {passed}")

    def again(self) -> None:
        """Back to the head of the page."""
        self.page.reload()
        self.keys += 1
        at_rest(self.page)
        self.page.locator("#vers-territoire").wait_for(state="attached")

    def turn(self, group: str, name: str) -> None:
        """To a page of another group, by the bar; it has come when its title has the focus."""
        nth = pages.GROUPS.index(group) + 1
        self.reach(f".rc-overflow-item:nth-child({nth}) [data-testid=stTopNavSection]")
        self.press("Enter")
        link = f"[data-testid=stTopNavDropdownLink][href*='/{name}']"
        self.page.wait_for_function("() => document.activeElement.closest('[role=menu]')")
        while not self.page.evaluate(WHERE, link)[0]:
            self.press("ArrowDown")
        self.press("Enter")
        self.come(name)

    def beside(self, name: str) -> None:
        """To another page of the group, by the row under the bar."""
        self.reach(f".st-key-page_{name} a")
        self.press("Enter")
        self.come(name)

    def come(self, name: str) -> None:
        self.page.wait_for_function(
            "name => location.pathname.endsWith('/' + name) && document.activeElement.matches('header.top h1')",
            arg=name,
        )

    def section(self, name: str) -> None:
        """To a section of the page, by its summary."""
        self.reach(f".sommaire a[href='#sec-{name}']")
        self.press("Enter")
        self.page.wait_for_function("id => document.activeElement.id === id", arg=f"sec-{name}")


@pytest.fixture(scope="module")
def visitors(chromium: str, address: str) -> Iterator:
    with watched(chromium) as another:
        yield another


@pytest.fixture
def hand(visitors) -> Keyboard:
    """The hand of somebody who comes for the first time."""
    page = visitors()
    page.emulate_media(reduced_motion="reduce")
    return Keyboard(page)


def begin(hand: Keyboard, address: str) -> None:
    """Where one stands once the territory is chosen."""
    hand.page.goto(f"{address}/synthese?territoire=epci:{EPCI}")
    at_rest(hand.page)
    hand.page.locator("#vers-territoire").wait_for(state="attached")


def test_one_chooses_compares_takes_the_table_and_reads_its_source(hand: Keyboard, address: str) -> None:
    page = hand.page
    page.goto(f"{address}/")
    page.wait_for_function("() => document.activeElement.matches('.st-key-depart input')")
    hand.press(*EPCI, "Enter")
    page.wait_for_url("**/synthese?**")
    at_rest(page)
    chosen = page.locator("header.top h1").inner_text()
    hand.turn("Comparer", "comparer")
    assert page.locator("header.top h1").inner_text() == chosen
    hand.section("classement")
    hand.reach("[class*=st-key-csv_] button")
    with page.expect_download() as waiting:
        hand.press("Enter")
    assert "Source;" in Path(waiting.value.path()).read_text("utf-8-sig")
    hand.reach("[class*=st-key-formule_] button")
    hand.press("Enter")
    page.locator("[data-testid=stDialog] .formula", has_text="Source").first.wait_for()
    hand.press("Escape")
    page.locator("[data-testid=stDialog]").wait_for(state="detached")
    assert hand.keys < 50, hand.keys


def test_one_simulates_a_project_and_lays_it_in_the_plan_as_a_fiche(hand: Keyboard, address: str) -> None:
    page = hand.page
    begin(hand, address)
    hand.turn("Agir", "agir")
    hand.section("simuler")
    hand.reach("[data-testid=stFormSubmitButton] button")
    hand.press("Enter")
    added = hand.keys
    hand.reach("[class*=st-key-reporter_projets] button")
    assert hand.keys - added < 6, hand.keys - added
    hand.press("Enter")
    page.get_by_text("Projets reportés dans le plan d’actions").first.wait_for()
    hand.again()
    hand.beside("convention")
    page.get_by_text("1 axe et 1 fiche action").first.wait_for()
    assert hand.keys < 90, hand.keys


def test_one_takes_the_documents_away(hand: Keyboard, address: str) -> None:
    page = hand.page
    begin(hand, address)
    hand.turn("Emporter", "exports")
    hand.reach("[data-testid^=stBaseButton-primary]")
    hand.press("Enter")
    page.get_by_text("Documents prêts").first.wait_for()
    hand.reach("[class*=st-key-telecharger_documents] button")
    with page.expect_download() as waiting:
        hand.press("Enter")
    assert waiting.value.suggested_filename.endswith(".zip")
    assert hand.keys < 35, hand.keys
