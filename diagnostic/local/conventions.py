"""The conventions under way of a département: a row an intercommunalité, with its state and its end.

A list of its own: its rows are intercommunalités, where those of `templates.TEMPLATES` are communes. It says nothing of
persons and hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from diagnostic.directory import plain
from diagnostic.local.cells import read_date
from diagnostic.local.reading import Table, open_table
from diagnostic.local.templates import CTG_UNDERWAY
from diagnostic.model import DiagnosticError

_STATES: dict[str, str] = {
    word: state
    for state, words in {
        "en cours": ("en cours", "signee", "active", "oui"),
        "en préparation": ("en preparation", "en renouvellement", "en negociation"),
        "échue": ("echue", "terminee", "expiree"),
        "aucune": ("aucune", "non", "sans", "pas de ctg"),
    }.items()
    for word in words
}


@dataclass(frozen=True, slots=True)
class Convention:
    """What is known of the convention of an intercommunalité; `first` and `last` are days, "" when unknown."""

    epci: str
    state: str
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Conventions:
    """Those that a file brings; `left` are the rows that could not be read, each with the reason."""

    rows: tuple[Convention, ...]
    left: tuple[str, ...] = ()


def read(data: bytes, epcis: Mapping[str, str], *, tick: Callable[[], None] = lambda: None) -> Conventions:
    """The conventions that the bytes of a CSV or Excel file list. `epcis` are the codes known here, with their names.

    DiagnosticError when no column says which intercommunalité or in which state, or when no row can be read.
    """
    known = [name for column in CTG_UNDERWAY.columns for name in (column.label, *column.synonyms)]
    table = open_table(data, known=known, tick=tick)
    columns = _columns(table)
    if "etat" not in columns or not columns.keys() & {"siren", "nom"}:
        raise DiagnosticError(
            "Ce fichier ne dit pas l’état de la convention de chaque intercommunalité : partez du modèle « Ctg en cours »."
        )
    by_name = {plain(name): code for code, name in epcis.items()}
    found: dict[str, Convention] = {}
    left = []
    for line, row in table.rows.iterrows():
        cells = {id: str(row[header]).strip() for id, header in columns.items()}
        code = re.sub(r"\D", "", cells.get("siren", "")) or by_name.get(plain(cells.get("nom", "")), "")
        said = cells.get("nom") or cells.get("siren") or "ligne vide"
        state = _STATES.get(plain(cells["etat"]))
        days = {id: _day(cells.get(id, ""), last=id == "fin") for id in ("debut", "fin")}
        why = (
            "intercommunalité inconnue ici"
            if code not in epcis
            else f"état « {cells['etat']} » non reconnu"
            if state is None
            else "date illisible"
            if None in days.values()
            else "déjà donnée plus haut"
            if code in found
            else ""
        )
        if why or state is None:
            left.append(f"Ligne {line}, {said} : {why}.")
        else:
            found[code] = Convention(code, state, days["debut"] or "", days["fin"] or "")
    if not found:
        raise DiagnosticError(f"Aucune ligne de ce fichier n’est utilisable. {' '.join(left[:3])}")
    return Conventions(tuple(found.values()), tuple(left))


def _columns(table: Table) -> dict[str, str]:
    """Identifier of each column of the template that the table has, with its heading there."""
    headers = {plain(header): header for header in table.rows.columns}
    found = {}
    for column in CTG_UNDERWAY.columns:
        names = (column.label, column.id, *column.synonyms)
        header = next((headers[plain(name)] for name in names if plain(name) in headers), None)
        if header is not None:
            found[column.id] = header
    return found


def _day(text: str, *, last: bool) -> str | None:
    """A day as "2027-12-31"; a year alone is its first or its last day; "" when blank, None when it is none."""
    if not text:
        return ""
    if re.fullmatch(r"20\d\d", text):
        return f"{text}-12-31" if last else f"{text}-01-01"
    value = read_date(text).value
    return value if isinstance(value, str) else None
