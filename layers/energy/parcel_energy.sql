-- one row per parcel: what stands in the base year; a generator inside a plant of known power is part of that power
with standing as (
    select *
    from energy_asset
    where status = 'existing'
),

within_plant as (
    select distinct generator.asset_id
    from standing as generator
    inner join standing as plant on st_intersects(plant.geometry, generator.geometry)
    where generator.kind = 'generator' and plant.kind = 'plant' and plant.capacity_kw is not null
),

counted as (
    select
        parcel_id,
        count(*) as energy_assets,
        count(*) filter (kind = 'substation') as substations,
        count(*) filter (kind = 'transformer') as transformers,
        count(*) filter (kind in ('generator', 'plant')) as generators,
        count(*) filter (kind = 'storage') as storages,
        count(*) filter (kind = 'charging_station') as charging_stations,
        sum(capacity_kw) filter (
            kind in ('generator', 'plant') and asset_id not in (select asset_id from within_plant)
        ) as generation_capacity_kw,
        sum(capacity_kw) filter (
            kind in ('generator', 'plant')
            and source_fuel = 'solar'
            and asset_id not in (select asset_id from within_plant)
        ) as pv_capacity_kw,
        count(*) filter (capacity_kw is null and kind != 'line') as assets_of_unknown_capacity
    from standing
    where parcel_id is not null
    group by all
)

select
    parcel.parcel_id,
    coalesce(counted.energy_assets, 0)::double as energy_assets,
    coalesce(counted.substations, 0)::double as substations,
    coalesce(counted.transformers, 0)::double as transformers,
    coalesce(counted.generators, 0)::double as generators,
    coalesce(counted.storages, 0)::double as storages,
    coalesce(counted.charging_stations, 0)::double as charging_stations,
    counted.generation_capacity_kw::double as generation_capacity_kw,
    coalesce(counted.assets_of_unknown_capacity, 0)::double as assets_of_unknown_capacity,
    counted.pv_capacity_kw::double as pv_capacity_kw,
    (counted.pv_capacity_kw * pv_yield.value)::double as pv_generation_kwh_per_a,
    (counted.pv_capacity_kw * pv_yield.low)::double as pv_generation_kwh_per_a_low,
    (counted.pv_capacity_kw * pv_yield.high)::double as pv_generation_kwh_per_a_high,
    case when counted.pv_capacity_kw * pv_yield.value is not null then 'modelled' end as pv_evidence
from parcel
left join counted using (parcel_id)
left join factor_in_force as pv_yield on pv_yield.quantity = 'pv_yield.specific'
order by parcel.parcel_id
