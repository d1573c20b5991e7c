-- One row per commune, stat and year: lone-parent families, families with children.
insert into elsewhere_raw
select distinct raw.GEO, stats.stat, year_of(raw.TIME_PERIOD)
from raw
cross join (select unnest(['familles_monoparentales', 'familles_avec_enfants']) as stat) as stats
where raw.GEO_OBJECT in ('COM', 'ARM') and raw.OBS_STATUS = 'K' and raw.NCH = '_T' and raw.TFN in ('1', '22');

insert into stat_raw
with families as (
    select
        GEO as commune,
        year_of(TIME_PERIOD) as year,
        sum(num(OBS_VALUE)) filter (where TFN = '1') as alone,
        sum(num(OBS_VALUE)) filter (where TFN = '22') as couples
    from raw
    where GEO_OBJECT in ('COM', 'ARM') and RP_MEASURE = 'NBFAM' and NCH = '_T' and TFN in ('1', '22')
        and OBS_STATUS is distinct from 'K'
    group by all
)

select commune, 'familles_monoparentales', year, alone, case when alone is null then 'missing' else 'ok' end
from families
union all
select
    commune,
    'familles_avec_enfants',
    year,
    alone + couples,
    case when alone + couples is null then 'missing' else 'ok' end
from families;

-- Families by type, as they are: no division is made of them.
insert into stat_raw
select GEO, kinds.stat, year_of(TIME_PERIOD), sum(num(OBS_VALUE)), 'ok'
from raw
join (
    select unnest([
        {'stat': 'rp_familles_couples', 'tfn': '22', 'nch': '_T', 'parts': 1},
        {'stat': 'rp_familles_sans_enfant', 'tfn': '21', 'nch': '_T', 'parts': 1},
        {'stat': 'rp_familles_peres', 'tfn': '11', 'nch': '_T', 'parts': 1},
        {'stat': 'rp_familles_meres', 'tfn': '12', 'nch': '_T', 'parts': 1},
        {'stat': 'rp_familles_recomposees', 'tfn': '220', 'nch': '_T', 'parts': 1},
        {'stat': 'rp_familles_3_enfants', 'tfn': '_T', 'nch': 'CH3_Y_LT25', 'parts': 2},
        {'stat': 'rp_familles_3_enfants', 'tfn': '_T', 'nch': 'CH_GE4_Y_LT25', 'parts': 2}
    ], recursive := true)
) as kinds on kinds.tfn = raw.TFN and kinds.nch = raw.NCH
where GEO_OBJECT in ('COM', 'ARM') and RP_MEASURE = 'NBFAM' and OBS_STATUS is distinct from 'K'
group by GEO, kinds.stat, year_of(TIME_PERIOD)
having count(num(OBS_VALUE)) = any_value(kinds.parts);
