-- One row per commune or municipal arrondissement of one geography year.
insert into cog_commune
select
    getvariable('year') as year,
    TYPECOM as typecom,
    COM as code,
    REG as region,
    DEP as departement,
    try_cast(TNCC as integer) as tncc,
    LIBELLE as name,
    nullif(COMPARENT, '') as parent
from raw
where TYPECOM in ('COM', 'ARM');
