-- one row per building that stands in the zone: its outline, and what the sources say of it
with hint as (
    select
        source_building.feature_id,
        arg_min(source_land.use_hint, st_area(source_land.geometry)) as use
    from source_building
    inner join source_land on st_contains(source_land.geometry, st_centroid(source_building.geometry))
    where source_land.use_hint is not null and not source_building.is_part
    group by all
),

told as (
    select
        source_building.*,
        coalesce(source_building.use, hint.use) as told_use,
        case when source_building.use is not null then 'tag' when hint.use is not null then 'land' end as told_source,
        st_x(st_centroid(source_building.geometry)) as x_m,
        st_y(st_centroid(source_building.geometry)) as y_m
    from source_building
    left join hint using (feature_id)
    where not source_building.is_part
),

radius as (
    select value as radius_m
    from factor_in_force
    where quantity = 'inference.neighbour_radius'
),

ballot as (
    select
        mute.feature_id,
        near.told_use as use,
        count(*) as votes,
        sum(count(*)) over (partition by mute.feature_id) as cast_votes
    from told as mute
    inner join radius on true
    inner join told as near
        on
            near.x_m between mute.x_m - radius.radius_m and mute.x_m + radius.radius_m
            and near.y_m between mute.y_m - radius.radius_m and mute.y_m + radius.radius_m
    where mute.told_use is null and near.told_source = 'tag'
    group by mute.feature_id, near.told_use
),

elected as (
    select
        feature_id,
        arg_max(use, votes) as use
    from ballot
    where
        2 * votes > cast_votes
        and cast_votes >= (select value from factor_in_force where quantity = 'inference.least_neighbours')
    group by all
)

select
    told.* exclude (feature_id, is_part, part_of, use, told_use, told_source, geometry),
    told.feature_id as building_id,
    coalesce(told.told_use, elected.use) as use,
    case when told.told_source is not null then told.told_source when elected.use is not null then 'neighbours' end
        as use_source,
    st_area(told.geometry)::double as footprint_m2,
    told.geometry
from told
left join elected using (feature_id)
order by building_id
