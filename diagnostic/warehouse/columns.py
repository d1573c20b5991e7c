"""What a base answers, column by column, where a frame would serve nothing: a report loads no library of frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of one length, by name: an unknown number is not a number, an unknown text is None."""

    held: Mapping[str, np.ndarray]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.held[name]

    def __len__(self) -> int:
        return len(next(iter(self.held.values()), ()))

    def take(self, which: np.ndarray) -> Columns:
        """The rows of these numbers, or where this is true."""
        return Columns({name: values[which] for name, values in self.held.items()})

    def rows(self, *names: str) -> Iterator[tuple]:
        """The rows of some columns, as Python's own values."""
        return zip(*(self.held[name].tolist() for name in names), strict=True)

    def of(self, codes: Iterable[str]) -> Columns:
        """One row for each of `codes`, in their order, unknown throughout where no row has that `code`."""
        known = {code: row for row, code in enumerate(self.held["code"].tolist())}
        asked = list(codes)
        which = np.array([known.get(code, -1) for code in asked], dtype=int)
        if (which >= 0).all():
            return self.take(which)
        found = {name: _with_unknown(values)[which] for name, values in self.held.items()}
        return Columns(found | {"code": np.array(asked, dtype=object)})


def _with_unknown(values: np.ndarray) -> np.ndarray:
    """The column with a last row of which nothing is known: of a truth, that it is not told."""
    if values.dtype == bool:
        return np.append(values, False)
    if values.dtype == object:
        return np.append(values, np.array([None], dtype=object))
    return np.append(values.astype(float), np.nan)


def plain(values: np.ndarray) -> np.ndarray:
    """A column as the base gives it, its holes filled with what says unknown."""
    if not isinstance(values, np.ma.MaskedArray):
        return values
    told, holes = np.ma.getdata(values), np.ma.getmaskarray(values)
    if told.dtype == object or told.dtype == bool:
        found = told.astype(object)
        found[holes] = None
        return found
    return np.where(holes, np.nan, told.astype(float))
