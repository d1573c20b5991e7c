"""How long a diagnosis takes: as a process, and its measures in process, on real files and at the size of France."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import databases
from benchmarks.harness import Result, milliseconds

BORDEAUX_METROPOLE = "epci:243300316"


def results() -> Iterator[Result]:
    real = databases.real()
    if real is not None:
        yield from _shown(real, BORDEAUX_METROPOLE, "Bordeaux Métropole")
    france = databases.france()
    yield from _shown(france, _largest(france), "France-size, largest EPCI")


def _largest(path: Path) -> str:
    from diagnostic.warehouse import open_database

    [(code,)] = open_database(path).rows(
        "select code from membership where level = 'epci' group by code order by count(*) desc, code limit 1"
    )
    return f"epci:{code}"


def _shown(path: Path, key: str, name: str) -> Iterator[Result]:
    from diagnostic import measure, report, search, territories
    from diagnostic.warehouse import open_database

    def process(*arguments: str) -> float:
        command = [sys.executable, "-m", "diagnostic", *arguments, "--db", str(path)]
        # Compiled once, as on any machine where the tool is installed.
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        kept["PYTHONPYCACHEPREFIX"] = str(databases.WORK / "pyc")
        return milliseconds(
            lambda: subprocess.run(
                command, check=True, stdout=subprocess.DEVNULL, cwd=databases.ROOT, env=kept
            ),
            repeat=3,
        )

    yield Result(f"{name}: show as a process", process("show", key), "ms", "< 1000 ms", "median of 3")
    yield Result(f"{name}: search as a process", process("search", "saint"), "ms", "< 600 ms", "median of 3")
    db = open_database(path)
    place = territories.get(db, key)
    measured = milliseconds(lambda: measure.measure(db, [place]))
    yield Result(f"{name}: measures with comparators", measured, "ms", "< 50 ms", "in process, median of 5")
    yield Result(f"{name}: whole report", milliseconds(lambda: report.build(db, key)), "ms", "", "in process")
    found = milliseconds(lambda: search.find(db, "saint"))
    yield Result(f"{name}: search « saint »", found, "ms", "", "in process")
