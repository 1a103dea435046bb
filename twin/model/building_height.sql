-- one row per building: its height by the best evidence there is, with an interval
with setting as (
    select
        max(value) filter (quantity = 'inference.neighbour_radius') as radius_m,
        max(value) filter (quantity = 'inference.least_neighbours') as least_neighbours,
        max(value) filter (quantity = 'inference.small_footprint') as small_m2
    from factor_in_force
    where quantity like 'inference.%'
),

unknown as (
    select footprint.*
    from footprint
    anti join known_height using (building_id)
),

-- what stands around, of the same use where the use is known; sheds say nothing of houses
neighbour as (
    select
        unknown.building_id,
        count(*) as number,
        quantile_cont(known_height.height_m, 0.5) as height_m,
        quantile_cont(known_height.height_m, 0.1) as height_low_m,
        quantile_cont(known_height.height_m, 0.9) as height_high_m,
        max(known_height.height_high_m / known_height.height_m) as widest
    from unknown
    inner join setting on unknown.footprint_m2 >= setting.small_m2
    inner join known_height
        on
            known_height.x_m between unknown.x_m - setting.radius_m and unknown.x_m + setting.radius_m
            and known_height.y_m between unknown.y_m - setting.radius_m and unknown.y_m + setting.radius_m
            and known_height.footprint_m2 >= setting.small_m2
            and (unknown.use is null or known_height.use = unknown.use)
    group by all
),

typical as (
    select
        unknown.building_id,
        storey.storey_m * storey.levels as height_m,
        storey.storey_low_m * storey.levels_low as height_low_m,
        storey.storey_high_m * storey.levels_high as height_high_m
    from unknown
    cross join setting
    inner join storey
        on
            storey.use = case
                when unknown.footprint_m2 < setting.small_m2 then 'small'
                else coalesce(unknown.use, 'other')
            end
            and coalesce(unknown.year_built, 0) >= storey.from_year
            and coalesce(unknown.year_built, 0) < storey.until_year
),

inferred as (
    select
        typical.building_id,
        null::double as levels,
        case when neighbour.number >= setting.least_neighbours then 'neighbours' else 'use' end as height_source,
        neighbour.height_m as neighbour_m,
        least(neighbour.height_low_m, neighbour.height_m / neighbour.widest) as neighbour_low_m,
        greatest(neighbour.height_high_m, neighbour.height_m * neighbour.widest) as neighbour_high_m,
        typical.height_m,
        typical.height_low_m,
        typical.height_high_m
    from typical
    cross join setting
    left join neighbour using (building_id)
)

select
    building_id,
    height_source,
    levels,
    height_m::double as height_m,
    height_low_m::double as height_low_m,
    height_high_m::double as height_high_m
from known_height
union all
select
    building_id,
    height_source,
    levels,
    case height_source when 'neighbours' then neighbour_m else height_m end as height_m,
    case height_source when 'neighbours' then neighbour_low_m else height_low_m end as height_low_m,
    case height_source when 'neighbours' then neighbour_high_m else height_high_m end as height_high_m
from inferred
order by building_id
