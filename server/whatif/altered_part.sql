-- one row per part that a changed building keeps: what stands above its last storey goes; of a building that is to be
-- higher its highest parts rise
with told as (
    select
        asked.draft_id,
        standing_part.*,
        nullif(asked.storeys, standing.levels) as storeys,
        standing.levels as standing_levels,
        nullif(asked.roof, standing.roof_shape) as new_roof,
        standing_part.base_levels + standing_part.levels as top_levels,
        max(standing_part.base_levels + standing_part.levels) over (partition by asked.draft_id) as highest
    from asked
    inner join standing using (building_id)
    inner join standing_part using (building_id)
),

counted as (
    select
        *,
        case
            when storeys < top_levels then storeys - base_levels
            when storeys > standing_levels and top_levels = highest and levels > 0 then storeys - base_levels
            else levels
        end as new_levels
    from told
    where storeys is null or base_levels < storeys
),

roofed as (
    select
        *,
        base_levels + new_levels = max(base_levels + new_levels) over (partition by draft_id)
        and new_roof is not null as is_roofed
    from counted
)

select
    draft_id || '/' || part_id as part_id,
    draft_id as building_id,
    base_m,
    coalesce(base_m + (height_m - base_m) * new_levels / nullif(levels, 0), height_m)::double as height_m,
    base_levels,
    new_levels::double as levels,
    case when is_roofed then new_roof else roof_shape end as roof_shape,
    roof_direction_deg,
    roof_orientation,
    case when not is_roofed then roof_height_m end as roof_height_m,
    case when not is_roofed then roof_angle_deg end as roof_angle_deg,
    footprint_m2,
    geometry
from roofed
order by part_id
