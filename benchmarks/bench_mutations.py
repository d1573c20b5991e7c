"""Files damaged in every way that we know of: none gives a wrong figure, none a traceback.

`MUTATIONS=10000 python -m benchmarks mutations` tries that many. Each is the beginning of a file of a declared layout
(fictional, published, or in the layout of its producer) changed once by `benchmarks/mutations.py`, loaded as a build
loads it, and what was understood of it held against what is understood of the file unchanged: the same, or fewer
values, or the same place less exactly. Whatever else is wrong.
"""

from __future__ import annotations

import math
import os
import random
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import shapely

from benchmarks import beginnings, databases, mutations
from benchmarks.harness import Result
from diagnostic.demo import write_demo
from diagnostic.sources import BY_ID
from diagnostic.warehouse import files, layouts, placing, shapes
from diagnostic.warehouse.builder import _Builder
from diagnostic.warehouse.staging import stage

REAL = databases.REAL_FILES
LAYOUTS = databases.ROOT.parent / "shared" / "layouts"
# What a position may differ by (degrees) once turned from one system to another.
NEAR = 1e-3
SEED = int(os.environ.get("MUTATIONS_SEED", "33"))

# Of each table that a file fills: the columns that say of what, and those that say how much.
FACTS: dict[str, tuple[str, str]] = {
    "stat_all": ("commune, stat, year", "value"),
    "published_all": ("level, code, stat, year", "value"),
    "age_all": ("commune, year, age", "value"),
    "facility_count": ("departement, stat, type, commune, year", "value"),
    "facility_located": ("departement, stat, type, year", "1"),
    "density_raw": ("commune", "level"),
    "qpv_raw": ("qpv, commune", "1"),
    "qpv_people": ("qpv, year", "value"),
    "elsewhere_raw": ("commune, stat, year", "1"),
    "cog_commune": ("typecom, code", "departement, parent"),
    "cog_departement": ("code", "region"),
    "cog_region": ("code", "1"),
    "cog_movement": ("kind, on_date, before, after", "1"),
    "epci_member": ("commune", "epci"),
    "epci_kind": ("epci", "kind"),
    "postcode_raw": ("postcode, commune", "1"),
    "iris": ("code, year", "note, allocataires, enfants_0_2"),
    "iris_people": ("code, year", "population, under_3, from_11_to_17"),
}
_PLACED = ("facility_raw", "qpv_shape", "shape", "iris_shape")
_GROUND = ("cog_commune", "cog_departement", "cog_region", "cog_movement", "epci_member", "epci_kind")


def results() -> Iterator[Result]:
    wanted = int(os.environ.get("MUTATIONS", "1000"))
    rng = random.Random(SEED)
    tried, outcome, touched = Counter(), Counter(), Counter()
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        benches = list(_benches(Path(folder)))
        start = time.process_time()
        for _ in range(wanted):
            bench = rng.choice(benches)
            name, source, kind, answer = bench.attempt(rng)
            tried[kind] += 1
            touched[source] += 1
            outcome[kind, answer] += 1
            if answer not in ("same", "fewer", "refused"):
                wrong.append(f"{name}, {kind}: {answer}")
        seconds = time.process_time() - start
    for kind in sorted(tried):
        yield Result(
            kind,
            tried[kind],
            "files",
            "",
            f"{outcome[kind, 'same']} read the same, {outcome[kind, 'fewer']} with some unknown, "
            f"{outcome[kind, 'refused']} refused",
        )
    held = ", ".join(f"{source} {count}" for source, count in sorted(touched.items()))
    yield Result("sources", len(touched), "sources", "", held)
    yield Result("wrong figures or tracebacks", len(wrong), "files", "0", "; ".join(wrong[:40]))
    yield Result("processor time for one file", seconds / wanted * 1000, "ms")


def _benches(folder: Path) -> Iterator[Bench]:
    work = folder / "read"
    work.mkdir()
    invented = folder / "invented"
    write_demo(invented, communes=120)
    yield Bench(folder / "a", invented, beginnings.bases(invented, work))
    if REAL.is_dir() and LAYOUTS.is_dir():
        yield Bench(folder / "b", REAL, beginnings.bases(REAL, work) + beginnings.bases(LAYOUTS, work))


class Bench:
    """The geography that the files of a folder speak of, in which one damaged file after the other is loaded."""

    def __init__(self, folder: Path, raw: Path, found: list[beginnings.Base]) -> None:
        self.folder = folder
        work = folder / "work"
        work.mkdir(parents=True)
        self.builder = _Builder(Path(":memory:"), work, lambda _: None, before=work / "absente.duckdb")
        self.con = self.builder.con
        # Small tables: planning a query well costs more than running it badly.
        self.con.execute("set threads = 1")
        self.con.execute("pragma disable_optimizer")
        self.builder._prepare()
        self.loader = self.builder.loader
        ground = folder / "ground"
        ground.mkdir()
        beginnings.ground(raw, ground, beginnings.codes(found))
        pairs = self.loader.recognise([ground])
        for number in (1, 3):
            for candidate, layout in pairs:
                if layout.source.stage == number:
                    self._load(candidate, layout)
            if number == 1:
                self.builder._territories()
        if self.loader.refused:
            raise RuntimeError(f"the ground is refused: {self.loader.refused[:3]}")
        shapes.store(self.con, shapes.draw(shapes.given(self.con)[0]))
        self.centres = {
            code: (lon, lat)
            for code, lon, lat in self.con.execute(
                "select code, lon, lat from territory where level = 'commune'"
            ).fetchall()
        }
        for table in _GROUND:
            self.con.execute(f"create temp table kept_{table} as select * from {table}")
        self._empty([*_PLACED, "source"])
        self._forget()
        self.truth: dict[beginnings.Base, dict] = {}
        for base in found:
            facts, _ = self.facts(base, base.whole())
            if facts:
                self.truth[base] = facts

    def attempt(self, rng: random.Random) -> tuple[str, str, str, str]:
        """The file damaged, its source, how, and what came of it."""
        kinds = [*mutations.ON_ROWS, *mutations.ON_MAPS, *mutations.ON_BYTES]
        known = list(self.truth)
        while True:
            base, kind = rng.choice(known), rng.choice(kinds)
            content = base.damaged(kind, rng)
            if content is not None:
                break
        packed = (
            kind if kind in ("member renamed", "given twice in one archive", "beside a dictionary") else ""
        )
        if not packed and rng.random() < 0.2:
            packed = "packed"
        try:
            facts, told = self.facts(base, content, packed)
        except Exception:  # what is counted here
            return base.name, base.source, kind, traceback.format_exc(limit=-2)[-300:].replace("\n", " ")
        if not facts:
            return base.name, base.source, kind, "refused"
        return base.name, base.source, kind, self.judged(facts, self.truth[base], told)

    def judged(self, facts: dict, truth: dict, told: bool) -> str:
        for key, value in facts.items():
            if all(part is None for part in value):
                continue
            expected = truth.get(key)
            if key[0] == "place":
                spots = [*(expected or ()), self.centres.get(key[1], (99.0, 99.0))]
                good = all(any(math.dist(spot, point) < NEAR for spot in spots) for point in value)
            elif key[0] == "facilities":
                # A row left out is told.
                good = expected is not None and (_equal(value, expected) or told and value < expected)
            else:
                good = expected is not None and _equal(value, expected)
            if not good:
                return f"wrong {key} {value} for {expected}"
        # A band of ages is the sum of the ages that are there: one that is lost makes it wrong.
        counted = {key[:3] for key in facts if key[0] == "age_all"}
        lost = next((key for key in truth if key[:3] in counted and key not in facts), None)
        if lost is not None:
            return f"wrong: {lost} is lost and the others of its commune are kept"
        return "same" if facts == truth else "fewer"

    def facts(
        self, base: beginnings.Base, content: bytes, packed: str = ""
    ) -> tuple[dict[tuple, tuple], bool]:
        """What the loader understands of a file (nothing when it refuses it), and whether it says something of it."""
        stem, suffix = Path(base.name).stem, base.suffix
        path = self.folder / f"{stem}{suffix}"
        if packed:
            path = path.with_suffix(".zip")
            names = [
                f"{stem}-mis-a-jour{suffix}" if packed == "member renamed" else f"donnees/{stem}{suffix}"
            ]
            if packed == "given twice in one archive":
                names.append(f"copie/{stem}_2{suffix}")
            with zipfile.ZipFile(path, "w") as archive:
                for name in names:
                    archive.writestr(name, content)
                if packed == "beside a dictionary":
                    archive.writestr("varmod.csv", "COD_VAR;LIB_VAR;COD_MOD;LIB_MOD\nSEXE;Sexe;1;Hommes\n")
        else:
            path.write_bytes(content)
        tables = [table for table in (*FACTS, *_PLACED) if table not in _GROUND]
        ground = BY_ID[base.source].stage == 1
        if ground:
            tables += _GROUND
            self._empty(_GROUND)
        try:
            for candidate, layout in self.loader.recognise([path]):
                self._load(candidate, layout)
            tables = self._filled(tables)
            return self._understood(tables), bool(self.loader.remarks)
        finally:
            self._empty([*tables, "source"])
            if ground:
                for table in _GROUND:
                    self.con.execute(f"insert into {table} select * from kept_{table}")
            self._forget()
            path.unlink()

    def _load(self, candidate: files.Candidate, layout: layouts.Layout) -> None:
        """Without the next file read ahead: there is one."""
        self.loader.load(candidate, layout, lambda: (stage(self.con, candidate, layout, self.folder), 0.0))

    def _understood(self, filled: list[str]) -> dict[tuple, tuple]:
        ask = self.con.execute
        found: dict[tuple, tuple] = {}
        for table in filled:
            if table in FACTS:
                key, value = FACTS[table]
                size = len(key.split(","))
                for row in ask(f"select {key}, {value} from {table}").fetchall():
                    found[table, *row[:size]] = row[size:]
        if "facility_raw" in filled or "qpv_shape" in filled:
            placing.project(self.con)
            placing.hold(self.con)
        if "facility_raw" in filled:
            for row in ask(
                "select commune, type, year, count(*), case when count(capacity) = count(*) then sum(capacity) end, "
                "case when bool_and(qpv_known) then count(qpv) end from facility_raw group by all"
            ).fetchall():
                for what, number in zip(("number", "places", "in a QPV"), row[3:], strict=True):
                    found["facilities", *row[:3], what] = (number,)
            for commune, kind, spots in ask(
                "select commune, type, list((lon, lat)) from facility_raw where lon is not null group by all"
            ).fetchall():
                found["place", commune, kind] = tuple(map(tuple, spots))
        for table, code in (("qpv_shape", "qpv"), ("shape", "code"), ("iris_shape", "code")):
            if table in filled:
                for key, wkb in ask(
                    f"select {code}, geometry from {table} where geometry is not null"
                ).fetchall():
                    centre = shapely.centroid(shapely.from_wkb(bytes(wkb)))
                    if not centre.is_empty:
                        found["place", key, table] = ((centre.x, centre.y),)
        return found

    def _forget(self) -> None:
        loader = self.loader
        for told in (loader.loaded, loader.refused, loader.remarks, loader.ledger.files, loader.ledger.marks):
            told.clear()

    def _filled(self, tables: list[str]) -> list[str]:
        counts = " union all ".join(f"select '{table}' where exists (from {table})" for table in tables)
        return [table for (table,) in self.con.execute(counts).fetchall()]

    def _empty(self, tables: Sequence[str]) -> None:
        for table in tables:
            self.con.execute(f"delete from {table}")


def _equal(value: tuple, expected: tuple) -> bool:
    """Whether what is known agrees; what became unknown does."""
    return all(
        mine is None
        or mine == theirs
        or (isinstance(mine, float) and theirs is not None and math.isclose(mine, theirs, rel_tol=1e-9))
        for mine, theirs in zip(value, expected, strict=True)
    )
