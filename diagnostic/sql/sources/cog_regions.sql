-- One row per région.
insert into cog_region
select
    getvariable('year') as year,
    REG as code,
    try_cast(TNCC as integer) as tncc,
    LIBELLE as name
from raw;
