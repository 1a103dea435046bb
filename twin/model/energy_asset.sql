-- one row per energy asset
with place as (
    select
        source_energy.asset_id,
        min(parcel.parcel_id) as parcel_id
    from source_energy
    inner join parcel on st_intersects(parcel.geometry, st_pointonsurface(source_energy.geometry))
    group by all
)

select
    source_energy.asset_id,
    source_energy.kind,
    source_energy.name_local,
    source_energy.name_latin,
    source_energy.source_fuel,
    case when source_energy.year_built > zone.year then 'planned' else 'existing' end as status,
    source_energy.year_built::integer as year_built,
    source_energy.voltage_v::double as voltage_v,
    source_energy.capacity_kw::double as capacity_kw,
    place.parcel_id,
    source_energy.geometry
from source_energy
cross join zone
left join place using (asset_id)
order by source_energy.asset_id
