"""The first contact by keyboard and what surrounds every page: search, titles, links, a connection that cannot open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import newcomer, settled, watched

from diagnostic.ui import pages

pytestmark = pytest.mark.browser

TITLE = "document.querySelector('header.top h1')?.innerText"


@pytest.fixture(scope="module")
def tab(chromium: str, address: str) -> Iterator:
    with watched(chromium) as another:
        yield another()


@pytest.fixture
def page(tab):
    """The one visitor of the file, each time as if they had never come."""
    newcomer(tab)
    return tab


def test_one_types_a_code_on_the_home_page_and_enter_opens_the_synthesis(page, address: str) -> None:
    page.goto(f"{address}/")
    settled(page)
    page.wait_for_function("() => document.activeElement.matches('.st-key-depart input')")
    # One press, and one types the name of one's own perimeter.
    page.get_by_role("button", name="votre propre périmètre").click()
    page.wait_for_function("() => document.activeElement.matches('[data-testid=stPopoverBody] input')")
    page.keyboard.press("Escape")
    # The focus leaves the panel as it goes: one types after.
    page.locator("[data-testid=stPopoverBody]").wait_for(state="hidden")
    page.locator(".st-key-depart input").first.click()
    page.wait_for_function("() => document.activeElement.matches('.st-key-depart input')")
    page.keyboard.type("F1005")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.pathname === '/synthese' && location.search.endsWith('F1005')")
    # The address turns before the page does.
    page.wait_for_function("() => document.title === 'Synthèse · Diagnostic CTG'")
    settled(page)


def test_arrows_walk_through_the_answers_without_opening_them(page, address: str) -> None:
    page.goto(f"{address}/")
    settled(page)
    page.locator(".st-key-depart input").first.click()
    page.keyboard.type("sa")
    page.locator("[class*=st-key-reponse_] a").nth(1).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert (
        page.evaluate("document.activeElement.closest('[class*=st-key-reponse_]').className").find("_1") > 0
    )
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.matches('.st-key-depart input')")
    assert "territoire" not in page.url
    # While they still come, the first answer may be that of a former letter, or none: the key waits.
    state = "document.querySelector('[data-testid=stApp]').dataset.testScriptState"
    page.evaluate(
        "window.opened = 0; addEventListener('click', e => { window.opened++; e.preventDefault(); }, true);"
        + f"{state} = 'running'"
    )
    page.keyboard.press("Enter")
    assert page.evaluate("window.opened") == 0
    page.evaluate(f"{state} = 'notRunning'")
    page.wait_for_function("() => window.opened === 1")


def test_a_panel_opened_again_offers_where_one_was_and_nothing_of_the_former_search(
    page, address: str
) -> None:
    page.goto(f"{address}/synthese?territoire=epci:999001002")
    settled(page)
    before = page.locator("h1").inner_text()
    panel = page.locator(".st-key-outil_territoire [data-testid=stPopover] button").first
    panel.click()
    page.wait_for_function("() => document.activeElement.matches('[class*=st-key-cherche_territoire] input')")
    page.keyboard.type("F1005")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.endsWith('F1005')")
    page.wait_for_function("name => document.querySelector('h1')?.innerText !== name", arg=before)
    settled(page)
    panel.click()
    page.locator(".st-key-mon_perimetre").wait_for()
    assert page.locator("[class*=st-key-reponse_territoire_]").count() == 1
    assert page.locator(".st-key-reponse_territoire_0").inner_text().startswith(before)


def test_a_link_of_before_opens_the_synthesis_of_its_territory(page, address: str) -> None:
    page.goto(f"{address}/?territoire=epci:999001002")
    settled(page)
    assert "/synthese" in page.url
    assert "999 001 002" in page.locator("header.top .eyebrow").inner_text().replace("\u202f", " ")


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_is_folded_away_and_the_pages_of_the_group_are_one_click_away(
    page, address: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{address}/carte?territoire=epci:999001002")
    settled(page)
    if width == 390:
        page.get_by_role("button", name="Ouvrir le menu").click()
        page.locator("[data-testid=stSidebarNav] a").first.wait_for()
        shown = page.locator("[data-testid=stSidebarNav] a").count()
        assert shown == sum(not entry.hidden for entry in pages.existing())
        page.get_by_role("button", name="Fermer le menu").first.click()
    else:
        groups = page.locator("[data-testid=stTopNavSection]").all_inner_texts()
        assert [one.splitlines()[0] for one in groups] == list(pages.GROUPS[1:])
    page.locator(".st-key-rubrique a", has_text="Communes et voisins").click()
    page.wait_for_function("() => location.pathname === '/comparer' && location.search.includes('999001002')")
    page.wait_for_function("() => document.title === 'Communes et voisins · Diagnostic CTG'")
    settled(page)
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= width


def test_the_summary_leads_to_sections_and_the_link_to_copy_holds_the_choices(page, address: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/petite_enfance?territoire=epci:999001002")
    settled(page)
    page.locator(".sommaire a").first.wait_for()
    targets = page.evaluate(
        "[...document.querySelectorAll('.sommaire a')].map(a => !!document.getElementById(a.hash.slice(1)))"
    )
    assert len(targets) >= 3 and all(targets)
    page.locator("button[data-lien]").click()
    page.wait_for_function("() => document.querySelector('button[data-lien]').textContent === 'Lien copié'")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_a_connection_that_cannot_open_is_said_in_french(tab, address: str) -> None:
    context = tab.context.browser.new_context()
    page = context.new_page()
    # As behind a proxy that drops Upgrade.
    page.add_init_script(
        "window.WebSocket = class extends EventTarget { constructor() { super(); this.readyState = 3;"
        " setTimeout(() => { const e = new CloseEvent('close', { code: 1006 }); this.onclose?.(e); this.dispatchEvent(e); }, 50); }"
        " close() {} send() {} };"
    )
    page.goto(f"{address}/")
    told = page.get_by_role("alert").filter(has_text="La connexion avec le diagnostic ne s’ouvre pas")
    told.wait_for(timeout=40_000)
    context.close()
