-- one row per building of known height: by tag or column, by surface model, or by its storeys; its highest part counts
with part as (
    select
        part_of as building_id,
        max(height_m) as height_m,
        max(levels) as levels
    from source_building
    where is_part
    group by all
),

told as (
    select
        footprint.building_id,
        footprint.x_m,
        footprint.y_m,
        footprint.footprint_m2,
        footprint.use,
        footprint.height_dsm_m,
        greatest(footprint.height_m, part.height_m) as height_m,
        greatest(footprint.levels, part.levels) as levels,
        storey.storey_m,
        storey.storey_low_m,
        storey.storey_high_m
    from footprint
    left join part using (building_id)
    inner join storey
        on
            storey.use = coalesce(footprint.use, 'other')
            and coalesce(footprint.year_built, 0) >= storey.from_year
            and coalesce(footprint.year_built, 0) < storey.until_year
),

error as (
    select
        split_part(quantity, '.', 2) as height_source,
        value / 100 as share
    from factor_in_force
    where quantity like 'height_error.%'
),

ranked as (
    select
        told.*,
        case
            when told.height_m is not null then 'tag'
            when
                told.height_dsm_m
                >= (select value from factor_in_force where quantity = 'inference.least_surface_height') then 'dsm'
            when told.levels > 0 then 'levels'
        end as height_source
    from told
)

select
    ranked.building_id,
    ranked.x_m,
    ranked.y_m,
    ranked.footprint_m2,
    ranked.use,
    ranked.levels,
    ranked.height_source,
    case ranked.height_source
        when 'tag' then ranked.height_m
        when 'dsm' then ranked.height_dsm_m
        else ranked.levels * ranked.storey_m
    end as height_m,
    case ranked.height_source
        when 'tag' then ranked.height_m * (1 - error.share)
        when 'dsm' then ranked.height_dsm_m * (1 - error.share)
        else ranked.levels * ranked.storey_low_m
    end as height_low_m,
    case ranked.height_source
        when 'tag' then ranked.height_m * (1 + error.share)
        when 'dsm' then ranked.height_dsm_m * (1 + error.share)
        else ranked.levels * ranked.storey_high_m
    end as height_high_m
from ranked
left join error using (height_source)
where ranked.height_source is not null
order by ranked.building_id
