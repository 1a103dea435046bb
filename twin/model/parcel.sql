-- one row per parcel; public streets and water are parcels too, so that parcels cover the zone
with inner_point as (
    select
        *,
        st_pointonsurface(geometry) as point
    from source_parcel
),

hint as (
    select
        inner_point.parcel_id,
        arg_min(
            coalesce(use_class.land_use, case source_land.kind when 'green' then 'green' when 'water' then 'water' end),
            st_area(source_land.geometry)
        ) as land_use
    from inner_point
    inner join source_land on st_contains(source_land.geometry, inner_point.point)
    left join use_class on source_land.use_hint = use_class.use
    where use_class.land_use is not null or source_land.kind in ('green', 'water')
    group by all
),

home as (
    select
        inner_point.parcel_id,
        min(source_neighbourhood.neighbourhood_id) as neighbourhood_id
    from inner_point
    inner join source_neighbourhood on st_intersects(source_neighbourhood.geometry, inner_point.point)
    group by all
)

select
    inner_point.parcel_id,
    inner_point.source,
    inner_point.cadastral_ref,
    case
        when inner_point.source = 'public' or inner_point.land_use in ('street', 'water') then 'public'
        else coalesce(inner_point.land_use, hint.land_use)
    end as land_use,
    case when inner_point.land_use in ('street', 'water') then inner_point.land_use end as public_kind,
    inner_point.land_use_raw,
    inner_point.tenure,
    inner_point.year::integer as year,
    st_area(inner_point.geometry)::double as area_m2,
    inner_point.far_max::double as far_max,
    inner_point.height_max_m::double as height_max_m,
    inner_point.coverage_max::double as coverage_max,
    inner_point.green_min::double as green_min,
    home.neighbourhood_id,
    inner_point.geometry
from inner_point
left join hint using (parcel_id)
left join home using (parcel_id)
order by inner_point.parcel_id
