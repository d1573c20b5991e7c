"""One cell of a file as its column asks it: a number, a date, a yes; repaired, hidden by its author, or refused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from diagnostic.directory import OK, REFUSED, REPAIRED, plain
from diagnostic.french import number
from diagnostic.local.templates import Column, Kind

HIDDEN = frozenset(
    {"s", "secret", "ss", "ns", "moins de 5", "moins de 10", "moins de 11", "secret statistique"}
)
UNKNOWN = frozenset(
    {"", "nd", "n d", "nc", "n c", "nr", "na", "n a", "so", "non disponible", "non communique", "inconnu"}
)
YES = frozenset({"oui", "o", "yes", "y", "vrai", "true", "1", "x", "signee", "signe"})
NO = frozenset({"non", "n", "no", "faux", "false", "0", "non signee", "non signe"})
LARGEST = 100_000_000
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'’")
_APART = re.compile(r"\d[ \u00a0\u202f\u2009'’]+(?!\d{3}(?!\d))\d|\d{4}[ \u00a0\u202f\u2009'’]+\d")
_UNIT = re.compile(r"(?:€|places?|enfants?|berceaux?|etp|agréés?)$", re.IGNORECASE)
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?")
_DECIMAL = re.compile(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)")
_ENGLISH = re.compile(r"[-+]?\d{1,3}(,\d{3})+\.\d+")
_COMMA_OF_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")
_BELOW = re.compile(r"<=?\d+")
_DATES = (
    re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})( .*)?"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell read: a value or None when unknown; `hidden` when the producer masked it."""

    value: float | str | None
    outcome: str = OK
    hidden: bool = False
    mend: str = ""


def read_cell(text: str, column: Column) -> Cell:
    """The value of a cell of this column; an empty one is unknown, and refused when it is required."""
    bare = plain(text)
    if column.kind.numeric and (bare in HIDDEN or _BELOW.fullmatch(text.translate(_SPACES))):
        return Cell(None, hidden=True)
    if bare in UNKNOWN and (bare or not any(c.isalnum() for c in text)):
        if column.required:
            return Cell(
                None, REFUSED, mend="Cette cellule est obligatoire : remplissez-la, ou retirez la ligne."
            )
        return Cell(None)
    if column.kind.numeric:
        if "%" in text:
            return Cell(None, REFUSED, mend="C’est un pourcentage : donnez le nombre lui-même.")
        return read_number(text, whole=column.kind is Kind.COUNT)
    if column.kind is Kind.YES_NO:
        answer = "oui" if bare in YES else "non" if bare in NO else None
        return Cell(answer) if answer else Cell(None, REFUSED, mend="Écrivez oui ou non.")
    if column.kind is Kind.YEAR:
        year = re.fullmatch(r"(19|20)\d\d", text.strip())
        return Cell(float(text)) if year else Cell(None, REFUSED, mend="Écrivez l’année sur quatre chiffres.")
    if column.kind is Kind.DATE:
        return read_date(text)
    return Cell(text)


def read_number(text: str, *, whole: bool) -> Cell:
    """A number as French spreadsheets write it: « 1 234,5 », « 1.234 », « 12,0 », « 24 places », « 1 ETP »."""
    bare = _UNIT.sub("", text.translate(_SPACES))
    repaired = ""
    if _APART.search(text):
        return Cell(None, REFUSED, mend="Il y a deux nombres dans cette cellule : n’en laissez qu’un.")
    if _GROUPED.fullmatch(bare) and (whole or "," in bare or bare.count(".") > 1):
        repaired = "Le point a été lu comme un séparateur de milliers."
        bare = bare.replace(".", "").replace(",", ".")
    elif _ENGLISH.fullmatch(bare):
        repaired = "La virgule a été lue comme un séparateur de milliers."
        bare = bare.replace(",", "")
    elif not bare.isascii() or not _DECIMAL.fullmatch(bare):
        return Cell(
            None, REFUSED, mend="Ce n’est pas un nombre : écrivez des chiffres, sans texte ni formule."
        )
    value = float(bare.replace(",", "."))
    if whole and _COMMA_OF_THOUSANDS.fullmatch(bare):
        # « 2,000 » is two for a French reader and two thousand for an English one.
        return Cell(
            None,
            REFUSED,
            mend=f"Est-ce {number(value, 0)} ou {number(value * 1000, 0)} ? Écrivez-le sans virgule.",
        )
    if value < 0:
        return Cell(None, REFUSED, mend="Un nombre négatif n’est pas possible ici : corrigez-le.")
    if value > LARGEST:
        return Cell(None, REFUSED, mend="Ce nombre est trop grand pour un territoire : vérifiez-le.")
    if whole and not value.is_integer():
        return Cell(
            None,
            REFUSED,
            mend="Un nombre entier est attendu : corrigez la valeur, par exemple 1234 pour « 1,234 ».",
        )
    if repaired:
        return Cell(value, REPAIRED, mend=f"{repaired} Valeur retenue : {number(value, 0 if whole else 1)}.")
    return Cell(value)


def read_date(text: str) -> Cell:
    for pattern in _DATES:
        if match := pattern.fullmatch(text.strip()):
            try:
                return Cell(date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat())
            except ValueError:
                break
    return Cell(None, REFUSED, mend="Écrivez la date sous la forme jour/mois/année, par exemple 31/12/2027.")
