-- One row per commune, stat and year: number of facilities. An absent row is zero only in the
-- départements whose communes add up to the total that the same file gives.
insert into facility_count
with counts as (
    select
        GEO_OBJECT as object,
        GEO as code,
        case when GEO like '97%' then left(GEO, 3) else left(GEO, 2) end as departement,
        year_of(TIME_PERIOD) as year,
        kinds.stat,
        kinds.type,
        case when OBS_STATUS is distinct from 'K' then num(OBS_VALUE) end as value
    from raw
    join facility_kind as kinds on kinds.type = raw.FACILITY_TYPE
    where BPE_MEASURE = 'FACILITIES' and GEO_OBJECT in ('COM', 'DEP')
),

whole as (
    select departement, year, type, any_value(stat) as stat
    from counts
    group by departement, year, type
    having coalesce(sum(value) filter (where object = 'COM'), 0) = sum(value) filter (where object = 'DEP')
)

select whole.departement, whole.year, whole.stat, whole.type, counts.code, counts.value
from whole
left join counts
    on counts.object = 'COM'
    and counts.departement = whole.departement
    and counts.year = whole.year
    and counts.type = whole.type;
