-- one row per use: height of a storey, and the number of storeys where nothing is known
with storey as (
    select
        split_part(quantity, '.', 2) as use,
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
    storey.storey_m,
    storey.storey_low_m,
    storey.storey_high_m,
    typical.levels,
    typical.levels_low,
    typical.levels_high
from use_class
inner join storey using (use)
inner join typical using (use)
