"""What is read before its turn: while the base checks and carries one file, the next ones are copied beside it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import duckdb
import pandas as pd

from diagnostic.warehouse.files import Candidate
from diagnostic.warehouse.layouts import Layout
from diagnostic.warehouse.staging import copy_text, counted, frame_of, stage

T = TypeVar("T")
# A base in memory, which every connection sees; a temporary table is seen by its own alone.
_BESIDE = "beside"
# While fewer cells than that wait for their turn, the next text is copied.
_WAITING = 20_000_000


class Ahead:
    """Reads `files`, in their order: workbooks and maps of places all at once, aside; the texts, one after the other."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, files: Sequence[tuple[Candidate, Layout]], workspace: Path
    ) -> None:
        self._con, self._files, self._workspace = con, files, workspace
        (here,) = con.execute("select current_database()").fetchall()[0]
        con.execute(f"attach ':memory:' as {_BESIDE}")
        # Tables are made in the first of these; `raw` is found in either.
        con.execute("set search_path = ?", [f'"{here}".main,{_BESIDE}.main'])
        self._aside, self._copying = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
        self._own = con.cursor()
        self._frames: dict[int, Future[pd.DataFrame | None]] = {
            at: self.aside(partial(frame_of, layout))
            for at, (_, layout) in enumerate(files)
            if layout.source.stage != 2 and layout.read is not None
        }
        self._room, self._waiting, self._closed = threading.Condition(), 0, False
        # Of each text, the cells copied and the seconds spent on them.
        self._copied: dict[int, Future[tuple[int, float]]] = {
            at: Future() for at, (_, layout) in enumerate(files) if layout.read is None
        }
        self._copying.submit(self._copy_all, dict(self._copied))

    def aside(self, work: Callable[[], T]) -> Future[T]:
        """Do `work`, which asks nothing of the base, after the workbooks and the maps."""
        return self._aside.submit(work)

    def stage(self, at: int) -> tuple[int, float]:
        """Fill `raw` with the file of that number; return its rows, and the seconds spent on it before its turn."""
        candidate, layout = self._files[at]
        copied = self._copied.pop(at, None)
        if copied is None:
            return stage(self._con, candidate, layout, self._workspace, self._frames.pop(at, None)), 0.0
        asked = time.perf_counter()
        cells, spent = copied.result()
        waited = time.perf_counter() - asked
        self._con.execute(f"alter table {_BESIDE}.{_table(at)} rename to raw")
        self._wait_for(-cells)
        return counted(self._con, layout), max(0.0, spent - waited)

    def clear(self) -> None:
        """Forget the file that stands in `raw`: there, or where a check has made it again."""
        for base in ("temp", _BESIDE):
            self._con.execute(f"drop table if exists {base}.main.raw")

    def close(self) -> None:
        """Leave off what is being read."""
        self._closed = True
        self._wait_for(0)
        self._own.interrupt()
        self._copying.shutdown()
        self._aside.shutdown(cancel_futures=True)
        self._own.close()

    def _wait_for(self, cells: int) -> None:
        """So many cells more, or fewer, wait for their turn."""
        with self._room:
            self._waiting += cells
            self._room.notify()

    def _copy_all(self, wanted: dict[int, Future[tuple[int, float]]]) -> None:
        for at, copied in wanted.items():
            with self._room:
                self._room.wait_for(lambda: self._closed or self._waiting < _WAITING)
            if self._closed:
                return
            try:
                told = self._copy(at)
            except Exception as error:  # raised again where the file has its turn
                copied.set_exception(error)
                continue
            self._wait_for(told[0])
            copied.set_result(told)

    def _copy(self, at: int) -> tuple[int, float]:
        start = time.perf_counter()
        candidate, layout = self._files[at]
        copy_text(self._own, candidate, layout, self._workspace, f"table {_BESIDE}.main.{_table(at)}")
        # Read to the end: an answer that is left open would hold the base.
        ((rows,),) = self._own.execute(f"select count(*) from {_BESIDE}.main.{_table(at)}").fetchall()
        return rows * len(layout.columns), time.perf_counter() - start


def _table(at: int) -> str:
    return f"copied_{at}"
