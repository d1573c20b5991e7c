"""Writing: delimited text and zips, the same bytes for the same content on every machine."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path

BOM = "\ufeff"
_EPOCH = (2026, 1, 1, 0, 0, 0)


def write_lines(path: Path, header: str, lines: Iterable[str], *, end: str = "\n", bom: bool = False) -> Path:
    """Write a header and ready-made lines; `end` and `bom` are what the producer uses."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write((BOM if bom else "") + header + end)
        for block in _blocks(lines, end):
            out.write(block)
    return path


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
    if path.suffix == ".zip":
        return False
    with path.open("rb") as file:
        if path.suffix == ".geojson":
            return b'"features":[]' in file.read(100)
        file.readline()
        return not file.readline()


def write_zip(path: Path, member: str, header: str, lines: Iterable[str], *, end: str = "\n") -> Path:
    """Write one delimited file inside a zip with a fixed date, as Melodi delivers it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    info = zipfile.ZipInfo(member, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    with zipfile.ZipFile(path, "w", compresslevel=1) as archive, archive.open(info, "w") as out:
        out.write((header + end).encode())
        for block in _blocks(lines, end):
            out.write(block.encode())
    return path


def write_geojson(path: Path, features: Iterable[dict]) -> Path:
    """Write a FeatureCollection on one line, in the order given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    collection = {"type": "FeatureCollection", "features": list(features)}
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, encoding="utf-8", newline="")
    return path


def _blocks(lines: Iterable[str], end: str, size: int = 50_000) -> Iterable[str]:
    block: list[str] = []
    for line in lines:
        block.append(line)
        if len(block) == size:
            yield end.join(block) + end
            block = []
    if block:
        yield end.join(block) + end
