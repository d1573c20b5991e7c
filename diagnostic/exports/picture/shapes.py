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
        "select g.code, t.name, g.wkb, coalesce(p.value, 0) from geometry g "
        "join territory t on t.level = g.level and t.code = g.code "
        "left join figure p on p.level = g.level and p.code = g.code and p.indicator = 'population' "
        "and p.year = (select max(year) from figure where indicator = 'population') "
        "where g.level = ? and list_contains(?, g.code) and g.wkb is not null order by g.code",
        level,
        list(codes),
    )
    return tuple(
        Polygon(code, french.typographic(name), shapely.from_wkb(bytes(wkb)), size)
        for code, name, wkb, size in rows
    )


def shapes(report: Report, db: Database) -> list[Shape]:
    """Polygons of the members (or of the territory itself), in kilometres east and north of their middle."""
    level, codes = places_of(report)
    found = polygons(db, level, tuple(codes))
    if not found:
        return []
    project = projection([one.geometry for one in found])
    return [
        Shape(one.code, one.name, shapely.transform(one.geometry, project), one.population) for one in found
    ]


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
