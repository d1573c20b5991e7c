"""Copy a recognised file into the table `raw`, as text; refuse the one whose lines do not follow its header."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import itertools
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import duckdb
import pandas as pd

from diagnostic.model import Column
from diagnostic.warehouse.database import one_value
from diagnostic.warehouse.files import AS_WINDOWS, Candidate, Unreadable
from diagnostic.warehouse.frames import map_frame, sheet_frame
from diagnostic.warehouse.layouts import Layout
from diagnostic.warehouse.sheets import Features, Sheet

_CHUNK = 1 << 20


def frame_of(layout: Layout) -> pd.DataFrame | None:
    """The cells of a workbook or of a map, which recognising it has read; None of a text."""
    match layout.read:
        case Sheet() as sheet:
            return sheet_frame(sheet, layout)
        case Features() as features:
            return map_frame(features, layout)
    return None


def stage(
    con: duckdb.DuckDBPyConnection,
    candidate: Candidate,
    layout: Layout,
    workspace: Path,
    ahead: Future[pd.DataFrame | None] | None = None,
) -> int:
    """Fill `raw` (one text column per declared column, unknown optional ones null); return the rows. `ahead` is the frame
    of the file, where it is being read already."""
    con.execute("drop table if exists raw")
    frame = frame_of(layout) if ahead is None else ahead.result()
    if frame is not None:
        con.register("frame", frame)
        geometry = ", geometry" if "geometry" in frame else ""
        places = {name: name for name in layout.columns}
        con.execute(f"create temp table raw as {_rows(layout, places, 'frame', geometry)}")
        con.unregister("frame")
    else:
        copy_text(con, candidate, layout, workspace, "temp table raw")
    return counted(con, layout)


def counted(con: duckdb.DuckDBPyConnection, layout: Layout) -> int:
    """The rows of `raw`; raise Unreadable when there is none."""
    rows = one_value(con, "select count(*) from raw")
    if not rows:
        raise Unreadable(f"{layout.source.title} : aucune ligne après l’en-tête. {layout.source.cure}")
    return rows


def _projection(layout: Layout, places: dict[str, str]) -> str:
    return ", ".join(
        f'{_cell(layout, column, places)} as "{column.name}"'
        if column.name in places
        else f'null::varchar as "{column.name}"'
        for column in layout.source.columns
    )


def _cell(layout: Layout, column: Column, places: dict[str, str]) -> str:
    cell = f"coalesce(trim(\"{places[column.name]}\"), '')"
    return (
        cell if column.required or not layout.source.in_full else f"case when in_full then {cell} else '' end"
    )


def _in_full(layout: Layout, places: dict[str, str]) -> str:
    """True of a row of which every column is read."""
    if not layout.source.in_full:
        return "true"
    column, words = layout.source.in_full
    return f'trim("{places[column]}") in ({", ".join(repr(word) for word in sorted(words))})'


def _rows(layout: Layout, places: dict[str, str], origin: str, also: str = "") -> str:
    """The query of the declared columns of `origin`, without the lines of separators that a spreadsheet leaves below a table."""
    told = " or ".join(f"coalesce(\"{place}\", '') <> ''" for place in places.values())
    every = f"select *, {_in_full(layout, places)} as in_full from {origin}"
    return f"select {_projection(layout, places)}{also} from ({every}) where {told}"


def copy_text(
    con: duckdb.DuckDBPyConnection, candidate: Candidate, layout: Layout, workspace: Path, table: str
) -> None:
    """Copy a text file into `table`, « temp table raw » or another; raise Unreadable when a line does not follow the header."""
    pipe = workspace / "stream"
    feeder = _Feeder(candidate, layout.encoding, pipe)
    with feeder:
        failed = _read(con, str(pipe), layout, table)
    if feeder.damage is not None:
        raise feeder.damage
    if failed is not None:
        # Neither says anything of the file.
        if isinstance(failed, duckdb.InterruptException) or "No space left" in str(failed):
            raise failed
        raise Unreadable(_broken_line(candidate, layout)) from failed


def _read(con: duckdb.DuckDBPyConnection, path: str, layout: Layout, table: str) -> duckdb.Error | None:
    places = {name: f"c{layout.header.index(header)}" for name, header in layout.columns.items()}
    columns = ", ".join(f"'c{at}': 'varchar'" for at in range(len(layout.header)))
    try:
        con.execute(
            f"create or replace {table} as "
            + _rows(
                layout,
                places,
                f"read_csv(?, auto_detect = false, header = true, skip = {layout.skip}, delim = ?, quote = '\"', "
                f"escape = '\"', max_line_size = 4194304, columns = {{{columns}}})",
            ),
            [path, layout.separator],
        )
    except duckdb.Error as error:
        return error
    return None


class _Feeder:
    """Pours a file, inflated and turned to UTF-8 on the way, into a pipe: nothing is unpacked on the disk."""

    def __init__(self, candidate: Candidate, encoding: str, pipe: Path) -> None:
        self.damage: Unreadable | None = None
        self._candidate, self._encoding, self._pipe = candidate, encoding, pipe
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> _Feeder:
        self._pipe.unlink(missing_ok=True)
        os.mkfifo(self._pipe)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._pipe.unlink(missing_ok=True)

    def _run(self) -> None:
        target = self._open()
        if target is None:
            return
        with contextlib.suppress(BrokenPipeError), os.fdopen(target, "wb", buffering=0) as sink:
            try:
                for chunk in _chunks(self._candidate, self._encoding):
                    rest = memoryview(chunk)
                    while rest:
                        rest = rest[sink.write(rest) :]
            except Unreadable as refusal:
                self.damage = refusal

    def _open(self) -> int | None:
        """The writing end, once somebody reads; None when nobody came."""
        while not self._done.is_set():
            try:
                target = os.open(self._pipe, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                time.sleep(0.001)
                continue
            os.set_blocking(target, True)
            return target
        return None


def _chunks(candidate: Candidate, encoding: str) -> Iterator[bytes]:
    """The file as UTF-8, without its mark."""
    decoder = codecs.getincrementaldecoder(encoding)(AS_WINDOWS if encoding == "utf-8" else "replace")
    with candidate.open() as stream:
        first, last = True, b""
        while chunk := stream.read(_CHUNK):
            text = decoder.decode(chunk)
            if "\0" in text:
                raise Unreadable(
                    "le fichier contient des octets nuls : il est abîmé. Téléchargez-le de nouveau."
                )
            if first and text:
                text, first = text.removeprefix("\ufeff"), False
            last = text.encode("utf-8")
            yield last
        text = decoder.decode(b"", final=True)
        yield text.encode("utf-8")


def _broken_line(candidate: Candidate, layout: Layout) -> str:
    """The first line whose cells are not as many as the header's, said in French."""
    expected = len(layout.header)
    where, what = "une ligne", "guillemets ou séparateurs incohérents"
    with candidate.open() as stream:
        text = io.TextIOWrapper(stream, encoding=layout.encoding, errors="replace", newline="")
        reader = csv.reader(text, delimiter=layout.separator)
        try:
            for row in itertools.islice(reader, layout.skip, None):
                if row and len(row) != expected:
                    where, what = f"ligne {reader.line_num}", f"{len(row)} colonnes au lieu de {expected}"
                    break
        except csv.Error:
            where = f"ligne {reader.line_num}"
    return f"{layout.source.title} : {where}, {what}. Le fichier est sans doute tronqué. {layout.source.cure}"
