-- one row per class of vehicles and what drives it: its share of the class, and what it drives and uses in a year
with factor as (
    select
        quantity,
        year,
        value,
        greatest(1 - low / nullif(value, 0), 0) as down,
        greatest(high / nullif(value, 0) - 1, 0) as up,
        -- of what is left over
        greatest((high - value) / nullif(1 - value, 0), 0) as rest_down,
        greatest((value - low) / nullif(1 - value, 0), 0) as rest_up
    from factor_in_force
),

setting as (
    select
        max(value) filter (quantity = 'vehicle_share.plug_in') as plug_in,
        max(year) filter (quantity = 'vehicle_share.plug_in') as vintage,
        max(value) filter (quantity = 'plug_in_share.battery') as battery,
        max(value) filter (quantity = 'electric_driving.hybrid') as hybrid_electric,
        max(value) filter (quantity = 'vehicles_per_head.light') as vehicles_per_head,
        max(value) filter (quantity = 'fuel_use.petrol_car') as petrol_l_per_km,
        max(value) filter (quantity = 'fuel_use.diesel_heavy') as diesel_l_per_km,
        max(value) filter (quantity = 'electricity_use.electric_car') as kwh_per_km
    from factor
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

-- which factors each figure is made of; ~ takes what one leaves over
term (fleet_id, figure, quantity, is_rest) as (
    values
    ('light_petrol', 'share', 'vehicle_share.plug_in', true),
    ('light_plug_in_hybrid', 'share', 'vehicle_share.plug_in', false),
    ('light_plug_in_hybrid', 'share', 'plug_in_share.battery', true),
    ('light_battery', 'share', 'vehicle_share.plug_in', false),
    ('light_battery', 'share', 'plug_in_share.battery', false),
    ('light_petrol', 'km', 'vehicle_km_per_head.light', false),
    ('light_plug_in_hybrid', 'km', 'vehicle_km_per_head.light', false),
    ('light_battery', 'km', 'vehicle_km_per_head.light', false),
    ('heavy_diesel', 'km', 'vehicle_km_per_head.light', false),
    ('heavy_diesel', 'km', 'heavy_vehicle_level.default', false),
    ('light_petrol', 'vehicles', 'vehicles_per_head.light', false),
    ('light_plug_in_hybrid', 'vehicles', 'vehicles_per_head.light', false),
    ('light_battery', 'vehicles', 'vehicles_per_head.light', false),
    ('light_petrol', 'fuel', 'fuel_use.petrol_car', false),
    ('light_plug_in_hybrid', 'fuel', 'fuel_use.petrol_car', false),
    ('light_plug_in_hybrid', 'fuel', 'electric_driving.hybrid', true),
    ('heavy_diesel', 'fuel', 'fuel_use.diesel_heavy', false),
    ('light_plug_in_hybrid', 'electricity', 'electric_driving.hybrid', false),
    ('light_plug_in_hybrid', 'electricity', 'electricity_use.electric_car', false),
    ('light_battery', 'electricity', 'electricity_use.electric_car', false)
),

-- relative half-widths multiply as the root of their sum of squares (IPCC 2006, vol. 1, eq. 3.1)
spread as (
    select
        term.fleet_id,
        term.figure,
        sum(pow(case when term.is_rest then factor.rest_down else factor.down end, 2)) as down2,
        sum(pow(case when term.is_rest then factor.rest_up else factor.up end, 2)) as up2
    from term
    inner join factor using (quantity)
    group by all
),

doubt as (
    select
        fleet_id,
        coalesce(sum(down2) filter (figure in ('share', 'vehicles')), 0) as vehicles_down2,
        coalesce(sum(up2) filter (figure in ('share', 'vehicles')), 0) as vehicles_up2,
        coalesce(sum(down2) filter (figure in ('share', 'km')), 0) as km_down2,
        coalesce(sum(up2) filter (figure in ('share', 'km')), 0) as km_up2,
        coalesce(sum(down2) filter (figure in ('share', 'km', 'fuel')), 0) as fuel_down2,
        coalesce(sum(up2) filter (figure in ('share', 'km', 'fuel')), 0) as fuel_up2,
        coalesce(sum(down2) filter (figure in ('share', 'km', 'electricity')), 0) as electricity_down2,
        coalesce(sum(up2) filter (figure in ('share', 'km', 'electricity')), 0) as electricity_up2
    from spread
    group by fleet_id
),

moved as (
    select
        drive.*,
        drive.share * case drive.vehicle_class when 'light' then driven.light_km else driven.heavy_km end as driven_km,
        -- how many lorries belong to a zone nobody counts
        case drive.vehicle_class when 'light' then driven.residents * setting.vehicles_per_head * drive.share end
            as vehicles,
        driven_km * (1 - drive.electric_share) * drive.litres_per_km as fuel_l,
        driven_km * drive.electric_share * setting.kwh_per_km as kwh,
        case drive.vehicle_class when 'light' then setting.vintage end as vintage
    from drive
    cross join driven
    cross join setting
)

select
    moved.fleet_id,
    moved.vehicle_class,
    moved.vintage::integer as share_year,
    moved.share::double as share_of_class,
    moved.vehicles::double as vehicles,
    (moved.vehicles * greatest(1 - sqrt(doubt.vehicles_down2), 0))::double as vehicles_low,
    (moved.vehicles * (1 + sqrt(doubt.vehicles_up2)))::double as vehicles_high,
    moved.driven_km::double as vehicle_km_per_a,
    (moved.driven_km * greatest(1 - sqrt(doubt.km_down2), 0))::double as vehicle_km_per_a_low,
    (moved.driven_km * (1 + sqrt(doubt.km_up2)))::double as vehicle_km_per_a_high,
    moved.electric_share::double as electric_share,
    moved.fuel_l::double as fuel_l_per_a,
    (moved.fuel_l * greatest(1 - sqrt(doubt.fuel_down2), 0))::double as fuel_l_per_a_low,
    (moved.fuel_l * (1 + sqrt(doubt.fuel_up2)))::double as fuel_l_per_a_high,
    moved.kwh::double as electricity_kwh_per_a,
    (moved.kwh * greatest(1 - sqrt(doubt.electricity_down2), 0))::double as electricity_kwh_per_a_low,
    (moved.kwh * (1 + sqrt(doubt.electricity_up2)))::double as electricity_kwh_per_a_high
from moved
left join doubt using (fleet_id)
order by moved.fleet_id
