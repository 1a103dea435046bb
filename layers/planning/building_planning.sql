-- one row per building: the sun of its dwellings against the rule, and how near daily services are on foot
with around as (
    select
        building.building_id,
        st_makeenvelope(
            st_xmin(building.geometry) - radius.value, st_ymin(building.geometry) - radius.value,
            st_xmax(building.geometry) + radius.value, st_ymax(building.geometry) + radius.value
        ) as geometry
    from building
    cross join factor_in_force as radius
    where building.status = 'existing' and building.dwellings > 0 and radius.quantity = 'sunlight_near.radius'
),

neighbour as (
    select
        around.building_id,
        bool_and(coalesce(other.height_source in ('tag', 'dsm', 'levels'), false)) as is_known
    from around
    inner join building as other on st_intersects(around.geometry, other.geometry)
    where other.status = 'existing'
    group by all
),

lit as (
    select
        building.building_id,
        building.dwellings,
        building.dwellings / greatest(building.levels, 1) as lowest_dwellings,
        coalesce(neighbour.is_known, false) as is_known,
        case
            when building.status != 'existing' or building.dwellings > 0 is not true then null
            when planning_setting.sunlight_hours is null or building_solar.sunlight_h_min is null then 'unknown'
            when building_solar.sunlight_h_min >= planning_setting.sunlight_hours then 'kept'
            when building_solar.sunlight_h_mean < planning_setting.sunlight_hours then 'broken'
            else 'unknown'
        end as verdict,
        case
            when building.status != 'existing' then 'not_standing'
            when building.dwellings > 0 is not true then 'no_dwellings'
            when planning_setting.sunlight_hours is null then 'no_rule'
            when building_solar.sunlight_h_min is null then 'no_light'
            when
                building_solar.sunlight_h_min < planning_setting.sunlight_hours
                and building_solar.sunlight_h_mean >= planning_setting.sunlight_hours
                then 'some_windows'
        end as reason
    from building
    cross join planning_setting
    left join building_solar using (building_id)
    left join neighbour using (building_id)
)

select
    building.building_id,
    lit.verdict as sunlight_kept,
    lit.reason as sunlight_reason,
    case
        when lit.reason = 'some_windows' or lit.verdict in ('kept', 'broken')
            then case when lit.is_known then 'modelled' else 'default' end
    end as sunlight_evidence,
    case
        when lit.verdict = 'broken' then lit.lowest_dwellings
        when lit.verdict = 'kept' or lit.reason = 'some_windows' then 0
    end::double as dwellings_without_sunlight,
    case
        when lit.verdict = 'broken' and lit.is_known then lit.lowest_dwellings
        when lit.verdict in ('kept', 'broken') or lit.reason = 'some_windows' then 0
    end::double as dwellings_without_sunlight_low,
    case
        when lit.verdict = 'broken' or lit.reason = 'some_windows' then lit.dwellings
        when lit.verdict = 'kept' then 0
    end::double as dwellings_without_sunlight_high,
    building_walk.education_walk_min::double as education_walk_min,
    building_walk.healthcare_walk_min::double as healthcare_walk_min,
    building_walk.retail_walk_min::double as retail_walk_min,
    building_walk.green_walk_min::double as green_walk_min,
    building_walk.leisure_walk_min::double as leisure_walk_min,
    building_walk.access_15min::double as access_15min,
    building_walk.access_15min_low::double as access_15min_low,
    building_walk.access_15min_high::double as access_15min_high,
    case
        when building.status != 'existing' then 'not_standing'
        when building_walk.building_id is null then 'no_residents'
        when building_walk.access_15min is null then 'no_road'
        when
            building_walk.education_walk_min is null
            or building_walk.healthcare_walk_min is null
            or building_walk.retail_walk_min is null
            or building_walk.green_walk_min is null
            or building_walk.leisure_walk_min is null
            then 'not_all_kinds'
    end as access_reason
from building
left join lit using (building_id)
left join building_walk using (building_id)
order by building.building_id
