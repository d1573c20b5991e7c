"""The whole report of one EPCI, in process, at the size of France."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import Result, milliseconds
from diagnostic import gazetteer, measure, report, search, territories
from diagnostic.demo import write_demo
from diagnostic.model import Level
from diagnostic.warehouse import Database, build, open_database

COMMUNES = 35_000
LARGE = 100


def results() -> Iterator[Result]:
    """`DIAGNOSTIC_BENCH_DB` names a database of that size; without it one is written and built."""
    named = os.environ.get("DIAGNOSTIC_BENCH_DB")
    if named:
        yield from _measured(open_database(Path(named)))
        return
    with tempfile.TemporaryDirectory() as folder:
        write_demo(Path(folder) / "raw", communes=COMMUNES)
        build([Path(folder) / "raw"], Path(folder) / "france.duckdb")
        yield from _measured(open_database(Path(folder) / "france.duckdb"))


def _measured(db: Database) -> Iterator[Result]:
    known = gazetteer.index(db).territories.values()
    yield Result("territories", len(gazetteer.index(db).territories), "territories")
    for text in ("saint", "val de", "f1001"):
        call = milliseconds(lambda text=text: search.find(db, text))
        yield Result(f"search « {text} »", call, "ms", "< 50 ms")
    epci = sorted(
        (item for item in known if item.level is Level.EPCI),
        key=lambda item: -len(territories.communes(db, item)),
    )
    first, *others = epci[:6]
    note = f"{len(territories.communes(db, first))} communes"
    call = milliseconds(lambda: measure.measure(db, [first]))
    yield Result("measures of an EPCI with its comparators", call, "ms", "< 50 ms", note)
    call = milliseconds(lambda: report.build(db, first.key))
    yield Result("report of the largest EPCI", call, "ms", "< 150 ms", note)
    waiting = iter(others * 2)
    call = milliseconds(lambda: report.build(db, next(waiting).key))
    yield Result("report of another EPCI each time", call, "ms", "< 150 ms", "nothing of it asked before")
    home = territories.communes(db, territories.get(db, f"departement:{first.departement}"))
    perimeter = f"perimetre:{'+'.join(home[:LARGE])}"
    call = milliseconds(lambda: report.build(db, perimeter))
    yield Result("report of a perimeter of one's own", call, "ms", "", f"{min(LARGE, len(home))} communes")
