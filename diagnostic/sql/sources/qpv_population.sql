-- One row per commune and stat: people in QPV, and municipal population of the same year; the reference population
-- of the districts of 2024 is that of 2021.
insert into stat_raw
select COM, 'population_qpv', coalesce(getvariable('year'), 2021), finite(num(POPQPV)), status_of(POPQPV)
from raw
union all
select COM, 'population_qpv_base', coalesce(getvariable('year'), 2021), finite(num(PMUN)), status_of(PMUN)
from raw;
