-- one row per parcel: how well its emissions are known; empty where nothing on it is estimated
with told as (
    select
        ledger.parcel_id,
        ledger.evidence,
        ledger.quality_activity,
        ledger.quality_factor,
        abs(ledger.emissions_kgco2e_per_a) as weight,
        factor.seen,
        zone.year - factor.year as age_a
    from ledger
    inner join zone on ledger.year = zone.year
    left join factor_in_force as factor on ledger.factor_quantity = factor.quantity
    where
        ledger.book = 'gpc'
        and ledger.gpc_level = 'BASIC'
        and coalesce(ledger.basis, 'location') = 'location'
        and ledger.emissions_kgco2e_per_a is not null
),

summed as (
    select
        parcel_id,
        sum(weight) as weight,
        sum(weight) filter (quality_activity = 'L' or quality_factor = 'L') as low,
        sum(weight) filter (quality_activity in ('L', 'M') or quality_factor in ('L', 'M')) as medium,
        sum(weight) filter (evidence = 'measured') as measured,
        sum(weight) filter (evidence = 'reported') as reported,
        sum(weight) filter (evidence = 'modelled') as modelled,
        sum(weight) filter (evidence = 'default') as by_default,
        sum(weight) filter (seen = 'memory') as remembered,
        sum(weight * age_a) as aged
    from told
    group by all
),

setting as (
    select value as tenth
    from factor_in_force
    where quantity = 'data_quality.least_share'
)

select
    parcel.parcel_id,
    case
        when summed.weight > 0 is not true then null
        when summed.low > setting.tenth * summed.weight then 'L'
        when summed.medium > setting.tenth * summed.weight then 'M'
        else 'H'
    end as data_quality,
    (coalesce(summed.measured, 0) / nullif(summed.weight, 0))::double as measured_share,
    (coalesce(summed.reported, 0) / nullif(summed.weight, 0))::double as reported_share,
    (coalesce(summed.modelled, 0) / nullif(summed.weight, 0))::double as modelled_share,
    (coalesce(summed.by_default, 0) / nullif(summed.weight, 0))::double as default_share,
    (coalesce(summed.remembered, 0) / nullif(summed.weight, 0))::double as remembered_share,
    (summed.aged / nullif(summed.weight, 0))::double as factor_age_a,
    (
        (parcel_ledger.footprint_kgco2e_per_a_high - parcel_ledger.footprint_kgco2e_per_a_low)
        / 2 / nullif(abs(parcel_ledger.footprint_kgco2e_per_a), 0)
    )::double as interval_share
from parcel
cross join setting
left join summed using (parcel_id)
left join parcel_ledger using (parcel_id)
order by parcel.parcel_id
