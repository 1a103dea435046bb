-- one row per building, parcel, activity and gas; rows of the zone say what is not told
with activity (gpc_ref, carrier, emission_factor, activity_unit, activity_factors, method, is_first) as (
    values
    (
        'III.3.2', 'incinerated_waste', 'waste_emission.fossil_co2', 'kg/a',
        'waste_generation.municipal ~waste_share.recycled waste_share.incinerated',
        'waste_per_resident', true
    ),
    (
        'III.3.2', 'incinerated_waste', 'gwp.n2o', 'kgN2O/a',
        'waste_generation.municipal ~waste_share.recycled waste_share.incinerated waste_n2o.incinerated',
        'waste_per_resident', false
    ),
    (
        'III.1.2', 'landfilled_waste', 'gwp.ch4', 'kgCH4/a',
        'waste_generation.municipal ~waste_share.recycled ~waste_share.incinerated landfill_methane.potential '
        || 'landfill.correction ~landfill.recovered ~landfill.oxidised',
        'methane_commitment', true
    ),
    (
        'III.4.2', 'wastewater', 'gwp.ch4', 'kgCH4/a',
        'wastewater_load.bod wastewater.codischarge wastewater_methane.capacity wastewater.methane_correction',
        'wastewater_per_resident', true
    ),
    (
        'III.4.2', 'wastewater', 'gwp.n2o', 'kgN2O/a',
        'protein_supply.all protein.consumed protein.nitrogen wastewater.household_nitrogen '
        || 'wastewater.unconsumed_nitrogen wastewater.codischarge wastewater.n2o conversion.n2o_per_nitrogen',
        'wastewater_per_resident', false
    ),
    (
        'III.4.2', 'effluent', 'gwp.ch4', 'kgCH4/a',
        'wastewater_load.bod wastewater.codischarge ~wastewater.organics_removed wastewater_methane.capacity '
        || 'effluent.methane_correction',
        'wastewater_per_resident', true
    ),
    (
        'III.4.2', 'effluent', 'gwp.n2o', 'kgN2O/a',
        'protein_supply.all protein.consumed protein.nitrogen wastewater.household_nitrogen '
        || 'wastewater.unconsumed_nitrogen wastewater.codischarge ~wastewater.nitrogen_removed effluent.n2o '
        || 'conversion.n2o_per_nitrogen',
        'wastewater_per_resident', false
    ),
    (
        'VI.1', 'tap_water', 'grid_emission.location', 'kWh/a', 'water_use.residential water_supply.electricity',
        'water_per_resident', true
    )
),

-- where the zone declares nobody, residents come from floor area per head and are as uncertain as that is
room as (
    select
        zone.population,
        case when zone.population is null then factor_in_force.value / factor_in_force.high else 1 end as down,
        case when zone.population is null then factor_in_force.value / factor_in_force.low else 1 end as up
    from zone
    left join factor_in_force on factor_in_force.quantity = 'floor_area_per_resident'
),

housed as (
    select
        building.building_id,
        building_parcel.parcel_id,
        building.residents * building_parcel.share as residents,
        room.population is null as is_modelled,
        room.down,
        room.up
    from building
    inner join building_parcel using (building_id)
    cross join room
    where building.status = 'existing' and coalesce(building.residents != 0, true)
),

-- a plant of the zone that burns waste is the matter of energy, and what residents throw away goes there
plant as (
    select count(*) > 0 as is_own
    from energy_asset
    where status = 'existing' and kind in ('generator', 'plant', 'heat') and source_fuel = 'waste'
),

-- sewage works in the zone treat what its residents let flow: inside the boundary
works as (
    select count(*) > 0 as is_own
    from land_cover
    where subkind = 'sewage_works'
),

placed as (
    select
        activity.* exclude (gpc_ref),
        case when works.is_own and activity.gpc_ref = 'III.4.2' then 'III.4.1' else activity.gpc_ref end as gpc_ref
    from activity
    cross join works
),

treated as (
    select placed.*
    from placed
    cross join plant
    where not (plant.is_own and placed.carrier = 'incinerated_waste')
),

people as (
    select
        coalesce(max(residents), 0) > 0 as are_told,
        any_value(room.population) as population
    from room
    left join housed on true
),

untold (gpc_ref, carrier, method, notation_key, reason) as (
    select
        placed.gpc_ref,
        placed.carrier,
        placed.method,
        case when people.population = 0 then 'NO' else 'NE' end,
        case
            when people.population = 0 then 'no_residents'
            when people.population is not null then 'homes_unknown'
            else 'population_unknown'
        end
    from placed
    cross join people
    where placed.is_first and not people.are_told
    union all
    select
        'III.3.2',
        'incinerated_waste',
        'waste_per_resident',
        'IE',
        'burnt_in_own_plant'
    from plant
    cross join people
    where plant.is_own and people.are_told
    union all
    values
    ('V.2', 'green', 'none', 'NE', 'removals_uncertain'),
    ('VI.1', 'sewage_pumping', 'none', 'NE', 'no_factor')
)

select
    'building' as subject_kind,
    housed.building_id as subject_id,
    housed.parcel_id,
    treated.gpc_ref,
    'gpc' as book,
    treated.carrier,
    housed.residents::double as base,
    case when housed.is_modelled then housed.residents * housed.down end::double as base_low,
    case when housed.is_modelled then housed.residents * housed.up end::double as base_high,
    case when housed.residents is not null then 'person' else '1' end as base_unit,
    case when housed.residents is not null then treated.activity_factors end as activity_factors,
    case when housed.residents is not null then treated.activity_unit else '1' end as activity_unit,
    case when housed.residents is not null then treated.emission_factor end as emission_factor,
    treated.method,
    'modelled' as evidence,
    case when housed.residents is null then 'NE' end as notation_key,
    case when housed.residents is null then 'use_unknown' end as reason
from housed
cross join treated
where housed.residents is not null or treated.is_first
union all
select
    'zone' as subject_kind,
    'zone' as subject_id,
    null as parcel_id,
    untold.gpc_ref,
    'gpc' as book,
    untold.carrier,
    null as base,
    null as base_low,
    null as base_high,
    '1' as base_unit,
    null as activity_factors,
    '1' as activity_unit,
    null as emission_factor,
    untold.method,
    null as evidence,
    untold.notation_key,
    untold.reason
from untold
