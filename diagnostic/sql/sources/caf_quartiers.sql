-- One row per quartier prioritaire of 2024: recipients, persons covered, children, lone parents, RSA. A note that is not 0
-- masks them all.
insert into qpv_recipient
select
    QPV,
    getvariable('year'),
    NOTE,
    case when NOTE = '0' then finite(num(A)) end,
    case when NOTE = '0' then finite(num(PERCOU)) end,
    case when NOTE = '0' then finite(num(ENF_2)) end,
    case when NOTE = '0' then finite(num(ENF_3_5)) end,
    case when NOTE = '0' then finite(num(AM)) end,
    case when NOTE = '0' then finite(num(ARSAS)) end
from raw
where QPV like 'QN%' or QPV like 'QF%';
