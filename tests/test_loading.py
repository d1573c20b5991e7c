"""Load from the page Données: the files come from a server of the test, each base serves at once."""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from diagnostic.sources import Source, Vintage
from diagnostic.ui import loading
from diagnostic.warehouse import database

ROOT = Path(__file__).resolve().parents[1]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep the test output quiet."""


@pytest.fixture
def producer(demo_raw: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(demo_raw)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page Données of a machine that has no base yet, where the operator allows loading."""
    monkeypatch.setenv("DIAGNOSTIC_DB", str(tmp_path / "base.duckdb"))
    monkeypatch.setenv(loading.LOADING, "1")
    monkeypatch.setattr(loading, "RAW", tmp_path / "raw")
    monkeypatch.setattr(loading, "LOAD", loading.Load())
    at = AppTest.from_file(ROOT / "diagnostic/ui/main.py", default_timeout=120)
    at.switch_page(str(ROOT / "pages" / "donnees.py"))
    return at.run()


def declared(address: str, names: list[str], *, heavy: bool = False) -> Source:
    vintages = tuple(Vintage(year=2024, url=f"{address}/{name}", filename=name) for name in names)
    page = "https://producteur.example"
    return Source(
        id="essai",
        title="Fichiers",
        producer="Insee",
        page=page,
        columns=(),
        vintages=vintages,
        heavy=heavy,
    )


def said(at: AppTest) -> str:
    assert not at.exception
    text = " ".join(re.sub(r"<[^>]+>", " ", block.proto.body) for block in at.get("html"))
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def load(at: AppTest) -> AppTest:
    """Start, wait for the end of the load as a visitor who comes back, and look."""
    next(one for one in at.button if one.label == loading.START).click().run()
    loading.LOAD.thread.join(120)
    return at.run()


def test_a_machine_without_a_base_loads_in_two_passes_and_sees_its_diagnosis(
    page: AppTest, producer: str, demo_raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Aucune base de données" in said(page)
    names = sorted(file.name for file in demo_raw.iterdir() if file.is_file())
    heavy = [name for name in names if name.startswith("BPE")]
    light = [name for name in names if name not in heavy]
    sources = declared(producer, [*light, "absent.csv"]), declared(producer, heavy, heavy=True)
    monkeypatch.setattr(loading, "SOURCES", sources)
    text = said(load(page))
    assert "Première base construite" in text and "Base complète construite" in text
    assert "La base est prête" in text
    assert "n’existe plus (réponse 404)" in text
    page.session_state["territoire"] = "epci:999001002"
    page.switch_page(str(ROOT / "pages" / "synthese.py")).run()
    assert "L’essentiel" in said(page)


def test_when_nothing_arrives_the_page_says_why_and_keeps_no_base(
    page: AppTest, producer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "SOURCES", (declared(producer, ["absent.csv"]),))
    text = said(load(page))
    assert "n’existe plus (réponse 404)" in text
    assert "Le chargement n’a pas abouti" in text
    assert not (tmp_path / "base.duckdb").exists()


def test_a_load_that_runs_is_not_started_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release, started = threading.Event(), []

    def slow(*_: object, **__: object) -> Iterator[None]:
        started.append(1)
        release.wait(30)
        yield from ()

    monkeypatch.setattr(loading, "supply", slow)
    one = loading.Load()
    one.start(tmp_path, tmp_path / "base.duckdb", ())
    one.start(tmp_path, tmp_path / "base.duckdb", ())
    assert one.running
    release.set()
    one.thread.join(30)
    assert one.over and started == [1]


HERE = {"Host": "localhost:8501", "Origin": "http://localhost:8501"}


@pytest.mark.parametrize(
    ("listens", "headers", "allowed"),
    [
        ("127.0.0.1", HERE, True),
        ("localhost", {"Host": "[::1]:8501", "Origin": "http://[::1]:8501"}, True),
        ("0.0.0.0", HERE, False),
        ("", HERE, False),
        ("127.0.0.1", {**HERE, "Host": "ctg.example.fr"}, False),
        # A proxy that tells its own address as the host does not change what the browser shows.
        ("127.0.0.1", {**HERE, "Origin": "https://ctg.example.fr"}, False),
        ("127.0.0.1", {**HERE, "X-Forwarded-For": "192.0.2.7"}, False),
        ("127.0.0.1", {**HERE, "forwarded": "for=192.0.2.7"}, False),
        ("127.0.0.1", {}, False),
    ],
)
def test_the_screen_is_open_to_whoever_sits_at_the_machine_and_to_nobody_through_a_proxy(
    listens: str, headers: dict[str, str], allowed: bool
) -> None:
    assert loading.at_the_machine(listens, headers) is allowed


def test_real_data_are_never_built_in_the_place_of_the_fictional_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DIAGNOSTIC_DB", raising=False)
    assert database.own_path() == ROOT / "data" / "diagnostic.duckdb"
