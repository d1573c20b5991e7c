-- One row per département: childminders that parents employ (PAJE_AM), the hours and the net pay that they declared in the
-- year. A région and France are the sum of their départements, where all are known; France may lack Mayotte, and says so.
insert into published_raw
with paid as (
    select code, num(salaries) as salaries, num(heures) as heures, num(masse) as masse
    from raw
    where category = 'PAJE_AM' and code in (select code from territory where level = 'departement')
),

long as (
    select code, 'paje_am_' || name as stat, finite(value) as value
    from (unpivot paid on salaries, heures, masse into name name value value)
    where finite(value) > 0
),

homes as (
    select code, region from territory where level = 'departement'
)

select 'departement', code, stat, getvariable('year'), value, 'ok', '' from long
union all
select 'region', homes.region, long.stat, getvariable('year'), sum(long.value), 'ok', ''
from long
join homes using (code)
group by homes.region, long.stat
having count(*) = (select count(*) from homes as every where every.region = homes.region)
union all
select
    'france', 'F', long.stat, getvariable('year'), sum(long.value), 'ok',
    case when count(*) < (select count(*) from homes) then 'France hors Mayotte' else '' end
from long
group by long.stat
having count(*) >= (select count(*) from homes where code <> '976');
