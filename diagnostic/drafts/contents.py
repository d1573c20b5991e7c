"""What a draft holds, written as text and read back strictly: a plan, projects, scenarios, the conventions of a
département."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from diagnostic import plan as plans
from diagnostic.local.conventions import Convention
from diagnostic.model import DiagnosticError
from diagnostic.simulation import AlshProject, CrecheProject, Project, RpeProject, YouthProject

PLAN, PROJECTS, SCENARIOS, CONVENTIONS = "plan", "projets", "scenarios", "conventions"
TITLES = "titres"
"""Titles typed before the button that takes them, by field."""
_KINDS = {kind.__name__: kind for kind in (CrecheProject, RpeProject, AlshProject, YouthProject)}


class Content(NamedTuple):
    """How a kind of draft is written, and read; reading raises a DiagnosticError where it cannot."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


def _encoded(projects: Sequence[Project]) -> list[dict]:
    return [{"kind": type(one).__name__} | plans.encode(one) for one in projects]


def _decoded(rows: Any) -> tuple[Project, ...]:
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and row.get("kind") in _KINDS for row in rows
    ):
        raise DiagnosticError("Ces projets ne se lisent pas.")
    return tuple(
        plans.decode(
            _KINDS[row["kind"]], {name: value for name, value in row.items() if name != "kind"}, "projet"
        )
        for row in rows
    )


def _write_projects(projects: Sequence[Project]) -> str:
    return json.dumps(_encoded(projects), ensure_ascii=False)


def _read_projects(text: str) -> tuple[Project, ...]:
    return _decoded(_parsed(text))


def _write_scenarios(kept: Mapping[str, Sequence[Project]]) -> str:
    return json.dumps({name: _encoded(projects) for name, projects in kept.items()}, ensure_ascii=False)


def _read_scenarios(text: str) -> dict[str, tuple[Project, ...]]:
    found = _parsed(text)
    if not isinstance(found, dict):
        raise DiagnosticError("Ces scénarios ne se lisent pas.")
    return {name: _decoded(rows) for name, rows in found.items()}


def _read_titles(text: str) -> dict[str, str]:
    found = _parsed(text)
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise DiagnosticError("Ces titres ne se lisent pas.")
    return found


def _write_conventions(rows: Sequence[Convention]) -> str:
    return json.dumps([plans.encode(one) for one in rows], ensure_ascii=False)


def _read_conventions(text: str) -> tuple[Convention, ...]:
    rows = _parsed(text)
    if not isinstance(rows, list):
        raise DiagnosticError("Ces conventions ne se lisent pas.")
    return tuple(plans.decode(Convention, row, "convention") for row in rows)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise DiagnosticError("Ce brouillon ne se lit pas.") from error


# The same plan is read at each run of its page, and a hundred fiches take a moment: values never change.
_read_plan = lru_cache(maxsize=16)(plans.from_json)

CONTENTS = {
    PLAN: Content(plans.to_json, _read_plan),
    PROJECTS: Content(_write_projects, _read_projects),
    CONVENTIONS: Content(_write_conventions, _read_conventions),
    SCENARIOS: Content(_write_scenarios, _read_scenarios),
    TITLES: Content(json.dumps, _read_titles),
}
