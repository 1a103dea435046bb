-- one row per parcel: what those who live on it throw away, let flow and draw; empty where nobody lives
with term (figure, quantity, is_rest) as (
    values
    ('waste', 'waste_generation.municipal', false),
    ('biogenic', 'waste_generation.municipal', false),
    ('biogenic', 'waste_share.recycled', true),
    ('biogenic', 'waste_share.incinerated', false),
    ('biogenic', 'waste_emission.biogenic_co2', false),
    ('bod', 'wastewater_load.bod', false),
    ('bod', 'wastewater.codischarge', false),
    ('nitrogen', 'protein_supply.all', false),
    ('nitrogen', 'protein.consumed', false),
    ('nitrogen', 'protein.nitrogen', false),
    ('nitrogen', 'wastewater.household_nitrogen', false),
    ('nitrogen', 'wastewater.unconsumed_nitrogen', false),
    ('nitrogen', 'wastewater.codischarge', false),
    ('water', 'water_use.residential', false)
),

-- a share of which the rest counts is bounded the other way round
factor as (
    select
        term.figure,
        case when term.is_rest then 1 - known.value else known.value end as value,
        case when term.is_rest then 1 - known.high else known.low end as low,
        case when term.is_rest then 1 - known.low else known.high end as high
    from term
    left join factor_in_force as known using (quantity)
),

-- logarithms of factors add up, and so do the squares of their spreads
per_head as (
    select
        figure,
        case when count(*) = count(value) then product(value) end as value,
        sum(pow(ln(value / low), 2)) as down,
        sum(pow(ln(high / value), 2)) as up
    from factor
    group by figure
),

-- where the zone declares nobody, residents come from floor area per head and are as uncertain as that is
room as (
    select
        case when zone.population is null then pow(ln(room.high / room.value), 2) else 0 end as down,
        case when zone.population is null then pow(ln(room.value / room.low), 2) else 0 end as up
    from zone
    left join factor_in_force as room on room.quantity = 'floor_area_per_resident'
),

bounded as (
    select
        per_head.figure,
        per_head.value,
        per_head.value * exp(-sqrt(per_head.down + room.down)) as low,
        per_head.value * exp(sqrt(per_head.up + room.up)) as high
    from per_head
    cross join room
),

head as (
    select
        max(value) filter (figure = 'waste') as waste,
        max(low) filter (figure = 'waste') as waste_low,
        max(high) filter (figure = 'waste') as waste_high,
        max(value) filter (figure = 'biogenic') as biogenic,
        max(low) filter (figure = 'biogenic') as biogenic_low,
        max(high) filter (figure = 'biogenic') as biogenic_high,
        max(value) filter (figure = 'bod') as bod,
        max(low) filter (figure = 'bod') as bod_low,
        max(high) filter (figure = 'bod') as bod_high,
        max(value) filter (figure = 'nitrogen') as nitrogen,
        max(low) filter (figure = 'nitrogen') as nitrogen_low,
        max(high) filter (figure = 'nitrogen') as nitrogen_high,
        max(value) filter (figure = 'water') as water,
        max(low) filter (figure = 'water') as water_low,
        max(high) filter (figure = 'water') as water_high
    from bounded
),

peopled as (
    select
        building_parcel.parcel_id,
        nullif(sum(building.residents * building_parcel.share), 0) as residents,
        count(*) filter (building.residents is null and building_parcel.parcel_id = building.parcel_id) as unknown
    from building_parcel
    inner join building using (building_id)
    where building.status = 'existing'
    group by building_parcel.parcel_id
)

select
    parcel.parcel_id,
    (peopled.residents * head.waste)::double as waste_t_per_a,
    (peopled.residents * head.waste_low)::double as waste_t_per_a_low,
    (peopled.residents * head.waste_high)::double as waste_t_per_a_high,
    (peopled.residents * head.biogenic)::double as biogenic_tco2_per_a,
    (peopled.residents * head.biogenic_low)::double as biogenic_tco2_per_a_low,
    (peopled.residents * head.biogenic_high)::double as biogenic_tco2_per_a_high,
    (peopled.residents * head.bod)::double as wastewater_bod_kg_per_a,
    (peopled.residents * head.bod_low)::double as wastewater_bod_kg_per_a_low,
    (peopled.residents * head.bod_high)::double as wastewater_bod_kg_per_a_high,
    (peopled.residents * head.nitrogen)::double as wastewater_nitrogen_kg_per_a,
    (peopled.residents * head.nitrogen_low)::double as wastewater_nitrogen_kg_per_a_low,
    (peopled.residents * head.nitrogen_high)::double as wastewater_nitrogen_kg_per_a_high,
    (peopled.residents * head.water)::double as tap_water_m3_per_a,
    (peopled.residents * head.water_low)::double as tap_water_m3_per_a_low,
    (peopled.residents * head.water_high)::double as tap_water_m3_per_a_high,
    (peopled.residents * head.waste / parcel.area_m2)::double as waste_t_per_m2_a,
    (peopled.residents * head.waste_low / parcel.area_m2)::double as waste_t_per_m2_a_low,
    (peopled.residents * head.waste_high / parcel.area_m2)::double as waste_t_per_m2_a_high,
    case
        when peopled.residents * coalesce(head.waste, head.bod, head.nitrogen, head.water) is not null then 'modelled'
    end as resources_evidence,
    coalesce(peopled.unknown, 0)::double as buildings_of_unknown_residents
from parcel
left join peopled using (parcel_id)
cross join head
order by parcel.parcel_id
