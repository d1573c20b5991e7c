"""Read, check, carry, measure, then swap: a build is whole or it has not taken place."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas as pd

from diagnostic import french, indicators
from diagnostic.model import DiagnosticError, Source, is_fictional
from diagnostic.sources import SOURCES
from diagnostic.warehouse import changes, codes, geography, local_files, placing, shapes
from diagnostic.warehouse.database import SCHEMA_VERSION, one_row, one_value
from diagnostic.warehouse.declaration import declare
from diagnostic.warehouse.derived import derive
from diagnostic.warehouse.files import Candidate, Unreadable, candidates, find
from diagnostic.warehouse.layouts import Known, Layout, recognise
from diagnostic.warehouse.staging import MACROS, check, stage
from diagnostic.warehouse.unique import Ledger

SQL = Path(__file__).resolve().parents[1] / "sql"
_ORDER = {source.id: number for number, source in enumerate(SOURCES)}
_BUILDING = ".building-"
_WORKSPACE = "diagnostic-build-"
# Beyond it DuckDB spills to the disk: a small server can build too.
MEMORY = "1GB"

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """A file that was read: source, name, vintages it holds, rows read."""

    source: str
    file: str
    vintage: str
    rows: int
    seconds: float


@dataclass(frozen=True)
class Refused:
    """A file that was left aside, and why, in French."""

    file: str
    reason: str


@dataclass(frozen=True)
class Remark:
    """What a reader should know of a file that was read: rows left out, members left aside, positions mended."""

    file: str
    sentence: str


@dataclass(frozen=True)
class BuildReport:
    """What a build did. `silenced` names the indicators that no loaded source feeds."""

    loaded: tuple[Loaded, ...]
    refused: tuple[Refused, ...]
    remarks: tuple[Remark, ...]
    silenced: tuple[tuple[str, str], ...]
    seconds: float
    steps: tuple[tuple[str, float], ...]


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
                f"Impossible d’écrire « {db.name} » : {error.strerror or error}."
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
        self.loaded: list[Loaded] = []
        self.refused: list[Refused] = []
        self.remarks: list[Remark] = []
        self.steps: list[tuple[str, float]] = []
        self.private = False

    def run(self, raw: list[Path], start: float) -> BuildReport:
        try:
            self._prepare()
            recognised = self._recognise(raw)
            for number in (1, 2, 3):
                for candidate, layout in recognised:
                    if layout.source.stage == number:
                        self._load(candidate, layout)
                if number == 1:
                    self._step("géographie", self._territories)
            self._step("report sur les communes actuelles", lambda: self._script("carry.sql"))
            self._step("départements des intercommunalités", lambda: self._script("home.sql"))
            self._step("contours", self._outlines)
            self._step("équipements", self._facilities)
            self._step("enfants par âge", lambda: self._script("children.sql"))
            self._step("distances", lambda: derive(self.con))
            self._step("indicateurs", self._measure)
            self._step("données du territoire", lambda: self._local(raw))
            self._step("comparaison avec la base précédente", self._compare)
            silenced = self._finish()
        except Unreadable as refusal:
            raise DiagnosticError(f"La base ne peut pas être construite : {refusal}") from refusal
        finally:
            self.con.close()
        return BuildReport(
            tuple(self.loaded),
            tuple(self.refused),
            tuple(self.remarks),
            silenced,
            time.perf_counter() - start,
            tuple(self.steps),
        )

    def _step(self, name: str, work: Callable[[], None]) -> None:
        self.progress(name)
        start = time.perf_counter()
        work()
        self.steps.append((name, time.perf_counter() - start))

    def _script(self, name: str) -> None:
        self.con.execute((SQL / name).read_text("utf-8"))

    def _prepare(self) -> None:
        self.con.execute(MACROS)
        self._script("schema.sql")
        self.ledger = Ledger(self.con)
        self.con.executemany(
            "insert into facility_kind values (?, ?)", list(indicators.FACILITY_STATS.items())
        )

    def _recognise(self, raw: list[Path]) -> list[tuple[Candidate, Layout]]:
        """The tables of our sources, in the order in which they are loaded."""
        found = []
        for path in (path for path in find(raw) if not local_files.is_local(path, raw)):
            try:
                members = candidates(path)
            except Unreadable as refusal:
                self.refused.append(Refused(path.name, str(refusal)))
                continue
            if not members:
                self.refused.append(
                    Refused(
                        path.name, "aucun fichier lisible par le diagnostic à l’intérieur ou sous ce format."
                    )
                )
            found += self._recognise_members(path, members)
        return sorted(
            found, key=lambda pair: (pair[1].source.stage, _ORDER[pair[1].source.id], pair[0].label)
        )

    def _recognise_members(self, path: Path, members: list[Candidate]) -> list[tuple[Candidate, Layout]]:
        """What is ours of one file or archive; the rest is refused by name, or left aside in one line."""
        recognised, aside, refused = [], [], []
        for candidate in members:
            try:
                recognised += [(candidate, layout) for layout in recognise(candidate, self.workspace)]
            except Known as known:
                aside.append(Refused(candidate.label, str(known)))
            except Unreadable as refusal:
                refused.append(Refused(candidate.label, str(refusal)))
            except (OSError, ValueError, RecursionError, MemoryError) as error:
                if getattr(error, "errno", None) == errno.ENOSPC:
                    raise
                refused.append(
                    Refused(
                        candidate.label,
                        f"fichier illisible ({type(error).__name__}). Téléchargez-le de nouveau.",
                    )
                )
        if recognised and aside:
            names = french.listing([Path(left.file.rpartition("› ")[2]).name for left in aside])
            self._remark(path.name, f"sans usage ici, laissé de côté : {names}.")
        else:
            refused += aside
        self.refused += refused
        return recognised

    def _remark(self, file: str, sentence: str) -> None:
        self.remarks.append(Remark(file, sentence))

    def _load(self, candidate: Candidate, layout: Layout) -> None:
        source = layout.source
        self.progress(f"{source.title} ({candidate.label})")
        start = time.perf_counter()
        try:
            rows = stage(self.con, candidate, layout, self.workspace)
            told = check(self.con, layout)
            year = self._year(candidate, layout)
            self.ledger.open()
            self.con.execute("begin")
            self.con.execute("set variable year = ?::integer", [year])
            level = dict(source.levels).get(layout.code_header, "")
            self.con.execute("set variable level = ?", [level])
            self._script(f"sources/{source.id}.sql")
            told += codes.follow(self.con, source, self.ledger)
            told += self.ledger.settle(source.title, candidate.label)
            edition, kept = self._collect(candidate, source, year, told)
            if source.id in ("naissances", "rp_familles", "rp_agesex", "td_pop1b") and not kept:
                raise Unreadable(
                    f"{source.title} : {rows} lignes, aucune à l’échelle des communes pour ce que le diagnostic compte."
                )
            self._sign(candidate, layout, edition, rows, kept)
            self.con.execute("commit")
            self.ledger.sign(candidate.label)
            for sentence in told:
                self._remark(candidate.label, sentence)
        except codes.Elsewhere as left:
            self._discard()
            self._remark(candidate.label, str(left))
        except Unreadable as refusal:
            self._discard()
            self.refused.append(Refused(candidate.label, str(refusal)))
        except duckdb.Error as error:
            if "No space left" in str(error):
                raise
            self._discard()
            self.refused.append(
                Refused(
                    candidate.label,
                    f"{source.title} : contenu inattendu ({str(error).splitlines()[0][:160]}). {source.cure}",
                )
            )
        else:
            self.loaded.append(Loaded(source.id, candidate.label, edition, rows, time.perf_counter() - start))
        finally:
            self.con.execute("drop table if exists raw")

    def _discard(self) -> None:
        """Forget what a file that is not kept has written."""
        # Nothing to roll back when the refusal came before the transaction.
        with contextlib.suppress(duckdb.Error):
            self.con.execute("rollback")
        for table in ("stat_raw", "published_raw", "age_raw"):
            self.con.execute(f"delete from {table}")

    def _year(self, candidate: Candidate, layout: Layout) -> int | None:
        """Year of the figures: from the columns, from the provenance, from the name, else from the geography."""
        if layout.year is not None:
            return layout.year
        provenance = candidate.origin.with_name(candidate.origin.name + ".provenance.json")
        if provenance.exists():
            try:
                declared = json.loads(provenance.read_text("utf-8")).get("year")
            except (ValueError, OSError):
                declared = None
            if isinstance(declared, int):
                return declared
        name = re.search(r"(?<!\d)(20\d{2})(?=\D|\d{4}(?!\d))", candidate.label)
        if name:
            return int(name[1])
        if layout.source.year_lag is not None:
            known = geography.geography_year(self.con, "COM")
            return known - layout.source.year_lag if known else None
        return None

    def _collect(
        self, candidate: Candidate, declared: Source, year: int | None, told: list[str]
    ) -> tuple[str, int]:
        """Move what the query wrote to the common tables, signed; return the vintages and the rows kept."""
        source = declared.id
        priority = -_ORDER[source]
        origin = len(self.ledger.files)
        years: set[int] = set()
        kept = 0
        for table in ("stat", "published", "age"):
            read, newest, found = one_row(
                self.con, f"select count(*), max(year), list(distinct year) from {table}_raw"
            )
            if not read:
                continue
            kept += read
            years |= {y for y in found if y is not None}
            told += self.ledger.settle_facts(declared.title, candidate.label, source, table, newest)
            self.con.execute(
                f"insert into {table}_all select *, ?, ?::integer, ?, ? from {table}_raw",
                [source, newest, priority, origin],
            )
            self.con.execute(f"delete from {table}_raw")
        if not years and year is not None:
            years = {year}
        if source in ("bpe", "bpe_melodi"):
            table = "facility_located" if source == "bpe" else "facility_count"
            latest = one_value(self.con, f"select max(year) from {table}")
            years = {latest} if latest else years
        if not years:
            return "", kept
        first, last = min(years), max(years)
        return (str(last) if first == last else f"{first}-{last}"), kept

    def _sign(self, candidate: Candidate, layout: Layout, vintage: str, rows: int, kept: int) -> None:
        code = next(
            (c.name for c in layout.source.columns if c.kind == "commune" and c.name in layout.columns), None
        )
        known = geography.geography_year(self.con, code) if code and layout.source.stage == 2 else None
        with candidate.origin.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        source = layout.source
        self.con.execute(
            "insert into source values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                source.id,
                source.title,
                source.producer,
                vintage,
                f"au moins {known}" if known else "",
                digest,
                rows,
                0,
                datetime.now(UTC).isoformat(timespec="seconds"),
                source.licence,
                source.page,
                candidate.label,
            ],
        )

    def _territories(self) -> None:
        geography.follow(self.con)
        # The density grid is read with the figures: territories are named before.
        self._script("territory.sql")

    def _outlines(self) -> None:
        for sentence in shapes.build_geometry(self.con):
            self._remark("Contours", sentence)

    def _facilities(self) -> None:
        placing.project(self.con)
        for source, sentence in placing.hold(self.con):
            files = [loaded.file for loaded in self.loaded if loaded.source == source]
            self._remark(", ".join(files) or source, sentence)
        self._script("facility.sql")
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
        bands = pd.DataFrame(
            [(s, a, b, s in indicators.BANDS_FROM_BIRTHS) for s, (a, b) in indicators.AGE_BANDS.items()],
            columns=["stat", "first_age", "last_age", "from_births"],
        )
        self.con.register("bands", bands)
        self.con.execute("create temp table age_band as select * from bands")
        self.con.unregister("bands")

    def _measure(self) -> None:
        declare(self.con)
        script = (SQL / "measure.sql").read_text("utf-8")
        self.con.execute(
            script.format(
                temporary="",
                membership="membership",
                stat="stat",
                published="published",
                total="total",
                figure="figure",
            )
        )
        self._script("coherence.sql")
        self._script("need.sql")

    def _local(self, raw: list[Path]) -> None:
        start = time.perf_counter()
        own = [path for path in find(raw) if local_files.is_local(path, raw)]
        for path, found in local_files.load(self.con, own):
            if isinstance(found, str):
                self.refused.append(Refused(path.name, found))
                continue
            rows, source = found.facts["commune"].nunique(), f"local_{found.template}"
            self.loaded.append(Loaded(source, path.name, str(found.year), rows, time.perf_counter() - start))
            self.private = True

    def _compare(self) -> None:
        if changes.compare(self.con, self.before):
            self.changes = changes.as_markdown(self.con, datetime.now())

    def _finish(self) -> tuple[tuple[str, str], ...]:
        con = self.con
        con.executemany(
            "insert into refusal values (?, ?)", [(r.file, r.reason) for r in self.refused] or [("", "")]
        )
        con.execute("delete from refusal where file = ''")
        if self.remarks:
            con.executemany("insert into remark values (?, ?)", [(r.file, r.sentence) for r in self.remarks])
        heard = {
            i
            for (i,) in con.execute(
                "select distinct indicator from figure where value is not null"
            ).fetchall()
        }
        loaded = {entry.source for entry in self.loaded}
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
