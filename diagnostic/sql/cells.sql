-- What a source of Melodi has put in `cell_raw`: each statistic is the sum of its `parts`, unknown where one is; the cells of
-- a commune whose number changed (K) are counted elsewhere, and the figures of a larger territory are the producer's own.
-- France is said twice by some files: the whole stands before the mainland (FM).
insert into elsewhere_raw
select distinct geo, stat, year from cell_raw where kind in ('COM', 'ARM') and observation = 'K';

create or replace temp table cell_sum as
with summed as (
    select
        area_level(kind) as level,
        case when kind in ('FRANCE', 'F') then 'F' else geo end as code,
        stat,
        year,
        geo = 'FM' as mainland,
        case when count(value) = any_value(parts) then sum(value) end as value
    from cell_raw
    where area_level(kind) is not null and observation is distinct from 'K'
    group by all
)

select * exclude (mainland) from summed
qualify row_number() over (partition by level, code, stat, year order by mainland) = 1;

insert into stat_raw
select code, stat, year, value, case when value is null then 'missing' else 'ok' end
from cell_sum where level = 'commune';

insert into published_raw
select level, code, stat, year, value, 'ok', '' from cell_sum where level <> 'commune' and value is not null;

drop table cell_sum;
delete from cell_raw;
