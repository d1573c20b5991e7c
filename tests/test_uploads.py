"""Files on their way in: none on the disk, no more than a visit and the machine may hold, none after the visit."""

from __future__ import annotations

import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from diagnostic.local.worker.limits import MAX_BYTES
from diagnostic.ui import uploads

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def server(monkeypatch):
    """The manager of Streamlit's files, the visits that live, and a client before `Uploads`."""
    files, alive = MemoryUploadedFileManager("/_stcore/upload_file"), ["a", "b"]
    sessions = SimpleNamespace(
        list_sessions=lambda: [SimpleNamespace(session=SimpleNamespace(id=id)) for id in alive]
    )
    running = SimpleNamespace(uploaded_file_mgr=files, _session_mgr=sessions)
    monkeypatch.setattr(uploads, "Runtime", SimpleNamespace(exists=lambda: True, instance=lambda: running))

    async def take(request) -> Response:
        body = await request.body()
        files.add_file(
            request.path_params["visit"], UploadedFileRec(request.path_params["file"], "f", "text/csv", body)
        )
        return Response(status_code=204)

    app = Starlette(routes=[Route("/_stcore/upload_file/{visit}/{file}", take, methods=["PUT"])])
    return files, alive, TestClient(uploads.Uploads(app))


def sent(client: TestClient, visit: str, file: str, weight: int) -> int:
    return client.put(f"/_stcore/upload_file/{visit}/{file}", content=b"x" * weight).status_code


def test_the_page_the_server_and_the_proxy_have_one_limit():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["server"]["maxUploadSize"] * 1_000_000 == MAX_BYTES
    assert "client_max_body_size 31m;" in (ROOT / "deploy" / "nginx.conf").read_text("utf-8")


def test_a_large_file_is_parsed_in_memory():
    async def parse(request) -> PlainTextResponse:
        form = await request.form()
        return PlainTextResponse(str(form["f"].file._rolled))

    app = Starlette(routes=[Route("/", parse, methods=["POST"])])
    client, five_megabytes = TestClient(uploads.Uploads(app)), b"x" * 5_000_000
    assert client.post("/", files={"f": ("a.csv", five_megabytes)}).text == "False"


def test_a_visit_holds_two_files_of_the_largest_size_and_no_more(server, monkeypatch):
    _, _, client = server
    monkeypatch.setattr(uploads, "MAX_BYTES", 1_000)
    monkeypatch.setattr(uploads, "PER_VISIT", 2_000)
    monkeypatch.setattr(uploads, "_ENVELOPE", 0)
    assert [sent(client, "a", name, 1_000) for name in ("1", "2", "3")] == [204, 204, 413]
    assert sent(client, "b", "1", 1_001) == 413
    assert sent(client, "b", "1", 1_000) == 204


def test_all_visits_together_hold_what_the_operator_allows(server, monkeypatch):
    _, _, client = server
    monkeypatch.setenv(uploads.TOTAL, "1")
    assert sent(client, "a", "1", 700_000) == 204
    assert sent(client, "b", "1", 700_000) == 503
    assert sent(client, "b", "2", 200_000) == 204


def test_a_file_of_unsaid_size_is_refused(server):
    _, _, client = server
    answer = client.put("/_stcore/upload_file/a/1", content=iter([b"x"]))
    assert answer.status_code == 411


def test_the_files_of_a_visit_that_is_over_are_freed_and_no_others(server):
    files, alive, client = server
    sent(client, "a", "1", 10)
    sent(client, "b", "1", 20)
    alive.remove("a")
    assert uploads.sweep() == 1
    assert uploads.weights() == {"b": 20}
    assert uploads.sweep() == 0


def test_forgetting_frees_the_files_of_this_visit_at_once(server, monkeypatch):
    files, _, client = server
    for name in ("1", "2"):
        sent(client, "a", name, 10)
    sent(client, "b", "1", 20)
    monkeypatch.setattr(uploads, "get_script_run_ctx", lambda: SimpleNamespace(session_id="a"))
    uploads.free("1")
    assert uploads.weights() == {"a": 10, "b": 20}
    uploads.free()
    assert uploads.weights() == {"b": 20}
