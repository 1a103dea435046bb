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
),

made as (
    select
        counted.*,
        counted.pv_capacity_kw * pv_yield.value as pv_kwh,
        counted.pv_capacity_kw * pv_yield.low as pv_low_kwh,
        counted.pv_capacity_kw * pv_yield.high as pv_high_kwh
    from counted
    left join factor_in_force as pv_yield on pv_yield.quantity = 'pv_yield.specific'
),

-- errors of what is made and what is used are independent: in a quotient their relative sizes add as squares
shared as (
    select
        made.parcel_id,
        made.pv_kwh / nullif(used.electricity_kwh_per_a, 0) as own_share,
        sqrt(
            pow(1 - made.pv_low_kwh / nullif(made.pv_kwh, 0), 2)
            + pow(1 - used.electricity_kwh_per_a / nullif(used.electricity_kwh_per_a_high, 0), 2)
        ) as down,
        sqrt(
            pow(made.pv_high_kwh / nullif(made.pv_kwh, 0) - 1, 2)
            + pow(used.electricity_kwh_per_a / nullif(used.electricity_kwh_per_a_low, 0) - 1, 2)
        ) as up
    from made
    inner join parcel_construction as used using (parcel_id)
)

select
    parcel.parcel_id,
    coalesce(made.energy_assets, 0)::double as energy_assets,
    coalesce(made.substations, 0)::double as substations,
    coalesce(made.transformers, 0)::double as transformers,
    coalesce(made.generators, 0)::double as generators,
    coalesce(made.storages, 0)::double as storages,
    coalesce(made.charging_stations, 0)::double as charging_stations,
    made.generation_capacity_kw::double as generation_capacity_kw,
    coalesce(made.assets_of_unknown_capacity, 0)::double as assets_of_unknown_capacity,
    made.pv_capacity_kw::double as pv_capacity_kw,
    made.pv_kwh::double as pv_generation_kwh_per_a,
    made.pv_low_kwh::double as pv_generation_kwh_per_a_low,
    made.pv_high_kwh::double as pv_generation_kwh_per_a_high,
    case when made.pv_kwh is not null then 'modelled' end as pv_evidence,
    shared.own_share::double as own_generation_share,
    (shared.own_share * greatest(1 - shared.down, 0))::double as own_generation_share_low,
    (shared.own_share * (1 + shared.up))::double as own_generation_share_high
from parcel
left join made using (parcel_id)
left join shared using (parcel_id)
order by parcel.parcel_id
