-- One row per territory, income statistic and year, as published for that level.
insert into published_raw
with chosen as (
    select
        case GEO_OBJECT
            when 'COM' then 'commune'
            when 'ARM' then 'commune'
            when 'EPCI' then 'epci'
            when 'DEP' then 'departement'
            when 'REG' then 'region'
            else 'france'
        end as level,
        case when GEO_OBJECT in ('FRANCE', 'F') then 'F' else GEO end as code,
        case FILOSOFI_MEASURE
            when 'MED_SL' then 'niveau_vie_median' when 'D1_SL' then 'niveau_vie_d1' when 'D9_SL' then 'niveau_vie_d9'
            else 'taux_pauvrete'
        end as stat,
        year_of(TIME_PERIOD) as year,
        -- No median and no rate is zero: the figure of a commune that did not stand on its own yet.
        case when OBS_STATUS is distinct from 'K' then nullif(finite(num(OBS_VALUE)), 0) end as value,
        case
            when OBS_STATUS = 'K' or finite(num(OBS_VALUE)) = 0 then 'not_published'
            when finite(num(OBS_VALUE)) is not null and OBS_STATUS = 'W' then 'estimated'
            when finite(num(OBS_VALUE)) is not null then 'ok'
            when CONF_STATUS = 'C' or OBS_STATUS = 'Q' then 'secret'
            else 'not_published'
        end as status,
        case
            when GEO = 'FM' then 'France métropolitaine'
            when OBS_STATUS = 'K' then 'Compté avec une autre commune'
            when OBS_STATUS = 'W' then 'Valeur d’un périmètre qui comprend une autre commune'
            else ''
        end as note,
        row_number() over (
            partition by GEO_OBJECT, case when GEO_OBJECT = 'FRANCE' then '' else GEO end, FILOSOFI_MEASURE, TIME_PERIOD
            order by GEO = 'FM'
        ) as rank
    from raw
    where GEO_OBJECT in ('COM', 'ARM', 'EPCI', 'DEP', 'REG', 'FRANCE', 'F')
        and FILOSOFI_MEASURE in ('MED_SL', 'PR_MD60', 'D1_SL', 'D9_SL')
)

select
    level,
    code,
    stat,
    year,
    value,
    case when stat = 'taux_pauvrete' and value <= 5 then 'bounded' else status end,
    note
from chosen
where rank = 1;
