-- One row per EPCI or département, benefit and year (December, the last two). The producer repeats some territories in
-- a row of next to nothing: the fullest is kept. A 0 hides 1 to 4.
insert into published_raw
with newest as (select max(year_of(date)) as year from raw where month_of(date) = '12'),

kept as (
    select raw.*
    from raw, newest
    where month_of(date) = '12' and year_of(date) >= newest.year - 1 and not regexp_full_match(code, 'X+|99|')
    qualify row_number() over (partition by code, year_of(date) order by num(ndur) desc nulls last) = 1
)

select
    getvariable('level'),
    code,
    households_of(benefit),
    year_of(date),
    nullif(finite(num(value)), 0),
    case when num(value) = 0 then 'secret' when finite(num(value)) is null then 'not_published' else 'rounded' end,
    ''
from (unpivot kept on rsa, ppa, ndur, asf, ndural, cmg, prepare, aah, aeeh into name benefit value value);

-- The producer publishes no région: it is the sum of its départements, where all are known.
insert into published_raw
select 'region', home.parent, published_raw.stat, published_raw.year, sum(published_raw.value), 'rounded', ''
from published_raw
join (select code, region as parent from territory where level = 'departement') as home on home.code = published_raw.code
where published_raw.level = 'departement'
group by home.parent, published_raw.stat, published_raw.year
having count(published_raw.value) = (
    select count(*) from territory where level = 'departement' and territory.region = home.parent
);
