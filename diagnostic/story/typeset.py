"""Texts of blocks as French prints them, seen to as the blocks are made."""

from __future__ import annotations

import operator
from typing import Any

from diagnostic import french

KEYS = frozenset({"id", "chapter", "indicator", "indicators"})
"""Fields that nobody reads."""


class Typeset:
    """What people read of it is French as it is printed, whoever wrote it: no line begins with a colon."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__.keys() - KEYS:  # type: ignore[attr-defined]
            value = getattr(self, name)
            if (said := printed(value)) is not value:
                object.__setattr__(self, name, said)


def printed(value: Any) -> Any:
    """Every text of `value`, in tuples too; the same object where nothing changes."""
    if isinstance(value, str):
        return french.typographic(value)
    if type(value) is not tuple:
        return value
    every = tuple(map(printed, value))
    return value if all(map(operator.is_, value, every)) else every
