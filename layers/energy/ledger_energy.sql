-- one row per building and parcel for the losses of the grid, per asset for generation and storage, else by the zone
with housed as (
    select
        building.building_id,
        building.use,
        building.year_built,
        'electricity_intensity.' || building.use as intensity,
        building.floor_area_m2 * building_parcel.share as base,
        building.floor_area_low_m2 * building_parcel.share as base_low,
        building.floor_area_high_m2 * building_parcel.share as base_high,
        building_parcel.parcel_id,
        case
            when parcel.land_use = 'industrial' or building.use = 'industrial' then 'I.3'
            when building.use = 'residential' then 'I.1'
            when building.use = 'agricultural' then 'I.5'
            else 'I.2'
        end as sector
    from building
    inner join building_parcel using (building_id)
    inner join parcel on building.parcel_id = parcel.parcel_id
    where building.status = 'existing'
),

-- by the intensity of the building's age, where there is one
lost as (
    select
        'building' as subject_kind,
        housed.building_id as subject_id,
        housed.parcel_id,
        housed.sector || '.3' as gpc_ref,
        'grid_losses' as carrier,
        housed.base,
        housed.base_low,
        housed.base_high,
        'm2' as base_unit,
        coalesce(factor_by_age.quantity, housed.intensity) || ' grid_loss.per_delivered' as activity_factors,
        'grid_emission.location' as emission_factor,
        'grid_losses' as method,
        case when housed.use is null then 'NE' end as notation_key,
        case when housed.use is null then 'use_unknown' end as reason
    from housed
    left join factor_by_age
        on
            housed.intensity = factor_by_age.stem
            and housed.year_built between factor_by_age.from_year and factor_by_age.until_year
),

standing as (
    select
        asset_id,
        kind,
        source_fuel,
        capacity_kw,
        parcel_id,
        geometry
    from energy_asset
    where status = 'existing' and parcel_id is not null
),

-- a generator inside a plant of known power is part of that power
within_plant as (
    select distinct generator.asset_id
    from standing as generator
    inner join standing as plant on st_intersects(plant.geometry, generator.geometry)
    where generator.kind = 'generator' and plant.kind = 'plant' and plant.capacity_kw is not null
),

generator as (
    select
        asset_id,
        parcel_id,
        capacity_kw,
        coalesce(source_fuel = 'solar', false) as is_solar
    from standing
    where kind in ('generator', 'plant', 'heat') and asset_id not in (select asset_id from within_plant)
),

generated as (
    select
        'asset' as subject_kind,
        asset_id as subject_id,
        parcel_id,
        'I.4.4' as gpc_ref,
        case when is_solar then 'pv' else 'generation' end as carrier,
        capacity_kw as base,
        null::double as base_low,
        null::double as base_high,
        'kW' as base_unit,
        'pv_yield.specific' as activity_factors,
        'generation_emission.solar' as emission_factor,
        'capacity_yield' as method,
        case when not is_solar or capacity_kw is null then 'NE' end as notation_key,
        case when not is_solar then 'running_hours_unknown' when capacity_kw is null then 'capacity_unknown' end
            as reason
    from generator
),

stored as (
    select
        'asset' as subject_kind,
        asset_id as subject_id,
        parcel_id,
        'I.4.2' as gpc_ref,
        'storage_losses' as carrier,
        'NE' as notation_key,
        'cycles_unknown' as reason
    from standing
    where kind = 'storage'
),

counted as (
    select
        count(*) as generators,
        count(*) filter (not is_solar) as others
    from generator
),

-- what plants take for themselves, and what the zone as a whole has none of
apart as (
    select
        'zone' as subject_kind,
        'zone' as subject_id,
        null as parcel_id,
        word.gpc_ref,
        word.carrier,
        case
            when word.known_by = 'none' then 'NE'
            when word.known_by = 'others' and counted.others > 0 then 'NE'
            else 'NO'
        end as notation_key,
        case
            when word.known_by = 'none' then 'no_leakage_factor'
            when notation_key = 'NE' then 'running_hours_unknown'
            else 'no_plant'
        end as reason
    from (
        values
        ('I.4.1', 'own_use', 'others'),
        ('I.4.2', 'own_use', 'others'),
        ('I.4.3', 'grid_losses', 'others'),
        ('I.4.4', 'generation', 'generators'),
        ('I.8.1', 'gas_leakage', 'none')
    ) as word (gpc_ref, carrier, known_by)
    cross join counted
    where word.known_by != 'generators' or counted.generators = 0
),

unknown as (
    select count(*) as buildings
    from housed
    where use is null
),

-- sectors of which nothing stands; where a building's use is unknown it may be of this kind
idle as (
    select
        'zone' as subject_kind,
        'zone' as subject_id,
        null as parcel_id,
        word.sector || '.3' as gpc_ref,
        'grid_losses' as carrier,
        case when unknown.buildings > 0 then 'NE' else 'NO' end as notation_key,
        case
            when unknown.buildings > 0 then 'use_unknown'
            when word.sector = 'I.3' then 'no_industry'
            else 'no_building'
        end as reason
    from (values ('I.1'), ('I.2'), ('I.3'), ('I.5')) as word (sector)
    cross join unknown
    where word.sector not in (select sector from housed)
),

untold as (
    select * from stored
    union all
    select * from apart
    union all
    select * from idle
),

told as (
    select * from lost
    union all
    select * from generated
    union all
    select
        subject_kind,
        subject_id,
        parcel_id,
        gpc_ref,
        carrier,
        null as base,
        null as base_low,
        null as base_high,
        null as base_unit,
        null as activity_factors,
        null as emission_factor,
        null as method,
        notation_key,
        reason
    from untold
)

select
    subject_kind,
    subject_id,
    parcel_id,
    gpc_ref,
    'gpc' as book,
    carrier,
    case when notation_key is null then base end::double as base,
    case when notation_key is null then base_low end::double as base_low,
    case when notation_key is null then base_high end::double as base_high,
    case when notation_key is null then base_unit else '1' end as base_unit,
    case when notation_key is null then activity_factors end as activity_factors,
    case when notation_key is null then 'kWh/a' else '1' end as activity_unit,
    case when notation_key is null then emission_factor end as emission_factor,
    case when notation_key is null then method else 'none' end as method,
    'modelled' as evidence,
    notation_key,
    reason
from told
