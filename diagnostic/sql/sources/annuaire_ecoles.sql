-- One row per school: its commune.
insert into school_place
select UAI, min(COM) from raw where COM <> '' and UAI <> '' group by UAI;
