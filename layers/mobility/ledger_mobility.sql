-- one row per road, parcel and fuel, and per parcel with homes: residents' kilometres where they are driven, charged;
-- what the grid loses on the way to the cars
-- residents that the zone declares are exact; those that follow from floor area are as uncertain as that is
with room as (
    select
        case when zone.population is null then factor_in_force.value / factor_in_force.high end as down,
        case when zone.population is null then factor_in_force.value / factor_in_force.low end as up
    from zone
    left join factor_in_force on factor_in_force.quantity = 'floor_area_per_resident'
),

piece as (
    select
        road_traffic.road_id,
        road_parcel.parcel_id,
        road.class,
        road_traffic.carried_persons * road_parcel.share as residents
    from road_traffic
    inner join road using (road_id)
    inner join road_parcel using (road_id)
    where road_traffic.carried_persons is not null
),

fuel as (
    select
        piece.*,
        'petrol' as carrier,
        'vehicle_km_per_head.light ~electric_driving.light fuel_use.petrol_car' as activity_factors,
        'motor_fuel_emission.petrol' as emission_factor
    from piece
    union all
    select
        piece.*,
        'diesel' as carrier,
        'vehicle_km_per_head.light heavy_per_light.' || piece.class
        || ' heavy_vehicle_level.default fuel_use.diesel_heavy' as activity_factors,
        'motor_fuel_emission.diesel' as emission_factor
    from piece
),

home as (
    select
        building_parcel.parcel_id,
        sum(building.residents * building_parcel.share) as residents
    from building
    inner join building_parcel using (building_id)
    where building.status = 'existing'
    group by building_parcel.parcel_id
    having sum(building.residents * building_parcel.share) > 0
),

charging (gpc_ref, carrier, activity_factors, method) as (
    values
    (
        'II.1.2', 'electricity', 'vehicle_km_per_head.light electric_driving.light electricity_use.electric_car',
        'charging_at_home'
    ),
    (
        'II.1.3', 'grid_losses',
        'vehicle_km_per_head.light electric_driving.light electricity_use.electric_car grid_loss.per_delivered',
        'grid_losses'
    )
),

needed (quantity, is_charging) as (
    values
    ('vehicle_km_per_head.light', true),
    ('electric_driving.light', true),
    ('electricity_use.electric_car', true),
    ('fuel_use.petrol_car', false),
    ('fuel_use.diesel_heavy', false)
),

factored as (
    select
        bool_and(factor_in_force.quantity is not null) as has_factors,
        bool_and(factor_in_force.quantity is not null) filter (needed.is_charging) as has_charging_factors
    from needed
    left join factor_in_force using (quantity)
),

counted as (
    select
        (select count(*) > 0 from piece) as has_traffic,
        (select count(*) > 0 from home) as has_homes,
        case
            when coalesce(nullif(zone.population, 0), (select sum(home.residents) from home)) is null
                then case when zone.population = 0 then 'no_residents' else 'residents_unknown' end
        end as nobody
    from zone
),

-- why there is no figure of traffic, of charging; null where there is one
known as (
    select
        counted.has_traffic,
        counted.has_homes,
        case
            when not counted.has_traffic then coalesce(counted.nobody, 'no_roads')
            when not factored.has_factors then 'no_factor'
        end as no_traffic,
        case
            when not counted.has_homes then coalesce(counted.nobody, 'homes_unknown')
            when not factored.has_charging_factors then 'no_factor'
        end as no_charging
    from counted
    cross join factored
),

-- what has no amount of its own; kilometres beyond the zone's edge are among those of its roads
gap as (
    select
        unnest(['II.1.1', 'II.1.1', 'II.1.2', 'II.1.3', 'II.1.3']) as gpc_ref,
        unnest(['petrol', 'diesel', 'electricity', 'grid_losses', 'all']) as carrier,
        unnest([
            known.no_traffic, known.no_traffic, known.no_charging, known.no_charging,
            coalesce(known.no_traffic, 'counted_inside')
        ]) as reason,
        unnest([
            not known.has_traffic, not known.has_traffic, not known.has_homes, not known.has_homes, true
        ]) as is_missing
    from known
)

select
    'road' as subject_kind,
    fuel.road_id as subject_id,
    fuel.parcel_id,
    'II.1.1' as gpc_ref,
    'gpc' as book,
    fuel.carrier,
    fuel.residents::double as base,
    (fuel.residents * room.down)::double as base_low,
    (fuel.residents * room.up)::double as base_high,
    'person' as base_unit,
    fuel.activity_factors,
    'L/a' as activity_unit,
    fuel.emission_factor,
    'vehicle_km_by_road' as method,
    'modelled' as evidence,
    null::varchar as notation_key,
    null::varchar as reason
from fuel
cross join room
union all
select
    'parcel' as subject_kind,
    home.parcel_id as subject_id,
    home.parcel_id,
    charging.gpc_ref,
    'gpc' as book,
    charging.carrier,
    home.residents::double as base,
    (home.residents * room.down)::double as base_low,
    (home.residents * room.up)::double as base_high,
    'person' as base_unit,
    charging.activity_factors,
    'kWh/a' as activity_unit,
    'grid_emission.location' as emission_factor,
    charging.method,
    'modelled' as evidence,
    null::varchar as notation_key,
    null::varchar as reason
from home
cross join charging
cross join room
union all
select
    'asset' as subject_kind,
    energy_asset.asset_id as subject_id,
    energy_asset.parcel_id,
    'II.1.2' as gpc_ref,
    'gpc' as book,
    'electricity' as carrier,
    null::double as base,
    null::double as base_low,
    null::double as base_high,
    '1' as base_unit,
    null::varchar as activity_factors,
    '1' as activity_unit,
    null::varchar as emission_factor,
    'charging_at_home' as method,
    null::varchar as evidence,
    case
        when known.no_charging is null then 'IE'
        when known.no_charging = 'no_residents' then 'NO'
        else 'NE'
    end as notation_key,
    coalesce(known.no_charging, 'charged_at_home') as reason
from energy_asset
cross join known
where energy_asset.kind = 'charging_station' and energy_asset.status = 'existing'
union all
select
    'zone' as subject_kind,
    'zone' as subject_id,
    null::varchar as parcel_id,
    gap.gpc_ref,
    'gpc' as book,
    gap.carrier,
    null::double as base,
    null::double as base_low,
    null::double as base_high,
    '1' as base_unit,
    null::varchar as activity_factors,
    '1' as activity_unit,
    null::varchar as emission_factor,
    'none' as method,
    null::varchar as evidence,
    -- where nobody lives nobody charges at home; what others drive there is not known
    case
        when gap.reason = 'no_residents' and gap.carrier in ('electricity', 'grid_losses') then 'NO'
        when gap.reason = 'counted_inside' then 'IE'
        else 'NE'
    end as notation_key,
    gap.reason
from gap
where gap.is_missing
