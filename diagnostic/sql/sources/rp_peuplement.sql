-- Main homes by how crowded they are: all, and those that lack at least one room.
insert into elsewhere_raw
select distinct GEO, cells.stat, year_of(TIME_PERIOD)
from raw
join (
    select unnest([
        {'stat': 'rp_residences_peuplement', 'parts': 1, 'occ': '_T'},
        {'stat': 'rp_residences_suroccupees', 'parts': 2, 'occ': 'MOD_OVER_OCC'},
        {'stat': 'rp_residences_suroccupees', 'parts': 2, 'occ': 'SEV_OVER_OCC'}
    ], recursive := true)
) as cells on cells.occ = raw.OCC_IND and OCS = 'DW_MAIN' and RP_MEASURE = 'DWELLINGS'
where GEO_OBJECT in ('COM', 'ARM') and OBS_STATUS = 'K';

create or replace temp table raw_counted as
with summed as (
    select
        area_level(GEO_OBJECT) as level,
        case when GEO_OBJECT in ('FRANCE', 'F') then 'F' else GEO end as code,
        cells.stat,
        year_of(TIME_PERIOD) as year,
        GEO = 'FM' as mainland,
        case when count(num(OBS_VALUE)) = any_value(cells.parts) then sum(num(OBS_VALUE)) end as value
    from raw
    join (
    select unnest([
        {'stat': 'rp_residences_peuplement', 'parts': 1, 'occ': '_T'},
        {'stat': 'rp_residences_suroccupees', 'parts': 2, 'occ': 'MOD_OVER_OCC'},
        {'stat': 'rp_residences_suroccupees', 'parts': 2, 'occ': 'SEV_OVER_OCC'}
    ], recursive := true)
) as cells on cells.occ = raw.OCC_IND and OCS = 'DW_MAIN' and RP_MEASURE = 'DWELLINGS'
    where area_level(GEO_OBJECT) is not null and OBS_STATUS is distinct from 'K'
    group by all
)

select * exclude (mainland) from summed
qualify row_number() over (partition by level, code, stat, year order by mainland) = 1;

insert into stat_raw
select code, stat, year, value, case when value is null then 'missing' else 'ok' end
from raw_counted where level = 'commune';

insert into published_raw
select level, code, stat, year, value, 'ok', '' from raw_counted where level <> 'commune' and value is not null;
drop table raw_counted;
