-- one row per building: activity x factor per carrier, intervals by the product and sum rules of IPCC 2006
with carrier (carrier, intensity_class, emission_quantity) as (
    values
    ('electricity', 'electricity_intensity', 'grid_emission.location'),
    ('gas', 'gas_intensity', 'fuel_emission.natural_gas'),
    ('heat', 'heat_intensity', 'heat_emission.district')
),

counted_error as (
    select value / 100 as share
    from factor_in_force
    where quantity = 'floor_area_error.counted'
),

-- how far the floor area may be off: as far as the height that the storeys were inferred from
floor as (
    select
        building.building_id,
        building.use,
        building.status,
        building.floor_area_m2,
        case
            when known_height.levels is not null then counted_error.share
            else 1 - building.height_low_m / building.height_m
        end as floor_down,
        case
            when known_height.levels is not null then counted_error.share
            else building.height_high_m / building.height_m - 1
        end as floor_up
    from building
    cross join counted_error
    left join known_height using (building_id)
),

used as (
    select
        floor.building_id,
        carrier.carrier,
        floor.floor_area_m2 * intensity.value as energy_kwh,
        sqrt(pow(floor.floor_down, 2) + pow(1 - intensity.low / nullif(intensity.value, 0), 2)) as energy_down,
        sqrt(pow(floor.floor_up, 2) + pow(intensity.high / nullif(intensity.value, 0) - 1, 2)) as energy_up,
        emission.value as emission_value,
        1 - emission.low / nullif(emission.value, 0) as emission_down,
        emission.high / nullif(emission.value, 0) - 1 as emission_up
    from floor
    cross join carrier
    inner join factor_in_force as intensity on intensity.quantity = carrier.intensity_class || '.' || floor.use
    left join factor_in_force as emission on carrier.emission_quantity = emission.quantity
    where floor.status = 'existing'
),

bounded as (
    select
        building_id,
        carrier,
        energy_kwh,
        energy_kwh * (1 - least(coalesce(energy_down, 0), 1)) as energy_low_kwh,
        energy_kwh * (1 + coalesce(energy_up, 0)) as energy_high_kwh,
        case when energy_kwh = 0 then 0 else energy_kwh * emission_value end as emission_kg,
        energy_kwh * emission_value * sqrt(pow(coalesce(energy_down, 0), 2) + pow(coalesce(emission_down, 0), 2))
            as emission_down_kg,
        energy_kwh * emission_value * sqrt(pow(coalesce(energy_up, 0), 2) + pow(coalesce(emission_up, 0), 2))
            as emission_up_kg
    from used
),

summed as (
    select
        building_id,
        max(energy_kwh) filter (carrier = 'electricity') as electricity_kwh,
        max(energy_low_kwh) filter (carrier = 'electricity') as electricity_low_kwh,
        max(energy_high_kwh) filter (carrier = 'electricity') as electricity_high_kwh,
        max(energy_kwh) filter (carrier = 'gas') as gas_kwh,
        max(energy_low_kwh) filter (carrier = 'gas') as gas_low_kwh,
        max(energy_high_kwh) filter (carrier = 'gas') as gas_high_kwh,
        max(energy_kwh) filter (carrier = 'heat') as heat_kwh,
        max(energy_low_kwh) filter (carrier = 'heat') as heat_low_kwh,
        max(energy_high_kwh) filter (carrier = 'heat') as heat_high_kwh,
        sum(energy_kwh) as energy_kwh,
        -- a carrier without a factor leaves the whole without an estimate: half a sum would look like a small one
        case when count(*) = count(emission_kg) then sum(emission_kg) end as emission_kg,
        sqrt(sum(pow(emission_down_kg, 2))) as emission_down_kg,
        sqrt(sum(pow(emission_up_kg, 2))) as emission_up_kg
    from bounded
    group by building_id
    having count(*) filter (carrier = 'electricity') = 1
)

select
    floor.building_id,
    summed.electricity_kwh::double as electricity_kwh_per_a,
    summed.electricity_low_kwh::double as electricity_kwh_per_a_low,
    summed.electricity_high_kwh::double as electricity_kwh_per_a_high,
    summed.gas_kwh::double as gas_kwh_per_a,
    summed.gas_low_kwh::double as gas_kwh_per_a_low,
    summed.gas_high_kwh::double as gas_kwh_per_a_high,
    summed.heat_kwh::double as heat_kwh_per_a,
    summed.heat_low_kwh::double as heat_kwh_per_a_low,
    summed.heat_high_kwh::double as heat_kwh_per_a_high,
    summed.emission_kg::double as emissions_kgco2e_per_a,
    case when summed.emission_kg is not null then greatest(summed.emission_kg - summed.emission_down_kg, 0) end::double
        as emissions_kgco2e_per_a_low,
    (summed.emission_kg + summed.emission_up_kg)::double as emissions_kgco2e_per_a_high,
    (summed.energy_kwh / nullif(floor.floor_area_m2, 0))::double as energy_kwh_per_m2_a,
    (summed.emission_kg / nullif(floor.floor_area_m2, 0))::double as emissions_kgco2e_per_m2_a,
    case when summed.building_id is not null then 'modelled' end as energy_evidence,
    case
        when floor.status != 'existing' then 'NO'
        when summed.emission_kg is null then 'NE'
    end as energy_notation_key,
    case
        when floor.status != 'existing' then 'not_standing'
        when floor.use is null then 'use_unknown'
        when summed.building_id is null then 'no_intensity'
        when summed.emission_kg is null then 'no_emission_factor'
    end as energy_reason
from floor
left join summed using (building_id)
order by floor.building_id
