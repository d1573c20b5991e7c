-- One row per IRIS: recipients, persons covered, children, lone parents, RSA. A note that is not 0 masks them all.
insert into iris
select
    IRIS,
    left(IRIS, 5),
    getvariable('year'),
    NOTE,
    case when NOTE = '0' then finite(num(A)) end,
    case when NOTE = '0' then finite(num(PERCOU)) end,
    case when NOTE = '0' then finite(num(ENF_2)) end,
    case when NOTE = '0' then finite(num(ENF_3_5)) end,
    case when NOTE = '0' then finite(num(AM)) end,
    case when NOTE = '0' then finite(num(ARSAS)) end
from raw
where regexp_full_match(IRIS, '(?:\d{2}|2[AB]|[A-Z][0-9A-Z])\d{7}');

-- A commune is the sum of its IRIS, only where none of them is masked: a masked one cannot be found by difference. What is
-- masked, or that the file does not hold, is below zero for the time of the sum.
insert into stat_raw
with held as (
    select
        left(IRIS, 5) as commune,
        case when NOTE = '0' then coalesce(finite(num(AAAH)), -1) else -1 end as foyers_aah,
        case when NOTE = '0' then coalesce(finite(num(AAL)), -1) else -1 end as foyers_logement,
        case when NOTE = '0' then coalesce(finite(num(APPA)), -1) else -1 end as foyers_ppa,
        case when NOTE = '0' then coalesce(finite(num(AM)), -1) else -1 end as allocataires_monoparents,
        case when NOTE = '0' then coalesce(finite(num(AM) + num(ACAVENF)), -1) else -1 end as allocataires_familles
    from raw
    where regexp_full_match(IRIS, '(?:\d{2}|2[AB]|[A-Z][0-9A-Z])\d{7}')
)

select
    commune,
    stat,
    getvariable('year'),
    case when min(value) >= 0 then sum(value) end,
    case when min(value) >= 0 then 'ok' else 'secret' end
from (unpivot held on columns(* exclude (commune)) into name stat value value)
group by commune, stat
having max(value) >= 0;
