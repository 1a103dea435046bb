-- one row per changed building: as the release has it, but for what is asked; it stands, complete, in the base year
with part as (
    select
        building_id,
        sum(footprint_m2 * levels) as floor_m2,
        max(height_m) as top_m,
        max(base_levels + levels) as highest,
        st_area(st_union_agg(geometry)) as covered_m2
    from standing_part
    group by all
),

kept_part as (
    select
        building_id as draft_id,
        sum(footprint_m2 * levels) as floor_m2,
        max(height_m) as top_m
    from altered_part
    group by all
),

told as (
    select
        standing.*,
        asked.draft_id,
        asked.ground_m as nearest_ground_m,
        nullif(asked.storeys, standing.levels) as storeys,
        nullif(asked.use, standing.use) as new_use,
        nullif(asked.roof, standing.roof_shape) as new_roof,
        part.floor_m2 as part_m2,
        part.top_m,
        coalesce(part.highest >= standing.levels, false) as parts_tell,
        coalesce(kept_part.floor_m2, 0) as kept_m2,
        kept_part.top_m as kept_top_m,
        greatest(standing.footprint_m2 - part.covered_m2, 0) as open_m2
    from asked
    inner join standing using (building_id)
    left join part using (building_id)
    left join kept_part using (draft_id)
),

-- a storey more or less is one over the outline; where parts reach the top, those count that are left, and ground
-- without a part as it did
measured as (
    select
        *,
        case
            when storeys is null then floor_area_m2
            when not parts_tell then greatest(floor_area_m2 + (storeys - levels) * footprint_m2, footprint_m2)
            else least(
                kept_m2 * least(floor_area_m2 / nullif(part_m2, 0), 1)
                + least(greatest(floor_area_m2 - part_m2, 0), open_m2 * storeys),
                footprint_m2 * storeys
            )
        end as new_floor_m2,
        case
            when storeys is null then height_m
            when parts_tell and kept_top_m is not null then height_m * kept_top_m / top_m
            else greatest(height_m * storeys / levels, coalesce(base_m, 0) + height_m / levels)
        end as new_height_m
    from told
),

-- whose use stays keeps its people by floor area; to another use they come as densely as in the quarter
peopled as (
    select
        measured.*,
        case
            when measured.new_use is null and measured.status = 'existing'
                then measured.residents * coalesce(measured.new_floor_m2 / nullif(measured.floor_area_m2, 0), 1)
            when coalesce(measured.new_use, measured.use) is not null
                then coalesce(
                    measured.new_floor_m2 * share.value / coalesce(quarter.m2, anywhere.m2, room.value), 0
                )
        end as new_residents,
        coalesce(
            nullif(measured.residents, 0) / nullif(measured.dwellings, 0), household.value
        ) as household_size
    from measured
    left join factor_in_force as share
        on share.quantity = 'residential_share.' || coalesce(measured.new_use, measured.use)
    left join factor_in_force as room on room.quantity = 'floor_area_per_resident'
    left join factor_in_force as household on household.quantity = 'household_size'
    left join lived as quarter on measured.neighbourhood_id = quarter.neighbourhood_id
    left join lived as anywhere on anywhere.neighbourhood_id is null
),

counted_error as (
    select value / 100 as share
    from factor_in_force
    where quantity = 'floor_area_error.counted'
)

select
    peopled.* exclude (
        draft_id, nearest_ground_m, storeys, new_use, new_roof, part_m2, top_m, parts_tell, kept_m2, kept_top_m,
        open_m2, new_floor_m2, new_height_m, new_residents, household_size
    )
    replace (
        peopled.draft_id as building_id,
        case when peopled.storeys is null then peopled.source else 'draft' end as source,
        coalesce(peopled.new_use, peopled.use) as use,
        'existing' as status,
        case when peopled.year_built > zone.year then zone.year else peopled.year_built end::integer as year_built,
        peopled.new_height_m::double as height_m,
        (peopled.height_low_m * peopled.new_height_m / peopled.height_m)::double as height_low_m,
        (peopled.height_high_m * peopled.new_height_m / peopled.height_m)::double as height_high_m,
        coalesce(peopled.storeys, peopled.levels)::double as levels,
        coalesce(peopled.ground_m, peopled.nearest_ground_m)::double as ground_m,
        peopled.new_floor_m2::double as floor_area_m2,
        case
            when peopled.storeys is null then peopled.floor_area_low_m2
            else peopled.new_floor_m2 * (1 - counted_error.share)
        end::double as floor_area_low_m2,
        case
            when peopled.storeys is null then peopled.floor_area_high_m2
            else peopled.new_floor_m2 * (1 + counted_error.share)
        end::double as floor_area_high_m2,
        peopled.new_residents::double as residents,
        (peopled.new_residents / peopled.household_size)::double as dwellings,
        coalesce(peopled.new_roof, peopled.roof_shape) as roof_shape,
        case when peopled.new_roof is null then peopled.roof_height_m end as roof_height_m,
        case when peopled.new_roof is null then peopled.roof_angle_deg end as roof_angle_deg
    )
from peopled
cross join counted_error
cross join zone
order by peopled.draft_id
