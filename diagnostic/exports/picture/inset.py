"""The crowded part of a map, drawn a second time and larger."""

from __future__ import annotations

import math
from collections.abc import Sequence

from diagnostic.exports.picture.frame import Frame, bounds_of
from diagnostic.exports.picture.shapes import Shape

SHARE = 5.5
"""The window is this many times smaller than the territory."""
SMALL_CM = 1.25
"""Under this width a member of the map has no room for its name."""
FEWEST = 4


def crowded(found: Sequence[Shape], frame: Frame) -> tuple[float, float, float, float] | None:
    """West, south, east, north (km) of the window that holds most people of the members too small to read.

    None when fewer than four of them stand together.
    """
    small = [s for s in found if math.sqrt(s.geometry.area) / frame.per_cm < SMALL_CM * frame.scale]
    if len(small) < FEWEST:
        return None
    west, south, east, north = bounds_of(found)
    half = max(east - west, north - south) / SHARE / 2
    middles = [(shape, shape.geometry.representative_point()) for shape in small]

    def inside(x: float, y: float) -> list[Shape]:
        return [s for s, point in middles if abs(point.x - x) <= half and abs(point.y - y) <= half]

    best = max(
        (point for _, point in middles),
        key=lambda p: sum(s.population or 0.0 for s in inside(p.x, p.y)),
    )
    chosen = inside(best.x, best.y)
    if len(chosen) < FEWEST:
        return None
    xs, ys = ([getattr(point, axis) for s, point in middles if s in chosen] for axis in "xy")
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    half *= 1.1
    return x - half, y - half, x + half, y + half
