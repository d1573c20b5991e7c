-- One row per departement: outline in WGS 84.
insert into shape
select 'departement', DEP, geometry
from raw;
