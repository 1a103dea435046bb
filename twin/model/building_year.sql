-- one row per building and year: whether it stands, and who lives there; years beside the base year are added later
select
    building.building_id,
    zone.year::integer as year,
    building.status,
    building.residents::double as residents,
    building.dwellings::double as dwellings
from building
cross join zone
order by building.building_id
