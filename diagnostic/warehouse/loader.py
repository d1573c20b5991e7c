"""Recognise the files found and bring each into the tables, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from diagnostic import french
from diagnostic.model import Source
from diagnostic.sources import SOURCES
from diagnostic.warehouse import codes, geography, local_files, promised
from diagnostic.warehouse.checking import check
from diagnostic.warehouse.database import one_row, one_value
from diagnostic.warehouse.files import Candidate, Unreadable, candidates, find
from diagnostic.warehouse.layouts import Known, Layout, recognise
from diagnostic.warehouse.outcome import Loaded, Refused, Remark
from diagnostic.warehouse.unique import Ledger

QUERIES = Path(__file__).resolve().parents[1] / "sql" / "sources"
_ORDER = {source.id: number for number, source in enumerate(SOURCES)}


@dataclass
class Loader:
    """Reads the raw files into the database of `con`, and remembers what became of each."""

    con: duckdb.DuckDBPyConnection
    workspace: Path
    progress: Callable[[str], None]
    loaded: list[Loaded] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.con)

    def recognise(self, raw: list[Path]) -> list[tuple[Candidate, Layout]]:
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
            self.remark(path.name, f"sans usage ici, laissé de côté : {names}.")
        else:
            refused += aside
        self.refused += refused
        return recognised

    def remark(self, file: str, sentence: str) -> None:
        self.remarks.append(Remark(file, sentence))

    def load(self, candidate: Candidate, layout: Layout, stage: Callable[[], tuple[int, float]]) -> None:
        """Bring one file into the tables. `stage` fills `raw` with it: its rows, and the seconds already spent on them."""
        source = layout.source
        self.progress(f"{source.title} ({candidate.label})")
        start = time.perf_counter()
        try:
            rows, before = stage()
            start -= before
            told = check(self.con, layout)
            aside = rows - one_value(self.con, "select count(*) from raw")
            year = self._year(candidate, layout)
            query = (QUERIES / f"{source.id}.sql").read_text("utf-8")
            self.ledger.open(query)
            self.con.execute("begin")
            self.con.execute("set variable year = ?::integer", [year])
            level = dict(source.levels).get(layout.code_header, "")
            self.con.execute("set variable level = ?", [level])
            self.con.execute(query)
            if "cell_raw" in query:
                self.con.execute((QUERIES.parent / "cells.sql").read_text("utf-8"))
            told += promised.lacking(self.con, source, query)
            told += codes.follow(self.con, source, self.ledger)
            told += self.ledger.settle(source.title, candidate.label)
            edition, kept = self._collect(candidate, source, year, told)
            if source.id in ("naissances", "rp_familles", "rp_agesex", "td_pop1b") and not kept:
                raise Unreadable(
                    f"colonnes de « {source.title} », mais aucune des {rows} lignes n’est à l’échelle des communes pour ce "
                    "que le diagnostic compte : autre mesure (les décès ont les mêmes colonnes) ou extrait."
                )
            self._sign(candidate, layout, edition, rows, aside)
            self.con.execute("commit")
            self.ledger.sign(candidate.label)
            for sentence in told:
                self.remark(candidate.label, sentence)
        except codes.Elsewhere as left:
            self._discard()
            self.remark(candidate.label, str(left))
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

    def _discard(self) -> None:
        """Forget what a file that is not kept has written."""
        # Nothing to roll back when the refusal came before the transaction.
        with contextlib.suppress(duckdb.Error):
            self.con.execute("rollback")
        for table in ("stat_raw", "published_raw", "age_raw", "cell_raw"):
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

    def _sign(self, candidate: Candidate, layout: Layout, vintage: str, rows: int, aside: int) -> None:
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
                aside,
                datetime.now(UTC).isoformat(timespec="seconds"),
                source.licence,
                source.page,
                candidate.label,
            ],
        )
