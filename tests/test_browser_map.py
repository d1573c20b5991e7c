"""A real mouse and a finger on the maps, in Chromium and in Firefox; what a keyboard does instead."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import settled, watched
from firefox import Firefox, firefox

from diagnostic import french, measure, territories
from diagnostic.warehouse import open_database

pytestmark = pytest.mark.browser

OPENING = ("synthese", "petite_enfance")
"""Pages whose map opens the commune; the page Carte opens a panel first."""
EPCI = "epci:999001002"
RATE = "taux_couverture"
# Where to press: the middle of an outline that can be chosen, when that point of the screen is its own.
SPOT = """(() => {
  const f = document.querySelector('[class*=st-key-cadre_] iframe'), inside = f && f.contentDocument;
  if (!inside || !inside.body || !inside.body.dataset.ready || !document.querySelector('footer.foot')) return null;
  if (document.querySelector('[data-testid=stApp]').dataset.testScriptState !== 'notRunning') return null;
  // As it is met: a map that reaches below the window, which a press must not scroll under the hand.
  const page = document.querySelector('[data-testid=stMain]');
  page.scrollTop += f.getBoundingClientRect().top - innerHeight * .45;
  const at = f.getBoundingClientRect();
  const paths = [...inside.querySelectorAll('path.leaflet-interactive')], wanted = document.body.dataset.wanted;
  for (const p of wanted ? [paths[wanted]] : paths) {
    const r = p.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
    const shown = at.y + y > 90 && at.y + y < innerHeight - 10;
    if (shown && p.getAttribute('stroke-width') === '1.2' && inside.elementFromPoint(x, y) === p) return [at.x + x, at.y + y, paths.indexOf(p)];
  }
  return null;
})()"""
TITLE = "document.querySelector('header.top h1')?.innerText"
PANEL = "document.querySelector('.st-key-panneau h3')?.innerText"
CODE = re.compile(r"commune=(\w+)")
SLOWLY = 250
"""Milliseconds between two looks at a page that is being drawn."""


@pytest.fixture(scope="module")
def page(chromium: str, address: str) -> Iterator:
    """One visitor for the whole file: a browser takes longer to open than a page."""
    with watched(chromium) as another:
        yield another()


def spot(page, wanted: int | None = None) -> tuple[float, float]:
    """Where to press; on the same outline as before when its number is given."""
    page.evaluate("wanted => { document.body.dataset.wanted = wanted ?? '' }", wanted)
    x, y, page.picked = page.wait_for_function(f"() => {SPOT}", polling=SLOWLY).json_value()
    return x, y


def until(page, condition: str, **rest) -> None:
    page.wait_for_function(condition, polling=SLOWLY, **rest)


def pressed(page, x: float, y: float) -> None:
    """As a hand does: the mouse comes from beside, and the button goes down before it goes up."""
    page.mouse.move(x - 4, y)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.up()


def opens(page, press) -> None:
    before, where = page.evaluate(TITLE), spot(page)
    press(*where)
    until(page, f"before => {TITLE} && {TITLE} !== before && location.href.includes('commune')", arg=before)


def test_a_real_click_on_a_map_opens_the_commune_and_back_returns(page, address: str) -> None:
    for name in OPENING:
        page.goto(f"{address}/{name}?territoire={EPCI}")
        first = spot(page) and page.evaluate(TITLE)
        opens(page, lambda x, y: pressed(page, x, y))
    page.go_back()
    until(page, f"before => {TITLE} === before", arg=first)
    # The frame of the commune may still be there, about to be drawn again: its clicks go with it.
    page.wait_for_timeout(2_000)
    opens(page, page.mouse.click)


def test_a_click_on_the_page_carte_opens_a_panel_and_a_double_click_the_synthesis(
    page, address: str, demo_db: Path
) -> None:
    page.goto(f"{address}/carte?territoire={EPCI}")
    where = spot(page)
    pressed(page, *where)
    until(page, f"() => {PANEL} && location.search.includes('commune=')")
    database = open_database(demo_db)
    place = territories.get(database, f"commune:{CODE.search(page.url)[1]}")
    panel = page.locator(".st-key-panneau")
    assert panel.locator("h3").inner_text() == french.name(place)
    found = measure.measure(database, [place], [RATE])[place.key][RATE].value
    assert ("Non disponible" if found is None else french.number(found, 1)) in panel.inner_text()
    assert panel.locator(".services dt").count() == 4
    # The same place again, Escape, the button: each closes.
    same = page.picked
    page.wait_for_timeout(500)  # the component sends a choice a quarter of a second after the click
    pressed(page, *spot(page, same))
    until(page, f"() => !{PANEL} && !location.search.includes('commune=')")
    page.wait_for_timeout(500)
    pressed(page, *spot(page, same))
    until(page, f"() => {PANEL}")
    page.keyboard.press("Escape")
    until(page, f"() => !{PANEL}")
    page.wait_for_timeout(500)
    page.mouse.dblclick(*spot(page, same))
    page.wait_for_url("**/synthese?**")
    until(page, f"() => {TITLE} && location.search.includes('territoire=commune')")


def test_a_keyboard_does_the_same_and_the_map_grows_finer_and_fills_the_screen(page, address: str) -> None:
    page.goto(f"{address}/carte?territoire={EPCI}")
    spot(page)
    # A class pointed at in the legend: the places of the others fade, and come back.
    faded = "() => [...document.querySelector('[class*=st-key-cadre_] iframe').contentDocument.querySelectorAll('path.leaflet-interactive')].some(e => e.style.opacity === '0.15')"
    page.locator("[class*=st-key-plein_] .strips [data-classe]").first.hover()
    until(page, faded)
    page.mouse.move(0, 0)
    until(page, f"() => !({faded})()")
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
    # Outlines are no stops; the list beside the map does what the click does.
    assert not [stop for stop in stops if stop.lower().startswith("path")]
    assert "Ouvrir une commune" in stops[-1], stops
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    until(page, f"() => {PANEL} && location.search.includes('commune=')")

    # The panel takes its room from the map, which is fitted again; what is pressed while it grows counts for nothing.
    spot(page)
    inside = page.frame_locator("[class*=st-key-cadre_] iframe")
    for _ in range(3):
        inside.get_by_role("button", name="Agrandir").click()
        inside.locator(".leaflet-zoom-anim").wait_for(state="detached")
    inside.locator("body[data-fine]").wait_for(state="attached")
    assert inside.get_by_role("button", name="Recentrer").is_visible()
    inside.get_by_role("button", name="Plein écran").click()
    until(page, "() => document.fullscreenElement !== null")
    assert page.evaluate("document.fullscreenElement.dataset.titre") == page.locator(
        ".sec .msg"
    ).first.inner_text().replace("\u00a0", " ")
    assert page.locator("[class*=st-key-plein_] .strips").is_visible()
    page.evaluate("document.exitFullscreen()")


def test_colours_and_layers_on_offer_are_those_that_the_map_can_draw(page, address: str) -> None:
    page.goto(f"{address}/carte?territoire={EPCI}&indicateur=naissances")
    settled(page)
    # A count has no distance to a reference: the colours are classes, and a control with nothing to choose is not drawn.
    page.get_by_label("Nombre de classes").first.wait_for()
    for name in ("Écart à la référence", "Classes"):
        assert page.get_by_role("radio", name=name, exact=True).count() == 0
    page.goto(f"{address}/carte?territoire=france")
    settled(page)
    page.locator(".st-key-choix_afficher button").first.wait_for()
    shown = page.locator(".st-key-choix_afficher button").all_inner_texts()
    assert shown == ["Noms", "Fond de carte IGN (en ligne)"]


def test_a_finger_on_a_telephone_opens_the_commune(page, address: str) -> None:
    context = page.context.browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    phone = context.new_page()
    for name in OPENING:
        phone.goto(f"{address}/{name}?territoire={EPCI}")
        opens(phone, phone.touchscreen.tap)
    phone.goto(f"{address}/carte?territoire={EPCI}")
    phone.touchscreen.tap(*spot(phone))
    until(phone, f"() => {PANEL} && location.search.includes('commune=')")
    # Below the map, on the width of the telephone.
    boxes = [
        phone.locator(name).bounding_box() for name in ("[class*=st-key-cadre_] iframe", ".st-key-panneau")
    ]
    assert boxes[1]["y"] > boxes[0]["y"] + boxes[0]["height"] / 2 and boxes[1]["width"] <= 390
    context.close()


OTHER = f"{TITLE} !== before && {TITLE}"


def opens_in_firefox(browser: Firefox, pointer: str, opened: str) -> None:
    """Press on an outline: another title, or the panel, speaks of the commune."""
    where, before = browser.until(f"return {SPOT}"), browser.evaluate(f"return {TITLE}")
    browser.click(*where[:2], pointer)
    browser.until(
        f"const before = {json.dumps(before)}; return {opened} && location.href.includes('commune') || null"
    )


@pytest.fixture(scope="module")
def fox(firefox_path: str, address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """One Firefox for the whole file."""
    with firefox(firefox_path, tmp_path_factory.mktemp("firefox")) as browser:
        yield browser


def test_a_finger_opens_the_commune_in_firefox_too(fox: Firefox, address: str) -> None:
    fox.size(390, 900)
    for name in ("carte", *OPENING):
        fox.goto(f"{address}/{name}?territoire={EPCI}")
        opens_in_firefox(fox, "touch", PANEL if name == "carte" else OTHER)


def test_the_main_walk_in_firefox(fox: Firefox, address: str) -> None:
    """Search, a word explained, a press on the map, the panel of the page Carte, its table taken away."""
    fox.size(1280, 900)
    fox.goto(f"{address}/")
    fox.until("return document.activeElement?.matches('.st-key-depart input')")
    fox.type(f"{EPCI.partition(':')[2]}\ue007")
    fox.until(f"return location.pathname === '/synthese' && {SPOT} || null")
    fox.press("button.terme[data-terme=officiel]")
    assert "publié tel quel" in fox.until("return document.querySelector('.explique')?.innerText")
    opens_in_firefox(fox, "mouse", OTHER)
    for name, opened in (("petite_enfance", OTHER), ("carte", PANEL)):
        fox.goto(f"{address}/{name}?territoire={EPCI}")
        opens_in_firefox(fox, "mouse", opened)
    fox.press("[class*=st-key-csv_] button")
    assert "Source;" in fox.taken("*.csv").read_text("utf-8-sig")
