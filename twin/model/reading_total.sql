-- one row per carrier and year: what was read in the whole zone, shown where the sum itself obeys the rule
with summed as (
    select
        carrier,
        year,
        unit,
        least_subjects,
        greatest_share,
        sum(meters) as meters,
        sum(amount) as amount,
        max(top) as top,
        sum(years) as years
    from reading_area
    group by all
),

judged as (
    select
        *,
        case
            when coalesce(meters < least_subjects, true) then 'too_few'
            when coalesce(top / nullif(amount, 0) > greatest_share, true) then 'one_dominates'
        end as reason
    from summed
)

select
    carrier,
    year::integer as year,
    case when reason is null then meters end::double as meters,
    case when reason is null then amount end::double as amount,
    case when reason is null then years / meters end::double as coverage,
    unit,
    reason is null as is_public,
    reason
from judged
order by carrier, year
