-- one row per parcel: the traffic of the roads on it, and what the cars of those who live there charge
with setting as (
    select
        max(value) filter (quantity = 'vehicle_km_per_head.light') as km_per_head,
        max(1 - low / value) filter (quantity = 'vehicle_km_per_head.light') as km_down,
        max(high / value - 1) filter (quantity = 'vehicle_km_per_head.light') as km_up,
        max(value) filter (quantity = 'electric_driving.light') as electric_share,
        max(1 - low / value) filter (quantity = 'electric_driving.light') as electric_down,
        max(high / value - 1) filter (quantity = 'electric_driving.light') as electric_up,
        max(value) filter (quantity = 'electricity_use.electric_car') as kwh_per_km,
        max(1 - low / value) filter (quantity = 'electricity_use.electric_car') as kwh_down,
        max(high / value - 1) filter (quantity = 'electricity_use.electric_car') as kwh_up
    from factor_in_force
),

charging as (
    select
        km_per_head * electric_share * kwh_per_km as kwh_per_head,
        sqrt(pow(km_down, 2) + pow(electric_down, 2) + pow(kwh_down, 2)) as down,
        sqrt(pow(km_up, 2) + pow(electric_up, 2) + pow(kwh_up, 2)) as up
    from setting
),

zone_traffic as (
    select sum(light_vehicle_km_per_a) as light_km
    from road_traffic
),

traffic as (
    select
        road_parcel.parcel_id,
        sum(road_traffic.light_vehicle_km_per_a * road_parcel.share) as light_km,
        sum(road_traffic.light_vehicle_km_per_a_low * road_parcel.share) as light_low_km,
        sum(road_traffic.light_vehicle_km_per_a_high * road_parcel.share) as light_high_km,
        sum(road_traffic.heavy_vehicle_km_per_a * road_parcel.share) as heavy_km,
        sum(road_traffic.heavy_vehicle_km_per_a_low * road_parcel.share) as heavy_low_km,
        sum(road_traffic.heavy_vehicle_km_per_a_high * road_parcel.share) as heavy_high_km
    from road_traffic
    inner join road_parcel using (road_id)
    group by road_parcel.parcel_id
),

home as (
    select
        building_parcel.parcel_id,
        sum(building.residents * building_parcel.share) as residents,
        count(*) > 0 and count(building.residents) = 0 as is_mute
    from building
    inner join building_parcel using (building_id)
    where building.status = 'existing'
    group by building_parcel.parcel_id
),

lived as (
    select sum(residents) > 0 as is_lived_in
    from home
),

placed as (
    select
        parcel.parcel_id,
        parcel.area_m2,
        -- no road and nobody at home is a zero that is known, as long as the zone has a figure
        case when zone_traffic.light_km is not null then coalesce(traffic.light_km, 0) end as light_km,
        case when zone_traffic.light_km is not null then coalesce(traffic.light_low_km, 0) end as light_low_km,
        case when zone_traffic.light_km is not null then coalesce(traffic.light_high_km, 0) end as light_high_km,
        case when zone_traffic.light_km is not null then coalesce(traffic.heavy_km, 0) end as heavy_km,
        case when zone_traffic.light_km is not null then coalesce(traffic.heavy_low_km, 0) end as heavy_low_km,
        case when zone_traffic.light_km is not null then coalesce(traffic.heavy_high_km, 0) end as heavy_high_km,
        case
            when lived.is_lived_in and not coalesce(home.is_mute, false)
                then coalesce(home.residents, 0) * charging.kwh_per_head
        end as charging_kwh,
        charging.down,
        charging.up,
        case
            when not coalesce(lived.is_lived_in, false) and zone.population = 0 then 'no_residents'
            when not coalesce(lived.is_lived_in, false) and zone.population is null then 'residents_unknown'
            when charging.kwh_per_head is null then 'no_factor'
            when zone_traffic.light_km is null then 'no_roads'
            when not coalesce(lived.is_lived_in, false) then 'homes_unknown'
            when home.is_mute then 'use_unknown'
        end as reason
    from parcel
    left join traffic using (parcel_id)
    left join home using (parcel_id)
    cross join zone
    cross join zone_traffic
    cross join lived
    cross join charging
)

select
    parcel_id,
    (light_km + heavy_km)::double as vehicle_km_per_a,
    (light_low_km + heavy_low_km)::double as vehicle_km_per_a_low,
    (light_high_km + heavy_high_km)::double as vehicle_km_per_a_high,
    heavy_km::double as heavy_vehicle_km_per_a,
    heavy_low_km::double as heavy_vehicle_km_per_a_low,
    heavy_high_km::double as heavy_vehicle_km_per_a_high,
    ((light_km + heavy_km) / area_m2)::double as vehicle_km_per_m2_a,
    ((light_low_km + heavy_low_km) / area_m2)::double as vehicle_km_per_m2_a_low,
    ((light_high_km + heavy_high_km) / area_m2)::double as vehicle_km_per_m2_a_high,
    charging_kwh::double as charging_kwh_per_a,
    (charging_kwh * greatest(1 - down, 0))::double as charging_kwh_per_a_low,
    (charging_kwh * (1 + up))::double as charging_kwh_per_a_high,
    case when coalesce(light_km, charging_kwh) is not null then 'modelled' end as mobility_evidence,
    case when reason is not null then 'NE' end as mobility_notation_key,
    reason as mobility_reason
from placed
order by parcel_id
