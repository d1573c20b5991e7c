"""An island of cells without gaps, far out in the ocean, and points and blobs inside them.

Lengths are in kilometres around the island's centre; longitudes and latitudes in degrees (WGS84).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import Voronoi

SPACING = 4.0
EAST_COAST = -5.5
CENTRE_LATITUDE = 47.0
KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class Mosaic:
    """Communes as polygons whose neighbours share exactly the same vertices.

    `centres` (n, 2) in degrees. `rings[i]` is the closed ring of commune i, counter-clockwise around its
    centre. `neighbours` holds (i, j, longitude, latitude, kilometres) for each shared border: the two
    communes, the border's middle and its length.
    """

    centres: np.ndarray
    rings: list[np.ndarray]
    neighbours: list[tuple[int, int, float, float, float]]

    def polygons(self) -> np.ndarray:
        return shapely.polygons([shapely.linearrings(ring) for ring in self.rings])


def island(count: int, rng: np.random.Generator) -> Mosaic:
    """Draw `count` cells in the shape of an island with an uneven coast."""
    points = _jittered(count, rng)
    outline = 1 + 0.10 * np.sin(2 * _angle(points) + 1.0) + 0.06 * np.sin(5 * _angle(points) + 2.0)
    order = np.argsort(np.hypot(points[:, 0], points[:, 1]) / outline, kind="stable")
    points = points[order]
    diagram = Voronoi(points)
    vertices, middles = _borders(diagram, rng)
    radius = SPACING * np.sqrt(count / np.pi)
    to_degrees = _projection(radius)
    rings = [_ring(diagram, i, vertices, middles) for i in range(count)]
    neighbours = [
        (
            int(a),
            int(b),
            *to_degrees(vertices[middles[_key(v, w)]]),
            float(np.hypot(*(vertices[v] - vertices[w]))),
        )
        for (a, b), (v, w) in zip(diagram.ridge_points, diagram.ridge_vertices, strict=True)
        if a < count and b < count
    ]
    return Mosaic(
        to_degrees(points[:count]),
        [np.round(to_degrees(vertices[ring]), 5) for ring in rings],
        neighbours,
    )


def _jittered(count: int, rng: np.random.Generator) -> np.ndarray:
    """A triangular grid, shaken, wider than the island so that every cell is closed."""
    reach = int(np.sqrt(count / np.pi) * 1.35) + 5
    columns, rows = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    grid = np.column_stack([(columns + 0.5 * (rows % 2)).ravel(), rows.ravel() * 0.866]) * SPACING
    return grid + rng.uniform(-0.3, 0.3, grid.shape) * SPACING


def _angle(points: np.ndarray) -> np.ndarray:
    return np.arctan2(points[:, 1], points[:, 0])


def _key(v: int, w: int) -> tuple[int, int]:
    return (v, w) if v < w else (w, v)


def _borders(diagram: Voronoi, rng: np.random.Generator) -> tuple[np.ndarray, dict[tuple[int, int], int]]:
    """The vertices with one bent middle for each border, and where each middle is."""
    ends = np.sort(np.array(diagram.ridge_vertices), axis=1)
    first, last = diagram.vertices[ends[:, 0]], diagram.vertices[ends[:, 1]]
    along = last - first
    bend = rng.uniform(-0.12, 0.12, len(ends)) * (np.hypot(along[:, 0], along[:, 1]) > 0.15 * SPACING)
    bend *= ends[:, 0] >= 0
    middle = (first + last) / 2 + bend[:, None] * np.column_stack([-along[:, 1], along[:, 0]])
    start = len(diagram.vertices)
    keys = map(tuple, ends.tolist())
    return np.vstack([diagram.vertices, middle]), {key: start + i for i, key in enumerate(keys)}


def _ring(diagram: Voronoi, cell: int, vertices: np.ndarray, middles: dict) -> list[int]:
    region = np.array(diagram.regions[diagram.point_region[cell]])
    region = region[np.argsort(_angle(vertices[region] - diagram.points[cell]))].tolist()
    ring = []
    for v, w in zip(region, region[1:] + region[:1], strict=True):
        ring += [v, middles[_key(v, w)]]
    return [*ring, ring[0]]


def _projection(radius: float):
    squeeze = KM_PER_DEGREE * np.cos(np.radians(CENTRE_LATITUDE))
    west = EAST_COAST - radius / squeeze

    def to_degrees(kilometres: np.ndarray) -> np.ndarray:
        lon = west + kilometres[..., 0] / squeeze
        lat = CENTRE_LATITUDE + kilometres[..., 1] / KM_PER_DEGREE
        return np.stack([lon, lat], axis=-1)

    return to_degrees


def partition(points: np.ndarray, members: np.ndarray, sizes: list[int]) -> list[np.ndarray]:
    """Cut `members` into compact groups of the given sizes by halving along the longer side."""
    if len(sizes) == 1:
        return [members]
    half = len(sizes) // 2
    cut = sum(sizes[:half])
    spread = np.ptp(points[members], axis=0)
    order = members[np.argsort(points[members, int(spread[1] > spread[0])], kind="stable")]
    return partition(points, order[:cut], sizes[:half]) + partition(points, order[cut:], sizes[half:])


def scatter(mosaic: Mosaic, communes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One random point inside the polygon of each commune named, denser near the centre: (n, 2)."""
    sizes = np.array([len(ring) - 1 for ring in mosaic.rings])
    starts = np.concatenate([[0], np.cumsum(sizes + 1)[:-1]])
    flat = np.vstack(mosaic.rings)
    pick = starts[communes] + (rng.random(len(communes)) * sizes[communes]).astype(int)
    centre = mosaic.centres[communes]
    side = rng.random(len(communes))[:, None]
    edge = flat[pick] * side + flat[pick + 1] * (1 - side)
    return centre + (edge - centre) * 0.95 * rng.random(len(communes))[:, None] ** 0.8


def blob(lon: float, lat: float, kilometres: float, rng: np.random.Generator) -> np.ndarray:
    """A closed ring of eleven corners around a point, about `kilometres` in radius."""
    angles = np.linspace(0, 2 * np.pi, 11, endpoint=False)
    reach = kilometres * rng.uniform(0.7, 1.0, 11) / KM_PER_DEGREE
    squeeze = np.cos(np.radians(CENTRE_LATITUDE))
    ring = np.column_stack([lon + reach * np.cos(angles) / squeeze, lat + reach * np.sin(angles)])
    return np.round(np.vstack([ring, ring[:1]]), 6)
