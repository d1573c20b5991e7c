-- One row per facility of a type that an indicator or a map uses.
insert into facility_raw
select
    raw.COM as commune,
    raw.DEP as departement,
    kinds.stat,
    raw.TYPEQU as type,
    nullif(raw.NOM, '') as name,
    finite(num(raw.LONGITUDE)) as lon,
    finite(num(raw.LATITUDE)) as lat,
    finite(num(raw.LAMBERT_X)) as x,
    finite(num(raw.LAMBERT_Y)) as y,
    try_cast(raw.EPSG as integer) as epsg,
    finite(num(raw.CAPACITE)) as capacity,
    case when raw.QP2024 in ('', '_U', '_Z', 'CSZ', 'HZ') then null else raw.QP2024 end as qpv,
    raw.QP2024 is not null and raw.QP2024 not in ('', '_U') as qpv_known,
    coalesce(raw.QUALITE_GEOLOC, '') as precision,
    year_of(raw.AN) as year,
    -- Some owners ask that their address be left out (N, P).
    case when coalesce(STATUT_DIFFUSION, '') not in ('N', 'P') then address_of(concat_ws(' ', told(NUMVOIE), told(INDREP), told(TYPVOIE), told(LIBVOIE)), CODPOS, LIBCOM) end
        as address
from raw
join facility_kind as kinds on kinds.type = raw.TYPEQU
-- Of two facilities at the same distance the first of the file is named, whatever the plan of the join.
order by raw.rowid;

-- One row per département that the file covers and per type that its vintage counts.
insert into facility_located
with covered as (select distinct DEP, year_of(AN) as year from raw),
counted as (
    select distinct kinds.stat, raw.TYPEQU as type
    from raw
    join facility_kind as kinds on kinds.type = raw.TYPEQU
)

select covered.DEP, covered.year, counted.stat, counted.type
from covered, counted;
