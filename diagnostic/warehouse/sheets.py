"""Excel workbooks and GeoJSON files: what they hold, before anybody knows which source they are."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import python_calamine

from diagnostic.warehouse.files import Candidate, Unreadable


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
    features = collection(candidate, workspace)["features"]
    records = [dictionary(feature.get("properties")) for feature in features]
    header = tuple(dict.fromkeys(itertools.chain.from_iterable(records)))
    kinds = [str(dictionary(feature.get("geometry")).get("type", "")) for feature in features]
    return header, records, kinds


def dictionary(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def collection(candidate: Candidate, workspace: Path) -> dict:
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
