"""Recognised workbooks and maps as text columns, named as their source declares them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from diagnostic.warehouse import positions
from diagnostic.warehouse.files import Candidate
from diagnostic.warehouse.layouts import Layout
from diagnostic.warehouse.sheets import as_text, collection, sheets


def workbook_frame(candidate: Candidate, layout: Layout, workspace: Path) -> pd.DataFrame:
    """The recognised sheet as text columns named as the source declares them."""
    rows = next(rows for sheet, rows in sheets(candidate, workspace) if sheet == layout.sheet)[
        layout.skip + 1 :
    ]
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
            name: [as_text((feature.get("properties") or {}).get(header)) for feature in features]
            for name, header in layout.columns.items()
        },
        dtype="str",
    )
    shapes = np.array([_shape(feature.get("geometry")) for feature in features], dtype=object)
    declared = positions.declared_crs(content.get("crs"))
    shapes = positions.to_wgs84(shapes, declared, layout.source.title)
    frame["geometry"] = [None if shape is None else shapely.to_wkb(shape) for shape in shapes]
    return frame


def _shape(geometry: object) -> shapely.Geometry | None:
    """The geometry of a feature, or None when it is absent, empty or written wrong."""
    if not isinstance(geometry, dict):
        return None
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, ValueError, TypeError):
        return None
    return None if shape is None or shape.is_empty else shape
