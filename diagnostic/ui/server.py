"""Routes beside the pages: Leaflet, outlines of territories, health, and the French HTML shell."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from xstatic.pkg import leaflet

from diagnostic import api, design, drafts, maps
from diagnostic.model import DiagnosticError
from diagnostic.serving import defence, delivery, fonts
from diagnostic.story import terms
from diagnostic.ui import keeping, observing, pages, uploads, words
from diagnostic.ui.state import base
from diagnostic.warehouse.database import open_database

_log = logging.getLogger(__name__)

TITLE = "Diagnostic territorial CTG"
_FOREVER = {"Cache-Control": delivery.FOREVER}
_MEDIA = Path(streamlit.__file__).parent / "static" / "static" / "media"
# Streamlit's own fonts, under addresses that do not change.
_FONTS = {"texte": "SourceSansVF-Upright*.woff2", "titre": "SourceSerifVariable-Roman*.woff2"}
_SCRIPTS = [
    Path(__file__).with_name(name).read_text("utf-8").replace("TERMES", terms.explained())
    for name in ("picture.js", "typing.js", "tables.js", "words.js", "presenting.js", "shell.js")
]

# Texts of data are left alone: only what Streamlit itself writes is put in French. What is tied are labels of controls as well:
# a line begins with no double mark, wherever the words were declared.
_TRANSLATE = (
    "<script>(()=>{const fr=%s,like=%s.map(([r,v])=>[new RegExp(r),v]),A=['aria-label','title','data-title','placeholder'];"
    "const say=t=>{if(!t)return;if(Object.hasOwn(fr,t))return fr[t]!==t&&fr[t];for(const[r,v]of like)if(r.test(t))return t.replace(r,v)};"
    "const tie=t=>t.replace(/(?<=\\S) (?=[:»·])|(?<=\\d) (?=km\\b)|(?<=«) /g,'\u00a0').replace(/(?<=\\S) (?=[;!?])|(?<=\\d) (?=%%)/g,'\u202f');"
    "const own=n=>n.closest('[data-testid=stTopNav],[data-testid=stFileUploader],[data-testid=stAlert],[data-testid=stDialog]')"
    "||!n.closest('[data-testid=stMarkdownContainer],.stHtml');"
    "const one=n=>{if(n.nodeType===3){const p=n.parentElement;if(!p||p.closest('script,style,title,code,pre,textarea,.voix'))return;"
    "const v=tie(own(p)&&say(n.data.trim())||n.data);if(v!==n.data)n.data=v}"
    "else if(n.nodeType===1){for(const a of A){const v=say(n.getAttribute(a));if(v)n.setAttribute(a,v)}"
    "n.childNodes.forEach(one)}};"
    "new MutationObserver(l=>l.forEach(m=>m.type==='childList'?m.addedNodes.forEach(one):one(m.target)))"
    ".observe(document,{childList:true,subtree:true,characterData:true,attributes:true,attributeFilter:A})})()</script>"
)
_NO_SCRIPT = re.compile("<noscript>.*?</noscript>", re.S)


def shell() -> str:
    """Streamlit's page with French language, title and words; RuntimeError when its index.html has changed."""
    html = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    # Without it, a cold link to a page first asks for its health under that page's path and logs two 404.
    address = "<script>window.__streamlit={{BACKEND_BASE_URL:location.origin+{}}}</script>".format(
        json.dumps(base() + "/")
    )
    exact, patterns = (json.dumps(one, ensure_ascii=False) for one in (words.EXACT, words.PATTERNS))
    scripts = _TRANSLATE % (exact, patterns) + "".join(f"<script>{script}</script>" for script in _SCRIPTS)
    html = _NO_SCRIPT.sub(f"<noscript>{words.NO_SCRIPT}</noscript>", html)
    for old, new in (
        ('<html lang="en">', '<html lang="fr">'),
        ("<title>Streamlit</title>", f"<title>{TITLE}</title>"),
        ("<head>", f"<head>{address}{scripts}"),
        ("<body>", f"<body><style>{_sheet()}</style>"),
    ):
        if old not in html:
            raise RuntimeError(f"this Streamlit's index.html has no {old}")
        html = html.replace(old, new, 1)
    return html


def _sheet() -> str:
    """The style sheet of all pages, there before the first of them: sent by a page, it would move what is drawn. In the
    body, after the styles that Streamlit puts in the head and before those of a page."""
    # On the root: what opens over the page, a panel or a dialogue, stands outside the application.
    root = f":root{{color-scheme:light dark;{design.css_variables()}}}"
    return root + Path(__file__).with_name("style.css").read_text("utf-8")


def middleware() -> list[Middleware]:
    """What every request goes through before Streamlit's own, the outermost first."""
    addresses = [entry.address for entry in pages.existing()]
    return [
        Middleware(defence.Defence, page=shell(), addresses=addresses, base=base()),
        Middleware(uploads.Uploads),
        Middleware(delivery.Delivery, base=base()),
    ]


def routes() -> list:
    """What `st.App` serves beside Streamlit's own addresses."""
    page = shell().encode()

    async def index(request: Request) -> Response:
        body = page
        if request.url.path == f"{base()}/methode":
            body = page.replace(b"</head>", await run_in_threadpool(_described) + b"</head>", 1)
        encoding = delivery.preferred(request.headers.get("accept-encoding", ""))
        answer = HTMLResponse(
            delivery.compressed(body, encoding),
            headers={"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
            | ({"Content-Encoding": encoding} if encoding else {}),
        )
        held = request.cookies.get(keeping.COOKIE)
        # Given again at each visit: it lasts as long as the drafts that it opens.
        answer.set_cookie(
            keeping.COOKIE,
            held if held is not None and keeping.is_key(held) else keeping.new_key(),
            max_age=drafts.days() * 86_400,
            path=base() or "/",
            httponly=True,
            samesite="lax",
        )
        return answer

    async def home(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{base()}/{query}", status_code=302)

    async def root(request: Request) -> Response:
        # The home page had been the synthesis: links of that time hold a territory.
        if "territoire" in request.query_params:
            return RedirectResponse(f"{base()}/synthese?{request.url.query}", status_code=302)
        return await index(request)

    others = [entry.address for entry in pages.existing() if entry.address]
    return [
        Mount(f"{base()}/leaflet/{leaflet.VERSION}", StaticFiles(directory=leaflet.BASE_DIR)),
        Route(base() + "/geo/{version}/{level}/{scope}.json", outlines),
        Route(base() + "/police/{style}.woff2", font),
        Route(base() + "/healthz", health),
        Route(base() + "/readyz", observing.ready),
        *api.routes(base()),
        # The home page lives at the root: Streamlit does not know it under its own name.
        Route(f"{base()}/{pages.HOME}", home),
        Route(f"{base()}/", root),
        *(Route(f"{base()}/{address}", index) for address in others),
    ]


def _described() -> bytes:
    """What search engines read of the data, for the page Méthode; nothing without a database."""
    try:
        said = api.schema_org(open_database(), base())
    except DiagnosticError:
        return b""
    text = json.dumps(said, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'.encode()


async def outlines(request: Request) -> Response:
    """GeoJSON of the units of a level inside and around a territory; geometry only, no figure.

    The version of the database stands in the address, so that a browser may keep the answer.
    """
    parameters = request.path_params
    try:
        database = await run_in_threadpool(open_database)
        fine = request.query_params.get("finesse") == "fine"
        body = await run_in_threadpool(
            maps.outlines_json, database, parameters["level"], parameters["scope"], fine=fine
        )
    except DiagnosticError as error:
        return JSONResponse({"erreur": str(error)}, status_code=404)
    fresh = parameters["version"] == database.key
    return Response(
        body, media_type="application/geo+json", headers=_FOREVER if fresh else {"Cache-Control": "no-store"}
    )


async def font(request: Request) -> Response:
    """A font of the page, for the frames of the maps and for pictures."""
    found = sorted(_MEDIA.glob(_FONTS.get(request.path_params["style"], "none")))
    if not found:
        return Response(status_code=404)
    body, _ = fonts.small.get(found[0].name, (found[0].read_bytes(), ""))
    return Response(body, media_type="font/woff2", headers=_FOREVER)


async def health(request: Request) -> Response:
    """200 and the vintage of the database, or 503 and what to do."""
    try:
        database = await run_in_threadpool(open_database)
        return JSONResponse(
            {"etat": "ok", "base": database.key, "geographie": database.meta("geography")},
            headers={"Cache-Control": "no-store"},
        )
    except DiagnosticError as error:
        return JSONResponse({"etat": "indisponible", "erreur": str(error)}, status_code=503)
    except Exception:
        _log.exception("health check")
        return JSONResponse({"etat": "indisponible"}, status_code=503)
