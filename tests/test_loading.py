"""Load a département from the page Données: the files come from a server of the test, the base serves at once."""

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
from diagnostic.ui import loaded, loading

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
    monkeypatch.setenv(loaded.LOADING, "1")
    monkeypatch.setattr(loading, "RAW", tmp_path / "raw")
    at = AppTest.from_file(ROOT / "diagnostic/ui/main.py", default_timeout=120)
    at.switch_page(str(ROOT / "pages" / "donnees.py"))
    return at.run()


def declared(address: str, names: list[str]) -> Source:
    vintages = tuple(Vintage(year=2024, url=f"{address}/{name}", filename=name) for name in names)
    page = "https://producteur.example"
    return Source(id="essai", title="Fichiers", producer="Insee", page=page, columns=(), vintages=vintages)


def said(at: AppTest) -> str:
    assert not at.exception
    text = " ".join(re.sub(r"<[^>]+>", " ", block.proto.body) for block in at.get("html"))
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def load(at: AppTest, code: str) -> AppTest:
    at.text_input(key="departement_a_charger").set_value(code)
    return next(one for one in at.button if one.label == "Télécharger et construire").click().run()


def test_a_machine_without_a_base_loads_a_departement_and_sees_its_diagnosis(
    page: AppTest, producer: str, demo_raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Aucune base de données" in said(page)
    names = sorted(file.name for file in demo_raw.iterdir() if file.is_file())
    monkeypatch.setattr(loading, "SOURCES", (declared(producer, [*names, "absent.csv"]),))
    text = said(load(page, "33"))
    assert "La base est prête" in text
    assert "n’existe plus (réponse 404)" in text
    page.switch_page(str(ROOT / "pages" / "synthese.py")).run()
    assert "L’essentiel" in said(page)


def test_a_departement_that_does_not_exist_is_refused_in_french(page: AppTest) -> None:
    text = said(load(page, "99"))
    assert "Le chargement n’a pas abouti" in text
    assert "99" in text


def test_when_nothing_arrives_the_page_says_why_and_keeps_no_base(
    page: AppTest, producer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "SOURCES", (declared(producer, ["absent.csv"]),))
    text = said(load(page, "33"))
    assert "n’existe plus (réponse 404)" in text
    assert "Le chargement n’a pas abouti" in text
    assert not (tmp_path / "base.duckdb").exists()


def test_progress_is_told_in_megabytes() -> None:
    assert loading.arrived("nais.csv", 3_200_000, 18_000_000) == "nais.csv, 3,2\u00a0Mo sur 18,0"
    assert loading.arrived("nais.csv", 3_200_000, None) == "nais.csv, 3,2\u00a0Mo"
