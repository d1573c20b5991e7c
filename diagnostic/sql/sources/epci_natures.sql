-- One row per EPCI: its nature (communauté de communes, métropole…).
insert into epci_kind
select getvariable('year') as year, EPCI as epci, LIBEPCI as name, NATURE as kind
from raw
where not regexp_full_match(EPCI, 'Z+') and nature_of(NATURE) <> '';
