-- One row per commune or arrondissement and year: births at the mother's home.
-- A département without a single birth in a year was not surveyed that year (Mayotte): unknown, not zero.
-- A commune counted with another (K), or whose zeros all date from before it was restored, has no row: its births
-- stand in the commune that it came out of. Zeros from before it only took another number stand under the old one,
-- or nowhere where the file has no row of that: they are unknown.
create or replace temp table births as
select
    GEO as commune,
    year_of(TIME_PERIOD) as year,
    finite(num(OBS_VALUE)) as value,
    OBS_STATUS as status,
    home_of(GEO) as departement
from raw
where GEO_OBJECT in ('COM', 'ARM') and EC_MEASURE = 'LVB';

create or replace temp table hollow as
with restored as (
    select commune, max(last_year) as last_year, bool_or(stands) as stands
    from (
        select after as commune, last_year, true as stands from division
        union all
        select new, last_year, old in (select commune from births) from renumbered
    ) as told
    group by commune
)

select births.commune, restored.last_year, restored.stands
from births
join restored on restored.commune = births.commune and births.year <= restored.last_year
group by births.commune, restored.last_year, restored.stands
having coalesce(max(births.value), 0) = 0;

insert into elsewhere_raw
select births.commune, 'naissances', births.year
from births
left join hollow on hollow.commune = births.commune and births.year <= hollow.last_year
where births.status = 'K' or hollow.stands;

insert into stat_raw
with surveyed as (
    select departement, year
    from births
    group by departement, year
    having sum(value) > 0 or count(*) < 5
)

select
    births.commune,
    'naissances' as stat,
    births.year,
    case
        when surveyed.departement is not null and births.status is distinct from 'M' and hollow.commune is null
            then births.value
    end as value,
    case
        when surveyed.departement is not null and births.status is distinct from 'M' and births.value is not null
            and hollow.commune is null then 'ok'
        else 'missing'
    end as status
from births
left join surveyed using (departement, year)
left join hollow on hollow.commune = births.commune and births.year <= hollow.last_year
where births.status is distinct from 'K' and not coalesce(hollow.stands, false);
