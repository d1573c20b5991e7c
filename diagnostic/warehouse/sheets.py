"""Excel workbooks and GeoJSON files: recognise them and turn them into text columns."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import geopandas
import pandas as pd
import python_calamine

from diagnostic.warehouse.files import Layout, Unreadable, matches, unknown

_HEADER_WITHIN = 15


def recognise_workbook(path: Path) -> Layout:
    """The sheet and line of a workbook whose cells are the header of a source."""
    first: tuple[str, ...] = ()
    for sheet, rows in _sheets(path):
        for skip, row in enumerate(rows[:_HEADER_WITHIN]):
            header = tuple(as_text(cell) for cell in row)
            first = max(first, tuple(name for name in header if name), key=len)
            sample = (
                dict(zip(header, map(as_text, rows[skip + 1]), strict=False)) if skip + 1 < len(rows) else {}
            )
            for layout in matches(header, sample, "xlsx"):
                return replace(layout, sheet=sheet, skip=skip)
    raise Unreadable(unknown(first))


def workbook_frame(path: Path, layout: Layout) -> pd.DataFrame:
    """The recognised sheet as text columns named as the source declares them."""
    rows = next(rows for sheet, rows in _sheets(path) if sheet == layout.sheet)[layout.skip + 1 :]
    place = {name: layout.header.index(header) for name, header in layout.columns.items()}
    frame = pd.DataFrame(
        {name: [as_text(row[at]) if at < len(row) else "" for row in rows] for name, at in place.items()},
        dtype="str",
    )
    return frame[(frame != "").any(axis=1)].reset_index(drop=True)


def _sheets(path: Path) -> list[tuple[str, list[list[object]]]]:
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


def recognise_geojson(path: Path) -> Layout:
    """A feature collection whose properties are the columns of a source."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            content = json.load(stream)
        features = content["features"]
        properties = features[0]["properties"]
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"fichier JSON abîmé ({error}). Téléchargez-le de nouveau.") from error
    except (KeyError, IndexError, TypeError):
        if isinstance(content, dict) and "observations" in content:
            raise Unreadable(
                "réponse de l’API Melodi limitée à quelques observations. Téléchargez le fichier CSV complet."
            ) from None
        raise Unreadable(
            "JSON sans entités géographiques : aucune source déclarée n’a cette forme."
        ) from None
    header = tuple(properties)
    sample = {name: as_text(value) for name, value in properties.items()}
    form = features[0].get("geometry") or {}
    for layout in matches(header, sample, "geojson"):
        if layout.source.id == "qpv_contours" and "Polygon" not in form.get("type", ""):
            continue
        if layout.source.id == "qpv_communes" and form.get("type") != "Point":
            continue
        if layout.source.id == "qpv_contours" and sample[layout.columns["QPV"]].startswith("QP"):
            break
        return layout
    raise Unreadable(unknown(header))


def geojson_frame(path: Path, layout: Layout) -> pd.DataFrame:
    """Text columns named as the source declares them, plus `geometry` as WKB in WGS 84."""
    shapes = geopandas.read_file(path, engine="pyogrio")
    frame = pd.DataFrame(
        {
            name: shapes[header].map(lambda cell: "" if pd.isna(cell) else as_text(cell)).astype("str")
            for name, header in layout.columns.items()
        }
    )
    frame["geometry"] = shapes.geometry.to_wkb()
    return frame
