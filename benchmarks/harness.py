"""What every benchmark returns, and how long a call takes. Never used by a test."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One measured figure: `value` in `unit`, the target it is held against, and a note."""

    name: str
    value: float
    unit: str
    target: str = ""
    note: str = ""


def milliseconds(call: Callable[[], object], *, repeat: int = 5) -> float:
    """Median wall-clock time of `call` over `repeat` runs after one warm-up, in milliseconds."""
    call()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)
