"""How wide words are printed: Arial has the widths of Helvetica, whose metrics are at hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import matplotlib
from fontTools.agl import AGL2UV

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
