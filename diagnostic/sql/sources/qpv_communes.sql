-- One row per QPV and commune; the list of QPV and the list of their names run in parallel.
insert into qpv_raw
with pairs as (
    select
        COM as commune,
        unnest(regexp_split_to_array(QPV, '\s*[,;]\s*')) as qpv,
        unnest(
            case
                when len(regexp_split_to_array(NOM, '\s*[,;]\s*')) = len(regexp_split_to_array(QPV, '\s*[,;]\s*'))
                    then regexp_split_to_array(NOM, '\s*[,;]\s*')
            end
        ) as name
    from raw
)

select pairs.qpv, coalesce(pairs.name, pairs.qpv), trim(unnest(regexp_split_to_array(pairs.commune, '\s*[,;]\s*')))
from pairs
where pairs.qpv <> '';
