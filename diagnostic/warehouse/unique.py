"""One key once per source: over all the files and members of a vintage, what is repeated is merged or refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb
import numpy as np
import shapely

from diagnostic import french
from diagnostic.warehouse.database import one_value
from diagnostic.warehouse.files import Unreadable

# Tables that a query fills straight, and the columns that identify a row of theirs.
KEYS: dict[str, tuple[str, ...]] = {
    "cog_commune": ("year", "typecom", "code"),
    "cog_departement": ("year", "code"),
    "cog_region": ("year", "code"),
    "epci_member": ("year", "commune"),
    "epci_kind": ("year", "epci"),
    "density_raw": ("year", "commune"),
    "qpv_people": ("qpv", "year"),
    "shape": ("level", "code"),
    "iris": ("code", "year"),
    "iris_people": ("code", "year"),
    "iris_shape": ("code",),
    "qpv_recipient": ("qpv", "year"),
    "quotient_raw": ("commune", "quartier", "year"),
    "school_raw": ("UAI", "year"),
    "school_place": ("UAI",),
    "qpv_shape": ("qpv",),
    "facility_count": ("departement", "year", "stat", "type", "commune"),
}
# Columns that describe and do not identify, written with more or less detail from one file to another.
_WORDING = {"name", "geometry"}
_FACTS = {
    "stat": ("commune", "stat", "year"),
    "age": ("commune", "year", "age"),
    "published": ("level", "code", "stat", "year"),
}
# Two drawings of one district may stand this far apart (degrees), about fifty metres.
SAME_PLACE = 0.0005


@dataclass
class Ledger:
    """Which file wrote which rows."""

    con: duckdb.DuckDBPyConnection
    files: list[str] = field(default_factory=list)
    marks: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    _before: dict[str, int] = field(default_factory=dict)

    def open(self, query: str) -> None:
        """Remember where each table that `query` names ends, before it reads a file."""
        named = set(re.findall(r"\w+", query))
        self._before = self._ends(
            [name for name in (*KEYS, "facility_raw", "facility_located") if name in named]
        )

    def since(self, table: str) -> int | None:
        """The last row of `table` that stood there before this file, its own come after; None where it has none."""
        return self._before.get(table)

    def sign(self, label: str) -> None:
        """The rows written since `open` are those of this file."""
        self.files.append(label)
        for table, end in self._ends(self._before).items():
            if end > self._before[table]:
                self.marks.setdefault(table, []).append((end, label))

    def origin(self, table: str, row: int) -> str:
        """The file that wrote a row of `table`."""
        return next((label for end, label in self.marks.get(table, []) if row <= end), "un autre fichier")

    def settle(self, title: str, label: str) -> list[str]:
        """Merge what this file repeats of an earlier one; refuse it when they disagree."""
        told = []
        grown = {table for table, end in self._ends(self._before).items() if end > self._before[table]}
        for table, key in KEYS.items():
            if table in grown and self._before[table] >= 0:
                told += self._settle_table(title, label, table, key)
        if "facility_located" in grown:
            told += self._settle_facilities(title, label)
        return told

    def settle_facts(self, title: str, label: str, source: str, table: str, edition: int | None) -> list[str]:
        """The same for a common table: the rows of this file wait in `stat_raw`, `age_raw` or `published_raw`."""
        key = _FACTS[table]
        match = " and ".join(f"new.{name} is not distinct from old.{name}" for name in key)
        same_edition = f"old.source = '{source}' and old.edition is not distinct from {edition or 'null'}"
        known = self.con.execute(f"select 1 from {table}_all as old where {same_edition} limit 1").fetchone()
        waiting = self.con.execute(f"select 1 from {table}_raw limit 1").fetchone()
        if not known or not waiting:
            return []
        other = self.con.execute(
            f"select {', '.join('new.' + name for name in key)}, new.value, old.value, old.origin "
            f"from {table}_raw as new join {table}_all as old on {match} and {same_edition} "
            "where new.value is distinct from old.value order by all limit 1"
        ).fetchone()
        if other is not None:
            raise Unreadable(_contradiction(title, key, other, label, self.files[other[-1]], other[-3:-1]))
        return self._merge(
            title,
            f"delete from {table}_raw as new where exists (select 1 from {table}_all as old where {match} and {same_edition})",
        )

    def _settle_table(self, title: str, label: str, table: str, key: tuple[str, ...]) -> list[str]:
        since = self._before[table]
        match = " and ".join(f"new.{name} is not distinct from old.{name}" for name in key)
        pairs = (
            f"{table} as new join {table} as old on {match} and old.rowid <= {since} and new.rowid > {since}"
        )
        names = [name for (name, *_) in self.con.execute(f"describe {table}").fetchall()]
        others = [name for name in names if name not in key and name not in _WORDING]
        if others:
            differ = " or ".join(f"new.{name} is distinct from old.{name}" for name in others)
            found = self.con.execute(
                f"select {', '.join('new.' + name for name in key)}, old.rowid from {pairs} where {differ} order by all limit 1"
            ).fetchone()
            if found is not None:
                raise Unreadable(_contradiction(title, key, found, label, self.origin(table, found[-1])))
        if table == "qpv_shape":
            self._same_places(title, label, pairs)
        return self._merge(
            title,
            f"delete from {table} as new where new.rowid > {since} and exists "
            f"(select 1 from {table} as old where {match} and old.rowid <= {since})",
        )

    def _same_places(self, title: str, label: str, pairs: str) -> None:
        rows = self.con.execute(
            f"select new.qpv, new.geometry, old.geometry, old.rowid from {pairs} "
            "where new.geometry is not null and old.geometry is not null"
        ).fetchall()
        if not rows:
            return
        ours, theirs = (
            shapely.centroid(shapely.from_wkb(np.array([bytes(row[at]) for row in rows], dtype=object)))
            for at in (1, 2)
        )
        apart = shapely.distance(ours, theirs)
        for row, distance in zip(rows, apart, strict=True):
            if distance > SAME_PLACE:
                raise Unreadable(
                    _contradiction(title, ("qpv",), (row[0],), label, self.origin("qpv_shape", row[3]))
                )

    def _settle_facilities(self, title: str, label: str) -> list[str]:
        """A département and year that an earlier file of the source covers already is the same there, or refused."""
        since, placed = self._before["facility_located"], self._before["facility_raw"]
        again = self.con.execute(
            f"select distinct new.departement, new.year, old.stat, min(old.rowid) as row from facility_located as new "
            "join facility_located as old on new.departement = old.departement and new.stat = old.stat "
            f"and new.year is not distinct from old.year and old.rowid <= {since} and new.rowid > {since} group by all"
        ).df()
        if again.empty:
            return []
        self.con.register("again", again)
        count = (
            "select f.departement, f.year, f.commune, f.type, count(*) as n from facility_raw as f "
            "join again on again.departement = f.departement and again.stat = f.stat "
            "and again.year is not distinct from f.year where f.rowid {} group by all"
        )
        odd = self.con.execute(
            f"select coalesce(a.commune, b.commune), coalesce(a.departement, b.departement) from "
            f"({count.format(f'> {placed}')}) as a full join ({count.format(f'<= {placed}')}) as b "
            "on a.departement = b.departement and a.year is not distinct from b.year and a.commune = b.commune and a.type = b.type "
            "where a.n is distinct from b.n order by all limit 1"
        ).fetchone()
        try:
            if odd is not None:
                row = again[again["departement"] == odd[1]]["row"].min()
                raise Unreadable(
                    _contradiction(
                        title, ("commune",), (odd[0],), label, self.origin("facility_located", row)
                    )
                )
            return self._merge(
                title,
                f"delete from facility_raw as f using again where f.rowid > {placed} and f.departement = again.departement "
                "and f.stat = again.stat and f.year is not distinct from again.year",
            )
        finally:
            self.con.unregister("again")

    def _merge(self, title: str, statement: str) -> list[str]:
        merged = one_value(self.con, statement)
        if not merged:
            return []
        rows = french.quantity(merged, "ligne déjà donnée", "lignes déjà données")
        return [f"{title} : {rows} par un autre fichier du même millésime, comptées une fois."]

    def _ends(self, tables: Iterable[str]) -> dict[str, int]:
        """The last row of each of these tables, -1 for an empty one."""
        asked = " union all ".join(
            f"select '{table}', coalesce(max(rowid), -1) from {table}" for table in tables
        )
        return dict(self.con.execute(asked).fetchall()) if asked else {}


def _contradiction(
    title: str, key: tuple[str, ...], found: tuple, label: str, other: str, values: tuple = ()
) -> str:
    """Which key two files contradict each other on; `values` are what this one and the other say, where one knows."""
    shown = ", ".join(f"{name} « {value} »" for name, value in zip(key, found, strict=False))
    told = " ({} ici, {} là)".format(*map(_said, values)) if any(one is not None for one in values) else ""
    return (
        f"{title} : la clé {shown} a des valeurs qui se contredisent dans « {label} » et dans « {other} »{told}. "
        "Gardez le fichier qui vaut et retirez l’autre du dossier."
    )


def _said(value: object) -> str:
    return french.number(value, 2) if isinstance(value, float) else str(value)
