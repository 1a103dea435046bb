-- one row per parcel: its emissions by GPC BASIC, electricity by location; empty where nothing on it is estimated
with line as (
    select
        ledger_total.*,
        coalesce(nullif(item, 'BASIC'), 'footprint') as name,
        case when share_measured * 2 > 1 then 'measured' else 'modelled' end as evidence
    from ledger_total
    inner join zone using (year)
    where place_kind = 'parcel' and book = 'gpc' and basis = 'location' and line in ('total', 'domain')
),

summed as (
    select
        place_id as parcel_id,
        max(emissions_kgco2e_per_a) filter (name = 'footprint') as footprint,
        max(emissions_kgco2e_per_a_low) filter (name = 'footprint') as footprint_low,
        max(emissions_kgco2e_per_a_high) filter (name = 'footprint') as footprint_high,
        max(evidence) filter (name = 'footprint') as footprint_evidence,
        max(emissions_kgco2e_per_a) filter (name = 'energy') as energy,
        max(emissions_kgco2e_per_a_low) filter (name = 'energy') as energy_low,
        max(emissions_kgco2e_per_a_high) filter (name = 'energy') as energy_high,
        max(evidence) filter (name = 'energy') as energy_evidence,
        max(emissions_kgco2e_per_a) filter (name = 'resources') as resources,
        max(emissions_kgco2e_per_a_low) filter (name = 'resources') as resources_low,
        max(emissions_kgco2e_per_a_high) filter (name = 'resources') as resources_high,
        max(evidence) filter (name = 'resources') as resources_evidence,
        max(emissions_kgco2e_per_a) filter (name = 'industry') as industry,
        max(emissions_kgco2e_per_a_low) filter (name = 'industry') as industry_low,
        max(emissions_kgco2e_per_a_high) filter (name = 'industry') as industry_high,
        max(evidence) filter (name = 'industry') as industry_evidence,
        max(emissions_kgco2e_per_a) filter (name = 'construction') as construction,
        max(emissions_kgco2e_per_a_low) filter (name = 'construction') as construction_low,
        max(emissions_kgco2e_per_a_high) filter (name = 'construction') as construction_high,
        max(evidence) filter (name = 'construction') as construction_evidence,
        max(emissions_kgco2e_per_a) filter (name = 'mobility') as mobility,
        max(emissions_kgco2e_per_a_low) filter (name = 'mobility') as mobility_low,
        max(emissions_kgco2e_per_a_high) filter (name = 'mobility') as mobility_high,
        max(evidence) filter (name = 'mobility') as mobility_evidence,
        max(share_measured) filter (name = 'footprint') as share_measured
    from line
    group by all
)

select
    parcel.parcel_id,
    summed.footprint::double as footprint_kgco2e_per_a,
    summed.footprint_low::double as footprint_kgco2e_per_a_low,
    summed.footprint_high::double as footprint_kgco2e_per_a_high,
    summed.footprint_evidence as ledger_evidence,
    summed.energy::double as energy_kgco2e_per_a,
    summed.energy_low::double as energy_kgco2e_per_a_low,
    summed.energy_high::double as energy_kgco2e_per_a_high,
    summed.energy_evidence as ledger_energy_evidence,
    summed.resources::double as resources_kgco2e_per_a,
    summed.resources_low::double as resources_kgco2e_per_a_low,
    summed.resources_high::double as resources_kgco2e_per_a_high,
    summed.resources_evidence as ledger_resources_evidence,
    summed.industry::double as industry_kgco2e_per_a,
    summed.industry_low::double as industry_kgco2e_per_a_low,
    summed.industry_high::double as industry_kgco2e_per_a_high,
    summed.industry_evidence as ledger_industry_evidence,
    summed.construction::double as construction_kgco2e_per_a,
    summed.construction_low::double as construction_kgco2e_per_a_low,
    summed.construction_high::double as construction_kgco2e_per_a_high,
    summed.construction_evidence as ledger_construction_evidence,
    summed.mobility::double as mobility_kgco2e_per_a,
    summed.mobility_low::double as mobility_kgco2e_per_a_low,
    summed.mobility_high::double as mobility_kgco2e_per_a_high,
    summed.mobility_evidence as ledger_mobility_evidence,
    (summed.footprint / parcel.area_m2)::double as footprint_kgco2e_per_m2_a,
    (summed.footprint_low / parcel.area_m2)::double as footprint_kgco2e_per_m2_a_low,
    (summed.footprint_high / parcel.area_m2)::double as footprint_kgco2e_per_m2_a_high,
    summed.share_measured::double as share_measured
from parcel
left join summed using (parcel_id)
order by parcel.parcel_id
