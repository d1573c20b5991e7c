-- One row per commune, year and age; both sexes added.
insert into age_raw
select
    COM as commune,
    getvariable('year') as year,
    cast(AGE as smallint) as age,
    sum(num(NB)) as value
from raw
where NIVGEO in ('COM', 'ARM')
group by COM, AGE;
