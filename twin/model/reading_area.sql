-- one row per neighbourhood (null where a subject lies in none), carrier and year: the sum, and whether it may be
-- shown; private
with rule as (
    select
        max(value) filter (quantity = 'disclosure.least_subjects') as least_subjects,
        max(value) filter (quantity = 'disclosure.greatest_share') / 100 as greatest_share
    from factor_in_force
),

summed as (
    select
        neighbourhood_id,
        carrier,
        year,
        unit,
        count(*) as meters,
        sum(amount) as amount,
        max(amount) as top,
        sum(coverage) as years
    from reading_year
    group by all
)

select
    summed.*,
    rule.least_subjects,
    rule.greatest_share,
    -- without a rule, and where nothing was used by anyone, nothing is shown
    case
        when coalesce(summed.meters < rule.least_subjects, true) then 'too_few'
        when coalesce(summed.top / nullif(summed.amount, 0) > rule.greatest_share, true) then 'one_dominates'
    end as reason
from summed
cross join rule
