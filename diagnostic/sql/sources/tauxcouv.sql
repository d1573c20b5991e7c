-- One row per territory: overall coverage rate, all modes together. The file repeats the rate of the larger
-- territories on the row of each commune: it is theirs where all rows agree.
insert into published_raw
with rates as (
    select 'commune' as level, COM as code, tx_com as value from raw
    union all
    select 'epci', EPCI, tx_epci from raw where EPCI <> '' and not regexp_full_match(EPCI, 'X+|Z+')
    union all
    select 'departement', home_of(COM), tx_dep from raw
    union all
    select 'france', 'F', tx_fe from raw
),

agreed as (
    select level, code, any_value(value) as value
    from rates
    group by level, code
    having count(distinct value) = 1
)

select
    level,
    code,
    'taux_couverture',
    getvariable('year'),
    case when num(value) <> 0 then finite(num(value)) end,
    case when num(value) = 0 then 'not_published' else status_of(value) end,
    case
        when num(value) = 0 then 'Le fichier porte 0, tenu pour inconnu'
        when level = 'france' then 'France entière hors Mayotte'
        else ''
    end
from agreed;
