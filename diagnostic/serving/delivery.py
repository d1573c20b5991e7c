"""How the browser receives the libraries: compressed once for all, and kept by it as long as they stay the same.

Streamlit sends its bundles as they are, and a component's with no date: three megabytes at a first visit, asked
again at each one. Files of these addresses never change while the process lives.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import brotli
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from diagnostic.serving import fonts

FOREVER = "public, max-age=31536000, immutable"
_KEPT = re.compile(r"/(static|component|leaflet|police)/")
_TEXT = re.compile(r"^(text/|application/(javascript|json|manifest)|image/svg)")
# The address of a file that is named after its content, or after the edition of its library.
_NAMED = re.compile(
    r"[.\-_][\w-]{8,}\.(?:js|css|woff2?|ttf|png|svg)$|/leaflet/|\.chunk\.(?:js|css)$|/police/"
)
_LEAST = 500
MOST_FILES = 2_000
_QUALITY = 9
"""Of 11: the last two cost seconds for a hundredth less."""


@dataclass(slots=True)
class Kept:
    """A file as it was served first."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    digest: str

    @property
    def is_page(self) -> bool:
        return Headers(raw=self.headers).get("content-type", "").startswith("text/html")


class Delivery:
    """Around the application: answers for the libraries from memory, hands on everything else."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self._app = app
        self._base = base
        self._kept: dict[str, Kept] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(self._base)
        asked = Headers(scope=scope) if scope["type"] == "http" else {}
        plain = scope["type"] == "http" and scope["method"] == "GET" and "range" not in asked
        if not (plain and _KEPT.match(path)):
            await self._app(scope, receive, send)
            return
        kept = self._kept.get(path)
        if kept is None:
            kept = await self._first(scope, receive, send)
            if kept is None:
                return
            # A page stands at any address that is no file: only files are kept, and no more than there are.
            if not kept.is_page and len(self._kept) < MOST_FILES:
                self._kept[path] = kept
        light = fonts.small.get(path.rpartition("/")[2])
        if light is not None:
            kept = Kept(kept.headers, *light)
        await self._answer(kept, path, asked, send)

    async def _first(self, scope: Scope, receive: Receive, send: Send) -> Kept | None:
        """Ask the application for a file; None, and its answer handed on, when there is none; None when it stopped before
        the end, its visitor gone: half a file, or an empty one, would be everyone's."""
        # As it is, and whole: neither compressed nor « not modified ».
        bare = [
            (name, value)
            for name, value in scope["headers"]
            if name not in (b"accept-encoding", b"if-none-match", b"if-modified-since", b"origin")
        ]
        start: Message = {}
        body: list[bytes] = []
        whole = False

        async def held(message: Message) -> None:
            nonlocal start, whole
            if message["type"] == "http.response.start":
                start = message
                if message["status"] != 200:
                    await send(message)
            elif start["status"] != 200:
                await send(message)
            else:
                body.append(message.get("body", b""))
                whole = not message.get("more_body", False)

        await self._app({**scope, "headers": bare}, receive, held)
        data = b"".join(body)
        announced = Headers(raw=start.get("headers", [])).get("content-length", str(len(data)))
        if start.get("status") != 200 or not whole or announced != str(len(data)):
            return None
        return Kept(list(start["headers"]), data, hashlib.sha256(data).hexdigest()[:20])

    async def _answer(self, kept: Kept, path: str, asked: Mapping[str, str], send: Send) -> None:
        message: Message = {"type": "http.response.start", "status": 200, "headers": list(kept.headers)}
        headers = MutableHeaders(raw=message["headers"])
        body = kept.body
        if _TEXT.match(headers.get("content-type", "")) and len(body) >= _LEAST:
            headers.add_vary_header("Accept-Encoding")
            encoding = preferred(asked.get("accept-encoding", ""))
            if encoding:
                body = await run_in_threadpool(compressed, body, encoding)
                headers["Content-Encoding"] = encoding
        tag = f'W/"{kept.digest}"'
        headers["ETag"] = tag
        headers["Cache-Control"] = FOREVER if _NAMED.search(path) and not kept.is_page else "no-cache"
        if tag in asked.get("if-none-match", ""):
            message["status"], body = 304, b""
            headers["Content-Length"] = "0"
        else:
            headers["Content-Length"] = str(len(body))
        await send(message)
        await send({"type": "http.response.body", "body": body})


def preferred(accepted: str) -> str:
    """The best encoding that a browser accepts, "" when it accepts none."""
    named = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.strip().partition(";")
        named[name.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in ("br", "gzip") if named.get(name)), "")


@lru_cache(maxsize=MOST_FILES)
def compressed(body: bytes, encoding: str) -> bytes:
    """The bytes in that encoding, as they are for "": reckoned once for each."""
    if encoding == "br":
        return brotli.compress(body, quality=_QUALITY)
    if not encoding:
        return body
    return gzip.compress(body, compresslevel=9, mtime=0)
