-- one row per piece of green, water, bare or paved land
select
    feature_id as cover_id,
    name_local,
    name_latin,
    kind,
    subkind,
    st_area(geometry)::double as area_m2,
    geometry
from source_land
where kind is not null
order by cover_id
