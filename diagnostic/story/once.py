"""What is told of a report is told once: a page asks for the same section at every rerun, and several parts of it."""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from diagnostic.report import Report
from diagnostic.warehouse.database import Database

P = ParamSpec("P")
T = TypeVar("T")

Answers = dict[tuple, tuple[Any, tuple[Callable[[], object], ...]]]
"""Question -> the answer, and what was given with the question, so that nothing else takes its identity."""

_TOLD: dict[int, tuple[weakref.ref[Report], Answers]] = {}
"""What was told of each living report."""


def once(tell: Callable[Concatenate[Report, P], T]) -> Callable[Concatenate[Report, P], T]:
    """`tell`, whose answer is kept as long as the report is; it must be pure. Kept are questions about texts, a database or
    another report; what a visitor has composed is told anew."""

    @functools.wraps(tell)
    def told(report: Report, *rest: P.args, **named: P.kwargs) -> T:
        given = (*rest, *named.values())
        if not all(map(_lasting, given)):
            return tell(report, *rest, **named)
        asked = (tell, tuple(named), *(one if isinstance(one, str | tuple) else id(one) for one in given))
        kept = _answers(report)
        found = kept.get(asked)
        if found is None or any(held() is not one for held, one in zip(found[1], given, strict=True)):
            found = kept[asked] = tell(report, *rest, **named), tuple(map(_held, given))
        return found[0]

    return told


def _held(given: object) -> Callable[[], object]:
    """What was given with a question; another report leaves by itself, and a new one at its address is not taken for it."""
    return weakref.ref(given) if isinstance(given, Report) else lambda: given


def _lasting(given: object) -> bool:
    if isinstance(given, tuple):
        return all(isinstance(one, str) for one in given)
    return given is None or isinstance(given, str | Database | Report)


def _answers(report: Report) -> Answers:
    name = id(report)
    found = _TOLD.get(name)
    if found is not None and found[0]() is report:
        return found[1]

    def forget(gone: weakref.ref[Report]) -> None:
        if (known := _TOLD.get(name)) is not None and known[0] is gone:
            del _TOLD[name]

    made: Answers = {}
    _TOLD[name] = weakref.ref(report, forget), made
    return made
