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
        max(base_levels + levels) as top_levels,
        st_area(st_union_agg(geometry)) as covered_m2
    from building_part
    group by all
),

counted_error as (
    select value / 100 as share
    from factor_in_force
    where quantity = 'floor_area_error.counted'
),

-- the year of completion decides what stands in the base year; where none is told, the source's word does
-- storeys of the outline itself: told, else as many as the height holds; halls have one
storeyed as (
    select
        footprint.* exclude (status),
        case
            when footprint.status not in ('existing', 'planned') then footprint.status
            when footprint.year_built > zone.year then 'planned'
            when footprint.year_built is not null then 'existing'
            else footprint.status
        end as status,
        building_height.height_m as ladder_m,
        building_height.height_low_m,
        building_height.height_high_m,
        building_height.height_source,
        largest.parcel_id,
        parcel.neighbourhood_id,
        storey.storey_m,
        storey.storey_low_m,
        storey.storey_high_m,
        storey.is_hall,
        storey.levels as levels_usual,
        storey.levels_high,
        part.floor_area_m2 as part_floor_m2,
        part.covered_m2,
        part.top_levels,
        footprint.levels is not null or building_height.levels is not null as is_counted,
        coalesce(
            footprint.levels,
            building_height.levels,
            case when storey.is_hall then 1 else greatest(round(building_height.height_m / storey.storey_m), 1) end
        ) as own_levels
    from footprint
    cross join zone
    inner join building_height using (building_id)
    inner join largest using (building_id)
    inner join parcel using (parcel_id)
    inner join storey
        on
            storey.use = coalesce(footprint.use, 'other')
            and coalesce(footprint.year_built, 0) >= storey.from_year
            and coalesce(footprint.year_built, 0) < storey.until_year
    left join part using (building_id)
),

-- parts count by themselves, ground without a part at the outline's storeys, and never more than the tallest would hold
floored as (
    select
        storeyed.*,
        greatest(own_levels, top_levels) as storeys,
        case
            when part_floor_m2 is null
                then footprint_m2 * greatest(own_levels - coalesce(base_levels, 0), 1)
            else least(
                part_floor_m2 + greatest(footprint_m2 - covered_m2, 0) * own_levels,
                footprint_m2 * greatest(own_levels, top_levels)
            )
        end as floor_m2,
        case when part_floor_m2 is null then coalesce(base_m, base_levels * storey_m, 0) else 0 end as foot_m,
        case
            when is_counted then counted_error.share
            when height_source = 'use' then 1 - height_low_m / ladder_m
            else sqrt(pow(1 - height_low_m / ladder_m, 2) + pow(1 - storey_m / storey_high_m, 2))
        end as floor_down,
        case
            when is_counted then counted_error.share
            -- of a hall of which nothing is known the storeys are as many as such halls have at most
            when is_hall and height_source = 'use' then greatest(levels_high / levels_usual - 1, counted_error.share)
            when is_hall then greatest(height_high_m / storey_low_m - 1, counted_error.share)
            when height_source = 'use' then height_high_m / ladder_m - 1
            else sqrt(pow(height_high_m / ladder_m - 1, 2) + pow(storey_m / storey_low_m - 1, 2))
        end as floor_up
    from storeyed
    cross join counted_error
),

-- how many live in a quarter, where a file says so
quarter as (
    select
        neighbourhood_id,
        population * inside_share as people
    from source_neighbourhood
    where source = 'file' and population is not null
),

-- people live in what stands; those whom a source counts are not shared out again
home as (
    select
        floored.building_id,
        floored.status = 'existing' as is_standing,
        floored.use is null as is_mute,
        quarter.people,
        case when quarter.people is not null then floored.neighbourhood_id end as quarter_id,
        case when is_standing then floored.residents end as residents,
        zone.population,
        case when is_standing then floored.floor_m2 * share.value end as home_m2,
        room.value as room_m2,
        household.value as household_size
    from floored
    cross join zone
    left join quarter using (neighbourhood_id)
    left join factor_in_force as share on share.quantity = 'residential_share.' || floored.use
    left join factor_in_force as room on room.quantity = 'floor_area_per_resident'
    left join factor_in_force as household on household.quantity = 'household_size'
),

-- quarters, and all that belongs to none as one
place as (
    select
        quarter_id,
        any_value(population) as population,
        any_value(people) filter (home_m2 > 0 or residents > 0) as people,
        coalesce(sum(residents) filter (is_standing), 0) as counted,
        sum(home_m2) filter (residents is null) as open_m2
    from home
    group by all
),

-- what quarters say is drawn to the zone's number, but for those who live outside of all quarters
drawn as (
    select
        quarter_id,
        population,
        counted,
        open_m2,
        people * coalesce(
            case
                when bool_or(quarter_id is null and open_m2 > 0) over ()
                    then least(population / sum(people) over (), 1)
                else population / sum(people) over ()
            end, 1
        ) as people
    from place
),

peopled as (
    select
        quarter_id,
        open_m2,
        case
            when quarter_id is null then population - coalesce(sum(people) over (), 0)
            else coalesce(people, 0)
        end - counted as others
    from drawn
),

shared as (
    select
        home.*,
        home.is_mute and home.is_standing as is_silent,
        peopled.others,
        peopled.open_m2 as others_m2
    from home
    left join peopled on home.quarter_id is not distinct from peopled.quarter_id
),

dwelling as (
    select
        building_id,
        household_size,
        coalesce(
            residents,
            case when others < 0 then 0 else others end * home_m2 / nullif(others_m2, 0),
            home_m2 / room_m2,
            -- where the use is unknown nobody knows whether people live there
            case when not is_silent then 0 end
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
    floored.status,
    floored.year_built::integer as year_built,
    floored.ladder_m::double as height_m,
    floored.height_low_m::double as height_low_m,
    floored.height_high_m::double as height_high_m,
    floored.height_source,
    floored.storeys::double as levels,
    floored.ground_m::double as ground_m,
    floored.foot_m::double as base_m,
    floored.footprint_m2::double as footprint_m2,
    floored.floor_m2::double as floor_area_m2,
    (floored.floor_m2 * (1 - least(floored.floor_down, 1)))::double as floor_area_low_m2,
    (floored.floor_m2 * (1 + floored.floor_up))::double as floor_area_high_m2,
    dwelling.residents::double as residents,
    coalesce(floored.dwellings, dwelling.residents / dwelling.household_size)::double as dwellings,
    floored.roof_shape,
    floored.roof_direction_deg::double as roof_direction_deg,
    floored.roof_orientation,
    floored.roof_height_m::double as roof_height_m,
    floored.roof_angle_deg::double as roof_angle_deg,
    floored.cadastral_ref,
    floored.parcel_id,
    floored.neighbourhood_id,
    floored.geometry
from floored
inner join dwelling using (building_id)
order by floored.building_id
