-- one row: the zone
select
    name,
    title,
    crs,
    year,
    population,
    population_year,
    target_year,
    st_area(geometry)::double as area_m2,
    geometry
from source_zone
