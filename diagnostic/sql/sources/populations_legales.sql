-- One row per commune or arrondissement: municipal population.
insert into stat_raw
select
    COM as commune,
    'population' as stat,
    getvariable('year') as year,
    finite(num(PMUN)) as value,
    status_of(PMUN) as status
from raw;
