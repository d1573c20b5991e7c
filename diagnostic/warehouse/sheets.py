"""Excel workbooks and GeoJSON files: what they hold, before anybody knows which source they are."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import python_calamine
import shapely

from diagnostic.warehouse.files import Candidate, Unreadable


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook that was opened: taking it apart is what costs, not handing out its cells."""

    name: str
    _range: python_calamine.CalamineSheet

    def rows(self, most: int | None = None) -> Sequence[Sequence[object]]:
        """The cells, or those of the first `most` rows."""
        with _opened():
            return self._range.to_python(nrows=most)


def sheets(candidate: Candidate, workspace: Path) -> list[Sheet]:
    """Each sheet of a workbook; those that were put out of sight count only where there is no other."""
    with candidate.plain(workspace) as path, _opened():
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        seen = [
            told.name
            for told in workbook.sheets_metadata
            if told.visible == python_calamine.SheetVisibleEnum.Visible
        ]
        return [Sheet(name, workbook.get_sheet_by_name(name)) for name in seen or workbook.sheet_names]


@contextlib.contextmanager
def _opened() -> Iterator[None]:
    try:
        yield
    except Exception as error:  # calamine raises its own and Rust panics alike
        raise Unreadable(
            "classeur Excel illisible. Ouvrez-le, enregistrez la feuille en CSV (UTF-8) et recommencez."
        ) from error


@dataclass(frozen=True)
class Features:
    """A map, read once: what is told of each feature, its geometry (None when it is absent, empty or written wrong), and
    the system of coordinates that the file declares."""

    records: list[dict[str, object]]
    shapes: np.ndarray
    crs: object

    @classmethod
    def of(cls, content: dict) -> Features:
        features = content["features"]
        return cls(
            _records(features), _shapes([feature.get("geometry") for feature in features]), content.get("crs")
        )


def map_header(content: dict) -> tuple[tuple[str, ...], list[dict[str, object]], list[str]]:
    """Union of the property names, the properties of each feature, and the type of its geometry ("" without)."""
    features = content["features"]
    records = _records(features)
    header = tuple(dict.fromkeys(itertools.chain.from_iterable(records)))
    kinds = [str(_dictionary(feature.get("geometry")).get("type", "")) for feature in features]
    return header, records, kinds


def _records(features: list[dict]) -> list[dict[str, object]]:
    return [_dictionary(feature.get("properties")) for feature in features]


def _dictionary(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def collection(candidate: Candidate) -> dict:
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


def _shapes(geometries: list) -> np.ndarray:
    """The geometry of each feature, or None."""
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
