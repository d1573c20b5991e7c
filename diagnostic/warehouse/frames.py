"""Recognised workbooks and maps as text columns, named as their source declares them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from diagnostic.warehouse import positions
from diagnostic.warehouse.files import Candidate, as_text
from diagnostic.warehouse.layouts import Layout
from diagnostic.warehouse.sheets import collection, dictionary, sheets


def workbook_frame(candidate: Candidate, layout: Layout, workspace: Path) -> pd.DataFrame:
    """The recognised sheet as text columns named as the source declares them."""
    (rows,) = (rows for _, rows in sheets(candidate, workspace, named=layout.sheet))
    rows = rows[layout.skip + 1 :]
    place = {name: layout.header.index(header) for name, header in layout.columns.items()}
    return pd.DataFrame(
        {name: [as_text(row[at]) if at < len(row) else "" for row in rows] for name, at in place.items()},
        dtype="str",
    )


def map_frame(candidate: Candidate, layout: Layout, workspace: Path) -> pd.DataFrame:
    """Text columns named as the source declares them, plus `geometry` as WKB in WGS 84 (null when none is usable)."""
    content = collection(candidate, workspace)
    features = content["features"]
    frame = pd.DataFrame(
        {
            name: [as_text(dictionary(feature.get("properties")).get(header)) for feature in features]
            for name, header in layout.columns.items()
        },
        dtype="str",
    )
    shapes = _shapes([feature.get("geometry") for feature in features])
    declared = positions.declared_crs(content.get("crs"))
    shapes = positions.to_wgs84(shapes, declared, layout.source.title)
    frame["geometry"] = shapely.to_wkb(shapes)
    return frame


def _shapes(geometries: list) -> np.ndarray:
    """The geometry of each feature, or None when it is absent, empty or written wrong."""
    rings: list[np.ndarray] = []
    of_polygon: list[int] = []
    of_feature: list[int] = []
    drawn: list[int] = []
    try:
        for number, geometry in enumerate(geometries):
            if geometry is None or not geometry["coordinates"]:
                continue
            parts = _PARTS[geometry["type"]](geometry["coordinates"])
            for part in parts:
                rings += [np.asarray(ring, dtype=float)[:, :2] for ring in part]
                of_polygon += [len(of_feature)] * len(part)
                of_feature.append(len(drawn))
            drawn.append(number)
        lines = shapely.linearrings(
            np.concatenate(rings), indices=np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
        )
        several = shapely.multipolygons(shapely.polygons(lines, indices=of_polygon), indices=of_feature)
        shapes = np.full(len(geometries), None, dtype=object)
        shapes[drawn] = several
    except (TypeError, KeyError, ValueError, IndexError, shapely.errors.GEOSException):
        # One of them is odd: each is read apart.
        return np.array([_shape(geometry) for geometry in geometries], dtype=object)
    alone = shapely.get_num_geometries(shapes) == 1
    shapes[alone] = shapely.get_geometry(shapes[alone], 0)
    return shapes


# The polygons of a geometry: each a list of rings, the outer one first.
_PARTS = {"Polygon": lambda rings: [rings], "MultiPolygon": lambda polygons: polygons}


def _shape(geometry: object) -> shapely.Geometry | None:
    """The geometry of a feature, or None when it is absent, empty or written wrong."""
    if not isinstance(geometry, dict):
        return None
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, ValueError, TypeError):
        return None
    return None if shape is None or shape.is_empty else shape
