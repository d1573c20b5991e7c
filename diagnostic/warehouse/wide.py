"""What a report compares a territory with, over a whole level: one row a territory, made when the base is built."""

from __future__ import annotations

import duckdb

from diagnostic.indicators import PEER_FIGURES

SERVICES = (
    "rpe",
    "eaje",
    "alsh",
    "laep",
    "centres_sociaux",
    "evs",
    "mediation_familiale",
    "france_services",
    "services_handicap",
)
COUNTED = (
    "enfants_moins_3",
    "enfants_3_11",
    "eaje_places",
    "eaje_places_comptees",
    "population",
    "ecoles",
    *SERVICES,
)


def _newest(names: tuple[str, ...], column: str, when: str) -> str:
    return ", ".join(
        f"max_by(value, {when}) filter ({column} = '{name}' and value is not null) as {name}"
        for name in names
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names)


# Every commune, arrondissements included (`city` false): centre, EPCI, département, the newest value of each count, the
# crèche places and whether the rate that the Cnaf publishes, whether its children are counted by the Caf, whether its
# places in crèches are in no list.
_COMMUNES = f"""
select territory.code, territory.name, coalesce(territory.epci, city.epci) as epci, territory.departement,
    coalesce(territory.parent, '') = '' as city,
    case when territory.lat is not null then territory.lon end as lon,
    case when territory.lon is not null then territory.lat end as lat,
    counted.* exclude (commune), published.places as eaje_published,
    coalesce(territory.code in (
        select code from published where level = 'commune' and stat = 'taux_couverture' and value is not null
    ), false) as official,
    coalesce(estimated.abroad, false) as born_abroad, coalesce(estimated.unlisted, false) as unlisted_creches
from territory
left join territory as city on city.level = 'commune' and city.code = territory.parent
left join (
    select commune, {_newest(COUNTED, "stat", "coalesce(year, 0)")} from stat where stat in ({_listed(COUNTED)}) group by commune
) as counted on counted.commune = territory.code
left join (
    select code, max_by(value, year) as places from total
    where level = 'commune' and stat = 'places_eaje' and value is not null group by code
) as published on published.code = territory.code
left join (
    select commune, bool_or(stat = 'enfants_moins_3') as abroad, bool_or(stat = 'eaje_places') as unlisted
    from stat
    where (stat = 'enfants_moins_3' and source = 'naissances,caf_iris') or (stat = 'eaje_places' and source = 'nbpla_pe')
    group by commune
) as estimated on estimated.commune = territory.code
where territory.level = 'commune'
order by territory.code
"""

# The newest known value of each figure by which similar territories are looked for.
_PEERS = f"""
select level, code, {_newest(PEER_FIGURES, "indicator", "coalesce(year, 0)")}
from figure where value is not null and indicator in ({_listed(PEER_FIGURES)}) group by level, code order by level, code
"""

_YEARS = (
    "select stat as code, max(year) as year from stat where value is not null group by stat order by stat"
)
_TOLD = (
    "select distinct indicator as code, level from figure where value is not null order by indicator, level"
)

TABLES = {"commune_counts": _COMMUNES, "peer_figures": _PEERS, "stat_years": _YEARS, "told_figures": _TOLD}


def store(con: duckdb.DuckDBPyConnection) -> None:
    """Write them into a base that is being built."""
    for name, statement in TABLES.items():
        con.execute(f"create table {name} as {statement}")
