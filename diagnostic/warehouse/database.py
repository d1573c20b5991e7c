"""Open the built database read-only, from many threads, and follow it when a build swaps it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from diagnostic import ROOT
from diagnostic.model import DiagnosticError
from diagnostic.warehouse.memory import Shelf

# DuckDB itself imports pandas when a frame is asked for: a search asks for none, nor for columns.
if TYPE_CHECKING:
    import pandas as pd

    from diagnostic.warehouse.columns import Columns

SCHEMA_VERSION = 5
# Precision of a facility whose position is only that of the centre of its commune.
AT_CENTRE = "centre"

_REAL = ROOT / "data" / "diagnostic.duckdb"
_FICTIONAL = ROOT / "data" / "demo" / "diagnostic.duckdb"
_OPENING = threading.Lock()
_HELD: ContextVar[dict[Path, Database] | None] = ContextVar("held", default=None)
# Territories whose figures stay in memory: about 30 MB of them.
_KEPT = 2_000
# Answers that stay in memory; the rows of an answer and the letters of a question beyond which one does not: the codes of
# all the communes of the country are a third of a megabyte.
_ANSWERS, _SHORT, _LONGEST_QUESTION = 2_000, 200, 10_000


def own_path() -> Path:
    """Where a database of real data is built: `DIAGNOSTIC_DB` when set, else `data/diagnostic.duckdb`."""
    named = os.environ.get("DIAGNOSTIC_DB")
    if named:
        path = Path(named)
        return path if path.is_absolute() else ROOT / path
    return _REAL


def default_path() -> Path:
    """What is read: the database of `own_path`, or the fictional one while there is none and nobody named another."""
    own = own_path()
    named = os.environ.get("DIAGNOSTIC_DB")
    return own if named or own.exists() or not _FICTIONAL.exists() else _FICTIONAL


class Database:
    """A built database at one `version`. Every thread has its own cursor."""

    def __init__(self, path: Path, version: tuple[int, int, int]) -> None:
        self.path = path
        self.version = version
        self.shelf = Shelf(_KEPT)
        # Attached to a private in-memory instance: connecting to the path itself would share the
        # old file between connections after an atomic swap.
        self._connection = duckdb.connect(":memory:")
        self._answers = Shelf(_ANSWERS)
        self._threads = threading.local()
        quoted = str(path).replace("'", "''")
        try:
            self._connection.execute(f"attach '{quoted}' as d (read_only)")
            self._connection.execute("set enable_external_access = false")
            self._meta = dict(self._connection.execute("select name, value from d.meta").fetchall())
        except duckdb.Error as error:
            raise DiagnosticError(
                f"« {path.name} » n’est pas une base de diagnostic lisible. Reconstruisez-la : python -m diagnostic build."
            ) from error
        if self._meta.get("schema_version") != str(SCHEMA_VERSION):
            raise DiagnosticError(
                f"La base « {path.name} » a été construite par une autre version de l’outil. "
                "Reconstruisez-la : python -m diagnostic build."
            )

    @property
    def key(self) -> str:
        """A short text that changes with every build, for caches and addresses."""
        return "-".join(format(part, "x") for part in self.version)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of one's own, looking at the built tables."""
        cursor = self._connection.cursor()
        cursor.execute("use d")
        return cursor

    def _asked(self, sql: str, parameters: Sequence[object]) -> duckdb.DuckDBPyConnection:
        """The question put by the cursor of this thread, to be read at once: a cursor a question took a seventh of its time."""
        if not hasattr(self._threads, "cursor"):
            self._threads.cursor = self.cursor()
        return self._threads.cursor.execute(sql, list(parameters))

    def frame(self, sql: str, *parameters: object) -> pd.DataFrame:
        """The answer to `sql` as a frame."""
        _short_texts()
        return self._asked(sql, parameters).df()

    def columns(self, sql: str, *parameters: object) -> Columns:
        """The answer to `sql` column by column."""
        from diagnostic.warehouse.columns import Columns, plain

        found = self._asked(sql, parameters).fetchnumpy()
        return Columns({name: plain(values) for name, values in found.items()})

    def rows(self, sql: str, *parameters: object) -> list[tuple]:
        """The answer to `sql` as tuples; a short one is kept, since what is built never changes."""
        asked = repr((sql, parameters))
        kept = self._answers.get(asked)
        if kept is None:
            kept = self._asked(sql, parameters).fetchall()
            if len(kept) <= _SHORT and len(asked) <= _LONGEST_QUESTION:
                self._answers.keep(asked, kept)
        return list(kept)

    def meta(self, name: str) -> str | None:
        """A fact about the build: `geography`, `built_at`, `fictional`."""
        return self._meta.get(name)

    @property
    def fictional(self) -> bool:
        """True when the database holds an invented territory."""
        return self.meta("fictional") == "true"


@lru_cache(maxsize=1)
def _short_texts() -> None:
    """In frames as short as ours, texts are quicker as Python's own than as columns of Arrow."""
    import pandas as pd

    pd.set_option("mode.string_storage", "python")


def one_row(con: duckdb.DuckDBPyConnection, statement: str) -> tuple:
    """The row of a statement that answers one."""
    found = con.execute(statement).fetchone()
    assert found is not None
    return found


def one_value(con: duckdb.DuckDBPyConnection, statement: str) -> Any:
    """The value of a statement that answers one row of one column."""
    return one_row(con, statement)[0]


@lru_cache(maxsize=2)
def _open(path: Path, version: tuple[int, int, int]) -> Database:
    return Database(path, version)


@contextmanager
def held() -> Iterator[None]:
    """For the time of the block, in this thread, a path gives one database though a build swaps the file.

    A page is drawn by many questions: without it, half of them could be answered by another edition.
    """
    token = _HELD.set({})
    try:
        yield
    finally:
        _HELD.reset(token)


def open_database(path: Path | None = None) -> Database:
    """The database at `path` (default: `default_path()`), reopened when the file has been swapped."""
    path = path or default_path()
    known = _HELD.get()
    if known is not None and path in known:
        return known[path]
    try:
        found = path.stat()
    except OSError as error:
        raise DiagnosticError(
            f"Aucune base de données à l’emplacement « {path.name} ». Construisez-la : python -m diagnostic build, "
            "ou make run pour le territoire fictif."
        ) from error
    with _OPENING:
        database = _open(path, (found.st_mtime_ns, found.st_size, found.st_ino))
    if known is not None:
        known[path] = database
    return database
