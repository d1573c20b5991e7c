"""Where to add places first: greedy packages where Σ children · max(target − A_i, 0) falls most.

A_i is what a child of commune i reaches, in places per child. With `reach` (weights of the catchment
areas, as E2SFCA builds them) a place serves the communes around; without, its own commune only. The
greedy choice is not always the optimum; a test holds it against an exhaustive search on small cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from diagnostic import access, french
from diagnostic.gaps import floats
from diagnostic.model import DiagnosticError

PACKAGES = (12, 20, 40)
"""A micro-crèche, a small crèche, a crèche."""

FOR_DISTRICT = FOR_POVERTY = 0.5
"""What a priority adds to the weight of a commune."""

_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Package:
    """A block of places given to a commune. `gain` is the fall of the (unweighted) shortfall, in places."""

    commune: str
    name: str
    places: int
    gain: float
    reason: str


@dataclass(frozen=True, slots=True)
class Allocation:
    """Packages in the order they were chosen; `left` places would reduce nothing or fit no package.

    `unknown` names the communes left out because their children or access are unknown, `childless` those without a child.
    """

    packages: tuple[Package, ...]
    before: float
    after: float
    left: int
    unknown: tuple[str, ...]
    childless: tuple[str, ...] = ()

    @property
    def by_commune(self) -> dict[str, int]:
        """Places by commune code, largest first."""
        added: dict[str, int] = {}
        for package in self.packages:
            added[package.commune] = added.get(package.commune, 0) + package.places
        return dict(sorted(added.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, slots=True)
class _Field:
    """Arrays of the known communes: people, what they reach, what a place in j gives to i, and the places that
    the children of a commune can still fill (`room`)."""

    codes: list[str]
    children: np.ndarray
    access: np.ndarray
    response: np.ndarray
    room: np.ndarray
    target: float

    def shortfalls(self, reached: np.ndarray) -> np.ndarray:
        return self.children * np.maximum(self.target - reached, 0)

    def gains(self, reached: np.ndarray, weights: np.ndarray, size: int) -> np.ndarray:
        """Fall of the weighted shortfall for `size` places in each commune."""
        lacking = np.maximum(self.target - reached[:, None] - size * self.response, 0)
        people = weights * self.children
        return people @ np.maximum(self.target - reached, 0) - people @ lacking


def where_first(
    communes: pd.DataFrame,
    places: int,
    *,
    target: float,
    reach: pd.DataFrame | None = None,
    priority: pd.Series | None = None,
    useful: float = 0.0,
) -> Allocation:
    """Share `places` among the communes, package by package, best gain per place first.

    `communes`: index code; columns `name`, `children`, and `access` (places per 100 children reached
    now) or else `places`. `target`: places per 100 children. `reach`: one row per pair, columns `origin`
    (where the child lives), `destination` (where the place is), `weight` (0 to 1), and `children` of the
    origin where it lies outside the frame. `priority`: weight of each commune, 1 for an ordinary one
    (see `priority_weights`). At equal gain the larger package, then the commune that reaches least.
    No commune is given more places, with those that it has where they are known, than it has children, nor a package of
    which less than the share `useful` reduces what is lacking.
    """
    if places < 0:
        raise DiagnosticError("Saisissez un nombre de places positif.")
    field = _field(communes, target, reach)
    weights = _weights(priority, field.codes)
    reached, chosen, left, room = field.access, [], places, field.room.copy()
    while True:
        pick = _best(field, reached, weights, [size for size in PACKAGES if size <= left], room, useful)
        if pick is None:
            break
        column, size = pick
        after = reached + size * field.response[:, column]
        code = field.codes[column]
        gain = float((field.shortfalls(reached) - field.shortfalls(after)).sum())
        reason = _reason(communes.loc[code], pick, gain, field, reached[column], first=weights[column] > 1)
        chosen.append(Package(code, communes.at[code, "name"], size, gain, reason))
        reached, left = after, left - size
        room[column] -= size
    empty = communes["children"].astype(float) == 0
    left_out = ~communes.index.isin(field.codes) & ~empty
    before, remaining = field.shortfalls(field.access).sum(), field.shortfalls(reached).sum()
    return Allocation(
        tuple(chosen),
        float(before),
        float(remaining),
        left,
        tuple(communes.loc[left_out, "name"]),
        tuple(communes.loc[empty, "name"]),
    )


def catchment(
    codes: Sequence[str], children: ArrayLike, links: access.Pairs, bands: access.Bands
) -> pd.DataFrame:
    """The `reach` frame of the catchment areas that `access.e2sfca` uses: one row per pair within reach.

    `codes` and `children` (under 3, NaN unknown) are those of every commune that `links` numbers, the
    neighbours of the territory included: they share the places too.
    """
    access.check_bands(bands)
    steps = np.array([weight for _, weight in bands] + [0.0])
    weights = steps[np.searchsorted([limit for limit, _ in bands], links.km)]
    names, people = np.asarray(codes, dtype=object), floats(children)
    pairs = pd.DataFrame(
        {
            "origin": names[links.i],
            "destination": names[links.j],
            "weight": weights,
            "children": people[links.i],
        }
    )
    return pairs[pairs["weight"] > 0].reset_index(drop=True)


def shortfall(
    communes: pd.DataFrame,
    added: Mapping[str, int],
    *,
    target: float,
    reach: pd.DataFrame | None = None,
) -> float:
    """Σ children · max(target − A_i, 0) in places once `added` places by commune stand: the user's choice."""
    field = _field(communes, target, reach)
    unknown = set(added) - set(field.codes)
    if unknown:
        raise DiagnosticError(
            f"La commune {min(unknown)} n’est pas dans le territoire, ou ses données sont inconnues. Retirez-la."
        )
    places = np.array([float(added.get(code, 0)) for code in field.codes])
    return float(field.shortfalls(field.access + field.response @ places).sum())


def priority_weights(
    communes: pd.DataFrame,
    *,
    poverty_reference: float | None = None,
) -> pd.Series:
    """1 + `FOR_DISTRICT` where a quartier prioritaire lies + `FOR_POVERTY` where poverty is over the reference.

    Columns `qpv` (number of quartiers), `poverty` (%) and `working` (% of the children whose parents work, by which
    the weight is multiplied, the mean of the communes being 1). What is unknown adds nothing. These
    weights are choices of ours to be declared on screen, not an official rule.
    """
    weights = pd.Series(1.0, index=communes.index)
    if "qpv" in communes:
        weights += FOR_DISTRICT * (communes["qpv"].astype(float) > 0)
    if "poverty" in communes and poverty_reference is not None:
        weights += FOR_POVERTY * (communes["poverty"].astype(float) > poverty_reference)
    if "working" in communes:
        share = communes["working"].astype(float)
        weights *= (share / share.mean()).fillna(1.0)
    return weights


def _best(
    field: _Field,
    reached: np.ndarray,
    weights: np.ndarray,
    sizes: Sequence[int],
    room: np.ndarray,
    useful: float,
) -> tuple[int, int] | None:
    """The (commune, size) of the best gain per place; None when no package reduces anything."""
    best, choice = None, None
    for size in sorted(set(sizes), reverse=True):
        fits = (room >= size) & (field.gains(reached, np.ones(len(room)), size) >= useful * size - _SAME)
        per_place = np.where(fits, field.gains(reached, weights, size) / size, 0.0)
        top = per_place.max(initial=0.0)
        if top <= _SAME or (best is not None and top <= best * (1 + _SAME)):
            continue
        tied = np.flatnonzero(per_place >= top * (1 - _SAME))
        choice = (int(tied[np.argmin(reached[tied])]), size)
        best = top
    return choice


def _field(communes: pd.DataFrame, target: float, reach: pd.DataFrame | None) -> _Field:
    children = communes["children"].astype(float)
    if "access" in communes:
        reached = communes["access"].astype(float) / 100
    elif reach is not None:
        raise DiagnosticError("Avec des bassins de desserte, donnez l’accessibilité actuelle des communes.")
    else:
        reached = communes["places"].astype(float) / children
    known = communes.index[(children > 0) & reached.notna()]
    codes = list(known)
    people = children[known].to_numpy()
    response = np.diag(1 / people) if reach is None else _response(reach, children, codes)
    own = communes["places"].astype(float)[known].fillna(0.0) if "places" in communes else 0.0
    room = np.maximum(people - np.asarray(own, dtype=float), 0.0)
    return _Field(codes, people, reached[known].to_numpy(), response, room, target / 100)


def _response(reach: pd.DataFrame, children: pd.Series, codes: list[str]) -> np.ndarray:
    """response[i, j]: places per child that one place in j gives to a child of i: w_ij ÷ Σ_k P_k·w_kj."""
    people = reach["origin"].map(children).astype(float)
    if "children" in reach:
        people = people.where(people.notna(), reach["children"])
    asked = people * reach["weight"]
    # Places shared with an unknown number of children have an unknown effect: none is claimed.
    demand = (
        asked.groupby(reach["destination"]).sum().where(~asked.isna().groupby(reach["destination"]).any())
    )
    weights = (
        reach[reach["origin"].isin(codes) & reach["destination"].isin(codes)]
        .pivot_table(index="origin", columns="destination", values="weight", aggfunc="sum", fill_value=0.0)
        .reindex(index=codes, columns=codes, fill_value=0.0)
    )
    bottom = demand.reindex(codes).to_numpy(dtype=float)
    return np.divide(weights.to_numpy(), bottom, out=np.zeros(weights.shape), where=bottom > 0)


def _weights(priority: pd.Series | None, codes: list[str]) -> np.ndarray:
    if priority is None:
        return np.ones(len(codes))
    weights = priority.reindex(codes).to_numpy(dtype=float)
    if not (weights >= 0).all():
        raise DiagnosticError("Chaque commune attend un poids de priorité positif ou nul. Complétez-les.")
    return weights


def _reason(
    commune: pd.Series, pick: tuple[int, int], gain: float, field: _Field, reached: float, *, first: bool
) -> str:
    column, size = pick
    found = french.number(100 * reached, 1)
    goal = french.number(100 * field.target, 1)
    around = np.count_nonzero(field.response[:, column]) - 1
    now = (
        f"un enfant y atteint l’équivalent de {found} places"
        if "access" in commune
        else f"on y compte {found} places"
    )
    some = french.reckoned(gain, "place", "places", exact=False)
    fall = french.of_text(some) if french.rounded(gain) else "de moins d’une place"
    sentence = (
        f"{commune['name']} : {french.quantity(size, 'place', 'places')}. Aujourd’hui {now} pour 100 enfants de "
        f"moins de 3 ans, pour une cible de {goal} ; le manque recule {fall}"
    )
    if around > 0:
        neighbours = french.quantity(around, "commune voisine", "communes voisines")
        sentence += f", avec l’effet sur {neighbours}"
    if first:
        sentence += " ; commune prioritaire selon les poids choisis"
    return french.typographic(f"{sentence}.")
