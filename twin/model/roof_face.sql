-- one row per face of a roof that a city model holds
with face as (
    select
        coalesce(source_building.part_of, source_building.feature_id) as building_id,
        source_building.feature_id,
        unnest(st_dump(st_geomfromtext(source_building.roof_faces))).geom as geometry
    from source_building
    where source_building.roof_faces is not null
)

select
    face.feature_id || '/face/' || row_number() over (partition by face.feature_id order by st_aswkb(face.geometry))
        as face_id,
    face.building_id,
    face.geometry
from face
inner join footprint using (building_id)
order by face_id
