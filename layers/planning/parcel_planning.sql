-- one row per parcel
with piece as (
    select
        building_parcel.parcel_id,
        building.footprint_m2 * building_parcel.share as built_m2,
        building.floor_area_m2 * building_parcel.share as floor_area_m2,
        building.height_m,
        building.parcel_id = building_parcel.parcel_id as is_home
    from building_parcel
    inner join building using (building_id)
    where building.status = 'existing'
),

total as (
    select
        parcel_id,
        count(*) filter (is_home) as buildings,
        sum(built_m2) as built_m2,
        sum(floor_area_m2) as floor_area_m2,
        sum(height_m * built_m2) / sum(built_m2) as mean_height_m,
        max(height_m) as tallest_m
    from piece
    group by all
)

select
    parcel.parcel_id,
    coalesce(total.buildings, 0)::double as buildings,
    coalesce(total.built_m2, 0)::double as built_m2,
    coalesce(total.floor_area_m2, 0)::double as gross_floor_area_m2,
    case
        when coalesce(parcel.land_use, '') != 'public' then coalesce(total.built_m2, 0) / parcel.area_m2
    end::double as coverage,
    case
        when coalesce(parcel.land_use, '') != 'public' then coalesce(total.floor_area_m2, 0) / parcel.area_m2
    end::double as far,
    total.mean_height_m::double as mean_height_m,
    total.tallest_m::double as tallest_m,
    (total.floor_area_m2 / parcel.area_m2 / nullif(parcel.far_max, 0))::double as far_of_limit
from parcel
left join total using (parcel_id)
order by parcel.parcel_id
