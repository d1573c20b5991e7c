"""What a build changes in the figures: added, moved and gone, by indicator and vintage, against the base before it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import duckdb

from diagnostic import french
from diagnostic.indicators import BY_ID

FILE = "data-changes.md"
TITLE = "# Ce que chaque construction de la base a changé\n"
MOST_KEPT = 20
"""Builds that the file remembers."""
SAME = 1e-6
"""Share of a value below which two editions of it are one."""


def compare(con: duckdb.DuckDBPyConnection, before: Path) -> bool:
    """Fill the tables `change` and `change_file` of the base being built; False where there is nothing to compare with."""
    con.execute(
        "create table change (indicator varchar, year integer, added bigint, moved bigint, gone bigint)"
    )
    con.execute("create table change_file (source varchar, title varchar, vintage varchar, came boolean)")
    if not before.exists():
        return False
    quoted = str(before).replace("'", "''")
    try:
        con.execute(f"attach '{quoted}' as before (read_only)")
    except duckdb.Error:
        return False
    try:
        con.execute(
            """
            insert into change
            with now as (
                select level, code, indicator, coalesce(year, 0) as year, value from figure where value is not null
            ),
            earlier as (
                select level, code, indicator, coalesce(year, 0) as year, value from before.figure where value is not null
            )
            select
                indicator,
                nullif(year, 0),
                count(*) filter (where earlier.value is null),
                count(*) filter (where abs(now.value - earlier.value) > ? * greatest(abs(earlier.value), 1)),
                count(*) filter (where now.value is null)
            from now full join earlier using (level, code, indicator, year)
            group by indicator, year
            having count(*) filter (where earlier.value is null or now.value is null
                or abs(now.value - earlier.value) > ? * greatest(abs(earlier.value), 1)) > 0
            order by indicator, year desc
            """,
            [SAME, SAME],
        )
        con.execute(
            """
            insert into change_file
            select distinct coalesce(now.id, earlier.id), coalesce(now.title, earlier.title),
                coalesce(now.vintage, earlier.vintage), now.id is not null
            from source as now
            full join before.source as earlier on earlier.id = now.id and earlier.digest = now.digest
            where now.id is null or earlier.id is null
            order by all
            """
        )
    except duckdb.Error:
        # A base of another tool, or of a time when the tables had other columns.
        con.execute("delete from change")
        return False
    finally:
        con.execute("detach before")
    return True


def as_markdown(con: duckdb.DuckDBPyConnection, when: datetime) -> str:
    """The section of one build: the files that came and went, then the indicators."""
    lines = [f"## {french.date_long(when.date())}, {when:%H:%M}", ""]
    files = con.execute("select title, vintage, came from change_file").fetchall()
    for came, word in ((True, "Fichiers nouveaux ou remplacés"), (False, "Fichiers qui ne sont plus là")):
        named = [f"{title} {vintage}".strip() for title, vintage, one in files if one is came]
        if named:
            lines += [french.typographic(f"{word} : {' ; '.join(named)}."), ""]
    rows = con.execute("select * from change order by indicator, year desc nulls last").fetchall()
    if not rows:
        return "\n".join([*lines, "Aucune valeur n’a changé.", ""])
    lines += [
        "| indicateur | millésime | ajoutées | modifiées | retirées |",
        "|---|---|---|---|---|",
        *(
            f"| {label(indicator)} | {year or ''} | {added} | {moved} | {gone} |"
            for indicator, year, added, moved, gone in rows
        ),
        "",
    ]
    return "\n".join(lines)


def label(indicator: str) -> str:
    """The indicator as a reader knows it."""
    return BY_ID[indicator].label if indicator in BY_ID else indicator


def write(folder: Path, section: str) -> Path:
    """Put the section of the newest build first in `data-changes.md`, the last ones under it."""
    path = folder / FILE
    old = path.read_text("utf-8") if path.exists() else ""
    kept = re.split(r"(?m)^(?=## )", old)[1:][: MOST_KEPT - 1]
    path.write_text(TITLE + "\n" + "\n".join([section, *(part.rstrip() + "\n" for part in kept)]), "utf-8")
    return path
