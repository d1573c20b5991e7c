"""What is read before its turn: while the base checks and carries one file, the next is copied beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import duckdb
import pandas as pd

from diagnostic.warehouse.files import Candidate
from diagnostic.warehouse.layouts import Layout
from diagnostic.warehouse.staging import copy_text, counted, frame_of, framed, stage

T = TypeVar("T")
# A base in memory, which every connection sees; a temporary table is seen by its own alone.
_BESIDE = "beside"


class Ahead:
    """Reads `files`, in their order: workbooks and maps of places all at once, aside; of texts, the next one."""

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
        self._frames: dict[int, Future[pd.DataFrame]] = {
            at: self.aside(partial(frame_of, candidate, layout, workspace))
            for at, (candidate, layout) in enumerate(files)
            if layout.source.stage != 2 and framed(layout)
        }
        self._texts: Iterator[int] = (at for at, (_, layout) in enumerate(files) if not framed(layout))
        self._copied: dict[int, Future[float]] = {}
        self._copy_next()

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
        try:
            spent = copied.result()
            self._con.execute(f"alter table {_BESIDE}.copied rename to raw")
        finally:
            self._copy_next()
        return counted(self._con, layout), max(0.0, spent - (time.perf_counter() - asked))

    def clear(self) -> None:
        """Forget the file that stands in `raw`: there, or where a check has made it again."""
        for base in ("temp", _BESIDE):
            self._con.execute(f"drop table if exists {base}.main.raw")

    def close(self) -> None:
        """Leave off what is being read."""
        self._own.interrupt()
        self._copying.shutdown(cancel_futures=True)
        self._aside.shutdown(cancel_futures=True)
        self._own.close()

    def _copy_next(self) -> None:
        at = next(self._texts, None)
        if at is not None:
            self._copied[at] = self._copying.submit(self._copy, *self._files[at])

    def _copy(self, candidate: Candidate, layout: Layout) -> float:
        start = time.perf_counter()
        copy_text(self._own, candidate, layout, self._workspace, f"table {_BESIDE}.main.copied")
        return time.perf_counter() - start
