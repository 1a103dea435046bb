"""The release's DuckDB file: its tables as they are in Parquet, and what the map asks for, ready to be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from twin.database import connect
from twin.model import PRIVATE
from twin.parquet import MIDDLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

DIGITS = 7  # of a degree: about a centimetre
SMOOTH_M = 0.05  # corners of what lies on the ground that are nearer to the line between their neighbours are left out
ROW_GROUP = 2048
UPRIGHT_M2 = 1e-4  # seen from above a wall has no area

# What the map draws: table, key, and which column of it a feature of the map is told apart by.
MAP_TABLES = {
    "neighbourhood": "neighbourhood_id",
    "land_cover": "cover_id",
    "parcel": "parcel_id",
    "road": "road_id",
    "building": "building_id",
    "energy_asset": "asset_id",
}
SMOOTHED = {"land_cover", "parcel", "road"}


def build_cache(
    folder: Path, path: Path, *, crs: str, wide: Mapping[str, str], drawn: Mapping[str, str] | None = None,
    instead: Mapping[str, str] | None = None,
) -> None:
    """
    Write the DuckDB file of a release.

    Parameters
    ----------
    folder
        The release's folder, with its Parquet files under tables/.
    path
        The file to write.
    crs
        Coordinate system of the tables, as PROJ understands it.
    wide
        SELECTs that join all that is known of a feature, by the name of their table.
    drawn
        Keys of further tables that the map draws, by the name of the table.
    instead
        Tables whose shapes in space are drawn in the place of a table's own, by the name of that table.
    """
    connection = connect()
    try:
        quoted = str(path).replace("'", "''")
        connection.execute(f"attach '{quoted}' as cache (row_group_size {ROW_GROUP})")
        connection.execute("use cache")
        for file in sorted((folder / "tables").glob("*.parquet")):
            if file.stem in PRIVATE:  # what nobody may ask for is not there
                continue
            source = str(file).replace("'", "''")
            connection.execute(f"create table \"{file.stem}\" as from read_parquet('{source}')")
            _copy_comments(connection, file)
        for name, select in wide.items():
            connection.execute(f'create table "{name}" as\n{select}')
        for table, key in (MAP_TABLES | dict(drawn or {})).items():
            _write_map_table(connection, table, key, crs, (instead or {}).get(table))
        connection.execute("use memory")
        connection.execute("detach cache")
    finally:
        connection.close()


def _copy_comments(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Give the columns of a table the comments (meaning and unit) that its Parquet file carries."""
    for field in pq.read_schema(file):
        comment = (field.metadata or {}).get(b"comment", b"").decode().replace("'", "''")
        connection.execute(f"comment on column \"{file.stem}\".\"{field.name}\" is '{comment}'")


def _write_map_table(
    connection: duckdb.DuckDBPyConnection, table: str, key: str, crs: str, instead: str | None = None
) -> None:
    """
    Write `map_<table>`: one row per shape on the map, in degrees, with its box and its GeoJSON.

    A building that has parts is drawn by them, each from its base to its top. Where another table has a feature's shape
    in space, `body` of its first row is that shape, and empty in its other rows: the one is drawn for all.
    """
    source, bodies = _shapes(table, key), _bodies(key, instead)
    connection.execute(
        f"""
        create table "map_{table}" as
        with shape as ({source}),
        body as ({bodies}),
        located as (
            select feature_id, base_m, top_m, upright,
                   case when upright then geometry else st_reduceprecision(geometry, 1e-{DIGITS}) end as geometry
            from (select feature_id, base_m, top_m, st_dimension(geometry) = 2 and st_area(geometry) < {UPRIGHT_M2}
                         as upright, st_transform(geometry, $crs, 'EPSG:4326', true) as geometry from shape)
        )
        select feature_id, base_m, top_m,
               st_xmin(geometry) as west, st_ymin(geometry) as south,
               st_xmax(geometry) as east, st_ymax(geometry) as north,
               st_x(seat) as lon, st_y(seat) as lat,
               {_geojson("case when base_m > 0 then st_force3dz(geometry, base_m) else geometry end")} as geojson,
               case row_number() over (partition by feature_id order by base_m, top_m, st_aswkb(geometry))
                   when 1 then body else left(body, 0) end as body
        from (select *, case when upright then {MIDDLE} else st_pointonsurface(geometry) end
                  as seat from located) as placed
        left join body using (feature_id)
        where geometry is not null and not st_isempty(geometry)
        order by st_hilbert({MIDDLE}, {{'min_x': -180, 'min_y': -90, 'max_x': 180, 'max_y': 90}}::box_2d),
                 feature_id
        """,
        {"crs": crs},
    )


def _geojson(geometry: str) -> str:
    """Return the expression of a geometry's GeoJSON with as many digits as the map needs."""
    return f"regexp_replace(st_asgeojson({geometry})::varchar, '(\\.[0-9]{{{DIGITS}}})[0-9]+', '\\1', 'g')"


def _shapes(table: str, key: str) -> str:
    """Return the SELECT of a table's shapes with base and top: a building's parts stand for its outline."""
    shapes = {
        "building": """
            select building_id as feature_id, least(base_m, height_m) as base_m, height_m as top_m, geometry
            from building
            where building_id not in (select building_id from building_part where height_m > base_m)
            union all by name
            select building_id as feature_id, base_m, height_m as top_m, geometry from building_part
            where height_m > base_m"""
    }
    geometry = f"st_simplifypreservetopology(geometry, {SMOOTH_M})" if table in SMOOTHED else "geometry"
    return shapes.get(table, f'select "{key}" as feature_id, null::double as base_m, null::double as top_m, '
                             f'{geometry} as geometry from "{table}"')


def _bodies(key: str, table: str | None) -> str:
    """Return the SELECT of shapes in space as GeoJSON out of a table; of none where there is no such table."""
    if table is None:
        return "select null::varchar as feature_id, null::varchar as body where false"
    body = _geojson("st_transform(geometry, $crs, 'EPSG:4326', true)")
    return f'select "{key}" as feature_id, {body} as body from "{table}"'
