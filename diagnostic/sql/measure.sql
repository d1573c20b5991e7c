-- Sum, then divide, once. {membership}, {stat}, {published} in; {total} and {figure} out.
-- One row per territory, stat and year. Unknown as soon as a part is; parts where less than a hundredth of
-- the people live may lack, and `covered` says the share of the people that the others hold.
create {temporary} table {total} as
with people as (
    select commune, max_by(value, coalesce(year, 0)) as people
    from {stat}
    where stat = 'population' and value is not null
    group by commune
),

size as (
    -- Where a commune has no population, communes are counted instead.
    select
        level,
        code,
        count(*) as members,
        case when count(people) = count(*) and sum(people) > 0 then sum(people) end as people
    from {membership}
    left join people using (commune)
    group by level, code
),

needed as (
    select numerator as stat from declaration
    union
    select denominator from declaration where denominator is not null
    union
    select unnest(['enfants_moins_6', 'jeunes_12_17', 'population_65_plus', 'ecoles', 'evs', 'mediation_familiale',
        'alsh', 'eaje', 'laep', 'rpe', 'centres_sociaux', 'france_services', 'colleges', 'lycees', 'eaje_places',
        'services_handicap', 'population_qpv', 'population_recensement', 'foyers_allocataires', 'rp_familles_couples', 'rp_familles_meres',
        'rp_familles_peres', 'rp_familles_sans_enfant', 'rp_familles_recomposees', 'rp_familles_3_enfants'])
),

parts as (
    -- A commune is its own total: only the larger territories are summed.
    select membership.level, membership.code, stat.*, people.people
    from {membership} as membership
    join {stat} as stat on stat.commune = membership.commune
    left join people on people.commune = membership.commune
    where membership.level <> 'commune' and stat.stat in (select stat from needed)
),

given as (
    -- Published for a level: places and households whatever the communes add up to, a count of the census where they do not.
    select *, stat not like 'rp\_%' escape '\' as prevails
    from {published}
    where stat like 'places\_%' escape '\'
        or (
            (
                stat like 'rp\_%' escape '\' or stat like 'foyers\_%' escape '\' or stat = 'enfants_aeeh'
                or stat like 'paje\_%' escape '\' or stat = 'estimation_moins_5'
            )
            and value is not null
        )
    qualify row_number() over (partition by level, code, stat, year order by value is null) = 1
),

of_communes as (
    select stat.*
    from {stat} as stat
    join {membership} as membership on membership.level = 'commune' and membership.code = stat.commune
    where stat.stat in (select stat from needed)
),

summed as (
    select
        level,
        code,
        stat,
        year,
        sum(value) as value,
        count(value) as known,
        sum(people) filter (where value is not null) as people_known,
        coalesce(max(status) filter (where value is not null and status <> 'ok'), 'ok') as status,
        max(status) filter (where value is null) as status_unknown,
        case when min(source) = max(source) then min(source) else min(source) || ',' || max(source) end as source
    from parts
    group by level, code, stat, year
    union all
    select 'commune', commune, stat, year, value, (value is not null)::bigint, null, status, status, source
    from of_communes
    where stat in (select stat from given)
),

-- Counted with another commune: what has no row of its own hides no sum.
apart as (
    select membership.level, membership.code, elsewhere.stat, elsewhere.year, count(*) as communes
    from {membership} as membership
    join elsewhere on elsewhere.commune = membership.commune
    where membership.level <> 'commune'
    group by all
),

listed_for_the_city as (
    select territory.code as commune, true as whole
    from territory
    where territory.level = 'commune'
        and territory.parent in (select commune from qpv_commune)
        and territory.parent not in (
            select arrondissement.parent
            from qpv_commune
            join territory as arrondissement
                on arrondissement.level = 'commune' and arrondissement.code = qpv_commune.commune
            where arrondissement.parent is not null
        )
),

shared as (
    select
        summed.*,
        size.members,
        case
            when summed.known = size.members then 1.0
            when summed.known + coalesce(apart.communes, 0) = size.members then 1.0
            when size.people is null then summed.known / size.members
            else coalesce(summed.people_known, 0) / size.people
        end as covered
    from summed
    join size using (level, code)
    left join apart
        on apart.level = summed.level and apart.code = summed.code and apart.stat = summed.stat
        and apart.year = summed.year
)

select
    level,
    code,
    stat,
    year,
    case when covered >= 0.99 then value end as value,
    known,
    members,
    covered,
    case
        when covered < 0.99 then coalesce(status_unknown, 'missing')
        when known < members and covered = 1.0 then 'estimated'
        else status
    end as status,
    source,
    '' as note
from shared
anti join (select * from given where prevails) as given
    on given.level = shared.level and given.code = shared.code and given.stat = shared.stat and given.year = shared.year
where covered >= 0.99 or not exists (
    select 1 from given
    where given.level = shared.level and given.code = shared.code and given.stat = shared.stat and given.year = shared.year
)
union all
-- A count that nobody publishes by level is, in a commune, its own total.
select
    'commune', commune, stat, year, value, (value is not null)::bigint, 1, (value is not null)::integer,
    case when value is null then coalesce(status, 'missing') else status end, source, ''
from of_communes
where stat not in (select stat from given)
union all
select
    membership.level,
    membership.code,
    'nombre_qpv',
    2024,
    -- The quartiers of a city may be listed without their arrondissement: which ones have some is unknown then.
    case when not bool_or(coalesce(listed.whole, false)) then count(distinct qpv_commune.qpv) end,
    any_value(size.members),
    any_value(size.members),
    case when bool_or(coalesce(listed.whole, false)) then 0.0 else 1.0 end,
    case when bool_or(coalesce(listed.whole, false)) then 'missing' else 'ok' end,
    (select min(id) from source where id in ('qpv_liste', 'qpv_communes', 'qpv_contours')),
    case when bool_or(coalesce(listed.whole, false))
        then 'Les quartiers prioritaires sont listés pour la ville entière, pas par arrondissement' else '' end
from {membership} as membership
join size on size.level = membership.level and size.code = membership.code
left join listed_for_the_city as listed on listed.commune = membership.commune
left join qpv_commune on qpv_commune.commune = membership.commune
where (select count(*) from qpv_commune) > 0
group by membership.level, membership.code
union all
select
    level, code, stat, year, value, null, null, case when note like '%hors Mayotte%' then null else 1.0 end,
    status, source, note
from given
where prevails or not exists (
    select 1 from shared
    where shared.level = given.level and shared.code = given.code and shared.stat = given.stat and shared.year = given.year
        and shared.covered >= 0.99
)
-- One territory is read at a time.
order by level, code, stat;

create {temporary} table {figure} as
with declared as (
    select * from declaration where not published
),

numerators as (
    select declared.*, total.level, total.code, total.year, total.value, total.status, total.source, total.covered, total.note
    from declared
    join {total} as total on total.stat = declared.numerator
),

denominators as (
    select declared.id, total.level, total.code, total.stat, total.year, total.value, total.status, total.source,
        total.covered
    from declared
    join {total} as total on total.stat = declared.denominator
),

counts as (
    select
        level, code, id as indicator, year, value, value as numerator, null::double as denominator,
        year as numerator_year, null::integer as denominator_year, status, source as sources, covered, note
    from numerators
    where denominator is null
),

mayotte as (
    -- What is published for France without Mayotte is divided by the people of France without Mayotte.
    select stat.stat, stat.year, sum(stat.value) as value
    from {stat} as stat
    join {membership} as membership
        on membership.level = 'departement' and membership.code = '976' and membership.commune = stat.commune
    group by stat.stat, stat.year
),

pairs as (
    select
        n.level,
        n.code,
        n.id as indicator,
        case when n.dated_by = 'numerator' then n.year else d.year end as year,
        n.value as numerator,
        d.value - case when n.note like '%hors Mayotte%' then coalesce(mayotte.value, 0) else 0 end as denominator,
        n.year as numerator_year,
        d.year as denominator_year,
        n.per,
        n.status as numerator_status,
        d.status as denominator_status,
        n.source || ',' || d.source as sources,
        least(n.covered, d.covered) as covered,
        n.note,
        abs(coalesce(
            case when n.dated_by = 'numerator' then d.year - n.year - n."offset" else n.year - d.year - n."offset" end, 0
        )) as apart
    from numerators as n
    join denominators as d on d.id = n.id and d.level = n.level and d.code = n.code
    left join mayotte on mayotte.stat = d.stat and mayotte.year = d.year
    qualify row_number() over (
        partition by n.level, n.code, n.id, case when n.dated_by = 'numerator' then n.year else d.year end
        order by apart, case when n.dated_by = 'numerator' then d.year else n.year end desc
    ) = 1
),

ratios as (
    select
        level, code, indicator, year,
        case when denominator > 0 then numerator / denominator * per end as value,
        numerator, denominator, numerator_year, denominator_year,
        case
            when numerator is null then numerator_status
            when denominator is null then denominator_status
            when denominator = 0 then 'not_applicable'
            when 'estimated' in (numerator_status, denominator_status) then 'estimated'
            else numerator_status
        end as status,
        sources, covered, note
    from pairs
),

as_published as (
    select
        published.level, published.code, declaration.id, published.year, published.value,
        null::double, null::double, published.year, null::integer, published.status, published.source, 1.0, published.note
    from {published} as published
    join declaration on declaration.published and declaration.numerator = published.stat
    qualify row_number() over (
        partition by published.level, published.code, declaration.id, published.year order by published.value is null
    ) = 1
)

select * from counts
union all
select * from ratios
union all
select * from as_published
order by level, code, indicator, year;
