"""Data that several test files share: the real files, the fictional territory, their databases, a browser.

Modules of the project are imported inside the fixtures: a test that needs none of them loads none.
"""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from diagnostic.warehouse import Database

# A machine that does other things at the same time is slow: no test is a measure of time.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "real"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
FIREFOX_NAMES = ("firefox-esr", "firefox")


def _once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Make `name` once for the run, even when xdist splits it over several processes."""
    base = factory.getbasetemp()
    # Under xdist each worker has its own base; the run's is one level up.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(made)
            done.touch()
    return made


@pytest.fixture(scope="session")
def real_dir() -> Path:
    """The folder of real open data, outside the project; without it the test skips."""
    if not REAL.is_dir():
        pytest.skip("the real open data are absent: put them in ../shared/real, beside the project")
    return REAL


@pytest.fixture(scope="session")
def demo_raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fictional territory's files in the official layouts: 120 communes, seed 33. Read only."""

    def write(out: Path) -> None:
        from diagnostic.demo import write_demo

        write_demo(out, communes=120, seed=33)

    return _once(tmp_path_factory, "demo_raw", write)


@pytest.fixture(scope="session")
def demo_db(tmp_path_factory: pytest.TempPathFactory, demo_raw: Path) -> Path:
    """The database built from the fictional files. Read only."""

    def build(db: Path) -> None:
        from diagnostic import warehouse

        warehouse.build([demo_raw], db)

    return _once(tmp_path_factory, "demo.duckdb", build)


@pytest.fixture(scope="session")
def real_db(tmp_path_factory: pytest.TempPathFactory, real_dir: Path) -> Path:
    """The database built from the real files. Read only."""

    def build(db: Path) -> None:
        from diagnostic import warehouse

        warehouse.build([real_dir], db)

    return _once(tmp_path_factory, "real.duckdb", build)


@pytest.fixture(scope="session")
def demo(demo_db: Path) -> Database:
    """The fictional territory, opened."""
    from diagnostic.warehouse import open_database

    return open_database(demo_db)


@pytest.fixture(scope="session")
def real(real_db: Path) -> Database:
    """The real territory, opened."""
    from diagnostic.warehouse import open_database

    return open_database(real_db)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that the shared dashboard may write to: its home, its temporary folder, its log."""
    folder = tmp_path_factory.mktemp("server")
    for name in ("home", "tmp"):
        (folder / name).mkdir()
    return folder


@pytest.fixture(scope="session")
def address(demo_db: Path, home: Path) -> Iterator[str]:
    """A dashboard of the fictional territory, for all the files of a process that ask for nothing else."""
    from browsing import dashboard

    own = {"DIAGNOSTIC_DB": str(demo_db), "HOME": str(home / "home"), "TMPDIR": str(home / "tmp")}
    with dashboard(home / "log", own) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the machine's Chromium. Absent: the test skips, except in CI where it fails."""
    return _installed(CHROMIUM_NAMES, "chromium")


@pytest.fixture(scope="session")
def firefox_path() -> str:
    """Path of the machine's Firefox. Absent: the test skips, except in CI where it fails."""
    return _installed(FIREFOX_NAMES, "firefox-esr")


def _installed(names: tuple[str, ...], package: str) -> str:
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        advice = f"no {package} here: sudo apt-get install {package} (Debian), then run the tests again"
        if os.environ.get("CI"):
            pytest.fail(advice)
        pytest.skip(advice)
    return found


# The files that take longest, first: a long one that begins last leaves a core without work. The first asks for the real
# database, which is built while the next ones look at the fictional one.
LONGEST = (
    "test_acting",
    "test_browser_pages",
    "test_browser_access",
    "test_browser_map",
    "test_controls",
    "test_browser_axe",
    "test_browser",
    "test_pages",
    "test_defence",
    "test_ui",
    "test_browser_local",
    "test_browser_shell",
    "test_browser_show",
    "test_browser_walk",
    "test_login",
    "test_whole_way",
    "test_deploy",
    "test_browser_ctg",
    "test_layouts",
    "test_exports",
    "test_odd_files",
    "test_warehouse",
    "test_secrecy_exports",
    "test_taken_away",
    "test_one_number",
    "test_documents",
    "test_supply",
    "test_cli",
    "test_loading",
    "test_small_communes",
    "test_themes",
    "test_convention_exports",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first. A test of a browser is tried again: on two busy cores a page may come later than its patience."""
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_finish() -> None:
    """What was loaded to collect the tests stays: the collector need not walk through it again. Each AppTest reads what every
    installed package says of itself, in search of components, which takes longer than the page: once is enough."""
    if "streamlit.testing.v1" in sys.modules:
        from streamlit.components.v2 import manifest_scanner

        manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
    gc.collect()
    gc.freeze()
