-- Dwellings, main homes, those let by social landlords, empty ones: one row per territory and year.
insert into elsewhere_raw
select distinct GEO, cells.stat, year_of(TIME_PERIOD)
from raw
join (
    select unnest([
        {'stat': 'rp_logements', 'parts': 1, 'ocs': '_T', 'tsh': '_T'},
        {'stat': 'rp_logements_vacants', 'parts': 1, 'ocs': 'DW_VAC', 'tsh': '_T'},
        {'stat': 'rp_residences', 'parts': 1, 'ocs': 'DW_MAIN', 'tsh': '_T'},
        {'stat': 'rp_residences_sociales', 'parts': 1, 'ocs': 'DW_MAIN', 'tsh': '221'}
    ], recursive := true)
) as cells on cells.ocs = raw.OCS and cells.tsh = raw.TSH and RP_MEASURE = 'DWELLINGS'
        and L_STAY = '_T' and TDW = '_T' and CARS = '_T' and CARPARK = '_T' and NOR = '_T' and BUILD_END = '_T'
        and NRG_SRC = '_T'
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
        {'stat': 'rp_logements', 'parts': 1, 'ocs': '_T', 'tsh': '_T'},
        {'stat': 'rp_logements_vacants', 'parts': 1, 'ocs': 'DW_VAC', 'tsh': '_T'},
        {'stat': 'rp_residences', 'parts': 1, 'ocs': 'DW_MAIN', 'tsh': '_T'},
        {'stat': 'rp_residences_sociales', 'parts': 1, 'ocs': 'DW_MAIN', 'tsh': '221'}
    ], recursive := true)
) as cells on cells.ocs = raw.OCS and cells.tsh = raw.TSH and RP_MEASURE = 'DWELLINGS'
        and L_STAY = '_T' and TDW = '_T' and CARS = '_T' and CARPARK = '_T' and NOR = '_T' and BUILD_END = '_T'
        and NRG_SRC = '_T'
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
