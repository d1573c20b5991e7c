-- Children under 3 who live with their parents, and those whose parents (both, or the only one) work.
-- The table counts those under 2, and those of 2 to 5: a quarter of the latter are taken to be 2, hence estimated.
-- One of the eight situations without a row is none of a territory that has rows.
insert into elsewhere_raw
select distinct GEO, stats.stat, year_of(TIME_PERIOD)
from raw
cross join (select unnest(['rp_enfants_moins_3', 'rp_enfants_moins_3_actifs']) as stat) as stats
where GEO_OBJECT in ('COM', 'ARM') and OBS_STATUS = 'K' and TFN in ('A221', 'A121', 'A111');

create or replace temp table raw_counted as
with summed as (
    select
        area_level(GEO_OBJECT) as level,
        case when GEO_OBJECT in ('FRANCE', 'F') then 'F' else GEO end as code,
        GEO,
        year_of(TIME_PERIOD) as year,
        sum(num(OBS_VALUE) * case AGE when 'Y_LT2' then 1 else 0.25 end) as children,
        sum(num(OBS_VALUE) * case AGE when 'Y_LT2' then 1 else 0.25 end) filter (where TFN in ('A111', 'A121', 'A221'))
            as working,
        (select count(distinct AGE) from raw where AGE in ('Y_LT2', 'Y2T5')) = 2 and count(num(OBS_VALUE)) = count(*) and count(*) = count(distinct (TFN, AGE)) as whole
    from raw
    where TFN in ('A111', 'A112', 'A121', 'A122', 'A221', 'A222', 'A223', 'A224')
        and AGE in ('Y_LT2', 'Y2T5')
        and coalesce(CIVIL_STATUS, '_T') = '_T'
        and coalesce(NATIONALITY_TYPE, '_T') = '_T'
        and coalesce(PCS, '_T') = '_T'
        and OBS_STATUS is distinct from 'K'
        and area_level(GEO_OBJECT) is not null
    group by all
)

select * from summed
qualify row_number() over (partition by level, code, year order by GEO = 'FM') = 1;

insert into stat_raw
select
    code, stats.stat, year,
    case when whole then case stats.stat when 'rp_enfants_moins_3' then children else coalesce(working, 0) end end,
    case when whole then 'estimated' else 'missing' end
from raw_counted
cross join (select unnest(['rp_enfants_moins_3', 'rp_enfants_moins_3_actifs']) as stat) as stats
where level = 'commune';

insert into published_raw
select
    level, code, stats.stat, year,
    case stats.stat when 'rp_enfants_moins_3' then children else coalesce(working, 0) end, 'estimated', ''
from raw_counted
cross join (select unnest(['rp_enfants_moins_3', 'rp_enfants_moins_3_actifs']) as stat) as stats
where level <> 'commune' and whole;
drop table raw_counted;
