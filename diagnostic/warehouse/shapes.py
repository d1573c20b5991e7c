"""Outlines: carried to the current communes, dissolved where not supplied, simplified with shared borders kept."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import shapely

from diagnostic import french
from diagnostic.model import Below

# Tolerances of the simplification, in degrees (0.001 is about 100 m), by level.
TOLERANCE = {
    "iris": 0.0001,
    "commune": 0.0008,
    "epci": 0.002,
    "departement": 0.004,
    "region": 0.006,
    "france": 0.01,
}
# Half the width given to an outline that is flat (degrees, about 100 m).
FLATTENED = 0.001
# Decimals kept in the GeoJSON: four are about ten metres.
DECIMALS = 4


@dataclass(frozen=True)
class Given:
    """The outlines as files give them, and who is made of whom: all that is needed to draw every level."""

    communes: pd.DataFrame
    iris: pd.DataFrame
    supplied: dict[str, pd.DataFrame]
    members: dict[str, pd.DataFrame]
    france: list[str]


Drawn = list[tuple[pd.DataFrame, pd.DataFrame]]
"""Of each level: the rows of `geometry`, and the centres."""
LARGER = ("epci", "departement", "region")


def given(con: duckdb.DuckDBPyConnection) -> tuple[Given, list[str]]:
    """What the loaded files give, and what a reader should know of it, in French: the outlines that hold nothing are left
    out by name."""
    _place_iris(con)
    supplied = {
        level: con.execute(
            "select shape.code, any_value(shape.geometry) as wkb from shape "
            "join territory on territory.level = shape.level and territory.code = shape.code "
            "where shape.level = ? and shape.geometry is not null group by shape.code order by shape.code",
            [level],
        ).df()
        for level in LARGER
    }
    members = {
        level: con.execute("select code, commune from membership where level = ?", [level]).df()
        for level in LARGER
    }
    iris = con.execute(
        "select code, geometry as wkb from iris_shape where code in (select code from iris_place) order by code"
    ).df()
    france = con.execute("select code from territory where level = 'france'").df()["code"].tolist()
    return Given(_communes(con), iris, supplied, members, france), _without_surface(con)


def draw(outlines: Given) -> Drawn:
    """Every level, from what is given alone: it may run while the base is busy with figures."""
    found = []
    if not outlines.iris.empty:
        iris = _mended_frame(outlines.iris)
        found.append(_rows(Below.IRIS, iris))
    communes = _joined(outlines.communes)
    if communes.empty:
        return found
    layer = communes[["code", "shape"]]
    found.append(_rows("commune", layer))
    for level in LARGER:
        layer = _layer(outlines, level, communes)
        found.append(_rows(level, layer))
    whole = _dissolve(layer["shape"].to_numpy())
    found.append(
        _rows("france", pd.DataFrame({"code": outlines.france, "shape": [whole] * len(outlines.france)}))
    )
    return found


def store(con: duckdb.DuckDBPyConnection, drawn: Drawn) -> None:
    """Fill `geometry(level, code, wkb, geojson, west, south, east, north)` and the centres of `territory`."""
    con.execute(
        "create table geometry (level varchar, code varchar, wkb blob, geojson varchar, west double, south double, "
        "east double, north double)"
    )
    for frame, centres in drawn:
        con.register("frame", frame)
        con.execute("insert into geometry select * from frame")
        con.register("frame", centres)
        con.execute(
            """
            update territory set lon = centre.lon, lat = centre.lat
            from frame as centre where centre.level = territory.level and centre.code = territory.code
            """
        )
        con.unregister("frame")


def _place_iris(con: duckdb.DuckDBPyConnection) -> None:
    """`iris_place(code, name, commune)`: the IRIS that have an outline."""
    con.execute(
        """
        create table iris_place as
        select iris_shape.code, iris_shape.name, coalesce(carried.new, iris_shape.commune) as commune
        from iris_shape
        left join carried on carried.old = iris_shape.commune
        where iris_shape.geometry is not null
            and coalesce(carried.new, iris_shape.commune) in (select code from current_commune)
        order by commune, iris_shape.code
        """
    )


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
    """The outline of each commune or arrondissement, under the commune of today."""
    return con.execute(
        """
        select coalesce(carried.new, shape.code) as code, shape.geometry as wkb
        from shape
        left join carried on carried.old = shape.code
        join territory on territory.level = 'commune' and territory.code = coalesce(carried.new, shape.code)
        where shape.level = 'commune' and shape.geometry is not null
        """
    ).df()


def _joined(frame: pd.DataFrame) -> pd.DataFrame:
    """One outline per current commune or arrondissement; the outlines of merged communes are joined."""
    frame = _mended_frame(frame)
    twice = frame["code"].duplicated(keep=False)
    if twice.any():
        joined = [
            (code, shapely.union_all(part["shape"].to_numpy())) for code, part in frame[twice].groupby("code")
        ]
        frame = pd.concat([frame[~twice], pd.DataFrame(joined, columns=["code", "shape"])])
    return frame.reset_index(drop=True)


def _mended_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Code and valid outline; those that hold nothing are left out."""
    if frame.empty:
        return pd.DataFrame({"code": [], "shape": []})
    frame = pd.DataFrame({"code": frame["code"], "shape": _mended(frame["wkb"])})
    return frame[~shapely.is_empty(frame["shape"].to_numpy())]


def _layer(outlines: Given, level: str, communes: pd.DataFrame) -> pd.DataFrame:
    """Code and full outline of the territories of a level: supplied, else dissolved."""
    supplied, members = _mended_frame(outlines.supplied[level]), outlines.members[level]
    members = members[~members["code"].isin(supplied["code"])]
    joined = members.merge(communes, left_on="commune", right_on="code", suffixes=("", "_"))
    dissolved = [
        (code, _dissolve(part["shape"].to_numpy())) for code, part in joined.groupby("code", sort=True)
    ]
    return pd.concat([supplied, pd.DataFrame(dissolved, columns=["code", "shape"])], ignore_index=True)


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


def _rows(level: str, layer: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    shapes = layer["shape"].to_numpy()
    simple = simplify(shapes, TOLERANCE[level])
    inside = shapely.point_on_surface(shapes)
    told = {"level": str(level), "code": layer["code"].astype("str")}
    bounds = dict(zip(("west", "south", "east", "north"), shapely.bounds(simple).T, strict=True))
    frame = {"wkb": shapely.to_wkb(shapes), "geojson": shapely.to_geojson(simple), **bounds}
    centres = {"lon": shapely.get_x(inside), "lat": shapely.get_y(inside)}
    return pd.DataFrame({**told, **frame}), pd.DataFrame({**told, **centres})


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
