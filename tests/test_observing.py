"""What the operator sees: readiness, figures, a journal without a word of a visitor, one edition of data a page."""

from __future__ import annotations

import datetime
import json
import logging
import shutil
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from diagnostic.ui import keeping, observing
from diagnostic.warehouse import open_database
from diagnostic.warehouse.database import Database, held
from tests.browsing import dashboard


def test_answers_are_counted_by_page_and_time_as_prometheus_reads_them() -> None:
    figures = observing.Figures()
    for seconds in (0.04, 0.2, 0.2, 60.0):
        figures.answered("carte", seconds)
    figures.failed("carte")
    lines = list(figures.lines())
    assert 'ctg_reponse_secondes_bucket{page="carte",le="0.05"} 1' in lines
    assert 'ctg_reponse_secondes_bucket{page="carte",le="0.25"} 3' in lines  # 1 + 2
    assert 'ctg_reponse_secondes_bucket{page="carte",le="+Inf"} 4' in lines
    assert 'ctg_reponse_secondes_sum{page="carte"} 60.440000' in lines  # 0.04 + 0.2 + 0.2 + 60
    assert 'ctg_incidents_total{page="carte"} 1' in lines


def test_a_line_of_the_journal_is_json_with_the_trace_of_an_incident() -> None:
    try:
        raise ValueError("x")
    except ValueError:
        record = logging.LogRecord("diagnostic.ui", 40, "f", 1, "page %s", ("carte",), sys.exc_info())
    record.ms = 12
    line = json.loads(observing.Lines().format(record))
    assert (line["message"], line["niveau"], line["ms"]) == ("page carte", "error", 12)
    assert "ValueError: x" in line["trace"]


def _swap(db: Path, other: Path) -> None:
    fresh = db.with_suffix(".new")
    shutil.copy(other, fresh)
    fresh.replace(db)


def test_a_page_reads_one_edition_of_the_data_though_a_build_swaps_it(demo_db: Path, tmp_path: Path) -> None:
    served = tmp_path / "d.duckdb"
    shutil.copy(demo_db, served)
    with held():
        first = open_database(served)
        _swap(served, demo_db)
        assert open_database(served) is first
    second = open_database(served)
    assert second.key != first.key
    # What is in flight is still answered by the edition that it began with.
    assert first.rows("select count(*) from territory") == second.rows("select count(*) from territory")


def test_the_age_of_the_data_is_told_in_whole_months(demo_db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = open_database(demo_db)
    assert observing.months_old(database) is None  # invented
    monkeypatch.setattr(Database, "fictional", False)
    today = datetime.date.today()
    for days, months in ((0, 0), (27, 0), (32, 1), (367, 12)):
        built = (today - datetime.timedelta(days=days)).isoformat()
        monkeypatch.setattr(Database, "meta", lambda self, name, built=built: built)
        assert observing.months_old(database) == months


def _get(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_server_says_that_it_is_ready_and_shows_its_figures_on_a_port_of_its_own(
    demo_db: Path, tmp_path: Path
) -> None:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "DIAGNOSTIC_DB": str(demo_db),
        "DIAGNOSTIC_METRIQUES": str(port),
        "DIAGNOSTIC_JOURNAL": "json",
        "DIAGNOSTIC_BROUILLONS": str(tmp_path / "b.sqlite"),
    }
    with dashboard(tmp_path / "log", settings) as address:
        assert _get(f"{address}/readyz") == (200, '{"etat":"prêt"}')
        status, text = _get(f"http://127.0.0.1:{port}/metrics")
        assert status == 200
        assert "ctg_memoire_octets" in text
        assert "ctg_sessions 0" in text
        assert _get(f"http://127.0.0.1:{port}/")[0] == 404
        # A first visit gives a cookie that lasts, and is found again.
        with urllib.request.urlopen(address, timeout=10) as answer:
            cookie = answer.headers["set-cookie"]
        assert keeping.COOKIE in cookie
        assert "max-age=2592000" in cookie.lower()  # 30 × 86 400
        come, told = threading.Event(), []
        visitor = threading.Thread(target=_watch, args=(address, come, told))
        visitor.start()
        assert come.wait(60)
    visitor.join(20)
    assert observing.STOPPING in told
    assert "arrêt demandé" in (tmp_path / "log").read_text()


def _watch(address: str, come: threading.Event, told: list[str]) -> None:
    """A session that opens the first page and keeps what toasts say until the server ends it."""
    socket = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(socket, origin=address, subprotocols=["streamlit"], max_size=None) as link:
        asked = BackMsg()
        asked.rerun_script.query_string = ""
        link.send(asked.SerializeToString())
        try:
            while True:
                message = ForwardMsg.FromString(link.recv())
                if message.WhichOneof("type") == "script_finished":
                    come.set()
                elif message.delta.new_element.toast.body:
                    told.append(message.delta.new_element.toast.body)
        except ConnectionClosed:
            return


def test_a_server_without_database_or_drafts_is_not_ready(tmp_path: Path, demo_db: Path) -> None:
    settings = {"DIAGNOSTIC_DB": str(demo_db), "DIAGNOSTIC_BROUILLONS": "redis://127.0.0.1:1/0"}
    with dashboard(tmp_path / "log", settings) as address:
        status, text = _get(f"{address}/readyz")
        assert status == 503
        assert "brouillons" in text
        assert _get(f"{address}/healthz")[0] == 200
