-- One row per commune, year and single year of age; sexes together, groups of ages left out.
insert into age_raw
select
    GEO as commune,
    year_of(TIME_PERIOD) as year,
    case when AGE = 'Y_GE100' then 100 else cast(substr(AGE, 2) as smallint) end as age,
    sum(num(OBS_VALUE)) as value
from raw
where GEO_OBJECT in ('COM', 'ARM')
    and RP_MEASURE = 'POP'
    and SEX = '_T'
    and (AGE = 'Y_GE100' or regexp_full_match(AGE, 'Y\d{1,2}'))
    and finite(num(OBS_VALUE)) is not null
group by all;
