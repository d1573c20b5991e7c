-- Places that what the same producer publishes contradicts are not shown. The file of an EPCI across
-- two départements may hold one part of it; births that a hospital abroad delivers are counted nowhere.
create or replace temp table incoherent as
with rates as (
    select level, code, year, value from figure where indicator = 'taux_couverture' and value > 0
),

places as (
    select level, code, year, value from figure where indicator = 'places_100' and value is not null
),

near as (
    select places.level, places.code, places.year, places.value, rates.value as rate
    from places
    join rates using (level, code)
    where abs(places.year - rates.year) <= 3
    qualify row_number() over (
        partition by places.level, places.code, places.year order by abs(places.year - rates.year), rates.year desc
    ) = 1
),

parts as (
    select membership.level, membership.code, published.year, sum(published.value) as value
    from published
    join membership on membership.commune = published.code and membership.level <> 'commune'
    where published.level = 'commune' and published.stat = 'places_total'
    group by membership.level, membership.code, published.year
)

select level, code, year, 'Les places publiées s’écartent de plus de moitié du taux de couverture publié' as reason
from near
where value / rate not between 0.5 and 1.5
union all
select level, code, year, 'Les places publiées sont moins nombreuses que celles de ses communes'
from published
join parts using (level, code, year)
where published.stat = 'places_total' and published.value < parts.value
qualify row_number() over (partition by level, code, year) = 1;

update figure
set value = null, numerator = null, status = 'missing', note = incoherent.reason || ' : elles ne sont pas montrées'
from (select level, code, year, min(reason) as reason from incoherent group by level, code, year) as incoherent
where figure.indicator in ('places_100', 'places_eaje_100', 'places_am_100')
    and figure.level = incoherent.level and figure.code = incoherent.code and figure.year = incoherent.year;
