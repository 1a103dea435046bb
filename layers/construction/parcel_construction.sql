-- one row per parcel: its buildings by the share of their outline; bounds add up because the buildings share factors
with piece as (
    select
        building_parcel.parcel_id,
        building_parcel.share,
        building_parcel.parcel_id = building.parcel_id as is_home,
        building.floor_area_m2,
        building.status,
        building_construction.*
    from building_parcel
    inner join building using (building_id)
    inner join building_construction using (building_id)
),

summed as (
    select
        parcel_id,
        sum(electricity_kwh_per_a * share) as electricity_kwh_per_a,
        sum(electricity_kwh_per_a_low * share) as electricity_kwh_per_a_low,
        sum(electricity_kwh_per_a_high * share) as electricity_kwh_per_a_high,
        sum(gas_kwh_per_a * share) as gas_kwh_per_a,
        sum(gas_kwh_per_a_low * share) as gas_kwh_per_a_low,
        sum(gas_kwh_per_a_high * share) as gas_kwh_per_a_high,
        sum(heat_kwh_per_a * share) as heat_kwh_per_a,
        sum(heat_kwh_per_a_low * share) as heat_kwh_per_a_low,
        sum(heat_kwh_per_a_high * share) as heat_kwh_per_a_high,
        sum(emissions_kgco2e_per_a * share) as emissions_kgco2e_per_a,
        sum(emissions_kgco2e_per_a_low * share) as emissions_kgco2e_per_a_low,
        sum(emissions_kgco2e_per_a_high * share) as emissions_kgco2e_per_a_high,
        sum(cooling_kwh_per_a * share) as cooling_kwh_per_a,
        sum(cooling_kwh_per_a_low * share) as cooling_kwh_per_a_low,
        sum(cooling_kwh_per_a_high * share) as cooling_kwh_per_a_high,
        sum(heating_kwh_per_a * share) as heating_kwh_per_a,
        sum(heating_kwh_per_a_low * share) as heating_kwh_per_a_low,
        sum(heating_kwh_per_a_high * share) as heating_kwh_per_a_high,
        sum(base_kwh_per_a * share) as base_kwh_per_a,
        sum(base_kwh_per_a_low * share) as base_kwh_per_a_low,
        sum(base_kwh_per_a_high * share) as base_kwh_per_a_high,
        sum(embodied_kgco2e * share) as embodied_kgco2e,
        sum(embodied_kgco2e_low * share) as embodied_kgco2e_low,
        sum(embodied_kgco2e_high * share) as embodied_kgco2e_high,
        sum(embodied_kgco2e * share) filter (status = 'planned') as embodied_planned_kgco2e,
        sum(embodied_kgco2e_low * share) filter (status = 'planned') as embodied_planned_kgco2e_low,
        sum(embodied_kgco2e_high * share) filter (status = 'planned') as embodied_planned_kgco2e_high,
        sum(floor_area_m2 * share) filter (energy_notation_key = 'NE') as floor_area_not_estimated_m2,
        count(*) filter (is_home and energy_notation_key = 'NE') as buildings_not_estimated
    from piece
    group by all
)

select
    parcel.parcel_id,
    summed.electricity_kwh_per_a::double as electricity_kwh_per_a,
    summed.electricity_kwh_per_a_low::double as electricity_kwh_per_a_low,
    summed.electricity_kwh_per_a_high::double as electricity_kwh_per_a_high,
    summed.gas_kwh_per_a::double as gas_kwh_per_a,
    summed.gas_kwh_per_a_low::double as gas_kwh_per_a_low,
    summed.gas_kwh_per_a_high::double as gas_kwh_per_a_high,
    summed.heat_kwh_per_a::double as heat_kwh_per_a,
    summed.heat_kwh_per_a_low::double as heat_kwh_per_a_low,
    summed.heat_kwh_per_a_high::double as heat_kwh_per_a_high,
    summed.emissions_kgco2e_per_a::double as emissions_kgco2e_per_a,
    summed.emissions_kgco2e_per_a_low::double as emissions_kgco2e_per_a_low,
    summed.emissions_kgco2e_per_a_high::double as emissions_kgco2e_per_a_high,
    (summed.emissions_kgco2e_per_a / parcel.area_m2)::double as emissions_kgco2e_per_m2_land_a,
    (summed.emissions_kgco2e_per_a_low / parcel.area_m2)::double as emissions_kgco2e_per_m2_land_a_low,
    (summed.emissions_kgco2e_per_a_high / parcel.area_m2)::double as emissions_kgco2e_per_m2_land_a_high,
    case when summed.emissions_kgco2e_per_a is not null then 'modelled' end as energy_evidence,
    coalesce(summed.floor_area_not_estimated_m2, 0)::double as floor_area_not_estimated_m2,
    coalesce(summed.buildings_not_estimated, 0)::double as buildings_not_estimated,
    summed.cooling_kwh_per_a::double as cooling_kwh_per_a,
    summed.cooling_kwh_per_a_low::double as cooling_kwh_per_a_low,
    summed.cooling_kwh_per_a_high::double as cooling_kwh_per_a_high,
    summed.heating_kwh_per_a::double as heating_kwh_per_a,
    summed.heating_kwh_per_a_low::double as heating_kwh_per_a_low,
    summed.heating_kwh_per_a_high::double as heating_kwh_per_a_high,
    summed.base_kwh_per_a::double as base_kwh_per_a,
    summed.base_kwh_per_a_low::double as base_kwh_per_a_low,
    summed.base_kwh_per_a_high::double as base_kwh_per_a_high,
    summed.embodied_kgco2e::double as embodied_kgco2e,
    summed.embodied_kgco2e_low::double as embodied_kgco2e_low,
    summed.embodied_kgco2e_high::double as embodied_kgco2e_high,
    summed.embodied_planned_kgco2e::double as embodied_planned_kgco2e,
    summed.embodied_planned_kgco2e_low::double as embodied_planned_kgco2e_low,
    summed.embodied_planned_kgco2e_high::double as embodied_planned_kgco2e_high,
    case when summed.embodied_kgco2e is not null then 'modelled' end as embodied_evidence
from parcel
left join summed using (parcel_id)
order by parcel.parcel_id
