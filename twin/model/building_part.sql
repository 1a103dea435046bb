-- one row per part of a building whose parts differ in height
with part as (
    select
        source_building.*,
        storey.storey_m,
        storey.is_hall,
        building_height.height_m as building_height_m
    from source_building
    inner join footprint on source_building.part_of = footprint.building_id
    inner join building_height on footprint.building_id = building_height.building_id
    inner join storey
        on
            storey.use = coalesce(footprint.use, 'other')
            and coalesce(footprint.year_built, 0) >= storey.from_year
            and coalesce(footprint.year_built, 0) < storey.until_year
    where source_building.is_part
),

measured as (
    select
        *,
        coalesce(base_m, base_levels * storey_m, 0) as foot_m,
        coalesce(height_m, levels * storey_m, building_height_m) as top_m
    from part
)

select
    feature_id as part_id,
    part_of as building_id,
    foot_m::double as base_m,
    greatest(top_m, foot_m)::double as height_m,
    coalesce(base_levels, round(foot_m / storey_m))::double as base_levels,
    case
        when levels is not null then greatest(levels - coalesce(base_levels, 0), 0)
        when is_hall then (top_m > foot_m)::integer
        else round((greatest(top_m, foot_m) - foot_m) / storey_m)
    end::double as levels,
    roof_shape,
    roof_direction_deg::double as roof_direction_deg,
    roof_orientation,
    roof_height_m::double as roof_height_m,
    roof_angle_deg::double as roof_angle_deg,
    st_area(geometry)::double as footprint_m2,
    geometry
from measured
order by part_id
