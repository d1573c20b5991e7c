"""Ways to damage a small file, as they happen on the way from a producer to us.

Each takes a table (rows of cells, the header first) or a parsed map, and a source of chance; it gives back what
becomes of it, or None where it makes no sense.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable

import numpy as np
import pyproj
import shapely

Rows = list[list[str]]
OnRows = Callable[[Rows, random.Random], Rows | None]
OnMap = Callable[[dict, random.Random], bool | None]
OnBytes = Callable[[bytes, random.Random], bytes | None]

TO_LAMBERT = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)


def table(text: str, separator: str) -> Rows:
    """The cells of a delimited text."""
    return list(csv.reader(io.StringIO(text), delimiter=separator))


def write(rows: Rows, separator: str) -> str:
    """A delimited text of those cells."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    return out.getvalue()


# --- tables ----------------------------------------------------------------------------------------


def _added(rows: Rows, rng: random.Random) -> Rows:
    at = rng.randrange(len(rows[0]) + 1)
    name = rng.choice(["COMP", "FOO", "", "DEPP", "NB_EQUIP", "TOTAL", "region", "OBS_COMMENT"])
    return [
        [*row[:at], name if n == 0 else rng.choice(["", "1", "x"]), *row[at:]] for n, row in enumerate(rows)
    ]


def _twice(rows: Rows, rng: random.Random) -> Rows:
    """A column that stands twice under one name, with other values the second time."""
    at, where = rng.randrange(len(rows[0])), rng.randrange(len(rows[0]) + 1)
    return [
        [*row[:where], row[at] if n == 0 else rng.choice(["7", row[at]]), *row[where:]]
        for n, row in enumerate(rows)
    ]


def _dropped(rows: Rows, rng: random.Random) -> Rows:
    at = rng.randrange(len(rows[0]))
    # Without its status a row counted elsewhere cannot be told from another.
    return [row[:at] + row[at + 1 :] for row in rows]


def _shuffled(rows: Rows, rng: random.Random) -> Rows:
    order = rng.sample(range(len(rows[0])), len(rows[0]))
    return [[row[i] for i in order] for row in rows]


def _other_order(rows: Rows, rng: random.Random) -> Rows:
    return [rows[0], *rng.sample(rows[1:], len(rows) - 1)]


def _zeros(rows: Rows, rng: random.Random) -> Rows:
    few = rng.random() < 0.5
    hit = {rng.randrange(1, len(rows))} if few else set(range(1, len(rows)))
    return [
        [cell.lstrip("0") or "0" if n in hit and len(cell) in (2, 3, 5) else cell for cell in row]
        for n, row in enumerate(rows)
    ]


def _as_decimals(rows: Rows, rng: random.Random) -> Rows:
    """Codes that a spreadsheet turned into numbers: 01004 is 1004.0, 240100883 is 2.4E+08."""
    return [
        [
            f"{float(cell):.1f}"
            if n and cell.isdigit() and len(cell) == 5
            else f"{float(cell):.2E}"
            if n and cell.isdigit() and len(cell) == 9
            else cell
            for cell in row
        ]
        for n, row in enumerate(rows)
    ]


def _nameless(rows: Rows) -> bool:
    """Facilities without a name: one written twice is two."""
    header = [name.upper() for name in rows[0]]
    return "TYPEQU" in header and not ("NOMRS" in header and all(row[header.index("NOMRS")] for row in rows))


def _doubled(rows: Rows, rng: random.Random) -> Rows | None:
    if _nameless(rows):
        return None
    return [*rows, *rng.sample(rows[1:], min(len(rows) - 1, rng.randrange(1, 6)))]


def _contradicted(rows: Rows, rng: random.Random) -> Rows | None:
    if "TYPEQU" in rows[0]:
        # A second crèche of the same name is a second crèche: facilities have no key.
        return None
    row = list(rng.choice(rows[1:]))
    row[-1] = "7777"
    return [*rows, row]


def _blank_lines(rows: Rows, rng: random.Random) -> Rows:
    return [[]] * rng.randrange(3) + rows + [[""] * len(rows[0])] * rng.randrange(1, 4)


def _odd_cell(rows: Rows, rng: random.Random) -> Rows:
    row, at = rng.randrange(1, len(rows)), rng.randrange(len(rows[0]))
    odd = ["", "abc", "#REF!", "NaN", "1e999", "99999999999999", "n/d", "NULL", "-", "12 %", "=A1"]
    rows[row][at] = rng.choice(odd)
    return rows


def _spaced(rows: Rows, rng: random.Random) -> Rows:
    """Spaces around the cells, and inside the thousands."""
    space = rng.choice([" ", "\u00a0", "\u202f"])
    return [
        [
            f"{cell[:-3]}{space}{cell[-3:]}"
            if n and cell.isdigit() and len(cell) == 4 and not cell.startswith(("0", "19", "20"))
            else f" {cell} "
            for cell in row
        ]
        for n, row in enumerate(rows)
    ]


def _commas(rows: Rows, rng: random.Random) -> Rows:
    """Decimal commas, as a French spreadsheet writes them."""
    return [
        [cell.replace(".", ",") if n and cell.replace(".", "", 1).isdigit() else cell for cell in row]
        for n, row in enumerate(rows)
    ]


def _small_letters(rows: Rows, rng: random.Random) -> Rows:
    return [[name.lower() for name in rows[0]], *rows[1:]]


def _title_above(rows: Rows, rng: random.Random) -> Rows:
    return [["Export du 12/11/2026", *[""] * (len(rows[0]) - 1)], *rows]


def _header_twice(rows: Rows, rng: random.Random) -> Rows:
    return [rows[0], rows[0], *rows[1:]]


def _short_row(rows: Rows, rng: random.Random) -> Rows:
    row = rng.randrange(1, len(rows))
    rows[row] = rows[row][:-1] if rng.random() < 0.5 else [*rows[row], "x"]
    return rows


def _places(rows: Rows, rng: random.Random) -> Rows | None:
    """Swapped, null, or in metres, where the table has positions."""
    header = [name.lower() for name in rows[0]]
    if "longitude" not in header:
        return None
    x, y = header.index("longitude"), header.index("latitude")
    how = rng.choice(["swapped", "null", "blank", "metres", "afar"])
    for row in rng.sample(rows[1:], rng.randrange(1, len(rows))):
        lon, lat = row[x], row[y]
        if how == "metres":
            try:
                east, north = TO_LAMBERT.transform(float(lon), float(lat))
            except ValueError:
                continue
            row[x], row[y] = f"{east:.2f}", f"{north:.2f}"
        else:
            row[x], row[y] = {"swapped": (lat, lon), "null": ("0", "0"), "blank": ("", "")}.get(
                how, ("2.35", "48.85")
            )
    return rows


ON_ROWS: dict[str, OnRows] = {
    "column added": _added,
    "column twice under one name": _twice,
    "column dropped": _dropped,
    "columns in another order": _shuffled,
    "rows in another order": _other_order,
    "leading zeros lost": _zeros,
    "codes turned into decimals": _as_decimals,
    "rows doubled": _doubled,
    "row contradicted": _contradicted,
    "blank lines": _blank_lines,
    "one odd cell": _odd_cell,
    "spaces around and inside": _spaced,
    "decimal commas": _commas,
    "header in small letters": _small_letters,
    "title above the header": _title_above,
    "header repeated": _header_twice,
    "row too short or too long": _short_row,
    "positions moved": _places,
}


# --- maps ------------------------------------------------------------------------------------------


def _metres(content: dict, declared: bool) -> bool:
    for feature in content["features"]:
        if feature["geometry"] is None:
            continue
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        moved = shapely.transform(
            shape, lambda points: np.column_stack(TO_LAMBERT.transform(points[:, 0], points[:, 1]))
        )
        feature["geometry"] = json.loads(shapely.to_geojson(moved))
    content.pop("crs", None)
    if declared:
        content["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    return True


def _keys(content: dict, rng: random.Random) -> bool:
    for feature in rng.sample(content["features"], len(content["features"]) // 2):
        for key in rng.sample(list(feature["properties"]), 1):
            if key in ("region", "nom", "epci", "plm"):
                del feature["properties"][key]
    return True


def _swapped(content: dict, rng: random.Random) -> bool:
    for feature in content["features"]:
        if feature["geometry"]:
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            turned = shapely.transform(shape, lambda points: points[:, ::-1])
            feature["geometry"] = json.loads(shapely.to_geojson(turned))
    return True


def _wrong_crs(content: dict, rng: random.Random) -> bool:
    name = rng.choice(["EPSG:2154", "EPSG:5490", "EPSG:99999"])
    content["crs"] = {"type": "name", "properties": {"name": name}}
    return True


def _empty_shapes(content: dict, rng: random.Random) -> bool:
    for feature in rng.sample(content["features"], min(3, len(content["features"]))):
        feature["geometry"] = rng.choice(
            [
                None,
                {"type": "Polygon", "coordinates": []},
                {"type": "Polygon", "coordinates": [[[5, 46], [5, 46]]]},
                {"type": "Polygon", "coordinates": [["x", "y"]]},
                {"type": "Polygon"},
                "POLYGON EMPTY",
            ]
        )
    return True


def _features_doubled(content: dict, rng: random.Random) -> bool:
    content["features"] += rng.sample(content["features"], min(3, len(content["features"])))
    return True


def _feature_contradicted(content: dict, rng: random.Random) -> bool | None:
    """Two features of one code at two places, the false one first."""
    feature = json.loads(json.dumps(rng.choice(content["features"])))
    if not feature["geometry"]:
        return None
    shape = shapely.from_geojson(json.dumps(feature["geometry"]))
    moved = shapely.transform(shape, lambda points: points + 0.02)
    feature["geometry"] = json.loads(shapely.to_geojson(moved))
    content["features"].insert(0, feature)
    return True


def _odd_property(content: dict, rng: random.Random) -> bool:
    feature = rng.choice(content["features"])
    name = rng.choice(list(feature["properties"]))
    feature["properties"][name] = rng.choice([None, "", "abc", 1004, [1], {"a": 1}, True, "#N/A"])
    return True


def _altitudes(content: dict, rng: random.Random) -> bool:
    for feature in content["features"]:
        if feature["geometry"]:
            shape = shapely.force_3d(shapely.from_geojson(json.dumps(feature["geometry"])), 12.0)
            feature["geometry"] = json.loads(shapely.to_geojson(shape))
    return True


ON_MAPS: dict[str, OnMap] = {
    "map in Lambert-93, declared": lambda content, rng: _metres(content, True),
    "map in Lambert-93, undeclared": lambda content, rng: _metres(content, False),
    "map with keys left out": _keys,
    "map with swapped axes": _swapped,
    "map under a wrong system": _wrong_crs,
    "map with empty or broken shapes": _empty_shapes,
    "map with features doubled": _features_doubled,
    "map with a feature contradicted": _feature_contradicted,
    "map with an odd property": _odd_property,
    "map with altitudes": _altitudes,
}


# --- bytes -----------------------------------------------------------------------------------------


def _cut(content: bytes, rng: random.Random) -> bytes | None:
    if content[:1] == b"{" or content[:2] == b"PK":
        return content[: rng.randrange(1, len(content) - 1)]
    lines = content.splitlines(keepends=True)
    last = rng.randrange(1, len(lines))
    # In the middle of a line, before its last separator: a number shortened at the end, or a file that ends with a
    # line, cannot be told from another.
    end = max(lines[last].rfind(b";"), lines[last].rfind(b","))
    return None if end < 2 else b"".join(lines[:last]) + lines[last][: rng.randrange(1, end)]


def _one_byte(content: bytes, rng: random.Random) -> bytes | None:
    """One byte of Windows in a file in UTF-8."""
    if content[:2] == b"PK":
        return None
    at = content.find(b"\n") + 1 or 1
    return content[:at] + content[at:].replace("é".encode(), b"\xe9", 1)


ON_BYTES: dict[str, OnBytes] = {
    "member renamed": lambda content, rng: content,
    "cut in the middle of a line": _cut,
    "Windows encoding": lambda content, rng: _encoded(content, "cp1252"),
    "one Windows byte": _one_byte,
    "byte order mark": lambda content, rng: None if content[:2] == b"PK" else b"\xef\xbb\xbf" + content,
    "UTF-16": lambda content, rng: None if content[:1] == b"{" else _encoded(content, "utf-16"),
    "null bytes": lambda content, rng: content + b"\0" * 40,
    "lines of Windows": lambda content, rng: _lines(content, b"\r\n"),
    "given twice in one archive": lambda content, rng: content,
    "beside a dictionary": lambda content, rng: content,
}


def _encoded(content: bytes, encoding: str) -> bytes | None:
    if content[:2] == b"PK":
        return None
    return content.decode("utf-8").encode(encoding, errors="replace")


def _lines(content: bytes, end: bytes) -> bytes | None:
    if content[:1] == b"{" or content[:2] == b"PK":
        return None
    return end.join(content.splitlines()) + end
