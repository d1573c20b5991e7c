-- One row per territory, mode and year: coverage rate as published for that level.
-- A rate of 0 over all modes stands beside hundreds of places in the places file: it means unknown.
insert into published_raw
select
    getvariable('level'),
    case when getvariable('level') = 'france' then 'F' else code end,
    modes.stat,
    year_of(annee),
    case when modes.stat = 'taux_couverture' and num(value) = 0 then null else finite(num(value)) end,
    case
        when value = '' then 'missing'
        when modes.stat = 'taux_couverture' and num(value) = 0 then 'not_published'
        else status_of(value)
    end,
    case
        when modes.stat = 'taux_couverture' and num(value) = 0 then 'Le fichier porte 0, tenu pour inconnu'
        when code ilike '%hors mayotte%' then 'France entière hors Mayotte'
        else ''
    end
from (
    unpivot raw on psu, hors_psu, eaje, ecole, am, gad, total into name mode_ value value
) as long
cross join (select unnest([
    {'mode_': 'psu', 'stat': 'taux_couverture_eaje_psu'},
    {'mode_': 'hors_psu', 'stat': 'taux_couverture_eaje_hors_psu'},
    {'mode_': 'eaje', 'stat': 'taux_couverture_eaje'},
    {'mode_': 'ecole', 'stat': 'taux_couverture_ecole'},
    {'mode_': 'am', 'stat': 'taux_couverture_am'},
    {'mode_': 'gad', 'stat': 'taux_couverture_gad'},
    {'mode_': 'total', 'stat': 'taux_couverture'}
], recursive := true)) as modes
where long.mode_ = modes.mode_
    and not regexp_full_match(code, 'X+|COM')
    and value is not null;
