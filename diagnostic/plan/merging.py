"""What two people typed into one thing: each change laid over the other, and said where both touched one field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def merged(base: Any, now: Any, changes: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """`changes`, typed over `base`, as they are to be laid over `now`; and the fields that both have changed.

    Only what differs from `base` is a change. Lists keep what each has added and lose what each has removed;
    of two other values the one typed last stays.
    """
    laid: dict[str, Any] = {}
    both = []
    for name, mine in changes.items():
        was, other = getattr(base, name), getattr(now, name)
        if mine == was:
            continue
        laid[name] = mine
        if other not in (was, mine):
            both.append(name)
            if isinstance(mine, tuple):
                laid[name] = _lists(was, other, mine)
    return laid, tuple(both)


def _lists(was: tuple, other: tuple, mine: tuple) -> tuple:
    removed = [item for item in was if item not in mine]
    kept = [item for item in other if item not in removed]
    return (*kept, *(item for item in mine if item not in was and item not in kept))
