"""The producers on loopback: their catalogues and the fictional files, under the declared addresses and with their moods."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from diagnostic.model import Catalogue, Source, Vintage

# What the demonstration names as its producer does, where the folder of downloads has its own name for it.
OTHER_NAMES = {"populations_legales_2023.zip": "ensemble.zip"}
PUBLISHED = "2026-03-01T08:00:00"


class Twin:
    """Serves `folder` for the producers of `sources`: `/<host>/<path>` stands for the address at that host.

    insee.fr refuses what is no browser, Melodi answers 429 once, data.gouv.fr sends elsewhere, the largest file is
    cut in its middle the first time, and the archive of populations comes slowly. What the folder does not hold is 404.
    """

    def __init__(self, folder: Path, sources: tuple[Source, ...]) -> None:
        self.folder, self.asked = folder, Counter()
        self.moods: Counter[str] = Counter()
        twin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                twin.answer(self)
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                """Keep the test output quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.files: dict[str, Path] = {}
        self.catalogues: dict[str, tuple[Catalogue, Vintage]] = {}
        self.sources = tuple(self._moved(source) for source in sources)
        self.largest = max(self.files, key=lambda place: self.files[place].stat().st_size)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _here(self, url: str) -> str:
        """The same address at this server."""
        return self.address + self._place(url)

    @staticmethod
    def _place(url: str) -> str:
        parts = urlsplit(url)
        # The pages of one service differ by what is asked of it.
        return f"/{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    def _moved(self, source: Source) -> Source:
        return replace(source, vintages=tuple(self._vintage(vintage) for vintage in source.vintages))

    def _vintage(self, vintage: Vintage) -> Vintage:
        file = self.folder / OTHER_NAMES.get(vintage.filename, vintage.filename)
        if file.is_file():
            self.files[unquote(self._place(vintage.url))] = file
        catalogue = vintage.catalogue
        if catalogue is not None:
            self.catalogues[unquote(self._place(catalogue.url))] = (catalogue, vintage)
            catalogue = replace(catalogue, url=self._here(catalogue.url))
        return replace(vintage, url=self._here(vintage.url), catalogue=catalogue)

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        place = unquote(to.path)
        self.asked[place] += 1
        if place.startswith("/www.insee.fr") and "Mozilla/5.0" not in to.headers["User-Agent"]:
            self.moods["agent refused"] += 1
            self._send(to, 403)
        elif place in self.catalogues:
            self._catalogue(to, place)
        elif place.startswith("/www.data.gouv.fr") and place in self.files:
            self.moods["sent elsewhere"] += 1
            self._send(to, 302, Location=f"/static.data.gouv.fr{place}")
        else:
            self._file(to, place.removeprefix("/static.data.gouv.fr") if self._is_sent(place) else place)

    def _is_sent(self, place: str) -> bool:
        return place.startswith("/static.data.gouv.fr/www.data.gouv.fr")

    def _catalogue(self, to: BaseHTTPRequestHandler, place: str) -> None:
        catalogue, vintage = self.catalogues[place]
        if catalogue.kind == "melodi" and not self.moods["too many calls"]:
            self.moods["too many calls"] += 1
            self._send(to, 429, Retry_After="1")
            return
        product = vintage.url.rpartition("/")[2]
        described = {
            "melodi": {
                "modified": PUBLISHED,
                "product": [
                    {"id": product, "accessURL": self._here(vintage.url), "modified": PUBLISHED},
                    {"id": "autre", "accessURL": f"{self.address}/autre_XLSX_FR", "modified": PUBLISHED},
                ],
            },
            "data.gouv": {
                "resources": [
                    {
                        "title": vintage.filename,
                        "url": self._here(vintage.url),
                        "latest": vintage.url,
                        "last_modified": PUBLISHED,
                    }
                ]
            },
            "opendatasoft": {"metas": {"default": {"modified": PUBLISHED}}, "fields": []},
        }[catalogue.kind]
        self._send(to, 200, json.dumps(described).encode())

    def _file(self, to: BaseHTTPRequestHandler, place: str) -> None:
        if place not in self.files:
            self._send(to, 404)
            return
        body = self.files[place].read_bytes()
        asked = re.fullmatch(r"bytes=(\d+)-", to.headers.get("Range", ""))
        start = int(asked[1]) if asked else 0
        to.send_response(206 if asked else 200)
        to.send_header("Connection", "close")
        to.send_header("Content-Length", str(len(body) - start))
        if asked:
            self.moods["resumed"] += 1
            to.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        to.end_headers()
        if place == self.largest and not asked:
            self.moods["cut"] += 1
            to.wfile.write(body[: len(body) // 2])
            return
        if self.files[place].name == "ensemble.zip":
            self.moods["slow"] += 1
            for piece in range(start, len(body), 1_000):
                to.wfile.write(body[piece : piece + 1_000])
                to.wfile.flush()
                time.sleep(0.01)
            return
        to.wfile.write(body[start:])

    @staticmethod
    def _send(to: BaseHTTPRequestHandler, code: int, body: bytes = b"", **headers: str) -> None:
        to.send_response(code)
        to.send_header("Connection", "close")
        to.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            to.send_header(name.replace("_", "-"), value)
        to.end_headers()
        to.wfile.write(body)
