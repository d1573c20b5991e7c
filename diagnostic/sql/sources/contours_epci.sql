-- One row per epci: outline in WGS 84.
insert into shape
select 'epci', EPCI, geometry
from raw;
