-- one row per use and span of years of construction: height of a storey, and the storeys where nothing is known
with storey as (
    select
        regexp_extract(quantity, '^storey_height\.([a-z]+)(_\d{4})?$', 1) as use,
        coalesce(try_cast(regexp_extract(quantity, '_(\d{4})$', 1) as integer), 0) as from_year,
        value as storey_m,
        low as storey_low_m,
        high as storey_high_m
    from factor_in_force
    where quantity like 'storey_height.%'
),

typical as (
    select
        split_part(quantity, '.', 2) as use,
        value as levels,
        low as levels_low,
        high as levels_high
    from factor_in_force
    where quantity like 'typical_levels.%'
)

select
    use_class.use,
    use_class.is_hall,
    storey.from_year,
    lead(storey.from_year, 1, 9999) over (partition by storey.use order by storey.from_year) as until_year,
    storey.storey_m,
    storey.storey_low_m,
    storey.storey_high_m,
    typical.levels,
    typical.levels_low,
    typical.levels_high
from use_class
inner join storey using (use)
inner join typical using (use)
