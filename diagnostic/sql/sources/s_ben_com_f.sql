-- One row per commune, benefit and year (December, the last two). Rounded to 5: a published 0 hides 1 to 4.
insert into stat_raw
with newest as (select max(year_of(date)) as year from raw)

select
    code,
    households_of(benefit),
    year_of(date),
    nullif(finite(num(value)), 0),
    case when num(value) = 0 then 'secret' when finite(num(value)) is null then 'not_published' else 'rounded' end
from (unpivot raw on rsa, ppa, ndur, asf, ndural, cmg, prepare into name benefit value value) as long, newest
where regexp_full_match(code, '(?:\d{2}|2[AB]|[A-Z][0-9A-Z])\d{3}') and year_of(date) >= newest.year - 1;
