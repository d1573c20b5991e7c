"""What is read once and kept for every thread that serves a database."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, ValuesView
from functools import lru_cache, wraps
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")


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


class Asked(dict[K, V]):
    """What a base says of each key: asked of it when it is needed, read whole when it is walked through or asked often.

    A command asks of a few territories, a server of all of them. `some` answers for some keys, `whole` for all.
    """

    _OFTEN, _MANY = 60, 1_500

    def __init__(self, some: Callable[[list[K]], dict[K, V]], whole: Callable[[], dict[K, V]]) -> None:
        super().__init__()
        self._some, self._whole, self._complete = some, whole, False
        self._absent: set[K] = set()
        self._left = self._OFTEN

    def read(self) -> None:
        """Read it whole."""
        if not self._complete:
            self.update(self._whole())
            self._complete = True

    def want(self, keys: Iterable[K]) -> None:
        """Ask at once of several keys that will be needed."""
        if self._complete:
            return
        lacking = [
            key for key in dict.fromkeys(keys) if not dict.__contains__(self, key) and key not in self._absent
        ]
        if not lacking:
            return
        self._left -= 1
        if self._left < 0 or len(lacking) > self._MANY:
            self.read()
            return
        found = self._some(lacking)
        self.update(found)
        self._absent.update(key for key in lacking if key not in found)

    def __missing__(self, key: K) -> V:
        self.want((key,))
        if dict.__contains__(self, key):
            return dict.__getitem__(self, key)
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        if not dict.__contains__(self, key):
            self.want((key,))  # type: ignore[arg-type]
        return dict.__contains__(self, key)

    def get(self, key: Any, default: Any = None) -> Any:
        """The value, or `default`."""
        try:
            return self[key]
        except KeyError:
            return default

    def __len__(self) -> int:
        self.read()
        return dict.__len__(self)

    def __iter__(self) -> Iterator[K]:
        self.read()
        return dict.__iter__(self)

    def keys(self) -> KeysView[K]:  # type: ignore[override]
        self.read()
        return super().keys()

    def values(self) -> ValuesView[V]:  # type: ignore[override]
        self.read()
        return super().values()

    def items(self) -> ItemsView[K, V]:  # type: ignore[override]
        self.read()
        return super().items()


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
