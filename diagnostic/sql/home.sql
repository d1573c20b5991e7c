-- An EPCI over several départements belongs to the one, and to the région, where most of its people live.
update territory
set departement = home.departement, region = home.region
from (
    with people as (
        select commune, max_by(value, coalesce(year, 0)) as people
        from stat
        where stat = 'population' and value is not null
        group by commune
    ),

    living as (
        select membership.code, territory.departement, territory.region, people.people
        from membership
        join territory on territory.level = 'commune' and territory.code = membership.commune
        left join people using (commune)
        where membership.level = 'epci'
    ),

    by_departement as (
        select code, departement, sum(people) as people from living group by code, departement
    ),

    by_region as (
        select code, region, sum(people) as people from living group by code, region
    )

    select code, departement, region
    from (select code, max_by(departement, people) as departement from by_departement group by code)
    join (select code, max_by(region, people) as region from by_region group by code) using (code)
    where departement is not null
) as home
where territory.level = 'epci' and territory.code = home.code;
