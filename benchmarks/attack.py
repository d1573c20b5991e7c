"""One who knows: the deposit of an EPCI as a reader sees it, and what linear programs find of its hidden cells.

The reader knows every figure that is shown, that a hidden count is at least 1 since zeros are printed, which sums
are sums of which, that classes never exceed their total.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from diagnostic.local.plan import Plan
from diagnostic.local.store import Deposit
from diagnostic.local.templates import TEMPLATES
from diagnostic.model import Status
from diagnostic.secrecy import RULES

Cell = tuple[str, str, str]
Sum = tuple[frozenset[str], str]
EPCI = "200000001"


def deposit(seed: int) -> tuple[Deposit, Mapping[tuple[str, str], frozenset[str]]]:
    """A file of one EPCI of 3 to 30 communes: a Caf extract, or places of assistantes maternelles."""
    random = np.random.default_rng(seed)
    codes = [f"01{place:03d}" for place in range(int(random.integers(3, 31)))]
    size = np.exp(random.normal(random.uniform(2, 4.5), 1.2, len(codes)))
    template = "caf" if seed % 3 else "assistantes_maternelles"
    if template == "caf":
        (total, classes), *_ = TEMPLATES["caf"].sums
        table = {
            stat: random.poisson(size * share)
            for stat, share in zip(classes, (0.2, 0.3, 0.3, 0.15), strict=True)
        }
        left = random.poisson(size * 0.05) if seed % 2 else 0
        table[total] = sum(table.values()) + left
        table["caf_aeeh"] = random.poisson(size * 0.03)
        table["caf_monoparentales"] = random.poisson(size * 0.12)
    else:
        persons = random.poisson(size * 0.08)
        table = {"am_places": np.array([random.integers(2, 5, n).sum() for n in persons])}
        if seed % 2:
            table["am_actives"] = persons
    rows = [pd.DataFrame({"commune": codes, "stat": stat, "value": found}) for stat, found in table.items()]
    facts = pd.concat(rows, ignore_index=True).astype({"value": float})
    facts = facts.assign(year=2024, status=Status.OK, source=f"local_{template}")
    brought = Deposit(template, "extrait.csv", date(2026, 1, 2), 2024, facts, TEMPLATES[template].rule)
    return brought, {("epci", EPCI): frozenset(codes)}


def hidden(plan: Plan) -> list[Cell]:
    """The cells that the reader does not see."""
    return [cell for cell, (_, status) in plan.cells.items() if status is Status.SECRET]


def true(plan: Plan, cell: Cell) -> float:
    """The value behind a cell."""
    level, code, stat = cell
    return sum(plan.free[stat][commune] for commune in plan.members.get((level, code), (code,)))


def ranges(plan: Plan, *others: Plan) -> dict[Cell, tuple[float, float]]:
    """What remains possible of each hidden cell of `plan`, for one who saw `others` of the same facts too."""
    every = (plan, *others)
    seen = {
        _sum(one, cell): value for one in every for cell, (value, _) in one.cells.items() if value is not None
    }
    cells = {_sum(one, cell) for one in every for cell in one.cells}
    unknown = {cell: place for place, cell in enumerate(cell for cell in cells if cell not in seen)}
    if not unknown:
        return {cell: (seen[_sum(plan, cell)],) * 2 for cell in hidden(plan)}
    equal, same, below, room = [], [], [], []

    def row(parts: dict[Sum, float]) -> tuple[np.ndarray, float]:
        line, known = np.zeros(len(unknown)), 0.0
        for cell, factor in parts.items():
            if cell in unknown:
                line[unknown[cell]] += factor
            else:
                known += factor * seen[cell]
        return line, -known

    for communes, stat in cells:
        parts = {(frozenset((commune,)), stat): 1.0 for commune in communes}
        if len(communes) > 1 and all(part in cells for part in parts):
            line, known = row(parts | {(communes, stat): -1.0})
            equal.append(line)
            same.append(known)
    for total, classes in TEMPLATES[plan.deposit.template].sums:
        for communes in {communes for communes, _ in cells}:
            parts = {(communes, stat): 1.0 for stat in classes if (communes, stat) in cells}
            if (communes, total) in cells and parts:
                line, known = row(parts | {(communes, total): -1.0})
                below.append(line)
                room.append(known)
    limits = {
        "A_eq": np.array(equal) if equal else None,
        "b_eq": np.array(same) if equal else None,
        "A_ub": np.array(below) if below else None,
        "b_ub": np.array(room) if below else None,
        "bounds": [(1, None)] * len(unknown),
    }
    found = {}
    for cell in hidden(plan):
        wanted = _sum(plan, cell)
        if wanted not in unknown:
            found[cell] = (seen[wanted], seen[wanted])
            continue
        aim = np.zeros(len(unknown))
        aim[unknown[wanted]] = 1.0
        low, high = linprog(aim, **limits), linprog(-aim, **limits)
        found[cell] = (low.fun, np.inf if high.status == 3 else -high.fun)
    return found


def _sum(plan: Plan, cell: Cell) -> Sum:
    """A cell as the sum that it is: two files have a total each, one name, and not the same communes."""
    level, code, stat = cell
    return plan.members.get((level, code), frozenset((code,))), stat


def needed(plan: Plan, cell: Cell) -> float:
    """The protection stated for a cell: the threshold of its rule where it is small, else 1."""
    rule = RULES[plan.deposit.rule]
    return rule.threshold if 0 < true(plan, cell) < rule.threshold else 1.0


def broken(plan: Plan, *others: Plan) -> tuple[int, int]:
    """How many hidden cells are found exactly, and how many within less than the protection stated."""
    found = ranges(plan, *others)
    exact = sum(high - low < 1e-6 for low, high in found.values())
    narrow = sum(high - low < needed(plan, cell) - 1e-5 for cell, (low, high) in found.items())
    return exact, narrow
