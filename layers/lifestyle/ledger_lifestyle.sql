-- one row per building, parcel and category of consumption; one of the zone where nobody is known to live in it
with category (name, quantity) as (
    values
    ('food', 'lifestyle_footprint.food'),
    ('housing', 'lifestyle_footprint.housing'),
    ('mobility', 'lifestyle_footprint.mobility'),
    ('goods', 'lifestyle_footprint.goods'),
    ('leisure_services', 'lifestyle_footprint.leisure_services')
),

-- the whole stands where the zone's regions do not know all of its parts
split as (
    select count(category.quantity) = count(factor_in_force.value) as is_known
    from category
    left join factor_in_force using (quantity)
),

consumed as (
    select category.*
    from category
    cross join split
    where split.is_known
    union all
    select
        'all' as name,
        'lifestyle_footprint.all' as quantity
    from split
    where not split.is_known
),

-- where the zone declares nobody, residents come from floor area per head and are as uncertain as that is
room as (
    select
        zone.population,
        factor_in_force.value / factor_in_force.high as down,
        factor_in_force.value / factor_in_force.low as up
    from zone
    left join factor_in_force on factor_in_force.quantity = 'floor_area_per_resident'
),

housed as (
    select
        building.building_id,
        building_parcel.parcel_id,
        building.residents * building_parcel.share as residents,
        room.population is null as is_modelled,
        room.down,
        room.up
    from building
    inner join building_parcel using (building_id)
    cross join room
    where building.status = 'existing' and coalesce(building.residents != 0, true)
),

people as (
    select coalesce(max(residents), 0) > 0 as are_told
    from housed
)

select
    'building' as subject_kind,
    housed.building_id as subject_id,
    housed.parcel_id,
    consumed.name as gpc_ref,
    'consumption' as book,
    'consumption' as carrier,
    housed.residents::double as base,
    case when housed.is_modelled then housed.residents * housed.down end::double as base_low,
    case when housed.is_modelled then housed.residents * housed.up end::double as base_high,
    'person' as base_unit,
    'lifestyle_level.default' as activity_factors,
    'person' as activity_unit,
    consumed.quantity as emission_factor,
    'footprint_per_resident' as method,
    'default' as evidence,
    null as notation_key,
    null as reason
from housed
cross join consumed
where housed.residents is not null
union all
select
    'building' as subject_kind,
    housed.building_id as subject_id,
    housed.parcel_id,
    'all' as gpc_ref,
    'consumption' as book,
    'consumption' as carrier,
    null as base,
    null as base_low,
    null as base_high,
    '1' as base_unit,
    null as activity_factors,
    '1' as activity_unit,
    null as emission_factor,
    'footprint_per_resident' as method,
    null as evidence,
    'NE' as notation_key,
    'use_unknown' as reason
from housed
where housed.residents is null
union all
select
    'zone' as subject_kind,
    'zone' as subject_id,
    null as parcel_id,
    'all' as gpc_ref,
    'consumption' as book,
    'consumption' as carrier,
    null as base,
    null as base_low,
    null as base_high,
    '1' as base_unit,
    null as activity_factors,
    '1' as activity_unit,
    null as emission_factor,
    'footprint_per_resident' as method,
    null as evidence,
    case when room.population = 0 then 'NO' else 'NE' end as notation_key,
    case
        when room.population = 0 then 'no_residents'
        when room.population is not null then 'homes_unknown'
        else 'population_unknown'
    end as reason
from people
cross join room
where not people.are_told
