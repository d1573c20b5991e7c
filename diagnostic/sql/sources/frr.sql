-- One row per commune: 1 where the list classes it, wholly, in part or as a former zone kept; 0 where the list, which names
-- only those that it classes, does not hold it; unknown where it holds it under a word that we do not know. A list that
-- speaks of a few départements says nothing of the others.
insert into stat_raw
with listed as (
    select
        COM as code,
        bool_or(regexp_matches(upper(strip_accents(classement)), '^ *(Z?FRR|ZRR)')) as classed,
        bool_and(regexp_matches(upper(strip_accents(classement)), '^ *NON ')) as left_out
    from raw
    group by COM
),

told as (
    select distinct home_of(code) as departement from listed where classed
),

homes as (
    select code, departement from territory where level = 'commune'
)

select
    homes.code,
    'communes_frr',
    getvariable('year'),
    case when listed.code is null or listed.left_out then 0 when listed.classed then 1 end,
    case when listed.code is null or listed.left_out or listed.classed then 'ok' else 'missing' end
from homes
left join listed on listed.code = homes.code
where homes.departement in (select departement from told)
    or (select count(*) from told) >= 0.75 * (select count(*) from territory where level = 'departement')
union all
select listed.code, 'communes_frr', getvariable('year'), 1, 'ok'
from listed
where listed.classed and listed.code not in (select code from homes);
