"""How long a build takes and how much memory, and what reading the same files with pandas takes."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from benchmarks import databases
from benchmarks.harness import Result

# Run apart, so that the peak memory is that of the build alone.
BUILD = """
import json, resource, sys
from pathlib import Path
from diagnostic import warehouse
report = warehouse.build([Path(sys.argv[1])], Path(sys.argv[2]))
print(json.dumps({
    "seconds": report.seconds,
    "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
    "loaded": [(x.source, x.file, x.rows, x.seconds) for x in report.loaded],
    "steps": report.steps,
    "refused": len(report.refused),
}))
"""


def results() -> Iterator[Result]:
    if databases.REAL_FILES.is_dir():
        yield from _real()
    yield from _france()


def _built(raw: Path, db: Path) -> dict:
    """What a build says of itself, and the most that stood in the folder of temporary files, looked at as it went."""
    db.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", BUILD, str(raw), str(db)]
    with tempfile.TemporaryDirectory(dir=db.parent) as folder:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            cwd=databases.ROOT,
            env={**os.environ, "TMPDIR": folder},
        )
        most = 0
        while process.poll() is None:
            most = max(most, _held(Path(folder)))
            time.sleep(0.2)
    printed = process.stdout.read() if process.stdout else ""
    # DuckDB may draw a progress bar on the lines before.
    return {**json.loads(printed.splitlines()[-1]), "temporary": most / 1024**3}


def _held(folder: Path) -> int:
    """Bytes of the files below a folder; those that vanish meanwhile count for nothing."""
    held = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            held += path.stat().st_size
    return held


def _real() -> Iterator[Result]:
    built = _built(databases.REAL_FILES, databases.WORK / "build_real.duckdb")
    yield Result("real files", built["seconds"], "s", "< 20 s", f"{built['refused']} files refused")
    yield Result("real files, peak memory", built["gigabytes"], "GB", "< 1.5 GB")
    ours, theirs, rows = defaultdict(float), defaultdict(float), defaultdict(int)
    for source, label, count, seconds in built["loaded"]:
        ours[source] += seconds
        rows[source] += count
        theirs[source] += _pandas(databases.REAL_FILES, label)
    for source in sorted(ours, key=ours.get, reverse=True):
        note = f"pandas reads the same files in {theirs[source]:.2f} s; {rows[source]:,} rows"
        yield Result(f"load {source}", ours[source], "s", "", note)
    yield Result(
        "load all sources", sum(ours.values()), "s", "", f"pandas reads them in {sum(theirs.values()):.2f} s"
    )
    for name, seconds in built["steps"]:
        yield Result(f"step « {name} »", seconds, "s")


def _france() -> Iterator[Result]:
    built = _built(databases.france_files(), databases.WORK / "build_france.duckdb")
    yield Result("France-size fictional files", built["seconds"], "s", "< 60 s")
    yield Result("France-size, peak memory", built["gigabytes"], "GB", "< 3 GB")
    rows = {source: count for source, _, count, _ in built["loaded"]}
    with zipfile.ZipFile(databases.france_files() / "BPE25.zip") as archive:
        size = archive.infolist()[0].file_size / 1e9
    loaded = sum(seconds for source, _, _, seconds in built["loaded"] if source == "bpe")
    yield Result("France-size, BPE", loaded, "s", "< 40 s", f"a csv of {size:.2f} GB in its archive")
    yield Result(
        "France-size, temporary files", built["temporary"], "GB", "< 2 GB", "at most, all steps together"
    )
    yield Result("France-size, rows of ages", rows["td_pop1b"], "rows", "7 million")
    yield Result("France-size, facilities", rows["bpe"], "rows", "2.8 million")


def _pandas(folder: Path, label: str) -> float:
    """Seconds that pandas takes to read the file (or the member of an archive), every cell as text."""
    name, _, member = label.partition(" › ")
    path = next(folder.rglob(name))
    start = time.perf_counter()
    if member:
        with zipfile.ZipFile(path) as archive:
            inside = next(entry for entry in archive.namelist() if entry.endswith(member))
            _read(io.BytesIO(archive.read(inside)), member)
    else:
        _read(path, name)
    return time.perf_counter() - start


def _read(file: Path | io.BytesIO, name: str) -> None:
    import geopandas
    import pandas as pd

    if name.endswith(".xlsx"):
        pd.read_excel(file, dtype=str)
    elif name.endswith("json"):
        geopandas.read_file(file)
    else:
        content = file.read_bytes() if isinstance(file, Path) else file.read()
        header = content.partition(b"\n")[0]
        pd.read_csv(
            io.BytesIO(content), dtype=str, sep=";" if header.count(b";") > header.count(b",") else ","
        )
