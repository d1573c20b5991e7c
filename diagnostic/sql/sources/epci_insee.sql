-- One row per commune with the EPCI it belongs to (Insee); ZZZZZZZZZ means none.
insert into epci_member
select
    getvariable('year') as year,
    EPCI as epci,
    LIBEPCI as name,
    '' as kind,
    COM as commune
from raw
where not regexp_full_match(EPCI, 'Z+');
