"""Follow communes that merged, changed code or were split, to the newest geography loaded."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pandas as pd

from diagnostic.warehouse.files import Unreadable

# INSEE's kinds of movement (MOD): 20 and 21 create or restore a commune out of another one.
_SPLITS = ("20", "21")
_CODE_CHANGE = "50"
_MERGERS = ("30", "31", "32", "33", "34")
_MOST_STEPS = 20


def follow(con: duckdb.DuckDBPyConnection) -> None:
    """Make `carried(old, new, kind, on_date)`, `former(code, name, commune)` and `division(before, after, last_year)`.

    `last_year` is the last whole year before the commune `after` was created or restored. A commune that only
    changed its code is in `renumbered(old, new, since, last_year)`: what is dated from `since` on describes it.
    `former`: every name that a commune had, by the code it then had, with the commune of today that holds it.
    """
    current = _current(con)
    moves: dict[str, list[tuple]] = {}
    divisions = set()
    merged: dict[str, date] = {}
    for kind, on_date, before, after in con.execute(
        "select kind, on_date, before, after from cog_movement order by on_date, kind, before, after"
    ).fetchall():
        if before == after:
            continue
        if kind in _SPLITS and before in current and after in current:
            divisions.add((before, after, (on_date - timedelta(days=1)).year))
        if kind in _MERGERS:
            merged[after] = on_date
        moves.setdefault(before, []).append((on_date, kind, after))
    carried, renumbered = _carried(moves, current, merged)
    now = {code: code for code in current} | {old: new for old, new, _, _ in carried}
    former = [
        (code, name, now[code])
        for code, name in con.execute(
            "select distinct before, name_before from cog_movement where name_before is not null order by all"
        ).fetchall()
        if code in now
    ]
    con.execute("create table carried (old varchar, new varchar, kind varchar, on_date varchar)")
    con.execute("create table former (code varchar, name varchar, commune varchar)")
    con.execute("create temp table division (before varchar, after varchar, last_year integer)")
    con.execute("create temp table renumbered (old varchar, new varchar, since integer, last_year integer)")
    for table, rows, names in (
        ("carried", carried, ["old", "new", "kind", "on_date"]),
        ("former", former, ["code", "name", "commune"]),
        ("division", sorted(divisions), ["before", "after", "last_year"]),
        ("renumbered", renumbered, ["old", "new", "since", "last_year"]),
    ):
        con.register("rows", pd.DataFrame(rows, columns=names).astype("str"))
        con.execute(f"insert into {table} select * from rows")
        con.unregister("rows")


def _current(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The codes of the communes of the newest list."""
    newest = "select max(coalesce(year, 0)) from cog_commune"
    current = {
        code
        for (code,) in con.execute(
            f"select code from cog_commune where coalesce(year, 0) = ({newest})"
        ).fetchall()
    }
    if not current:
        raise Unreadable(
            "aucune liste des communes. Ajoutez v_commune_AAAA.csv du Code officiel géographique de l’Insee."
        )
    return current


def _carried(
    moves: dict[str, list[tuple]], current: set[str], merged: dict[str, date]
) -> tuple[list[tuple], list[tuple]]:
    """The codes that are gone with the commune of today that holds them, and those of them that only changed."""
    carried, renumbered = [], []
    for code, steps in moves.items():
        if code in current:
            continue
        on_date, kind, target = steps[-1]
        only_renumbered = kind == _CODE_CHANGE
        for _ in range(_MOST_STEPS):
            if target in current or target not in moves:
                break
            only_renumbered &= moves[target][-1][1] == _CODE_CHANGE
            target = moves[target][-1][2]
        if target in current:
            carried.append((code, target, kind, str(on_date)))
            if only_renumbered:
                since = merged[code].year if code in merged else 0
                renumbered.append((code, target, since, (on_date - timedelta(days=1)).year))
    return carried, renumbered


def geography_year(con: duckdb.DuckDBPyConnection, column: str) -> int | None:
    """Year of the newest merger that the codes of `raw` already know; None when none shows."""
    found = con.execute(
        f"""
        with known as materialized (select distinct "{column}" as code from raw)

        select max(year(on_date))
        from cog_movement
        where before <> after and kind in ('30', '31', '32', '33')
            and before not in (from known) and after in (from known)
        """
    ).fetchone()
    return found[0] if found else None
