-- one row per parcel
with piece as (
    select
        building_parcel.parcel_id,
        building.footprint_m2 * building_parcel.share as built_m2,
        building.floor_area_m2 * building_parcel.share as floor_area_m2,
        building.residents * building_parcel.share as residents,
        building.height_m,
        building.parcel_id = building_parcel.parcel_id as is_home,
        planning_setting.count_utility or coalesce(building.use, '') != 'utility' as does_count,
        building_parcel.share * case
            when
                (building.height_m - coalesce(building.base_m, 0))
                / nullif(coalesce(building.levels, building.floor_area_m2 / nullif(building.footprint_m2, 0)), 0)
                > planning_setting.tall_storey_m
                then planning_setting.tall_storey_counts
            else 1
        end as counted_share,
        building.height_low_m,
        building.height_high_m,
        building.floor_area_m2 as whole_m2,
        building.floor_area_low_m2 as whole_low_m2,
        building.floor_area_high_m2 as whole_high_m2,
        building_planning.dwellings_without_sunlight * building_parcel.share as dark,
        building_planning.dwellings_without_sunlight_low * building_parcel.share as dark_low,
        building_planning.dwellings_without_sunlight_high * building_parcel.share as dark_high,
        building_planning.access_15min,
        building_planning.access_15min_low,
        building_planning.access_15min_high
    from building_parcel
    inner join building using (building_id)
    inner join building_planning using (building_id)
    cross join planning_setting
    where building.status = 'existing'
),

total as (
    select
        parcel_id,
        count(*) filter (is_home) as buildings,
        sum(built_m2) as built_m2,
        sum(floor_area_m2) as floor_area_m2,
        sum(residents) as residents,
        sum(height_m * built_m2) / sum(built_m2) as mean_height_m,
        max(height_m) as tallest_m,
        max(height_m) filter (is_home and does_count) as counted_height_m,
        max(height_low_m) filter (is_home and does_count) as counted_height_low_m,
        max(height_high_m) filter (is_home and does_count) as counted_height_high_m,
        sum(built_m2) filter (does_count) as counted_built_m2,
        sum(whole_m2 * counted_share) filter (does_count) as counted_m2,
        sum(whole_low_m2 * counted_share) filter (does_count) as counted_low_m2,
        sum(whole_high_m2 * counted_share) filter (does_count) as counted_high_m2,
        sum(dark) as dark,
        sum(dark_low) as dark_low,
        sum(dark_high) as dark_high,
        sum(residents) filter (access_15min is not null and planning_setting.walk_kinds is not null)
            as known_residents,
        sum(residents) filter (access_15min = planning_setting.walk_kinds) as served,
        sum(residents) filter (access_15min_low = planning_setting.walk_kinds) as served_low,
        sum(residents) filter (access_15min_high = planning_setting.walk_kinds) as served_high
    from piece
    cross join planning_setting
    group by all
),

covered as (
    select
        parcel.parcel_id,
        st_union_agg(st_intersection(parcel.geometry, land_cover.geometry)) as geometry
    from parcel
    inner join land_cover on st_intersects(parcel.geometry, land_cover.geometry)
    where land_cover.kind = 'green' and coalesce(land_cover.subkind, '') != 'farmland'
    group by all
),

roofed as (
    select
        covered.parcel_id,
        st_union_agg(building.geometry) as geometry
    from covered
    inner join building on st_intersects(covered.geometry, building.geometry)
    where building.status = 'existing'
    group by all
),

green as (
    select
        covered.parcel_id,
        st_area(
            case
                when roofed.geometry is null then covered.geometry
                else st_difference(covered.geometry, roofed.geometry)
            end
        ) as green_m2
    from covered
    left join roofed using (parcel_id)
),

-- What is less than the tolerance is a sliver between two surveys, no green
held as (
    select
        parcel.parcel_id,
        parcel.area_m2,
        coalesce(parcel.land_use, '') = 'public' as is_public,
        planning_setting.limit_tolerance,
        case
            when green.green_m2 > planning_setting.limit_tolerance * parcel.area_m2 then green.green_m2
            when planning_setting.green_is_complete then 0
        end as green_m2,
        coalesce(total.counted_m2, 0) / parcel.area_m2 as far,
        coalesce(total.counted_m2, 0) / parcel.area_m2 / nullif(parcel.far_max, 0) as far_of_limit,
        coalesce(total.counted_low_m2, 0) / parcel.area_m2 / nullif(parcel.far_max, 0) as far_low,
        coalesce(total.counted_high_m2, 0) / parcel.area_m2 / nullif(parcel.far_max, 0) as far_high,
        coalesce(total.counted_built_m2, 0) / parcel.area_m2 / nullif(parcel.coverage_max, 0) as coverage_of_limit,
        coalesce(total.counted_height_m, 0) / nullif(parcel.height_max_m, 0) as height_of_limit,
        coalesce(total.counted_height_low_m, 0) / nullif(parcel.height_max_m, 0) as height_low,
        coalesce(total.counted_height_high_m, 0) / nullif(parcel.height_max_m, 0) as height_high,
        parcel.green_min,
        planning_setting.green_is_complete,
        coalesce(parcel.far_max, parcel.height_max_m, parcel.coverage_max, parcel.green_min) is not null as has_limit
    from parcel
    cross join planning_setting
    left join total using (parcel_id)
    left join green using (parcel_id)
),

-- Each limit that can be judged: by which share it is exceeded, at least and at most
excess as (
    select
        parcel_id,
        limit_tolerance,
        'far' as named,
        far_low - 1 as low,
        far_high - 1 as high
    from held
    where not is_public and far_of_limit is not null
    union all
    select
        parcel_id,
        limit_tolerance,
        'height' as named,
        height_low - 1 as low,
        height_high - 1 as high
    from held
    where not is_public and height_of_limit is not null
    union all
    select
        parcel_id,
        limit_tolerance,
        'coverage' as named,
        coverage_of_limit - 1 as low,
        coverage_of_limit - 1 as high
    from held
    where not is_public and coverage_of_limit is not null
    union all
    select
        parcel_id,
        limit_tolerance,
        'green' as named,
        1 - green_m2 / area_m2 / green_min as low,
        1 - green_m2 / area_m2 / green_min as high
    from held
    where not is_public and green_is_complete and green_min > 0
),

verdict as (
    select
        parcel_id,
        count(*) filter (low > limit_tolerance) as broken,
        bool_and(high <= limit_tolerance) as is_kept,
        arg_max(named, low) filter (low > limit_tolerance) as named
    from excess
    group by all
)

select
    parcel.parcel_id,
    coalesce(total.buildings, 0)::double as buildings,
    coalesce(total.built_m2, 0)::double as built_m2,
    coalesce(total.floor_area_m2, 0)::double as gross_floor_area_m2,
    case when not held.is_public then coalesce(total.built_m2, 0) / parcel.area_m2 end::double as coverage,
    case when not held.is_public then coalesce(total.floor_area_m2, 0) / parcel.area_m2 end::double as far,
    total.mean_height_m::double as mean_height_m,
    total.tallest_m::double as tallest_m,
    case when not held.is_public then coalesce(total.residents, 0) / parcel.area_m2 * 100 * 100 end::double
        as density_persons_per_ha,
    case when not held.is_public then held.far end::double as far_counted,
    held.far_of_limit::double as far_of_limit,
    held.far_low::double as far_of_limit_low,
    held.far_high::double as far_of_limit_high,
    held.height_of_limit::double as height_of_limit,
    held.height_low::double as height_of_limit_low,
    held.height_high::double as height_of_limit_high,
    held.coverage_of_limit::double as coverage_of_limit,
    held.green_m2::double as green_m2,
    case when not held.is_public then held.green_m2 / parcel.area_m2 end::double as green_share,
    (held.green_m2 / parcel.area_m2 / nullif(parcel.green_min, 0))::double as green_of_limit,
    case
        when held.is_public then null
        when verdict.broken > 0 then 'broken'
        when verdict.is_kept then 'kept'
        else 'unknown'
    end as limits_kept,
    case
        when held.is_public then 'public'
        when verdict.broken > 0 or verdict.is_kept then null
        when not held.has_limit then 'no_limit'
        when verdict.parcel_id is null then 'green_unknown'
        else 'in_doubt'
    end as limits_reason,
    verdict.named as limit_broken,
    case when not held.is_public then verdict.broken end::double as limits_broken,
    total.dark::double as dwellings_without_sunlight,
    total.dark_low::double as dwellings_without_sunlight_low,
    total.dark_high::double as dwellings_without_sunlight_high,
    case when total.known_residents > 0 then coalesce(total.served, 0) end::double as served_persons,
    (coalesce(total.served, 0) / nullif(total.known_residents, 0))::double as access_15min_share,
    (coalesce(total.served_low, 0) / nullif(total.known_residents, 0))::double as access_15min_share_low,
    (coalesce(total.served_high, 0) / nullif(total.known_residents, 0))::double as access_15min_share_high
from parcel
inner join held using (parcel_id)
left join total using (parcel_id)
left join verdict using (parcel_id)
order by parcel.parcel_id
