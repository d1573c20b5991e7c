-- One row per commune with the EPCI it belongs to (DGCL, Excel).
insert into epci_member
select
    getvariable('year') as year,
    EPCI as epci,
    LIBEPCI as name,
    nature_of(NATURE) as kind,
    COM as commune
from raw;
