"""What a file is: the templates it feeds, row by row, and all that must be asked before anything counts.

The name of the file tells its year and nothing else. Rows of persons lose their names here, before anything else
is done with them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from diagnostic.directory import plain
from diagnostic.french import number, quantity
from diagnostic.local.kinds import OTHER, PERSONS, only_kind, spoken, typed
from diagnostic.local.mapping import Mapping, guess, of_persons, rank
from diagnostic.local.reading import Table, letter
from diagnostic.local.templates import TEMPLATES

FIRST_VALUES = 3
_SAMPLE = 200
NAMELESS = "Chaque ligne est une personne : les noms, adresses et téléphones ont été effacés dès la lecture."
NO_TEMPLATE = "Ce fichier ne ressemble à aucun modèle"

_FIRST_NAME = frozenset({"prenom", "prenoms", "prenom usuel", "prenom am", "prenom assistante maternelle"})
_PERSONAL = frozenset(
    {
        "nom", "noms", "nom de naissance", "nom d usage", "nom usuel", "nom marital", "nom de famille", "nom am", "nom prenom",
        "nom et prenom", "civilite", "adresse", "adresse 1", "adresse 2", "rue", "voie", "telephone", "tel", "portable", "mobile",
        "tel portable", "tel fixe", "mail", "email", "e mail", "courriel", "adresse mail", "contact mail", "date de naissance",
        "ne le", "nee le",
    }
)  # fmt: skip
# What says whom to call, beside a structure: no figure needs it.
_CONTACT = _FIRST_NAME | {
    "adresse", "adresse 1", "adresse 2", "adresse postale", "telephone", "tel", "portable", "mobile", "tel portable", "tel fixe",
    "mail", "email", "e mail", "courriel", "adresse mail", "contact mail", "contact", "date de naissance", "ne le", "nee le",
    "responsable", "nom du responsable", "directeur", "directrice", "nom du directeur", "nom de la directrice", "referent",
    "referente", "president", "presidente", "numero allocataire", "matricule", "nir", "numero de securite sociale",
}  # fmt: skip
_REACHES = re.compile(
    r"(?:\+33|0)[ .\-]?[1-9](?:[ .\-]?\d\d){4}|[^@\s]+@[^@\s]+\.[a-z]{2,}|[12]\d{12}(?:\d\d)?", re.I
)
PERSONAL = "Données personnelles : "
_PERIOD = frozenset(
    {"annee", "an", "millesime", "exercice", "periode", "dtreffre", "date de reference", "date reference", "rentree scolaire",
     "annee scolaire", "time period", "annee de reference"}
)  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(?:19[89]\d|20[0-4]\d)(?!\d)")


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """The rows of a file that one template takes, and the mapping they would have."""

    table: Table
    mapping: Mapping


@dataclass(frozen=True, slots=True, repr=False)
class Recognised:
    """`parts`: one a template. `likely`: every template, the likeliest first. `periods`: the years that a column
    of the file tells, when they are several: one must be chosen. `notes`: what was left out and why."""

    parts: tuple[Part, ...]
    likely: tuple[str, ...]
    periods: tuple[str, ...] = ()
    period: str | None = None
    notes: tuple[str, ...] = ()


def recognise(table: Table, *, year: int | None = None, period: str | None = None) -> Recognised:
    """What the columns and the rows of a table say it is.

    `year` is that of the file, which chooses between columns of several years; `period` the one chosen among
    `periods`. Without one, a file of several years keeps all its rows, and no part of it may be used yet.
    """
    notes: list[str] = []
    _, periods = _periods(table)
    whole, table = len(table.rows), of_period(table, period)
    if left := whole - len(table.rows):
        notes.append(
            f"{quantity(left, 'ligne d’une autre année', 'lignes d’autres années')} que {period} : non reprises."
        )
    several = periods if len(periods) > 1 else ()
    persons = NAMELESS in table.notes
    by_type = typed(table.rows)
    headers = list(table.rows.columns)
    if by_type is None:
        kind = spoken(table.rows) or only_kind(table.title)
        mapping = guess(headers, year=year, kind=kind, persons=persons)
        likely = tuple(one.template for one in rank(headers, year=year, kind=kind, persons=persons))
        return Recognised((Part(table, mapping),), likely, several, period, tuple(notes))
    counts = by_type.counts(table.rows)
    others = sorted({value for value, kind in by_type.kinds.items() if kind == OTHER})
    left = counts.pop(OTHER, 0)
    if left:
        shown = ", ".join(f"« {value or 'vide'} »" for value in others[:4]) + ("…" if len(others) > 4 else "")
        notes.append(
            f"{quantity(left, 'ligne d’un autre type', 'lignes d’un autre type')} : {shown}, non reprises."
        )
    if not counts:
        likely = tuple(one.template for one in rank(headers, year=year))
        return Recognised((Part(table, Mapping(None)),), likely, several, period, tuple(notes))
    parts = []
    for template, count in counts.most_common():
        mapping = guess(headers, template=template, year=year)
        if template == PERSONS and not mapping.columns.get("assistantes"):
            mapping = replace(mapping, persons=True)
        notes.append(
            f"{TEMPLATES[template].title} : {quantity(count, 'ligne', 'lignes')}, d’après « {by_type.header} »."
        )
        parts.append(Part(replace(table, rows=by_type.rows(table.rows, template)), mapping))
    return Recognised(tuple(parts), tuple(counts), several, period, tuple(notes))


def of_period(table: Table, period: str | None) -> Table:
    """The rows of one of the years that a column tells; the whole table when none is chosen."""
    column, periods = _periods(table)
    if column is None or period not in periods:
        return table
    return replace(table, rows=table.rows[table.rows[column].map(_year_said) == period])


def as_template(table: Table, template: str, *, year: int | None = None) -> Part:
    """The whole table read as one template, that a person chose."""
    mapping = guess(list(table.rows.columns), template=template, year=year)
    if template == PERSONS and NAMELESS in table.notes and "assistantes" not in mapping.columns:
        mapping = of_persons(mapping)
    return Part(table, mapping)


def without_names(table: Table) -> Table:
    """The table without the columns that say who a person is; a note tells which were dropped."""
    dropped = [header for header in table.rows if _bare(header) in _PERSONAL | _FIRST_NAME]
    return _without(table, dropped, NAMELESS, "{erased} : {names}.")


def _without(table: Table, dropped: Sequence[str], *notes: str) -> Table:
    """The table without columns, with `notes` that say how many and which; as it is where none is dropped."""
    if not dropped:
        return table
    kept = [place for place, header in enumerate(table.rows.columns) if header not in dropped]
    names = ", ".join(f"« {header} »" for header in dropped)
    erased = quantity(len(dropped), "colonne effacée", "colonnes effacées")
    return replace(
        table,
        rows=table.rows.iloc[:, kept],
        letters=tuple(table.letters[place] for place in kept),
        notes=(*table.notes, *(note.format(erased=erased, names=names) for note in notes)),
    )


def anonymous(table: Table) -> Table:
    """The table without the names of persons, dropped before anything else is done with it.

    Where each row is a person, the columns that name her; in a list of several types, the cells of the rows that
    are persons.
    """
    if _persons(table.rows.columns):
        return without_names(table)
    by_type = typed(table.rows)
    if by_type is None or PERSONS not in by_type.kinds.values():
        return table
    named = [header for header in table.rows if _bare(header) in _PERSONAL | _FIRST_NAME]
    rows = table.rows.copy()
    rows.loc[rows[by_type.header].map(by_type.kinds) == PERSONS, named] = ""
    return replace(table, rows=rows)


def without_contacts(table: Table) -> Table:
    """The table without the columns that reach a person: by their heading, or because most of their values are
    telephones, mails or national numbers. A note that begins with `PERSONAL` names them."""
    dropped = [header for header in table.rows if _bare(header) in _CONTACT or _reaches(table.rows[header])]
    return _without(table, dropped, PERSONAL + "{erased} dès la lecture, {names}.")


def _reaches(values: pd.Series) -> bool:
    said = values[values != ""].head(_SAMPLE)
    return len(said) > 0 and said.map(lambda text: bool(_REACHES.fullmatch(text.strip()[:80]))).mean() > 0.5


def understood(part: Part) -> pd.DataFrame:
    """What was understood of each column: the heading, its first values, and whether a person must say so."""
    mapping = part.mapping
    if mapping.template is None:
        return pd.DataFrame()
    rows = []
    places = {header: letter(place) for place, header in enumerate(part.table.rows.columns)}
    places |= dict(zip(part.table.rows.columns, part.table.letters, strict=True))
    for column in TEMPLATES[mapping.template].columns:
        header = mapping.columns.get(column.id)
        if header is None and column.id not in mapping.ties:
            continue
        if header is None:
            shown, sure = " ou ".join(f"« {one} »" for one in mapping.ties[column.id]), "à choisir"
            values: Sequence[str] = ()
        else:
            shown, sure = (
                f"{header} ({places[header]})",
                "à vérifier" if column.id in mapping.doubts else "sûr",
            )
            values = [value for value in part.table.rows[header].to_list() if value][:FIRST_VALUES]
        rows.append(
            {
                "Donnée": column.label,
                "Colonne du fichier": shown,
                "Premières valeurs": " · ".join(values),
                "Reconnue": sure,
            }
        )
    if mapping.persons:
        rows.append(
            {
                "Donnée": "Assistantes maternelles",
                "Colonne du fichier": "une par ligne",
                "Premières valeurs": f"{number(len(part.table.rows))} lignes",
                "Reconnue": "à vérifier",
            }
        )
    return pd.DataFrame(rows)


def _bare(header: str) -> str:
    return plain(header.rsplit(" – ", 1)[-1])


def _persons(headers: Sequence[str]) -> bool:
    """Whether the rows are persons: they have a first name."""
    return any(_bare(header) in _FIRST_NAME for header in headers)


def _periods(table: Table) -> tuple[str | None, tuple[str, ...]]:
    """The column that tells the year of each row, and the years it tells, the last first."""
    for header in table.rows:
        if _bare(header) in _PERIOD:
            said = {_year_said(value) for value in table.rows[header].unique() if value}
            if said and "" not in said:
                return header, tuple(sorted(said, reverse=True))
    return None, ()


def _year_said(value: str) -> str:
    """ "2024-12" is 2024; a school year keeps both: 2021-2022."""
    return "-".join(dict.fromkeys(_YEAR.findall(value)))
