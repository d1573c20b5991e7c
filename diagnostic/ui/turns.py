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
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._begun: dict[object, float] = {}

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a place, and hold it for the block."""
        me = object()
        with self._changed:
            self._waiting.append(me)
            try:
                while (left := self._left()) or self._waiting[0] is not me:
                    self._changed.wait(left)
                self._begun[me] = time.monotonic()
            finally:
                self._waiting.remove(me)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                del self._begun[me]
                self._changed.notify_all()

    def _left(self) -> float | None:
        """Seconds until a page that is drawn gives its place; None when there is one."""
        now = time.monotonic()
        held = sorted(end for begun in self._begun.values() if (end := begun + self._patience - now) > 0)
        return held[-self._places] if len(held) >= self._places else None


PAGES = Turns(places=1, patience=1.0)
