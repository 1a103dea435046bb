-- one row per neighbourhood
with counted as (
    select
        neighbourhood_id,
        sum(residents) as residents,
        sum(dwellings) as dwellings,
        quantile_disc(year_built, 0.5) filter (use = 'residential') as median_year_built
    from building
    where status = 'existing'
    group by all
)

select
    source_neighbourhood.neighbourhood_id,
    source_neighbourhood.source,
    source_neighbourhood.name_local,
    source_neighbourhood.name_latin,
    coalesce(
        case
            when source_neighbourhood.source = 'file' or zone.population is null
                then source_neighbourhood.population * source_neighbourhood.inside_share
        end,
        counted.residents,
        0
    )::double as population,
    coalesce(source_neighbourhood.households * source_neighbourhood.inside_share, counted.dwellings, 0)::double
        as households,
    counted.median_year_built::integer as median_year_built,
    st_area(source_neighbourhood.geometry)::double as area_m2,
    source_neighbourhood.geometry
from source_neighbourhood
cross join zone
left join counted using (neighbourhood_id)
order by source_neighbourhood.neighbourhood_id
