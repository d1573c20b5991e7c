"""Additive stats that need distances: leisure centres within reach, accessible places, France services, QPV."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import shapely

from diagnostic.access import distance_to_shapes, e2sfca, nearest, pairs
from diagnostic.indicators import ALSH_RADIUS_KM, QPV_FACILITIES
from diagnostic.warehouse.database import AT_CENTRE

# One row per commune: its centre, its places, its children.
_CENTRES = Path(__file__).parents[1] / "sql" / "centres.sql"
# Share of the crèches of a département whose capacity must be known to stand in for the others.
CAPACITY_KNOWN = 0.9
# Places whose distance is an indicator.
DISTANT = ("france_services", "centres_sociaux", "mediation_familiale", "services_handicap")


def derive(con: duckdb.DuckDBPyConnection) -> None:
    """Add the derived stats to `stat`. A commune whose answer is unknown gets no value."""
    _locate_in_qpv(con)
    _count_in_qpv(con)
    communes = con.execute(_CENTRES.read_text("utf-8"), [CAPACITY_KNOWN]).df()
    with ThreadPoolExecutor(1) as aside:
        # It asks nothing of the base: it is reckoned while the distances are.
        accessible = aside.submit(_accessible_places, communes)
        found = [_alsh(con, communes), *(_distances(con, stat) for stat in DISTANT), accessible.result()]
    for rows in found:
        if not rows.empty:
            con.register("rows", rows)
            con.execute(
                "insert into stat select commune, stat, try_cast(year as integer), value, status, source from rows"
            )
            con.unregister("rows")


def _alsh(con: duckdb.DuckDBPyConnection, communes: pd.DataFrame) -> pd.DataFrame:
    """Children 3-11 of communes with a leisure centre, in the commune and within the radius."""
    known = communes[communes["alsh"].notna() & communes["older"].notna()]
    if known.empty:
        return pd.DataFrame()
    centres = con.execute("select lon, lat from facility where stat = 'alsh' and lon is not null").df()
    own = known["alsh"] > 0
    km, _ = nearest(known["lon"], known["lat"], centres["lon"], centres["lat"])
    near = own | (km <= ALSH_RADIUS_KM)
    uncovered = communes[communes["alsh"].isna()]
    beyond, _ = nearest(known["lon"], known["lat"], uncovered["lon"], uncovered["lat"])
    # A centre may stand in a département that no file covers: the answer is then a floor.
    floor = ~near & (beyond <= ALSH_RADIUS_KM)
    source = known["alsh_source"] + "," + known["older_source"]
    base = {
        "commune": known["commune"],
        "year": known["alsh_year"].fillna(known["older_year"]),
        "source": source,
    }
    frames = [
        pd.DataFrame(
            {
                **base,
                "stat": "enfants_3_11_commune_alsh",
                "value": np.where(own, known["older"], 0.0),
                "status": known["older_status"],
            }
        )
    ]
    if len(centres):
        frames.append(
            pd.DataFrame(
                {
                    **base,
                    "stat": "enfants_3_11_alsh_5km",
                    "value": np.where(near, known["older"], 0.0),
                    "status": np.where(floor, "estimated", known["older_status"]),
                }
            )[known["lon"].notna().to_numpy() | own.to_numpy()]
        )
    return pd.concat(frames, ignore_index=True)


def _accessible_places(communes: pd.DataFrame) -> pd.DataFrame:
    """Crèche places within reach of the children of each commune (E2SFCA), and the places that it counts."""
    located = communes[communes["lon"].notna()]
    if located["places"].notna().sum() == 0 or located["under3"].notna().sum() == 0:
        return pd.DataFrame()
    links = pairs(located["lon"], located["lat"])
    reached = e2sfca(located["places"], located["under3"], links).value * located["under3"].to_numpy()
    supply = pd.DataFrame(
        {
            "commune": located["commune"],
            "stat": "eaje_places_comptees",
            "year": located["places_year"],
            "value": located["places"],
            "status": np.where(located["places"].isna(), "missing", "estimated"),
            "source": "bpe",
        }
    ).dropna(subset=["year"])
    accessible = pd.DataFrame(
        {
            "commune": located["commune"],
            "stat": "enfants_places_accessibles",
            "year": located["places_year"].fillna(located["under3_year"]),
            "value": reached,
            "status": np.where(np.isnan(reached), "missing", "estimated"),
            "source": "bpe," + located["under3_source"].fillna(""),
        }
    ).dropna(subset=["year"])
    return pd.concat([accessible, supply], ignore_index=True)


def _distances(con: duckdb.DuckDBPyConnection, stat: str) -> pd.DataFrame:
    """Inhabitants times kilometres to the nearest place of one kind, in the year of its list.

    A city of arrondissements is the sum of these, where all are known: each is measured from its own centre. Where no
    list covers the département of a commune it is unknown; where an uncovered commune is nearer, a most.
    """
    places = con.execute(
        "select lon, lat, year from facility where stat = ? and lon is not null", [stat]
    ).df()
    located = con.execute(
        """
        select territory.code as commune, territory.parent, territory.lon, territory.lat, people.value as people,
            territory.departement in (select departement from facility_coverage where stat = ?) as covered
        from territory
        left join (
            select commune, max_by(value, coalesce(year, 0)) as value
            from stat where stat = 'population' and value is not null group by commune
        ) as people on people.commune = territory.code
        where territory.level = 'commune'
        order by territory.code
        """,
        [stat],
    ).df()
    covered = located["covered"].fillna(False).to_numpy(bool)
    if places.empty or located.loc[covered, ["lon", "people"]].dropna().empty:
        return pd.DataFrame()
    km, _ = nearest(located["lon"], located["lat"], places["lon"], places["lat"])
    beyond = located[~covered]
    border, _ = nearest(located["lon"], located["lat"], beyond["lon"], beyond["lat"])
    status = pd.Series(np.where(border < km, "estimated", "ok"), index=located["commune"])
    product = pd.Series(np.where(covered, km * located["people"], np.nan), index=located["commune"])
    parts = located[located["parent"].notna()].set_index("commune")["parent"]
    of_cities = product[parts.index].groupby(parts).agg(lambda values: values.sum(skipna=False)).dropna()
    product[of_cities.index] = of_cities
    product = product.dropna()
    return pd.DataFrame(
        {
            "commune": product.index,
            "stat": f"habitants_km_{stat}",
            "year": places["year"].max(),
            "value": product.to_numpy(),
            "status": status[product.index].to_numpy(),
            "source": f"{'france_services' if stat == 'france_services' else 'bpe'},populations_legales",
        }
    )


def _locate_in_qpv(con: duckdb.DuckDBPyConnection) -> None:
    """Write in `facility` the QPV whose perimeter holds it; a known perimeter prevails over the producer."""
    shapes = con.execute("select code, wkb from qpv_geometry where wkb is not null").df()
    if shapes.empty:
        return
    # A facility put at the centre of its commune says nothing about the districts.
    exact = f"lon is not null and precision <> '{AT_CENTRE}'"
    points = con.execute(f"select rowid as id, lon, lat from facility where {exact}").df()
    polygons = shapely.make_valid(shapely.from_wkb(shapes["wkb"].map(bytes).to_numpy()))
    centres = shapely.point_on_surface(polygons)
    place = pd.DataFrame(
        {"code": shapes["code"], "lon": shapely.get_x(centres), "lat": shapely.get_y(centres)}
    )
    con.register("place", place)
    con.execute("update qpv set lon = place.lon, lat = place.lat from place where place.code = qpv.code")
    con.unregister("place")
    if points.empty:
        return
    inside = distance_to_shapes(points["lon"], points["lat"], polygons, within_metres=1.0)
    held = inside.metres == 0
    point, first = np.unique(inside.point[held], return_index=True)
    found = pd.DataFrame(
        {"id": points["id"].to_numpy()[point], "qpv": shapes["code"].to_numpy()[inside.shape[held][first]]}
    )
    # A commune all of whose QPV have a perimeter needs no other witness.
    con.execute(
        f"""
        update facility set qpv = null, qpv_by = 'polygon'
        from (
            select territory.code
            from territory
            join qpv_commune on qpv_commune.commune in (territory.code, territory.parent)
            join qpv on qpv.code = qpv_commune.qpv
            where territory.level = 'commune'
            group by territory.code having bool_and(qpv.located)
        ) as outlined
        where {exact} and facility.commune = outlined.code
        """
    )
    con.register("found", found)
    con.execute(
        "update facility set qpv = found.qpv, qpv_by = 'polygon' from found where found.id = facility.rowid"
    )
    con.unregister("found")


def _count_in_qpv(con: duckdb.DuckDBPyConnection) -> None:
    """Facilities for families inside a QPV, by commune; unknown where one cannot be placed."""
    kinds = ", ".join(f"'{stat}'" for stat in QPV_FACILITIES)
    con.execute(
        f"""
        insert into stat
        with everywhere as (
            select commune, qpv, qpv_by from facility where stat in ({kinds})
            union all
            select territory.parent, qpv, qpv_by
            from facility
            join territory on territory.level = 'commune' and territory.code = facility.commune
            where stat in ({kinds}) and territory.parent is not null
        ),

        placed as (
            select
                commune,
                count(*) filter (where qpv is not null) as inside,
                count(*) filter (where qpv_by is null) as unplaced
            from everywhere
            group by commune
        ),

        counted as (
            select territory.code as commune, max(facility_coverage.year) as year,
                bool_or(
                    territory.code in (select commune from qpv_commune)
                    or coalesce(territory.parent in (select commune from qpv_commune), false)
                ) as concerned
            from territory
            join facility_coverage on facility_coverage.departement = territory.departement
            where territory.level = 'commune' and facility_coverage.stat in ('eaje', 'alsh')
            group by territory.code
            having count(distinct facility_coverage.stat) = 2
        )

        select
            counted.commune,
            'equipements_en_qpv',
            counted.year,
            case
                when not concerned then 0
                when coalesce(placed.unplaced, 0) = 0 then coalesce(placed.inside, 0)
            end as value,
            case when concerned and coalesce(placed.unplaced, 0) > 0 then 'missing' else 'ok' end,
            'bpe'
        from counted
        left join placed using (commune)
        where (select count(*) from qpv_commune) > 0
        """
    )
