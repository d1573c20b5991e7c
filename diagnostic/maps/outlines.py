"""The outlines of a map as GeoJSON: its units, what is around them, districts and IRIS, the country as one drawing."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import shapely

from diagnostic import french, gazetteer, territories
from diagnostic.directory.folding import fold
from diagnostic.model import (
    FRANCE,
    Below,
    DiagnosticError,
    Level,
    Territory,
)
from diagnostic.warehouse import shapes
from diagnostic.warehouse.database import Database

SCALES = (Level.COMMUNE, Level.EPCI, Level.DEPARTEMENT, Level.REGION)
AROUND = 0.6
"""How far around the territory its neighbours are drawn, in widths of it."""

NEIGHBOURS = 300
"""Past that many, they are left out: a part of them would look like the whole."""
MOST_FINE = 1500
"""Units drawn again with finer outlines when a visitor zooms in; more would be a file of many megabytes."""
FINER = 10
"""How many times closer to the outline supplied than what is drawn at first."""


def units(db: Database, level: Level, scope: Territory) -> tuple[Territory, ...]:
    """The territories of `level` inside `scope`, arrondissements left out, by name; looked for once."""
    name = f"units {level} {scope.key}"
    kept = db.shelf.get(name)
    return kept if kept is not None else db.shelf.keep(name, _units(db, level, scope))


def _units(db: Database, level: Level, scope: Territory) -> tuple[Territory, ...]:
    known = gazetteer.index(db)
    if level is Level.COMMUNE:
        found = [known.territories[Level.COMMUNE, code] for code in territories.communes(db, scope)]
    else:
        found = [item for (at, _), item in known.territories.items() if at == level and _inside(item, scope)]
    return tuple(sorted(found, key=lambda item: (fold(item.name), item.code)))


def _inside(item: Territory, scope: Territory) -> bool:
    if scope.level is Level.FRANCE:
        return True
    if scope.level is Level.REGION:
        return scope.code in (item.region, item.code if item.level is Level.REGION else None)
    if scope.level is Level.DEPARTEMENT:
        return scope.code in (item.departement, item.code if item.level is Level.DEPARTEMENT else None)
    return item.key == scope.key


def outlines_json(db: Database, level: str, scope: str, *, fine: bool = False) -> bytes:
    """GeoJSON of the units of `level` inside the territory `scope`, its outline, and the units around it; `fine`
    for who zooms in.

    Each feature has `code`, `nom` and `ou`: "in", "out" or "outline". DiagnosticError when unknown.
    """
    if level in set(Below):
        return _areas_json(db, Below(level), scope)
    if level not in SCALES:
        raise DiagnosticError("Cette échelle n’a pas de contours.", code=2)
    return _outlines(db, Level(level), scope, fine)


@dataclass(frozen=True)
class Area:
    """An IRIS or a priority district of a commune: its outline as GeoJSON, and the box around it."""

    code: str
    name: str
    geojson: str
    box: tuple[float, float, float, float]


def areas(db: Database, kind: Below, commune: str) -> tuple[Area, ...]:
    """What a commune is cut into, where outlines are loaded; those of the arrondissements of a city too."""
    name = f"areas {kind} {commune}"
    kept = db.shelf.get(name)
    return kept if kept is not None else db.shelf.keep(name, tuple(_areas(db, kind, commune)))


def _areas(db: Database, kind: Below, commune: str) -> Iterator[Area]:
    parts = [
        code
        for (code,) in db.rows("select code from territory where level = 'commune' and parent = ?", commune)
    ]
    if kind is Below.QPV:
        for one in quarters(db, [commune, *parts]):
            if one.geometry is not None:
                box = shapely.geometry.shape(one.geometry).bounds
                yield Area(one.code, one.name, json.dumps(one.geometry, separators=(",", ":")), box)
    else:
        rows = db.rows(
            "select code, name, geojson, west, south, east, north from iris_place join geometry using (code) "
            "where geometry.level = 'iris' and list_contains(?, commune) order by code",
            [commune, *parts],
        )
        yield from (Area(code, name, shape, tuple(box)) for code, name, shape, *box in rows)


@lru_cache(maxsize=48)
def _areas_json(db: Database, kind: Below, scope: str) -> bytes:
    territory = territories.get(db, scope)
    if territory.level is not Level.COMMUNE:
        raise DiagnosticError("Cette échelle n’a de contours que dans une commune.", code=2)
    features = [_feature(one.code, one.name, "in", one.geojson) for one in areas(db, kind, territory.code)]
    features += [
        _feature(code, territory.name, "outline", shape)
        for code, shape, *_ in _shapes(db, Level.COMMUNE, [territory.code])
    ]
    return _collection(features)


def _collection(features: list[str]) -> bytes:
    return ('{"type":"FeatureCollection","features":[' + ",".join(features) + "]}").encode()


@lru_cache(maxsize=48)
def _outlines(db: Database, level: Level, scope: str, fine: bool) -> bytes:
    territory = territories.get(db, scope)
    inside = {item.code: item for item in units(db, level, territory)}
    features, box = [], None
    finer = _finer(db, level, list(inside)) if fine else {}
    for code, shape, west, south, east, north in _shapes(db, level, list(inside)):
        features.append(_feature(code, inside[code].name, "in", finer.get(code, shape)))
        one = (west, south, east, north)
        box = one if box is None else _union(box, one)
    if box is not None and territory.level is not Level.FRANCE:
        features[:0] = [
            _feature(code, name, "out", shape) for code, name, shape in _around(db, level, set(inside), box)
        ]
    for code, shape, *_ in _shapes(db, territory.level, [territory.code]):
        if territory.level is not level and territory.level is not Level.FRANCE:
            features.append(_feature(code, territory.name, "outline", shape))
    return _collection(features)


def _shapes(db: Database, level: Level, codes: list[str]) -> list[tuple]:
    return db.rows(
        "select code, geojson, west, south, east, north from geometry "
        "where level = ? and list_contains(?, code) and geojson is not null and west is not null",
        level.value,
        codes,
    )


def _finer(db: Database, level: Level, codes: list[str]) -> dict[str, str]:
    """GeoJSON of the outlines as they were supplied, a few metres aside; past `MOST_FINE` there is none."""
    if len(codes) > MOST_FINE:
        return {}
    rows = db.rows(
        "select code, wkb from geometry where level = ? and list_contains(?, code) and wkb is not null",
        level.value,
        codes,
    )
    if not rows:
        return {}
    simple = shapes.simplify(
        shapely.from_wkb([bytes(wkb) for _, wkb in rows]), shapes.TOLERANCE[level] / FINER
    )
    return {code: shapely.to_geojson(one) for (code, _), one in zip(rows, simple, strict=True)}


def _around(db: Database, level: Level, inside: set[str], box: tuple) -> list[tuple[str, str, str]]:
    west, south, east, north = box
    wide, high = (east - west) * AROUND, (north - south) * AROUND
    found = db.rows(
        "select code, name, geojson from geometry join territory using (level, code) where level = ? "
        "and east > ? and west < ? and north > ? and south < ? and geojson is not null and parent is null",
        level.value, west - wide, east + wide, south - high, north + high,
    )  # fmt: skip
    outside = [row for row in found if row[0] not in inside]
    return outside if len(outside) <= NEIGHBOURS else []


def _feature(code: str, name: str, where: str, shape: str) -> str:
    # A click is told from the properties that the browser gives back.
    properties = {"code": code, "nom": french.typographic(name), "ou": where}
    return (
        f'{{"type":"Feature","properties":{json.dumps(properties, ensure_ascii=False)},"geometry":{shape}}}'
    )


def _union(one: tuple, two: tuple) -> tuple:
    return min(one[0], two[0]), min(one[1], two[1]), max(one[2], two[2]), max(one[3], two[3])


def bounds(db: Database, level: Level, codes: Sequence[str]) -> tuple[float, float, float, float] | None:
    """West, south, east, north of the units named; None when none has an outline."""
    row = db.rows(
        "select min(west), min(south), max(east), max(north) from geometry "
        "where level = ? and list_contains(?, code)",
        level.value,
        list(codes),
    )[0]
    return None if row[0] is None else row


def mainland(db: Database, level: Level, found: Sequence[Territory]) -> list[str]:
    """Codes of the units whose frame the map opens on: without the overseas ones when there are others."""
    near = [item.code for item in found if not (item.departement or item.code).startswith("97")]
    near = [code for code in near if not (level is Level.REGION and code.startswith("0"))]
    return near or [item.code for item in found]


_SVG_WIDTH = 400
_SVG_STEP = 0.03
"""Degrees below which a bend of a département is not drawn at that size."""


@dataclass(frozen=True)
class Country:
    """The départements of the mainland as paths of one drawing, by code; `overseas` are the others."""

    width: int
    height: int
    paths: dict[str, str]
    overseas: tuple[Territory, ...]


@lru_cache(maxsize=2)
def country(db: Database) -> Country | None:
    """The départements as a drawing of a few kilobytes; None without the outlines of a whole country."""
    found = units(db, Level.DEPARTEMENT, FRANCE)
    near = dict.fromkeys(mainland(db, Level.DEPARTEMENT, found))
    rows = db.rows(
        "select code, geojson from geometry where level = 'departement' and list_contains(?, code) and geojson is not null",
        list(near),
    )
    if len(rows) < 20:
        return None
    outlines = {code: shapely.simplify(shapely.from_geojson(geojson), _SVG_STEP) for code, geojson in rows}
    west, south, east, north = shapely.total_bounds(list(outlines.values()))
    # At the latitude of the middle, a degree of longitude is shorter than one of latitude.
    shrink = math.cos(math.radians((south + north) / 2))
    scale = _SVG_WIDTH / ((east - west) * shrink)
    paths = {
        code: "".join(
            "M"
            + "L".join(
                f"{(x - west) * shrink * scale:.1f},{(north - y) * scale:.1f}" for x, y in ring.coords[:-1]
            )
            + "Z"
            for part in shapely.get_parts(shape)
            for ring in (part.exterior, *part.interiors)
        )
        for code, shape in outlines.items()
    }
    return Country(
        _SVG_WIDTH,
        round((north - south) * scale),
        paths,
        tuple(item for item in found if item.code not in near),
    )


@dataclass(frozen=True)
class Quarter:
    """A priority district: its outline as GeoJSON geometry where known, its name, its communes."""

    code: str
    name: str
    geometry: dict | None
    communes: tuple[str, ...]


def quarters(db: Database, codes: Sequence[str]) -> list[Quarter]:
    """Priority districts of these communes, once each."""
    rows = db.rows(
        "select q.code, any_value(q.name), any_value(g.wkb), list(distinct c.commune order by c.commune) "
        "from qpv q join qpv_commune c on c.qpv = q.code left join qpv_geometry g on g.code = q.code "
        "where list_contains(?, c.commune) group by q.code order by q.code",
        list(codes),
    )
    return [Quarter(code, name, _geometry(wkb), tuple(communes)) for code, name, wkb, communes in rows]


def _geometry(wkb: bytes | None) -> dict | None:
    if wkb is None:
        return None
    shape = shapely.set_precision(shapely.from_wkb(bytes(wkb)).simplify(0.0002), 0.00001)
    return shapely.geometry.mapping(shape)
