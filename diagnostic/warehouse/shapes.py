"""Outlines: carried to the current communes, dissolved where not supplied, simplified with shared borders kept."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import shapely

from diagnostic import french

# Tolerances of the simplification, in degrees (0.001 is about 100 m), by level.
TOLERANCE = {"commune": 0.0008, "epci": 0.002, "departement": 0.004, "region": 0.006, "france": 0.01}
# Half the width given to an outline that is flat (degrees, about 100 m).
FLATTENED = 0.001
# Decimals kept in the GeoJSON: four are about ten metres.
DECIMALS = 4


def build_geometry(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Fill `geometry(level, code, wkb, geojson, west, south, east, north)` and the centres of `territory`.

    Return what a reader should know, in French: the outlines that hold nothing are left out by name.
    """
    con.execute(
        "create table geometry (level varchar, code varchar, wkb blob, geojson varchar, west double, south double, "
        "east double, north double)"
    )
    communes = _communes(con)
    told = _without_surface(con)
    if not communes.empty:
        for level in ("commune", "epci", "departement", "region"):
            layer = _layer(con, level, communes)
            _store(con, level, layer)
        _store(con, "france", _france(con, layer))
    con.execute(
        """
        update territory set lon = centre.lon, lat = centre.lat
        from centre where centre.level = territory.level and centre.code = territory.code
        """
    ) if not communes.empty else None
    return told


def _without_surface(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the communes whose outline holds nothing, where others have one."""
    names = con.execute(
        """
        select coalesce(territory.name, shape.code) || ' (' || shape.code || ')'
        from shape
        left join territory on territory.level = shape.level and territory.code = shape.code
        where shape.geometry is null
        order by shape.code
        """
    ).fetchall()
    if not names:
        return []
    shown = ", ".join(name for (name,) in names[:6]) + ("…" if len(names) > 6 else "")
    return [
        f"{french.quantity(len(names), 'contour vide', 'contours vides')} dans le fichier : {shown}. "
        + french.plural(
            len(names),
            "Ce territoire n’est pas dessiné, ses chiffres ne changent pas.",
            "Ces territoires ne sont pas dessinés, leurs chiffres ne changent pas.",
        )
    ]


def _communes(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One outline per current commune or arrondissement; the outlines of merged communes are joined."""
    frame = con.execute(
        """
        select coalesce(carried.new, shape.code) as code, shape.geometry as wkb, territory.parent
        from shape
        left join carried on carried.old = shape.code
        join territory on territory.level = 'commune' and territory.code = coalesce(carried.new, shape.code)
        where shape.level = 'commune' and shape.geometry is not null
        """
    ).df()
    if frame.empty:
        return frame
    frame["shape"] = _mended(frame.pop("wkb"))
    frame = frame[~shapely.is_empty(frame["shape"].to_numpy())]
    if frame.empty:
        return frame
    twice = frame["code"].duplicated(keep=False)
    if twice.any():
        joined = [
            (code, shapely.union_all(part["shape"].to_numpy()), part["parent"].iloc[0])
            for code, part in frame[twice].groupby("code")
        ]
        frame = pd.concat([frame[~twice], pd.DataFrame(joined, columns=["code", "shape", "parent"])])
    return frame.reset_index(drop=True)


def _layer(con: duckdb.DuckDBPyConnection, level: str, communes: pd.DataFrame) -> pd.DataFrame:
    """Code and full outline of the territories of a level: supplied, else dissolved."""
    if level == "commune":
        return communes[["code", "shape"]]
    supplied = con.execute(
        "select shape.code, any_value(shape.geometry) as wkb from shape "
        "join territory on territory.level = shape.level and territory.code = shape.code "
        "where shape.level = ? and shape.geometry is not null group by shape.code",
        [level],
    ).df()
    members = con.execute("select code, commune from membership where level = ?", [level]).df()
    if not supplied.empty:
        supplied["shape"] = _mended(supplied.pop("wkb"))
        supplied = supplied[~shapely.is_empty(supplied["shape"].to_numpy())]
        members = members[~members["code"].isin(supplied["code"])]
    joined = members.merge(
        communes[["code", "shape"]], left_on="commune", right_on="code", suffixes=("", "_")
    )
    dissolved = [
        (
            code,
            _dissolve(part["shape"].to_numpy()),
        )
        for code, part in joined.groupby("code", sort=True)
    ]
    return pd.concat([supplied, pd.DataFrame(dissolved, columns=["code", "shape"])], ignore_index=True)


def _france(con: duckdb.DuckDBPyConnection, regions: pd.DataFrame) -> pd.DataFrame:
    """The country, of the outlines of its régions: each commune is in one."""
    codes = con.execute("select code from territory where level = 'france'").df()["code"]
    return pd.DataFrame({"code": codes, "shape": [_dissolve(regions["shape"].to_numpy())] * len(codes)})


def _mended(wkb: pd.Series) -> np.ndarray:
    """Valid polygons. A small commune that the producer's simplification flattened to a line keeps its place."""
    shapes = shapely.make_valid(shapely.from_wkb(wkb.map(bytes).to_numpy()))
    surfaces = np.array([_polygonal(shape) for shape in shapes], dtype=object)
    flat = shapely.is_empty(surfaces) & ~shapely.is_empty(shapes)
    surfaces[flat] = shapely.buffer(shapes[flat], FLATTENED)
    return surfaces


def _dissolve(shapes: np.ndarray) -> shapely.Geometry:
    """The union of outlines that share borders, whatever small faults they have."""
    try:
        return shapely.coverage_union_all(shapes)
    except shapely.errors.GEOSException:
        return shapely.union_all(shapes)


def _store(con: duckdb.DuckDBPyConnection, level: str, layer: pd.DataFrame) -> None:
    shapes = layer["shape"].to_numpy()
    simple = simplify(shapes, TOLERANCE[level])
    bounds = shapely.bounds(simple)
    inside = shapely.point_on_surface(shapes)
    frame = pd.DataFrame(
        {
            "level": level,
            "code": layer["code"].astype("str"),
            "wkb": shapely.to_wkb(shapes),
            "geojson": shapely.to_geojson(simple),
            **dict(zip(("west", "south", "east", "north"), bounds.T, strict=True)),
        }
    )
    centres = pd.DataFrame(
        {
            "level": level,
            "code": layer["code"].astype("str"),
            "lon": shapely.get_x(inside),
            "lat": shapely.get_y(inside),
        }
    )
    con.register("frame", frame)
    con.execute("insert into geometry select * from frame")
    con.register("frame", centres)
    con.execute(
        "create temp table if not exists centre (level varchar, code varchar, lon double, lat double)"
    )
    con.execute("insert into centre select * from frame")
    con.unregister("frame")


def simplify(shapes: np.ndarray, tolerance: float) -> np.ndarray:
    """Outlines with fewer points, borders still shared, rounded to DECIMALS; an outline that breaks is kept."""
    polygons = np.array([_polygonal(shape) for shape in shapes], dtype=object)
    try:
        simple = shapely.coverage_simplify(polygons, tolerance)
    except shapely.errors.GEOSException:
        simple = shapely.simplify(polygons, tolerance)
    rounded = shapely.transform(simple, lambda points: np.round(points, DECIMALS))
    good = shapely.is_valid(rounded) & ~shapely.is_empty(rounded)
    return np.where(
        good, rounded, np.where(shapely.is_valid(simple) & ~shapely.is_empty(simple), simple, polygons)
    )


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons of a shape that `make_valid` may have turned into a mixed collection."""
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        return shape
    return shapely.MultiPolygon([part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"])
