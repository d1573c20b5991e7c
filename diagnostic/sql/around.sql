-- One row per commune, with the parts that a simulation needs.
with rate as (
    select code, numerator, denominator,
           row_number() over (partition by code order by year desc) as latest
    from figure
    where level = 'commune' and indicator = 'places_100' and value is not null
),
-- Children of the 1 January after the published rates, where there are some.
dated as (
    select code, value
    from total
    where level = 'commune' and stat = 'enfants_moins_3' and value is not null
      and year = (select max(year) + 1 from figure where indicator = 'taux_couverture' and value is not null)
),
part as (
    select code, stat, value, row_number() over (partition by code, stat order by year desc) as latest
    from total
    where level = 'commune' and value is not null
      and stat in ('enfants_moins_3', 'enfants_3_11', 'alsh', 'rpe', 'jeunes_12_25', 'nombre_qpv')
),
income as (
    select code, value, row_number() over (partition by code order by year desc) as latest
    from figure
    where level = 'commune' and indicator = 'taux_pauvrete' and value is not null
),
working as (
    select code, max_by(value, year) as value
    from figure
    where level = 'commune' and indicator = 'part_parents_actifs' and value is not null
    group by code
),
-- Crèches of unknown size count as the build counts them.
counted as (
    select commune as code, value, row_number() over (partition by commune order by year desc) as latest
    from stat
    where stat = 'eaje_places_comptees' and value is not null
)
select t.code, t.name, t.lon, t.lat,
       any_value(r.denominator) as children_places,
       any_value(r.numerator) as places,
       any_value(d.value) as children,
       any_value(p.value) filter (where p.stat = 'enfants_moins_3') as children_now,
       any_value(c.value) as creche_places,
       any_value(i.value) as poverty,
       any_value(w.value) as working,
       any_value(p.value) filter (where p.stat = 'enfants_3_11') as children_3_11,
       any_value(p.value) filter (where p.stat = 'alsh') as alsh,
       any_value(p.value) filter (where p.stat = 'rpe') as rpe,
       any_value(p.value) filter (where p.stat = 'jeunes_12_25') as youth_12_25,
       any_value(p.value) filter (where p.stat = 'nombre_qpv') as qpv
from territory t
left join rate r on r.code = t.code and r.latest = 1
left join dated d on d.code = t.code
left join counted c on c.code = t.code and c.latest = 1
left join working w on w.code = t.code
left join income i on i.code = t.code and i.latest = 1
left join part p on p.code = t.code and p.latest = 1
where t.level = 'commune' and t.parent is null
group by t.code, t.name, t.lon, t.lat
order by t.code
