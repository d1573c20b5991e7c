"""Which rows of a list count nowhere: structures closed already or not open yet, a row that repeats another."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from diagnostic.directory import OK, plain
from diagnostic.french import plural, quantity
from diagnostic.local.cells import NO, read_date

_STATE = frozenset(
    {"statut", "etat", "situation", "statut de la structure", "etat de la structure", "statut de l etablissement",
     "etat de l etablissement"}
)  # fmt: skip
_ACTIVE = frozenset({"actif", "active", "ouvert", "ouverte", "en activite", "en service"})
_SHUT = frozenset(
    {"ferme", "fermee", "fermes", "fermees", "fermeture", "fermeture definitive", "ferme definitivement", "fermee definitivement",
     "cloture", "cloturee", "supprime", "supprimee", "inactif", "inactive", "cessation", "cessation d activite", "cesse", "cessee"}
)  # fmt: skip
_SINCE = frozenset(
    {"date de fermeture", "date fermeture", "ferme le", "fermee le", "date de cessation", "date de cloture"}
)
_FROM = frozenset({"ouverture", "date d ouverture", "date ouverture", "ouvert le", "ouverte le"})


def aside(rows: pd.DataFrame, name: str | None, year: int | None) -> tuple[np.ndarray, list[str]]:
    """True for the rows that count nowhere, and the sentences that tell them. `name` is the column of the names: without
    one, two rows that are the same may be two structures. `year` is that of the data: dates are read at its end, and
    not at all without it."""
    shut, saying = _closed(rows, date(year, 12, 31) if year is not None else None)
    twice = np.zeros(len(rows), bool)
    if name is not None:
        twice = (rows.duplicated() & (rows[name] != "")).to_numpy(bool) & ~shut
    told = []
    if shut.any():
        number = int(shut.sum())
        what = quantity(
            number, "structure fermée, ou pas encore ouverte", "structures fermées, ou pas encore ouvertes"
        )
        told.append(
            f"{what} (d’après {' et '.join(saying)}) : {'laissée' if number == 1 else 'laissées'} de côté."
        )
    if twice.any():
        first = rows.index[twice][0]
        told.append(
            f"{quantity(int(twice.sum()), 'ligne répétée', 'lignes répétées')} mot pour mot (ligne {first}) : "
            f"{plural(int(twice.sum()), 'comptée', 'comptées')} une fois."
        )
    return shut | twice, told


def _closed(rows: pd.DataFrame, day: date | None) -> tuple[np.ndarray, list[str]]:
    """True for the rows that a column says closed by that day, or to open after it; and these columns."""
    shut, saying = np.zeros(len(rows), bool), []
    for header in rows:
        name = plain(header)
        if name not in _STATE | _ACTIVE | _SINCE | _FROM:
            continue
        found = rows[header].map(lambda text, name=name: _is_shut(name, text, day)).to_numpy(bool)
        if found.any():
            saying.append(f"« {header} »")
        shut |= found
    return shut, saying


def _is_shut(name: str, text: str, day: date | None) -> bool:
    if name in _STATE:
        return plain(text) in _SHUT
    if name in _ACTIVE:
        return plain(text) in NO | _SHUT
    cell = read_date(text)
    if day is None or cell.outcome != OK or cell.value is None:
        return False
    said = date.fromisoformat(str(cell.value))
    return said <= day if name in _SINCE else said > day
