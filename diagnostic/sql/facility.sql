-- Facilities of the newest edition that covers each département, then their number by commune.
create temp table commune_home as
select code as commune, departement, parent from territory where level = 'commune';

create table facility as
with newest as (
    select departement, stat, max(coalesce(year, 0)) as year from facility_located group by departement, stat
)

select
    coalesce(carried.new, facility_raw.commune) as commune,
    facility_raw.stat,
    facility_raw.type,
    facility_raw.name,
    facility_raw.lon,
    facility_raw.lat,
    facility_raw.capacity,
    facility_raw.qpv,
    case when facility_raw.qpv_known then 'producer' end as qpv_by,
    facility_raw.precision,
    facility_raw.year,
    facility_raw.departement,
    facility_raw.address
from facility_raw
left join carried on carried.old = facility_raw.commune
join newest
    on newest.departement = facility_raw.departement and newest.stat = facility_raw.stat
    and newest.year = coalesce(facility_raw.year, 0)
order by 1, facility_raw.rowid;

create table facility_coverage as
select distinct departement, year, stat from facility_located
union
select distinct departement, year, stat from facility_count;

-- A commune restored after the edition of a file: its facilities stand there under the commune that it left.
create temp table unsplit as
select divided.after as commune, editions.year
from (select after, max(last_year) as last_year from division group by after) as divided
join (select distinct year from facility_located) as editions on editions.year <= divided.last_year
where not exists (
    select 1 from facility_raw
    where facility_raw.commune = divided.after and facility_raw.year = editions.year
);

-- Located files: every commune of a covered département has a number, zero included.
insert into stat
with placed as (
    select coalesce(carried.new, facility_raw.commune) as commune, stat, year, capacity
    from facility_raw
    left join carried on carried.old = facility_raw.commune
),

counted as (
    select commune, stat, year, count(*) as facilities, count(capacity) as known, sum(capacity) as places
    from (
        select commune, stat, year, capacity from placed
        union all
        select commune_home.parent, stat, year, capacity
        from placed
        join commune_home on commune_home.commune = placed.commune
        where commune_home.parent is not null
    ) as everywhere
    group by all
),

expected as (
    select distinct commune_home.commune, facility_located.stat, facility_located.year
    from facility_located
    join commune_home using (departement)
)

select
    expected.commune,
    expected.stat,
    expected.year,
    case when unsplit.commune is null then coalesce(counted.facilities, 0) end,
    case when unsplit.commune is null then 'ok' else 'missing' end,
    case when expected.stat = 'france_services' then 'france_services' else 'bpe' end
from expected
left join counted
    on counted.commune = expected.commune and counted.stat = expected.stat
    and counted.year is not distinct from expected.year
left join unsplit on unsplit.commune = expected.commune and unsplit.year = expected.year
union all
select
    expected.commune,
    'eaje_places',
    expected.year,
    case when coalesce(counted.known, 0) = coalesce(counted.facilities, 0) then coalesce(counted.places, 0) end,
    case when coalesce(counted.known, 0) = coalesce(counted.facilities, 0) then 'ok' else 'missing' end,
    'bpe'
from expected
left join counted
    on counted.commune = expected.commune and counted.stat = expected.stat
    and counted.year is not distinct from expected.year
where expected.stat = 'eaje';

-- Counts by commune, for the départements and years that no located file covers.
insert into stat
with placed as (
    select coalesce(carried.new, facility_count.commune) as commune, stat, year, sum(value) as value
    from facility_count
    left join carried on carried.old = facility_count.commune
    where facility_count.commune is not null
    group by all
),

expected as (
    select distinct commune_home.commune, facility_count.stat, facility_count.year
    from facility_count
    join commune_home using (departement)
    where not exists (
        select 1 from facility_located
        where facility_located.departement = facility_count.departement
            and facility_located.stat = facility_count.stat and facility_located.year = facility_count.year
    )
)

select
    expected.commune,
    expected.stat,
    expected.year,
    -- A commune without row has none; one whose facilities are counted with another's has an unknown number.
    case when placed.commune is null then 0 else placed.value end,
    case when placed.commune is not null and placed.value is null then 'missing' else 'ok' end,
    'bpe_melodi'
from expected
left join placed on placed.commune = expected.commune and placed.stat = expected.stat and placed.year = expected.year;

-- A list without any crèche where the Cnaf publishes places or a rate of crèches: their number is unknown, the places
-- are the Cnaf's. So are the communes of an EPCI that the Cnaf gives places in crèches, none of them in the list.
create temp table unlisted as
with told as (
    select
        level,
        code,
        max_by(value, year) filter (where stat = 'places_eaje') as places,
        max_by(value, year) filter (where stat = 'taux_couverture_eaje') as rate
    from published
    where level in ('commune', 'epci') and stat in ('places_eaje', 'taux_couverture_eaje') and value is not null
    group by level, code
),

of_epci as (
    select unnest(list(distinct part.commune)) as commune
    from told
    join membership as part on part.level = 'epci' and part.code = told.code
    left join stat on stat.commune = part.commune and stat.stat = 'eaje'
    where told.level = 'epci' and told.places > 0
    group by told.code
    -- Every commune is in the list, with none.
    having bool_and(coalesce(stat.value = 0, false))
)

select code as commune, nullif(places, 0) as places from told where level = 'commune' and (places > 0 or rate > 0)
union
select commune, null from of_epci where commune not in (select code from told where level = 'commune');

update stat
set
    value = case stat.stat when 'eaje_places' then unlisted.places end,
    status = case when stat.stat = 'eaje_places' and unlisted.places is not null then 'estimated' else 'missing' end,
    source = 'nbpla_pe'
from unlisted
where stat.commune = unlisted.commune and stat.stat in ('eaje', 'eaje_places') and stat.value = 0;

insert into elsewhere
select commune, stat, year
from stat
where source = 'bpe_melodi' and value is null;

insert into elsewhere
select stat.commune, stat.stat, stat.year
from stat
join unsplit on unsplit.commune = stat.commune and unsplit.year = stat.year
where stat.source in ('bpe', 'france_services') and stat.value is null;

create table qpv as
with named as (
    select qpv as code, any_value(name) as name from qpv_raw group by qpv
)

select
    coalesce(named.code, qpv_shape.qpv) as code,
    coalesce(nullif(named.name, named.code), qpv_shape.name, named.code) as name,
    null::double as lon,
    null::double as lat,
    coalesce(qpv_shape.geometry is not null, false) as located,
    people.value as population,
    people.year as population_year
from named
full join qpv_shape on qpv_shape.qpv = named.code
left join (select qpv, max(year) as year, arg_max(value, year) as value from qpv_people group by qpv) as people
    on people.qpv = coalesce(named.code, qpv_shape.qpv);

create table qpv_commune as
select distinct pairs.qpv, coalesce(carried.new, pairs.commune) as commune
from (
    select qpv, commune from qpv_raw
    union
    select qpv, trim(unnest(regexp_split_to_array(regexp_replace(communes, '[="\s]', '', 'g'), '[;,]')))
    from qpv_shape
    where communes <> ''
) as pairs
left join carried on carried.old = pairs.commune
where coalesce(carried.new, pairs.commune) in (select code from current_commune);

-- The Cnaf names a quartier in capitals, and has no code of it.
create table qpv_quotient as
select qpv.code as qpv, qpv_commune.commune, quotient_raw.year, quotient_raw.foyers, quotient_raw.bas
from quotient_raw
left join carried on carried.old = quotient_raw.commune
join qpv_commune on qpv_commune.commune = coalesce(carried.new, quotient_raw.commune)
join qpv on qpv.code = qpv_commune.qpv and bare(qpv.name) = bare(quotient_raw.quartier)
qualify quotient_raw.year = max(quotient_raw.year) over ();

create table qpv_geometry as
select qpv as code, geometry as wkb from qpv_shape where geometry is not null;

-- A commune without QPV has nobody living in one; its population is the legal one, of the nearest year.
insert into stat
with listed as (
    select max(year) as year from stat where stat = 'population_qpv'
),

empty as (
    select distinct on (stat.commune) stat.commune, stat.value, stat.year, listed.year as wanted
    from stat, listed
    where stat.stat = 'population'
        and listed.year is not null
        and stat.commune not in (select commune from stat where stat = 'population_qpv')
        and (select count(*) from qpv_commune) > 0
        and stat.commune not in (select commune from qpv_commune)
        -- The quartiers of a city may be listed without their arrondissement.
        and stat.commune not in (
            select commune from commune_home where parent in (select commune from qpv_commune)
        )
    order by stat.commune, abs(stat.year - listed.year)
)

select commune, 'population_qpv', wanted, 0, 'ok', 'qpv_population' from empty
union all
select
    commune, 'population_qpv_base', wanted, value, case when year = wanted then 'ok' else 'estimated' end,
    'populations_legales'
from empty;
