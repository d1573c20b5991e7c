-- One row per commune or arrondissement and year: births at the mother's home.
-- A département without a single birth in a year was not surveyed that year (Mayotte): unknown, not zero.
insert into stat_raw
with births as (
    select
        GEO as commune,
        year_of(TIME_PERIOD) as year,
        finite(num(OBS_VALUE)) as value,
        OBS_STATUS as status,
        case when GEO like '97%' then left(GEO, 3) else left(GEO, 2) end as departement
    from raw
    where GEO_OBJECT in ('COM', 'ARM') and EC_MEASURE = 'LVB'
),

surveyed as (
    select departement, year
    from births
    group by departement, year
    having sum(value) > 0 or count(*) < 5
)

select
    births.commune,
    'naissances' as stat,
    births.year,
    case when surveyed.departement is not null and births.status not in ('M', 'K') then births.value end as value,
    case
        when surveyed.departement is not null and births.status not in ('M', 'K') and births.value is not null
            then 'ok'
        else 'missing'
    end as status
from births
left join surveyed using (departement, year);
