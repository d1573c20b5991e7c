-- One row per QPV and commune; a cell may hold several communes, and Excel's protection of the text.
insert into qpv_raw
select
    QPV as qpv,
    NOM as name,
    trim(unnest(regexp_split_to_array(regexp_replace(COM, '[="\s]', '', 'g'), '[;,]'))) as commune
from raw;
