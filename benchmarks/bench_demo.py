"""How long the fictional territory takes to write, by default and at the size of France."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.harness import Result

FRANCE = 35_000
WRITE = "import sys; from pathlib import Path; from diagnostic.demo import write_demo; write_demo(Path(sys.argv[1]), communes=int(sys.argv[2]))"


def results() -> Iterator[Result]:
    for communes, target in ((120, "< 3 s"), (FRANCE, "< 60 s")):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", WRITE, folder, str(communes)], check=True)
            yield Result(f"{communes:,} communes, as a process", time.perf_counter() - start, "s", target)
            if communes == FRANCE:
                for name, wanted in (("TD_POP1B_2021_csv.zip", "7 million"), ("BPE25.zip", "2.8 million")):
                    path = Path(folder) / name
                    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
                        blocks = iter(lambda file=file: file.read(1 << 20), b"")
                        rows = sum(block.count(b"\n") for block in blocks) - 1
                    yield Result(f"rows of {name}", rows, "rows", wanted)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    yield Result("peak memory", peak, "GB", "< 2 GB")
