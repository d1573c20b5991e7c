"""Secondary suppression: the fewest further cells to hide so that no masked one can be found.

Three steps. A greedy one makes each relation safe by itself; linear programs then look for what
several relations together still disclose, and hide the support of the cheapest move that
protects the cell (Kelly, Golden and Assad, Networks 22, 1992); the last step takes back what
turned out not to be needed. `python -m benchmarks secrecy` holds its cost against the exact optimum.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from diagnostic.secrecy.linear import TOLERANCE, Relation, System, exposed, room

REVIEW_LIMIT = 60
"""Masked cells of a component above which the last step is left out: it would cost more than it saves."""


@dataclass(frozen=True, slots=True)
class Protection:
    """`added` cells to hide beside the primary ones; `exposed` those that no further hiding protects.

    `exposed` is empty unless cells that may not be hidden (a sum already printed) disclose some.
    """

    added: tuple[Hashable, ...]
    exposed: tuple[Hashable, ...]

    @property
    def safe(self) -> bool:
        return not self.exposed


def secondary(cells: pd.DataFrame, relations: Iterable[Relation]) -> Protection:
    """Cells to hide besides those already masked so that every masked range keeps its width.

    `cells`: one row per cell, `key`, `value` (≥ 0, NaN when unknown), `masked`, and optionally
    `weight` and `protection` (see `System`). Values are never changed, only hidden. Deterministic.
    """
    system = System(cells, relations)
    masked = system.masked.copy()
    _make_relations_safe(system, masked, _rows_of(system, np.flatnonzero(masked)))
    lost: set[int] = set()
    safe: set[bytes] = set()
    while True:
        looked_at = _touched(system, masked, lost, safe)
        found = set(exposed(system, masked, looked_at))
        safe.update(cells.tobytes() for cells in looked_at if found.isdisjoint(cells.tolist()))
        if not found - lost:
            break
        # One cell of each component: protecting it may protect the others.
        for cells in looked_at:
            bad = sorted(found.intersection(cells.tolist()) - lost)
            if bad and not _protect(system, masked, bad[0]):
                lost.add(bad[0])
    _take_back(system, masked)
    added = np.flatnonzero(masked & ~system.masked)
    return Protection(
        tuple(system.keys[cell] for cell in added), tuple(system.keys[cell] for cell in sorted(lost))
    )


def _touched(system: System, masked: np.ndarray, lost: set[int], safe: set[bytes]) -> list[np.ndarray]:
    """The components that are not known to be safe, nor given up whole."""
    return [
        component
        for component in system.components(masked)
        if component.tobytes() not in safe and not lost.issuperset(component.tolist())
    ]


def _rows_of(system: System, cells: np.ndarray) -> list[int]:
    return sorted({row for cell in cells.tolist() for row in system.of[cell]})


def _make_relations_safe(system: System, masked: np.ndarray, rows: Iterable[int]) -> None:
    """Hide cells until no relation, looked at alone, discloses a masked cell."""
    queue = deque(rows)
    waiting = set(queue)
    while queue:
        row = queue.popleft()
        waiting.discard(row)
        while (cell := _weakest(system, masked, row)) is not None:
            choice = _best_partner(system, masked, row, cell)
            if choice is None:
                break
            masked[choice] = True
            for other in system.of[choice]:
                if other != row and other not in waiting:
                    queue.append(other)
                    waiting.add(other)


def _weakest(system: System, masked: np.ndarray, row: int) -> int | None:
    """The masked cell of the relation that lacks the most room; None when all have enough."""
    columns, coefficients = system.rows[row]
    inside = masked[columns]
    if not inside.any():
        return None
    columns = columns[inside]
    lack = system.protection[columns] - room(system.value[columns], coefficients[inside])
    worst = int(np.argmax(lack))
    return int(columns[worst]) if lack[worst] > TOLERANCE else None


def _best_partner(system: System, masked: np.ndarray, row: int, cell: int) -> int | None:
    """The unmasked cell of the relation whose hiding protects `cell` at the least cost."""
    columns, coefficients = system.rows[row]
    open_ = system.hideable[columns] & ~masked[columns]
    if not open_.any():
        return None
    sign = coefficients[columns == cell][0]
    candidates, factors = columns[open_], coefficients[open_]
    inside = masked[columns]
    values, signs = system.value[columns[inside]], coefficients[inside]
    here = int(np.flatnonzero(columns[inside] == cell)[0])
    need = system.protection[cell]
    best, best_rank = None, None
    for candidate, factor in zip(candidates.tolist(), factors.tolist(), strict=True):
        value = system.value[candidate]
        width = room(np.append(values, value), np.append(signs, factor))[here]
        enough = bool(width >= need - TOLERANCE)
        alone = sum(not masked[system.rows[other][0]].any() for other in system.of[candidate] if other != row)
        cost = system.weight[candidate] + alone
        rank = (not enough, cost, factor * sign < 0, value if enough else -value, candidate)
        if best_rank is None or rank < best_rank:
            best, best_rank = candidate, rank
    return best


def _protect(system: System, masked: np.ndarray, cell: int) -> bool:
    """Hide the support of the cheapest pair of moves that gives `cell` its width; False if there is none."""
    cells, rows = _neighbourhood(system, cell)
    matrix = scipy.sparse.csr_array(system.matrix[rows][:, cells])
    value, need = system.value[cells], system.protection[cell]
    movable = masked[cells] | system.hideable[cells]
    cost = np.where(masked[cells], 0.0, np.where(movable, system.weight[cells], 0.0))
    # A large cell moves further for the same price: the price is for hiding it, not for the distance.
    price = cost / np.clip(value, 1.0, max(need, 1.0)) + 1e-6
    here = int(np.flatnonzero(cells == cell)[0])
    support = _cheapest_moves(matrix, value, movable, price, here, need)
    if support is None:
        return False
    fresh = cells[support & ~masked[cells]]
    if not len(fresh):
        return False
    masked[fresh] = True
    _make_relations_safe(system, masked, _rows_of(system, fresh))
    return True


def _cheapest_moves(
    matrix: scipy.sparse.csr_array,
    value: np.ndarray,
    movable: np.ndarray,
    price: np.ndarray,
    here: int,
    need: float,
) -> np.ndarray | None:
    """Support of two moves, up and down, that together span `need` at cell `here`; None if impossible.

    Variables: rises and falls of the upward move, then those of the downward one.
    """
    count = len(value)
    signed = scipy.sparse.hstack([matrix, -matrix])
    equal = scipy.sparse.block_array([[signed, None], [None, signed]], format="csr")
    span = np.zeros(4 * count)
    span[[here, count + here, 2 * count + here, 3 * count + here]] = [1.0, -1.0, -1.0, 1.0]
    rise = np.where(movable, np.inf, 0.0)
    fall = np.where(movable, value, 0.0)
    upper = np.concatenate([rise, fall, rise, fall])
    answer = scipy.optimize.linprog(
        np.tile(price, 4),
        A_ub=-span[None, :],
        b_ub=[-need],
        A_eq=equal,
        b_eq=np.zeros(equal.shape[0]),
        bounds=np.column_stack([np.zeros(4 * count), upper]),
        method="highs",
    )
    if answer.status != 0:
        return None
    return answer.x.reshape(4, count).max(axis=0) > TOLERANCE


def _neighbourhood(system: System, cell: int) -> tuple[np.ndarray, np.ndarray]:
    """Cells and relations linked to `cell`, masked or not."""
    pattern = scipy.sparse.coo_array(system.matrix)
    size = len(system.rows)
    graph = scipy.sparse.coo_array(
        (np.ones(pattern.nnz), (pattern.row, pattern.col + size)), shape=(size + len(system.keys),) * 2
    )
    _, label = scipy.sparse.csgraph.connected_components(graph, directed=False)
    same = label == label[size + cell]
    return np.flatnonzero(same[size:]), np.flatnonzero(same[:size])


def _take_back(system: System, masked: np.ndarray) -> None:
    """Show again the added cells that nobody needs, dearest first."""
    for component in system.components(masked):
        if len(component) > REVIEW_LIMIT:
            continue
        added = component[~system.masked[component]]
        for cell in sorted(added.tolist(), key=lambda c: (-system.weight[c], -system.value[c], c)):
            masked[cell] = False
            if any(_weakest(system, masked, row) is not None for row in system.of[cell]) or _reopens(
                system, masked, component
            ):
                masked[cell] = True


def _reopens(system: System, masked: np.ndarray, component: np.ndarray) -> bool:
    inside = np.zeros_like(masked)
    inside[component] = masked[component]
    return bool(exposed(system, masked, system.components(inside)))
