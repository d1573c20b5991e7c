"""The declared indicators as the temporary table that measure.sql reads."""

from __future__ import annotations

import duckdb

from diagnostic.indicators import BY_ID


def declare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the temporary table `declaration`, one row per indicator."""
    con.execute(
        "create or replace temp table declaration (id varchar, numerator varchar, denominator varchar, per double, "
        'published boolean, "offset" integer, dated_by varchar)'
    )
    rows = [
        (i.id, i.numerator, i.denominator, i.per, i.published, i.offset, i.dated_by) for i in BY_ID.values()
    ]
    con.execute(
        f"insert into declaration values {', '.join(['(?, ?, ?, ?, ?, ?, ?)'] * len(rows))}",
        [value for row in rows for value in row],
    )
