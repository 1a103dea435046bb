-- one row per metered subject, carrier and calendar year: what was read, and how much of the year that covers; private.
-- A reading counts whole in the year of its middle day: no two years share one, so their difference tells of nobody.
-- A parcel with a meter of its own and what stands on it are one subject, as they are one household or one firm. What
-- is read of the buildings on days of the parcel's meter lies behind that meter: the larger of the two counts; what is
-- read of them on other days is added.
with placed as (
    select
        reading.*,
        reading_subject.parcel_id,
        reading_subject.neighbourhood_id,
        year(reading.start + ((reading."end" - reading.start) // 2)::integer) as year
    from reading
    inner join reading_subject using (subject_kind, subject_id)
),

held as (
    select
        *,
        parcel_id is not null
        and bool_or(subject_kind = 'parcel') over (partition by parcel_id, carrier, year) as is_of_parcel
    from placed
),

-- the days on which a parcel's own meters were read, each once
main_period as (
    select
        parcel_id,
        carrier,
        greatest(start, coalesce(max("end") over earlier, start)) as start,
        "end"
    from placed
    where subject_kind = 'parcel'
    window earlier as (
        partition by parcel_id, carrier order by start, "end" rows between unbounded preceding and 1 preceding
    )
),

behind as (
    select
        placed.reading_id,
        sum(least(placed."end", main_period."end") - greatest(placed.start, main_period.start)) as days
    from placed
    inner join main_period using (parcel_id, carrier)
    where
        placed.subject_kind <> 'parcel'
        and main_period.start < main_period."end"
        and placed.start < main_period."end"
        and main_period.start < placed."end"
    group by all
),

counted as (
    select
        case when held.is_of_parcel then 'parcel' else held.subject_kind end as holder_kind,
        case when held.is_of_parcel then held.parcel_id else held.subject_id end as holder_id,
        held.neighbourhood_id,
        held.carrier,
        held.year,
        held.unit,
        held.start,
        held."end",
        held.amount,
        held.subject_kind = 'parcel' as is_main,
        coalesce(behind.days, 0) / (held."end" - held.start) as share_behind
    from held
    left join behind using (reading_id)
),

dated as (
    select
        *,
        greatest("end" - greatest(start, coalesce(max("end") over earlier, start)), 0) as new_days
    from counted
    window earlier as (
        partition by holder_kind, holder_id, carrier, year
        order by start, "end"
        rows between unbounded preceding and 1 preceding
    )
)

select
    holder_kind,
    holder_id,
    min(neighbourhood_id) as neighbourhood_id,
    carrier,
    year,
    unit,
    greatest(
        coalesce(sum(amount) filter (is_main), 0),
        coalesce(sum(amount * share_behind) filter (not is_main), 0)
    ) + coalesce(sum(amount * (1 - share_behind)) filter (not is_main), 0) as amount,
    sum(new_days) / (make_date(year + 1, 1, 1) - make_date(year, 1, 1)) as coverage
from dated
group by holder_kind, holder_id, carrier, year, unit
order by all
