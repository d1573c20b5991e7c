"""Read, check, carry, measure, then swap: a build is whole or it has not taken place."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import duckdb
import pandas as pd

from diagnostic import french, indicators
from diagnostic.model import DiagnosticError, is_fictional
from diagnostic.sources import SOURCES
from diagnostic.warehouse import changes, geography, local_files, nearby, placing, searched, shapes, wide
from diagnostic.warehouse.ahead import Ahead
from diagnostic.warehouse.database import SCHEMA_VERSION, one_value
from diagnostic.warehouse.declaration import declare
from diagnostic.warehouse.derived import derive
from diagnostic.warehouse.files import Candidate, Unreadable, find
from diagnostic.warehouse.layouts import Layout
from diagnostic.warehouse.loader import Loader
from diagnostic.warehouse.outcome import BuildReport, Loaded, Refused

SQL = Path(__file__).resolve().parents[1] / "sql"
_BUILDING = ".building-"
_WORKSPACE = "diagnostic-build-"
# Beyond it DuckDB spills to the disk: a small server can build too.
MEMORY = "1GB"

Progress = Callable[[str], None]


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Cells are made by the million and in no circle: looking for circles among them costs more than reading them."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@_uncollected()
def build(raw: list[Path], db: Path, progress: Progress | None = None) -> BuildReport:
    """Build the database `db` from the files below the folders `raw`; the old one serves until the end.

    Raise DiagnosticError when a folder is unreadable, when no geography is there, or when the disk is full.
    """
    start = time.perf_counter()
    for folder in raw:
        if not folder.exists() or not os.access(folder, os.R_OK):
            raise DiagnosticError(
                f"Le dossier « {folder} » n’existe pas ou ne peut pas être lu. Indiquez celui des fichiers téléchargés.",
                code=2,
            )
    if db.is_dir():
        # Known before an hour of work, not after.
        raise DiagnosticError(
            f"« {db} » est un dossier : indiquez avec --db le fichier de la base à écrire.", code=2
        )
    try:
        db.parent.mkdir(parents=True, exist_ok=True)
        _clear_debris(db)
        target = db.with_name(f".{db.name}{_BUILDING}{os.getpid()}")
        try:
            with tempfile.TemporaryDirectory(prefix=f"{_WORKSPACE}{os.getpid()}-") as workspace:
                builder = _Builder(target, Path(workspace), progress or (lambda _: None), db)
                report = builder.run(raw, start)
            if builder.private:
                # Exact counts of the territory's own files are inside.
                target.chmod(0o600)
            os.replace(target, db)
            if builder.changes:
                changes.write(db.parent, builder.changes)
        finally:
            _remove(target)
    except (duckdb.Error, OSError) as error:
        if getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error):
            raise DiagnosticError(_full(db)) from error
        if isinstance(error, OSError):
            raise DiagnosticError(
                f"Impossible d’écrire la base « {db} » : {french.because(error)}. Choisissez un autre emplacement."
            ) from error
        raise
    return report


def _full(db: Path) -> str:
    """Which disk is full: that of the temporary files, often a small one in memory, or that of the database."""
    temporary = Path(tempfile.gettempdir())
    apart = temporary.stat().st_dev != db.parent.stat().st_dev
    if apart and shutil.disk_usage(temporary).total < shutil.disk_usage(db.parent).free:
        return (
            f"Le dossier temporaire « {temporary} » est trop petit : indiquez-en un plus grand dans la variable TMPDIR, "
            "puis relancez. L’ancienne base reste en service."
        )
    return "Le disque est plein : libérez de la place, l’ancienne base reste en service."


def _clear_debris(db: Path) -> None:
    """Remove what killed builds left; a build still running keeps its file."""
    for path in db.parent.glob(f".{db.name}{_BUILDING}*"):
        number = re.search(r"(\d+)", path.name.rpartition(_BUILDING)[2])
        if number and not _alive(int(number[1])):
            path.unlink(missing_ok=True)
    for path in Path(tempfile.gettempdir()).glob(f"{_WORKSPACE}*"):
        writer = path.name.removeprefix(_WORKSPACE).partition("-")[0]
        if writer.isdecimal() and not _alive(int(writer)):
            shutil.rmtree(path, ignore_errors=True)


def _alive(pid: int) -> bool:
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove(target: Path) -> None:
    for path in (target, target.with_name(target.name + ".wal")):
        path.unlink(missing_ok=True)


class _Builder:
    def __init__(self, target: Path, workspace: Path, progress: Progress, before: Path) -> None:
        self.workspace, self.progress, self.before = workspace, progress, before
        self.changes = ""
        self.con = duckdb.connect(str(target))
        self.con.execute(f"set temp_directory = '{workspace}'")
        self.con.execute(f"set memory_limit = '{MEMORY}'")
        self.loader = Loader(self.con, workspace, progress)
        self.steps: list[tuple[str, float]] = []
        self.private = False
        self.named: Future[list[searched.Entry]]

    def run(self, raw: list[Path], start: float) -> BuildReport:
        ahead = None
        try:
            self._prepare()
            recognised = self.loader.recognise(raw)
            # The outlines come before the figures: they are drawn aside while these are loaded and carried.
            turns = [pair for stage in (1, 3, 2) for pair in recognised if pair[1].source.stage == stage]
            ahead = Ahead(self.con, turns, self.workspace)
            self._load(turns, ahead, 1)
            self._step("géographie", self._territories)
            self._load(turns, ahead, 3)
            drawn = ahead.aside(partial(shapes.draw, self._outlines()))
            self._load(turns, ahead, 2)
            self._step("report sur les communes actuelles", lambda: self._script("carry.sql"))
            self._step("départements des intercommunalités", lambda: self._script("home.sql"))
            self._step("enfants par âge", self._children)
            self._step("contours", lambda: shapes.store(self.con, drawn.result()))
            self._step("équipements", self._facilities)
            self._step("distances", lambda: derive(self.con))
            self._step("indicateurs", partial(self._measure, ahead))
            self._step("données du territoire", lambda: self._local(raw))
            self._step("noms cherchés", self._names)
            self._step("tables des niveaux", lambda: wide.store(self.con))
            self._step("lieux les plus proches", lambda: nearby.store(self.con))
            self._step("comparaison avec la base précédente", self._compare)
            silenced = self._finish()
        except Unreadable as refusal:
            raise DiagnosticError(f"La base ne peut pas être construite : {refusal}") from refusal
        finally:
            if ahead is not None:
                ahead.close()
            self.con.close()
        return BuildReport(
            tuple(self.loader.loaded),
            tuple(self.loader.refused),
            tuple(self.loader.remarks),
            silenced,
            time.perf_counter() - start,
            tuple(self.steps),
        )

    def _load(self, turns: list[tuple[Candidate, Layout]], ahead: Ahead, stage: int) -> None:
        for at, (candidate, layout) in enumerate(turns):
            if layout.source.stage == stage:
                self.loader.load(candidate, layout, partial(ahead.stage, at))
                ahead.clear()

    def _step(self, name: str, work: Callable[[], None]) -> None:
        self.progress(name)
        start = time.perf_counter()
        work()
        self.steps.append((name, time.perf_counter() - start))

    def _script(self, name: str) -> None:
        self.con.execute((SQL / name).read_text("utf-8"))

    def _prepare(self) -> None:
        self._script("macros.sql")
        self._script("schema.sql")
        self.con.executemany(
            "insert into facility_kind values (?, ?)", list(indicators.FACILITY_STATS.items())
        )

    def _territories(self) -> None:
        geography.follow(self.con)
        # The density grid is read with the figures: territories are named before.
        self._script("territory.sql")

    def _outlines(self) -> shapes.Given:
        outlines, told = shapes.given(self.con)
        for sentence in told:
            self.loader.remark("Contours", sentence)
        return outlines

    def _facilities(self) -> None:
        placing.project(self.con)
        for source, sentence in placing.hold(self.con):
            files = [loaded.file for loaded in self.loader.loaded if loaded.source == source]
            self.loader.remark(", ".join(files) or source, sentence)
        self._script("facility.sql")
        placing.name_districts(self.con)
        self._script("schools.sql")
        self.con.execute(
            """
            update territory set density = found.level
            from (
                select commune, arg_max(level, coalesce(year, 0)) as level from density_raw group by commune
            ) as found
            where territory.level = 'commune' and found.commune = territory.code
            """
        )

    def _children(self) -> None:
        bands = pd.DataFrame(
            [(s, a, b, s in indicators.BANDS_FROM_BIRTHS) for s, (a, b) in indicators.AGE_BANDS.items()],
            columns=["stat", "first_age", "last_age", "from_births"],
        )
        self.con.register("bands", bands)
        self.con.execute("create temp table age_band as select * from bands")
        self.con.unregister("bands")
        self._script("children.sql")

    def _measure(self, ahead: Ahead) -> None:
        declare(self.con)
        names = ("membership", "stat", "published", "total", "figure")
        script = (
            (SQL / "measure.sql").read_text("utf-8").format(temporary="", **{name: name for name in names})
        )
        total, *others = duckdb.extract_statements(script)
        self.con.execute(total)
        # Names are put in the order of the populations that were just summed.
        self.named = ahead.aside(partial(searched.entries, self._asking()))
        for statement in others:
            self.con.execute(statement)
        self._script("coherence.sql")
        self._script("need.sql")

    def _asking(self) -> searched.Ask:
        """Who answers while the base is busy: a connection of one's own."""
        own = self.con.cursor()
        return lambda sql: own.execute(sql).fetchall()

    def _local(self, raw: list[Path]) -> None:
        start = time.perf_counter()
        own = [path for path in find(raw) if local_files.is_local(path, raw)]
        for path, found, remark in local_files.load(self.con, own):
            if isinstance(found, str):
                self.loader.refused.append(Refused(path.name, found))
                continue
            rows, source = found.facts["commune"].nunique(), f"local_{found.template}"
            self.loader.loaded.append(
                Loaded(source, path.name, str(found.year), rows, time.perf_counter() - start)
            )
            if remark:
                self.loader.remark(path.name, remark)
            self.private = True

    def _names(self) -> None:
        found = pd.DataFrame(self.named.result(), columns=list(searched.COLUMNS))
        self.con.register("found", found.reset_index(names="number"))
        self.con.execute("create table searched as select * from found order by number")
        self.con.unregister("found")

    def _compare(self) -> None:
        if changes.compare(self.con, self.before):
            self.changes = changes.as_markdown(self.con, datetime.now())

    def _finish(self) -> tuple[tuple[str, str], ...]:
        con = self.con
        con.executemany(
            "insert into refusal values (?, ?)",
            [(r.file, r.reason) for r in self.loader.refused] or [("", "")],
        )
        con.execute("delete from refusal where file = ''")
        if self.loader.remarks:
            con.executemany(
                "insert into remark values (?, ?)", [(r.file, r.sentence) for r in self.loader.remarks]
            )
        heard = {
            i
            for (i,) in con.execute(
                "select distinct indicator from figure where value is not null"
            ).fetchall()
        }
        loaded = {entry.source for entry in self.loader.loaded}
        titles = {source.id: source.title for source in SOURCES}
        silenced = []
        for indicator in indicators.INDICATORS:
            if indicator.id in heard:
                continue
            absent = [titles[source] for source in indicator.sources if source not in loaded]
            silenced.append(
                (
                    indicator.id,
                    "Source absente : " + " ; ".join(absent) + "."
                    if absent
                    else "Les fichiers chargés n’en donnent aucune valeur.",
                )
            )
        if silenced:
            con.executemany("insert into silenced values (?, ?)", silenced)
        departements = [
            code
            for (code,) in con.execute("select code from territory where level = 'departement'").fetchall()
        ]
        year = one_value(con, "select max(year) from cog_commune")
        facts = {
            "schema_version": str(SCHEMA_VERSION),
            "geography": str(year) if year else "",
            "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "fictional": "true" if departements and all(map(is_fictional, departements)) else "false",
        }
        con.executemany("insert into meta values (?, ?)", list(facts.items()))
        con.execute("checkpoint")
        return tuple(silenced)
