-- one row per neighbourhood, carrier and year with a meter: what was read, where it may be shown. Where the zone's
-- total is shown, all that is withheld can be told from it together: the smallest sums that could be shown are withheld
-- as well, until that remainder obeys the rule itself and is of two areas at least.
with judged as (
    select
        reading_area.*,
        reading_total.is_public as is_total_public,
        count(*) filter (reading_area.reason is not null or reading_area.neighbourhood_id is null)
            over (partition by reading_area.carrier, reading_area.year) as refused,
        row_number() over (
            partition by reading_area.carrier, reading_area.year
            order by
                reading_area.reason is null and reading_area.neighbourhood_id is not null,
                reading_area.amount,
                reading_area.neighbourhood_id
        ) as place
    from reading_area
    inner join reading_total using (carrier, year)
),

-- what would be left over if this area and all before it were withheld
remainder as (
    select
        *,
        sum(meters) over upto as left_meters,
        sum(amount) over upto as left_amount,
        max(top) over upto as left_top
    from judged
    window upto as (partition by carrier, year order by place)
),

cut as (
    select
        carrier,
        year,
        min(place) as place
    from remainder
    where
        place >= greatest(refused, 2)
        and left_meters >= least_subjects
        and left_top <= greatest_share * left_amount
        and left_amount > 0
    group by all
),

settled as (
    select
        judged.*,
        coalesce(
            judged.reason,
            case
                when judged.is_total_public and judged.refused > 0 and coalesce(judged.place <= cut.place, true)
                    then 'complementary'
            end
        ) as settled_reason
    from judged
    left join cut using (carrier, year)
    where judged.neighbourhood_id is not null
)

select
    neighbourhood_id,
    carrier,
    year::integer as year,
    case when settled_reason is null then meters end::double as meters,
    case when settled_reason is null then amount end::double as amount,
    case when settled_reason is null then years / meters end::double as coverage,
    unit,
    settled_reason is null as is_public,
    settled_reason as reason
from settled
order by neighbourhood_id, carrier, year
