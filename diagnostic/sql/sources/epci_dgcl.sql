-- One row per commune with the EPCI it belongs to (DGCL, Excel).
insert into epci_member
select
    getvariable('year') as year,
    EPCI as epci,
    LIBEPCI as name,
    case when regexp_full_match(NATURE, 'C[ACU]|MET?[A-Z0-9]*') then NATURE else '' end as kind,
    COM as commune
from raw;
