-- Pupils and classes by commune. Schools whose commune the directory does not give leave their département (the first
-- figures of their number) unknown beyond one in a hundred, else estimated; a commune without school has none there.
insert into stat
with placed as (
    select
        school_raw.*,
        coalesce(carried.new, school_place.commune) as commune,
        case when left(UAI, 3) similar to '97.*' then left(UAI, 3) when UAI like '0%' then substr(UAI, 2, 2) else left(UAI, 2) end
            as departement
    from school_raw
    left join school_place using (UAI)
    left join carried on carried.old = school_place.commune
),

homes as (
    select placed.* replace (coalesce(territory.departement, placed.departement) as departement)
    from placed
    left join territory on territory.level = 'commune' and territory.code = placed.commune
),

whole as (
    select departement, year, count(commune) = count(*) as every
    from homes group by departement, year having count(commune) >= 0.99 * count(*)
),

counted as (
    select commune, year, sum(pupils) as pupils, sum(classes) as classes, count(pupils) = count(*) as known
    from homes group by commune, year
)

select commune_home.commune, parts.stat, whole.year,
    case when counted.commune is null then 0 when not known then null when parts.stat = 'eleves_ecoles' then pupils else classes end,
    case when counted.commune is not null and not known then 'missing' when every then 'ok' else 'estimated' end,
    'ecoles_effectifs'
from whole
join commune_home using (departement)
left join counted on counted.commune = commune_home.commune and counted.year = whole.year
cross join (select unnest(['eleves_ecoles', 'classes_ecoles']) as stat) as parts
-- A city of arrondissements is the sum of these.
where commune_home.commune not in (select parent from commune_home where parent is not null)
union all
select commune_home.parent, parts.stat, counted.year,
    case when bool_and(known) then sum(case parts.stat when 'eleves_ecoles' then pupils else classes end) end,
    case when bool_and(known) then 'ok' else 'missing' end,
    'ecoles_effectifs'
from counted
join commune_home using (commune)
cross join (select unnest(['eleves_ecoles', 'classes_ecoles']) as stat) as parts
where commune_home.parent is not null
group by commune_home.parent, parts.stat, counted.year;
