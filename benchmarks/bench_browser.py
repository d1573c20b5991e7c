"""What a visitor waits for, in headless Chromium on a server of its own: first page, maps, a key in the search.

The département of 535 communes is the Gironde of the real files; France is the fictional one. Times run from the
request to the last outline drawn, or to the page at rest; bytes are those of the outlines and of the websocket.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.databases import france, real
from benchmarks.harness import Result, milliseconds

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
EPCI = "epci:999001001"
REPEAT = 3
AT_REST = (
    "() => document.querySelector('footer.foot') && document.querySelector('.kf, .sec') && "
    "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
)


def results() -> Iterator[Result]:
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return
    country, departement = france(), real()
    with sync_playwright() as driver, serving(country) as address:
        time.sleep(_WARMING)
        with contextlib.closing(driver.chromium.launch(executable_path=chromium, args=FLAGS)) as browser:
            tab = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR").new_page()
            yield Result("first page, empty cache", _opened(tab, f"{address}/?territoire={EPCI}"), "s", "< 3")
            warm = [_opened(tab, f"{address}/?territoire={EPCI}") for _ in range(REPEAT)]
            yield Result("first page again", statistics.median(warm), "s", "< 1.5")
            yield from _map(
                browser, f"{address}/carte?territoire=france&echelle=epci", "France by EPCI", "< 3"
            )
            yield Result("key to list in the search", _typed(tab), "ms", "", "of which 200 are a pause")
    yield Result("search on the server", _search(country), "ms", "< 50", "35,000 communes")
    if departement is None:
        return
    with sync_playwright() as driver, serving(departement) as address:
        time.sleep(_WARMING)
        with contextlib.closing(driver.chromium.launch(executable_path=chromium, args=FLAGS)) as browser:
            link = f"{address}/carte?territoire=departement:33&echelle=commune"
            yield from _map(browser, link, "département of 535 communes", "< 1.5", sent="< 0.7")


_WARMING = 15
"""Seconds that a fresh server takes to read what every visitor needs."""


@contextlib.contextmanager
def serving(database: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "dashboard.py", f"--server.port={port}"],
        cwd=ROOT, env={**os.environ, "DIAGNOSTIC_DB": str(database)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
                break
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def _opened(tab, link: str) -> float:
    """Seconds from the request to the page at rest."""
    tab.goto("about:blank")
    start = time.perf_counter()
    tab.goto(link, wait_until="commit")
    tab.wait_for_function(AT_REST, timeout=60_000)
    return time.perf_counter() - start


def _map(browser, link: str, name: str, target: str, *, sent: str = "") -> Iterator[Result]:
    """Seconds until every outline is drawn, alone then again, and megabytes sent for it."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    tab = context.new_page()
    _opened(tab, link.partition("/carte")[0] + "/")
    received = _received(tab)
    times = []
    for number in range(REPEAT):
        tab.goto("about:blank")
        start = time.perf_counter()
        tab.goto(link, wait_until="commit")
        tab.locator("iframe").first.wait_for()
        tab.frame_locator("iframe").first.locator("body[data-ready]").wait_for(
            state="attached", timeout=60_000
        )
        times.append(time.perf_counter() - start)
        if number == 0:
            tab.wait_for_function(AT_REST)
            megabytes = sum(received) / 1e6
    yield Result(f"map, {name}", times[0], "s", target, "page opened by a link, outlines not yet kept")
    yield Result(f"map, {name}, again", statistics.median(times[1:]), "s", target)
    yield Result(
        f"map, {name}, sent", megabytes, "MB", sent, "outlines as sent, websocket before compression"
    )
    context.close()


def _received(tab) -> list[int]:
    """Bytes of the outlines and of the websocket from now on, one number a message."""
    found: list[int] = []
    wire = tab.context.new_cdp_session(tab)
    wire.send("Network.enable")
    asked: set[str] = set()

    def answered(event: dict) -> None:
        if "/geo/" in event["response"]["url"]:
            asked.add(event["requestId"])

    def finished(event: dict) -> None:
        if event["requestId"] in asked:
            found.append(int(event["encodedDataLength"]))

    wire.on("Network.responseReceived", answered)
    wire.on("Network.loadingFinished", finished)
    tab.on("websocket", lambda socket_: socket_.on("framereceived", lambda frame: found.append(len(frame))))
    return found


def _typed(tab) -> float:
    """Milliseconds from a key to another list, median of the letters of a name."""
    tab.wait_for_function(AT_REST)
    tab.locator(".st-key-outil_territoire [data-testid=stPopover] button").first.click()
    field = tab.get_by_placeholder("Nom, code postal ou code Insee").first
    times = []
    for letter in "saint":
        before = tab.locator("[data-testid=stPopoverBody]").inner_text()
        start = time.perf_counter()
        field.press(letter)
        try:
            tab.wait_for_function(
                "before => document.querySelector('[data-testid=stPopoverBody]').innerText !== before", arg=before, timeout=3000,
            )  # fmt: skip
        except Exception:
            continue
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def _search(database: Path) -> float:
    from diagnostic import search
    from diagnostic.warehouse import open_database

    base = open_database(database)
    return max(milliseconds(lambda text=text: search.find(base, text)) for text in ("s", "sa", "sain", "01"))
