-- one row per building: its place among the meters that would narrow the zone's interval most
select
    building.building_id,
    meter_next.meter_rank::double as meter_rank,
    meter_next.meter_gain_share::double as meter_gain_share
from building
left join meter_next using (building_id)
order by building.building_id
