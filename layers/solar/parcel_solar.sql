-- one row per parcel: its buildings by the share of their outline; bounds add up because the roofs share their weather
with piece as (
    select
        building_parcel.parcel_id,
        building_parcel.share,
        building_solar.*
    from building_parcel
    inner join building_solar using (building_id)
    where building_solar.solar_evidence is not null
),

summed as (
    select
        parcel_id,
        sum(share * roof_m2) as roof_m2,
        sum(share * roof_m2 * roof_irradiation_kwh_per_m2_a) as received_kwh,
        sum(share * roof_m2 * roof_irradiation_kwh_per_m2_a_low) as received_low_kwh,
        sum(share * roof_m2 * roof_irradiation_kwh_per_m2_a_high) as received_high_kwh,
        sum(share * roof_usable_m2) as roof_usable_m2,
        sum(share * roof_tilt_north_m2) as roof_tilt_north_m2,
        sum(share * roof_setback_m2) as roof_setback_m2,
        sum(share * roof_parapet_m2) as roof_parapet_m2,
        sum(share * roof_too_small_m2) as roof_too_small_m2,
        sum(share * roof_shade_m2) as roof_shade_m2,
        sum(share * roof_obstruction_m2) as roof_obstruction_m2,
        sum(share * pv_capacity_kwp) as pv_capacity_kwp,
        sum(share * pv_yield_kwh_per_a) as pv_yield_kwh_per_a,
        sum(share * pv_yield_kwh_per_a_low) as pv_yield_kwh_per_a_low,
        sum(share * pv_yield_kwh_per_a_high) as pv_yield_kwh_per_a_high,
        sum(share * pv_yield_p90_kwh_per_a) as pv_yield_p90_kwh_per_a,
        sum(share * pv_yield_kwh_per_a / nullif(pv_performance_ratio, 0)) as reference_kwh
    from piece
    group by all
)

select
    parcel.parcel_id,
    summed.roof_m2::double as roof_m2,
    (summed.received_kwh / nullif(summed.roof_m2, 0))::double as roof_irradiation_kwh_per_m2_a,
    (summed.received_low_kwh / nullif(summed.roof_m2, 0))::double as roof_irradiation_kwh_per_m2_a_low,
    (summed.received_high_kwh / nullif(summed.roof_m2, 0))::double as roof_irradiation_kwh_per_m2_a_high,
    summed.roof_usable_m2::double as roof_usable_m2,
    summed.roof_tilt_north_m2::double as roof_tilt_north_m2,
    summed.roof_setback_m2::double as roof_setback_m2,
    summed.roof_parapet_m2::double as roof_parapet_m2,
    summed.roof_too_small_m2::double as roof_too_small_m2,
    summed.roof_shade_m2::double as roof_shade_m2,
    summed.roof_obstruction_m2::double as roof_obstruction_m2,
    summed.pv_capacity_kwp::double as pv_capacity_kwp,
    summed.pv_yield_kwh_per_a::double as pv_yield_kwh_per_a,
    summed.pv_yield_kwh_per_a_low::double as pv_yield_kwh_per_a_low,
    summed.pv_yield_kwh_per_a_high::double as pv_yield_kwh_per_a_high,
    summed.pv_yield_p90_kwh_per_a::double as pv_yield_p90_kwh_per_a,
    (summed.pv_yield_kwh_per_a / nullif(summed.pv_capacity_kwp, 0))::double as pv_specific_yield_kwh_per_kwp_a,
    (summed.pv_yield_kwh_per_a_low / nullif(summed.pv_capacity_kwp, 0))::double
        as pv_specific_yield_kwh_per_kwp_a_low,
    (summed.pv_yield_kwh_per_a_high / nullif(summed.pv_capacity_kwp, 0))::double
        as pv_specific_yield_kwh_per_kwp_a_high,
    (summed.pv_yield_kwh_per_a / nullif(summed.reference_kwh, 0))::double as pv_performance_ratio,
    case when summed.parcel_id is not null then 'modelled' end as solar_evidence
from parcel
left join summed using (parcel_id)
order by parcel.parcel_id
