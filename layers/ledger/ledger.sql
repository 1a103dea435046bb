-- one row per subject, parcel, activity, basis and year: what was done, and what that emits
with modelled as (
    select
        based.*,
        gpc.scope,
        gpc.level as gpc_level,
        based.base * formula.activity_per_base as modelled_activity,
        formula.factor_id,
        formula.factor_value,
        formula.factor_unit,
        formula.gas,
        formula.quality_activity,
        formula.quality_factor,
        formula.missing
    from ledger_based as based
    left join gpc using (gpc_ref)
    left join ledger_formula as formula
        on
            based.notation_key is null
            and based.base_unit = formula.base_unit
            and based.activity_unit = formula.activity_unit
            and based.activity_factors is not distinct from formula.activity_factors
            and based.priced_by is not distinct from formula.emission_factor
),

-- meters of a neighbourhood count together, where their sum may be shown: nobody's own reading enters by itself. Where
-- something with a meter has no row, the sum is of more than the rows and says nothing of them
placed as (
    select
        modelled.*,
        coalesce(building.parcel_id, modelled.parcel_id) as home_id
    from modelled
    left join building on modelled.subject_kind = 'building' and modelled.subject_id = building.building_id
),

metered as (
    select distinct
        placed.subject_kind,
        placed.subject_id,
        placed.parcel_id,
        placed.carrier,
        reading_year.neighbourhood_id,
        reading_year.holder_kind || '/' || reading_year.holder_id as holder
    from placed
    inner join reading_year
        on
            placed.carrier = reading_year.carrier
            and placed.year = reading_year.year
            and placed.book = 'gpc'
            and coalesce(placed.activity_unit, 'kWh/a') in ('kWh/a', '1')
            and (
                (reading_year.holder_kind = placed.subject_kind and reading_year.holder_id = placed.subject_id)
                or (reading_year.holder_kind = 'parcel' and reading_year.holder_id = placed.home_id)
            )
    -- what has a meter of its own behind its parcel's is one subject with the parcel
    qualify row_number() over (
        partition by placed.subject_kind, placed.subject_id, placed.parcel_id, placed.carrier
        order by reading_year.holder_kind != 'parcel', reading_year.holder_id
    ) = 1
),

setting as (
    select
        max(value) filter (quantity = 'measured.least_coverage') as least_coverage,
        max(value) filter (quantity = 'net_calorific_value.natural_gas') as gas_kwh_per_m3
    from factor_in_force
),

cell as (
    select
        metered.neighbourhood_id,
        metered.carrier,
        any_value(
            reading_cell.amount / reading_cell.coverage
            * case metered.carrier when 'gas' then setting.gas_kwh_per_m3 else 1 end
        ) / nullif(sum(modelled.modelled_activity), 0) as ratio
    from modelled
    inner join metered using (subject_kind, subject_id, parcel_id, carrier)
    inner join reading_cell
        on
            metered.neighbourhood_id = reading_cell.neighbourhood_id
            and metered.carrier = reading_cell.carrier
            and modelled.year = reading_cell.year
    cross join setting
    where
        reading_cell.is_public
        and modelled.book = 'gpc'
        and coalesce(modelled.basis, 'location') = 'location'
        and reading_cell.coverage >= setting.least_coverage
    group by all
    having
        count(distinct metered.holder) = any_value(reading_cell.meters)
        and count(*) = count(modelled.modelled_activity)
        and sum(modelled.modelled_activity) > 0
),

measured as (
    select
        modelled.*,
        case when modelled.book = 'gpc' then cell.ratio end as measured_ratio
    from modelled
    left join metered using (subject_kind, subject_id, parcel_id, carrier)
    left join cell on metered.neighbourhood_id = cell.neighbourhood_id and metered.carrier = cell.carrier
),

-- what is known of the whole zone, less what was measured, is shared out in the proportion of the model
rest as (
    select
        known_total.total_id,
        any_value(known_total.activity)
        - coalesce(sum(measured.modelled_activity * measured.measured_ratio), 0) as left_over,
        sum(measured.modelled_activity) filter (measured.measured_ratio is null) as modelled_rest
    from known_total
    inner join measured
        on
            (measured.gpc_ref = known_total.gpc_ref or starts_with(measured.gpc_ref, known_total.gpc_ref || '.'))
            and measured.carrier = known_total.carrier
            and measured.year = known_total.year
            and coalesce(measured.basis, 'location') = 'location'
    group by all
),

scaled as (
    select
        measured.*,
        known_total.total_id,
        case when measured.measured_ratio is null then rest.left_over / nullif(rest.modelled_rest, 0) end
            as total_ratio
    from measured
    left join known_total
        on
            (measured.gpc_ref = known_total.gpc_ref or starts_with(measured.gpc_ref, known_total.gpc_ref || '.'))
            and measured.carrier = known_total.carrier
            and measured.year = known_total.year
    left join rest using (total_id)
),

-- losses of a grid follow the electricity that they are losses of
followed as (
    select
        *,
        case
            when carrier = 'grid_losses'
                then coalesce(
                    max(coalesce(measured_ratio, total_ratio)) filter (carrier = 'electricity') over subject, 1
                )
            else coalesce(measured_ratio, total_ratio, 1)
        end as scale
    from scaled
    window subject as (partition by subject_kind, subject_id, parcel_id)
),

told as (
    select
        *,
        modelled_activity * scale as activity,
        coalesce(notation_key, case when missing is not null then 'NE' end) as key_of_gap
    from followed
)

select
    md5(concat_ws(
        '|', book, coalesce(gpc_ref, ''), subject_kind, subject_id, coalesce(parcel_id, ''), carrier,
        coalesce(priced_by, ''), coalesce(basis, ''), method, year
    )) as entry_id,
    parcel_id,
    subject_kind,
    subject_id,
    domain,
    book,
    gpc_ref,
    gpc_level,
    scope,
    basis,
    carrier,
    gas,
    year::integer as year,
    base::double as base,
    base_low::double as base_low,
    base_high::double as base_high,
    base_unit,
    activity_factors,
    modelled_activity::double as modelled_activity,
    case when key_of_gap is null then scale end::double as scale,
    activity::double as activity,
    activity_unit,
    factor_id,
    priced_by as factor_quantity,
    factor_value::double as factor_value,
    factor_unit,
    case when key_of_gap is null then activity * factor_value end::double as emissions_kgco2e_per_a,
    case
        when key_of_gap is not null then null
        when measured_ratio is not null then 'measured'
        when total_ratio is not null then 'reported'
        else evidence
    end as evidence,
    case
        when key_of_gap is not null then null
        -- a sum is known, how it is shared out is modelled
        when coalesce(measured_ratio, total_ratio) is not null then 'M'
        when evidence = 'default' then 'L'
        else quality_activity
    end as quality_activity,
    case when key_of_gap is null then quality_factor end as quality_factor,
    key_of_gap as notation_key,
    coalesce(reason, case when missing is not null then 'no_factor' end) as reason,
    missing as missing_quantity,
    method,
    case when total_ratio is not null then total_id end as total_id
from told
order by entry_id
