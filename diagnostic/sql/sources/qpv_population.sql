-- One row per commune and stat: people in QPV, and municipal population of the same year.
insert into stat_raw
select COM, 'population_qpv', getvariable('year'), finite(num(POPQPV)), status_of(POPQPV)
from raw
union all
select COM, 'population_qpv_base', getvariable('year'), finite(num(PMUN)), status_of(PMUN)
from raw;
