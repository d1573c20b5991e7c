-- One row per IRIS: recipients, persons covered, children, lone parents, RSA. A note that is not 0 masks them all.
insert into iris
select
    IRIS,
    left(IRIS, 5),
    getvariable('year'),
    NOTE,
    case when NOTE = '0' then finite(num(A)) end,
    case when NOTE = '0' then finite(num(PERCOU)) end,
    case when NOTE = '0' then finite(num(ENF_2)) end,
    case when NOTE = '0' then finite(num(ENF_3_5)) end,
    case when NOTE = '0' then finite(num(AM)) end,
    case when NOTE = '0' then finite(num(ARSAS)) end
from raw
where regexp_full_match(IRIS, '(?:\d{2}|2[AB]|[A-Z][0-9A-Z])\d{7}');
