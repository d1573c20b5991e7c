"""What a table of Melodi is read for and does not give: a code that its producer renamed leaves no row, and no error."""

from __future__ import annotations

import re

import duckdb

from diagnostic import french
from diagnostic.indicators import INDICATORS
from diagnostic.model import Source

_QUOTED = re.compile(r"'(\w+)'")


def lacking(con: duckdb.DuckDBPyConnection, source: Source, query: str) -> list[str]:
    """One sentence on the indicators for which the rows just read hold no value at all, though `query` looks for it."""
    if not any(column.name == "GEO_OBJECT" for column in source.columns):
        return []
    given = {
        stat
        for (stat,) in con.execute(
            "select stat from stat_raw where value is not null "
            "union select stat from published_raw where value is not null"
        ).fetchall()
    }
    absent = set(_QUOTED.findall(query)) - given
    silent = [
        f"« {indicator.label} »"
        for indicator in INDICATORS
        if source.id in indicator.sources and {indicator.numerator, indicator.denominator} & absent
    ]
    if not silent:
        return []
    return [
        f"{source.title} : aucune valeur pour {french.listing(silent)}. Les lignes qu’il faut n’y sont pas, ou sous un autre "
        "code que celui que l’on connaît."
    ]
