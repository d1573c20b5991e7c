-- One row per IRIS of a commune that is cut: residents by age. A commune that is not has one, 0000, and is told elsewhere.
insert into iris_people
select IRIS, left(IRIS, 5), getvariable('year'), POP, POP0002, POP0305, POP0610, POP1117
from raw
where IRIS not like '%0000';
