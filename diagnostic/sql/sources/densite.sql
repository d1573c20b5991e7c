-- One row per commune: level of the density grid, in its own words; any other word was emptied, and told.
insert into density_raw
select getvariable('year'), COM as commune, NIVEAU as level
from raw
where NIVEAU <> '';
