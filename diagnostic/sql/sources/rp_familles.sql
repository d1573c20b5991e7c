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
