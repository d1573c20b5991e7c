"""Polygons of the places that a map shows, in local kilometres."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from diagnostic import french
from diagnostic.report import Report
from diagnostic.warehouse import Database


@dataclass(frozen=True)
class Shape:
    """A polygon in local kilometres, with the name and the code of its territory."""

    code: str
    name: str
    geometry: shapely.Geometry
    population: float


@dataclass(frozen=True)
class Polygon:
    """A polygon in degrees."""

    code: str
    name: str
    geometry: shapely.Geometry
    population: float


@lru_cache(maxsize=8)
def polygons(db: Database, level: str, codes: tuple[str, ...]) -> tuple[Polygon, ...]:
    """The known polygons of places of one level, by code: several maps of one report ask for the same."""
    rows = db.rows(
        "select g.code, t.name, g.wkb from geometry g join territory t on t.level = g.level and t.code = g.code "
        "where g.level = ? and list_contains(?, g.code) and g.wkb is not null order by g.code",
        level,
        list(codes),
    )
    # Two statements: joined, all the figures of the country are read for a few codes.
    [(year,)] = db.rows("select max(year) from figure where indicator = 'population'")
    peopled = dict(
        db.rows(
            "select code, value from figure where indicator = 'population' and level = ? and year = ? "
            "and list_contains(?, code) and value is not null",
            level,
            year,
            list(codes),
        )
    )
    return tuple(
        Polygon(code, french.typographic(name), shapely.from_wkb(bytes(wkb)), peopled.get(code, 0.0))
        for code, name, wkb in rows
    )


def shapes(report: Report, db: Database, level: str = "") -> list[Shape]:
    """Polygons of the members (or of the territory itself; of every territory of `level` where it is given), in
    kilometres east and north of their middle; those overseas are gathered beside the metropole."""
    found = polygons(db, *asked(report, db, level))
    if not found:
        return []
    if _spread(found):
        return _gathered(found)
    project = projection([one.geometry for one in found])
    return [
        Shape(one.code, one.name, shapely.transform(one.geometry, project), one.population) for one in found
    ]


def asked(report: Report, db: Database, level: str = "") -> tuple[str, tuple[str, ...]]:
    """The level and the codes of the polygons of a map."""
    if level:
        rows = db.rows("select code from territory where level = ? order by code", level)
        return level, tuple(code for (code,) in rows)
    own, codes = places_of(report)
    return own, tuple(codes)


WIDE = 30.0
"""Degrees from which a territory lies on both sides of an ocean."""
METROPOLE = (-10.0, 15.0, 38.0, 55.0)
BOX_KM, APART_KM = 165.0, 30.0
"""Side of the place of each territory overseas, and what parts them."""


def _spread(found: Sequence[Polygon]) -> bool:
    west, _, east, _ = shapely.total_bounds(np.array([one.geometry for one in found]))
    return east - west > WIDE and any(_at_home(one) for one in found)


def _at_home(one: Polygon) -> bool:
    west, south, east, north = shapely.bounds(one.geometry)
    x, y = (west + east) / 2, (south + north) / 2
    return METROPOLE[0] < x < METROPOLE[1] and METROPOLE[2] < y < METROPOLE[3]


def _gathered(found: Sequence[Polygon]) -> list[Shape]:
    """The metropole at its scale, each territory overseas at its own, one under another at the west."""
    home = [one for one in found if _at_home(one)]
    project = projection([one.geometry for one in home])
    placed = [
        Shape(one.code, one.name, shapely.transform(one.geometry, project), one.population) for one in home
    ]
    west, _, _, north = shapely.total_bounds(np.array([one.geometry for one in placed]))
    away = [one for one in found if not _at_home(one)]
    for number, one in enumerate(away):
        local = shapely.transform(one.geometry, projection([one.geometry]))
        x0, y0, x1, y1 = shapely.bounds(local)
        shrunk = min(1.0, BOX_KM / max(x1 - x0, y1 - y0)) if max(x1 - x0, y1 - y0) else 1.0
        if max(x1 - x0, y1 - y0) < BOX_KM / 2:
            shrunk = BOX_KM / 2 / max(x1 - x0, y1 - y0)
        at = np.array([west - APART_KM - BOX_KM / 2, north - (number + 0.5) * (BOX_KM + APART_KM)])
        moved = shapely.transform(local, lambda xy, k=shrunk, to=at: xy * k + to)
        placed.append(Shape(one.code, one.name, moved, one.population))
    return placed


def projection_of(report: Report, db: Database):
    """What turns degrees into the kilometres of `shapes`."""
    level, codes = places_of(report)
    return projection([one.geometry for one in polygons(db, level, tuple(codes))])


def places_of(report: Report) -> tuple[str, list[str]]:
    if len(report.members) > 1:
        return str(report.member_level), [member.territory.code for member in report.members]
    if report.territory.communes:
        return "commune", list(report.territory.communes)
    return str(report.territory.level), [report.territory.code]


def projection(geometries: Sequence[shapely.Geometry]):
    """Equirectangular kilometres around the middle: right within a département, overseas as in métropole."""
    west, south, east, north = shapely.total_bounds(np.array(geometries))
    lon, lat = (west + east) / 2, (south + north) / 2
    scale = np.array([111.32 * math.cos(math.radians(lat)), 110.57])

    def project(points: np.ndarray) -> np.ndarray:
        return (points - np.array([lon, lat])) * scale

    return project


def patch(geometry: shapely.Geometry, **style) -> PathPatch:
    rings = []
    for polygon in getattr(geometry, "geoms", [geometry]):
        if polygon.geom_type == "Polygon":
            rings += [polygon.exterior, *polygon.interiors]
    paths = [Path(shapely.get_coordinates(ring)[:, :2], closed=True) for ring in rings]
    return PathPatch(Path.make_compound_path(*paths), **style)
