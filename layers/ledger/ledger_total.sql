-- one row per place, book, basis and line of the inventory: its sum with the interval
select
    concat_ws('/', place_kind, place_id, year, book, basis, line, item) as total_id,
    place_kind,
    place_id,
    year::integer as year,
    book,
    basis,
    line,
    item,
    emissions_kgco2e_per_a::double as emissions_kgco2e_per_a,
    emissions_kgco2e_per_a_low::double as emissions_kgco2e_per_a_low,
    emissions_kgco2e_per_a_high::double as emissions_kgco2e_per_a_high,
    share_measured::double as share_measured
from ledger_line
order by total_id
