-- One row per region: outline in WGS 84.
insert into shape
select 'region', REG, geometry
from raw;
