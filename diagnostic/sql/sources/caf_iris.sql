-- One row per IRIS: recipients, persons covered, children, lone parents, RSA. A note that is not 0 masks them all.
insert into iris
select
    IRIS,
    left(IRIS, 5),
    getvariable('year'),
    NOTE,
    unmasked(NOTE, A), unmasked(NOTE, PERCOU), unmasked(NOTE, ENF_2), unmasked(NOTE, ENF_3_5), unmasked(NOTE, AM),
    unmasked(NOTE, ARSAS)
from raw
where IRIS not like 'X%';

-- A commune is the sum of its IRIS, only where none of them is masked: a masked one cannot be found by difference. What is
-- masked, or that the file does not hold, is below zero for the time of the sum.
insert into stat_raw
with held as (
    select
        left(IRIS, 5) as commune,
        coalesce(unmasked(NOTE, AAAH), -1) as foyers_aah,
        coalesce(unmasked(NOTE, AAL), -1) as foyers_logement,
        coalesce(unmasked(NOTE, APPA), -1) as foyers_ppa,
        coalesce(unmasked(NOTE, AM), -1) as allocataires_monoparents,
        coalesce(unmasked(NOTE, AM) + unmasked(NOTE, ACAVENF), -1) as allocataires_familles
    from raw
    where IRIS not like 'X%'
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
