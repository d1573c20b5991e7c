"""A dashboard of one's own and the visitors who watch it, for the tests that drive a real browser."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlparse

import axe_playwright_python
import pytest

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
PATIENCE = 60_000
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
GRAVE = ("moderate", "serious", "critical")
# The ground of the page in each theme: it has turned when the ground has.
GROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 24, 31)"}
WHOLE = """([last, call]) => {
    const whole = [...document.querySelectorAll(last)].some(e => e.checkVisibility())
        && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
        && !document.querySelector('[data-testid=stMain] [data-testid=stSkeleton]');
    const still = whole && window.wholeFor === call;
    window.wholeFor = whole ? call : 0;
    return still;
}"""
"""To poll: true once the last element is there, the script has ended and no element waits for the code that draws it, twice in a
row, since a script that a click has asked for begins a little later."""
UNCHANGED = """() => {
    const now = [...document.querySelectorAll('.stApp *')].map(e => getComputedStyle(e)).map(s => s.color + s.backgroundColor + s.fill).join();
    const same = window.coloursBefore === now;
    window.coloursBefore = now;
    return same;
}"""
"""To poll: true once no colour has moved since it was asked last, so that a theme has been put on whole."""


@contextmanager
def dashboard(log: Path, environment: Mapping[str, str], base: str = "", *, port: int = 0) -> Iterator[str]:
    """The address of a dashboard that runs for the time of the block, below the path `base`; it writes to `log`.
    On `port`, else on a free one.

    Nothing is compiled to disk: what a test finds written was written for a visitor.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))
        port = probe.getsockname()[1]
    options = [f"--server.port={port}", *([f"--server.baseUrlPath={base.strip('/')}"] if base else [])]
    with log.open("w") as written:
        server = subprocess.Popen(
            [sys.executable, "-B", "-m", "streamlit", "run", "dashboard.py", *options],
            cwd=ROOT,
            env={**os.environ, "DIAGNOSTIC_BROUILLONS": "memoire", **environment},
            stdout=written,
            stderr=subprocess.STDOUT,
        )
        try:
            yield _answering(f"http://127.0.0.1:{port}{base}", server, log)
        finally:
            server.terminate()
            server.wait(10)


def _answering(url: str, server: subprocess.Popen, log: Path) -> str:
    """Ask until the server answers; its own log when it has stopped."""
    for _ in range(600):
        if server.poll() is not None:
            pytest.fail(f"the dashboard stopped: {log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
                assert answer.status == 200
                return url
        except OSError:
            try:
                server.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
    pytest.fail("the dashboard does not answer")


@contextmanager
def watched(chromium: str) -> Iterator[Callable]:
    """Opens as many visitors as asked, each with cookies of their own; fails at the end with all that went wrong.

    That is any console error, page error, refused address, or request to the outside but to the host that a
    visitor names as their `background`.
    """
    from playwright.sync_api import sync_playwright

    bad: list[str] = []

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)

        def another():
            tab = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 1000}).new_page()
            tab.set_default_timeout(PATIENCE)
            tab.background = ""

            def outside(request) -> None:
                if urlparse(request.url).hostname not in (None, "127.0.0.1", "localhost", tab.background):
                    bad.append(f"outside: {request.url}")

            tab.on("console", lambda message: bad.append(message.text) if message.type == "error" else None)
            tab.on("pageerror", lambda error: bad.append(f"page: {error}"))
            tab.on(
                "response", lambda one: bad.append(f"{one.status} {one.url}") if one.status >= 400 else None
            )
            tab.on("request", outside)
            return tab

        yield another
        browser.close()
    assert not bad, "\n".join(bad)


def settled(page, last: str = "footer.foot") -> None:
    """Wait for the whole page, whose `last` element is its foot."""
    page.wait_for_function(WHOLE, arg=[last, time.monotonic()], polling=100)


def at_rest(page) -> None:
    """Wait for the whole page, or the whole screen of the presentation."""
    settled(page, "footer.foot, .screen")


def findings(page, rules: list[str] | None = None) -> list[str]:
    """What axe finds, a line each; the frames of the maps are read too."""
    for frame in page.frames:
        if not frame.evaluate("Boolean(window.axe)"):
            frame.evaluate(AXE)
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{one['id']} ({one['impact']}) {node['target']} {node['html'][:160]}"
        for one in found
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def in_both_themes(page) -> list[str]:
    """The findings of what is on screen; of the dark theme, contrasts, the rest being the same."""
    found = findings(page)
    turn(page, "dark")
    return found + [f"dark: {line}" for line in findings(page, ["color-contrast"])]


def newcomer(page) -> None:
    """Make the visitor one who has never come, on a screen of the usual size."""
    page.unroute_all()
    page.background = ""
    page.goto("about:blank")
    page.context.clear_cookies()
    page.set_viewport_size({"width": 1280, "height": 1000})


def anew(page) -> None:
    """Leave the page that is there, in the dark or narrow, for one in the light on a screen."""
    page.goto("about:blank")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": 1280, "height": 1000})


def turn(page, theme: str) -> None:
    """Put `theme` on, whole: what the browser colours, then what the server draws again in its colours."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.wait_for_function(
        "([ground, theme]) => getComputedStyle(document.querySelector('.stApp')).backgroundColor === ground && ("
        "getComputedStyle(document.documentElement).getPropertyValue('--dessine').trim() === theme || "
        "document.querySelector('[role=dialog]'))",
        arg=[GROUND[theme], theme],
    )
    page.wait_for_function(UNCHANGED, polling=250)
    at_rest(page)
