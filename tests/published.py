"""Read files in the producers' true layouts, for the tests that count again what the product counts."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path

import openpyxl

COMPOSITION = "epci_au_01-01-2026.zip"
BIRTHS = "DS_ETAT_CIVIL_NAIS_COMMUNES_2025_CSV_FR.zip"
AGES = "TD_POP1B_2021_csv.zip"
DISTRICTS = "GEOJSON/QP2024_France_Hexagonale_Outre_Mer_WGS84.geojson"


def content(path: Path, member: str = "") -> bytes:
    """The bytes of a file, or of a member of an archive (the first without a name)."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return archive.read(member or archive.namelist()[0])
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def read(path: Path, separator: str = ";", member: str = "") -> list[dict[str, str]]:
    """Rows of a table, every cell as text, the BOM left out."""
    text = content(path, member).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=separator))


def composition(folder: Path) -> list[dict[str, str]]:
    """Communes and their EPCI: the second sheet of INSEE's workbook, header on the sixth line."""
    return sheet(content(folder / COMPOSITION), "Composition_communale", 6)


def sheet(workbook: bytes, name: str, header: int, last: int | None = None) -> list[dict[str, str]]:
    """Rows of a sheet below the line of its header, down to the line `last`, every cell as text."""
    book = openpyxl.load_workbook(io.BytesIO(workbook), read_only=True)
    rows = book[name].iter_rows(values_only=True, max_row=last)
    lines = [["" if cell is None else str(cell) for cell in row] for row in rows]
    return [dict(zip(lines[header - 1], line, strict=True)) for line in lines[header:]]


def features(path: Path, member: str = "") -> list[dict]:
    """The features of a GeoJSON, gzipped or in an archive."""
    return json.loads(content(path, member))["features"]


def city_of(folder: Path) -> dict[str, str]:
    """The town of each arrondissement."""
    rows = read(folder / "v_commune_2026.csv", ",")
    return {row["COM"]: row["COMPARENT"] for row in rows if row["TYPECOM"] == "ARM"}


def populations(folder: Path) -> dict[str, int]:
    """Inhabitants of each commune, a town's arrondissements added up."""
    city, people = city_of(folder), {}
    for row in read(folder / "ensemble.zip", member="donnees_communes.csv"):
        code = city.get(row["COM"], row["COM"])
        people[code] = people.get(code, 0) + int(row["PMUN"])
    return people
