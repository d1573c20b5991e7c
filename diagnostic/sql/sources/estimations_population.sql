-- One row per département, région, France and year: children under 5 on 1 January, as Insee estimates them; the last years
-- are provisional.
insert into published_raw
select
    area_level(GEO_OBJECT),
    case when GEO_OBJECT = 'FRANCE' then 'F' else GEO end,
    'estimation_moins_5',
    year_of(TIME_PERIOD),
    finite(num(OBS_VALUE)),
    case when OBS_STATUS = 'P' then 'estimated' else 'ok' end,
    ''
from raw
where EP_MEASURE = 'POP_JAN_1ST'
    and SEX = '_T'
    and AGE in ('Y_LT5', 'Y0T4')
    and GEO_OBJECT in ('DEP', 'REG', 'FRANCE')
    and (GEO_OBJECT <> 'FRANCE' or GEO in ('F', '1'))
    and year_of(TIME_PERIOD) >= 2015
    and finite(num(OBS_VALUE)) is not null;
