"""Every page, opened once: axe in both themes, text spaced, four hundred per cent, a commune reached by keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import at_rest, in_both_themes, watched

from diagnostic.ui import pages

pytestmark = pytest.mark.browser

EPCI = "territoire=epci:999001002"
SPACED = "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}"
# Text that its box cuts: a name with an ellipsis is said whole elsewhere, what is hidden on purpose is no text. The foot of
# a projected screen keeps two lines of its source: the statement of accessibility says so.
CUT = """() => [...document.querySelectorAll('[data-testid=stMain] :is(p, h1, h2, h3, li, dd, dt, td, th, span, button, label)')].filter(e => {
  const s = getComputedStyle(e);
  return e.checkVisibility() && e.clientWidth > 2 && e.textContent.trim() && /hidden|clip/.test(s.overflowX + s.overflowY) && s.textOverflow !== 'ellipsis'
    && !e.closest('.aloud, .st-key-etat, .parts, .st-key-pied_presentation') && (e.scrollWidth > e.clientWidth + 2 || e.scrollHeight > e.clientHeight + 2);
}).map(e => e.outerHTML.slice(0, 160))"""
WIDTH = "document.querySelector('[data-testid=stMain]').scrollWidth"


@pytest.fixture(scope="module")
def page(chromium: str, address: str) -> Iterator:
    """One visitor for the whole file."""
    with watched(chromium) as another:
        yield another()


def cut_when_spaced(page) -> list[str]:
    style = page.add_style_tag(content=SPACED)
    found = page.evaluate(CUT)
    if page.evaluate(WIDTH) > 1280:
        found.append("wider than the window")
    style.evaluate("e => e.remove()")
    return found


def keys_to_a_commune(page, name: str) -> int:
    """Keys pressed from the page to a commune typed by its code."""
    keys = 0
    if name != pages.HOME:
        for key in ("Tab", "Tab"):
            page.keyboard.press(key)
            keys += 1
        assert page.evaluate("document.activeElement.id") == "vers-territoire"
        page.keyboard.press("Enter")
        keys += 1
    page.wait_for_function("() => document.activeElement.matches('[class*=st-key-cherche_] input')")
    page.keyboard.type("F1002")
    page.keyboard.press("Enter")
    page.wait_for_function("() => /commune(:|%3A)F1002$/.test(location.search)")
    return keys + len("F1002") + 1


@pytest.mark.parametrize("name", [entry.name for entry in pages.existing()])
def test_a_page_holds_for_whoever_sees_hears_or_presses_keys(page, address: str, name: str) -> None:
    page.goto(f"{address}/" if name == pages.HOME else f"{address}/{name}?{EPCI}")
    at_rest(page)
    assert "\n".join(in_both_themes(page)) == ""
    assert cut_when_spaced(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    # Charts follow the width with a delay of theirs.
    page.wait_for_function(f"() => {WIDTH} <= 320")
    page.set_viewport_size({"width": 1280, "height": 1000})
    if name != "presentation":
        assert keys_to_a_commune(page, name) < 15
