"""Every page, opened once: in French under one title, axe in both themes, text spaced, four hundred per cent, a commune reached
by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browsing import anew, at_rest, in_both_themes, watched

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
TYPED = (pages.HOME, "petite_enfance", "convention", "methode")
"""Where the commune is typed too: the home page, one of figures, one that keeps work, one of no territory."""
WIDTH = "document.querySelector('[data-testid=stMain]').scrollWidth"

# Words that only English has, as a sentence or a control would hold them.
ENGLISH = re.compile(
    r"\b(the|and|with|your|this|upload|browse|drag|search|select|choose|clear|remove|delete|rows?|columns?|sidebar|expand|"
    r"collapse|increment|decrement|fullscreen|loading|running|press|help|open|close|settings|download|show|hide)\b",
    re.I,
)
LOOSE = re.compile(r"\S [:;!?»](?!\S)|« ")
"""A double mark that a line could begin with, wherever the words come from."""
SEEN = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) if (!n.parentElement.closest('script,style,noscript,code,.voix')) found.push(n.data);
  return found;
}"""
WORDS = """() => {
  const found = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    if (n.nodeType === 3) { if (!n.parentElement.closest('script,style,noscript,code,[data-testid=stIconMaterial]')) found.add(n.data.trim()); }
    else for (const a of ['aria-label', 'title', 'placeholder', 'alt']) found.add(n.getAttribute(a) || '');
  }
  return [...found];
}"""
HEADINGS = "() => [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].filter(h => h.offsetParent).map(h => +h.tagName[1])"
NAMELESS = """() => [...document.querySelectorAll('button,a[href],input,textarea,iframe')].filter(e => e.checkVisibility()
  && e.type !== 'hidden' && !e.closest('.st-key-etat') && !e.textContent.trim() && !e.getAttribute('aria-label')
  && !e.getAttribute('aria-labelledby') && !e.title && !(e.labels && e.labels.length)).map(e => e.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def page(chromium: str, address: str) -> Iterator:
    """One visitor for the whole file."""
    with watched(chromium) as another:
        yield another()


def faults_of_words(page) -> list:
    """English, a double mark without its no-break space, controls without a name, titles that skip a level or are not one."""
    levels = page.evaluate(HEADINGS)
    orderly = all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    single = levels[:1] == [1] and levels.count(1) == 1
    english = [words for words in page.evaluate(WORDS) if ENGLISH.search(words)]
    loose = [words for words in page.evaluate(SEEN) if LOOSE.search(words)]
    return [*english, *loose, *page.evaluate(NAMELESS), *([] if orderly and single else [levels])]


def cut_when_spaced(page) -> list[str]:
    style = page.add_style_tag(content=SPACED)
    found = page.evaluate(CUT)
    if page.evaluate(WIDTH) > 1280:
        found.append("wider than the window")
    style.evaluate("e => e.remove()")
    return found


def keys_to_the_search(page, name: str) -> int:
    """Keys pressed from the head of the page to the field where a commune is typed."""
    keys = 0
    if name != pages.HOME:
        for key in ("Tab", "Tab"):
            page.keyboard.press(key)
            keys += 1
        assert page.evaluate("document.activeElement.id") == "vers-territoire"
        page.keyboard.press("Enter")
        keys += 1
    page.wait_for_function("() => document.activeElement.matches('[class*=st-key-cherche_] input')")
    return keys


def keys_of_a_commune(page) -> int:
    """Keys that open a commune typed by its code; the field does the same on every page."""
    page.keyboard.type("F1002")
    page.keyboard.press("Enter")
    page.wait_for_function("() => /commune(:|%3A)F1002$/.test(location.search)")
    return len("F1002") + 1


@pytest.mark.parametrize("name", [entry.name for entry in pages.existing()])
def test_a_page_holds_for_whoever_sees_hears_or_presses_keys(page, address: str, name: str) -> None:
    anew(page)
    page.goto(f"{address}/" if name == pages.HOME else f"{address}/{name}?{EPCI}")
    at_rest(page)
    assert faults_of_words(page) == []
    assert "\n".join(in_both_themes(page)) == ""
    assert cut_when_spaced(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    # Charts follow the width with a delay of theirs.
    page.wait_for_function(f"() => {WIDTH} <= 320")
    page.set_viewport_size({"width": 1280, "height": 1000})
    if name != "presentation":
        keys = keys_to_the_search(page, name)
        assert keys + (keys_of_a_commune(page) if name in TYPED else 0) < 15
