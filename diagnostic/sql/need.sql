-- The official rate of places, for 100 children whose parents work: the rate divided by their share.
insert into figure
select
    rate.level,
    rate.code,
    'couverture_besoin',
    rate.year,
    case when share.value > 0 then rate.value / share.value * 100 end,
    rate.value,
    share.value,
    rate.year,
    share.year,
    case
        when rate.value is null then rate.status
        when share.value is null then share.status
        when share.value = 0 then 'not_applicable'
        else 'estimated'
    end,
    rate.sources || ',' || share.sources,
    least(coalesce(rate.covered, 1.0), coalesce(share.covered, 1.0)),
    rate.note
from figure as rate
join figure as share
    on share.level = rate.level and share.code = rate.code and share.indicator = 'part_parents_actifs'
where rate.indicator = 'taux_couverture'
qualify row_number() over (
    partition by rate.level, rate.code, rate.year order by abs(share.year - rate.year), share.year desc
) = 1;
