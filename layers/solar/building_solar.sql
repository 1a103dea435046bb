-- one row per building: its roof surfaces together; errors that all roofs share add up, each roof's own add as squares
with roof as (
    select
        building_id,
        sum(area_m2) as roof_m2,
        sum(area_m2 * irradiation_kwh_per_m2_a) as received_kwh,
        sum(area_m2 * irradiation_kwh_per_m2_a_low) as received_low_kwh,
        sum(area_m2 * irradiation_kwh_per_m2_a_high) as received_high_kwh,
        sum(usable_m2) as usable_m2,
        sum(tilt_north_m2) as tilt_north_m2,
        sum(setback_m2) as setback_m2,
        sum(parapet_m2) as parapet_m2,
        sum(too_small_m2) as too_small_m2,
        sum(shade_m2) as shade_m2,
        sum(obstruction_m2) as obstruction_m2,
        sum(capacity_kwp) as capacity_kwp,
        sum(yield_kwh_per_a) as yield_kwh,
        sqrt(pow(sum(yield_common_95_kwh), 2) + sum(pow(yield_own_95_kwh, 2))) as bound_95_kwh,
        sqrt(pow(sum(yield_common_90_kwh), 2) + sum(pow(yield_own_90_kwh, 2))) as bound_90_kwh,
        sum(yield_kwh_per_a / nullif(performance_ratio, 0)) as reference_kwh
    from roof_surface
    group by all
),

facade as (
    select
        building_id,
        sum(area_m2) as facade_m2,
        sum(area_m2 * irradiation_kwh_per_m2_a) as received_kwh,
        sum(area_m2 * irradiation_kwh_per_m2_a_low) as received_low_kwh,
        sum(area_m2 * irradiation_kwh_per_m2_a_high) as received_high_kwh,
        arg_max(sunlight_h_min, sunlight_h_mean) as sunlight_h_min,
        max(sunlight_h_mean) as sunlight_h_mean
    from facade_surface
    group by all
)

select
    building.building_id,
    roof.roof_m2::double as roof_m2,
    (roof.received_kwh / roof.roof_m2)::double as roof_irradiation_kwh_per_m2_a,
    (roof.received_low_kwh / roof.roof_m2)::double as roof_irradiation_kwh_per_m2_a_low,
    (roof.received_high_kwh / roof.roof_m2)::double as roof_irradiation_kwh_per_m2_a_high,
    roof.usable_m2::double as roof_usable_m2,
    roof.tilt_north_m2::double as roof_tilt_north_m2,
    roof.setback_m2::double as roof_setback_m2,
    roof.parapet_m2::double as roof_parapet_m2,
    roof.too_small_m2::double as roof_too_small_m2,
    roof.shade_m2::double as roof_shade_m2,
    roof.obstruction_m2::double as roof_obstruction_m2,
    roof.capacity_kwp::double as pv_capacity_kwp,
    roof.yield_kwh::double as pv_yield_kwh_per_a,
    case when roof.yield_kwh is not null then greatest(roof.yield_kwh - roof.bound_95_kwh, 0) end::double
        as pv_yield_kwh_per_a_low,
    (roof.yield_kwh + roof.bound_95_kwh)::double as pv_yield_kwh_per_a_high,
    case when roof.yield_kwh is not null then greatest(roof.yield_kwh - roof.bound_90_kwh, 0) end::double
        as pv_yield_p90_kwh_per_a,
    (roof.yield_kwh / nullif(roof.capacity_kwp, 0))::double as pv_specific_yield_kwh_per_kwp_a,
    (pv_yield_kwh_per_a_low / nullif(roof.capacity_kwp, 0))::double
        as pv_specific_yield_kwh_per_kwp_a_low,
    (pv_yield_kwh_per_a_high / nullif(roof.capacity_kwp, 0))::double
        as pv_specific_yield_kwh_per_kwp_a_high,
    (roof.yield_kwh / nullif(roof.reference_kwh, 0))::double as pv_performance_ratio,
    case when roof.building_id is not null then 'modelled' end as solar_evidence,
    facade.facade_m2::double as facade_m2,
    (facade.received_kwh / nullif(facade.facade_m2, 0))::double as facade_irradiation_kwh_per_m2_a,
    (facade.received_low_kwh / nullif(facade.facade_m2, 0))::double as facade_irradiation_kwh_per_m2_a_low,
    (facade.received_high_kwh / nullif(facade.facade_m2, 0))::double as facade_irradiation_kwh_per_m2_a_high,
    facade.sunlight_h_min::double as sunlight_h_min,
    facade.sunlight_h_mean::double as sunlight_h_mean,
    case
        when building.status != 'existing' then 'NO'
        when roof.building_id is null then 'NE'
    end as solar_notation_key,
    case
        when building.status != 'existing' then 'not_standing'
        when roof.building_id is null and solar_weather.source is null then 'no_weather'
        when roof.building_id is null then 'no_roof'
    end as solar_reason
from building
cross join solar_weather
left join roof using (building_id)
left join facade using (building_id)
order by building.building_id
