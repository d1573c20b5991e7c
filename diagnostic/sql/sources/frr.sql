-- One row per commune: 1 where the list classes it, wholly, in part or as a former zone kept; 0 where the list, which names
-- only those that it classes, does not hold it. A list that speaks of a few départements says nothing of the others.
insert into stat_raw
with listed as (
    select distinct COM as code from raw where regexp_matches(upper(strip_accents(classement)), '^ *(Z?FRR|ZRR)')
),

told as (
    select distinct home_of(code) as departement from listed
),

homes as (
    select code, departement from territory where level = 'commune'
)

select
    homes.code,
    'communes_frr',
    getvariable('year'),
    (listed.code is not null)::integer,
    'ok'
from homes
left join listed on listed.code = homes.code
where homes.departement in (select departement from told)
    or (select count(*) from told) >= 0.75 * (select count(*) from territory where level = 'departement')
union all
select listed.code, 'communes_frr', getvariable('year'), 1, 'ok'
from listed
where listed.code not in (select code from homes);
