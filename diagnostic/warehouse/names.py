"""The directory of names of a database: its communes, the old ones, the arrondissements."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pandas as pd

from diagnostic.directory import Directory
from diagnostic.warehouse.database import Database
from diagnostic.warehouse.memory import shared


@shared(3)
def directory(db: Database) -> Directory:
    """The directory of `db`, read once: a database that a build has swapped is another object."""
    return _read(db.frame)


def of_build(con: duckdb.DuckDBPyConnection) -> Directory:
    """The directory of a database that is being built."""
    return _read(lambda sql: con.execute(sql).df())


def _read(ask: Callable[[str], pd.DataFrame]) -> Directory:
    places = ask("select code, name, departement, parent from territory where level = 'commune'")
    cities = places[places["parent"].notna()]
    return Directory(
        places.loc[places["parent"].isna(), ["code", "name", "departement"]],
        ask("select code, name, commune from former"),
        dict(zip(cities["code"], cities["parent"], strict=True)),
        _postcodes(ask),
        ask("select name from territory where level <> 'commune'")["name"].to_list(),
        dict(
            ask(
                "select code, commune from iris where commune is not null "
                "union select code, commune from iris_people where commune is not null"
            ).itertuples(index=False, name=None)
        ),
    )


def _postcodes(ask: Callable[[str], pd.DataFrame]) -> dict[str, frozenset[str]]:
    """Postcode -> its communes; empty where the file of La Poste is not loaded."""
    held = ask("select postcode, list(distinct commune) as communes from postcode group by postcode")
    return {
        code: frozenset(communes) for code, communes in zip(held["postcode"], held["communes"], strict=True)
    }
