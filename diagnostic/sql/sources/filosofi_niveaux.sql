-- One row per territory of any level: median living standard. Département and région codes overlap:
-- the level of the file is the one whose names it bears.
insert into published_raw
with territories as (
    select 'departement' as level, code, name from cog_departement
    union
    select 'region', code, name from cog_region
),

named as (
    select level, count(*) as hits
    from raw
    join territories on territories.code = raw.CODGEO and lower(territories.name) = lower(raw.LIBGEO)
    group by level
),

chosen as (
    select coalesce(max_by(level, hits), 'departement') as level from named
)

select
    case
        when length(CODGEO) = 5 then 'commune'
        when length(CODGEO) = 9 then 'epci'
        when LIBGEO ilike 'france %' then 'france'
        else (select level from chosen)
    end,
    case when length(CODGEO) < 5 and LIBGEO ilike 'france %' then 'F' else CODGEO end,
    'niveau_vie_' || case measures.name when 'MED' then 'median' else lower(measures.name) end,
    getvariable('year'),
    finite(num(measures.value)),
    case when finite(num(measures.value)) is null then 'secret' else 'ok' end,
    case when length(CODGEO) < 5 and LIBGEO ilike 'france m%' then 'France métropolitaine' else '' end
from (unpivot raw on MED, D1, D9 into name name value value) as measures;
