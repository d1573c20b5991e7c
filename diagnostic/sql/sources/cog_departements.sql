-- One row per département.
insert into cog_departement
select
    getvariable('year') as year,
    DEP as code,
    REG as region,
    try_cast(TNCC as integer) as tncc,
    LIBELLE as name
from raw;
