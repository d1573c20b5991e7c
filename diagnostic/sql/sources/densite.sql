-- One row per commune: level of the density grid, in its own words; any other word is none.
insert into density_raw
select getvariable('year'), COM as commune, NIVEAU as level
from raw
where regexp_matches(lower(NIVEAU), '^(grands centres urbains|centres urbains|ceintures urbaines|petites villes|bourgs ruraux|rural )');
