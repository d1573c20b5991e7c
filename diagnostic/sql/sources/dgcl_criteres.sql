-- One row per commune: what its taxes could bring, in euros, and the people it is divided by.
insert into stat_raw
select COM, parts.stat, getvariable('year'),
    case parts.stat when 'potentiel_financier' then finite(num(PFI) * num(POP)) else finite(num(POP)) end,
    case when finite(num(PFI) * num(POP)) is null then 'not_published' else 'ok' end
from raw
cross join (select unnest(['potentiel_financier', 'potentiel_financier_habitants']) as stat) as parts;
