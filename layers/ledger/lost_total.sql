-- one row per known total that the ledger does not meet; a rest below nought, where meters read more, meets nothing
select
    known_total.total_id,
    any_value(known_total.activity) as activity,
    coalesce(sum(greatest(ledger.activity, 0)), 0) as made,
    any_value(ledger.activity_unit) as activity_unit
from known_total
left join ledger
    on
        ledger.book = 'gpc'
        and (ledger.gpc_ref = known_total.gpc_ref or starts_with(ledger.gpc_ref, known_total.gpc_ref || '.'))
        and known_total.carrier = ledger.carrier
        and known_total.year = ledger.year
        and coalesce(ledger.basis, 'location') = 'location'
group by known_total.total_id
having
    abs(any_value(known_total.activity) - coalesce(sum(greatest(ledger.activity, 0)), 0))
    > 1e-9 * greatest(any_value(known_total.activity), 1)
order by known_total.total_id
