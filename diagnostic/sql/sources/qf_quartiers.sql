-- One row per quartier and commune: households, and those whose quotient familial is under 800 euros. Rounded to 5; a
-- class that hides 1 to 4 hides the sum.
insert into quotient_raw
select
    code,
    QUARTIER,
    year_of(date),
    case when count(*) filter (where num(foyers) is null) = 0 then sum(num(foyers)) end,
    case
        when count(*) filter (where regexp_full_match(class, '(?i)moins de 400 euros|entre 400 et 799 euros') and num(foyers) > 0) = 2
        then sum(num(foyers)) filter (where regexp_full_match(class, '(?i)moins de 400 euros|entre 400 et 799 euros'))
    end
from raw
where code <> ''
group by code, QUARTIER, year_of(date);
