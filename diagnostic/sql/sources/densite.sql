-- One row per commune: level of the density grid.
insert into density_raw
select getvariable('year'), COM as commune, NIVEAU as level
from raw;
