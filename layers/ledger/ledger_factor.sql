-- one row per year and quantity that a row of the ledger is multiplied with, or bounded by
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
    union
    select
        year,
        case evidence when 'measured' then 'activity_error.metered' else 'activity_error.total' end as quantity
    from ledger
    where evidence in ('measured', 'reported')
)

select
    word.year || '/' || word.quantity as use_id,
    word.year::integer as year,
    word.quantity,
    factor_in_force.factor_id
from word
inner join factor_in_force using (quantity)
order by use_id
