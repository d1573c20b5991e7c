"""The web's ordinary defences, on every answer: who may call, who may frame, what a page may load.

Streamlit sends none of them, and accepts any host. Around the whole application: what a host, an origin or a page that
is not ours asks is refused before anything reads it.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import os
import re
import socket
from collections.abc import Collection, Mapping
from html import escape
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from diagnostic import maps
from diagnostic.api import embeds

HOSTS, FRAMES, METRICS = "DIAGNOSTIC_HOTES", "DIAGNOSTIC_CADRES", "DIAGNOSTIC_METRIQUES_STREAMLIT"
"""Names under which the tool is served; sites that may show it in a frame; "1" opens Streamlit's own metrics."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_READS = ("GET", "HEAD", "OPTIONS")
_TILES = sorted({"https://" + urlsplit(url).netloc for url, _ in maps.TILES.values()})
_INLINE = re.compile(r"<script>(.*?)</script>", re.S)
NOT_FOUND = (
    '<!DOCTYPE html><html lang="fr"><meta charset="utf-8"><title>Page introuvable</title>'
    '<meta name="viewport" content="width=device-width">'
    "<style>body{{font:1.125rem/1.6 sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem}}</style>"
    "<h1>Cette page n’existe pas</h1><p>L’adresse est peut-être incomplète, ou la page a changé de nom.</p>"
    '<p><a href="{home}">Aller à l’accueil</a></p></html>'
)
_STRANGE_HOST = (
    "Cet outil n’est pas servi sous ce nom. Son exploitant le déclare dans " + HOSTS + " s’il le faut.\n"
)
_STRANGE_PAGE = "Une page d’un autre site ne peut pas agir ici.\n"


def policies(page: str) -> Mapping[str, str]:
    """Content-Security-Policy of "page" and of "frame" (the maps), the shell's own scripts named by their digests."""
    digests = [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in _INLINE.findall(page)
    ]
    sites = os.environ.get(FRAMES, "").split()
    common = [
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "media-src 'self' blob:",
        "frame-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
    page_only = [
        " ".join(["script-src 'self'", *digests]),
        "img-src 'self' data: blob:",
        " ".join(["frame-ancestors", *(sites or ["'none'"])]),
    ]
    # The component of the maps runs the script that folium writes, over the tiles that a reader asks for.
    frame_only = [
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        " ".join(["img-src 'self' data: blob:", *_TILES]),
        " ".join(["frame-ancestors 'self'", *sites]),
    ]
    return {"page": "; ".join([*common, *page_only]), "frame": "; ".join([*common, *frame_only])}


def served_under(host: str) -> bool:
    """Whether a request's Host is one of ours: a name that the operator gives, else this machine.

    An address in figures cannot be made to point elsewhere by a foreign page, so any of them is accepted.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if not name or "@" in host:
        return False
    named = os.environ.get(HOSTS, "").lower().split()
    if name in named or name in ("localhost", socket.gethostname().lower()):
        return True
    if any(one.startswith("*.") and name.endswith(one[1:]) for one in named):
        return True
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def same_site(origin: str | None, host: str) -> bool:
    """Whether a request that acts comes from a page of ours; a program sends no Origin."""
    return origin is None or urlsplit(origin).netloc == host


class Defence:
    """Around the application: refuses strangers, adds the headers, answers in French what does not exist."""

    def __init__(self, app: ASGIApp, page: str, addresses: Collection[str], base: str = "") -> None:
        """`page` is the shell as it is served, `addresses` the pages that exist, without `base`, the path of the
        application."""
        self._app = app
        self._base = base
        self._policies = policies(page)
        self._pages = {f"{base}/{address}" for address in addresses} | {base}
        self._metrics = os.environ.get(METRICS, "").strip() == "1"
        self._framed = bool(os.environ.get(FRAMES, "").split())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal and scope["type"] == "websocket":
            # The server answers 403 to a socket that is closed before it is accepted.
            await send({"type": "websocket.close", "code": 1008})
            return
        app = refusal or self._app
        if scope["type"] == "websocket":
            await app(scope, receive, send)
            return
        await app(scope, receive, self._guarded(scope, send))

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        asked, path = Headers(scope=scope), self._path(scope)
        host = asked.get("host", "")
        if not served_under(host):
            return PlainTextResponse(_STRANGE_HOST, status_code=421)
        acts = scope["type"] == "websocket" or scope["method"] not in _READS
        if acts and not same_site(asked.get("origin"), host):
            return PlainTextResponse(_STRANGE_PAGE, status_code=403)
        if path == "/_stcore/metrics" and not self._metrics:
            return PlainTextResponse("", status_code=404)
        return None

    def _path(self, scope: Scope) -> str:
        return scope["path"].removeprefix(self._base)

    def _guarded(self, scope: Scope, send: Send) -> Send:
        path, api = self._path(scope), self._path(scope).startswith("/api/")
        frame = path.startswith("/component/")
        replaced = False

        async def guarded(message: Message) -> None:
            nonlocal replaced
            if message["type"] != "http.response.start":
                if not replaced:
                    await send(message)
                return
            headers = MutableHeaders(raw=list(message["headers"]))
            if self._absent(scope, message["status"], headers):
                replaced = True
                answer = HTMLResponse(NOT_FOUND.format(home=escape(f"{self._base}/")), status_code=404)
                self._add(scope, answer.headers, api=False, frame=False)
                await send({**message, "status": 404, "headers": answer.raw_headers})
                body = b"" if scope["method"] == "HEAD" else answer.body
                await send({"type": "http.response.body", "body": body})
                return
            self._add(scope, headers, api=api, frame=frame)
            await send({**message, "headers": headers.raw})

        return guarded

    def _absent(self, scope: Scope, status: int, headers: Headers) -> bool:
        """Whether nothing stands at this address: Streamlit answers its page to any that it does not know."""
        if scope["method"] not in ("GET", "HEAD"):
            return False
        path, kind = self._path(scope), headers.get("content-type", "")
        if status == 404:
            return not kind.startswith("application/json")
        fallback = status == 200 and kind.startswith("text/html")
        return (
            fallback
            and scope["path"] not in self._pages
            and not path.startswith(("/media/", "/component/", embeds.PATH))
        )

    def _add(self, scope: Scope, headers: MutableHeaders, *, api: bool, frame: bool) -> None:
        for name, value in _ALWAYS.items():
            headers[name] = value
        headers["Content-Security-Policy"] = self._policies["frame" if frame else "page"]
        if not self._framed:
            headers["X-Frame-Options"] = "SAMEORIGIN" if frame else "DENY"
        if not api:
            # Nothing but the API is for the pages of others.
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            for name in [name for name in headers if name.startswith("access-control-")]:
                del headers[name]
        if "https" in (scope["scheme"], Headers(scope=scope).get("x-forwarded-proto")):
            headers.raw[:] = [
                (name, value + b"; Secure")
                if name == b"set-cookie" and b"; secure" not in value.lower()
                else (name, value)
                for name, value in headers.raw
            ]
