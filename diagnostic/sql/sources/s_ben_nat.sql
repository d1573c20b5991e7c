-- One row per benefit and year (December, the last two) for France.
insert into published_raw
with newest as (select max(year_of(date)) as year from raw where month_of(date) = '12')

select 'france', 'F', households_of(benefit), year_of(date), finite(num(value)), 'rounded', ''
from (unpivot raw on rsa, ppa, ndur, asf, ndural, cmg, prepare, aah, aeeh into name benefit value value) as long, newest
where month_of(date) = '12' and year_of(date) >= newest.year - 1 and finite(num(value)) > 0;
