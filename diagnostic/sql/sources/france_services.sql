-- One row per France services place.
insert into facility_raw
select
    COM as commune,
    case when COM like '97%' then left(COM, 3) else left(COM, 2) end as departement,
    'france_services' as stat,
    'FS' as type,
    NOM as name,
    finite(num(LONGITUDE)) as lon,
    finite(num(LATITUDE)) as lat,
    null as x,
    null as y,
    null as epsg,
    null as capacity,
    null as qpv,
    false as qpv_known,
    coalesce(FORMAT, '') as precision,
    getvariable('year') as year,
    address_of(STREET, CODPOS, LIBCOM) as address
from raw;

insert into facility_located
select code, getvariable('year'), 'france_services', 'FS'
from cog_departement;
