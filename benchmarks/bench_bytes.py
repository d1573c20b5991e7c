"""Bytes that a browser receives to draw a page: at a first visit, at the next one; Bordeaux of the real files."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator

from benchmarks.bench_browser import AT_REST, FLAGS, serving
from benchmarks.databases import real
from benchmarks.harness import Result

PAGES = {"": ("Synthèse", "< 1.2"), "petite_enfance": ("Petite enfance", "< 2.7"), "carte": ("Carte", "")}
BORDEAUX = "epci:243300316"


def results() -> Iterator[Result]:
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    database = real()
    if chromium is None or database is None:
        return
    with (
        sync_playwright() as driver,
        serving(database) as address,
        contextlib.closing(driver.chromium.launch(executable_path=chromium, args=FLAGS)) as browser,
    ):
        for page, (name, target) in PAGES.items():
            link = f"{address}/{page}?territoire={BORDEAUX}"
            context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
            yield Result(f"{name}, first visit", _received(context, link) / 1e6, "MB", target)
            yield Result(f"{name}, again", _received(context, link) / 1e3, "kB", "< 100")


def _received(context, link: str) -> int:
    """Bytes of the answers as they travel, and of the websocket's messages."""
    tab = context.new_page()
    counted = [0]
    devtools = context.new_cdp_session(tab)
    devtools.send("Network.enable")
    devtools.on("Network.loadingFinished", lambda event: counted.append(event["encodedDataLength"]))
    # Told before decompression is undone: an upper bound of what travels.
    devtools.on(
        "Network.webSocketFrameReceived", lambda event: counted.append(len(event["response"]["payloadData"]))
    )
    tab.goto(link)
    tab.wait_for_function(AT_REST)
    time.sleep(3)
    tab.close()
    return int(sum(counted))
