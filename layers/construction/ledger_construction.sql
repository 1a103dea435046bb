-- one row per building, parcel and carrier: dwellings and services, none of industry or on industrial land
with carrier (carrier, intensity_class, emission_factor, part) as (
    values
    ('electricity', 'electricity_intensity', 'grid_emission.location', '2'),
    ('gas', 'gas_intensity', 'fuel_emission.natural_gas', '1'),
    ('heat', 'heat_intensity', 'heat_emission.district', '2')
),

housed as (
    select
        building.*,
        building_parcel.parcel_id as on_parcel_id,
        building_parcel.share,
        case building.use when 'residential' then 'I.1' when 'agricultural' then 'I.5' else 'I.2' end as sector
    from building
    inner join building_parcel using (building_id)
    inner join parcel on building.parcel_id = parcel.parcel_id
    where
        building.status = 'existing'
        and coalesce(parcel.land_use != 'industrial', true)
        and coalesce(building.use != 'industrial', true)
)

select
    'building' as subject_kind,
    housed.building_id as subject_id,
    housed.on_parcel_id as parcel_id,
    housed.sector || '.' || carrier.part as gpc_ref,
    'gpc' as book,
    carrier.carrier,
    (housed.floor_area_m2 * housed.share)::double as base,
    (housed.floor_area_low_m2 * housed.share)::double as base_low,
    (housed.floor_area_high_m2 * housed.share)::double as base_high,
    'm2' as base_unit,
    case when housed.use is not null then carrier.intensity_class || '.' || housed.use end as activity_factors,
    'kWh/a' as activity_unit,
    carrier.emission_factor,
    'floor_area_intensity' as method,
    'modelled' as evidence,
    case when housed.use is null then 'NE' end as notation_key,
    case when housed.use is null then 'use_unknown' end as reason
from housed
cross join carrier
where housed.use is not null or carrier.carrier = 'electricity'
