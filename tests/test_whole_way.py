"""The whole way, once: ask the producers, download, build, open the page, see the outlines drawn, click one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import dashboard, settled, watched
from twin import Twin

from diagnostic import network
from diagnostic.fetch import State
from diagnostic.sources import SOURCES
from diagnostic.supply import Brought, Built, supply
from diagnostic.ui import loading
from diagnostic.warehouse import open_database

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def producers(demo_raw: Path) -> Iterator[Twin]:
    twin = Twin(demo_raw, SOURCES)
    yield twin
    twin.close()


@pytest.fixture(scope="module")
def supplied(producers: Twin, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Brought | Built]]:
    """The database that the two passes made, and what became of each step."""
    folder = tmp_path_factory.mktemp("depuis_les_producteurs")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, "127.0.0.1")
        patch.delenv(network.AGENT, raising=False)
        steps = list(
            supply(folder / "raw", folder / "base.duckdb", sources=producers.sources, wait=lambda _: None)
        )
    return folder / "base.duckdb", steps


def test_the_moods_of_the_producers_stop_no_file_that_they_have(
    supplied, producers: Twin, demo_db: Path
) -> None:
    _, steps = supplied
    assert [type(step) for step in steps] == [Brought, Built, Brought, Built]
    outcomes = [outcome for step in steps if isinstance(step, Brought) for outcome in step.outcomes]
    came = [outcome for outcome in outcomes if outcome.state is not State.REFUSED]
    assert len(came) == len(producers.files)
    assert all("n’existe plus (réponse 404)" in o.reason for o in outcomes if o.state is State.REFUSED)
    assert {mood for mood, times in producers.moods.items() if times} == {
        "agent refused",
        "cut",
        "resumed",
        "sent elsewhere",
        "slow",
        "too many calls",
    }
    assert producers.moods["agent refused"] == 2, "once in each pass, then asked as a browser at once"


def test_what_was_fetched_gives_the_figures_of_the_files(supplied, demo_db: Path) -> None:
    people = (
        "select code, value from figure where indicator = 'population' and level = 'commune' order by code"
    )
    fetched, written = (dict(open_database(path).rows(people)) for path in (supplied[0], demo_db))
    assert fetched and fetched == written


def test_a_visitor_sees_the_outlines_and_clicks_one_with_the_mouse(
    supplied, chromium: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db, _ = supplied
    monkeypatch.delenv(loading.LOADING, raising=False)
    with dashboard(tmp_path / "log", {"DIAGNOSTIC_DB": str(db)}) as address, watched(chromium) as another:
        page = another()
        page.goto(f"{address}/petite_enfance?territoire=epci:999001002")
        settled(page)
        before = page.locator("header.top h1").inner_text()
        page.frame_locator("iframe").first.locator("body[data-ready]").wait_for(state="attached")
        drawn = page.frame_locator("iframe").first.locator("path.leaflet-interactive")
        drawn.last.wait_for()
        known = open_database(db).rows("select count(*) from territory where level = 'commune'")[0][0]
        assert drawn.count() >= known / 6, "the communes of one territory at least"
        x, y = inside(page, drawn)
        page.mouse.move(x - 2, y)
        page.mouse.move(x, y)
        page.mouse.click(x, y, delay=40)
        page.wait_for_function(
            "old => document.querySelector('header.top h1')?.innerText !== old", arg=before
        )
        assert re.search("territoire=commune(:|%3A)", page.url)
        # Whoever sits at the machine may load from the screen, without a setting.
        page.goto(f"{address}/donnees")
        settled(page)
        assert page.get_by_role("button", name=loading.START).is_enabled()


def inside(page, drawn) -> tuple[float, float]:
    """A point of the window where the mouse meets one of the outlines drawn, the map scrolled into view."""
    page.locator("iframe").first.scroll_into_view_if_needed()
    frame = page.locator("iframe").first.bounding_box()
    middle = drawn.evaluate_all(
        """paths => {
            for (const path of paths) {
                const box = path.getBoundingClientRect();
                const x = box.x + box.width / 2, y = box.y + box.height / 2;
                if (box.width > 12 && document.elementFromPoint(x, y) === path) return [x, y];
            }
            return null;
        }"""
    )
    assert middle, "no outline under the mouse"
    return frame["x"] + middle[0], frame["y"] + middle[1]
