-- One row per QPV 2024: people who live there.
insert into qpv_people
select QPV, coalesce(getvariable('year'), 2021), finite(num(POPQPV))
from raw
where QPV like 'QN%' or QPV like 'QF%';
