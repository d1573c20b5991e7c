"""The files that `bench_mutations.py` damages, each cut to its beginning, and the geography that they speak of."""

from __future__ import annotations

import csv
import gzip
import json
import random
from dataclasses import dataclass
from pathlib import Path

from benchmarks import mutations
from diagnostic.demo.files import workbook
from diagnostic.warehouse import files, layouts
from diagnostic.warehouse.sheets import Sheet

# Rows and features kept of each file.
ROWS, FEATURES = 60, 25
_MOST_COLUMNS = 26
_HEAD = 1 << 17


@dataclass(frozen=True)
class Base:
    """The beginning of a file: its rows or its map, and how they are written."""

    name: str
    source: str
    separator: str = ";"
    rows: tuple[tuple[str, ...], ...] = ()
    above: tuple[tuple[str, ...], ...] = ()
    sheet: str = ""
    map: str = ""

    @property
    def suffix(self) -> str:
        return ".geojson" if self.map else ".xlsx" if self.sheet else ".csv"

    def written(self, rows: mutations.Rows) -> bytes:
        if not self.sheet:
            return mutations.write(rows, self.separator).encode()
        cells = [[cell or None for cell in row] for row in (*self.above, *rows)]
        return b"".join(workbook(self.name, {self.sheet: cells}).blocks)

    def damaged(self, kind: str, rng: random.Random) -> bytes | None:
        if kind in mutations.ON_ROWS:
            rows = [list(row) for row in self.rows]
            changed = mutations.ON_ROWS[kind](rows, rng) if rows else None
            fits = changed is not None and (not self.sheet or max(map(len, changed)) <= _MOST_COLUMNS)
            return self.written(changed) if changed is not None and fits else None
        if kind in mutations.ON_MAPS:
            content = json.loads(self.map) if self.map else None
            return json.dumps(content).encode() if content and mutations.ON_MAPS[kind](content, rng) else None
        return mutations.ON_BYTES[kind](self.whole(), rng)

    def whole(self) -> bytes:
        return self.map.encode() if self.map else self.written([list(row) for row in self.rows])


def bases(raw: Path, workspace: Path) -> list[Base]:
    """The beginning of each table of ours below a folder."""
    found = []
    for path in files.find([raw]):
        try:
            members = files.candidates(path)
        except files.Unreadable:
            continue
        for candidate in members:
            try:
                found += [_base(candidate, layout) for layout in layouts.recognise(candidate, workspace)]
            except files.Unreadable:
                continue
    return found


def _base(candidate: files.Candidate, layout: layouts.Layout) -> Base:
    stem, source = Path(candidate.name).stem, layout.source.id
    if layout.source.format == "geojson":
        with candidate.open() as stream:
            content = json.loads(stream.read().decode("utf-8-sig"))
        # The last ones too: features that leave keys out stand at the end.
        content["features"] = content["features"][: FEATURES - 5] + content["features"][FEATURES - 5 :][-5:]
        return Base(f"{stem}.geojson", source, map=json.dumps(content))
    if isinstance(layout.read, Sheet):
        rows = layout.read.rows(layout.skip + 1 + ROWS)
        text = [tuple(files.as_text(cell) for cell in row) for row in rows]
        kept = _columns(layout)
        text = [tuple(row[at] if at < len(row) else "" for at in kept) for row in text]
        return Base(
            f"{stem}.xlsx",
            source,
            rows=tuple(text[layout.skip :]),
            above=tuple(text[: layout.skip]),
            sheet=layout.read.name,
        )
    with candidate.open() as stream:
        start = stream.read(_HEAD)
    text = start.decode(layout.encoding, errors="replace").lstrip("\ufeff")
    if len(start) == _HEAD:
        text = text[: text.rfind("\n")]
    lines = mutations.table(text, layout.separator)[layout.skip :]
    return Base(
        f"{stem}.csv",
        source,
        layout.separator,
        rows=tuple(tuple(row) for row in lines[: ROWS + 1] if row),
    )


def _columns(layout: layouts.Layout) -> list[int]:
    """The columns of a sheet that are declared, and the first others."""
    named = [layout.header.index(header) for header in layout.columns.values()]
    others = [at for at in range(len(layout.header)) if at not in named]
    return sorted([*named, *others[: _MOST_COLUMNS - 2 - len(named)]])


def codes(found: list[Base]) -> set[str]:
    """Everything in the files that may be the code of a commune."""
    cells = {cell.strip() for base in found for row in base.rows for cell in row if len(cell.strip()) == 5}
    for base in found:
        for feature in json.loads(base.map)["features"] if base.map else ():
            for value in feature["properties"].values():
                cells |= set(str(value).replace(" ", "").replace(";", ",").split(","))
    return cells | {f"0{cell}" for cell in cells if len(cell) == 4}


def ground(raw: Path, target: Path, codes: set[str]) -> None:
    """The lists of communes, départements and régions, and the outlines, of these communes only."""
    listed = next(raw.rglob("v_commune_2026.csv"))
    with listed.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    at = {name: rows[0].index(name) for name in ("TYPECOM", "COM", "COMPARENT")}
    kept = [row for row in rows[1:] if {row[at["COM"]], row[at["COMPARENT"]]} & codes]
    cities = {row[at["COMPARENT"]] for row in kept if row[at["TYPECOM"]] == "ARM"}
    kept += [
        row
        for row in rows[1:]
        if row[at["TYPECOM"]] == "COM" and row[at["COM"]] in cities and row not in kept
    ]
    (target / listed.name).write_text(mutations.write([rows[0], *kept], ","), "utf-8")
    for name in ("v_departement_2026.csv", "v_region_2026.csv"):
        (target / name).write_bytes(next(raw.rglob(name)).read_bytes())
    with next(raw.rglob("v_mvt_commune_2026.csv")).open(encoding="utf-8-sig", newline="") as stream:
        moves = list(csv.reader(stream))
    ours = {row[at["COM"]] for row in kept}
    before, after = moves[0].index("COM_AV"), moves[0].index("COM_AP")
    moves = [moves[0], *(row for row in moves[1:] if row[after] in ours or row[before] in ours)]
    (target / "v_mvt_commune_2026.csv").write_text(mutations.write(moves, ","), "utf-8")
    outlines = next(path for path in raw.rglob("communes-*.geojson*"))
    packed = outlines.suffix == ".gz"
    with gzip.open(outlines) if packed else outlines.open("rb") as stream:
        content = json.loads(stream.read())
    content["features"] = [f for f in content["features"] if f["properties"]["code"] in ours]
    (target / "communes.geojson").write_text(json.dumps(content), "utf-8")
