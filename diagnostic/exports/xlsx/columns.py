"""What a column holds, how wide it is, and how tall its cells make a row."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from functools import cached_property

WIDE = 40
"""Characters from which a column of texts is read on several lines."""
PER_WIDTH = 1.1
"""Letters of Arial in what Excel takes for the width of one."""
LINE, TALLEST = 13.0, 400.0
"""Points of a line, and of the tallest row that Excel has."""


@dataclass(frozen=True)
class AtMost:
    """A value of which the producer says only that it is at most this."""

    value: float


Cell = str | float | int | AtMost | None


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, width in characters and what its cells are: `text`, `strong`, `year`, the
    decimals of a number, or `any` where counts and rates stand one below the other.

    `formula` reckons the cell from others of its row, named between braces by their heading; the value that we
    found is written beside it, for readers that do not reckon.
    """

    heading: str
    width: int
    kind: str | int = "text"
    formula: str = ""

    @cached_property
    def numeric(self) -> bool:
        return isinstance(self.kind, int) or self.kind in ("year", "any")

    @cached_property
    def form(self) -> str | int:
        """The name of the format of its cells."""
        wide = self.kind == "text" and self.width >= WIDE
        return "wrap" if wide else 0 if self.kind == "any" else self.kind

    def form_of(self, number: float) -> str | int:
        """That of a number: a rate has its decimal, a count none."""
        return 1 if self.kind == "any" and abs(number) < 1000 and number != int(number) else self.form

    def lines(self, cell: Cell) -> int:
        """The lines that a cell takes where it is not cut."""
        if isinstance(cell, str) and self.form in ("wrap", "strong"):
            return math.ceil(len(cell) / (PER_WIDTH * self.width))
        return 1

    @property
    def head_lines(self) -> int:
        """The lines of its heading, beside the button that filters."""
        return len(textwrap.wrap(self.heading, max(self.width - 3, 5))) or 1


def grow(sheet, row: int, lines: int) -> None:
    """Make a row as tall as its lines: not every program does where a text is wrapped."""
    if lines > 1:
        sheet.set_row(row, min(LINE * lines + 2, TALLEST))
