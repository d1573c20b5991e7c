-- One row per territory of every level, and who belongs to whom, in the newest geography loaded.
create temp table current_commune as
select * from cog_commune where coalesce(year, 0) = (select max(coalesce(year, 0)) from cog_commune);

create temp table current_departement as
select * from cog_departement where coalesce(year, 0) = (select max(coalesce(year, 0)) from cog_departement);

create temp table current_region as
select * from cog_region where coalesce(year, 0) = (select max(coalesce(year, 0)) from cog_region);

-- A commune that the EPCI file knows under an older code is found under the current one.
create temp table current_epci as
select distinct on (commune)
    coalesce(carried.new, epci_member.commune) as commune,
    epci_member.epci,
    epci_member.name,
    epci_member.kind
from epci_member
left join carried on carried.old = epci_member.commune
order by coalesce(carried.new, epci_member.commune), epci_member.year desc nulls last, (epci_member.kind <> '') desc;

-- The nature of an EPCI, from whichever file tells it; the newest first.
create temp table epci_nature as
select epci, arg_max(kind, coalesce(year, 0)) as kind
from (
    select epci, year, kind from epci_member where kind <> ''
    union all
    select epci, year, kind from epci_kind
) as told
group by epci;

create table membership as
with commune as (
    select current_commune.code, current_commune.departement, current_commune.region, current_epci.epci
    from current_commune
    left join current_epci on current_epci.commune = current_commune.code
    where current_commune.typecom = 'COM'
)

select 'commune' as level, code, code as commune from current_commune
union all
select 'epci', epci, code from commune where epci is not null
union all
select 'departement', departement, code from commune
union all
select 'region', region, code from commune
union all
select 'france', 'F', code from commune
order by level, code, commune;

create table territory as
with home as (
    -- Most of its communes, until the populations are read: `home.sql` then goes by people.
    select
        epci,
        mode(departement) as departement,
        mode(region) as region
    from current_epci
    join current_commune on current_commune.code = current_epci.commune and current_commune.typecom = 'COM'
    group by epci
),

named as (
    select current_epci.epci, any_value(current_epci.name) as name, coalesce(any_value(epci_nature.kind), '') as kind
    from current_epci
    left join epci_nature on epci_nature.epci = current_epci.epci
    group by current_epci.epci
),

every as (
    select
        'commune' as level,
        current_commune.code,
        current_commune.name,
        current_commune.tncc,
        case when current_commune.typecom = 'ARM' then 'ARM' else '' end as kind,
        current_epci.epci,
        coalesce(nullif(current_commune.departement, ''), city.departement) as departement,
        coalesce(nullif(current_commune.region, ''), city.region) as region,
        case when current_commune.typecom = 'ARM' then current_commune.parent end as parent
    from current_commune
    left join current_epci on current_epci.commune = current_commune.code
    left join current_commune as city on city.code = current_commune.parent and city.typecom = 'COM'
    union all
    select 'epci', named.epci, named.name, 0, named.kind, named.epci, home.departement, home.region, null
    from named
    join home using (epci)
    union all
    select 'departement', code, name, tncc, '', null, code, region, null from current_departement
    union all
    select 'region', code, name, tncc, '', null, null, code, null from current_region
    union all
    select 'france', 'F', 'France', 3, '', null, null, null, null
)

select
    every.*,
    size.communes,
    null::double as lon,
    null::double as lat,
    density.level as density
from every
left join (select level, code, count(*) as communes from membership group by level, code) as size
    on size.level = every.level and size.code = every.code
left join (select commune, arg_max(level, coalesce(year, 0)) as level from density_raw group by commune) as density
    on every.level = 'commune' and density.commune = every.code;

create table postcode as
select distinct postcode_raw.postcode, coalesce(carried.new, postcode_raw.commune) as commune, postcode_raw.label
from postcode_raw
left join carried on carried.old = postcode_raw.commune
where coalesce(carried.new, postcode_raw.commune) in (select code from current_commune)
order by postcode, commune;

insert into known_code
select level, code from territory
union
select 'commune', old from carried
union
select 'commune', code from cog_commune
union
select 'commune', unnest([before, after]) from cog_movement;
