-- One row per commune: outline in WGS 84.
insert into shape
select 'commune', COM, geometry
from raw;
