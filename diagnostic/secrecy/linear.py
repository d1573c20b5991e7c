"""What a reader can infer about masked cells from the sums that are shown.

A table is a vector of cells x ≥ least tied by published sums: total = Σ coefficient × part. Totals are
cells too, so they may be masked as well. The reader knows every unmasked cell and every relation.
The range of a masked cell is what remains possible; it is disclosed when that range is narrower
than the protection declared for it.

Source of the method: Willenborg and de Waal, Elements of Statistical Disclosure Control (2001),
chapters on cell suppression; Fischetti and Salazar, Management Science 47 (2001), for the
protection intervals and the linear programs of the attacker.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

DEFAULT_PROTECTION = 1.0
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Relation:
    """A sum that the reader sees: total = Σ coefficient × part.

    `total` is the key of a cell, or None when the sum is printed elsewhere and can no longer be
    masked. `coefficients` are all 1 when empty.
    """

    total: Hashable | None
    parts: tuple[Hashable, ...]
    coefficients: tuple[float, ...] = ()


class System:
    """Cells and relations as arrays. Built once, never changed.

    `cells` has `key`, `value`, `masked`, and optionally `weight` (cost of hiding the cell, default 1,
    infinite = may not be hidden), `protection` (width that its range must keep when it is
    masked, default 1; 0 = needs none) and `least` (what a reader knows a hidden one to be at least, default 0: 1
    where zeros are printed; a cell below it is never hidden). A relation that names an unknown key is an error (KeyError):
    a sum that is shown without its cells cannot be defended.
    """

    def __init__(self, cells: pd.DataFrame, relations: Iterable[Relation]) -> None:
        self.keys: list[Hashable] = list(cells["key"])
        self.position = {key: place for place, key in enumerate(self.keys)}
        if len(self.position) != len(self.keys):
            raise ValueError("a cell key stands twice in the table")
        value = cells["value"].to_numpy(float)
        self.known = ~np.isnan(value)
        least = cells["least"].to_numpy(float) if "least" in cells else np.zeros(len(value))
        if (value < 0).any():
            raise ValueError("cells are counts: a negative value has no place here")
        # A source-masked value is unknown to us too: no room to move is the safe belief.
        self.least = np.where(self.known, least, 0.0)
        self.value = np.where(self.known, np.maximum(value - least, 0.0), 0.0)
        """How far each cell can go down in the eyes of a reader: its value above the least it may be."""
        self.masked = cells["masked"].to_numpy(bool)
        count = len(self.keys)
        self.weight = cells["weight"].to_numpy(float) if "weight" in cells else np.ones(count)
        protection = cells["protection"].to_numpy(float) if "protection" in cells else np.full(count, np.nan)
        self.protection = np.where(np.isnan(protection), DEFAULT_PROTECTION, protection)
        # An unmasked unknown helps nobody: we cannot promise how far it can move.
        self.hideable = np.isfinite(self.weight) & self.known & ~self.masked & ~(value < least)
        self.rows = [self._row(relation) for relation in relations]
        self.of: list[list[int]] = [[] for _ in range(count)]
        for place, (columns, _) in enumerate(self.rows):
            for column in columns.tolist():
                self.of[column].append(place)
        self.matrix = self._matrix()
        self.role = self._roles()

    def _row(self, relation: Relation) -> tuple[np.ndarray, np.ndarray]:
        columns = [self.position[part] for part in relation.parts]
        coefficients = list(relation.coefficients) or [1.0] * len(columns)
        if relation.total is not None:
            columns.append(self.position[relation.total])
            coefficients.append(-1.0)
        if len(set(columns)) != len(columns):
            raise ValueError("a relation names the same cell twice")
        return np.array(columns, dtype=int), np.array(coefficients, dtype=float)

    def _matrix(self) -> scipy.sparse.csr_array:
        lengths = [len(columns) for columns, _ in self.rows]
        rows = np.repeat(np.arange(len(self.rows)), lengths)
        columns = np.concatenate([c for c, _ in self.rows]) if self.rows else np.empty(0, int)
        data = np.concatenate([a for _, a in self.rows]) if self.rows else np.empty(0)
        return scipy.sparse.csr_array(
            scipy.sparse.coo_array((data, (rows, columns)), shape=(len(self.rows), len(self.keys)))
        )

    def _roles(self) -> list[tuple[bytes, bytes]]:
        """For each cell the relations it stands in, with its coefficients: same role, same equations."""
        columns = self.matrix.tocsc()
        columns.sort_indices()
        start = columns.indptr
        return [
            (
                columns.indices[start[c] : start[c + 1]].tobytes(),
                columns.data[start[c] : start[c + 1]].tobytes(),
            )
            for c in range(len(self.keys))
        ]

    def components(self, masked: np.ndarray) -> list[np.ndarray]:
        """Groups of masked cells that share relations, each an array of positions."""
        columns = np.flatnonzero(masked)
        if not len(columns):
            return []
        part = self.matrix[:, columns]
        touched = np.flatnonzero(np.diff(part.indptr))
        part = part[touched]
        size = len(touched) + len(columns)
        coordinates = part.tocoo()
        graph = scipy.sparse.coo_array(
            (np.ones(coordinates.nnz), (coordinates.row, coordinates.col + len(touched))), shape=(size, size)
        )
        _, label = scipy.sparse.csgraph.connected_components(graph, directed=False)
        label = label[len(touched) :]
        order = np.argsort(label, kind="stable")
        return np.split(columns[order], np.flatnonzero(np.diff(label[order])) + 1)


class Moves:
    """The moves d that leave every shown figure as it is: A d = 0, x + d ≥ 0, on one component."""

    def __init__(self, system: System, component: np.ndarray) -> None:
        part = system.matrix[:, component]
        self.matrix = part[np.flatnonzero(np.diff(part.indptr))]
        self.value = system.value[component]
        self.need = system.protection[component]

    def solve(
        self, places: Sequence[int], *, down: bool = False, cap: Sequence[float] | None = None
    ) -> np.ndarray | None:
        """The move that takes each of these cells furthest up (or down); None when there is none.

        Several cells at once only where no relation links them: each then goes as far as it would alone.
        """
        aim = np.zeros(len(self.value))
        aim[places] = 1.0 if down else -1.0
        bounds = np.column_stack([-self.value, np.full(len(self.value), np.inf)])
        if cap is not None:
            bounds[places, 1] = cap
        equal = (self.matrix, np.zeros(self.matrix.shape[0])) if self.matrix.shape[0] else (None, None)
        answer = scipy.optimize.linprog(aim, A_eq=equal[0], b_eq=equal[1], bounds=bounds, method="highs")
        return answer.x if answer.status == 0 else None

    def exposed(self, decided: np.ndarray, group: np.ndarray) -> list[int]:
        """Places whose range is narrower than needed; `decided` ones are known to be safe.

        `group` numbers the components: one program asks one question of each. Each solution is a
        possible table: it widens what is known of all the cells at once, so that one program often
        settles many of them.
        """
        low, high = np.zeros(len(self.value)), np.zeros(len(self.value))
        left = ~decided & (self.need > 0)
        bad: list[int] = []
        while left.any():
            _, first = np.unique(group[left], return_index=True)
            asked = np.flatnonzero(left)[first]
            for down in (False, True):
                narrow = asked[high[asked] - low[asked] < self.need[asked] - TOLERANCE]
                if not len(narrow):
                    break
                move = self.solve(narrow, down=down, cap=self.need[narrow])
                if move is not None:
                    np.minimum(low, move, out=low)
                    np.maximum(high, move, out=high)
            wide = high - low >= self.need - TOLERANCE
            bad.extend(asked[~wide[asked]].tolist())
            left &= ~wide
            left[asked] = False
        return bad


def exposed(system: System, masked: np.ndarray, among: Iterable[np.ndarray] | None = None) -> list[int]:
    """Positions of the masked cells whose range is too narrow; empty when the table is safe.

    A cheap certificate settles nearly every cell, linear programs settle the rest. `among` limits
    the work to some components.
    """
    components, sures = [], []
    for component in system.components(masked) if among is None else among:
        sure = _certified(system, masked, component)
        if not sure.all():
            components.append(component)
            sures.append(sure)
    if not components:
        return []
    cells = np.concatenate(components)
    group = np.repeat(np.arange(len(components)), [len(component) for component in components])
    places = Moves(system, cells).exposed(np.concatenate(sures), group)
    return cells[places].tolist()


def room(value: np.ndarray, coefficient: np.ndarray) -> np.ndarray:
    """How wide each of these cells of one relation may move while the others make up for it.

    A cell goes up when a cell of the same sign goes down (as far as its value) or one of the
    opposite sign goes up (without limit); down, at most by its own value, the other way round.
    """
    positive = coefficient > 0
    weight = np.abs(coefficient) * value
    same = np.where(coefficient > 0, weight[positive].sum(), weight[~positive].sum())
    opposite = np.where(coefficient > 0, weight[~positive].sum(), weight[positive].sum())
    has_same = np.where(coefficient > 0, positive.sum(), (~positive).sum())
    has_opposite = np.where(coefficient > 0, (~positive).sum(), positive.sum())
    size = np.abs(coefficient)
    own = size * value
    up = np.where(has_opposite > 0, np.inf, (same - own) / size)
    down = np.where(has_same > 1, value, np.minimum(value, opposite / size))
    return np.maximum(up, 0) + np.maximum(down, 0)


def _certified(system: System, masked: np.ndarray, component: np.ndarray) -> np.ndarray:
    """True for the cells that are surely safe. Never True for an exposed cell.

    Cells with the same role cover for each other, and so do the free cells of one relation. A cell
    is free when no other relation holds it, or when its second relation has free cells that
    follow it (the total of masked communes follows them).
    """
    sure = system.protection[component] <= 0
    sure |= _covered_by_twins(system, component)
    if sure.all():
        return sure
    place_of = {int(cell): place for place, cell in enumerate(component)}
    rows = {row for cell in component.tolist() for row in system.of[cell]}
    if not rows:
        return np.ones(len(component), bool)
    single = {cell for cell in place_of if len(system.of[cell]) == 1}
    for row in rows:
        columns, coefficients = system.rows[row]
        inside = masked[columns]
        columns, coefficients = columns[inside], coefficients[inside]
        reach = _reaches(system, masked, columns.tolist(), row, single)
        free = ~np.isnan(reach)
        if free.sum() < 2:
            continue
        width = room(reach[free], coefficients[free])
        for cell, wide in zip(columns[free].tolist(), width.tolist(), strict=True):
            if wide >= system.protection[cell]:
                sure[place_of[cell]] = True
    return sure


def _covered_by_twins(system: System, component: np.ndarray) -> np.ndarray:
    """True for the cells whose twins leave enough room: moving one up and another down shows nowhere."""
    twins: dict[tuple[bytes, bytes], list[int]] = {}
    for place, cell in enumerate(component.tolist()):
        twins.setdefault(system.role[cell], []).append(place)
    covered = np.zeros(len(component), bool)
    for places in twins.values():
        if len(places) > 1:
            cells = component[places]
            width = room(system.value[cells], np.ones(len(cells)))
            covered[places] = width >= system.protection[cells]
    return covered


def _reaches(system: System, masked: np.ndarray, cells: list[int], row: int, single: set[int]) -> np.ndarray:
    """How far each masked cell of `row` can go down by itself; NaN when it is not free."""
    reach = np.full(len(cells), np.nan)
    used: dict[int, int] = {}
    for place, cell in enumerate(cells):
        if cell in single:
            reach[place] = system.value[cell]
        elif len(system.of[cell]) == 2:
            other = sum(system.of[cell]) - row
            # Two cells that lean on the same followers could ask twice for the same room.
            if other in used:
                reach[used[other]] = np.nan
                continue
            used[other] = place
            reach[place] = _followed(system, masked, cell, other, single)
    return reach


def _followed(system: System, masked: np.ndarray, cell: int, row: int, single: set[int]) -> float:
    """How far `cell` can go down when only free cells of `row` follow it; NaN when none does."""
    columns, coefficients = system.rows[row]
    sign = float(coefficients[columns == cell][0])
    room_below = [
        system.value[other] * abs(coefficient)
        for other, coefficient in zip(columns.tolist(), coefficients.tolist(), strict=True)
        if other != cell and masked[other] and other in single and coefficient * sign < 0
    ]
    return float(min(system.value[cell], sum(room_below) / abs(sign))) if room_below else np.nan
