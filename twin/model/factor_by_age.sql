-- one row per quantity that holds for buildings of some years of construction: what it is of, and these years
with aged as (
    select
        regexp_extract(quantity, '^(.+)\.built_to_\d{4}$', 1) as stem,
        try_cast(regexp_extract(quantity, '\.built_to_(\d{4})$', 1) as integer) as until_year,
        quantity,
        rank
    from factor_in_force
    where regexp_matches(quantity, '\.built_to_\d{4}$')
)

-- what a nearer region says of all ages is nearer than what a farther one says of each
select
    aged.stem,
    lag(aged.until_year + 1, 1, 0) over (partition by aged.stem order by aged.until_year) as from_year,
    aged.until_year,
    aged.quantity
from aged
left join factor_in_force as plain on aged.stem = plain.quantity
where aged.rank <= coalesce(plain.rank, aged.rank)
order by aged.stem, aged.until_year
