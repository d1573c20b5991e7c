"""Excel workbooks and GeoJSON files: what they hold, and turning it into text columns."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import python_calamine
import shapely

from diagnostic.warehouse import positions
from diagnostic.warehouse.files import Candidate, Unreadable, as_text
from diagnostic.warehouse.layouts import Layout


def workbook_frame(candidate: Candidate, layout: Layout, workspace: Path) -> pd.DataFrame:
    """The recognised sheet as text columns named as the source declares them."""
    (rows,) = (rows for _, rows in sheets(candidate, workspace, named=layout.sheet))
    rows = rows[layout.skip + 1 :]
    place = {name: layout.header.index(header) for name, header in layout.columns.items()}
    return pd.DataFrame(
        {name: [as_text(row[at]) if at < len(row) else "" for row in rows] for name, at in place.items()},
        dtype="str",
    )


def sheets(
    candidate: Candidate, workspace: Path, most: int | None = None, *, named: str | None = None
) -> Sequence[tuple[str, Sequence[Sequence[object]]]]:
    """Name and cells of each sheet, or of the one named; the first `most` rows only."""
    with candidate.plain(workspace) as path:
        try:
            workbook = python_calamine.CalamineWorkbook.from_path(str(path))
            return [
                (name, workbook.get_sheet_by_name(name).to_python(nrows=most))
                for name in workbook.sheet_names
                if named in (None, name)
            ]
        except Exception as error:  # calamine raises its own and Rust panics alike
            raise Unreadable(
                "classeur Excel illisible. Ouvrez-le, enregistrez la feuille en CSV (UTF-8) et recommencez."
            ) from error


def map_records(
    candidate: Candidate, workspace: Path
) -> tuple[tuple[str, ...], list[dict[str, object]], list[str]]:
    """Union of the property names, the properties of each feature, and the type of its geometry ("" without)."""
    features = _collection(candidate, workspace)["features"]
    records = [_dictionary(feature.get("properties")) for feature in features]
    header = tuple(dict.fromkeys(itertools.chain.from_iterable(records)))
    kinds = [str(_dictionary(feature.get("geometry")).get("type", "")) for feature in features]
    return header, records, kinds


def _dictionary(value: object) -> dict:
    return value if isinstance(value, dict) else {}


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
            name: [as_text(_dictionary(feature.get("properties")).get(header)) for feature in features]
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
