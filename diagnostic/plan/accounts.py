"""The budget of a plan: what its lines add up to, by year and funder; those that a simulated project brings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from diagnostic import french
from diagnostic.plan.model import INVESTMENT, RUNNING, BudgetLine, Fiche, Plan
from diagnostic.simulation import Funding

ZERO = Decimal(0)


def cents(amounts: Iterable[Decimal]) -> int:
    """2 when an amount has cents, else 0: amounts shown together are shown alike, so that they add up."""
    return 2 if any(amount != amount.to_integral_value() for amount in amounts) else 0


def ends(lines: Iterable[BudgetLine]) -> tuple[Decimal, Decimal]:
    """What the lines come to with aids at their low end, then at their high end."""
    found = tuple(lines)
    return sum((line.amount for line in found), ZERO), sum((line.best for line in found), ZERO)


def only_aid(lines: Iterable[BudgetLine]) -> bool:
    """Whether nothing but aids is there: their sum is no cost."""
    found = tuple(lines)
    return bool(found) and all(line.aid for line in found)


def total_text(lines: Iterable[BudgetLine], places: int | None = None) -> str:
    """ "600 000 €", "de 148 000 à 520 000 € d’aide": the sum of the lines; empty without a line."""
    found = tuple(lines)
    if not found:
        return ""
    low, high = ends(found)
    said = french.euros_between(low, high, cents((low, high)) if places is None else places)
    return f"{said} d’aide" if only_aid(found) else said


@dataclass(frozen=True, slots=True)
class Budget:
    """Euros by year and funder. `years` holds the plan's years and any other that a line names."""

    years: tuple[int, ...]
    funders: tuple[str, ...]
    cells: dict[tuple[int, str], Decimal]
    total: Decimal

    def amount(self, year: int, funder: str) -> Decimal:
        """The sum of the lines of that year and funder; zero when the plan has none."""
        return self.cells.get((year, funder), ZERO)

    def by_year(self, year: int) -> Decimal:
        return sum((self.amount(year, funder) for funder in self.funders), ZERO)

    def by_funder(self, funder: str) -> Decimal:
        return sum((self.amount(year, funder) for year in self.years), ZERO)


def budget(plan: Plan, *, nature: str | None = None, at_best: bool = False) -> Budget:
    """The budget of the whole plan, or of one nature (« investissement », « fonctionnement »).

    Aids are at their low end, or `at_best` at their high one.
    """
    return budget_of(plan.fiches, plan.years, nature=nature, at_best=at_best)


def budget_of(
    fiches: Iterable[Fiche], years: Iterable[int] = (), *, nature: str | None = None, at_best: bool = False
) -> Budget:
    """The budget of some fiches, with the columns of `years` at least."""
    lines = [line for fiche in fiches for line in fiche.budget if nature in (None, line.nature)]
    cells: dict[tuple[int, str], Decimal] = {}
    for line in lines:
        key = line.year, line.funder
        cells[key] = cells.get(key, ZERO) + (line.best if at_best else line.amount)
    return Budget(
        tuple(sorted({*years, *(line.year for line in lines)})),
        tuple(dict.fromkeys(line.funder for line in lines)),
        cells,
        ends(lines)[at_best],
    )


def without_cost(plan: Plan) -> int:
    """How many fiches have aids for a budget and nothing else: what they cost is not known."""
    return sum(only_aid(fiche.budget) for fiche in plan.fiches)


def funded_by_one(plan: Plan) -> int:
    """How many fiches have a budget and a single funder: their cost is not all there."""
    return sum(len({line.funder for line in fiche.budget}) == 1 for fiche in plan.fiches)


def budget_lines(funding: Funding, *, works: int, opening: int, last_year: int) -> tuple[BudgetLine, ...]:
    """The budget of a simulated project: aids from their low end to their high one, the remainder against them.

    Investment in the year of the `works`, running costs each year from `opening` to `last_year`. Where
    the cost is known the lines of a year add up to it at both ends; where it is not, the remainder is left out,
    and so is an aid whose scale is unknown.
    """
    investment = _lines(funding, INVESTMENT, works)
    running = [line for year in range(opening, last_year + 1) for line in _lines(funding, RUNNING, year)]
    return (*investment, *running)


def _lines(funding: Funding, nature: str, year: int) -> list[BudgetLine]:
    balance = funding.investment if nature == INVESTMENT else funding.running
    parts = [
        (line.label, "Caf", line.low, line.high, line.amount)
        for line in funding.lines
        if line.nature == nature and line.low is not None
    ]
    parts.append(("Participations des familles", "Familles", balance.families, None, None))
    if balance.cost is not None and balance.remainder_high is not None:
        at_best = max(balance.cost - balance.families - balance.aid_high, ZERO)
        parts.append(("Reste à financer", "Collectivité", balance.remainder_high, at_best, None))
    return [
        BudgetLine(label, funder, year, amount, nature, row or "", None if best == amount else best)
        for label, funder, amount, best, row in parts
        if amount > 0 or (best is not None and best > 0)
    ]
