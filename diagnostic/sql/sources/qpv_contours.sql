-- One row per QPV: name, communes when the file names them, perimeter.
insert into qpv_shape
select QPV, NOM, coalesce(COM, ''), geometry
from raw;
