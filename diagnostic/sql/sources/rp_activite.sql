-- Women of 15 and more at work, and those of them who work part time.
insert into cell_raw
select GEO, GEO_OBJECT, cells.stat, cells.parts, year_of(TIME_PERIOD), num(OBS_VALUE), OBS_STATUS
from raw
join (
    select unnest([
        {'stat': 'rp_femmes_occupees', 'parts': 1, 'time': '_T'},
        {'stat': 'rp_femmes_temps_partiel', 'parts': 1, 'time': 'PT'}
    ], recursive := true)
) as cells on cells.time = raw.WKTIME
where SEX = 'F' and AGE = 'Y_GE15' and EMPSTA_ENQ = '1' and EMPFORM = '_T' and RP_MEASURE = 'POP';
