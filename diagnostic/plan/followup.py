"""A plan as it is lived: where each result stands on its way, what each action has become, the money engaged.

Pure: what was observed is given. The way from start to target is a straight line, a convention of this tool.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from diagnostic import french
from diagnostic.indicators import BY_ID, OFFICIAL
from diagnostic.measure import FEW
from diagnostic.measure import Figure as Measured
from diagnostic.model import DiagnosticError, Indicator, Status
from diagnostic.plan.accounts import ZERO
from diagnostic.plan.editing import edit_fiche
from diagnostic.plan.figures import formula_of
from diagnostic.plan.model import (
    Axe,
    BudgetLine,
    Engaged,
    Fiche,
    Passage,
    Plan,
    Reading,
    Result,
    State,
)

TOLERANCE = 0.1
"""Share of the way from start to target within which a result is on time: a choice of this tool."""


class Pace(StrEnum):
    """Where a result stands against the line from its start to its target."""

    AHEAD = "en avance"
    ON_TIME = "dans les temps"
    LATE = "en retard"
    UNKNOWN = "pas encore mesurable"


@dataclass(frozen=True, slots=True)
class Observed:
    """The value of a year. `step` is what one person more or less changes in it, None where that has no sense;
    `few` whether it speaks of too few people to be compared; `origin` who gave it, where somebody typed it;
    `sources` the files that it comes from."""

    year: int
    value: float
    step: float | None = None
    few: bool = False
    origin: str = ""
    caution: str = ""
    sources: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """A result on its way. `observed` are the years after the start, oldest first; `expected` is what the line
    gives for the last of them, `margin` how far from it counts as on time; `reason` why nothing can be said. `revised`
    is the start as it reads today, where the geography, the definition or the producer has changed it since."""

    axe: str
    fiche: str
    title: str
    label: str
    unit: str
    decimals: int
    indicator: str
    start: float | None
    start_year: int | None
    target: float | None
    target_year: int
    observed: tuple[Observed, ...]
    pace: Pace
    expected: float | None = None
    margin: float | None = None
    reason: str = ""
    cautions: tuple[str, ...] = ()
    revised: float | None = None

    @property
    def last(self) -> Observed | None:
        return self.observed[-1] if self.observed else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """What one person more or less makes of the last value, where it counts for more than the tolerance; None
        elsewhere."""
        if self.last is None or self.margin is None or self.margin != self.last.step:
            return None
        low = self.last.value - self.margin
        return (max(low, 0.0) if self.last.value >= 0 else low, self.last.value + self.margin)

    @property
    def moved(self) -> bool | None:
        """Whether the last value reads otherwise than the start; None when one of them is unknown."""
        if self.start is None or self.last is None:
            return None
        return french.rounded(self.start, self.decimals) != french.rounded(self.last.value, self.decimals)


# --- Results -------------------------------------------------------------------------------------


def measured(
    rows: Iterable[Measured], indicator: Indicator, people: Callable[[Measured], float | None]
) -> tuple[Observed, ...]:
    """The years of one of our indicators, oldest first; what is secret, bounded or unknown is left out."""
    found = {}
    for row in rows:
        status = Status(row.status)
        if row.value is None or row.year is None or not status.known or status is Status.BOUNDED:
            continue
        count = people(row)
        per = 100.0 if indicator.id.startswith(OFFICIAL) else indicator.per
        found[row.year] = Observed(
            row.year,
            row.value,
            per / count if count else None,
            count is not None and count < FEW,
            "",
            row.note or "",
            row.sources or "",
        )
    return tuple(found[year] for year in sorted(found))


def typed(readings: Iterable[Reading]) -> tuple[Observed, ...]:
    """The years of an indicator of the territory's own, oldest first: of each, what was typed last."""
    last = {reading.year: reading for reading in readings}
    return tuple(
        Observed(year, last[year].value, origin=f"saisi par {last[year].author} le {last[year].day}")
        for year in sorted(last)
    )


def follow(
    plan: Plan, observed: Callable[[Result], Sequence[Observed]], until: int | None = None
) -> tuple[Followed, ...]:
    """Each result of the plan, in its order, with what was `observed` of it, oldest first, no year after `until`."""
    return tuple(
        _followed(
            plan, axe, fiche, result, [one for one in observed(result) if until is None or one.year <= until]
        )
        for axe in plan.axes
        for fiche in axe.fiches
        for result in fiche.results
    )


def _followed(plan: Plan, axe: Axe, fiche: Fiche, result: Result, years: Sequence[Observed]) -> Followed:
    declared = BY_ID.get(result.indicator)
    start, start_year = result.start, result.start_year or plan.first_year
    cautions: list[str] = []
    revised = None
    known_then = next((one for one in reversed(years) if one.year <= start_year), None)
    decimals = declared.decimals if declared else 1
    if start is None and known_then is not None:
        start, start_year = known_then.value, known_then.year
    elif start is not None and known_then is not None and known_then.year == start_year:
        written, today = (french.number(value, decimals) for value in (start, known_then.value))
        if written != today:
            revised = known_then.value
            cautions.append(f"La valeur de {start_year}, {written} dans le plan, se lit {today} aujourd’hui.")
    if result.signed is not None:
        cautions.append(
            f"Départ repris : {french.number(result.signed, decimals)} au départ du plan, {french.number(start, decimals)} sur "
            "le territoire et selon la définition d’aujourd’hui."
        )
    if declared is not None and result.formula and result.formula != formula_of(declared):
        revised = known_then.value if known_then is not None and known_then.year == start_year else revised
        cautions.append(
            "L’indicateur n’est plus calculé comme au départ du plan : son départ est à reprendre."
        )
    last_sources = years[-1].sources if years else ""
    if known_then is not None and known_then.sources and last_sources != known_then.sources:
        cautions.append(
            f"{known_then.year} et {years[-1].year} ne viennent pas des mêmes fichiers : à comparer avec prudence."
        )
    found = Followed(
        axe.title,
        fiche.id,
        fiche.title,
        result.label,
        result.unit,
        decimals,
        result.indicator,
        start,
        start_year if start is not None else None,
        result.target,
        result.target_year or plan.last_year,
        tuple(one for one in years if one.year > start_year),
        Pace.UNKNOWN,
        revised=revised,
    )
    return _paced(found, cautions)


def restart(plan: Plan, followed: Iterable[Followed]) -> Plan:
    """The plan whose starts that read otherwise today are carried: the value of today, the one of the signature kept."""
    carried: dict[tuple[str, str], list[float | None]] = {}
    for one in followed:
        carried.setdefault((one.fiche, one.label), []).append(one.revised)
    for fiche in plan.fiches:
        results = []
        for result in fiche.results:
            # Two results of one name start each where it does.
            starts = carried.get((fiche.id, result.label))
            start = starts.pop(0) if starts else None
            results.append(result if start is None else _restarted(result, start))
        if tuple(results) != fiche.results:
            plan = edit_fiche(plan, fiche.id, results=tuple(results))
    return plan


def _restarted(result: Result, start: float) -> Result:
    signed = result.start if result.signed is None else result.signed
    # What people type themselves has no formula of ours.
    formula = formula_of(BY_ID[result.indicator]) if result.indicator in BY_ID else result.formula
    return replace(result, start=start, signed=signed, formula=formula)


def _paced(found: Followed, cautions: list[str]) -> Followed:
    start, begun, target, last = found.start, found.start_year, found.target, found.last
    if last is not None and last.caution:
        cautions.append(f"{last.year} : {last.caution.rstrip('.')}.")
    if start is None or begun is None:
        return replace(found, reason="valeur de départ inconnue", cautions=tuple(cautions))
    reason = ""
    if target is None:
        reason = "aucune cible n’est écrite"
    elif target == start:
        reason = "la cible est égale au départ"
    elif found.target_year <= begun:
        reason = "la cible n’est pas datée après le départ"
    elif last is None:
        reason = f"aucune valeur postérieure à {begun}"
    elif last.few:
        reason = f"moins de {FEW} personnes : une de plus ou de moins change tout"
    if reason or target is None or last is None:
        return replace(found, reason=reason, cautions=tuple(cautions))
    way = target - start
    expected = start + way * min((last.year - begun) / (found.target_year - begun), 1.0)
    margin = TOLERANCE * abs(way)
    if last.step is not None and last.step > margin:
        margin = last.step
        low, high = (
            french.number(value, found.decimals) for value in (last.value - margin, last.value + margin)
        )
        cautions.append(
            f"Petits effectifs : une personne de plus ou de moins mène la valeur de {last.year} de {low} à {high}."
        )
    lead = (last.value - expected) * (1 if way > 0 else -1)
    pace = Pace.AHEAD if lead > margin else Pace.LATE if lead < -margin else Pace.ON_TIME
    return replace(found, pace=pace, expected=expected, margin=margin, cautions=tuple(cautions))


# --- Actions -------------------------------------------------------------------------------------


def passed(fiche: Fiche, state: State, day: str) -> tuple[Passage, ...]:
    """The passages of a fiche that comes to a state on a day ("2026-11-25"); the same ones when it is there."""
    return fiche.passages if state is fiche.state else (*fiche.passages, Passage(day, state))


def set_state(plan: Plan, fiche_id: str, state: State, day: str) -> Plan:
    """The plan with a fiche in that state since that day; DiagnosticError when the day comes before the last."""
    fiche = plan.fiche(fiche_id)
    if fiche.passages and day < fiche.passages[-1].day:
        raise DiagnosticError(
            f"« {fiche.title} » a déjà changé d’état le {fiche.passages[-1].day}. Donnez une date qui n’est pas avant."
        )
    return edit_fiche(plan, fiche_id, state=state, passages=passed(fiche, state, day))


def add_reading(plan: Plan, fiche_id: str, label: str, reading: Reading) -> Plan:
    """The plan with a value of an indicator of the territory's own; DiagnosticError where there is no such one."""
    results = plan.fiche(fiche_id).results
    if not any(result.label == label and not result.indicator for result in results):
        raise DiagnosticError(f"« {label} » n’est pas un indicateur à saisir de cette fiche.")
    grown = tuple(
        replace(result, readings=(*result.readings, reading))
        if result.label == label and not result.indicator
        else result
        for result in results
    )
    return edit_fiche(plan, fiche_id, results=grown)


# --- Money ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Money:
    """An axis in a year: the lines `planned`; euros engaged, None while nobody has typed any.

    `beside` are the lines of the fiches whose engaged amount is known: the two may be compared. `known` counts
    these fiches, out of `fiches` that plan or engage something.
    """

    axe: str
    year: int
    planned: tuple[BudgetLine, ...]
    engaged: Decimal | None
    beside: tuple[BudgetLine, ...]
    known: int
    fiches: int


def engage(plan: Plan, fiche_id: str, engaged: Engaged) -> Plan:
    """The plan with the amount that a fiche has engaged in a year."""
    return edit_fiche(plan, fiche_id, engaged=(*plan.fiche(fiche_id).engaged, engaged))


def money(plan: Plan) -> tuple[Money, ...]:
    """One row per axis and year where something is planned or engaged, in the order of the plan."""
    return tuple(
        _money(axe, year)
        for axe in plan.axes
        for year in sorted({year for fiche in axe.fiches for year in _years(fiche)})
    )


def _years(fiche: Fiche) -> set[int]:
    return {line.year for line in fiche.budget} | {one.year for one in fiche.engaged}


def _money(axe: Axe, year: int) -> Money:
    fiches = [fiche for fiche in axe.fiches if year in _years(fiche)]
    planned = {fiche.id: [line for line in fiche.budget if line.year == year] for fiche in fiches}
    engaged = {fiche.id: one.amount for fiche in fiches for one in fiche.engaged if one.year == year}
    return Money(
        axe.title,
        year,
        tuple(line for lines in planned.values() for line in lines),
        sum(engaged.values(), ZERO) if engaged else None,
        tuple(line for id in engaged for line in planned[id]),
        len(engaged),
        len(fiches),
    )
