"""How wide words are printed: Arial has the widths of Helvetica, whose metrics are at hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import matplotlib
from fontTools.agl import AGL2UV

NARROWER = 0.93
"""What the letters of pictures and of PDF take of the room of those of Arial, at most."""
UNKNOWN_WIDTH = 556.0
"""That of a letter that the metrics do not have, in thousandths of its size."""


@cache
def _widths(bold: bool) -> dict[str, float]:
    """The width of each letter, in thousandths of its size."""
    name = "Helvetica-Bold.afm" if bold else "Helvetica.afm"
    text = (Path(matplotlib.get_data_path()) / "fonts" / "pdfcorefonts" / name).read_text("latin-1")
    found = re.findall(r"WX (\d+) ; N (\w+) ;", text)
    widths = {chr(AGL2UV[glyph]): float(width) for width, glyph in found if glyph in AGL2UV}
    return widths | {"\u00a0": widths[" "], "\u202f": widths[" "], "\u2011": widths["-"]}


@lru_cache(maxsize=20_000)
def width(word: str, bold: bool = False) -> float:
    """The width of a word for letters of one point."""
    widths = _widths(bold)
    return sum(widths.get(letter, UNKNOWN_WIDTH) for letter in word) / 1000


BREAKABLE = re.compile(r"[^ -]*-|[^ -]+| ")
"""What a line may end with: a space, or a hyphen and what leads to it."""
STEPS = (48.0, 24.0, 12.0, 6.0)
"""Points that a column may give another one at a time."""


def lines(words: Sequence[float], spaces: Sequence[bool], measure: float) -> int:
    """The lines that words of these widths take in so many points; one that is a space opens none."""
    count, used = 1, 0.0
    for across, space in zip(words, spaces, strict=True):
        if used and not space and used + across > measure:
            count, used = count + 1, 0.0
        used += across
    return count


class Rows:
    """The texts of a table, that each is measured once: `fewest` gives the widths under which its rows take least height."""

    def __init__(self, rows: Sequence[Sequence[str]], size: float, bold: Sequence[bool]) -> None:
        self.columns = [
            [
                [self._measured(part, size, bold[row] or not column) for part in cells[column].split("\n")]
                for row, cells in enumerate(rows)
            ]
            for column in range(len(rows[0]))
        ]
        self.known = dict[tuple[int, float], list[int]]()

    @staticmethod
    def _measured(text: str, size: float, bold: bool) -> tuple[list[float], list[bool]]:
        words = BREAKABLE.findall(text)
        return [size * width(word, bold) for word in words], [word == " " for word in words]

    def _lines(self, column: int, measure: float) -> list[int]:
        """The lines of each row of a column of this width."""
        if (column, measure) not in self.known:
            self.known[column, measure] = [
                sum(lines(words, spaces, measure) for words, spaces in cell) for cell in self.columns[column]
            ]
        return self.known[column, measure]

    def _height(self, widths: Sequence[float]) -> tuple[int, int]:
        """The lines of the rows, then those of all cells: a row is no higher for a second text on two lines."""
        rows = [*zip(*(self._lines(at, one) for at, one in enumerate(widths)), strict=True)]
        return sum(map(max, rows)), sum(map(sum, rows))

    def fewest(self, have: Sequence[float], need: Sequence[float], aside: float) -> tuple[float, ...]:
        """Widths that take from a column to give to another as long as the rows lose lines; `aside` is what a cell keeps
        of its width at its edges."""
        best = tuple(round(one - aside, 2) for one in have)
        least = self._height(best)
        while True:
            tried = [
                tuple(one + step * ((at == to) - (at == of)) for at, one in enumerate(best))
                for step in STEPS
                for of in range(len(best))
                for to in range(len(best))
                if of != to and best[of] - step >= need[of] - aside
            ]
            found = min(tried, key=self._height, default=best)
            if self._height(found) >= least:
                return tuple(one + aside for one in best)
            best, least = found, self._height(found)


def shared(have: Sequence[float], need: Sequence[float]) -> tuple[float, ...]:
    """Widths where each column that lacks room takes it from those that have some to spare, in proportion; as they are
    where all of it would not do."""
    lacking = sum(max(0.0, wanted - own) for wanted, own in zip(need, have, strict=True))
    spare = sum(max(0.0, own - wanted) for wanted, own in zip(need, have, strict=True))
    if spare <= lacking:
        return tuple(have)
    given = lacking / spare
    return tuple(
        max(wanted, own - given * max(0.0, own - wanted)) for wanted, own in zip(need, have, strict=True)
    )


def columns(
    heads: Sequence[Sequence[str]],
    rows: Sequence[Sequence[str]],
    have: Sequence[float],
    size: float,
    aside: float,
    *,
    fewest: bool = True,
) -> tuple[float, ...]:
    """The widths of the columns of a table where no word is cut and, unless not `fewest`, rows take as few lines as there is
    room for; `aside` is what a cell keeps at its edges."""
    needed = _needed(heads, rows, size, aside)
    widths = shared(have, needed)
    texts = [*heads, *rows]
    if not fewest or len(widths) < 2 or not texts:
        return widths
    bold = [number < len(heads) for number in range(len(texts))]
    return Rows(texts, size, bold).fewest(widths, needed, aside)


def _needed(
    heads: Sequence[Sequence[str]], rows: Sequence[Sequence[str]], size: float, aside: float
) -> list[float]:
    """Points that the longest word of each column takes."""
    return [
        max(
            size * width(word, bold=number < len(heads) or not at)
            for number, cells in enumerate((*heads, *rows))
            for word in re.split("(?<=-)| |\n", cells[at])
        )
        + aside
        + 1
        for at in range(len((*heads, *rows)[0]))
    ]
