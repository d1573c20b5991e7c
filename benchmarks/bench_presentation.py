"""What overflows, is cut, covers another or is too small on the screens of the presentation, at three sizes of projector."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.databases import france, real
from benchmarks.harness import Result

SIZES = ((1280, 720), (1920, 1080), (1024, 768))
REAL = ("commune:33008", "epci:200069599", "epci:243300316", "departement:33", "france")
FICTIONAL = ("commune:F1002", "epci:999001001", "departement:F1", "france")
SMALLEST = 16
"""Pixels of the smallest text at 1280 × 720."""
# What is drawn below the foot or beyond the edges, cut by its box, or smaller than a room reads; and how much of the height
# between the title and the foot is filled.
MEASURE = """(smallest) => {
  const bad = [], foot = document.querySelector('.st-key-pied_presentation').getBoundingClientRect();
  // Words for who listens, not for who looks.
  const unseen = e => e.closest('.aloud') || getComputedStyle(e).clipPath === 'inset(50%)';
  let bottom = 0;
  for (const e of document.querySelectorAll('.screen, .screen *, .parts *, .st-key-carte_presentation *')) {
    const r = e.getBoundingClientRect(), s = getComputedStyle(e), said = (e.textContent || '').slice(0, 60);
    if (!r.width || !r.height || unseen(e)) continue;
    const words = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (words || ['IMG', 'IFRAME'].includes(e.tagName) || (e.tagName === 'I' && e.closest('.bar'))) {
      bottom = Math.max(bottom, r.bottom);
      if (r.bottom > foot.top + 1 || r.right > innerWidth + 1 || r.left < -1) bad.push(`beyond: ${e.tagName} ${said}`);
      if (words && parseFloat(s.fontSize) < smallest) bad.push(`small: ${s.fontSize} ${said}`);
    }
    if (s.overflowY === 'hidden' && !s.webkitLineClamp.match(/[0-9]/) && e.scrollHeight > e.clientHeight + 2)
      bad.push(`cut: ${e.className} ${e.scrollHeight} > ${e.clientHeight}`);
    if (s.overflowX === 'hidden' && words && e.scrollWidth > e.clientWidth + 1) bad.push(`cut across: ${said}`);
  }
  const told = [...document.querySelectorAll('.parts *')].filter(e => !e.closest('.bar') && !unseen(e) && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => { const range = document.createRange(); range.selectNodeContents(e); return [e, range.getBoundingClientRect()]; });
  for (const [at, [e, a]] of told.entries()) for (const [o, b] of told.slice(at + 1))
    if (!e.contains(o) && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3
        && Math.min(a.bottom - a.height / 4, b.bottom - b.height / 4) - Math.max(a.top + a.height / 4, b.top + b.height / 4) > 2)
      bad.push(`covers: ${e.textContent.slice(0, 30)} / ${o.textContent.slice(0, 30)}`);
  for (const e of document.querySelectorAll('.barres .name *')) for (const found of e.textContent.matchAll(/[^\\s-]+/g)) {
    const range = document.createRange();
    range.setStart(e.firstChild, found.index); range.setEnd(e.firstChild, found.index + found[0].length);
    if (range.getClientRects().length > 1) bad.push(`word cut: ${found[0]}`);
  }
  const map = document.querySelector('.st-key-carte_presentation [class*=st-key-cadre_]');
  if (map && map.getBoundingClientRect().height < 0.4 * innerHeight) bad.push(`small map: ${map.getBoundingClientRect().height}`);
  const source = document.querySelector('.st-key-pied_presentation .src');
  if (source.scrollHeight > source.clientHeight + 2) bad.push(`source cut: ${source.scrollHeight} > ${source.clientHeight}`);
  if (source.getBoundingClientRect().bottom > innerHeight) bad.push('source below the window');
  const main = document.querySelector('[data-testid=stMain]'), h1 = document.querySelector('.screen h1');
  if (main.scrollHeight > main.clientHeight + 2) bad.push(`scrolls: ${main.scrollHeight} > ${main.clientHeight}`);
  const top = h1.getBoundingClientRect();
  if (top.height > parseFloat(getComputedStyle(h1).lineHeight) * 2.2) bad.push(`title of more than two lines: ${h1.innerText}`);
  return [bad, Math.round((bottom - top.bottom) / (foot.top - top.bottom) * 100)];
}"""
COUNT = ".st-key-pied_presentation .count"


@dataclass(frozen=True)
class Looked:
    """One screen at one size: what is wrong with it, and the share of the height that it fills."""

    number: int
    size: tuple[int, int]
    faults: tuple[str, ...]
    filled: int


def looked_at(
    tab, address: str, territory: str, sizes: Sequence[tuple[int, int]] = SIZES
) -> Iterator[Looked]:
    """Every screen of a territory at each size, turned by the key that a remote sends."""
    tab.set_viewport_size({"width": sizes[0][0], "height": sizes[0][1]})
    tab.goto(f"{address}/presentation?territoire={territory}")
    tab.wait_for_selector(COUNT)
    number, total = 1, int(tab.inner_text(COUNT).split("/")[1])
    while True:
        tab.wait_for_function(
            f"number => document.querySelector('{COUNT}')?.innerText.startsWith(number + ' /') && "
            "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'",
            arg=number,
            polling=100,
        )
        tab.wait_for_timeout(200)
        for wide, high in sizes:
            tab.set_viewport_size({"width": wide, "height": high})
            tab.wait_for_timeout(120)
            faults, filled = tab.evaluate(MEASURE, SMALLEST)
            yield Looked(number, (wide, high), tuple(faults), filled)
        if number == total:
            return
        number += 1
        tab.keyboard.press("PageDown")


def results() -> Iterator[Result]:
    from playwright.sync_api import sync_playwright

    from benchmarks.bench_browser import FLAGS, serving

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return
    found_real = real()
    path, keys = (found_real, REAL) if found_real is not None else (france(), FICTIONAL)
    with (
        sync_playwright() as driver,
        serving(path) as address,
        contextlib.closing(driver.chromium.launch(executable_path=chromium, args=FLAGS)) as browser,
    ):
        tab = browser.new_context(locale="fr-FR").new_page()
        tab.set_default_timeout(90_000)
        for key in keys:
            seen = list(looked_at(tab, address, key))
            faults = [f"{one.number} at {one.size[0]}: {one.faults[0]}" for one in seen if one.faults]
            screens = max(one.number for one in seen)
            yield Result(
                f"{key}: screens with a fault",
                len(faults),
                "",
                "0",
                "; ".join(faults[:2]) or f"{screens} screens",
            )
            wide = [one.filled for one in seen if one.size != SIZES[2]]
            yield Result(f"{key}: least filled at 16:9", min(wide), "%", "≥ 70")
