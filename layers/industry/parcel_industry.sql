-- one row per parcel: energy of what industry owns on it; bounds add up because the buildings share factors
with setting as (
    select
        max(value) filter (quantity = 'gas_per_electricity.industrial') as gas_ratio,
        max(low) filter (quantity = 'gas_per_electricity.industrial') as gas_ratio_low,
        max(high) filter (quantity = 'gas_per_electricity.industrial') as gas_ratio_high,
        max(value) filter (quantity = 'fuel_emission.natural_gas') as gas_kg,
        max(low) filter (quantity = 'fuel_emission.natural_gas') as gas_kg_low,
        max(high) filter (quantity = 'fuel_emission.natural_gas') as gas_kg_high,
        max(value) filter (quantity = 'grid_emission.location') as grid_kg,
        max(low) filter (quantity = 'grid_emission.location') as grid_kg_low,
        max(high) filter (quantity = 'grid_emission.location') as grid_kg_high,
        max(value) filter (quantity = 'coal_equivalent.electricity_calorific') as calorific_kgce,
        max(value) filter (quantity = 'coal_equivalent.electricity_equivalent') as equivalent_kgce,
        max(value) filter (quantity = 'coal_equivalent.gas') as gas_kgce
    from factor_in_force
),

owned as (
    select
        building.building_id,
        building.floor_area_m2,
        used.electricity_kwh_per_a as electricity_kwh,
        used.electricity_kwh_per_a_low as electricity_kwh_low,
        used.electricity_kwh_per_a_high as electricity_kwh_high,
        used.gas_kwh_per_a as own_gas_kwh,
        used.gas_kwh_per_a_low as own_gas_kwh_low,
        used.gas_kwh_per_a_high as own_gas_kwh_high,
        used.emissions_kgco2e_per_a as own_kg,
        used.emissions_kgco2e_per_a_low as own_kg_low,
        used.emissions_kgco2e_per_a_high as own_kg_high,
        used.energy_notation_key,
        coalesce(used.heat_kwh_per_a, 0) > 0 as has_heat,
        -- the fuel of a plant that has no intensity of its own follows from its electricity
        case when building.use = 'industrial' and used.gas_kwh_per_a is null then used.electricity_kwh_per_a end
            as led_kwh
    from building
    inner join parcel using (parcel_id)
    inner join building_construction as used using (building_id)
    where
        building.status = 'existing'
        and (
            coalesce(parcel.land_use = 'industrial', false)
            or coalesce(building.use = 'industrial', false)
        )
),

-- relative errors of a product add as squares; electricity and the fuel that follows from it err together
fuelled as (
    select
        owned.*,
        owned.led_kwh * setting.gas_ratio as led_gas_kwh,
        led_gas_kwh * sqrt(
            pow(1 - owned.electricity_kwh_low / nullif(owned.electricity_kwh, 0), 2)
            + pow(1 - setting.gas_ratio_low / setting.gas_ratio, 2)
        ) as led_gas_down_kwh,
        led_gas_kwh * sqrt(
            pow(owned.electricity_kwh_high / nullif(owned.electricity_kwh, 0) - 1, 2)
            + pow(setting.gas_ratio_high / setting.gas_ratio - 1, 2)
        ) as led_gas_up_kwh,
        led_gas_kwh * setting.gas_kg as led_kg,
        sqrt(
            pow(led_gas_down_kwh * setting.gas_kg, 2) + pow(led_gas_kwh * (setting.gas_kg - setting.gas_kg_low), 2)
        ) as led_down_kg,
        sqrt(
            pow(led_gas_up_kwh * setting.gas_kg, 2) + pow(led_gas_kwh * (setting.gas_kg_high - setting.gas_kg), 2)
        ) as led_up_kg
    from owned
    cross join setting
),

told as (
    select
        building_id,
        floor_area_m2,
        energy_notation_key,
        has_heat,
        led_kwh is not null as is_led,
        electricity_kwh,
        electricity_kwh_low,
        electricity_kwh_high,
        coalesce(own_gas_kwh, led_gas_kwh) as gas_kwh,
        coalesce(own_gas_kwh_low, greatest(led_gas_kwh - led_gas_down_kwh, 0)) as gas_kwh_low,
        coalesce(own_gas_kwh_high, led_gas_kwh + led_gas_up_kwh) as gas_kwh_high,
        own_kg + coalesce(led_kg, 0) as kg,
        own_kg_low + coalesce(greatest(led_kg - led_down_kg, 0), 0) as kg_low,
        own_kg_high + coalesce(led_kg + led_up_kg, 0) as kg_high
    from fuelled
),

summed as (
    select
        building_parcel.parcel_id,
        sum(told.floor_area_m2 * building_parcel.share) filter (told.kg is not null) as floor_area_m2,
        sum(told.floor_area_m2 * building_parcel.share) filter (told.energy_notation_key = 'NE') as left_out_m2,
        sum(told.electricity_kwh * building_parcel.share) as electricity_kwh,
        sum(told.electricity_kwh_low * building_parcel.share) as electricity_kwh_low,
        sum(told.electricity_kwh_high * building_parcel.share) as electricity_kwh_high,
        sum(told.gas_kwh * building_parcel.share) as gas_kwh,
        sum(told.gas_kwh_low * building_parcel.share) as gas_kwh_low,
        sum(told.gas_kwh_high * building_parcel.share) as gas_kwh_high,
        sum(told.kg * building_parcel.share) as kg,
        sum(told.kg_low * building_parcel.share) as kg_low,
        sum(told.kg_high * building_parcel.share) as kg_high,
        sum(told.gas_kwh * building_parcel.share) filter (told.is_led) as led_gas_kwh,
        bool_or(told.has_heat) as has_heat
    from told
    inner join building_parcel using (building_id)
    group by all
),

-- heat has no equivalent in coal that all agree on: with it there is no figure
coal (kind, kgce_per_kwh) as (
    select
        unnest(['calorific', 'equivalent']) as kind,
        unnest([calorific_kgce, equivalent_kgce]) as kgce_per_kwh
    from setting
),

-- carbon per coal, (E f + G g) / (E c + G d): the energy's own error cancels, that of the factors and of the gas that
-- follows from electricity is left
measured_in_coal as (
    select
        summed.parcel_id,
        coal.kind,
        summed.electricity_kwh * coal.kgce_per_kwh + coalesce(summed.gas_kwh * setting.gas_kgce, 0) as kgce,
        summed.electricity_kwh_low * coal.kgce_per_kwh + coalesce(summed.gas_kwh_low * setting.gas_kgce, 0)
            as kgce_low,
        summed.electricity_kwh_high * coal.kgce_per_kwh + coalesce(summed.gas_kwh_high * setting.gas_kgce, 0)
            as kgce_high,
        summed.kg / nullif(kgce, 0) as ratio,
        coalesce(summed.led_gas_kwh, 0) * (setting.gas_kg - ratio * setting.gas_kgce) as led_kg,
        sqrt(
            pow(summed.electricity_kwh * (setting.grid_kg - setting.grid_kg_low), 2)
            + pow(coalesce(summed.gas_kwh * (setting.gas_kg - setting.gas_kg_low), 0), 2)
            + pow(coalesce(led_kg * case
                when led_kg > 0 then 1 - setting.gas_ratio_low / setting.gas_ratio
                else setting.gas_ratio_high / setting.gas_ratio - 1
            end, 0), 2)
        ) / nullif(kgce, 0) as down,
        sqrt(
            pow(summed.electricity_kwh * (setting.grid_kg_high - setting.grid_kg), 2)
            + pow(coalesce(summed.gas_kwh * (setting.gas_kg_high - setting.gas_kg), 0), 2)
            + pow(coalesce(led_kg * case
                when led_kg > 0 then setting.gas_ratio_high / setting.gas_ratio - 1
                else 1 - setting.gas_ratio_low / setting.gas_ratio
            end, 0), 2)
        ) / nullif(kgce, 0) as up
    from summed
    cross join setting
    cross join coal
    where not summed.has_heat
)

select
    parcel.parcel_id,
    found.electricity_kwh::double as industry_electricity_kwh_per_a,
    found.electricity_kwh_low::double as industry_electricity_kwh_per_a_low,
    found.electricity_kwh_high::double as industry_electricity_kwh_per_a_high,
    found.gas_kwh::double as industry_gas_kwh_per_a,
    found.gas_kwh_low::double as industry_gas_kwh_per_a_low,
    found.gas_kwh_high::double as industry_gas_kwh_per_a_high,
    found.kg::double as industry_emissions_kgco2e_per_a,
    found.kg_low::double as industry_emissions_kgco2e_per_a_low,
    found.kg_high::double as industry_emissions_kgco2e_per_a_high,
    found.floor_area_m2::double as industry_floor_area_m2,
    (found.electricity_kwh / parcel.area_m2)::double as industry_electricity_kwh_per_m2_land_a,
    (found.electricity_kwh_low / parcel.area_m2)::double as industry_electricity_kwh_per_m2_land_a_low,
    (found.electricity_kwh_high / parcel.area_m2)::double as industry_electricity_kwh_per_m2_land_a_high,
    (found.kg / parcel.area_m2)::double as industry_emissions_kgco2e_per_m2_land_a,
    (found.kg_low / parcel.area_m2)::double as industry_emissions_kgco2e_per_m2_land_a_low,
    (found.kg_high / parcel.area_m2)::double as industry_emissions_kgco2e_per_m2_land_a_high,
    (found.kg / nullif(found.floor_area_m2, 0))::double as industry_emissions_kgco2e_per_m2_a,
    (found.kg_low / nullif(found.floor_area_m2, 0))::double as industry_emissions_kgco2e_per_m2_a_low,
    (found.kg_high / nullif(found.floor_area_m2, 0))::double as industry_emissions_kgco2e_per_m2_a_high,
    calorific.kgce::double as industry_calorific_kgce_per_a,
    calorific.kgce_low::double as industry_calorific_kgce_per_a_low,
    calorific.kgce_high::double as industry_calorific_kgce_per_a_high,
    equivalent.kgce::double as industry_equivalent_kgce_per_a,
    equivalent.kgce_low::double as industry_equivalent_kgce_per_a_low,
    equivalent.kgce_high::double as industry_equivalent_kgce_per_a_high,
    calorific.ratio::double as industry_calorific_kgco2e_per_kgce,
    (calorific.ratio - calorific.down)::double as industry_calorific_kgco2e_per_kgce_low,
    (calorific.ratio + calorific.up)::double as industry_calorific_kgco2e_per_kgce_high,
    equivalent.ratio::double as industry_equivalent_kgco2e_per_kgce,
    (equivalent.ratio - equivalent.down)::double as industry_equivalent_kgco2e_per_kgce_low,
    (equivalent.ratio + equivalent.up)::double as industry_equivalent_kgco2e_per_kgce_high,
    case when found.kg is not null then 'modelled' end as industry_evidence,
    coalesce(found.left_out_m2, 0)::double as industry_floor_area_not_estimated_m2
from parcel
left join summed as found using (parcel_id)
left join measured_in_coal as calorific on parcel.parcel_id = calorific.parcel_id and calorific.kind = 'calorific'
left join measured_in_coal as equivalent on parcel.parcel_id = equivalent.parcel_id and equivalent.kind = 'equivalent'
order by parcel.parcel_id
