"""Every position ends in WGS 84: declared systems are reprojected, undeclared ones recognised by their range."""

from __future__ import annotations

import re

import numpy as np
import pyproj
import shapely

from diagnostic.warehouse.files import Unreadable

WGS84 = 4326
LAMBERT_93 = 2154
# Projected systems of the overseas départements, by the code of the département: UTM zones.
OVERSEAS = {"971": 5490, "972": 5490, "973": 2972, "974": 2975, "976": 4471}
# Longitude and latitude of everything French, the hexagone first; nothing of ours stands elsewhere.
FRANCE = (
    (-5.6, 41.2, 9.8, 51.3),
    (-63.2, 14.2, -60.7, 18.2),
    (-54.7, 2.0, -51.5, 5.9),
    (55.1, -21.5, 55.9, -20.8),
    (44.9, -13.1, 45.4, -12.5),
)
# The ocean where the fictional territory lies, whatever its size.
_ISLAND = (-17.5, 42.5, -5.4, 51.5)
# Lambert-93 in metres: no UTM northing or longitude falls in it.
_LAMBERT_RANGE = (0.0, 6_000_000.0, 1_300_000.0, 7_200_000.0)


def declared_crs(crs: object) -> int | None:
    """The EPSG code that a GeoJSON declares (older files do); None when it declares none."""
    if not isinstance(crs, dict):
        return None
    name = str((crs.get("properties") or {}).get("name", ""))
    if "CRS84" in name:
        return WGS84
    number = re.search(r"EPSG:{1,2}(?:[\d.]*:)?(\d+)$", name)
    return int(number[1]) if number else None


def to_wgs84(shapes: np.ndarray, declared: int | None, title: str) -> np.ndarray:
    """The shapes (or None) in WGS 84. Metres without declaration are recognised by their range.

    Raise Unreadable when they are in no system that we know, or when what is declared puts them out of France.
    """
    known = np.array([shape is not None for shape in shapes])
    if not known.any():
        return shapes
    bounds = shapely.bounds(shapes[known])
    corners = np.nanmedian(bounds, axis=0)
    system = declared or WGS84
    if system != WGS84 and _degrees(corners):
        # Degrees under the name of a projected system: the numbers tell the truth.
        system = WGS84
    if system == WGS84 and not _degrees(corners):
        found = recognised_crs((corners[0] + corners[2]) / 2, (corners[1] + corners[3]) / 2)
        if found is None:
            raise Unreadable(
                f"{title} : positions hors de France (x {corners[0]:.0f}, y {corners[1]:.0f}), système de coordonnées "
                "inconnu. Prenez le fichier en WGS 84 (longitude, latitude)."
            )
    if system == WGS84:
        return shapes
    try:
        turn = pyproj.Transformer.from_crs(system, WGS84, always_xy=True)
    except pyproj.exceptions.CRSError as error:
        raise Unreadable(
            f"{title} : système de coordonnées EPSG {system} inconnu. Prenez le fichier en WGS 84."
        ) from error
    moved = shapes.copy()
    moved[known] = shapely.transform(
        shapely.force_2d(shapes[known]),
        lambda points: np.column_stack(turn.transform(points[:, 0], points[:, 1])),
    )
    return moved


def _degrees(corners: np.ndarray) -> bool:
    return bool(
        abs(corners[0]) <= 180 and abs(corners[2]) <= 180 and abs(corners[1]) <= 90 and abs(corners[3]) <= 90
    )


def recognised_crs(x: float, y: float) -> int | None:
    """The projected system whose range holds these metres; of the overseas zones, the one that lands in France."""
    west, south, east, north = _LAMBERT_RANGE
    if west <= x <= east and south <= y <= north:
        return LAMBERT_93
    for zone in sorted(set(OVERSEAS.values())):
        if not 100_000 <= x <= 900_000 or not 0 <= y <= 10_000_000:
            continue
        lon, lat = pyproj.Transformer.from_crs(zone, WGS84, always_xy=True).transform(x, y)
        if in_france(lon, lat):
            return zone
    return None


def in_france(lon: float, lat: float) -> bool:
    """Whether a position falls in the box of the hexagone or of an overseas département."""
    return any(west <= lon <= east and south <= lat <= north for west, south, east, north in FRANCE)


def on_the_island(lon: float, lat: float) -> bool:
    """Whether a position falls where the fictional territory lies."""
    west, south, east, north = _ISLAND
    return west <= lon <= east and south <= lat <= north
