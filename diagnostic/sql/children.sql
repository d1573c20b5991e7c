-- Children by band: the census by age, else the births of the years before (no migration), said estimated.
insert into stat
select
    population_age.commune,
    age_band.stat,
    population_age.year,
    sum(population_age.value),
    'ok',
    any_value(census.source)
from population_age
join age_band on population_age.age between age_band.first_age and age_band.last_age
join (select distinct year, source from age_all qualify row_number() over (partition by year order by priority desc) = 1)
    as census on census.year = population_age.year
group by all;

insert into stat
with births as (
    select commune, year, value from stat where stat = 'naissances'
),

span as (
    -- An extract of a few communes may run further than the file of all: it is not the present.
    select min(year) as first_year, max(year) as last_year
    from (
        select year, count(value) as communes from births group by year
        qualify 2 * count(value) >= max(count(value)) over ()
    )
),

wanted as (
    -- On 1 January of `year`, children of age a were born in year - 1 - a.
    select age_band.stat, age_band.first_age, age_band.last_age, unnest(generate_series(
        greatest(span.first_year + age_band.last_age + 1, span.last_year - 7),
        span.last_year + 1
    )) as year
    from age_band, span
    where age_band.from_births
)

select
    births.commune,
    wanted.stat,
    wanted.year,
    case when count(births.value) = any_value(wanted.last_age - wanted.first_age + 1) then sum(births.value) end,
    case
        when count(births.value) = any_value(wanted.last_age - wanted.first_age + 1) then 'estimated'
        else 'missing'
    end,
    'naissances'
from wanted
join births on births.year between wanted.year - 1 - wanted.last_age and wanted.year - 1 - wanted.first_age
where births.commune not in (select distinct commune from population_age)
group by births.commune, wanted.stat, wanted.year;
