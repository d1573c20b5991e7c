"""The nearest place of each type for every commune: measured when the base is built, read by the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np

from diagnostic.access import nearest
from diagnostic.warehouse.database import AT_CENTRE
from diagnostic.warehouse.wide import SERVICES

# A report reads what is measured without it.
if TYPE_CHECKING:
    import pandas as pd

TABLE = "nearest_service"
# Every facility, located or not; `city` is that of an arrondissement, else the commune.
FACILITIES = (
    "select facility.commune, coalesce(territory.parent, facility.commune) as city, stat, facility.name, facility.lon, "
    f"facility.lat, capacity, qpv, qpv_by, year, address, coalesce(precision = '{AT_CENTRE}', false) as at_centre from facility "
    "left join territory on territory.level = 'commune' and territory.code = facility.commune"
)
_CITIES = "select code, parent from territory where level = 'commune' and parent <> ''"


def store(con: duckdb.DuckDBPyConnection) -> None:
    """Write them into a base that is being built, after its `commune_counts`."""
    communes = con.execute("select * from commune_counts order by code").df().set_index("code")
    found = _measured(communes, con.execute(FACILITIES).df(), dict(con.execute(_CITIES).fetchall()))
    con.register("found", found)
    con.execute(f"create table {TABLE} as select * from found order by stat, commune")
    con.unregister("found")


def _measured(communes: pd.DataFrame, facilities: pd.DataFrame, cities: dict[str, str]) -> pd.DataFrame:
    """One row for each type that a file locates and each commune where its nearest is known: kilometres, its commune (`place`)
    and its name.

    Unknown for a commune where no loaded file counts that type: the nearest one may be in no file. The kilometres
    of a city are those of its arrondissements, weighted by their people.
    """
    import pandas as pd

    parts = []
    for stat in SERVICES:
        found = facilities[(facilities["stat"] == stat) & facilities["lon"].notna()]
        if found.empty:
            continue
        km, which = nearest(communes["lon"], communes["lat"], found["lon"], found["lat"])
        here = (which >= 0) & communes[stat].notna().to_numpy()
        km = _by_arrondissement(communes, cities, np.where(here, km, np.nan))
        place, name = (found[column].to_numpy()[which] for column in ("commune", "name"))
        told = here | ~np.isnan(km)
        parts.append(
            pd.DataFrame(
                {
                    "stat": stat,
                    "commune": communes.index.to_numpy()[told],
                    "km": km[told],
                    "place": np.where(here, place, None)[told],
                    "name": np.where(here, name, None)[told],
                }
            )
        )
    columns = ["stat", "commune", "km", "place", "name"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _by_arrondissement(communes: pd.DataFrame, cities: dict[str, str], km: np.ndarray) -> np.ndarray:
    import pandas as pd

    if not cities:
        return km
    rows = communes.index.get_indexer(list(cities))
    people = communes["population"].to_numpy(float)[rows]
    parts = pd.DataFrame({"city": list(cities.values()), "people": people, "product": km[rows] * people})
    sums = parts.groupby("city")[["people", "product"]].agg(lambda values: values.sum(skipna=False)).dropna()
    found = km.copy()
    found[communes.index.get_indexer(sums.index)] = sums["product"] / sums["people"]
    return found
