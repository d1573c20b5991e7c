"""What is read once and kept for every thread that serves a database."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any


class Shelf:
    """What was read of the `size` territories asked for last."""

    def __init__(self, size: int) -> None:
        self._size, self._lock = size, threading.Lock()
        self._kept: OrderedDict[str, Any] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> Any | None:
        """What was kept under that key, or None."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def clear(self) -> None:
        """Keep nothing any more."""
        with self._lock:
            self._kept.clear()

    def keep(self, key: str, value: Any) -> Any:
        """Keep the value and return it; the one asked for longest ago gives way."""
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return value


def shared(size: int) -> Callable[[Callable], Callable]:
    """`lru_cache` for what takes long: while one thread computes, the others wait instead of computing too."""

    def decorated(function: Callable) -> Callable:
        kept, lock = lru_cache(maxsize=size)(function), threading.RLock()

        @wraps(function)
        def once(*arguments):
            with lock:
                return kept(*arguments)

        return once

    return decorated
