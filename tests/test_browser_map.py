"""A real mouse and a finger on the maps, in Chromium and in Firefox; what a keyboard does instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import FLAGS, PATIENCE, dashboard, settled, watched
from firefox import firefox

pytestmark = pytest.mark.browser

PAGES_WITH_A_MAP = ("carte", "synthese", "petite_enfance")
EPCI = "epci:999001002"
# Where to press: the middle of an outline that can be chosen, when that point of the screen is its own.
SPOT = """(() => {
  const f = document.querySelector('[class*=st-key-cadre_] iframe'), inside = f && f.contentDocument;
  if (!inside || !inside.body || !inside.body.dataset.ready || !document.querySelector('footer.foot')) return null;
  if (document.querySelector('[data-testid=stApp]').dataset.testScriptState !== 'notRunning') return null;
  f.scrollIntoView({ block: 'center' });
  const at = f.getBoundingClientRect();
  for (const p of inside.querySelectorAll('path.leaflet-interactive')) {
    const r = p.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
    const shown = at.y + y > 90 && at.y + y < innerHeight - 10;
    if (shown && p.getAttribute('stroke-width') === '1.2' && inside.elementFromPoint(x, y) === p) return [at.x + x, at.y + y];
  }
  return null;
})()"""
TITLE = "document.querySelector('header.top h1')?.innerText"


@pytest.fixture(scope="module")
def address(demo_db: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("server") / "log"
    with dashboard(log, {"DIAGNOSTIC_DB": str(demo_db)}) as url:
        yield url


@pytest.mark.parametrize(("width", "finger"), [(1280, False), (390, True)])
def test_a_real_click_or_a_finger_on_a_map_opens_the_commune_in_chromium(
    chromium: str, address: str, width: int, finger: bool
) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_context(viewport={"width": width, "height": 900}, has_touch=finger).new_page()
        page.set_default_timeout(PATIENCE)
        for name in PAGES_WITH_A_MAP:
            page.goto(f"{address}/{name}?territoire={EPCI}")
            page.wait_for_function(f"() => {SPOT}")
            before, (x, y) = page.evaluate(TITLE), page.evaluate(SPOT)
            if finger:
                page.touchscreen.tap(x, y)
            else:
                page.mouse.move(x - 4, y)
                page.mouse.move(x, y)
                page.mouse.down()
                page.mouse.up()
            page.wait_for_function(
                f"before => {TITLE} && {TITLE} !== before && location.href.includes('commune')", arg=before
            )
        browser.close()


@pytest.mark.parametrize(
    ("width", "pointer", "names"), [(1280, "mouse", PAGES_WITH_A_MAP), (390, "touch", ("carte",))]
)
def test_a_real_click_or_a_finger_on_a_map_opens_the_commune_in_firefox(
    firefox_path: str, address: str, tmp_path: Path, width: int, pointer: str, names: tuple[str, ...]
) -> None:
    with firefox(firefox_path, tmp_path) as browser:
        browser.size(width, 900)
        for name in names:
            browser.goto(f"{address}/{name}?territoire={EPCI}")
            browser.until(f"return {SPOT}")
            before, (x, y) = browser.evaluate(f"return {TITLE}"), browser.evaluate(f"return {SPOT}")
            browser.click(x, y, pointer)
            browser.until(
                f"return {TITLE} && {TITLE} !== {before!r} && location.href.includes('commune') || null"
            )


@pytest.fixture
def page(chromium: str, address: str) -> Iterator:
    with watched(chromium) as another:
        yield another()


def test_a_place_that_was_left_can_be_clicked_again_and_back_returns(page, address: str) -> None:
    page.goto(f"{address}/carte?territoire={EPCI}")
    page.wait_for_function(f"() => {SPOT}")
    first, (x, y) = page.evaluate(TITLE), page.evaluate(SPOT)
    page.mouse.click(x, y)
    page.wait_for_function(f"before => {TITLE} && {TITLE} !== before", arg=first)
    page.go_back()
    page.wait_for_function(f"before => {TITLE} === before", arg=first)
    page.wait_for_function(f"() => {SPOT}")
    page.wait_for_timeout(400)  # the component sends a choice a quarter of a second after the click
    page.mouse.click(*page.evaluate(SPOT))
    page.wait_for_function(f"before => {TITLE} && {TITLE} !== before", arg=first)


def test_outlines_are_no_tab_stops_and_the_list_beside_the_map_opens_a_commune(page, address: str) -> None:
    page.goto(f"{address}/carte?territoire={EPCI}")
    page.wait_for_function(f"() => {SPOT}")
    first = page.evaluate(TITLE)
    page.locator(".st-key-choix_afficher button").last.focus()
    stops = []
    for _ in range(12):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                "() => { let e = document.activeElement; if (e.tagName === 'IFRAME') e = e.contentDocument.activeElement;"
                " return e.tagName + ' ' + (e.getAttribute('aria-label') || e.className) }"
            )
        )
        if "Ouvrir une commune" in stops[-1]:
            break
    assert not [stop for stop in stops if stop.lower().startswith("path")]
    assert "Ouvrir une commune" in stops[-1], stops
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function(f"before => {TITLE} && {TITLE} !== before", arg=first)
    assert re.search("territoire=commune(:|%3A)", page.url)


def test_a_map_seen_from_near_takes_finer_outlines(page, address: str) -> None:
    page.goto(f"{address}/carte?territoire={EPCI}")
    page.wait_for_function(f"() => {SPOT}")
    inside = page.frame_locator("[class*=st-key-cadre_] iframe")
    for _ in range(3):
        inside.get_by_role("button", name="Agrandir").click()
    inside.locator("body[data-fine]").wait_for(state="attached")
    assert inside.get_by_role("button", name="Recentrer").is_visible()


def test_the_map_fills_the_screen_with_its_title_and_its_legend(page, address: str) -> None:
    page.goto(f"{address}/carte?territoire={EPCI}")
    page.wait_for_function(f"() => {SPOT}")
    page.frame_locator("[class*=st-key-cadre_] iframe").get_by_role("button", name="Plein écran").click()
    page.wait_for_function("() => document.fullscreenElement !== null")
    shown = page.evaluate("document.fullscreenElement.dataset.titre")
    assert shown == page.locator(".sec .msg").first.inner_text()
    assert page.locator("[class*=st-key-plein_] .strips").is_visible()
    page.keyboard.press("Escape")


def test_colours_and_layers_on_offer_are_those_that_the_map_can_draw(page, address: str) -> None:
    page.goto(f"{address}/carte?territoire={EPCI}&indicateur=naissances")
    settled(page)
    # A count has no distance to a reference: the colours are classes, and the control says so.
    assert page.get_by_role("radio", name="Écart à la référence").count() == 0
    assert page.get_by_role("radio", name="Classes").get_attribute("aria-checked") == "true"
    page.goto(f"{address}/carte?territoire=france")
    settled(page)
    page.locator(".st-key-choix_afficher button").first.wait_for()
    shown = page.locator(".st-key-choix_afficher button").all_inner_texts()
    assert shown == ["Noms", "Fond de carte IGN (en ligne)"]
