-- One row per school and school year, the last two: pupils and classes. The commune of the file is not sure: it is not read.
insert into school_raw
with newest as (select max(year_of(annee)) as year from raw)

select UAI, year_of(annee), finite(num(ELEVES)), finite(num(CLASSES))
from raw, newest
where year_of(annee) >= newest.year - 1;
