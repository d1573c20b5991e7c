"""The nouns of a source: where its producer announces it, its vintages, its columns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Where a producer says itself which of its files is the newest.

    `kind` is `melodi`, `data.gouv` or `opendatasoft`; `url` answers JSON in the form of that kind. `file` is a
    regular expression sought in the addresses and titles that it lists: the newest of those that hold it is
    ours. Opendatasoft lists no file: it dates the one that the vintage declares.
    """

    kind: str
    url: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Vintage:
    """One published edition of a source: the year of its figures, where it is downloaded from.

    Where the producer has a `catalogue`, it is asked first, and `url` serves when it does not answer. `confirmed` addresses were seen in public code; the others follow
    the producer's habits and may have moved.
    """

    year: int
    url: str
    filename: str
    catalogue: Catalogue | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column that we read: `patterns` are regular expressions on the whole header, the first that
    matches wins, so that layouts and spellings of several years fall on one `name`.

    `kind` is `text`, `number`, a code (`commune`, `communes` for several in a cell, `departement`, `region`,
    `epci`, `postcode`, `qpv`, `iris`, `uai` for a school) or `area`, a code whose level stands in GEO_OBJECT. A group
    named `yy` or `yyyy` in a pattern gives the year of the figures. A `blank` column may be empty, or hold a marker of what
    is unknown. `words` is a regular expression of all that a column may say: a row lost under another code (kind
    `dimension`) is left out as any odd row, another word says nothing, and both are told.
    """

    name: str
    patterns: tuple[str, ...]
    kind: str = "text"
    required: bool = True
    blank: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file we read, as its producer publishes it. Recognised by its columns, not by its name.

    `unless` names columns that only other files have. `key` names the columns that identify a row:
    twice the same key refuses the file.
    `format` is `csv` (a workbook of the same columns is read too) or `geojson`, of surfaces unless `points`.
    A directory that no figure is made of `restores_zeros` that a spreadsheet took away; any other file is refused.
    `missing` lists the markers that mean unknown. `absent_is_zero` says whether a territory without
    a row has zero (True) or is unknown (False); `needs_every_row` that an odd row refuses the file, since a row left aside
    would change what the others say. `year_column` holds the year of the figures when
    the rows carry it; `year_lag` is subtracted from the geography year when nothing else tells.
    `in_full` names a column and words: of a row that bears none of them there, only the required columns are read.
    `rate` is an expression of SQL of a rate out of a hundred: a file that writes shares instead is refused.
    `levels` maps the header found for the column `code` to a level. `stage` orders the loading:
    1 geography, 2 figures. `heavy` files, hundreds of megabytes, are downloaded once a first database serves.
    `cure` ends the refusal of a file of this source.
    """

    id: str
    title: str
    producer: str
    page: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    licence: str = "Licence Ouverte 2.0"
    format: str = "csv"
    points: bool = False
    restores_zeros: bool = False
    missing: tuple[str, ...] = ("",)
    absent_is_zero: bool = False
    needs_every_row: bool = False
    in_full: tuple[str, frozenset[str]] | None = None
    year_column: str | None = None
    year_lag: int | None = None
    rate: str = ""
    levels: tuple[tuple[str, str], ...] = ()
    stage: int = 2
    vintages: tuple[Vintage, ...] = ()
    serves: tuple[str, ...] = ()
    heavy: bool = False
    cure: str = "Téléchargez de nouveau le fichier d’origine, sans l’ouvrir dans un tableur."
