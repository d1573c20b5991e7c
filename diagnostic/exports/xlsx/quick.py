"""Sheets whose cells are written at once.

Half of the time of a large workbook went into the attributes of its cells, that the library writes one by one, each looked
through for signs to escape: a place and the number of a format have none. What is written is the same, octet by octet.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import CellNumberTuple, CellStringTuple, Worksheet

_named = cache(xl_col_to_name)


class _Free(dict):
    """What keeps nothing: a sheet has one table, which lies over no other."""

    def __setitem__(self, key: object, value: object) -> None:
        pass


class Quick(Worksheet):
    """A sheet of the library, of one table, whose cells are called by their numbers; texts and numbers that have a format
    are written here."""

    write_string, write_number, write_blank = (
        Worksheet._write_string,
        Worksheet._write_number,
        Worksheet._write_blank,
    )

    def __init__(self) -> None:
        super().__init__()
        self.table_cells = _Free()

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        kind = cell.__class__
        if cell.format is None or kind not in (CellStringTuple, CellNumberTuple):
            super()._write_cell(row, col, cell)
            return
        start = f'<c r="{_named(col)}{row + 1}" s="{cell.format._get_xf_index()}"'
        if kind is CellStringTuple:
            self.fh.write(f'{start} t="s"><v>{cell.string}</v></c>')
        else:
            self.fh.write(f"{start}><v>{cell.number:.16G}</v></c>")
