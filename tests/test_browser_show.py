"""In a real browser: the first contact of a small commune, and the presentation on a projector."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import settled, watched

from benchmarks import bench_first as first
from benchmarks import bench_presentation as shown

pytestmark = pytest.mark.browser

EPCI = "epci:999001001"
COUNT = shown.COUNT


@pytest.fixture(scope="module")
def page(chromium: str, address: str) -> Iterator:
    """One visitor for the whole file: a browser takes longer to open than a page."""
    with watched(chromium) as another:
        yield another()


def on_screen(page, number: int) -> None:
    page.wait_for_function(
        f"number => document.querySelector('{COUNT}')?.innerText.startsWith(number + ' /') && "
        "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'",
        arg=number,
        polling=200,
    )


def test_a_small_commune_is_opened_from_home_and_three_figures_are_read_without_scrolling(
    page, address: str, demo_db: Path
) -> None:
    _, figures = first.read(page, address, first.small_commune(demo_db))
    assert len(figures) >= 3, figures
    assert sum(compared for _, compared in figures) >= 3, figures


def test_on_a_telephone_a_figure_of_a_small_commune_stands_on_the_first_screen(
    page, address: str, demo_db: Path
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for name, figures in (("synthese", ".msgs .key"), ("petite_enfance", ".sec .msg")):
        page.goto(f"{address}/{name}?territoire=commune:{first.small_commune(demo_db)[1]}")
        settled(page)
        box, copied = (page.locator(one).first.bounding_box() for one in (figures, "button[data-lien]"))
        assert box["y"] + box["height"] < 844, name
        # The link is still copied from there, and covers nothing.
        title = page.locator("h1").first.bounding_box()
        assert copied["x"] + copied["width"] <= 390 and copied["y"] + copied["height"] <= title["y"] + 8
    # Curves take the page: their names, which stand above, keep no room at their end.
    line = page.locator(".st-key-graphique_naissances .scatterlayer .js-line").first.bounding_box()
    assert 0.85 * 390 < line["x"] + line["width"] < 390
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


@pytest.mark.parametrize("territory", ["commune:F1005", EPCI, "departement:F1", "france"])
def test_no_screen_of_the_presentation_overflows_a_projector(page, address: str, territory: str) -> None:
    seen = list(shown.looked_at(page, address, territory))
    assert len({one.number for one in seen}) >= 4
    assert {(one.number, one.size): one.faults for one in seen if one.faults} == {}


def test_keys_a_click_and_escape_lead_through_the_presentation(page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{address}/petite_enfance?territoire={EPCI}&ecran=3")
    settled(page)
    page.get_by_role("button", name="Présenter").click()
    on_screen(page, 1)
    for number, key in enumerate(("PageDown", "ArrowRight", " "), 2):
        page.keyboard.press(key)
        on_screen(page, number)
    # The screen of the members has a map: a click on it goes on, and takes no key away.
    frame = page.frame_locator(".st-key-carte_presentation iframe")
    frame.locator("body[data-ready]").wait_for(state="attached")
    box = page.locator(".st-key-carte_presentation iframe").bounding_box()
    page.mouse.click(box["x"] + 6, box["y"] + box["height"] - 40)
    on_screen(page, 5)
    page.keyboard.press("PageUp")
    on_screen(page, 4)
    frame.locator("body[data-ready]").wait_for(state="attached")
    page.locator(".st-key-carte_presentation iframe").focus()
    page.keyboard.press("ArrowLeft")
    on_screen(page, 3)
    page.mouse.click(1000, 60)
    on_screen(page, 4)
    page.keyboard.press("Escape")
    page.wait_for_url("**/petite_enfance?**")
    settled(page)
