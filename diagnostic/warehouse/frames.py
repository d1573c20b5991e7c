"""Recognised workbooks and maps as text columns, named as their source declares them."""

from __future__ import annotations

import pandas as pd
import shapely

from diagnostic.warehouse import positions
from diagnostic.warehouse.files import as_text
from diagnostic.warehouse.layouts import Layout
from diagnostic.warehouse.sheets import Features, Sheet


def sheet_frame(sheet: Sheet, layout: Layout) -> pd.DataFrame:
    """The recognised sheet as text columns named as the source declares them."""
    rows = sheet.rows()[layout.skip + 1 :]
    place = {name: layout.header.index(header) for name, header in layout.columns.items()}
    return pd.DataFrame(
        {name: [as_text(row[at]) if at < len(row) else "" for row in rows] for name, at in place.items()},
        dtype="str",
    )


def map_frame(features: Features, layout: Layout) -> pd.DataFrame:
    """Text columns named as the source declares them, plus `geometry` as WKB in WGS 84 (null when none is usable)."""
    frame = pd.DataFrame(
        {
            name: [as_text(record.get(header)) for record in features.records]
            for name, header in layout.columns.items()
        },
        dtype="str",
    )
    declared = positions.declared_crs(features.crs)
    shapes = positions.to_wgs84(features.shapes, declared, layout.source.title)
    frame["geometry"] = shapely.to_wkb(shapes)
    return frame
