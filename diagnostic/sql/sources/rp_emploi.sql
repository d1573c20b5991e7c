-- Young people of 15 to 24 by what they do, women of 15 to 64 at work.
insert into elsewhere_raw
select distinct GEO, cells.stat, year_of(TIME_PERIOD)
from raw
join (
    select unnest([
        {'stat': 'rp_jeunes_15_24', 'parts': 1, 'sex': '_T', 'age': 'Y15T24', 'does': '_T'},
        {'stat': 'rp_jeunes_sans_emploi_ni_etudes', 'parts': 2, 'sex': '_T', 'age': 'Y15T24', 'does': '2'},
        {'stat': 'rp_jeunes_sans_emploi_ni_etudes', 'parts': 2, 'sex': '_T', 'age': 'Y15T24', 'does': '35T36'},
        {'stat': 'rp_jeunes_actifs', 'parts': 1, 'sex': '_T', 'age': 'Y15T24', 'does': '1T2'},
        {'stat': 'rp_jeunes_chomeurs', 'parts': 1, 'sex': '_T', 'age': 'Y15T24', 'does': '2'},
        {'stat': 'rp_femmes_15_64', 'parts': 1, 'sex': 'F', 'age': 'Y15T64', 'does': '_T'},
        {'stat': 'rp_femmes_en_emploi', 'parts': 1, 'sex': 'F', 'age': 'Y15T64', 'does': '1'}
    ], recursive := true)
) as cells on cells.sex = raw.SEX and cells.age = raw.AGE and cells.does = raw.EMPSTA_ENQ and EDUC = '_T' and RP_MEASURE = 'POP'
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
        {'stat': 'rp_jeunes_15_24', 'parts': 1, 'sex': '_T', 'age': 'Y15T24', 'does': '_T'},
        {'stat': 'rp_jeunes_sans_emploi_ni_etudes', 'parts': 2, 'sex': '_T', 'age': 'Y15T24', 'does': '2'},
        {'stat': 'rp_jeunes_sans_emploi_ni_etudes', 'parts': 2, 'sex': '_T', 'age': 'Y15T24', 'does': '35T36'},
        {'stat': 'rp_jeunes_actifs', 'parts': 1, 'sex': '_T', 'age': 'Y15T24', 'does': '1T2'},
        {'stat': 'rp_jeunes_chomeurs', 'parts': 1, 'sex': '_T', 'age': 'Y15T24', 'does': '2'},
        {'stat': 'rp_femmes_15_64', 'parts': 1, 'sex': 'F', 'age': 'Y15T64', 'does': '_T'},
        {'stat': 'rp_femmes_en_emploi', 'parts': 1, 'sex': 'F', 'age': 'Y15T64', 'does': '1'}
    ], recursive := true)
) as cells on cells.sex = raw.SEX and cells.age = raw.AGE and cells.does = raw.EMPSTA_ENQ and EDUC = '_T' and RP_MEASURE = 'POP'
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
