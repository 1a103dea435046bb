-- one row per year and quantity that a row of the ledger is multiplied with
with word as (
    select distinct
        year,
        unnest(string_split(replace(replace(coalesce(activity_factors, ''), '/', ''), '~', ''), ' ')) as quantity
    from ledger
    where emissions_kgco2e_per_a is not null
    union
    select
        year,
        factor_quantity
    from ledger
    where emissions_kgco2e_per_a is not null
)

select
    word.year || '/' || word.quantity as use_id,
    word.year::integer as year,
    word.quantity,
    factor_in_force.factor_id
from word
inner join factor_in_force using (quantity)
order by use_id
