"""The two databases that benchmarks read: from the real files, and fictional at the size of France.

Built once into `benchmarks/.work`; DIAGNOSTIC_BENCH_REAL and DIAGNOSTIC_BENCH_DB name others.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "benchmarks" / ".work"
REAL_FILES = ROOT.parent / "shared" / "real"
COMMUNES = 35_000


def france_files() -> Path:
    """The fictional files of 35,000 communes, written when they are not there."""
    from diagnostic.demo import write_demo

    folder = WORK / "france"
    done = folder / ".done"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_demo(folder, communes=COMMUNES)
        done.touch()
    return folder


def real() -> Path | None:
    """The database of the real files; None where there are none."""
    return _database(
        "DIAGNOSTIC_BENCH_REAL", "real.duckdb", lambda: REAL_FILES if REAL_FILES.is_dir() else None
    )


def france() -> Path | None:
    """The fictional database of 35,000 communes."""
    return _database("DIAGNOSTIC_BENCH_DB", "france.duckdb", france_files)


def _database(variable: str, name: str, files) -> Path | None:
    from diagnostic import warehouse

    if os.environ.get(variable):
        return Path(os.environ[variable])
    path = WORK / name
    if not path.exists():
        raw = files()
        if raw is None:
            return None
        warehouse.build([raw], path)
    return path
