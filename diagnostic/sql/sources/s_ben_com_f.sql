-- One row per commune, benefit and year (December). Rounded to 5: a published 0 hides 1 to 4.
insert into published_raw
select
    'commune',
    code,
    'foyers_' || benefit,
    year_of(date),
    case when num(value) = 0 then 4 else finite(num(value)) end,
    case
        when num(value) = 0 then 'bounded'
        when finite(num(value)) is null then 'not_published'
        else 'rounded'
    end,
    ''
from (unpivot raw on rsa, ppa into name benefit value value)
where regexp_full_match(code, '(?:\d{2}|2[AB]|[A-Z][0-9A-Z])\d{3}');
