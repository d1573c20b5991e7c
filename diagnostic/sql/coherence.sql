-- Places and rates that what the same producer publishes contradicts are not shown: one row of `incoherent` per
-- territory, year, what is hidden ('places' or 'rate') and reason. The file of an EPCI over several départements often
-- holds one of its parts; births that a hospital abroad delivers are counted nowhere.
create or replace temp table incoherent as
with rates as (
    select level, code, year, value from figure where indicator = 'taux_couverture' and value > 0
),

places as (
    select level, code, year, value, numerator from figure where indicator = 'places_100' and value is not null
),

near as (
    select places.level, places.code, places.year, places.value, places.numerator, rates.year as rate_year,
        rates.value as rate
    from places
    join rates using (level, code)
    where abs(places.year - rates.year) <= 3
    qualify row_number() over (
        partition by places.level, places.code, places.year order by abs(places.year - rates.year), rates.year desc
    ) = 1
),

parts as (
    -- Places that the communes publish, and whether all of them do.
    select
        membership.level, membership.code, published.stat, published.year, sum(published.value) as value,
        count(published.value) = any_value(size.communes) as whole
    from published
    join membership on membership.commune = published.code and membership.level <> 'commune'
    join (select level, code, count(*) as communes from membership group by level, code) as size
        on size.level = membership.level and size.code = membership.code
    where published.level = 'commune' and published.stat in ('places_total', 'places_eaje', 'places_am')
        and published.value is not null
    group by membership.level, membership.code, published.stat, published.year
),

homes as (
    select membership.level, membership.code, territory.departement, membership.commune
    from membership
    join territory on territory.level = 'commune' and territory.code = membership.commune
    where membership.level = 'epci'
),

spanning as (
    select level, code from homes group by level, code having count(distinct departement) > 1
),

children as (
    select commune, year, value from stat where stat = 'enfants_moins_3' and value is not null
),

by_departement as (
    select homes.code, homes.departement, children.year, sum(children.value) as children
    from homes
    join spanning using (level, code)
    join children using (commune)
    group by homes.code, homes.departement, children.year
),

by_commune as (
    -- The mean of the rates of its communes, where these are known for nine children out of ten.
    select
        homes.code,
        rates.year,
        sum(children.value * rates.value) / sum(children.value) as rate,
        sum(children.value) as known
    from homes
    join spanning using (level, code)
    join rates on rates.level = 'commune' and rates.code = homes.commune
    join children on children.commune = homes.commune and children.year = rates.year
    group by homes.code, rates.year
)

select near.level, near.code, near.year, 'places' as hides,
    'Les places publiées s’écartent de plus de moitié du taux de couverture publié' as reason
from near
where value / rate not between 0.5 and 1.5
union all
select published.level, published.code, published.year, 'places',
    'Les places publiées sont moins nombreuses que celles de ses communes'
from published
join parts using (level, code, stat, year)
where published.value < parts.value
union all
select published.level, published.code, published.year, 'places',
    'Le fichier porte 0 place pour tout le territoire, tenu pour inconnu'
from published
where published.level <> 'commune' and published.stat = 'places_total' and published.value = 0
union all
select published.level, published.code, published.year, 'places',
    'L’intercommunalité s’étend sur plusieurs départements et rien ne confirme que les places publiées sont celles de tous'
from published
join spanning using (level, code)
left join near using (level, code, year)
left join parts using (level, code, stat, year)
where published.stat = 'places_total' and published.value is not null
    and not coalesce(near.value / near.rate between 0.8 and 1.2, false)
    and not coalesce(parts.whole and published.value between parts.value and 1.2 * parts.value, false)
union all
-- Places and rate together give the children of one département alone: both are those of that part.
select near.level, near.code, near.rate_year, 'rate',
    'L’intercommunalité s’étend sur plusieurs départements et le taux publié est celui d’un seul'
from near
join spanning using (level, code)
join parts on parts.level = near.level and parts.code = near.code and parts.year = near.year
    and parts.stat = 'places_total' and near.numerator < parts.value
join by_departement on by_departement.code = near.code and by_departement.year = near.rate_year
where near.numerator / near.rate * 100 between 0.9 * by_departement.children and 1.1 * by_departement.children
union all
-- Checked on the EPCI of one département: of 342 with a thousand children, each lies within a fifth of that mean.
select rates.level, rates.code, rates.year, 'rate',
    'L’intercommunalité s’étend sur plusieurs départements et le taux publié s’écarte de celui de ses communes'
from rates
join by_commune on rates.level = 'epci' and by_commune.code = rates.code and by_commune.year = rates.year
join (select code, year, sum(children) as children from by_departement group by code, year) as everyone
    on everyone.code = rates.code and everyone.year = rates.year
where by_commune.known >= 0.9 * everyone.children and rates.value / by_commune.rate not between 0.8 and 1.25;

-- `published` keeps what the producer wrote.
create or replace temp table hidden as
select level, code, year, hides, min(reason) || ' : cette valeur n’est pas montrée' as reason
from incoherent
group by level, code, year, hides;

update figure
set value = null, numerator = null, status = 'missing', note = hidden.reason
from hidden
where figure.level = hidden.level and figure.code = hidden.code and figure.year = hidden.year
    and (
        (hides = 'places' and figure.indicator in ('places_100', 'places_eaje_100', 'places_am_100'))
        or (hides = 'rate' and starts_with(figure.indicator, 'taux_couverture'))
    );

update total
set value = null, status = 'missing', note = hidden.reason
from hidden
where total.level = hidden.level and total.code = hidden.code and total.year = hidden.year
    and hides = 'places' and starts_with(total.stat, 'places_') and total.value is not null;

-- The children of a commune whose births are partly across a border are those that the Caf knows: both figures say so.
update figure
set note = format(
    'La Caf connaît ici {:.0f} enfants de moins de 3 ans fin {} là où les naissances en donnent {:.0f} : celles qui ont lieu '
    'hors de France ne sont pas comptées{}',
    under_3, born_abroad.year, born_3,
    case when indicator <> 'naissances' then ', et le nombre d’enfants suit celui de la Caf' else '' end
)
from born_abroad
where figure.level = 'commune' and figure.code = born_abroad.commune
    and figure.indicator in ('naissances', 'enfants_moins_3', 'enfants_3_5', 'enfants_3_11');
