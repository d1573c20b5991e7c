"""Where drafts are kept: a file that the processes of one machine share, or a server of Redis for several.

A draft is a text under the digest of a visitor's key, a kind and a territory. `update` reads and writes in
one step: two tabs, two processes or two machines never lose each other's change. The key itself is nowhere:
who reads the store cannot open a visitor's work in a browser.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, cast

from diagnostic import ROOT
from diagnostic.model import DiagnosticError

VARIABLE, DAYS_VARIABLE = "DIAGNOSTIC_BROUILLONS", "DIAGNOSTIC_BROUILLONS_JOURS"
MEMORY = "memoire"
DAYS = 30
HEAVIEST = 5_000_000
"""Bytes of one draft: a hundred fiches full of text weigh a tenth of it."""
MOST_BYTES = 1_000_000_000
"""Bytes of them all in a file; of those heavier than most, the oldest leave first. A server of Redis has its own bound, `maxmemory`."""
_DEFAULT = "data/brouillons.sqlite"
_PATIENCE = 5.0


class Store(Protocol):
    """Texts by visitor, kind and territory; each leaves when nobody has changed it for `days` days."""

    def get(self, visitor: str, what: str, territory: str) -> str | None:
        """The text, or None when there is none; DiagnosticError when the store does not answer."""

    def update(
        self, visitor: str, what: str, territory: str, change: Callable[[str | None], str]
    ) -> tuple[str | None, str]:
        """Replace the text by `change(text)`; returns what it was and what it is. `change` may be called again."""


def days() -> int:
    """How long a draft stays after its last change, from `DIAGNOSTIC_BROUILLONS_JOURS`."""
    said = os.environ.get(DAYS_VARIABLE, "").strip()
    if not said:
        return DAYS
    if not said.isdecimal() or not 1 <= int(said) <= 400:
        raise DiagnosticError(f"{DAYS_VARIABLE} est un nombre de jours, de 1 à 400 : corrigez « {said} ».")
    return int(said)


def open_store() -> Store:
    """The store that `DIAGNOSTIC_BROUILLONS` names: a file, `redis://…`, or `memoire` for none."""
    named = os.environ.get(VARIABLE, "").strip() or _DEFAULT
    if named.startswith(("redis://", "rediss://", "unix://")):
        return RedisStore(named, days())
    return SqliteStore(named if named == MEMORY else ROOT / named, days())


def digest(visitor: str) -> str:
    """What stands for a visitor in the store."""
    return hashlib.sha256(visitor.encode()).hexdigest()


def _checked(text: str) -> str:
    if len(text.encode()) > HEAVIEST:
        raise DiagnosticError(
            f"Ce brouillon pèse plus de {HEAVIEST // 1_000_000} Mo : raccourcissez-le, rien n’a été changé."
        )
    return text


class SqliteStore:
    """A file of SQLite, that its owner alone reads; `memoire` in the memory of the process alone."""

    def __init__(self, path: Path | str, days: int = DAYS, most_bytes: int = MOST_BYTES) -> None:
        self._seconds, self._most_bytes = days * 86_400, most_bytes
        self._lock = threading.Lock()
        with self._refusals():
            if path != MEMORY:
                path = Path(path)
                path.parent.mkdir(parents=True, exist_ok=True)
                # Its owner's before anything is in it; the two files beside it take its rights.
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._connection = sqlite3.connect(
                ":memory:" if path == MEMORY else path,
                timeout=_PATIENCE,
                isolation_level=None,
                check_same_thread=False,
            )
            for statement in (
                "pragma journal_mode = wal",
                "pragma synchronous = full",
                "pragma secure_delete = on",
                """
                create table if not exists draft (
                    visitor text, what text, territory text, text text, weight integer, changed real,
                    primary key (visitor, what, territory)
                ) without rowid
                """,
                # Weighed without reading their texts.
                "drop index if exists draft_changed",
                "create index if not exists draft_weight on draft (changed, weight)",
            ):
                self._connection.execute(statement)

    @contextlib.contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise _unavailable() from error

    def get(self, visitor: str, what: str, territory: str) -> str | None:
        with self._refusals(), self._lock:
            return self._read(digest(visitor), what, territory)

    def _read(self, *key: str) -> str | None:
        row = self._connection.execute(
            "select text from draft where visitor = ? and what = ? and territory = ? and changed > ?",
            (*key, time.time() - self._seconds),
        ).fetchone()
        return row[0] if row else None

    def update(
        self, visitor: str, what: str, territory: str, change: Callable[[str | None], str]
    ) -> tuple[str | None, str]:
        key = digest(visitor), what, territory
        with self._refusals(), self._lock:
            self._connection.execute("begin immediate")
            try:
                before = self._read(*key)
                after = _checked(change(before))
                self._connection.execute(
                    "insert or replace into draft values (?, ?, ?, ?, ?, ?)",
                    (*key, after, len(after.encode()), time.time()),
                )
                self._tidy(key)
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")
        return before, after

    def _tidy(self, written: tuple[str, str, str]) -> None:
        """Erase what is past its time; then, while all weigh too much, the oldest of those that weigh more than the mean,
        but for the one just written: whoever fills the store with heavy drafts pushes out their own, not a mayor's."""
        run = self._connection.execute
        run("delete from draft where changed <= ?", (time.time() - self._seconds,))
        while run("select coalesce(sum(weight), 0) from draft").fetchone()[0] > self._most_bytes:
            gone = run(
                """
                delete from draft where (visitor, what, territory) in (
                    select visitor, what, territory from draft
                    where (visitor, what, territory) <> (?, ?, ?)
                    order by weight < (select avg(weight) from draft), changed
                    limit 1
                )
                """,
                written,
            )
            if not gone.rowcount:
                break


class RedisStore:
    """A server of Redis or Valkey, for replicas on several machines."""

    def __init__(self, url: str, days: int = DAYS) -> None:
        import redis

        self._seconds, self._errors = days * 86_400, redis.RedisError
        try:
            self._server = redis.Redis.from_url(
                url, decode_responses=True, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
            )
        except ValueError as error:
            raise DiagnosticError(f"{VARIABLE} n’est pas une adresse de Redis : corrigez-la.") from error

    @staticmethod
    def _key(visitor: str, what: str, territory: str) -> str:
        return f"ctg:brouillon:{digest(visitor)}:{what}:{territory}"

    def get(self, visitor: str, what: str, territory: str) -> str | None:
        try:
            return cast("str | None", self._server.get(self._key(visitor, what, territory)))
        except self._errors as error:
            raise _unavailable() from error

    def update(
        self, visitor: str, what: str, territory: str, change: Callable[[str | None], str]
    ) -> tuple[str | None, str]:
        key = self._key(visitor, what, territory)

        def swapped(pipe) -> tuple[str | None, str]:
            before = pipe.get(key)
            after = _checked(change(before))
            pipe.multi()
            pipe.set(key, after, ex=self._seconds)
            return before, after

        try:
            # Begun again whenever another has written in between.
            found = self._server.transaction(cast(Any, swapped), key, value_from_callable=True)
            return cast("tuple[str | None, str]", found)
        except self._errors as error:
            raise _unavailable() from error


def _unavailable() -> DiagnosticError:
    return DiagnosticError(
        "Les brouillons ne peuvent être ni lus ni gardés en ce moment : rechargez la page dans une minute. "
        "Ce qui était gardé le reste."
    )
