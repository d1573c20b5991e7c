-- Figures of older geographies, carried to the current communes.
-- A merged commune is the sum of its parts, unknown when a part is. What no movement touches stays as it is: one source gives
-- one row of a commune, stat and year.
create temp table touched as
select old as code from carried
union
select new from carried;

create temp table stat_carried as
select
    commune,
    stat,
    year,
    source,
    edition,
    priority,
    value,
    case when value is null then coalesce(status, 'missing') else coalesce(status, 'ok') end as status
from stat_all
anti join touched on touched.code = stat_all.commune
union all
select
    coalesce(carried.new, stat_all.commune) as commune,
    stat,
    year,
    source,
    edition,
    priority,
    case when count(value) = count(*) then sum(value) end as value,
    case
        when count(value) < count(*) then coalesce(max(status) filter (where value is null), 'missing')
        when count(*) filter (where status <> 'ok') > 0 then max(status) filter (where status <> 'ok')
        else 'ok'
    end as status
from stat_all
left join carried on carried.old = stat_all.commune
where stat_all.commune in (select code from touched)
group by all;

-- Only what several files tell is chosen from.
create temp table told_twice as
select stat from stat_carried group by stat having count(distinct (source, edition, priority)) > 1;

create temp table stat_new as
select commune, stat, year, value, status, source
from stat_carried
anti join told_twice on told_twice.stat = stat_carried.stat
union all
select commune, stat, year, value, status, source
from stat_carried
where stat in (select stat from told_twice)
qualify row_number() over (partition by commune, stat, year order by edition desc nulls last, priority desc) = 1;

-- A commune that was split since: the old figure is shared by population, and said estimated.
create temp table shared as
with people as (
    select distinct on (commune) commune, value
    from stat_new
    where stat = 'population' and value is not null
    order by commune, year desc nulls last
),

old as (
    select stat_new.commune, stat_new.stat, stat_new.year, stat_new.value, stat_new.source, division.after
    from stat_new
    join division on division.before = stat_new.commune
    where stat_new.stat <> 'population'
        and stat_new.year <= division.last_year
        and not exists (
            select 1 from stat_new as part
            where part.commune = division.after and part.stat = stat_new.stat and part.year = stat_new.year
        )
),

parts as (
    select commune as origin, commune as part, stat, year, value, source from old
    union
    select commune, after, stat, year, value, source from old
)

select
    parts.part as commune,
    parts.stat,
    parts.year,
    parts.value * people.value / sum(people.value) over (partition by parts.origin, parts.stat, parts.year) as value,
    parts.source
from parts
join people on people.commune = parts.part;

delete from stat_new
using shared
where stat_new.commune = shared.commune and stat_new.stat = shared.stat and stat_new.year = shared.year;

insert into stat_new
select commune, stat, year, value, case when value is null then 'missing' else 'estimated' end, source
from shared;

-- Paris, Lyon, Marseille: the city is the sum of its arrondissements where it has no row of its own.
insert into stat_new
with parts as (
    select code, parent from current_commune where typecom = 'ARM'
    union all
    select '132XX', '13055' where exists (select 1 from stat_new where commune = '132XX')
),

needed as (
    select parent, count(*) as arrondissements from current_commune where typecom = 'ARM' group by parent
)

select
    parts.parent,
    stat_new.stat,
    stat_new.year,
    sum(stat_new.value),
    coalesce(max(stat_new.status) filter (where stat_new.status <> 'ok'), 'ok'),
    any_value(stat_new.source)
from stat_new
join parts on parts.code = stat_new.commune
join needed on needed.parent = parts.parent
where not exists (
    select 1 from stat_new as city
    where city.commune = parts.parent and city.stat = stat_new.stat and city.year is not distinct from stat_new.year
)
group by parts.parent, stat_new.stat, stat_new.year
having count(stat_new.value) >= any_value(needed.arrondissements) and count(stat_new.value) = count(*);

-- An IRIS keeps its code, which begins with that of the commune it was cut in.
update iris set commune = carried.new from carried where carried.old = iris.commune and carried.new is not null;
update iris_people set commune = carried.new from carried where carried.old = iris_people.commune and carried.new is not null;

create table stat as
select stat_new.*
from stat_new
where commune in (select code from current_commune);

-- What stands nowhere else by now is counted elsewhere still.
create table elsewhere as
select distinct coalesce(carried.new, elsewhere_raw.commune) as commune, elsewhere_raw.stat, elsewhere_raw.year
from elsewhere_raw
left join carried on carried.old = elsewhere_raw.commune
where coalesce(carried.new, elsewhere_raw.commune) in (select code from current_commune)
    and not exists (
        select 1 from stat
        where stat.commune = coalesce(carried.new, elsewhere_raw.commune) and stat.stat = elsewhere_raw.stat
            and stat.year = elsewhere_raw.year and stat.value is not null
    );

create table population_age as
with carried_age as (
    select commune, year, age, value, source from age_all
    anti join touched on touched.code = age_all.commune
    union all
    select coalesce(carried.new, age_all.commune) as commune, year, age, sum(value) as value, source
    from age_all
    left join carried on carried.old = age_all.commune
    where age_all.commune in (select code from touched)
    group by all
),

whole as (
    -- A year counted by two files is read from one of them.
    select year, source
    from (select distinct year, source, priority from age_all)
    qualify row_number() over (partition by year order by priority desc) = 1
)

select carried_age.commune, carried_age.year, age, value
from carried_age
join whole using (year, source)
where carried_age.commune in (select code from current_commune)
order by commune, year, age;

insert into population_age
select cities.parent, population_age.year, age, sum(value)
from population_age
join current_commune as cities on cities.typecom = 'ARM' and cities.code = population_age.commune
where not exists (
    select 1 from population_age as own where own.commune = cities.parent and own.year = population_age.year
)
group by all;

-- What was published for a commune that has merged since describes its old perimeter.
-- A commune that only changed its code keeps what was published under the old one.
create temp table published_now as
select published_all.* replace (coalesce(renumbered.new, published_all.code) as code)
from published_all
left join renumbered
    on published_all.level = 'commune' and renumbered.old = published_all.code
    and published_all.year >= renumbered.since;

create table published as
with absorbed as (
    select distinct published_now.source, published_now.year, carried.new as code
    from published_now
    join carried on published_now.level = 'commune' and published_now.code = carried.old
),

chosen as (
    select published_now.*
    from published_now
    where not (level = 'commune' and code in (select old from carried))
    qualify row_number() over (
        partition by level, code, stat, year
        order by value is not null desc, edition desc nulls last, priority desc
    ) = 1
)

select
    chosen.level,
    chosen.code,
    chosen.stat,
    chosen.year,
    chosen.value,
    case when absorbed.code is not null and chosen.status = 'ok' then 'estimated' else chosen.status end as status,
    chosen.source,
    case when absorbed.code is not null then 'Périmètre d’avant la fusion de communes' else chosen.note end as note
from chosen
join territory on territory.level = chosen.level and territory.code = chosen.code
left join absorbed
    on chosen.level = 'commune' and absorbed.code = chosen.code
    and absorbed.source = chosen.source and absorbed.year = chosen.year
order by chosen.level, chosen.code;

-- Two names for one territory (Paris is a commune and a département): what is published for one holds for both.
insert into published
with identity as (
    select level, code, md5(string_agg(commune, ',' order by commune)) as communes
    from membership
    group by level, code
),

twins as (
    select a.level, a.code, b.level as other_level, b.code as other_code
    from identity as a
    join identity as b on a.communes = b.communes and (a.level, a.code) <> (b.level, b.code)
)

select
    twins.level, twins.code, published.stat, published.year, published.value, published.status, published.source,
    published.note
from published
join twins on twins.other_level = published.level and twins.other_code = published.code
where published.value is not null
    and twins.level <> 'france'
    and not exists (
        select 1 from published as own
        where own.level = twins.level and own.code = twins.code and own.stat = published.stat
            and own.year = published.year and own.value is not null
    )
qualify row_number() over (
    partition by twins.level, twins.code, published.stat, published.year order by twins.other_level
) = 1;

-- Places are published for the arrondissements only: those of the city are their sum, where all are known.
insert into published
with needed as (
    select parent, count(*) as arrondissements from territory
    where level = 'commune' and parent is not null group by parent
)

select
    'commune', needed.parent, published.stat, published.year, sum(published.value),
    coalesce(max(published.status) filter (where published.status <> 'ok'), 'ok'), any_value(published.source),
    'Somme des arrondissements'
from published
join territory on territory.level = 'commune' and territory.code = published.code
join needed on needed.parent = territory.parent
where published.level = 'commune'
    and published.stat like 'places\_%' escape '\'
    and not exists (
        select 1 from published as own
        where own.level = 'commune' and own.code = needed.parent and own.stat = published.stat
            and own.year = published.year and own.value is not null
    )
group by needed.parent, published.stat, published.year
having count(published.value) = any_value(needed.arrondissements);

-- Room for what follows.
drop table stat_all;
drop table stat_carried;
drop table told_twice;
drop table touched;
drop table stat_new;
drop table published_all;
drop table published_now;
