-- Tables filled while the files are read, then tables that are served.
create temp table cog_commune (year integer, typecom varchar, code varchar, region varchar, departement varchar, tncc integer, name varchar, parent varchar);
create temp table cog_departement (year integer, code varchar, region varchar, tncc integer, name varchar);
create temp table cog_region (year integer, code varchar, tncc integer, name varchar);
create temp table cog_movement (kind varchar, on_date date, before varchar, after varchar, name_before varchar, name_after varchar);
create temp table epci_member (year integer, epci varchar, name varchar, kind varchar, commune varchar);
create temp table epci_kind (year integer, epci varchar, name varchar, kind varchar);
create temp table postcode_raw (postcode varchar, commune varchar, label varchar);
create temp table qpv_people (qpv varchar, year integer, value double);
create temp table school_raw (UAI varchar, year integer, pupils double, classes double);
create temp table school_place (UAI varchar, commune varchar);
create temp table quotient_raw (commune varchar, quartier varchar, year integer, foyers double, bas double);
create temp table known_code (level varchar, code varchar);
create temp table density_raw (year integer, commune varchar, level varchar);
-- What a producer counts with another commune (its status K): it has no row of its own, and hides nothing.
create temp table elsewhere_raw (commune varchar, stat varchar, year integer);
create temp table stat_raw (commune varchar, stat varchar, year integer, value double, status varchar);
create temp table stat_all (commune varchar, stat varchar, year integer, value double, status varchar, source varchar, edition integer, priority integer, origin integer);
create temp table age_raw (commune varchar, year integer, age smallint, value double);
-- Cells of Melodi on their way to the two tables above: see cells.sql.
create temp table cell_raw (
    geo varchar, kind varchar, stat varchar, parts integer, year integer, value double, observation varchar
);
create temp table age_all (commune varchar, year integer, age smallint, value double, source varchar, edition integer, priority integer, origin integer);
create temp table published_raw (level varchar, code varchar, stat varchar, year integer, value double, status varchar, note varchar);
create temp table published_all (level varchar, code varchar, stat varchar, year integer, value double, status varchar, note varchar, source varchar, edition integer, priority integer, origin integer);
create temp table facility_kind (type varchar, stat varchar);
create temp table facility_raw (commune varchar, departement varchar, stat varchar, type varchar, name varchar, lon double, lat double, x double, y double, epsg integer, capacity double, qpv varchar, qpv_known boolean, precision varchar, year integer, address varchar);
create temp table facility_located (departement varchar, year integer, stat varchar, type varchar);
create temp table facility_count (departement varchar, year integer, stat varchar, type varchar, commune varchar, value double);
create temp table qpv_raw (qpv varchar, name varchar, commune varchar);
create temp table qpv_shape (qpv varchar, name varchar, communes varchar, geometry blob);
create temp table iris_shape (code varchar, name varchar, commune varchar, geometry blob);
create temp table shape (level varchar, code varchar, geometry blob);

create table source (id varchar, title varchar, producer varchar, vintage varchar, geography varchar, digest varchar, rows bigint, rejected bigint, loaded_at varchar, licence varchar, page varchar, file varchar);
create table iris_people (code varchar, commune varchar, year integer, population double, under_3 double, from_3_to_5 double, from_6_to_10 double, from_11_to_17 double);
create table iris (code varchar, commune varchar, year integer, note varchar, allocataires double, personnes double, enfants_0_2 double, enfants_3_5 double, monoparents double, rsa double);
create table qpv_recipient (qpv varchar, year integer, note varchar, allocataires double, personnes double, enfants_0_2 double, enfants_3_5 double, monoparents double, rsa double);
create table remark (file varchar, sentence varchar);
create table refusal (file varchar, reason varchar);
create table silenced (indicator varchar, reason varchar);
create table meta (name varchar, value varchar);
