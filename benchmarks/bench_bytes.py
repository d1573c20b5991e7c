"""Bytes that a browser receives to draw a page: at a first visit, at the next one; Bordeaux of the real files."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from benchmarks.bench_browser import AT_REST, FLAGS, serving
from benchmarks.databases import real
from benchmarks.harness import Result

PAGES = {
    "synthese": ("Synthèse", "< 1.2"),
    "petite_enfance": ("Petite enfance", "< 2.7"),
    "carte": ("Carte", ""),
}
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
        contextlib.closing(Meter(address)) as meter,
    ):
        for page, (name, target) in PAGES.items():
            link = f"{meter.address}/{page}?territoire={BORDEAUX}"
            context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
            yield Result(f"{name}, first visit", _received(context, link, meter) / 1e6, "MB", target)
            yield Result(f"{name}, again", _received(context, link, meter) / 1e3, "kB", "< 100")


def _received(context, link: str, meter: Meter) -> int:
    """Bytes from the server to the browser for one page, as they travel."""
    before, tab = meter.bytes, context.new_page()
    tab.goto(link)
    tab.wait_for_function(AT_REST, timeout=120_000)
    time.sleep(3)
    tab.close()
    return meter.bytes - before


class Meter:
    """A relay on loopback before a server, that counts what the server sends."""

    def __init__(self, address: str) -> None:
        self.bytes = 0
        self._server = urlsplit(address)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No new connection is taken."""
        self._door.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._door.accept()
                there = socket.create_connection((self._server.hostname, self._server.port))
                threading.Thread(target=self._relay, args=(here, there, False), daemon=True).start()
                threading.Thread(target=self._relay, args=(there, here, True), daemon=True).start()

    def _relay(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                self.bytes += len(data) * counted
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
