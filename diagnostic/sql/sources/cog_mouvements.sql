-- One row per change of a commune into a commune (merger, split, change of code), where its row says all of it.
insert into cog_movement
select distinct
    MOD as kind,
    try_cast(DATE_EFF as date) as on_date,
    COM_AV as before,
    COM_AP as after,
    LIBELLE_AV as name_before,
    LIBELLE_AP as name_after
from raw
where TYPECOM_AV = 'COM' and TYPECOM_AP = 'COM'
    and regexp_full_match(MOD, '\d{2}') and try_cast(DATE_EFF as date) is not null and COM_AV <> '' and COM_AP <> '';
