-- One row per IRIS of a commune that is cut: its name and outline in WGS 84. A commune that is not has one, 0000.
insert into iris_shape
select IRIS, NOM, COM, geometry
from raw
where IRIS not like '%0000';
