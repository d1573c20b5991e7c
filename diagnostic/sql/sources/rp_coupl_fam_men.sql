-- One row per commune, stat and year: lone-parent families, families with children.
insert into stat_raw
select COM, 'familles_monoparentales', getvariable('year'), finite(num(FAMMONO)), status_of(FAMMONO)
from raw
union all
select
    COM,
    'familles_avec_enfants',
    getvariable('year'),
    finite(num(FAMMONO)) + finite(num(COUPAENF)),
    case when finite(num(FAMMONO)) + finite(num(COUPAENF)) is null then 'missing' else 'ok' end
from raw;
