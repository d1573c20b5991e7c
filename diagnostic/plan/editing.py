"""What is done to a plan: axes and fiches added, changed, moved, copied, taken out. Each returns a new plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from diagnostic.model import DiagnosticError
from diagnostic.plan.model import Axe, Fiche, Plan


def edit_plan(plan: Plan, **changes: Any) -> Plan:
    """Change the title, the years, the governance, what a shared diagnosis brings to a plan, or its documents."""
    _only(changes, ("title", "first_year", "last_year", "governance", "contributions", "aside", "documents"))
    return replace(plan, **changes)


def add_axe(plan: Plan, title: str, *, stake: str = "") -> Plan:
    """Append an axis; its id is that of the last axis of the new plan."""
    serial = plan.serial + 1
    return replace(plan, axes=(*plan.axes, Axe(f"A{serial}", title, stake)), serial=serial)


def edit_axe(plan: Plan, axe_id: str, **changes: Any) -> Plan:
    """Change the title or the stake of an axis."""
    _only(changes, ("title", "stake"))
    return _with_axe(plan, axe_id, lambda axe: replace(axe, **changes))


def move_axe(plan: Plan, axe_id: str, position: int) -> Plan:
    """Put an axis at `position` (from 0), clamped to the ends."""
    return replace(plan, axes=_moved(plan.axes, plan.axe(axe_id), position))


def remove_axe(plan: Plan, axe_id: str) -> Plan:
    """Take an axis out with its fiches."""
    gone = plan.axe(axe_id)
    return replace(plan, axes=tuple(axe for axe in plan.axes if axe is not gone))


def add_fiche(plan: Plan, axe_id: str, draft: Fiche | str) -> Plan:
    """Append a fiche (a draft, or just a title) to an axis, under a new id."""
    serial = plan.serial + 1
    identifier = f"F{serial}"
    fiche = Fiche(identifier, draft) if isinstance(draft, str) else replace(draft, id=identifier)
    grown = replace(plan, serial=serial)
    return _with_axe(grown, axe_id, lambda axe: replace(axe, fiches=(*axe.fiches, fiche)))


def edit_fiche(plan: Plan, fiche_id: str, **changes: Any) -> Plan:
    """Change fields of a fiche; its id stays."""
    _only(changes, tuple(name for name in Fiche.__dataclass_fields__ if name != "id"))
    return _with_fiche(plan, fiche_id, lambda fiche: (replace(fiche, **changes),))


def duplicate_fiche(plan: Plan, fiche_id: str) -> Plan:
    """Put a copy, « (copie) » in its title, just after a fiche; what was lived stays with the first."""
    serial = plan.serial + 1

    def twice(fiche: Fiche) -> tuple[Fiche, ...]:
        fresh = tuple(replace(result, readings=()) for result in fiche.results)
        copy = replace(fiche, id=f"F{serial}", title=f"{fiche.title} (copie)", results=fresh)
        return fiche, replace(copy, passages=(), engaged=())

    return _with_fiche(replace(plan, serial=serial), fiche_id, twice)


def move_fiche(plan: Plan, fiche_id: str, *, position: int, axe_id: str | None = None) -> Plan:
    """Put a fiche at `position` (from 0, clamped) of its axis, or of another one."""
    fiche, goal = plan.fiche(fiche_id), plan.axe_of(fiche_id).id if axe_id is None else plan.axe(axe_id).id
    without = remove_fiche(plan, fiche_id)
    return _with_axe(
        without, goal, lambda axe: replace(axe, fiches=_moved((*axe.fiches, fiche), fiche, position))
    )


def remove_fiche(plan: Plan, fiche_id: str) -> Plan:
    """Take a fiche out."""
    return _with_fiche(plan, fiche_id, lambda fiche: ())


def _with_axe(plan: Plan, axe_id: str, change: Callable[[Axe], Axe]) -> Plan:
    chosen = plan.axe(axe_id)
    return replace(plan, axes=tuple(change(axe) if axe is chosen else axe for axe in plan.axes))


def _with_fiche(plan: Plan, fiche_id: str, change: Callable[[Fiche], tuple[Fiche, ...]]) -> Plan:
    def rebuilt(axe: Axe) -> Axe:
        fiches = (change(fiche) if fiche.id == fiche_id else (fiche,) for fiche in axe.fiches)
        return replace(axe, fiches=tuple(fiche for group in fiches for fiche in group))

    return _with_axe(plan, plan.axe_of(fiche_id).id, rebuilt)


def _moved(items: tuple, item: object, position: int) -> tuple:
    others = [other for other in items if other is not item]
    others.insert(min(max(position, 0), len(others)), item)
    return tuple(others)


def _only(changes: dict[str, Any], allowed: tuple[str, ...]) -> None:
    unknown = set(changes) - set(allowed)
    if unknown:
        raise DiagnosticError(f"Le champ « {min(unknown)} » n’existe pas ou ne se change pas.")
