"""From the home page to the diagnosis of a commune of 602 inhabitants by its postcode, as a person does it."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.databases import real
from benchmarks.harness import Result

COMMUNE, INHABITANTS = "33008", 602
PACE = 120
"""Milliseconds between two keys of who types."""
# Sentences of the first page that hold a figure and stand whole above the fold; whether something is beside the figure.
FIGURES = r"""() => {
  const beside = /contre|que la |qu’en|que l’|moyenne|intercommunalité|France|dans la commune/;
  const found = [];
  for (const e of document.querySelectorAll('.msgs article, .sec .msg, .kf')) {
    const r = e.getBoundingClientRect(), said = e.innerText, note = e.querySelector('.msgs .sub');
    // Of a message, the sentence and the first line below it.
    const bottom = note ? note.getBoundingClientRect().top + 24 : r.bottom;
    if (r.height && r.top >= 0 && bottom <= innerHeight && /\d/.test(said)) found.push([said, beside.test(said)]);
  }
  return found;
}"""


def small_commune(path: Path) -> tuple[str, str]:
    """What to type and the code of the commune of fewest inhabitants above five hundred: its postcode where one is known,
    else its code."""
    from diagnostic import gazetteer
    from diagnostic.model import Level
    from diagnostic.warehouse import open_database

    db = open_database(path)
    people = {
        code: size for (level, code), size in gazetteer.index(db).population.items() if level == Level.COMMUNE
    }
    code = (
        COMMUNE if COMMUNE in people else min((size, code) for code, size in people.items() if size > 500)[1]
    )
    held = db.rows("select min(postcode) from postcode where commune = ?", code)[0][0]
    return held or code, code


def read(page, address: str, commune: tuple[str, str]) -> tuple[float, list[tuple[str, bool]]]:
    """Seconds from the home page to the diagnosis, and the figures read there without scrolling."""
    typed, code = commune
    page.set_viewport_size({"width": 1280, "height": 800})
    began = time.perf_counter()
    page.goto(f"{address}/")
    page.wait_for_function("() => document.activeElement.matches('.st-key-depart input')")
    page.keyboard.type(typed, delay=PACE)
    answer = page.locator(f"[class*=st-key-reponse_] a[href*='{code}']").first
    answer.wait_for()
    answer.click()
    page.wait_for_function(
        "() => location.pathname.endsWith('/synthese') && document.querySelector('footer.foot') && "
        "document.querySelector('.msgs article')"
    )
    spent = time.perf_counter() - began
    return spent, [tuple(one) for one in page.evaluate(FIGURES)]


PRINTED = ("commune:33175", "epci:243300316", "commune:33249")


def sheets(page, address: str, territory: str) -> int:
    """Sheets of A4 that a printed Synthèse takes."""
    page.goto(f"{address}/synthese?territoire={territory}")
    page.wait_for_selector("footer.foot")
    page.frame_locator("iframe").first.locator("body[data-ready]").wait_for(state="attached")
    printed = page.pdf(format="A4", prefer_css_page_size=True, print_background=True)
    return printed.count(b"/Type /Page\n")


def results() -> Iterator[Result]:
    from playwright.sync_api import sync_playwright

    from benchmarks.bench_browser import FLAGS, serving

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    path = real()
    if chromium is None or path is None:
        return
    typed, code = small_commune(path)
    with (
        sync_playwright() as driver,
        serving(path) as address,
        contextlib.closing(driver.chromium.launch(executable_path=chromium, args=FLAGS)) as browser,
    ):
        tab = browser.new_context(locale="fr-FR").new_page()
        tab.set_default_timeout(90_000)
        spent, figures = read(tab, address, (typed, code))
        note = f"« {typed} », {INHABITANTS} inhabitants, {PACE} ms a key"
        yield Result("home to the diagnosis of a small commune", spent, "s", "< 15", note)
        yield Result("figures read without scrolling at 1280 × 800", len(figures), "", "≥ 3")
        compared = sum(one for _, one in figures)
        yield Result("of which with something beside them", compared, "", "≥ 3")
        for key in PRINTED if code == COMMUNE else ():
            yield Result(f"sheets of a printed Synthèse, {key}", sheets(tab, address, key), "", "≤ 3")
