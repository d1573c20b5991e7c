"""What is typed is kept: through a kill, a second tab, a second process; and nobody else reads it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from diagnostic import drafts
from diagnostic import plan as plans
from diagnostic.drafts import store as stores
from diagnostic.model import DiagnosticError
from diagnostic.simulation import AlshProject, CrecheProject, RpeProject, YouthProject
from diagnostic.ui import keeping, simulator
from diagnostic.warehouse import open_database

ROOT = Path(__file__).resolve().parents[1]
VISITOR, OTHER = "A" * 22, "B" * 22
PLACE = "epci:200000001"


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    found = shutil.which("redis-server")
    if found is None:
        pytest.skip("no redis-server here: sudo apt-get install redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    server = subprocess.Popen(
        [found, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(params=["file", "redis", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> stores.Store:
    if request.param == "redis":
        made = drafts.RedisStore(request.getfixturevalue("redis_url"))
        made._server.flushdb()
        return made
    return drafts.SqliteStore(drafts.MEMORY if request.param == "memory" else tmp_path / "brouillons.sqlite")


def test_what_is_kept_is_found_again_by_its_visitor_alone(store: stores.Store) -> None:
    assert store.get(VISITOR, "plan", PLACE) is None
    assert store.update(VISITOR, "plan", PLACE, lambda before: f"{before} é") == (None, "None é")
    assert store.update(VISITOR, "plan", PLACE, lambda before: before + "!") == ("None é", "None é!")
    assert store.get(OTHER, "plan", PLACE) is None
    assert store.get(VISITOR, "plan", "epci:200000002") is None


def test_a_refused_change_leaves_what_was_there(store: stores.Store) -> None:
    store.update(VISITOR, "plan", PLACE, lambda _: "écrit")

    def refused(_: str | None) -> str:
        raise DiagnosticError("Non.")

    with pytest.raises(DiagnosticError, match="Non"):
        store.update(VISITOR, "plan", PLACE, refused)
    with pytest.raises(DiagnosticError, match="5 Mo"):
        store.update(VISITOR, "plan", PLACE, lambda _: "x" * 5_000_001)
    assert store.get(VISITOR, "plan", PLACE) == "écrit"
    store.update(VISITOR, "plan", PLACE, lambda before: before + " encore")


# The module alone: the package loads what plans and projects need, which these processes do not.
_WRITER = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("store", "diagnostic/drafts/store.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
store = module.open_store()
for rank in range(int(sys.argv[2])):
    store.update("A" * 22, "plan", "epci:200000001", lambda before: (before or "") + sys.argv[1])
    print(rank, flush=True)
"""


def _writer(where: str, mark: str, count: int) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-I", "-c", "import sys; sys.path.insert(0, '.')" + _WRITER, mark, str(count)],
        cwd=ROOT,
        env={**os.environ, "DIAGNOSTIC_BROUILLONS": where},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("kind", ["file", "redis"])
def test_two_processes_that_write_at_once_lose_nothing(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    where = str(tmp_path / "b.sqlite") if kind == "file" else request.getfixturevalue("redis_url")
    writers = [_writer(where, mark, 100) for mark in "ab"]
    assert [writer.communicate(timeout=60) and writer.returncode for writer in writers] == [0, 0]
    opened = drafts.RedisStore(where) if kind == "redis" else drafts.SqliteStore(Path(where))
    text = opened.get(VISITOR, "plan", PLACE)
    assert text is not None
    assert (text.count("a"), text.count("b")) == (100, 100)


def test_a_process_killed_while_it_writes_loses_nothing_that_it_had_kept(tmp_path: Path) -> None:
    path = tmp_path / "b.sqlite"
    said = 0
    for moment in range(20):
        writer = _writer(str(path), "x", 10_000)
        assert writer.stdout is not None
        for _ in range(1 + moment % 7):  # killed just after it said that so many were kept
            assert writer.stdout.readline()
            said += 1
        os.kill(writer.pid, signal.SIGKILL)
        said += len(writer.stdout.read().split())
        writer.wait()
        kept = drafts.SqliteStore(path).get(VISITOR, "plan", PLACE)
        assert kept is not None
        # One more at most: kept, and killed before it was said.
        assert said <= len(kept) <= said + 1
        said = len(kept)


def test_the_file_holds_no_key_and_its_owner_alone_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "b.sqlite"
    drafts.SqliteStore(path).update(VISITOR, "plan", PLACE, lambda _: "écrit")
    for part in tmp_path.iterdir():
        assert VISITOR.encode() not in part.read_bytes()
        assert stat.S_IMODE(part.stat().st_mode) == 0o600


def test_a_draft_leaves_after_its_days_and_the_oldest_when_all_weigh_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = drafts.SqliteStore(tmp_path / "b.sqlite", days=30, most_bytes=1_000)
    now = time.time()
    for rank in range(5):
        monkeypatch.setattr(stores.time, "time", lambda rank=rank: now + rank)
        held.update(VISITOR, "plan", str(rank), lambda _: "x" * 400)
    kept = [rank for rank in range(5) if held.get(VISITOR, "plan", str(rank))]
    assert kept == [3, 4]  # 2 × 400 ≤ 1 000 < 3 × 400
    monkeypatch.setattr(stores.time, "time", lambda: now + 3.5 + 30 * 86_400)
    assert [rank for rank in range(5) if held.get(VISITOR, "plan", str(rank))] == [4]


def test_heavy_drafts_under_new_keys_push_out_one_another_and_nobody_elses(tmp_path: Path) -> None:
    held = drafts.SqliteStore(tmp_path / "b.sqlite", most_bytes=20_000)
    for rank in range(40):
        held.update(f"maire {rank}", "plan", "epci:1", lambda _: "x" * 100)
    for rank in range(20):
        held.update(f"lourd {rank}", "plan", "epci:1", lambda _: "x" * 4_000)
        assert held.get(f"lourd {rank}", "plan", "epci:1")
    assert all(held.get(f"maire {rank}", "plan", "epci:1") for rank in range(40))
    # One that weighs as much as all may: it stays, alone.
    held.update("immense", "plan", "epci:1", lambda _: "x" * 30_000)
    assert held.get("immense", "plan", "epci:1") and held.get("maire 1", "plan", "epci:1") is None


def test_days_and_place_are_settings_and_a_wrong_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIAGNOSTIC_BROUILLONS_JOURS", "90")
    assert drafts.days() == 90
    monkeypatch.setenv("DIAGNOSTIC_BROUILLONS_JOURS", "toujours")
    with pytest.raises(DiagnosticError, match="nombre de jours"):
        drafts.days()


def test_a_store_that_does_not_answer_is_said_in_french(tmp_path: Path) -> None:
    away = drafts.RedisStore("redis://127.0.0.1:1/0")
    with pytest.raises(DiagnosticError, match="ni lus ni gardés"):
        away.get(VISITOR, "plan", PLACE)
    (tmp_path / "file").write_text("")
    with pytest.raises(DiagnosticError, match="ni lus ni gardés"):
        drafts.SqliteStore(tmp_path / "file" / "b.sqlite")


def test_projects_and_scenarios_reopen_as_they_were() -> None:
    projects = (
        CrecheProject(
            name="Crèche", commune="01004", places=24, mean_fee=Decimal("1.50"), disabled_children=None
        ),
        CrecheProject(name="Micro", commune="2A004", places=12, psu=False, low_income_share=0.25),
        RpeProject(name="Relais", commune="97411", reinforced=True),
        AlshProject(name="Loisirs", commune="01004", hours_school=100, opens=False),
        YouthProject(name="Jeunes", commune="01004", posts=2, running_cost=Decimal("60000")),
    )
    for what, value in (("projets", projects), ("scenarios", {"Une crèche": projects[:1], "Rien": ()})):
        content = drafts.CONTENTS[what]
        assert content.read(content.write(value)) == value
        for broken in ("", "{", "[1]", '{"a": 1}', '[{"kind": "Autre"}]'):
            with pytest.raises(DiagnosticError):
                content.read(broken)


def test_a_project_withdrawn_in_a_stale_tab_takes_no_other_with_it() -> None:
    one, two = (YouthProject(name=name, commune="01004", posts=1) for name in ("un", "deux"))
    assert simulator.without((one, two, one), one) == (two, one)
    assert simulator.without((two,), one) == (two,)


# --- Two changes of one thing --------------------------------------------------------------------------


def test_two_people_who_write_in_two_fields_both_find_their_words() -> None:
    base = plans.Fiche("F1", "Relais", actions=("a", "b"))
    now = plans.Fiche("F1", "Relais", objective="deux", actions=("a", "b", "c"))
    laid, both = plans.merged(
        base, now, {"title": "Relais", "objective": "", "means": "un", "actions": ("b", "d")}
    )
    assert laid == {"means": "un", "actions": ("b", "c", "d")}  # « a » removed here, « c » added there
    assert both == ("actions",)


def test_of_one_field_written_twice_the_last_words_stay_and_it_is_said() -> None:
    base, now = plans.Fiche("F1", "avant"), plans.Fiche("F1", "autre")
    assert plans.merged(base, now, {"title": "mien"}) == ({"title": "mien"}, ("title",))
    assert plans.merged(base, now, {"title": "autre"}) == ({"title": "autre"}, ())


# --- Two tabs of one visitor ---------------------------------------------------------------------------


@pytest.fixture
def tab(demo_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Opens a tab of the same visitor, on whichever process answers: each has a connection of its own."""
    path = tmp_path / "b.sqlite"
    monkeypatch.setenv("DIAGNOSTIC_DB", str(demo_db))
    place = written_about(demo_db)
    monkeypatch.setattr(keeping, "_visitor", lambda: (drafts.SqliteStore(path), VISITOR))

    def opened() -> AppTest:
        at = AppTest.from_file(ROOT / "diagnostic/ui/main.py", default_timeout=60)
        at.query_params["territoire"] = place
        at.switch_page(str(ROOT / "pages" / "convention.py"))
        at.run()
        assert not at.exception
        return at

    return opened


def written_about(demo_db: Path) -> str:
    """An EPCI of the fictional territory."""
    return "epci:" + open_database(demo_db).rows("select min(code) from territory where level = 'epci'")[0][0]


@pytest.fixture
def held(demo_db: Path, tab) -> Callable[[], plans.Plan]:
    """The plan as it is kept."""

    def read() -> plans.Plan:
        found = keeping.get(drafts.PLAN, written_about(demo_db))
        assert found is not None
        return found

    return read


def add_axe(at: AppTest, title: str) -> None:
    next(field for field in at.text_input if field.label == "Nouvel axe").set_value(title)
    next(button for button in at.button if button.key == "ajouter_axe").click().run()
    assert not at.exception


def shown(at: AppTest) -> str:
    assert not at.exception
    return " ".join(block.proto.body for block in at.get("html"))


def governed(at: AppTest, label: str):
    return next(field for field in at.text_input if field.label == label)


def test_an_axis_added_in_each_of_two_tabs_is_there_twice(tab, held) -> None:
    first, second = tab(), tab()
    add_axe(first, "Petite enfance")
    add_axe(second, "Jeunesse")  # drawn before the first one was added
    assert [axe.title for axe in held().axes] == ["Petite enfance", "Jeunesse"]


def test_a_deletion_in_a_stale_tab_keeps_what_the_other_has_added(tab, held) -> None:
    first = tab()
    add_axe(first, "Petite enfance")
    second = tab()
    next(f for f in first.text_input if f.label == "Nouvelle fiche").set_value("Ouvrir un relais")
    next(b for b in first.button if (b.key or "").startswith("ajouter_fiche_")).click().run()
    next(b for b in second.button if b.label == "Supprimer l’axe").click().run()
    assert [fiche.title for fiche in held().fiches] == ["Ouvrir un relais"]
    said = shown(second)
    assert "a changé dans un autre onglet" in said
    # Now that it is shown, it may be removed.
    next(b for b in second.button if b.label == "Supprimer l’axe").click().run()
    assert held().axes == ()


def test_words_typed_in_two_stale_tabs_are_all_kept(tab, held) -> None:
    first, second = tab(), tab()
    governed(first, "Coordination").set_value("Un coordinateur").run()
    governed(second, "Évaluation").set_value("Chaque année").run()
    assert (held().governance.coordination, held().governance.evaluation) == (
        "Un coordinateur",
        "Chaque année",
    )
    assert governed(second, "Coordination").value == "Un coordinateur"
    # One field written by both: the last words, said, and the others one click away.
    first.run()
    governed(second, "Coordination").set_value("Deux").run()
    governed(first, "Coordination").set_value("Trois").run()
    assert held().governance.coordination == "Trois"
    assert "un autre onglet y avait aussi écrit" in shown(first)
    next(b for b in first.button if b.label == "Annuler").click().run()
    assert held().governance.coordination == "Deux"


def test_to_undo_in_a_stale_tab_takes_nothing_from_the_other(tab, held) -> None:
    first = tab()
    add_axe(first, "Petite enfance")
    add_axe(first, "Jeunesse")
    second = tab()
    add_axe(second, "Accès aux droits")
    next(b for b in first.button if b.label == "Annuler").click().run()
    assert len(held().axes) == 3


def test_a_draft_of_another_edition_is_set_aside_and_not_written_over(
    tab, held, demo_db: Path, tmp_path: Path
) -> None:
    raw = drafts.SqliteStore(tmp_path / "b.sqlite")
    raw.update(VISITOR, drafts.PLAN, written_about(demo_db), lambda _: '{"format": "autre"}')
    add_axe(tab(), "Petite enfance")
    assert [axe.title for axe in held().axes] == ["Petite enfance"]
    assert raw.get(VISITOR, "plan.illisible", written_about(demo_db)) == '{"format": "autre"}'
