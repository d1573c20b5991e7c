"""Writing: delimited text, archives, workbooks and outlines, the same bytes for the same content on every machine."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import xlsxwriter

BOM = "\ufeff"
_EPOCH = (2026, 1, 1, 0, 0, 0)


class Member(NamedTuple):
    """One file of an archive: its name inside, and its bytes in pieces."""

    name: str
    blocks: Iterable[bytes]


def write_lines(path: Path, header: str, lines: Iterable[str], *, end: str = "\n", bom: bool = False) -> Path:
    """Write a header and ready-made lines; `end` and `bom` are what the producer uses."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        out.writelines(table(path.name, header, lines, end=end, bom=bom).blocks)
    return path


def table(name: str, header: str, lines: Iterable[str], *, end: str = "\n", bom: bool = False) -> Member:
    """A delimited file, ready for an archive."""

    def blocks() -> Iterator[bytes]:
        yield ((BOM if bom else "") + header + end).encode()
        for block in _blocks(lines, end):
            yield block.encode()

    return Member(name, blocks())


def melodi(stem: str, header: str, lines: Iterable[str]) -> tuple[Member, Member]:
    """Melodi's two members: the data, every cell quoted but the year and a value that is there, and the dictionary."""
    first = header.split(";")[0]

    def quoted() -> Iterator[str]:
        for line in lines:
            *cells, year, value = line.split(";")
            head = '";"'.join(cells)
            yield f'"{head}";{year};{value or EMPTY}'

    data = table(f"{stem}_data.csv", ";".join(f'"{name}"' for name in header.split(";")), quoted())
    return data, table(
        f"{stem}_metadata.csv",
        "COD_VAR;LIB_VAR;COD_MOD;LIB_MOD;GEO_OBJECT",
        [f"{first};Zone;F;France;FRANCE"],
    )


EMPTY = '""'


def write_archive(path: Path, *members: Member) -> Path:
    """Write a zip with a fixed date, its members in the order given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", compresslevel=1) as archive:
        for member in members:
            info = zipfile.ZipInfo(member.name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with archive.open(info, "w", force_zip64=True) as out:
                out.writelines(member.blocks)
    return path


def write_geojson(path: Path, features: Iterable[dict]) -> Path:
    """Write a FeatureCollection on one line, gzipped without a date, in the order given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as out:
        out.writelines(geojson("", features).blocks)
    return path


def geojson(name: str, features: Iterable[dict], crs: str = "") -> Member:
    """A FeatureCollection, ready for an archive; `crs` is declared in the old way that producers still use."""
    collection: dict[str, object] = {"type": "FeatureCollection"}
    if crs:
        collection["crs"] = {"type": "name", "properties": {"name": crs}}
    collection["features"] = list(features)
    return Member(name, [json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()])


def workbook(name: str, sheets: Mapping[str, Iterable[Sequence[object]]]) -> Member:
    """An xlsx of plain cells, ready for an archive; None leaves a cell empty."""
    folder = io.BytesIO()
    with xlsxwriter.Workbook(folder, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(*_EPOCH)})
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return Member(name, [folder.getvalue()])


def drop_empty(paths: Iterable[Path]) -> list[Path]:
    """Remove the files that hold nothing after their header: a producer publishes no such file."""
    kept = []
    for path in paths:
        if _is_empty(path):
            path.unlink()
        else:
            kept.append(path)
    return kept


def _is_empty(path: Path) -> bool:
    """True when the file, or the first member of the archive, holds no row."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as member:
            return _no_row(archive.namelist()[0], member)
    if path.suffix in (".gz", ".xlsx"):
        return False
    with path.open("rb") as file:
        return _no_row(path.name, file)


def _no_row(name: str, file) -> bool:
    if name.endswith(".geojson"):
        return b'"features":[]' in file.read(200)
    file.readline()
    return not file.readline()


def _blocks(lines: Iterable[str], end: str, size: int = 50_000) -> Iterable[str]:
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == size:
            yield end.join(block) + end
            block = []
    if block:
        yield end.join(block) + end
