"""Territories that resemble one: the nearest on stated variables, each with the reasons.

Pure. Euclidean distance between standardised variables (z-scores with the
population standard deviation over the territories compared).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from diagnostic.gaps import floats
from diagnostic.model import DiagnosticError

K = 15
"""How many peers, unless the user says otherwise."""

REASONS = 3
"""How many variables explain why a territory is a peer."""


class Peer(NamedTuple):
    """One of them: `distance` in standard deviations (unknown for a territory added by hand with an unknown variable),
    `added` by the user, `why`: up to three of {"variable", "own", "peer", "difference"}, the closest variables first,
    `difference` in standard deviations."""

    code: str
    distance: float
    added: bool
    why: list[dict]


@dataclass(frozen=True, slots=True)
class Peers:
    """The peers of a territory, nearest first. `variables` were used: not those that the territory itself does not know, nor those that all territories share."""

    peers: tuple[Peer, ...]
    variables: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(peer.code for peer in self.peers)


def nearest_peers(
    columns: Mapping[str, ArrayLike],
    code: str,
    variables: Sequence[str],
    k: int = K,
    add: Sequence[str] = (),
    drop: Sequence[str] = (),
) -> Peers:
    """Find the `k` territories of `columns` nearest to `code`, then those that the user adds.

    `columns` have one row per territory of one level: `code` and the variables; give skewed ones (population,
    density) as logarithms. A variable unknown for the territory itself is ignored; a candidate with an
    unknown variable is left out, for a distance on fewer variables would be shorter. A dropped territory
    leaves its place to the next; one both added and dropped is dropped. Equal distances are settled by
    code. Raises DiagnosticError when a code is not among them or no variable is left.
    """
    codes = np.asarray(columns["code"], dtype=object)
    order = np.argsort(codes, kind="stable")
    codes = codes[order]
    number = {other: row for row, other in enumerate(codes.tolist())}
    _check_codes(number, code, [code, *add])
    own = number[code]
    asked = {name: floats(columns[name])[order] for name in variables}
    values = {name: column for name, column in asked.items() if not np.isnan(column[own])}
    complete = ~np.isnan(np.array([*values.values(), np.zeros(len(codes))])).any(axis=0)
    spread = {name: float(np.std(column[complete])) for name, column in values.items()}
    used = [name for name in values if spread[name] > 1e-12 * np.abs(values[name][complete]).max()]
    if not used:
        raise DiagnosticError(
            "Aucune des variables choisies ne permet de comparer ce territoire : choisissez-en d’autres, "
            "connues pour lui et différentes d’un territoire à l’autre."
        )
    known = np.column_stack([values[name] for name in used])
    scores = known / np.array([spread[name] for name in used])
    apart = np.abs(scores - scores[own])
    distance = np.where(complete, np.sqrt((apart**2).sum(axis=1)), np.nan)
    dropped = {number[other] for other in drop if other in number}
    candidates = np.flatnonzero(complete)
    candidates = candidates[~np.isin(candidates, [own, *dropped])]
    near = candidates[np.argsort(distance[candidates], kind="stable")[:k]].tolist()
    left = {own, *near, *dropped}
    more = [row for row in dict.fromkeys(number[other] for other in add) if row not in left]
    return Peers(
        tuple(
            Peer(
                codes[row], float(distance[row]), row in more, _why(used, known[own], known[row], apart[row])
            )
            for row in near + more
        ),
        tuple(used),
    )


def _check_codes(known: Mapping[str, int], code: str, wanted: Sequence[str]) -> None:
    for one in wanted:
        if one not in known:
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
