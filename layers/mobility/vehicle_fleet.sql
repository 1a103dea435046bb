-- one row per class of vehicles and what drives it: its share of the class, and what it drives and uses in a year
with setting as (
    select
        max(value) filter (quantity = 'vehicle_share.plug_in') as plug_in,
        max(year) filter (quantity = 'vehicle_share.plug_in') as vintage,
        max(value) filter (quantity = 'plug_in_share.battery') as battery,
        max(value) filter (quantity = 'electric_driving.hybrid') as hybrid_electric,
        max(value) filter (quantity = 'vehicles_per_head.light') as vehicles_per_head,
        max(value) filter (quantity = 'fuel_use.petrol_car') as petrol_l_per_km,
        max(value) filter (quantity = 'fuel_use.diesel_heavy') as diesel_l_per_km,
        max(value) filter (quantity = 'electricity_use.electric_car') as kwh_per_km
    from factor_in_force
),

driven as (
    select
        sum(carried_persons) as residents,
        sum(light_vehicle_km_per_a) as light_km,
        sum(heavy_vehicle_km_per_a) as heavy_km
    from road_traffic
),

drive as (
    select
        unnest(['light_petrol', 'light_plug_in_hybrid', 'light_battery', 'heavy_diesel']) as fleet_id,
        unnest(['light', 'light', 'light', 'heavy']) as vehicle_class,
        unnest([1 - plug_in, plug_in * (1 - battery), plug_in * battery, 1]) as share,
        unnest([0, hybrid_electric, 1, 0]) as electric_share,
        unnest([petrol_l_per_km, petrol_l_per_km, petrol_l_per_km, diesel_l_per_km]) as litres_per_km
    from setting
),

moved as (
    select
        drive.*,
        drive.share * case drive.vehicle_class when 'light' then driven.light_km else driven.heavy_km end as driven_km,
        -- how many lorries belong to a zone nobody counts
        case drive.vehicle_class when 'light' then driven.residents * setting.vehicles_per_head * drive.share end
            as vehicles,
        setting.kwh_per_km,
        case drive.vehicle_class when 'light' then setting.vintage end as vintage
    from drive
    cross join driven
    cross join setting
)

select
    fleet_id,
    vehicle_class,
    vintage::integer as share_year,
    share::double as share_of_class,
    vehicles::double as vehicles,
    driven_km::double as vehicle_km_per_a,
    electric_share::double as electric_share,
    (driven_km * (1 - electric_share) * litres_per_km)::double as fuel_l_per_a,
    (driven_km * electric_share * kwh_per_km)::double as electricity_kwh_per_a
from moved
order by fleet_id
