"""Territories that resemble one: the nearest on stated variables, each with the reasons.

Pure: frame in, frames out. Euclidean distance between standardised variables (z-scores with the
population standard deviation over the territories compared).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from diagnostic.gaps import floats
from diagnostic.model import DiagnosticError

K = 15
"""How many peers, unless the user says otherwise."""

REASONS = 3
"""How many variables explain why a territory is a peer."""


@dataclass(frozen=True, slots=True)
class Peers:
    """The peers of a territory, nearest first.

    `peers`: `code`, `distance` (in standard deviations; unknown for a territory added by hand with an
    unknown variable), `added` (by the user), `why`: up to three of {"variable", "own", "peer",
    "difference"}, the closest variables first, `difference` in standard deviations.
    `variables` were used: not those that the territory itself does not know, nor those that all territories share.
    """

    peers: pd.DataFrame
    variables: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.peers["code"])


def nearest_peers(
    frame: pd.DataFrame,
    code: str,
    variables: Sequence[str],
    k: int = K,
    add: Sequence[str] = (),
    drop: Sequence[str] = (),
) -> Peers:
    """Find the `k` territories of `frame` nearest to `code`, then those that the user adds.

    `frame` has one row per territory of one level: `code` and the variables; give skewed ones (population,
    density) as logarithms. A variable unknown for the territory itself is ignored; a candidate with an
    unknown variable is left out, for a distance on fewer variables would be shorter. A dropped territory
    leaves its place to the next; one both added and dropped is dropped. Equal distances are settled by
    code. Raises DiagnosticError when a code is not in the frame or no variable is left.
    """
    table = frame.set_index("code")
    if not table.index.is_monotonic_increasing:
        table = table.sort_index(kind="stable")
    _check_codes(table, code, [code, *add])
    values = pd.DataFrame({name: floats(table[name]) for name in variables}, index=table.index)
    values = values.drop(columns=[name for name in variables if np.isnan(values.at[code, name])])
    complete = values.notna().all(axis=1)
    spread = values[complete].std(ddof=0)
    flat = spread.index[~(spread > 1e-12 * values[complete].abs().max())]
    used = [name for name in values.columns if name not in flat]
    if not used:
        raise DiagnosticError(
            "Aucune des variables choisies ne permet de comparer ce territoire : choisissez-en d’autres, "
            "connues pour lui et différentes d’un territoire à l’autre."
        )
    known = values[used].to_numpy()
    scores = known / spread[used].to_numpy()
    own = values.index.get_loc(code)
    apart = np.abs(scores - scores[own])
    distance = np.where(complete, np.sqrt((apart**2).sum(axis=1)), np.nan)
    number = {other: values.index.get_loc(other) for other in (*add, *drop) if other in values.index}
    candidates = np.flatnonzero(complete.to_numpy())
    candidates = candidates[
        ~np.isin(candidates, [own, *(number[other] for other in drop if other in number)])
    ]
    near = candidates[np.argsort(distance[candidates], kind="stable")[:k]].tolist()
    left = {own, *near, *(number[other] for other in drop if other in number)}
    more = [row for row in dict.fromkeys(number[other] for other in add) if row not in left]
    rows = [
        {
            "code": values.index[row],
            "distance": float(distance[row]),
            "added": row in more,
            "why": _why(used, known[own], known[row], apart[row]),
        }
        for row in near + more
    ]
    return Peers(
        peers=pd.DataFrame(rows, columns=["code", "distance", "added", "why"]),
        variables=tuple(used),
    )


def _check_codes(table: pd.DataFrame, code: str, wanted: Sequence[str]) -> None:
    for one in wanted:
        if one not in table.index:
            raise DiagnosticError(
                f"Le territoire « {one} » ne figure pas parmi ceux que l’on peut comparer à « {code} » : "
                "choisissez un territoire de même niveau.",
                code=2,
            )


def _why(names: Sequence[str], own: np.ndarray, peer: np.ndarray, apart: np.ndarray) -> list[dict]:
    closest = [number for number in np.argsort(apart, kind="stable") if not np.isnan(apart[number])][:REASONS]
    return [
        {
            "variable": names[number],
            "own": float(own[number]),
            "peer": float(peer[number]),
            "difference": float(apart[number]),
        }
        for number in closest
    ]
