"""What the browser receives: the libraries compressed and kept, everything else as the application gives it."""

from __future__ import annotations

import contextlib
import gzip

import brotli
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from diagnostic.serving import delivery

SCRIPT = "const a = 'é';\n" * 500
PICTURE = b"\x89PNG" + bytes(2_000)


@pytest.fixture
def asked() -> list[str]:
    """The addresses that the application itself was asked for."""
    return []


@pytest.fixture
def client(asked: list[str]) -> TestClient:
    def served(request: Request) -> Response:
        path = request.url.path
        asked.append(path)
        # What is kept is asked for as it is.
        assert "accept-encoding" not in request.headers or "range" in request.headers or path == "/synthese"
        if path.endswith(".js"):
            return Response(SCRIPT, media_type="text/javascript")
        if path.endswith(".png"):
            return Response(PICTURE, media_type="image/png")
        if path.endswith("absent"):
            return PlainTextResponse("absent", status_code=404)
        return HTMLResponse("<!doctype html>" + "page " * 500)

    app = Starlette(routes=[Route("/{path:path}", served)])
    return TestClient(delivery.Delivery(app))


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None)],
)
def test_a_library_is_sent_in_the_best_way_that_the_browser_reads(
    client: TestClient, accepted: str, encoding: str | None
) -> None:
    with client.stream(
        "GET", "/static/js/index.D4f8aBc9.js", headers={"accept-encoding": accepted}
    ) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == encoding
    assert int(answer.headers["content-length"]) == len(raw)
    undo = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert undo(raw).decode() == SCRIPT
    assert "Accept-Encoding" in answer.headers["vary"]
    assert "immutable" in answer.headers["cache-control"]


def test_a_library_is_read_once_and_not_sent_again_to_who_has_it(
    client: TestClient, asked: list[str]
) -> None:
    first = client.get("/component/carte/main.js")
    assert first.headers["cache-control"] == "no-cache"  # its name does not change with its content
    again = client.get("/component/carte/main.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/component/carte/main.js").text == SCRIPT
    assert asked == ["/component/carte/main.js"]


def test_a_picture_is_kept_but_not_compressed(client: TestClient) -> None:
    answer = client.get("/static/media/logo.D4f8aBc9.png")
    assert "content-encoding" not in answer.headers
    assert answer.content == PICTURE
    assert "immutable" in answer.headers["cache-control"]


def test_pages_refusals_and_parts_are_never_kept(client: TestClient, asked: list[str]) -> None:
    for path in ("/static/quelconque", "/static/absent", "/synthese"):
        client.get(path)
        client.get(path)
        assert asked[-2:] == [path, path]
    assert client.get("/static/absent").status_code == 404
    client.get("/static/js/index.D4f8aBc9.js", headers={"range": "bytes=0-10"})
    assert asked[-1] == "/static/js/index.D4f8aBc9.js"


@pytest.mark.parametrize("sent", [[], [{"body": b"const", "more_body": True}], [{"body": b""}]])
def test_a_file_whose_visitor_leaves_before_its_end_is_not_kept_for_the_others(sent: list[dict]) -> None:
    visits = []

    async def served(scope, receive, send) -> None:
        visits.append(scope["path"])
        head = [
            (b"content-type", b"text/javascript"),
            (b"content-length", str(len(SCRIPT.encode())).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        for part in sent if len(visits) == 1 else [{"body": SCRIPT.encode()}]:
            await send({"type": "http.response.body", **part})

    client = TestClient(delivery.Delivery(served), raise_server_exceptions=False)
    path = "/static/js/urls.B0fCYwet.js"
    with contextlib.suppress(AssertionError):
        client.get(path)
    assert client.get(path).text == SCRIPT
    assert client.get(path).text == SCRIPT and len(visits) == 2
