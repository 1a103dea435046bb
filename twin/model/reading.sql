-- one row per reading in force: not corrected since, and of something that stands in the zone
with corrected as (
    select supersedes as reading_id
    from source_reading
    where supersedes is not null
)

select
    source_reading.reading_id,
    source_reading.subject_kind,
    source_reading.subject_id,
    source_reading.meter_id,
    source_reading.carrier,
    source_reading.start,
    source_reading."end",
    source_reading.amount::double as amount,
    source_reading.unit,
    source_reading.source,
    source_reading.supersedes
from source_reading
inner join reading_subject using (subject_kind, subject_id)
where source_reading.reading_id not in (select corrected.reading_id from corrected)
order by source_reading.reading_id
