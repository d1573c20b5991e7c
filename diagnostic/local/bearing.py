"""What the rows of a file have to do with a territory: those that speak of it, and those that speak of elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from diagnostic.directory import Directory
from diagnostic.french import listing, number, quantity
from diagnostic.local.validation import Validation

SHOWN = 4
NOT_HERE = (
    "Aucune ligne de ce fichier ne concerne une commune du territoire pour lequel il est dit complet : il n’y dit rien, et "
    "aucune commune n’y est comptée à zéro."
)
"""Why a list is complete nowhere in a territory of which it names no commune."""


def speaks_of(validation: Validation, within: Collection[str]) -> bool:
    """Whether a usable row of the file is in one of these communes: a list that has none can be complete there for no one."""
    return bool(validation.rows["commune"].isin(set(within)).any())


def outside(judged: Sequence[Validation], within: Collection[str], directory: Directory) -> str:
    """ "3 lignes concernent des communes hors du territoire : Collorec (29, code 29036)…"; empty when none does."""
    inside = set(within)
    away = [code for one in judged for code in one.rows["commune"] if code not in inside]
    codes = list(dict.fromkeys(away))
    if not codes:
        return ""
    shown = [directory.shown(code) for code in codes[:SHOWN]]
    if left := len(codes) - len(shown):
        shown.append(f"{number(left)} autre{'s' if left > 1 else ''}")
    verb = "concernent" if len(away) > 1 else "concerne"
    where = "une commune" if len(codes) == 1 else f"{number(len(codes))} communes"
    said = f"{quantity(len(away), 'ligne', 'lignes')} {verb} {where} hors du territoire : {listing(shown)}."
    if any(speaks_of(one, within) for one in judged):
        return said
    return f"{said} Ce fichier ne dit rien du territoire."
