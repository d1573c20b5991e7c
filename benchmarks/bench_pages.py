"""Server time of a rerun of each page on the France-size fictional database (AppTest, no browser)."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.databases import france
from benchmarks.harness import Result

ROOT = Path(__file__).resolve().parents[1]
RERUNS = 7
# Two EPCI of the fictional country, to time the change from one to the other.
FIRST, SECOND = "epci:999001001", "epci:999001002"


def results() -> Iterator[Result]:
    os.environ["DIAGNOSTIC_DB"] = str(france())
    from streamlit.testing.v1 import AppTest

    from diagnostic.ui import pages

    for entry in pages.existing():
        app = AppTest.from_file(str(ROOT / "diagnostic" / "ui" / "main.py"), default_timeout=60)
        app.query_params["territoire"] = FIRST
        app.switch_page(str(entry.path)).run()
        times = sorted(_milliseconds(app.run) for _ in range(RERUNS))
        yield Result(f"rerun of {entry.name}, median", statistics.median(times), "ms", "< 100")
        yield Result(f"rerun of {entry.name}, worst of {RERUNS}", times[-1], "ms", "< 250")
        if entry.name == "synthese":
            app.session_state["territoire"] = SECOND
            yield Result(
                "change of territory", _milliseconds(app.run), "ms", "< 300", "first time it is asked for"
            )


def _milliseconds(call) -> float:
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000
