-- One row per commune or arrondissement and year: births at the mother's home.
-- A département without a single birth in a year was not surveyed that year (Mayotte): unknown, not zero.
-- A commune counted with another (K), or whose zeros all date from before it was restored, has no row: its births
-- stand in the commune that it came out of. Zeros from before it only took another number stand under the old one,
-- or nowhere where the file has no row of that: they are unknown, and so is a commune of another number that has zeros only.
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
    select commune, max(last_year) as last_year, bool_or(stands) as stands, bool_and(renumbered) as renumbered
    from (
        select after as commune, last_year, true as stands, false as renumbered from division
        union all
        select new, last_year, old in (select commune from births), true from renumbered
    ) as told
    group by commune
),

ranked as (
    select
        births.*, restored.last_year, restored.stands, restored.renumbered,
        year - row_number() over (partition by commune, value = 0 order by year) as run,
        max(value) over (partition by commune) as most,
        max(value) filter (where year <= restored.last_year) over (partition by commune) as most_before,
        avg(value) filter (where value > 0) over (partition by commune) as usual
    from births
    join restored using (commune)
),

-- A commune that came out of another has zeros that no chance explains, fewer than one in a million: its births stand in
-- the other where that one then has as many more.
hidden as (
    select commune, year, usual
    from (select *, usual * count(*) over (partition by commune, run) as lacking from ranked where value = 0)
    where lacking >= 14 and usual >= 5
),

others as (
    select division.after as commune, births.year, births.value, avg(births.value) filter (
        where (division.after, births.year) not in (select (commune, year) from hidden)
    ) over (partition by division.before, division.after) as usual
    from division
    join births on births.commune = division.before
)

select commune, year, stands and year <= last_year as stands
from ranked
where (year <= last_year and coalesce(most_before, 0) = 0)
    or (renumbered and coalesce(most, 0) = 0)
union
select hidden.commune, hidden.year, coalesce(bool_or(others.value >= others.usual + hidden.usual / 2), false)
from hidden
left join others on others.commune = hidden.commune and others.year = hidden.year
where (hidden.commune, hidden.year) not in (
    select (commune, year) from ranked where year <= last_year and coalesce(most_before, 0) = 0
)
group by hidden.commune, hidden.year;

insert into elsewhere_raw
select births.commune, 'naissances', births.year
from births
left join hollow using (commune, year)
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
left join hollow on hollow.commune = births.commune and hollow.year = births.year
where births.status is distinct from 'K' and not coalesce(hollow.stands, false);
