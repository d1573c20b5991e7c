"""Reading a committed table: checked line by line, or refused with the line and the cure."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar, get_type_hints

from diagnostic import french
from diagnostic.model import DiagnosticError

Row = TypeVar("Row")
CERTAINTIES = ("sûr", "probable", "douteux")


def read(path: Path, build: Callable[[dict[str, str]], Row]) -> tuple[Row, ...]:
    if not path.is_file():
        raise DiagnosticError(f"Le fichier {path.name} manque dans data/reference. Restaurez-le.")
    rows, seen = [], set()
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        for row in reader:
            where = f"{path.name}, ligne {reader.line_num}"
            if None in row or None in row.values():
                raise DiagnosticError(f"{where} : le nombre de colonnes est faux. Corrigez cette ligne.")
            try:
                rows.append(build(row))
            except (ValueError, TypeError, InvalidOperation) as error:
                raise DiagnosticError(f"{where} : {error}. Corrigez cette ligne.") from error
            if row["id"] in seen or not row["id"]:
                raise DiagnosticError(
                    f"{where} : l’identifiant « {row['id']} » est vide ou déjà pris. Changez-le."
                )
            seen.add(row["id"])
    return tuple(rows)


def typed(kind: Callable[..., Row]) -> Callable[[dict[str, str]], Row]:
    """What makes a row of the columns that its class declares, each read as it is annotated: a text or a number."""
    columns = get_type_hints(kind)
    return lambda row: kind(**{name: read_as(row[name]) for name, read_as in columns.items()})


def decimal(text: str) -> Decimal | None:
    value = Decimal(text) if text else None
    if value is not None and not (value.is_finite() and value >= 0):
        raise ValueError(f"« {text} » n’est pas un montant")
    return value


def one_of(row: Mapping[str, str], column: str) -> str:
    if row[column] not in CERTAINTIES:
        raise ValueError(f"la certitude « {row[column]} » n’est pas l’une de {', '.join(CERTAINTIES)}")
    return row[column]


def typeset(text: str) -> str:
    """The table is typed with plain spaces; the screen gets French typography."""
    return french.typographic(re.sub(r"(?<=\d) (?=\d{3}(?!\d))", french.THIN, text))
