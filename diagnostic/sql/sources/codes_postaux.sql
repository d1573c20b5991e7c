-- One row per postcode, commune and name of the sorting office.
insert into postcode_raw
select distinct POSTCODE as postcode, COM as commune, LABEL as label
from raw;
