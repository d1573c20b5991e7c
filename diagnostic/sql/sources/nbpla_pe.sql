-- One row per territory, mode and year: places on 31 December, as published for that level.
insert into published_raw
select
    getvariable('level'),
    case when getvariable('level') = 'france' then 'F' else code end,
    'places_' || mode,
    year_of(annee),
    finite(num(value)),
    case when value = '' then 'missing' else status_of(value) end,
    case when code ilike '%hors mayotte%' then 'France entière hors Mayotte' else '' end
from (
    unpivot raw on psu, hors_psu, eaje, ecole, am, gad, total into name mode_ value value
) as long
cross join (select unnest([
    {'mode_': 'psu', 'mode': 'eaje_psu'},
    {'mode_': 'hors_psu', 'mode': 'eaje_hors_psu'},
    {'mode_': 'eaje', 'mode': 'eaje'},
    {'mode_': 'ecole', 'mode': 'ecole'},
    {'mode_': 'am', 'mode': 'am'},
    {'mode_': 'gad', 'mode': 'gad'},
    {'mode_': 'total', 'mode': 'total'}
], recursive := true)) as modes
where long.mode_ = modes.mode_
    and not regexp_full_match(code, 'X+|COM')
    and value is not null;
