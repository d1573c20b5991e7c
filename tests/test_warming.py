"""The server reads what every visitor needs before the first one comes."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

from diagnostic import gazetteer, report
from diagnostic.model import Level
from diagnostic.ui import warming
from diagnostic.warehouse.database import open_database


def test_after_warming_another_intercommunalite_reads_no_table_of_the_country(demo_db, monkeypatch):
    database = open_database(demo_db)
    warming.warm(database, Level.EPCI)
    epci = [place for place in gazetteer.index(database).territories.values() if place.level is Level.EPCI]
    monkeypatch.setattr(
        database, "frame", lambda *_: (_ for _ in ()).throw(AssertionError("a frame was read"))
    )
    assert report.build(database, epci[-1].key).territory == epci[-1]


def test_a_server_without_a_database_starts_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("DIAGNOSTIC_DB", str(tmp_path / "absente.duckdb"))
    told = []
    monkeypatch.setattr(warming._log, "info", lambda text, error: told.append(text % error))
    warming._warm()
    assert len(told) == 1 and "Aucune base de données" in told[0]


def test_warming_imports_no_component_of_a_page():
    """Streamlit serves a component only when a page has imported it first."""
    code = f"import sys; [__import__(name) for name in {warming._LIBRARIES!r}]; print('streamlit_folium' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_the_libraries_that_are_read_before_the_first_visitor_exist():
    assert [name for name in warming._LIBRARIES if importlib.util.find_spec(name) is None] == []
