"""A plan at the end of a year: what was promised, done, engaged; axis by axis; and the plan that follows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from diagnostic.indicators import BY_ID
from diagnostic.plan.accounts import ZERO
from diagnostic.plan.documents import Documents
from diagnostic.plan.figures import formula_of
from diagnostic.plan.followup import Followed, Pace
from diagnostic.plan.model import Axe, BudgetLine, Fiche, Passage, Plan, Result, State

CARRIED = "Prolonger les résultats de la convention précédente"


@dataclass(frozen=True, slots=True)
class Promise:
    """An action at the end of a year: its steps due by then, the state it was in, since when; `dated` whether that
    state is noted with its day."""

    axe: str
    fiche: Fiche
    due: tuple[str, ...]
    state: State
    since: str
    dated: bool

    @property
    def behind(self) -> bool:
        """Whether something was due and nothing is begun."""
        return bool(self.due) and self.state is State.PLANNED


@dataclass(frozen=True, slots=True)
class AxeBilan:
    """An axis at the end of a year. `planned` and `engaged` run from the signature to that year; `engaged` is None while
    nobody typed any; `beside` are the lines of the fiches and years whose engaged amount is known."""

    axe: str
    promises: tuple[Promise, ...]
    results: tuple[Followed, ...]
    planned: tuple[BudgetLine, ...]
    engaged: Decimal | None
    beside: tuple[BudgetLine, ...]

    def count(self, state: State) -> int:
        return sum(one.state is state for one in self.promises)

    def paces(self, pace: Pace) -> int:
        return sum(one.pace is pace for one in self.results)


def promises(plan: Plan, year: int) -> tuple[Promise, ...]:
    """Every action as it stood on the last day of a year, in the order of the plan."""
    return tuple(_promise(axe, fiche, year) for axe in plan.axes for fiche in axe.fiches)


def _promise(axe: Axe, fiche: Fiche, year: int) -> Promise:
    due = tuple(f"{step.year} : {step.action}" for step in fiche.steps if step.year <= year)
    until: list[Passage] = [one for one in fiche.passages if one.day <= f"{year}-12-31"]
    if until:
        return Promise(axe.title, fiche, due, until[-1].state, until[-1].day, True)
    # Its first noted state came later: it was not begun as far as anybody noted.
    state = State.PLANNED if fiche.passages else fiche.state
    return Promise(axe.title, fiche, due, state, "", False)


def axes_bilan(plan: Plan, followed: Sequence[Followed], year: int) -> tuple[AxeBilan, ...]:
    """Each axis at the end of a year. `followed` are the results observed until that year."""
    every = promises(plan, year)
    return tuple(_axe_bilan(axe, every, followed, year) for axe in plan.axes)


def _axe_bilan(axe: Axe, every: Sequence[Promise], followed: Sequence[Followed], year: int) -> AxeBilan:
    ids = {fiche.id for fiche in axe.fiches}
    lines = [(fiche.id, line) for fiche in axe.fiches for line in fiche.budget if line.year <= year]
    engaged = {
        (fiche.id, one.year): one.amount for fiche in axe.fiches for one in fiche.engaged if one.year <= year
    }
    return AxeBilan(
        axe.title,
        tuple(one for one in every if one.fiche.id in ids),
        tuple(one for one in followed if one.fiche in ids),
        tuple(line for _, line in lines),
        sum(engaged.values(), ZERO) if engaged else None,
        tuple(line for id, line in lines if (id, line.year) in engaged),
    )


# --- The next one --------------------------------------------------------------------------------


def next_plan(plan: Plan, followed: Sequence[Followed], perimeter: tuple[str, ...] = ()) -> Plan:
    """The plan that follows: same territory, as many years; axes, stakes and governance kept. `perimeter` are its
    communes of today, those of the plan where it is not given.

    Actions that are neither done nor dropped go on, without what was lived. The results of all are carried: the last
    value observed is the new start, the target is to be written. Those of actions that are done stand in a fiche of
    their axis, so that what they reached is not lost.
    """
    last = {(one.fiche, one.label): one for one in followed}
    first_year = plan.last_year + 1
    serial = plan.serial
    axes = []
    for axe in plan.axes:
        going: list[Fiche] = []
        reached: list[Result] = []
        for fiche in axe.fiches:
            results = tuple(_carried(result, last.get((fiche.id, result.label))) for result in fiche.results)
            if fiche.state in (State.DONE, State.DROPPED):
                reached += results if fiche.state is State.DONE else ()
                continue
            going.append(replace(fiche, results=results, steps=(), budget=(), engaged=(), passages=()))
        if reached:
            serial += 1
            going.append(Fiche(f"F{serial}", CARRIED, axe.fiches[0].theme, results=tuple(reached)))
        axes.append(replace(axe, fiches=tuple(going)))
    held = {fiche.id for axe in axes for fiche in axe.fiches}
    stakes = tuple(
        replace(one, fiches=tuple(fiche for fiche in one.fiches if fiche in held)) for one in plan.stakes
    )
    return replace(
        plan,
        title=_next_title(plan),
        first_year=first_year,
        last_year=first_year + len(plan.years) - 1,
        axes=tuple(axes),
        stakes=stakes,
        serial=serial,
        perimeter=perimeter or plan.perimeter,
        contributions=(),
        aside=(),
        documents=Documents(),
    )


def _carried(result: Result, followed: Followed | None) -> Result:
    last = followed.last if followed is not None else None
    start, year = (last.value, last.year) if last is not None else (result.start, result.start_year)
    declared = BY_ID.get(result.indicator)
    formula = formula_of(declared) if declared is not None and last is not None else result.formula
    return replace(
        result,
        start=start,
        start_year=year,
        target=None,
        target_year=None,
        readings=(),
        formula=formula,
        signed=None,
    )


def _next_title(plan: Plan) -> str:
    years = f"{plan.first_year}-{plan.last_year}"
    first = plan.last_year + 1
    following = f"{first}-{first + len(plan.years) - 1}"
    return plan.title.replace(years, following) if years in plan.title else plan.title
