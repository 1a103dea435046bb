-- one row per quantity: the factor that holds for the zone in its base year
with candidate as (
    select
        factor.*,
        zone.year as zone_year,
        region.rank,
        row_number() over (
            partition by factor.quantity
            order by region.rank, factor.year > zone.year, abs(zone.year - factor.year), factor.factor_id
        ) as choice
    from factor
    inner join region on factor.region = region.name
    cross join zone
),

chosen as (
    select
        candidate.*,
        split_part(candidate.quantity, '.', 1) as class
    from candidate
    where candidate.choice = 1
),

spread as (
    select
        split_part(quantity, '.', 2) as class,
        value / 100 as share
    from chosen
    where class = 'uncertainty'
)

select
    chosen.quantity,
    chosen.factor_id,
    chosen.value::double as value,
    coalesce(chosen.low, chosen.value * (1 - least(coalesce(spread.share, general.share), 0.99)))::double as low,
    coalesce(chosen.high, chosen.value * (1 + coalesce(spread.share, general.share)))::double as high,
    coalesce(chosen.interval_kind, 'judgement') as interval_kind,
    chosen.low is null or chosen.high is null as is_default_interval,
    chosen.unit,
    chosen.region,
    chosen.rank::integer as rank,
    chosen.year,
    chosen.zone_year,
    chosen.source,
    chosen.seen
from chosen
left join spread on chosen.class = spread.class
left join spread as general on general.class = 'default'
order by chosen.quantity
