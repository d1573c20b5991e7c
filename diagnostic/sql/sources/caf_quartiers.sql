-- One row per quartier prioritaire of 2024: recipients, persons covered, children, lone parents, RSA. A note that is not 0
-- masks them all.
insert into qpv_recipient
select
    QPV,
    getvariable('year'),
    NOTE,
    unmasked(NOTE, A), unmasked(NOTE, PERCOU), unmasked(NOTE, ENF_2), unmasked(NOTE, ENF_3_5), unmasked(NOTE, AM),
    unmasked(NOTE, ARSAS)
from raw
where QPV like 'QN%' or QPV like 'QF%';
