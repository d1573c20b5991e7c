"""The least costly suppression of a small table, exactly: what the fast one is measured against.

One binary per cell (hidden or not) and, for each cell, two moves that give it its width when it is
hidden: the model of Fischetti and Salazar (2001) written out in full. Its size grows with the
square of the number of cells: for tables of some thirty cells.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
import pandas as pd
import scipy

from diagnostic.secrecy.linear import Relation, System

SECONDARY_BOUND = 2.0
"""The cost of the cells that `secondary` adds is at most this many times the least, on every small table tried."""


def least(cells: pd.DataFrame, relations: Iterable[Relation]) -> tuple[Hashable, ...] | None:
    """Keys to hide besides the masked ones at the least total weight; None when nothing protects them."""
    system = System(cells, relations)
    count = len(system.keys)
    limit = float(system.value.sum() + system.protection.max() + 1)
    moves = 2 * count
    size = count + moves * count
    constraints = [_unchanged(system, moves)] + _within(system, moves, limit) + [_wide(system)]
    low = np.concatenate([system.masked.astype(float), np.full(moves * count, -limit)])
    may_hide = system.masked | system.hideable
    high = np.concatenate([may_hide.astype(float), np.full(moves * count, limit)])
    weight = np.where(np.isfinite(system.weight) & ~system.masked, system.weight, 0.0)
    answer = scipy.optimize.milp(
        np.concatenate([weight, np.zeros(moves * count)]),
        constraints=constraints,
        bounds=scipy.optimize.Bounds(low, high),
        integrality=np.concatenate([np.ones(count), np.zeros(size - count)]),
    )
    if answer.x is None:
        return None
    hidden = answer.x[:count] > 0.5
    return tuple(
        key
        for key, is_hidden, was in zip(system.keys, hidden, system.masked, strict=True)
        if is_hidden and not was
    )


def _unchanged(system: System, moves: int) -> scipy.optimize.LinearConstraint:
    """Each move leaves every shown sum as it is."""
    count = len(system.keys)
    blocks = scipy.sparse.block_diag([system.matrix] * moves, format="csr")
    padding = scipy.sparse.csr_array((blocks.shape[0], count))
    return scipy.optimize.LinearConstraint(scipy.sparse.hstack([padding, blocks], format="csr"), 0, 0)


def _within(system: System, moves: int, limit: float) -> list[scipy.optimize.LinearConstraint]:
    """A cell moves only when hidden, and never below zero: -value·y ≤ d ≤ limit·y."""
    count = len(system.keys)
    above = scipy.sparse.lil_array((moves * count, count + moves * count))
    below = scipy.sparse.lil_array((moves * count, count + moves * count))
    for move in range(moves):
        for cell in range(count):
            row = move * count + cell
            above[row, count + row], above[row, cell] = 1.0, -limit
            below[row, count + row], below[row, cell] = 1.0, float(system.value[cell])
    return [
        scipy.optimize.LinearConstraint(above.tocsr(), -np.inf, 0),
        scipy.optimize.LinearConstraint(below.tocsr(), 0, np.inf),
    ]


def _wide(system: System) -> scipy.optimize.LinearConstraint:
    """The two moves of a hidden cell are at least its protection apart."""
    count = len(system.keys)
    apart = scipy.sparse.lil_array((count, count + 2 * count * count))
    for cell in range(count):
        apart[cell, count + 2 * cell * count + cell] = 1.0
        apart[cell, count + (2 * cell + 1) * count + cell] = -1.0
        apart[cell, cell] = -float(system.protection[cell])
    return scipy.optimize.LinearConstraint(apart.tocsr(), 0, np.inf)
