-- one row per road and parcel it runs through; the shares of a road sum to 1
with piece as (
    select
        road.road_id,
        parcel.parcel_id,
        st_length(st_intersection(road.geometry, parcel.geometry)) as piece_m
    from road
    inner join parcel on st_intersects(road.geometry, parcel.geometry)
)

select
    road_id,
    parcel_id,
    (piece_m / sum(piece_m) over (partition by road_id))::double as share
from piece
where piece_m > 1e-6
order by road_id, parcel_id
