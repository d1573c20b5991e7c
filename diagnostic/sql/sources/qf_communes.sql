-- One row per commune and year (the last two): households whose quotient familial is under 800 euros. Rounded to 5;
-- a class that hides 1 to 4 hides the sum, and so does one without a row.
insert into stat_raw
with newest as (select max(year_of(date)) as year from raw),

low as (
    select
        code,
        year_of(date) as year,
        sum(num(foyers)) as households,
        count(*) filter (where num(foyers) > 0) = 2 as whole
    from raw, newest
    where regexp_full_match(code, '(?:\d{2}|2[AB]|[A-Z][0-9A-Z])\d{3}') and year_of(date) >= newest.year - 1
        and regexp_full_match(class, '(?i)moins de 400 euros|entre 400 et 799 euros')
    group by all
)

select code, 'foyers_qf_bas', year, case when whole then households end, case when whole then 'rounded' else 'secret' end
from low;
