-- Dwellings, main homes, those let by social landlords, empty ones: one row per territory and year.
insert into cell_raw
select GEO, GEO_OBJECT, cells.stat, cells.parts, year_of(TIME_PERIOD), num(OBS_VALUE), OBS_STATUS
from raw
join (
    select unnest([
        {'stat': 'rp_logements', 'parts': 1, 'ocs': '_T', 'tsh': '_T'},
        {'stat': 'rp_logements_vacants', 'parts': 1, 'ocs': 'DW_VAC', 'tsh': '_T'},
        {'stat': 'rp_residences', 'parts': 1, 'ocs': 'DW_MAIN', 'tsh': '_T'},
        {'stat': 'rp_residences_sociales', 'parts': 1, 'ocs': 'DW_MAIN', 'tsh': '221'}
    ], recursive := true)
) as cells on cells.ocs = raw.OCS and cells.tsh = raw.TSH and RP_MEASURE = 'DWELLINGS'
    and L_STAY = '_T' and TDW = '_T' and CARS = '_T' and CARPARK = '_T' and NOR = '_T' and BUILD_END = '_T'
    and NRG_SRC = '_T';
