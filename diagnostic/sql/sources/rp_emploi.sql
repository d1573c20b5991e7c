-- Young people of 15 to 24 by what they do, women of 15 to 64 at work.
insert into cell_raw
select GEO, GEO_OBJECT, cells.stat, cells.parts, year_of(TIME_PERIOD), num(OBS_VALUE), OBS_STATUS
from raw
join (
    select unnest([
        {'stat': 'rp_jeunes_15_24', 'parts': 1, 'sex': '_T', 'age': 'Y15T24', 'does': '_T'},
        {'stat': 'rp_jeunes_sans_emploi_ni_etudes', 'parts': 2, 'sex': '_T', 'age': 'Y15T24', 'does': '2'},
        {'stat': 'rp_jeunes_sans_emploi_ni_etudes', 'parts': 2, 'sex': '_T', 'age': 'Y15T24', 'does': '35T36'},
        {'stat': 'rp_jeunes_actifs', 'parts': 1, 'sex': '_T', 'age': 'Y15T24', 'does': '1T2'},
        {'stat': 'rp_jeunes_chomeurs', 'parts': 1, 'sex': '_T', 'age': 'Y15T24', 'does': '2'},
        {'stat': 'rp_femmes_15_64', 'parts': 1, 'sex': 'F', 'age': 'Y15T64', 'does': '_T'},
        {'stat': 'rp_femmes_en_emploi', 'parts': 1, 'sex': 'F', 'age': 'Y15T64', 'does': '1'}
    ], recursive := true)
) as cells on cells.sex = raw.SEX and cells.age = raw.AGE and cells.does = raw.EMPSTA_ENQ and EDUC = '_T' and RP_MEASURE = 'POP';
