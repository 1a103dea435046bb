-- one row per metered subject, carrier and calendar year: what was read, by days where a period crosses the new year;
-- a parcel with a meter of its own and what stands on it count as one subject, as they are one household or one firm
with placed as (
    select
        reading.*,
        reading_subject.parcel_id,
        reading_subject.neighbourhood_id,
        unnest(range(year(reading.start), year(reading."end" - 1) + 1)) as year
    from reading
    inner join reading_subject using (subject_kind, subject_id)
),

prorated as (
    select
        subject_kind,
        subject_id,
        parcel_id,
        neighbourhood_id,
        carrier,
        unit,
        year,
        amount * (least("end", make_date(year + 1, 1, 1)) - greatest(start, make_date(year, 1, 1))) / ("end" - start)
            as amount,
        bool_or(subject_kind = 'parcel') over (partition by parcel_id, carrier, year) as is_of_parcel
    from placed
)

select
    case when is_of_parcel and parcel_id is not null then 'parcel' else subject_kind end as holder_kind,
    case when is_of_parcel and parcel_id is not null then parcel_id else subject_id end as holder_id,
    neighbourhood_id,
    carrier,
    year,
    unit,
    sum(amount) as amount
from prorated
group by all
order by all
