-- one row per claim and basis: electricity counts by the grid that it comes from, and by what is left after contracts;
-- where no residual mix is known the market's factor is the grid's (GHG Protocol, Scope 2 Guidance, table 6.3)
with residual as (
    select count(*) = 1 as is_known
    from factor_in_force
    where quantity = 'grid_emission.residual'
)

select
    ledger_claim.*,
    zone.year,
    case when ledger_claim.emission_factor = 'grid_emission.location' then 'location' end as basis,
    ledger_claim.emission_factor as priced_by
from ledger_claim
cross join zone
union all
select
    ledger_claim.*,
    zone.year,
    'market' as basis,
    case when residual.is_known then 'grid_emission.residual' else 'grid_emission.location' end as priced_by
from ledger_claim
cross join zone
cross join residual
where ledger_claim.emission_factor = 'grid_emission.location'
