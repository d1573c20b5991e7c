"""Whose turn it is to draw a page: one interpreter draws one page at a time, and sixty at once only wait for one another.

Sixty threads that each hold a lock for an instant pass the interpreter round a circle (every message asks Streamlit's
settings, under one lock): drawn one after the other, the same pages cost less and come in the order of the clicks.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Iterator


class Turns:
    """`places` pages are drawn at once, in the order in which they were asked. A page that lasts longer than `patience`
    seconds (a file that is made, a deposit that is read) keeps on, but gives its place to the next."""

    def __init__(self, places: int, patience: float) -> None:
        self._places, self._patience = places, patience
        self._lock = threading.Lock()
        self._waiting: deque[threading.Condition] = deque()
        self._begun: dict[threading.Condition, float] = {}

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a place, and hold it for the block."""
        me = threading.Condition(self._lock)
        with self._lock:
            self._waiting.append(me)
            try:
                while self._waiting[0] is not me:
                    me.wait()
                while left := self._left():
                    me.wait(left)
                self._begun[me] = time.monotonic()
            finally:
                self._waiting.remove(me)
                self._call_first()
        try:
            yield
        finally:
            with self._lock:
                del self._begun[me]
                self._call_first()

    def _call_first(self) -> None:
        """Wake the first in the queue, which alone may begin: sixty woken at each page would cost as much as a page."""
        if self._waiting:
            self._waiting[0].notify()

    def _left(self) -> float | None:
        """Seconds until a page that is drawn gives its place; None when there is one."""
        now = time.monotonic()
        held = sorted(end for begun in self._begun.values() if (end := begun + self._patience - now) > 0)
        return held[-self._places] if len(held) >= self._places else None


PAGES = Turns(places=1, patience=1.0)
