"""Light files, a database that serves, heavy files, a fuller database swapped in under whoever reads."""

from __future__ import annotations

import errno
import fcntl
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest
from producers import Producer, status, whole

from diagnostic.fetch import State
from diagnostic.model import DiagnosticError, Source, Vintage
from diagnostic.sources import SOURCES
from diagnostic.supply import LOCK, Arrival, Brought, Built, supply
from diagnostic.warehouse import builder, loader, open_database

ENOUGH = ("v_", "epci_au", "ensemble", "DS_ETAT_CIVIL", "BPE")
"""How the names of the files begin that make a small database: places, people, births, and heavy ones."""


@pytest.fixture
def producer(monkeypatch: pytest.MonkeyPatch):
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    served = Producer()
    yield served
    served.server.shutdown()
    served.server.server_close()


def publish(producer: Producer, raw: Path, *, heavy: str) -> tuple[Source, ...]:
    """Two sources that serve some of the fictional files: those whose name begins with `heavy`, and the others."""
    groups: dict[bool, list[Vintage]] = {False: [], True: []}
    for path in sorted(path for path in raw.iterdir() if path.name.startswith(ENOUGH)):
        # Some names hold spaces: an address holds none.
        written = quote(path.name)
        producer.answers[f"/{written}"] = [whole(path.read_bytes())]
        vintage = Vintage(2024, f"{producer.address}/{written}", path.name)
        groups[path.name.startswith(heavy)].append(vintage)
    page = "https://producteur.example"
    return tuple(
        Source("essai", "Fichiers", "Insee", page, (), vintages=tuple(vintages), heavy=heavy_one)
        for heavy_one, vintages in groups.items()
    )


def known(db: Path, indicator: str) -> int:
    """Communes whose value is known, as a running server would read it."""
    [(count,)] = open_database(db).rows(
        "select count(value) from figure where indicator = ? and level = 'commune'", indicator
    )
    return count


def test_a_first_database_serves_before_the_heavy_files_and_a_second_run_downloads_nothing(
    producer, demo_raw, tmp_path
):
    raw, db = tmp_path / "raw", tmp_path / "base.duckdb"
    sources = publish(producer, demo_raw, heavy="BPE")
    steps = supply(raw, db, sources=sources, tell=lambda _: None)
    light, first = next(steps), next(steps)
    assert isinstance(light, Brought) and isinstance(first, Built)
    assert not light.heavy and not light.refused
    assert not any(path.startswith("/BPE") for path in producer.ranges)
    before = open_database(db)
    assert known(db, "population") == 120 + 3, "communes, and the arrondissements of a town"
    heavy, second = steps
    assert isinstance(heavy, Brought) and isinstance(second, Built)
    assert [outcome.state for outcome in heavy.outcomes] == [State.DOWNLOADED] * len(heavy.outcomes)
    assert open_database(db).key != before.key, "the server reads the new database at the next question"
    assert len(second.report.loaded) > len(first.report.loaded)
    asked = producer.asked
    again = list(supply(raw, db, sources=sources))
    assert [type(step) for step in again] == [Brought, Built, Brought]
    assert producer.asked == asked


def test_heavy_files_that_do_not_come_leave_the_first_database_in_service(producer, demo_raw, tmp_path):
    raw, db = tmp_path / "raw", tmp_path / "base.duckdb"
    sources = publish(producer, demo_raw, heavy="BPE")
    for vintage in sources[1].vintages:
        producer.answers[f"/{quote(vintage.filename)}"] = [status(404)]
    *_, last = supply(raw, db, sources=sources)
    assert isinstance(last, Brought) and len(last.refused) == len(last.outcomes)
    assert known(db, "population") == 120 + 3, "communes, and the arrondissements of a town"


def test_two_runs_at_once_are_refused_in_one_sentence(tmp_path):
    with (tmp_path / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(DiagnosticError, match="déjà en cours"):
            list(supply(tmp_path, tmp_path / "base.duckdb", sources=()))


def test_an_arrival_says_the_size_and_the_time_left():
    said: list[str] = []
    now = [0.0]
    arrival = Arrival(said.append, lambda: now[0])
    arrival("BPE25.zip", 10_000_000, 310_000_000)
    now[0] = 10.0
    arrival("BPE25.zip", 30_000_000, 310_000_000)
    now[0] = 100.0
    arrival("BPE25.zip", 210_000_000, 310_000_000)
    arrival("nais.csv", 3_200_000, None)
    assert said == [
        "BPE25.zip, 10,0\u00a0Mo sur 310,0",
        "BPE25.zip, 30,0\u00a0Mo sur 310,0, encore 2\u00a0min",
        "BPE25.zip, 210,0\u00a0Mo sur 310,0, encore 50\u00a0s",
        "nais.csv, 3,2\u00a0Mo",
    ]


def test_what_is_heavy_is_the_census_the_facilities_the_schools_and_the_outlines_below_communes_only():
    heavy = {source.id for source in SOURCES if source.heavy}
    census = {
        "td_pop1b",
        "rp_agesex",
        "rp_familles",
        "rp_activite",
        "rp_emploi",
        "rp_enfants_parents",
        "rp_logement",
        "rp_peuplement",
    }
    assert heavy == census | {"bpe", "bpe_melodi", "annuaire_ecoles", "contours_iris"}
    first = [source.id for source in SOURCES if source.heavy and source.stage != 2]
    assert first == ["contours_iris"], "territories and their maps come first"


def test_a_temporary_folder_that_is_too_small_is_named_with_the_setting(demo_raw, tmp_path, monkeypatch):
    small = tmp_path / "petit"
    small.mkdir()
    monkeypatch.setattr(builder.tempfile, "tempdir", str(small))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(loader, "recognise", full)
    with pytest.raises(DiagnosticError, match="disque est plein"):
        builder.build([demo_raw], tmp_path / "base.duckdb")
    # Another file system, smaller than what is free where the database stands.
    usage = shutil.disk_usage
    stat = Path.stat
    monkeypatch.setattr(
        builder.shutil,
        "disk_usage",
        lambda path: usage(path)._replace(total=1 << 20) if path == small else usage(path),
    )
    monkeypatch.setattr(
        Path,
        "stat",
        lambda path, **more: Elsewhere(stat(path, **more)) if path == small else stat(path, **more),
    )
    with pytest.raises(DiagnosticError, match="petit » est trop petit.*TMPDIR"):
        builder.build([demo_raw], tmp_path / "base.duckdb")


class Elsewhere:
    """The facts about a path, as of another file system."""

    def __init__(self, found: object) -> None:
        self.found = found
        self.st_dev = -1

    def __getattr__(self, name: str) -> object:
        return getattr(self.found, name)
