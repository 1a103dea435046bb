-- one row per building, parcel and carrier: all on industrial land, and industry elsewhere; by the zone the rest
with carrier (carrier, intensity_class, emission_factor, part) as (
    values
    ('electricity', 'electricity_intensity', 'grid_emission.location', '2'),
    ('gas', 'gas_intensity', 'fuel_emission.natural_gas', '1'),
    ('heat', 'heat_intensity', 'heat_emission.district', '2')
),

housed as (
    select
        building.building_id,
        building.use,
        building.year_built,
        building.floor_area_m2,
        building.floor_area_low_m2,
        building.floor_area_high_m2,
        building_parcel.parcel_id as on_parcel_id,
        building_parcel.share
    from building
    inner join building_parcel using (building_id)
    inner join parcel on building.parcel_id = parcel.parcel_id
    where
        building.status = 'existing'
        and (
            coalesce(parcel.land_use = 'industrial', false)
            or coalesce(building.use = 'industrial', false)
        )
),

-- the intensity of the building's age, where there is one
needed as (
    select
        housed.*,
        carrier.*,
        coalesce(aged.quantity, carrier.intensity_class || '.' || housed.use) as own_intensity
    from housed
    cross join carrier
    left join factor_by_age as aged
        on
            aged.stem = carrier.intensity_class || '.' || housed.use
            and housed.year_built between aged.from_year and aged.until_year
    where housed.use is not null or carrier.carrier = 'electricity'
),

-- without an intensity of its own the fuel of a plant follows from its electricity, and stands for its heat too
formed as (
    select
        needed.*,
        coalesce(needed.use = 'industrial', false)
        and not coalesce(bool_or(known.quantity is not null and needed.carrier = 'gas') over piece, false)
            as is_by_electricity,
        case
            when is_by_electricity and needed.carrier = 'gas'
                then
                    max(needed.own_intensity) filter (needed.carrier = 'electricity') over piece
                    || ' gas_per_electricity.industrial'
            else needed.own_intensity
        end as formula,
        case
            when needed.use is null then 'NE'
            when is_by_electricity and needed.carrier = 'heat' then 'IE'
        end as notation_key
    from needed
    left join factor_in_force as known on needed.own_intensity = known.quantity
    window piece as (partition by needed.building_id, needed.on_parcel_id)
),

word (gpc_ref, carrier, notation_key, reason) as (
    values
    ('I.3.1', 'all', 'NO', 'no_industry'),
    ('I.3.2', 'all', 'NO', 'no_industry'),
    ('IV.1', 'processes', 'NE', 'branch_unknown'),
    ('IV.2', 'refrigerants', 'NE', 'filling_unknown'),
    ('IV.2', 'switchgear_gas', 'NE', 'filling_unknown')
),

unknown as (
    select count(*) as buildings
    from building
    where status = 'existing' and use is null
),

-- energy does not occur where nothing of industry stands; where a building's use is unknown it may be industry
apart as (
    select
        word.gpc_ref,
        word.carrier,
        case when word.reason = 'no_industry' and unknown.buildings > 0 then 'NE' else word.notation_key end
            as notation_key,
        case when word.reason = 'no_industry' and unknown.buildings > 0 then 'use_unknown' else word.reason end
            as reason
    from word
    cross join unknown
    where word.reason != 'no_industry' or (select count(*) from housed) = 0
)

select
    'building' as subject_kind,
    building_id as subject_id,
    on_parcel_id as parcel_id,
    'I.3.' || part as gpc_ref,
    'gpc' as book,
    carrier,
    case when notation_key is null then floor_area_m2 * share end::double as base,
    case when notation_key is null then floor_area_low_m2 * share end::double as base_low,
    case when notation_key is null then floor_area_high_m2 * share end::double as base_high,
    case when notation_key is null then 'm2' else '1' end as base_unit,
    case when notation_key is null then formula end as activity_factors,
    case when notation_key is null then 'kWh/a' else '1' end as activity_unit,
    case when notation_key is null then emission_factor end as emission_factor,
    case
        when notation_key is not null then 'none'
        when is_by_electricity and carrier = 'gas' then 'fuel_by_electricity'
        else 'floor_area_intensity'
    end as method,
    'modelled' as evidence,
    notation_key,
    case notation_key when 'NE' then 'use_unknown' when 'IE' then 'heat_in_gas' end as reason
from formed
union all
select
    'zone' as subject_kind,
    'zone' as subject_id,
    null as parcel_id,
    gpc_ref,
    'gpc' as book,
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
