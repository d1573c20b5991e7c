"""The deployment as it is written: the proxy and two replicas from Debian's packages, on loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from diagnostic import drafts
from tests.browsing import FLAGS, PATIENCE, dashboard, settled
from tests.proxying import proxy

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"


def test_every_setting_named_for_the_operator_is_read_by_the_code() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "diagnostic").rglob("*.py"))
    told = "".join(path.read_text("utf-8") for path in [*DEPLOY.iterdir(), ROOT / "docs" / "operate.md"])
    named = set(re.findall(r"DIAGNOSTIC_[A-Z_]+", told))
    assert named
    assert {name for name in named if name not in code} == set()


def test_the_container_takes_what_exists_and_runs_without_root() -> None:
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            *sources, _ = line.split()[1:]
            assert all((ROOT / source).exists() for source in sources), line
    assert any(line.startswith("USER ctg") for line in lines)
    assert all(re.search(r":\d+\.\d+\.\d+", line) for line in lines if line.startswith("FROM "))


def _replica_of(log: Path, path: str) -> str:
    """The port of the replica that answered last for a page."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [line["replique"] for line in lines if line["chemin"] == path][-1].rpartition(":")[2]


@pytest.mark.browser
def test_a_visitor_whose_replica_is_killed_finds_place_and_words_on_the_other(
    demo_db: Path, tmp_path: Path, chromium: str
) -> None:
    from playwright.sync_api import sync_playwright

    store = tmp_path / "b.sqlite"
    settings = {
        "DIAGNOSTIC_DB": str(demo_db),
        "DIAGNOSTIC_BROUILLONS": str(store),
        "STREAMLIT_SERVER_COOKIE_SECRET": "le même pour tous",
    }
    with ExitStack() as stack:
        replicas = [stack.enter_context(dashboard(tmp_path / f"log{n}", settings)) for n in (1, 2)]
        address = stack.enter_context(proxy(tmp_path, replicas))
        driver = stack.enter_context(sync_playwright())
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        tab = browser.new_context(ignore_https_errors=True, locale="fr-FR").new_page()
        tab.set_default_timeout(PATIENCE)
        tab.goto(f"{address}/convention?territoire=epci:999001002&rayon=7")
        settled(tab)
        (cookie,) = [one for one in tab.context.cookies() if one["name"] == "ctg_brouillon"]
        assert cookie["secure"]
        tab.reload()
        settled(tab)
        place = tab.get_by_label("Coordination")
        place.press_sequentially("Une coordinatrice à mi-temps")
        # Kept while one types, without leaving the field.
        opened = drafts.SqliteStore(store)._connection
        for _ in range(100):
            rows = opened.execute("select text from draft where what = 'plan'").fetchall()
            if any("Une coordinatrice à mi-temps" in row[0] for row in rows):
                break
            time.sleep(0.2)
        else:
            pytest.fail("what was typed was not kept")
        assert cookie["value"] not in str(opened.execute("select * from draft").fetchall())
        serving = _replica_of(tmp_path / "access.log", "/convention")
        assert f"http://127.0.0.1:{serving}" in replicas
        found = subprocess.run(["pgrep", "-f", f"server.port={serving}$"], capture_output=True, text=True)
        os.kill(int(found.stdout.split()[0]), signal.SIGKILL)
        tab.reload()
        settled(tab)
        assert _replica_of(tmp_path / "access.log", "/convention") != serving
        assert tab.get_by_label("Coordination").input_value() == "Une coordinatrice à mi-temps"
        assert "rayon=7" in tab.url
        browser.close()
