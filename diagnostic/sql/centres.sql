-- One row per commune of the membership (arrondissements apart): centre, newest places and ALSH, and the children of
-- the year nearest to that of the list that counts them. The parameter is the share of the crèches whose size is known.
with listed as (
    select commune, stat, max(year) as year from stat where stat in ('alsh', 'eaje') group by commune, stat
),

newest as (
    select stat.commune, stat.stat, stat.year, stat.value, stat.status, stat.source
    from stat
    left join listed
        on listed.commune = stat.commune
        and listed.stat = case stat.stat when 'enfants_3_11' then 'alsh' when 'enfants_moins_3' then 'eaje' end
    where stat.stat in ('enfants_moins_3', 'enfants_3_11', 'alsh', 'eaje', 'eaje_places')
    qualify row_number() over (
        partition by stat.commune, stat.stat
        order by coalesce(abs(stat.year - listed.year), 0), stat.year desc nulls last
    ) = 1
),

city as (select commune from membership where level = 'france'),

usual as (
    select departement, type, median(capacity) as capacity, count(capacity) / count(*) as known
    from facility
    where stat = 'eaje'
    group by departement, type
),

supplied as (
    -- A crèche of unknown size counts for the usual one where nearly all are known.
    select
        coalesce(territory.parent, facility.commune) as commune,
        coalesce(facility.capacity, case when usual.known >= ? then usual.capacity end) as capacity
    from facility
    join usual using (departement, type)
    join territory on territory.level = 'commune' and territory.code = facility.commune
    where facility.stat = 'eaje'
),

supply as (
    select commune, case when count(capacity) = count(*) then sum(capacity) end as places
    from supplied
    group by commune
)

select
    territory.code as commune,
    territory.lon,
    territory.lat,
    under3.value as under3,
    under3.year as under3_year,
    under3.status as under3_status,
    under3.source as under3_source,
    older.value as older,
    older.year as older_year,
    older.status as older_status,
    older.source as older_source,
    alsh.value as alsh,
    alsh.year as alsh_year,
    alsh.source as alsh_source,
    case when crèches.value = 0 then 0 else coalesce(supply.places, listed.value) end as places,
    crèches.year as places_year
from city
join territory on territory.level = 'commune' and territory.code = city.commune
left join newest as under3 on under3.commune = city.commune and under3.stat = 'enfants_moins_3'
left join newest as older on older.commune = city.commune and older.stat = 'enfants_3_11'
left join newest as alsh on alsh.commune = city.commune and alsh.stat = 'alsh'
left join newest as crèches on crèches.commune = city.commune and crèches.stat = 'eaje'
left join newest as listed on listed.commune = city.commune and listed.stat = 'eaje_places'
left join supply on supply.commune = city.commune
order by territory.code
