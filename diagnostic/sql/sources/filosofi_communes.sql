-- One row per commune and published income statistic. A poverty rate of 5 reads « 5 or less ».
insert into published_raw
select
    'commune',
    COM,
    'niveau_vie_median',
    getvariable('year'),
    nullif(finite(num(MED)), 0),
    case when num(MED) = 0 then 'not_published' else status_of(MED) end,
    ''
from raw
union all
select
    'commune',
    COM,
    'taux_pauvrete',
    getvariable('year'),
    finite(num(TP60)),
    case when finite(num(TP60)) <= 5 then 'bounded' else status_of(TP60) end,
    ''
from raw
union all
select
    'commune',
    COM,
    'niveau_vie_' || lower(name),
    getvariable('year'),
    nullif(finite(num(value)), 0),
    case when num(value) = 0 then 'not_published' else status_of(value) end,
    ''
from (unpivot raw on D1, D9 into name name value value);
