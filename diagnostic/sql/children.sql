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

-- Births across a border are in no French list. Where the Caf alone knows, over the last six years, a fifth more children
-- than were born to the commune, its count is followed: births then only say how it moves. Of the 545 communes whose
-- every IRIS is told, one in a hundred has more than 1.18 times its births; four pass 1.2, beside Monaco and Irun.
create temp table born_abroad as
with caf as (
    select coalesce(territory.parent, iris.commune) as commune, iris.year, sum(enfants_0_2) as under_3,
        sum(enfants_0_2 + enfants_3_5) as under_6
    from iris
    join territory on territory.level = 'commune' and territory.code = iris.commune
    where iris.year is not null
    group by all
    having count(enfants_0_2 + enfants_3_5) = count(*)
),

born as (
    select
        commune,
        year,
        any_value(value) filter (where stat = 'enfants_moins_3') as born_3,
        any_value(value) filter (where stat = 'enfants_moins_6') as born_6
    from stat
    where stat in ('enfants_moins_3', 'enfants_moins_6') and source = 'naissances' and value > 0
    group by commune, year
)

select caf.commune, caf.year, under_3, born_3, under_3 / born_3 as ratio_3, under_6 / born_6 as ratio_6
from caf
join born on born.commune = caf.commune and born.year = caf.year + 1
where under_6 > 1.2 * born_6 and under_3 > born_3
qualify caf.year = max(caf.year) over (partition by caf.commune);

update stat
set value = value * case when stat = 'enfants_moins_3' then ratio_3 else ratio_6 end, source = 'naissances,caf_iris'
from born_abroad
where stat.commune = born_abroad.commune and stat.source = 'naissances' and stat.value is not null
    and stat.stat in (select stat from age_band where from_births);

drop table age_all;
