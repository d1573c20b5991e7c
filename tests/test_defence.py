"""What the server refuses, and what every answer of it says to the browser: asked from a real server on loopback."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from diagnostic import gazetteer
from diagnostic.serving import defence
from diagnostic.ui import blocks, pages
from diagnostic.warehouse import open_database
from tests.browsing import FLAGS, PATIENCE, settled, watched

SHELL = "<html><script>let a = 1</script></html>"


def client(monkeypatch: pytest.MonkeyPatch, **settings: str) -> TestClient:
    """Asks an application of two pages behind the defences, under these settings."""
    for name in (defence.HOSTS, defence.FRAMES, defence.METRICS):
        monkeypatch.setenv(name, settings.get(name, ""))

    async def page(request) -> HTMLResponse:
        answer = HTMLResponse(SHELL, headers={"Access-Control-Allow-Origin": "https://ailleurs.example"})
        answer.set_cookie("ctg_brouillon", "x")
        return answer

    async def metrics(request) -> PlainTextResponse:
        return PlainTextResponse("sessions 3")

    inner = Starlette(
        routes=[
            Route("/_stcore/metrics", metrics),
            Route("/component/carte/index.html", page),
            Route("/integrer/{section}", page),
            Route("/{any}", page, methods=["GET", "PUT"]),
        ]
    )
    guarded = defence.Defence(inner, page=SHELL, addresses=["", "carte"])
    return TestClient(guarded, base_url="http://localhost", follow_redirects=False)


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "192.168.1.20:8501", "[::1]:8501"])
def test_this_machine_is_served_under_its_own_names(host, monkeypatch):
    assert client(monkeypatch).get("/carte", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["ailleurs.example", "localhost.ailleurs.example", "x@localhost", "", "["])
def test_a_name_that_is_not_ours_is_refused(host, monkeypatch):
    answer = client(monkeypatch).get("/carte", headers={"Host": host})
    assert answer.status_code == 421
    assert "n’est pas servi sous ce nom" in answer.text


def test_the_operator_names_hosts(monkeypatch):
    asked = client(monkeypatch, DIAGNOSTIC_HOTES="ctg.caf.example *.ctg.example")
    codes = [
        asked.get("/carte", headers={"Host": host}).status_code
        for host in ("ctg.caf.example", "gironde.ctg.example", "caf.example")
    ]
    assert codes == [200, 200, 421]


def test_a_chart_alone_is_framed_by_whom_the_operator_names(monkeypatch):
    answer = client(monkeypatch, DIAGNOSTIC_CADRES="https://ville.example").get("/integrer/offre")
    assert answer.status_code == 200
    assert "frame-ancestors https://ville.example" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers


def test_a_page_of_another_site_cannot_act(monkeypatch):
    asked = client(monkeypatch)
    for origin, code in (("http://localhost", 200), ("https://x.streamlit.app", 403), ("null", 403)):
        assert asked.put("/carte", headers={"Origin": origin}).status_code == code


def test_nobody_frames_but_whom_the_operator_names(monkeypatch):
    alone = client(monkeypatch).get("/carte").headers
    assert "frame-ancestors 'none'" in alone["content-security-policy"]
    assert alone["x-frame-options"] == "DENY"
    chosen = client(monkeypatch, DIAGNOSTIC_CADRES="https://ville.example").get("/carte").headers
    assert "frame-ancestors https://ville.example" in chosen["content-security-policy"]
    assert "x-frame-options" not in chosen


def test_the_maps_are_framed_by_our_pages_only(monkeypatch):
    headers = client(monkeypatch).get("/component/carte/index.html").headers
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "SAMEORIGIN"


def test_a_page_runs_its_own_scripts_and_no_other(monkeypatch):
    policy = client(monkeypatch).get("/carte").headers["content-security-policy"]
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    # The digest of « let a = 1 », as `openssl dgst -sha256 -binary | base64` writes it.
    assert scripts == "script-src 'self' 'sha256-LAfYd7pbFUgwfQu8b4q135PeTG2z+/coPEUYCd74eCQ='"


def test_what_does_not_exist_is_said_in_french(monkeypatch):
    answer = client(monkeypatch).get("/inconnue")
    assert answer.status_code == 404
    assert "Cette page n’existe pas" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_streamlits_metrics_are_closed_unless_asked(monkeypatch):
    assert client(monkeypatch).get("/_stcore/metrics").status_code == 404
    opened = client(monkeypatch, DIAGNOSTIC_METRIQUES_STREAMLIT="1").get("/_stcore/metrics")
    assert opened.text == "sessions 3"


def test_cookies_are_secure_behind_tls_only(monkeypatch):
    asked = client(monkeypatch)
    assert "Secure" not in asked.get("/carte").headers["set-cookie"]
    assert "Secure" in asked.get("/carte", headers={"X-Forwarded-Proto": "https"}).headers["set-cookie"]


def test_only_the_api_is_for_the_pages_of_others(monkeypatch):
    assert "access-control-allow-origin" not in client(monkeypatch).get("/carte").headers


# --- A real server


def asked(url: str, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def test_every_answer_of_the_server_carries_the_defences(address):
    paths = [
        "/",
        "/carte",
        "/inconnue",
        "/favicon.png",
        "/healthz",
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/metrics",
        "/media/rien.png",
        "/component/rien/index.html",
        "/api/v1/openapi.json",
        "/auth/login",
    ]
    for path in paths:
        answer = asked(address, path)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "same-origin", path
        assert "frame-ancestors" in answer.headers["Content-Security-Policy"], path


def test_a_foreign_page_opens_no_session_and_sends_no_file(address):
    socket = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    for origin in ("https://x.streamlit.app", "http://127.0.0.1:1"):
        with pytest.raises(InvalidStatus) as refused:
            connect(socket, origin=origin, subprotocols=["streamlit"])
        assert refused.value.response.status_code == 403
        answer = asked(address, "/_stcore/upload_file/a/b", "PUT", Origin=origin)
        assert answer.status == 403
    with connect(socket, origin=address, subprotocols=["streamlit"]):
        pass


@contextmanager
def foreign(framed: str) -> Iterator[str]:
    """A page of another origin that frames the application."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f'<iframe src="{framed}" width="1200" height="900"></iframe>'.encode())

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.browser
def test_a_foreign_page_that_frames_the_tool_finds_no_place_for_a_file(address, chromium):
    from playwright.sync_api import sync_playwright

    with foreign(f"{address}/mes_donnees") as framing, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        tab = browser.new_page()
        tab.set_default_timeout(PATIENCE)
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        tab.goto(framing)
        tab.wait_for_load_state("networkidle")
        assert any("frame-ancestors" in text for text in said)
        assert all(not frame.url.startswith(address) for frame in tab.frames)
        assert tab.frame_locator("iframe").locator("input[type=file]").count() == 0
        # At its own address the place is there.
        tab.goto(f"{address}/mes_donnees?territoire=france")
        settled(tab)
        tab.locator("input[type=file]").first.wait_for(state="attached")
        browser.close()


# --- Text from outside

PIRATE = (
    "![x](http://pirate.example/a.png) [y](http://pirate.example) http://pirate.example www.pirate.example "
    "z@pirate.example <img src=http://pirate.example/b.png> :material/delete: :red[z]"
)

# What that text would draw if it were read as Markdown or HTML: links, pictures, an icon.
DRAWN = """[...document.querySelectorAll('[data-testid=stApp] :is(a, img, [data-testid=stIconMaterial])')].filter(e =>
  /^(mailto:|http:..(www.)?pirate)/.test(e.href || '') || /pirate/.test(e.src || '') || (e.matches('[data-testid=stIconMaterial]') && /delete/.test(e.innerText))
).map(e => e.outerHTML.slice(0, 200))"""
PLANTED = (
    "<a href='http://pirate.example'>y</a><a href='mailto:z@pirate.example'>z</a>"
    "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw=#pirate'><i data-testid='stIconMaterial'>delete</i>"
)


def test_what_looks_like_markdown_is_a_label_as_it_is():
    assert blocks.as_label("Saint-Jean (40)") == "Saint\\-Jean \\(40\\)"
    assert blocks.as_label("a &amp; b") == "a \\&amp; b"
    # Parted by a word joiner, an address, a mail and an icon are none.
    assert "http\\:\u2060//" in blocks.as_label("http://pirate.example")
    assert "www\u2060\\.pirate" in blocks.as_label("www.pirate.example")
    assert "@\u2060pirate" in blocks.as_label("z@pirate.example")
    assert "\\:\u2060material" in blocks.as_label(":material/delete:")
    assert blocks.as_label("deux\nlignes") == "deux lignes"


@pytest.mark.browser
def test_hostile_text_is_shown_as_text_on_every_page(address, chromium, demo_db):
    communes = gazetteer.index(open_database(demo_db)).communes
    codes = next(codes for (level, _), codes in sorted(communes.items()) if level == "epci")[:3]
    place = "territoire=perimetre:" + "%2B".join(codes) + "&nom=" + quote(PIRATE)
    with watched(chromium) as another:
        tab = another()

        def harmless(where: str) -> bool:
            """Nothing is drawn of it; whether the page shows it."""
            settled(tab)
            assert tab.evaluate(DRAWN) == [], where
            return "pirate.example" in tab.locator("[data-testid=stApp]").inner_text()

        def turn(entry: pages.PageEntry) -> bool:
            """To another page of the same visit, as its history does."""
            tab.evaluate(
                "to => { history.pushState({}, '', to); dispatchEvent(new PopStateEvent('popstate', { state: {} })); }",
                f"/{entry.address}?{place}",
            )
            tab.wait_for_function("title => document.title.startsWith(title)", arg=entry.title)
            return harmless(entry.name)

        tab.goto(f"{address}/synthese?{place}")
        shown = [harmless("synthese")]
        for entry in pages.existing():
            if entry.name not in (pages.HOME, "presentation", "synthese"):
                shown.append(turn(entry))
        assert sum(shown) > 12, "the name of the territory stands on the pages that speak of it"
        # A plan: titles of an axis and of a fiche.
        turn(pages.named("convention"))
        for label in ("Nouvel axe", "Nouvelle fiche"):
            tab.get_by_label(label).fill(PIRATE)
            tab.get_by_label(label).press("Tab")
            tab.get_by_role("button", name="Ajouter").last.click()
            tab.wait_for_selector("text=pirate.example")
            harmless(label)
        # A file: its name, a heading, a commune that must be asked, a cell.
        turn(pages.named("mes_donnees"))
        lines = [
            f"Commune;Nom de la structure {PIRATE};Places",
            f"{PIRATE};{PIRATE};12",
            f"{codes[0]};{PIRATE};{PIRATE}",
        ]
        chooser = tab.locator("[data-testid=stFileUploader] input[type=file]").first
        name = "![x](http:⁄⁄pirate.example⁄a.png) :red[z].csv"
        chooser.set_input_files({"name": name, "mimeType": "text/csv", "buffer": "\n".join(lines).encode()})
        tab.wait_for_selector("text=Ce fichier est")
        harmless("deposit")
        # The home page, and what else a link may say: the territory alone, then all the rest.
        told = {name: f"{name}={quote(PIRATE)}" for name in ("reference", "avec", "indicateur", "bornes")}
        for link in (f"?{place}", f"comparer?territoire={quote(PIRATE)}", f"comparer?territoire=france&{'&'.join(told.values())}"):  # fmt: skip
            tab.goto(f"{address}/{link}")
            harmless(link)
        # What is looked for would be found.
        tab.evaluate(
            f"document.querySelector('[data-testid=stApp]').insertAdjacentHTML('beforeend', `{PLANTED}`)"
        )
        assert len(tab.evaluate(DRAWN)) == 4
