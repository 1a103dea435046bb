-- one row per building and parcel it stands on; the shares of a building sum to 1
with overlap as (
    select
        footprint.building_id,
        parcel.parcel_id,
        footprint.footprint_m2,
        st_area(st_intersection(footprint.geometry, parcel.geometry)) as overlap_m2
    from footprint
    inner join parcel on st_intersects(footprint.geometry, parcel.geometry)
),

-- an outline that runs along a border touches the parcel beyond it by less than survey accuracy
stands as (
    select *
    from overlap
    where overlap_m2 > 1e-4 * footprint_m2
)

select
    building_id,
    parcel_id,
    (overlap_m2 / sum(overlap_m2) over (partition by building_id))::double as share
from stands
order by building_id, parcel_id
