-- one row per parcel: what the consumption of those who live on it emits; empty where nobody lives
with category (quantity) as (
    values
    ('lifestyle_footprint.food'),
    ('lifestyle_footprint.housing'),
    ('lifestyle_footprint.mobility'),
    ('lifestyle_footprint.goods'),
    ('lifestyle_footprint.leisure_services')
),

-- parts err each by itself: absolute half-widths add as squares (IPCC 2006, vol. 1, ch. 3, eq. 3.2)
part as (
    select
        case when count(category.quantity) = count(known.value) then sum(known.value) end as value,
        sqrt(sum(pow(known.value - known.low, 2))) as down,
        sqrt(sum(pow(known.high - known.value, 2))) as up
    from category
    left join factor_in_force as known using (quantity)
),

-- the whole stands where the zone's regions do not know all of its parts
counted as (
    select
        coalesce(part.value, known.value) as value,
        case when part.value is not null then part.value - part.down else known.low end as low,
        case when part.value is not null then part.value + part.up else known.high end as high
    from part
    left join factor_in_force as known on known.quantity = 'lifestyle_footprint.all'
),

-- how far accounts of one country lie apart is an error that all parts have in common
whole as (
    select
        counted.value * level.value as value,
        counted.value * level.value
        * exp(-sqrt(pow(ln(counted.value / counted.low), 2) + pow(ln(level.value / level.low), 2))) as low,
        counted.value * level.value
        * exp(sqrt(pow(ln(counted.high / counted.value), 2) + pow(ln(level.high / level.value), 2))) as high
    from counted
    inner join factor_in_force as level on level.quantity = 'lifestyle_level.default'
),

-- where the zone declares nobody, residents come from floor area per head and are as uncertain as that is
room as (
    select
        case when zone.population is null then pow(ln(room.high / room.value), 2) else 0 end as down,
        case when zone.population is null then pow(ln(room.value / room.low), 2) else 0 end as up
    from zone
    left join factor_in_force as room on room.quantity = 'floor_area_per_resident'
),

budget as (
    select
        split_part(quantity, '.', 2) as year,
        value,
        low,
        high
    from factor_in_force
    where quantity like 'lifestyle_budget.%'
),

times as (
    select
        budget.year,
        whole.value / budget.value as value,
        whole.value / budget.value
        * exp(-sqrt(pow(ln(whole.value / whole.low), 2) + pow(ln(budget.high / budget.value), 2))) as low,
        whole.value / budget.value
        * exp(sqrt(pow(ln(whole.high / whole.value), 2) + pow(ln(budget.value / budget.low), 2))) as high
    from whole
    cross join budget
),

head as (
    select
        any_value(whole.value) as value,
        any_value(whole.low) as low,
        any_value(whole.high) as high,
        any_value(whole.value * exp(-sqrt(pow(ln(whole.value / whole.low), 2) + room.down))) as of_all_low,
        any_value(whole.value * exp(sqrt(pow(ln(whole.high / whole.value), 2) + room.up))) as of_all_high,
        max(times.value) filter (times.year = '2030') as times_2030,
        max(times.low) filter (times.year = '2030') as times_2030_low,
        max(times.high) filter (times.year = '2030') as times_2030_high,
        max(times.value) filter (times.year = '2040') as times_2040,
        max(times.low) filter (times.year = '2040') as times_2040_low,
        max(times.high) filter (times.year = '2040') as times_2040_high,
        max(times.value) filter (times.year = '2050') as times_2050,
        max(times.low) filter (times.year = '2050') as times_2050_low,
        max(times.high) filter (times.year = '2050') as times_2050_high
    from whole
    cross join room
    left join times on true
),

peopled as (
    select
        building_parcel.parcel_id,
        sum(building.residents * building_parcel.share) as residents
    from building_parcel
    inner join building using (building_id)
    where building.status = 'existing'
    group by building_parcel.parcel_id
    having sum(building.residents * building_parcel.share) > 0
),

lived as (
    select
        peopled.parcel_id,
        peopled.residents,
        head.*
    from peopled
    cross join head
)

select
    parcel.parcel_id,
    (lived.residents * lived.value)::double as consumption_tco2e_per_a,
    (lived.residents * lived.of_all_low)::double as consumption_tco2e_per_a_low,
    (lived.residents * lived.of_all_high)::double as consumption_tco2e_per_a_high,
    lived.value::double as lifestyle_tco2e_per_person_a,
    lived.low::double as lifestyle_tco2e_per_person_a_low,
    lived.high::double as lifestyle_tco2e_per_person_a_high,
    lived.times_2030::double as times_budget_2030,
    lived.times_2030_low::double as times_budget_2030_low,
    lived.times_2030_high::double as times_budget_2030_high,
    lived.times_2040::double as times_budget_2040,
    lived.times_2040_low::double as times_budget_2040_low,
    lived.times_2040_high::double as times_budget_2040_high,
    lived.times_2050::double as times_budget_2050,
    lived.times_2050_low::double as times_budget_2050_low,
    lived.times_2050_high::double as times_budget_2050_high,
    case when lived.value is not null then 'default' end as lifestyle_evidence
from parcel
left join lived using (parcel_id)
order by parcel.parcel_id
