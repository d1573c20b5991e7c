"""Access to places and facilities: catchment areas (E2SFCA), nearest facility, share within a radius.

Pure: arrays in, arrays out. Distances are great-circle kilometres between points given by
longitude and latitude in degrees, so that they hold overseas as in métropole; communes are their
centres, whatever their size. A point whose longitude or latitude is unknown is never near anything.
Communes are rows, numbered from 0 in the order of the arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy
import shapely
from numpy.typing import ArrayLike

from diagnostic.gaps import floats, ratio
from diagnostic.model import DiagnosticError

EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""

METRES_PER_DEGREE = EARTH_KM * 1000 * np.pi / 180

Bands = tuple[tuple[float, float], ...]
"""Steps of distance: (up to so many kilometres, weight), nearest first; beyond the last, nothing counts."""

DEFAULT_BANDS: Bands = ((5.0, 1.0), (10.0, 0.68), (15.0, 0.22))
"""Three rings of 5 km with the weights of Luo and Qi (2009).

The 15 km stand in for the 15 minutes within which Drees counts crèches: at 60 km/h they are the same.
"""

WEIGHTS = tuple(weight for _, weight in DEFAULT_BANDS)
REACHES_KM = (9.0, 15.0, 24.0, 30.0)
"""Catchments that a reader may try; the first suits a dense city, the last the open country."""


def bands_to(reach_km: float) -> Bands:
    """Three rings of the same width up to `reach_km`, with the weights of `DEFAULT_BANDS`, which it gives at 15."""
    return tuple((reach_km * ring / 3, weight) for ring, weight in enumerate(WEIGHTS, 1))


QPV_NEAR_METRES = 500.0
"""A facility within this distance of a quartier prioritaire serves it, though outside."""

FEW = 700
"""Communes whose pairs are all measured."""

_SLACK = 1e-9
"""Share added to a chord so that rounding loses no pair; exact kilometres decide afterwards."""


# Distances


def haversine(lon: ArrayLike, lat: ArrayLike, other_lon: ArrayLike, other_lat: ArrayLike) -> np.ndarray:
    """Great-circle kilometres between points, elementwise; unknown where a coordinate is."""
    x, y, x2, y2 = (np.radians(floats(values)) for values in (lon, lat, other_lon, other_lat))
    half = np.sin((y2 - y) / 2) ** 2 + np.cos(y) * np.cos(y2) * np.sin((x2 - x) / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def _unit(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    x, y = np.radians(lon), np.radians(lat)
    return np.column_stack((np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)))


def _chord(km: float) -> float:
    return 2 * np.sin(min(km / EARTH_KM, np.pi) / 2) * (1 + _SLACK) + 1e-12


def nearest(
    from_lon: ArrayLike, from_lat: ArrayLike, to_lon: ArrayLike, to_lat: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Kilometres to the nearest of the `to` points and its number, for each `from` point.

    NaN and -1 where the point has no coordinates or there is nothing to be near to.
    """
    x, y, x2, y2 = (floats(values) for values in (from_lon, from_lat, to_lon, to_lat))
    km, index = np.full(len(x), np.nan), np.full(len(x), -1)
    starts, ends = np.flatnonzero(~np.isnan(x + y)), np.flatnonzero(~np.isnan(x2 + y2))
    if len(starts) and len(ends):
        found = scipy.spatial.cKDTree(_unit(x2[ends], y2[ends])).query(_unit(x[starts], y[starts]))[1]
        index[starts] = ends[found]
        km[starts] = haversine(x[starts], y[starts], x2[ends[found]], y2[ends[found]])
    return km, index


@dataclass(frozen=True, slots=True)
class Reached:
    """Children with access, without, and of whom nothing is known; `communes_unknown` counts the communes
    where access or the number of children is unknown."""

    within: float
    without: float
    unknown: float
    communes_unknown: int

    @property
    def share(self) -> float | None:
        """Share (0 to 1) of the children whose access is known; None when there are none."""
        known = self.within + self.without
        return self.within / known if known > 0 else None

    @property
    def covered(self) -> float | None:
        """Share (0 to 1) of the counted children whose access is known; None when there are none."""
        counted = self.within + self.without + self.unknown
        return (self.within + self.without) / counted if counted > 0 else None


def children_within(children: ArrayLike, reached: ArrayLike, located: ArrayLike | None = None) -> Reached:
    """Sum children by whether their commune is reached; `located` False means that this is unknown."""
    count, inside = floats(children), np.asarray(reached, dtype=bool)
    sure = np.ones(len(count), dtype=bool) if located is None else np.asarray(located, dtype=bool)
    sure = sure | inside
    return Reached(
        within=float(np.nansum(count[sure & inside])),
        without=float(np.nansum(count[sure & ~inside])),
        unknown=float(np.nansum(count[~sure])),
        communes_unknown=int((~sure | np.isnan(count)).sum()),
    )


# Catchment areas


@dataclass(frozen=True, slots=True)
class Pairs:
    """Communes within `radius_km` of one another, both ways and each with itself, sorted by `i` then `j`.

    `start[c]:start[c + 1]` are the pairs of commune c in `i`, `j`, `km`. A commune without coordinates
    has none, not even with itself.
    """

    i: np.ndarray
    j: np.ndarray
    km: np.ndarray
    start: np.ndarray
    radius_km: float

    @property
    def communes(self) -> int:
        return len(self.start) - 1


def pairs(lon: ArrayLike, lat: ArrayLike, radius_km: float = DEFAULT_BANDS[-1][0]) -> Pairs:
    """Find every pair of communes whose centres are at most `radius_km` apart."""
    x, y = floats(lon), floats(lat)
    located = np.flatnonzero(~np.isnan(x + y))
    found = np.empty((0, 2), dtype=int)
    if len(located) <= FEW:
        # All of them: a library of trees takes longer to load.
        found = located[np.column_stack(np.triu_indices(len(located), 1))]
    else:
        tree = scipy.spatial.cKDTree(_unit(x[located], y[located]))
        found = located[tree.query_pairs(_chord(radius_km), output_type="ndarray")]
    km = haversine(x[found[:, 0]], y[found[:, 0]], x[found[:, 1]], y[found[:, 1]])
    found, km = found[km <= radius_km], km[km <= radius_km]
    i = np.concatenate((found[:, 0], found[:, 1], located))
    j = np.concatenate((found[:, 1], found[:, 0], located))
    km = np.concatenate((km, km, np.zeros(len(located))))
    order = np.lexsort((j, i))
    start = np.concatenate(([0], np.cumsum(np.bincount(i, minlength=len(x)))))
    return Pairs(i[order], j[order].astype(np.int32), km[order], start.astype(np.int32), radius_km)


def check_bands(bands: Bands) -> None:
    """Refuse bands whose distances do not rise or whose weights are not positive and falling."""
    limits, weights = [limit for limit, _ in bands], [weight for _, weight in bands]
    rising = all(a < b for a, b in zip([0.0, *limits], limits, strict=False))
    falling = all(a >= b for a, b in zip(weights, weights[1:], strict=False)) and min(weights, default=0) > 0
    if not (rising and falling):
        raise DiagnosticError(
            "Les couronnes de distance sont mal formées : donnez des distances croissantes, chacune avec "
            "un poids positif qui ne remonte pas, par exemple 5 km (1), 10 km (0,68), 15 km (0,22).",
            code=2,
        )


def _weights(links: Pairs, bands: Bands) -> Callable[[np.ndarray], np.ndarray]:
    """What sums over the catchment of each commune the values of the others, by their weights."""
    check_bands(bands)
    if bands[-1][0] > links.radius_km:
        raise DiagnosticError(
            f"Les distances n’ont été calculées que jusqu’à {links.radius_km:g} km : réduisez la dernière "
            "couronne ou recalculez les distances avec un rayon plus grand.",
            code=2,
        )
    weight = _step(links.km, bands)
    inside = weight > 0
    here, there, weight = links.i[inside], links.j[inside], weight[inside]
    return lambda values: np.bincount(here, weight * values[there], minlength=links.communes)


def _step(km: np.ndarray, bands: Bands) -> np.ndarray:
    """Weight of each distance, 0 beyond the last band."""
    weights = np.array([weight for _, weight in bands] + [0.0])
    return weights[np.searchsorted([limit for limit, _ in bands], km)]


@dataclass(frozen=True, slots=True)
class Accessibility:
    """Places per child within reach of each commune, and what the figure rests on.

    `value` is unknown for a commune that reaches an unknown number of places or of children, and for
    one without coordinates. `floor` counts the known ones only: accessibility is at least that much.
    `covered` is the share (0 to 1) of the weighted catchment, in communes, whose places and demand are
    known. `per_child` is R: the places of each commune over `demand`, the weighted children who reach them.
    """

    value: np.ndarray
    floor: np.ndarray
    covered: np.ndarray
    per_child: np.ndarray
    demand: np.ndarray
    bands: Bands


def e2sfca(
    supply: ArrayLike, population: ArrayLike, links: Pairs, bands: Bands = DEFAULT_BANDS
) -> Accessibility:
    """Enhanced two-step floating catchment area: R_j = S_j ÷ Σ_i P_i·w(d_ij), A_i = Σ_j R_j·w(d_ij).

    `supply` counts places and `population` children, one value a commune. Places that no child reaches
    serve nobody (R = 0), hence Σ A_i·P_i = Σ S_j over the places that some child reaches. A commune
    without children has the accessibility that a child would find there. Source: Luo and Qi (2009),
    https://doi.org/10.1016/j.healthplace.2009.06.002.
    """
    places, children = floats(supply), floats(population)
    weights = _weights(links, bands)
    demand = weights(children)
    per_child = _per_child(places, demand)
    alone = np.diff(links.start) == 0
    value = weights(per_child)
    unknown = np.isnan(per_child)
    if not unknown.any():
        covered = np.ones(len(places))
        floor = value
    else:
        floor = weights(np.where(unknown, 0.0, per_child))
        covered = ratio(weights((~unknown).astype(float)), weights(np.ones(len(places))))
    value, floor, covered = (np.where(alone, np.nan, array) for array in (value, floor, covered))
    return Accessibility(value, floor, covered, per_child, demand, bands)


def _per_child(places: np.ndarray, demand: np.ndarray) -> np.ndarray:
    served = ratio(places, demand)
    return np.where((places == 0) | (demand == 0) & ~np.isnan(places), 0.0, served)


class Depends(NamedTuple):
    """One column for each: a commune, the share (0 to 1) of its accessibility from its own places, its main supplier (-1:
    none) and the share of that one, all unknown where the accessibility is unknown or nil; the share of its places used by
    its own children, unknown where it has no places."""

    commune: np.ndarray
    own_share: np.ndarray
    main_supplier: np.ndarray
    main_share: np.ndarray
    kept_share: np.ndarray


class Flows(NamedTuple):
    """One column for each, a row per commune and supplier, see `dependence`."""

    commune: np.ndarray
    supplier: np.ndarray
    access: np.ndarray
    access_share: np.ndarray
    places: np.ndarray
    places_share: np.ndarray


@dataclass(frozen=True, slots=True)
class Dependence:
    """Who depends on whom: the communes asked for, and every pair with a flow."""

    communes: Depends
    flows: Flows


def dependence(
    accessibility: Accessibility,
    population: ArrayLike,
    links: Pairs,
    communes: Sequence[int],
) -> Dependence:
    """Follow the places that reach the children of `communes`, and those of `communes` that leave them.

    `flows` holds each pair with a flow where either end is one of `communes`: `commune` (of the
    children), `supplier` (of the places), `access` (places per child brought), `access_share` (of the
    commune's accessibility), `places` (used) and `places_share` (of the supplier's places); most places
    first. Over all communes A_i = Σ_j access_ij and S_j = Σ_i places_ij. Places whose number is unknown
    make no flow. Same `population` and `links` as given to `e2sfca`.
    """
    asked = np.unique(np.asarray(communes, dtype=int))
    flows = _flows(links, asked, accessibility, floats(population))
    own = np.flatnonzero(flows.commune == flows.supplier)
    taken = np.flatnonzero(np.isin(flows.commune, asked))
    taken = taken[np.lexsort((flows.supplier[taken], -flows.access[taken]))]
    main = taken[np.unique(flows.commune[taken], return_index=True)[1]]

    def told(rows: np.ndarray, values: np.ndarray, otherwise: float) -> np.ndarray:
        """The values of these rows, by the commune of each, for the communes asked for."""
        found = np.full(links.communes, otherwise, dtype=np.result_type(values, type(otherwise)))
        found[flows.commune[rows]] = values[rows]
        return found[asked]

    known, supplied = accessibility.value[asked] > 0, accessibility.per_child[asked] > 0
    summary = Depends(
        commune=asked,
        own_share=np.where(known, told(own, flows.access_share, 0.0), np.nan),
        main_supplier=told(main, flows.supplier, -1),
        main_share=told(main, flows.access_share, np.nan),
        kept_share=np.where(supplied, told(own, flows.places_share, np.nan), np.nan),
    )
    return Dependence(summary, flows)


def _flows(links: Pairs, asked: np.ndarray, accessibility: Accessibility, children: np.ndarray) -> Flows:
    rows = [np.arange(links.start[one], links.start[one + 1]) for one in asked]
    near = np.concatenate([np.array([], dtype=int), *rows])
    here, there = links.i[near], links.j[near].astype(int)
    weight = _step(links.km[near], accessibility.bands)
    outside = ~np.isin(there, asked)
    commune = np.concatenate((here, there[outside]))
    supplier = np.concatenate((there, here[outside]))
    weight = np.concatenate((weight, weight[outside]))
    brought = weight * accessibility.per_child[supplier]
    places = brought * children[commune]
    found = Flows(
        commune,
        supplier,
        brought,
        ratio(brought, accessibility.value[commune]),
        places,
        ratio(weight * children[commune], accessibility.demand[supplier]),
    )
    kept = np.flatnonzero(brought > 0)
    kept = kept[np.lexsort((supplier[kept], commune[kept], -places[kept]))]
    return Flows(*(column[kept] for column in found))


# Quartiers prioritaires


class Beside(NamedTuple):
    """Pairs of a point and a shape, by their numbers, and the metres between both."""

    point: np.ndarray
    shape: np.ndarray
    metres: np.ndarray


def distance_to_shapes(
    lon: ArrayLike, lat: ArrayLike, geometries: Sequence, within_metres: float = QPV_NEAR_METRES
) -> Beside:
    """Metres from points to polygons in degrees, for every pair at most `within_metres` apart.

    `point` and `shape` are numbers in the order given, `metres` 0 inside or on the edge; a point far from every shape
    is in no pair. Each shape is measured on a plane tangent at its centre
    (equirectangular), good to half a percent at this distance anywhere between 60° north and south.
    """
    x, y = floats(lon), floats(lat)
    shapes = np.array(list(geometries), dtype=object)
    located = np.flatnonzero(~np.isnan(x + y))
    usable = np.flatnonzero([shape is not None and not shape.is_empty for shape in shapes])
    if not len(located) or not len(usable):
        return Beside(np.array([], int), np.array([], int), np.array([], float))
    shapes = shapes[usable]
    bounds = shapely.bounds(shapes)
    centre = (bounds[:, :2] + bounds[:, 2:]) / 2
    scale = METRES_PER_DEGREE * np.column_stack((np.cos(np.radians(centre[:, 1])), np.ones(len(shapes))))
    margin = 1.01 * within_metres / scale
    boxes = shapely.box(*(bounds[:, :2] - margin).T, *(bounds[:, 2:] + margin).T)
    shape, point = shapely.STRtree(shapely.points(x[located], y[located])).query(boxes)
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    plane = shapely.set_coordinates(shapes.copy(), (corners - centre[owner]) * scale[owner])
    spots = (np.column_stack((x[located], y[located]))[point] - centre[shape]) * scale[shape]
    metres = shapely.distance(plane[shape], shapely.points(spots))
    found = Beside(located[point], usable[shape], metres)
    near = np.flatnonzero(metres <= within_metres)
    near = near[np.lexsort((found.shape[near], found.point[near]))]
    return Beside(*(column[near] for column in found))
