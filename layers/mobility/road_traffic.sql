-- one row per road that is open to cars: its share of the zone's traffic, and what that is in vehicles and kilometres
with people as (
    select coalesce(nullif(sum(building.residents), 0), nullif(any_value(zone.population), 0)) as residents
    from zone
    left join building on building.status = 'existing'
),

setting as (
    select
        max(value) filter (quantity = 'calendar.days') as days,
        max(value) filter (quantity = 'centrality.greatest_ratio') as greatest_ratio,
        max(value) filter (quantity = 'vehicle_km_per_head.light') as km_per_head,
        max(1 - low / value) filter (quantity = 'vehicle_km_per_head.light') as km_down,
        max(high / value - 1) filter (quantity = 'vehicle_km_per_head.light') as km_up,
        max(value) filter (quantity = 'heavy_vehicle_level.default') as heavy_level,
        max(1 - low / value) filter (quantity = 'heavy_vehicle_level.default') as level_down,
        max(high / value - 1) filter (quantity = 'heavy_vehicle_level.default') as level_up,
        max(value / 100) filter (quantity = 'traffic_error.class_default') as class_error
    from factor_in_force
),

-- what lies on no parcel has no place in the ledger
crossing as (
    select distinct road_id
    from road_parcel
),

classed as (
    select
        road.road_id,
        road.class,
        road_centrality.length_km,
        -- of a dual carriageway each way is drawn by itself, and bears half of the class's lanes
        coalesce(
            nullif(road.lanes, 0), case when road.one_way then greatest(usual.value / 2, 1) else usual.value end
        ) as lanes,
        usual.value as usual_lanes,
        traffic.value as vehicles_per_day,
        heavy.value as heavy_per_light,
        1 - heavy.low / heavy.value as heavy_down,
        heavy.high / heavy.value - 1 as heavy_up,
        road_centrality.centrality
    from road
    inner join road_centrality using (road_id)
    inner join crossing using (road_id)
    inner join factor_in_force as traffic on traffic.quantity = 'traffic.' || road.class
    inner join factor_in_force as usual on usual.quantity = 'road_lanes.' || road.class
    inner join factor_in_force as heavy on heavy.quantity = 'heavy_per_light.' || road.class
    where road_centrality.length_km > 0
),

-- how much more ways lead over a road than over its class on average
placed as (
    select
        *,
        sum(centrality * length_km) over (partition by class)
        / sum(length_km) over (partition by class) as class_centrality
    from classed
),

unscaled as (
    select
        placed.*,
        placed.vehicles_per_day * placed.lanes / placed.usual_lanes * least(
            greatest(coalesce(placed.centrality / nullif(placed.class_centrality, 0), 1), 1 / setting.greatest_ratio),
            setting.greatest_ratio
        ) as own_vehicles_per_day,
        own_vehicles_per_day / (1 + placed.heavy_per_light * setting.heavy_level) * placed.length_km as light_weight
    from placed
    cross join setting
),

shared as (
    select
        *,
        light_weight / sum(light_weight) over () as share
    from unscaled
),

driven as (
    select
        shared.*,
        setting.*,
        people.residents * shared.share as carried_persons,
        carried_persons * setting.km_per_head as light_km,
        light_km * shared.heavy_per_light * setting.heavy_level as heavy_km,
        pow(setting.class_error, 2) + pow(setting.km_down, 2) as light_down2,
        pow(setting.class_error, 2) + pow(setting.km_up, 2) as light_up2
    from shared
    cross join setting
    cross join people
),

-- relative half-widths multiply as the root of their sum of squares (IPCC 2006, vol. 1, eq. 3.1)
bounded as (
    select
        *,
        light_km * greatest(1 - sqrt(light_down2), 0) as light_low_km,
        light_km * (1 + sqrt(light_up2)) as light_high_km,
        heavy_km * greatest(1 - sqrt(light_down2 + pow(heavy_down, 2) + pow(level_down, 2)), 0) as heavy_low_km,
        heavy_km * (1 + sqrt(light_up2 + pow(heavy_up, 2) + pow(level_up, 2))) as heavy_high_km
    from driven
)

select
    road_id,
    lanes::double as lanes,
    centrality::double as centrality,
    own_vehicles_per_day::double as unscaled_vehicles_per_day,
    share::double as traffic_share,
    carried_persons::double as carried_persons,
    ((light_km + heavy_km) / length_km / days)::double as vehicles_per_day,
    ((light_low_km + heavy_low_km) / length_km / days)::double as vehicles_per_day_low,
    ((light_high_km + heavy_high_km) / length_km / days)::double as vehicles_per_day_high,
    light_km::double as light_vehicle_km_per_a,
    light_low_km::double as light_vehicle_km_per_a_low,
    light_high_km::double as light_vehicle_km_per_a_high,
    heavy_km::double as heavy_vehicle_km_per_a,
    heavy_low_km::double as heavy_vehicle_km_per_a_low,
    heavy_high_km::double as heavy_vehicle_km_per_a_high,
    case when light_km is not null then 'modelled' end as traffic_evidence
from bounded
order by road_id
