-- one row per building: activity x factor per carrier, intervals by the product and sum rules of IPCC 2006
with carrier (carrier, intensity_class, emission_quantity) as (
    values
    ('electricity', 'electricity_intensity', 'grid_emission.location'),
    ('gas', 'gas_intensity', 'fuel_emission.natural_gas'),
    ('heat', 'heat_intensity', 'heat_emission.district')
),

floor as (
    select
        building_id,
        use,
        status,
        year_built,
        floor_area_m2,
        floor_area_m2 - floor_area_low_m2 as down_m2,
        floor_area_high_m2 - floor_area_m2 as up_m2
    from building
),

-- the intensity of the building's age, where there is one; half-widths are absolute, so that a factor of zero keeps its
-- upper bound
used as (
    select
        floor.building_id,
        carrier.carrier,
        floor.floor_area_m2 * intensity.value as energy_kwh,
        floor.down_m2 * intensity.value as floor_down_kwh,
        floor.up_m2 * intensity.value as floor_up_kwh,
        floor.floor_area_m2 * (intensity.value - intensity.low) as intensity_down_kwh,
        floor.floor_area_m2 * (intensity.high - intensity.value) as intensity_up_kwh,
        emission.value as kg_per_kwh,
        emission.value - emission.low as down_kg_per_kwh,
        emission.high - emission.value as up_kg_per_kwh
    from floor
    cross join carrier
    left join factor_by_age as aged
        on
            aged.stem = carrier.intensity_class || '.' || floor.use
            and floor.year_built between aged.from_year and aged.until_year
    inner join factor_in_force as intensity
        on intensity.quantity = coalesce(aged.quantity, carrier.intensity_class || '.' || floor.use)
    left join factor_in_force as emission on carrier.emission_quantity = emission.quantity
    where floor.status = 'existing'
),

bounded as (
    select
        building_id,
        carrier,
        energy_kwh,
        greatest(energy_kwh - sqrt(pow(floor_down_kwh, 2) + pow(intensity_down_kwh, 2)), 0) as energy_low_kwh,
        energy_kwh + sqrt(pow(floor_up_kwh, 2) + pow(intensity_up_kwh, 2)) as energy_high_kwh,
        pow(intensity_down_kwh, 2) as own_down_kwh2,
        pow(intensity_up_kwh, 2) as own_up_kwh2,
        energy_kwh = 0 and intensity_up_kwh = 0 as is_absent,
        case when is_absent then 0 else energy_kwh * kg_per_kwh end as emission_kg,
        floor_down_kwh * kg_per_kwh as floor_down_kg,
        floor_up_kwh * kg_per_kwh as floor_up_kg,
        pow(intensity_down_kwh * kg_per_kwh, 2) + pow(energy_kwh * down_kg_per_kwh, 2) as own_down_kg2,
        pow(intensity_up_kwh * kg_per_kwh, 2) + pow(energy_kwh * up_kg_per_kwh, 2) as own_up_kg2
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
        sqrt(sum(own_down_kwh2)) as own_down_kwh,
        sqrt(sum(own_up_kwh2)) as own_up_kwh,
        sqrt(sum(own_down_kg2)) as own_down_kg,
        sqrt(sum(own_up_kg2)) as own_up_kg,
        sqrt(max(own_down_kwh2) filter (carrier = 'electricity')) as own_electricity_down_kwh,
        sqrt(max(own_up_kwh2) filter (carrier = 'electricity')) as own_electricity_up_kwh,
        -- a carrier without an emission factor leaves the whole without an estimate
        case when count(*) = count(emission_kg) then sum(emission_kg) end as emission_kg,
        -- the floor area is one error of all carriers, factors are each carrier's own
        sqrt(pow(sum(floor_down_kg), 2) + sum(own_down_kg2)) as emission_down_kg,
        sqrt(pow(sum(floor_up_kg), 2) + sum(own_up_kg2)) as emission_up_kg
    from bounded
    group by building_id
    having count(*) filter (carrier = 'electricity') = 1
),

-- per floor area the area's own error cancels: what is left is that of the factors
per_floor as (
    select
        summed.building_id,
        summed.energy_kwh / floor.floor_area_m2 as kwh_per_m2,
        kwh_per_m2 * greatest(1 - summed.own_down_kwh / nullif(summed.energy_kwh, 0), 0) as kwh_low_per_m2,
        (summed.energy_kwh + summed.own_up_kwh) / floor.floor_area_m2 as kwh_high_per_m2,
        summed.emission_kg / floor.floor_area_m2 as kg_per_m2,
        kg_per_m2 * greatest(1 - summed.own_down_kg / nullif(summed.emission_kg, 0), 0) as kg_low_per_m2,
        (summed.emission_kg + summed.own_up_kg) / floor.floor_area_m2 as kg_high_per_m2,
        summed.electricity_kwh / floor.floor_area_m2 as power_per_m2,
        power_per_m2 * greatest(1 - summed.own_electricity_down_kwh / nullif(summed.electricity_kwh, 0), 0)
            as power_low_per_m2,
        (summed.electricity_kwh + summed.own_electricity_up_kwh) / floor.floor_area_m2 as power_high_per_m2
    from summed
    inner join floor using (building_id)
    where floor.floor_area_m2 > 0
),

-- what is left of the electricity once rooms are cooled and heated; errors of shares and of the whole add as squares
split as (
    select
        summed.building_id,
        summed.electricity_kwh as kwh,
        summed.electricity_kwh - summed.electricity_low_kwh as down_kwh,
        summed.electricity_high_kwh - summed.electricity_kwh as up_kwh,
        cooling.value as cooling,
        heating.value as heating,
        1 - cooling.value - heating.value as rest,
        cooling.value - cooling.low as cooling_down,
        cooling.high - cooling.value as cooling_up,
        heating.value - heating.low as heating_down,
        heating.high - heating.value as heating_up,
        sqrt(pow(cooling_up, 2) + pow(heating_up, 2)) as rest_down,
        sqrt(pow(cooling_down, 2) + pow(heating_down, 2)) as rest_up
    from summed
    inner join floor using (building_id)
    inner join factor_in_force as cooling on cooling.quantity = 'electricity_share.cooling.' || floor.use
    inner join factor_in_force as heating on heating.quantity = 'electricity_share.heating.' || floor.use
),

end_use as (
    select
        building_id,
        kwh * cooling as cooling_kwh,
        greatest(cooling_kwh - sqrt(pow(down_kwh * cooling, 2) + pow(kwh * cooling_down, 2)), 0) as cooling_low_kwh,
        cooling_kwh + sqrt(pow(up_kwh * cooling, 2) + pow(kwh * cooling_up, 2)) as cooling_high_kwh,
        kwh * heating as heating_kwh,
        greatest(heating_kwh - sqrt(pow(down_kwh * heating, 2) + pow(kwh * heating_down, 2)), 0) as heating_low_kwh,
        heating_kwh + sqrt(pow(up_kwh * heating, 2) + pow(kwh * heating_up, 2)) as heating_high_kwh,
        kwh * rest as base_kwh,
        greatest(base_kwh - sqrt(pow(down_kwh * rest, 2) + pow(kwh * rest_down, 2)), 0) as base_low_kwh,
        base_kwh + sqrt(pow(up_kwh * rest, 2) + pow(kwh * rest_up, 2)) as base_high_kwh
    from split
),

embodied as (
    select
        floor.building_id,
        floor.floor_area_m2 * carbon.value as kg,
        greatest(
            kg - sqrt(
                pow(floor.down_m2 * carbon.value, 2) + pow(floor.floor_area_m2 * (carbon.value - carbon.low), 2)
            ), 0
        ) as low_kg,
        kg + sqrt(
            pow(floor.up_m2 * carbon.value, 2) + pow(floor.floor_area_m2 * (carbon.high - carbon.value), 2)
        ) as high_kg
    from floor
    inner join factor_in_force as carbon on carbon.quantity = 'embodied_carbon.' || floor.use
    where floor.status in ('existing', 'planned')
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
    per_floor.kwh_per_m2::double as energy_kwh_per_m2_a,
    per_floor.kwh_low_per_m2::double as energy_kwh_per_m2_a_low,
    per_floor.kwh_high_per_m2::double as energy_kwh_per_m2_a_high,
    per_floor.kg_per_m2::double as emissions_kgco2e_per_m2_a,
    per_floor.kg_low_per_m2::double as emissions_kgco2e_per_m2_a_low,
    per_floor.kg_high_per_m2::double as emissions_kgco2e_per_m2_a_high,
    case when summed.building_id is not null then 'modelled' end as energy_evidence,
    case
        when summed.building_id is null then null
        when summed.gas_kwh is null and summed.heat_kwh is null then 'gas_heat'
        when summed.gas_kwh is null then 'gas'
        when summed.heat_kwh is null then 'heat'
    end as carriers_left_out,
    case
        when floor.status != 'existing' then 'NO'
        when summed.emission_kg is null then 'NE'
    end as energy_notation_key,
    case
        when floor.status != 'existing' then 'not_standing'
        when floor.use is null then 'use_unknown'
        when summed.building_id is null then 'no_intensity'
        when summed.emission_kg is null then 'no_emission_factor'
    end as energy_reason,
    end_use.cooling_kwh::double as cooling_kwh_per_a,
    end_use.cooling_low_kwh::double as cooling_kwh_per_a_low,
    end_use.cooling_high_kwh::double as cooling_kwh_per_a_high,
    end_use.heating_kwh::double as heating_kwh_per_a,
    end_use.heating_low_kwh::double as heating_kwh_per_a_low,
    end_use.heating_high_kwh::double as heating_kwh_per_a_high,
    end_use.base_kwh::double as base_kwh_per_a,
    end_use.base_low_kwh::double as base_kwh_per_a_low,
    end_use.base_high_kwh::double as base_kwh_per_a_high,
    (per_floor.power_per_m2 / energy_limit.value)::double as energy_of_limit,
    (per_floor.power_low_per_m2 / energy_limit.value)::double as energy_of_limit_low,
    (per_floor.power_high_per_m2 / energy_limit.value)::double as energy_of_limit_high,
    embodied.kg::double as embodied_kgco2e,
    embodied.low_kg::double as embodied_kgco2e_low,
    embodied.high_kg::double as embodied_kgco2e_high,
    case when embodied.kg is not null then 'modelled' end as embodied_evidence
from floor
left join summed using (building_id)
left join per_floor using (building_id)
left join end_use using (building_id)
left join embodied using (building_id)
left join factor_in_force as energy_limit on energy_limit.quantity = 'energy_limit.' || floor.use
order by floor.building_id
