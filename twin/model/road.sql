-- one row per road, cut at the zone's edge
select
    source_road.road_id,
    source_road.name_local,
    source_road.name_latin,
    source_road.class,
    source_road.lanes::double as lanes,
    st_length(source_road.geometry)::double as length_m,
    source_road.one_way,
    source_road.is_tunnel,
    source_road.width_m::double as width_m,
    source_road.geometry
from source_road
order by source_road.road_id
