-- one row per parcel, building and energy asset: what may have a meter, where it is, and how large
with built as (
    select
        building_parcel.parcel_id,
        sum(building.floor_area_m2 * building_parcel.share) as floor_area_m2
    from building_parcel
    inner join building using (building_id)
    group by all
)

select
    'parcel' as subject_kind,
    parcel.parcel_id as subject_id,
    parcel.cadastral_ref,
    parcel.parcel_id,
    parcel.neighbourhood_id,
    built.floor_area_m2::double as floor_area_m2,
    parcel.area_m2::double as ground_m2
from parcel
left join built using (parcel_id)
union all
select
    'building' as subject_kind,
    building_id as subject_id,
    null as cadastral_ref,
    parcel_id,
    neighbourhood_id,
    floor_area_m2::double as floor_area_m2,
    footprint_m2::double as ground_m2
from building
union all
select
    'asset' as subject_kind,
    energy_asset.asset_id as subject_id,
    null as cadastral_ref,
    energy_asset.parcel_id,
    parcel.neighbourhood_id,
    null::double as floor_area_m2,
    null::double as ground_m2
from energy_asset
left join parcel using (parcel_id)
