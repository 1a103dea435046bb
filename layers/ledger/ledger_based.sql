-- one row per claim and basis: electricity counts by the grid that it comes from, and by what is left after contracts
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
    'grid_emission.residual' as priced_by
from ledger_claim
cross join zone
where ledger_claim.emission_factor = 'grid_emission.location'
