"""Who may ask, and how often: a rate for each address, origins that the operator names."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict

RATE, ORIGINS = "DIAGNOSTIC_API_PAR_MINUTE", "DIAGNOSTIC_API_ORIGINES"
PER_MINUTE = 120
_MOST_ADDRESSES = 10_000


class Rate:
    """A bucket of requests for each address, filled again with time; the addresses seen last, in memory only."""

    def __init__(self, per_minute: int) -> None:
        self._most, self._lock = per_minute, threading.Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, address: str, now: float | None = None) -> float:
        """0 when the request may be answered, else the seconds to wait."""
        now = time.monotonic() if now is None else now
        with self._lock:
            left, since = self._left.pop(address, (float(self._most), now))
            left = min(self._most, left + (now - since) * self._most / 60)
            allowed = left >= 1
            self._left[address] = (left - 1 if allowed else left), now
            while len(self._left) > _MOST_ADDRESSES:
                self._left.popitem(last=False)
        return 0.0 if allowed else (1 - left) * 60 / self._most


def per_minute() -> int:
    """Requests of one address in a minute, from `DIAGNOSTIC_API_PAR_MINUTE`."""
    said = os.environ.get(RATE, "").strip()
    return int(said) if said.isdecimal() and int(said) else PER_MINUTE


def allowed_origin(origin: str | None) -> str | None:
    """What to answer a page of another site: its own origin or `*` where the operator has named it, else None."""
    named = os.environ.get(ORIGINS, "").split()
    if "*" in named:
        return "*"
    return origin if origin is not None and origin in named else None
