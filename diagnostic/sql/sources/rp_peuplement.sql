-- Main homes by how crowded they are: all, and those that lack at least one room.
insert into cell_raw
select GEO, GEO_OBJECT, cells.stat, cells.parts, year_of(TIME_PERIOD), num(OBS_VALUE), OBS_STATUS
from raw
join (
    select unnest([
        {'stat': 'rp_residences_peuplement', 'parts': 1, 'occ': '_T'},
        {'stat': 'rp_residences_suroccupees', 'parts': 2, 'occ': 'MOD_OVER_OCC'},
        {'stat': 'rp_residences_suroccupees', 'parts': 2, 'occ': 'SEV_OVER_OCC'}
    ], recursive := true)
) as cells on cells.occ = raw.OCC_IND and OCS = 'DW_MAIN' and RP_MEASURE = 'DWELLINGS';
