-- How the cells of any file are read: numbers, statuses, years, addresses, levels.
create or replace macro plain(x) as regexp_replace(x, '[\s\x{00A0}\x{202F}]', '', 'g');
create or replace macro num(x) as coalesce(
    try_cast(x as double),
    try_cast(replace(plain(x), ',', '.') as double)
);
create or replace macro finite(x) as case when isfinite(x) then x end;
create or replace macro status_of(x) as case
    when finite(num(x)) is not null then 'ok'
    when lower(trim(x)) in ('s', 'ns', 'c') then 'secret'
    else 'not_published'
end;
-- 2024, 2024.0, 2024-12, 202412, 2024-12-31T…, 2024-T4, 2024 (p): neither 20240 nor 2023-2024, which is two years.
create or replace macro year_of(x) as case
    when length(x) = 4
        or regexp_full_match(x, '\d{4}(?:[.,]0+|[-/]?(?:0[1-9]|1[0-2])(?:[-/ T].*)?|-?[TQS][1-4]| ?\([a-z]+\))')
    then try_cast(left(x, 4) as integer)
end;
create or replace macro bare(x) as regexp_replace(upper(strip_accents(x)), '[^A-Z0-9]', '', 'g');
create or replace macro told(x) as case when x in ('', '_U', '_Z') then null else x end;
create or replace macro address_of(street, postcode, town) as case when coalesce(trim(street), '') <> ''
    then concat_ws(', ', trim(street), nullif(concat_ws(' ', told(postcode), told(town)), '')) end;
create or replace macro month_of(x) as nullif(substr(replace(x, '/', '-'), 6, 2), '');
create or replace macro households_of(x) as case x
    when 'ndur' then 'foyers_allocataires' when 'ndural' then 'foyers_logement' when 'aeeh' then 'enfants_aeeh'
    else 'foyers_' || x
end;
create or replace macro area_level(x) as case x
    when 'COM' then 'commune' when 'ARM' then 'commune' when 'EPCI' then 'epci' when 'DEP' then 'departement'
    when 'REG' then 'region' when 'FRANCE' then 'france' when 'F' then 'france'
end;
create or replace macro home_of(x) as case when x like '97%' then left(x, 3) else left(x, 2) end;
-- A count of the Caf, for an area whose note says that nothing is masked.
create or replace macro unmasked(note, cell) as case when note = '0' then finite(num(cell)) end;
-- The nature of an EPCI (CC, CA, CU, ME, METRO, MET69…); any other word says nothing.
create or replace macro nature_of(x) as case when regexp_full_match(x, 'C[ACU]|MET?[A-Z0-9]*') then x else '' end;
