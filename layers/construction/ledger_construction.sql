-- one row per building, parcel and carrier, industry left out; another for what it embodies; by the zone the rest
with carrier (carrier, class, emission_factor, part) as (
    values
    ('electricity', 'electricity_intensity', 'grid_emission.location', '2'),
    ('gas', 'gas_intensity', 'fuel_emission.natural_gas', '1'),
    ('heat', 'heat_intensity', 'heat_emission.district', '2')
),

standing as (
    select
        building.building_id,
        building.use,
        building.year_built,
        building_parcel.parcel_id,
        building.floor_area_m2 * building_parcel.share as base,
        building.floor_area_low_m2 * building_parcel.share as base_low,
        building.floor_area_high_m2 * building_parcel.share as base_high,
        case building.use when 'residential' then 'I.1' when 'agricultural' then 'I.5' else 'I.2' end as sector,
        coalesce(parcel.land_use = 'industrial', false) or coalesce(building.use = 'industrial', false) as is_industry
    from building
    inner join building_parcel using (building_id)
    inner join parcel on building.parcel_id = parcel.parcel_id
    where building.status = 'existing'
),

-- the intensity of the building's age, where there is one
used as (
    select
        standing.building_id as subject_id,
        standing.parcel_id,
        standing.sector || '.' || carrier.part as gpc_ref,
        'gpc' as book,
        carrier.carrier,
        standing.base,
        standing.base_low,
        standing.base_high,
        coalesce(aged.quantity, carrier.class || '.' || standing.use) as activity_factors,
        'kWh/a' as activity_unit,
        carrier.emission_factor,
        'floor_area_intensity' as method,
        standing.use is null as is_unknown
    from standing
    cross join carrier
    left join factor_by_age as aged
        on
            aged.stem = carrier.class || '.' || standing.use
            and standing.year_built between aged.from_year and aged.until_year
    where not standing.is_industry and (standing.use is not null or carrier.carrier = 'electricity')
),

-- all buildings, industry too: what making the materials and building emitted, spread over the years they serve
made as (
    select
        building_id as subject_id,
        parcel_id,
        -- the standard for buildings' carbon is of civil buildings: works and farms stand apart
        case when is_industry or use = 'agricultural' then 'A1-A5.works' else 'A1-A5' end as gpc_ref,
        'embodied' as book,
        'materials' as carrier,
        base,
        base_low,
        base_high,
        '/service_life.building' as activity_factors,
        'm2/a' as activity_unit,
        'embodied_carbon.' || use as emission_factor,
        'embodied_over_life' as method,
        use is null as is_unknown
    from standing
),

activity as (
    select * from used
    union all
    select * from made
),

unknown as (
    select count(*) as buildings
    from building
    where status = 'existing' and use is null
),

-- codes of which no building stands, and stages of the life that nothing is known of
apart as (
    select
        word.sector || '.' || part.part as gpc_ref,
        'gpc' as book,
        'all' as carrier,
        -- where a building's use is unknown it may be of this kind
        case when unknown.buildings > 0 then 'NE' else 'NO' end as notation_key,
        case when unknown.buildings > 0 then 'use_unknown' else 'no_building' end as reason
    from (values ('I.1'), ('I.2'), ('I.5')) as word (sector)
    cross join (values ('1'), ('2')) as part (part)
    cross join unknown
    where word.sector not in (select sector from standing where not is_industry)
    union all
    select
        stage.gpc_ref,
        'embodied' as book,
        stage.carrier,
        stage.notation_key,
        stage.reason
    from (
        values
        ('B1-B5', 'repair', 'NE', 'no_factor'),
        ('B6', 'operation', 'IE', 'operation_in_gpc'),
        ('C1-C4', 'demolition', 'NE', 'no_factor')
    ) as stage (gpc_ref, carrier, notation_key, reason)
)

select
    'building' as subject_kind,
    subject_id,
    parcel_id,
    gpc_ref,
    book,
    carrier,
    case when not is_unknown then base end::double as base,
    case when not is_unknown then base_low end::double as base_low,
    case when not is_unknown then base_high end::double as base_high,
    case when is_unknown then '1' else 'm2' end as base_unit,
    case when not is_unknown then activity_factors end as activity_factors,
    case when is_unknown then '1' else activity_unit end as activity_unit,
    case when not is_unknown then emission_factor end as emission_factor,
    case when is_unknown then 'none' else method end as method,
    'modelled' as evidence,
    case when is_unknown then 'NE' end as notation_key,
    case when is_unknown then 'use_unknown' end as reason
from activity
union all
select
    'zone' as subject_kind,
    'zone' as subject_id,
    null as parcel_id,
    gpc_ref,
    book,
    carrier,
    null as base,
    null as base_low,
    null as base_high,
    '1' as base_unit,
    null as activity_factors,
    '1' as activity_unit,
    null as emission_factor,
    'none' as method,
    'default' as evidence,
    notation_key,
    reason
from apart
