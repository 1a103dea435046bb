-- one row per building
with largest as (
    select
        building_id,
        arg_max(parcel_id, share) as parcel_id
    from building_parcel
    group by all
),

part as (
    select
        building_id,
        sum(footprint_m2 * levels) as floor_area_m2,
        st_area(st_union_agg(geometry)) as covered_m2
    from building_part
    group by all
),

storeyed as (
    select
        footprint.*,
        building_height.height_m as ladder_m,
        building_height.height_low_m,
        building_height.height_high_m,
        building_height.height_source,
        largest.parcel_id,
        parcel.neighbourhood_id,
        coalesce(
            footprint.levels,
            building_height.levels,
            case when storey.is_hall then 1 else greatest(round(building_height.height_m / storey.storey_m), 1) end
        ) as storeys
    from footprint
    inner join building_height using (building_id)
    inner join largest using (building_id)
    inner join parcel using (parcel_id)
    inner join storey
        on
            storey.use = coalesce(footprint.use, 'other')
            and coalesce(footprint.year_built, 0) >= storey.from_year
            and coalesce(footprint.year_built, 0) < storey.until_year
),

-- parts that cover the outline speak for it alone; few parts only add to it; never more than the whole outline
floored as (
    select
        storeyed.*,
        case
            when part.covered_m2 >= storeyed.footprint_m2 * (
                select value from factor_in_force where quantity = 'inference.parts_cover'
            ) then least(part.floor_area_m2, storeyed.footprint_m2 * storeyed.storeys)
            else storeyed.footprint_m2 * storeyed.storeys
        end as floor_m2
    from storeyed
    left join part using (building_id)
),

-- people live in what stands; those whom a source counts are not shared out again
home as (
    select
        floored.building_id,
        floored.residents,
        zone.population,
        floored.status = 'existing' and coalesce(floored.year_built, 0) <= zone.year as is_standing,
        case when is_standing then floored.floor_m2 * share.value end as home_m2,
        room.value as room_m2,
        household.value as household_size
    from floored
    cross join zone
    left join factor_in_force as share on share.quantity = 'residential_share.' || floored.use
    left join factor_in_force as room on room.quantity = 'floor_area_per_resident'
    left join factor_in_force as household on household.quantity = 'household_size'
),

shared as (
    select
        building_id,
        home_m2,
        room_m2,
        household_size,
        residents,
        population - coalesce(sum(residents) filter (is_standing) over (), 0) as others,
        sum(home_m2) filter (residents is null) over () as others_m2
    from home
),

dwelling as (
    select
        building_id,
        household_size,
        coalesce(
            residents,
            case when others < 0 then 0 else others end * home_m2 / nullif(others_m2, 0),
            home_m2 / room_m2,
            0
        ) as residents
    from shared
)

select
    floored.building_id,
    floored.source,
    floored.name_local,
    floored.name_latin,
    floored.address,
    floored.use,
    floored.use_source,
    floored.use_raw,
    case when floored.status = 'existing' and floored.year_built > zone.year then 'planned' else floored.status end
        as status,
    floored.year_built::integer as year_built,
    floored.ladder_m::double as height_m,
    floored.height_low_m::double as height_low_m,
    floored.height_high_m::double as height_high_m,
    floored.height_source,
    floored.storeys::double as levels,
    floored.ground_m::double as ground_m,
    floored.footprint_m2::double as footprint_m2,
    floored.floor_m2::double as floor_area_m2,
    dwelling.residents::double as residents,
    coalesce(floored.dwellings, dwelling.residents / dwelling.household_size, 0)::double as dwellings,
    floored.roof_shape,
    floored.cadastral_ref,
    floored.parcel_id,
    floored.neighbourhood_id,
    floored.geometry
from floored
inner join dwelling using (building_id)
cross join zone
order by floored.building_id
