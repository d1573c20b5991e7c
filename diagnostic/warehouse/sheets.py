"""Excel workbooks and GeoJSON files: what they hold, and turning it into text columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import python_calamine
import shapely

from diagnostic.warehouse import positions
from diagnostic.warehouse.files import Candidate, Unreadable
from diagnostic.warehouse.layouts import Layout


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


def sheets(candidate: Candidate, workspace: Path) -> Sequence[tuple[str, Sequence[Sequence[object]]]]:
    """Name and cells of each sheet."""
    with candidate.plain(workspace) as path:
        try:
            workbook = python_calamine.CalamineWorkbook.from_path(str(path))
            return [(name, workbook.get_sheet_by_name(name).to_python()) for name in workbook.sheet_names]
        except Exception as error:  # calamine raises its own and Rust panics alike
            raise Unreadable(
                "classeur Excel illisible. Ouvrez-le, enregistrez la feuille en CSV (UTF-8) et recommencez."
            ) from error


def as_text(cell: object) -> str:
    """A cell as a CSV would hold it: whole floats without decimals, dates as ISO."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def map_records(
    candidate: Candidate, workspace: Path
) -> tuple[tuple[str, ...], list[dict[str, str]], list[str]]:
    """Union of the property names, the properties of each feature, and the type of its geometry ("" without)."""
    features = _collection(candidate, workspace)["features"]
    header = tuple(dict.fromkeys(name for feature in features for name in feature.get("properties") or {}))
    records = [
        {name: as_text(value) for name, value in (feature.get("properties") or {}).items()}
        for feature in features
    ]
    return header, records, [(feature.get("geometry") or {}).get("type", "") for feature in features]


def _collection(candidate: Candidate, workspace: Path) -> dict:
    """The parsed file, known to be a collection of features."""
    try:
        with candidate.open() as stream:
            content = json.loads(stream.read().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"fichier JSON abîmé ({error}). Téléchargez-le de nouveau.") from error
    if isinstance(content, dict) and "observations" in content:
        raise Unreadable(
            "réponse de l’API Melodi limitée à quelques observations. Téléchargez le fichier CSV complet."
        )
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features or not all(isinstance(f, dict) for f in features):
        raise Unreadable("JSON sans entités géographiques : aucune source déclarée n’a cette forme.")
    return content


def map_frame(candidate: Candidate, layout: Layout, workspace: Path) -> pd.DataFrame:
    """Text columns named as the source declares them, plus `geometry` as WKB in WGS 84 (null when none is usable)."""
    content = _collection(candidate, workspace)
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
