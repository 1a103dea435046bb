"""GeoParquet files of a release: Hilbert-sorted, checksummed page by page, the same bytes for the same data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb
    import pyproj

ROW_GROUP = 2048 * 8
COMPRESSION_LEVEL = 6
# of the box around a geometry: an upright wall has no centroid
MIDDLE = "st_point((st_xmin(geometry) + st_xmax(geometry)) / 2, (st_ymin(geometry) + st_ymax(geometry)) / 2)"


def write_table(
    connection: duckdb.DuckDBPyConnection, table: str, path: Path, *, crs: pyproj.CRS, keys: list[str]
) -> int:
    """
    Write a table as GeoParquet and return its number of rows.

    Parameters
    ----------
    connection
        The database that holds the table.
    table
        Name of the table.
    path
        The file to write.
    crs
        Coordinate system of the column `geometry`, if there is one.
    keys
        Columns that rows without geometry are sorted by, and that decide between rows at one place.
    """
    described = connection.execute(f'describe "{table}"').fetchall()
    columns = {row[0]: row[1] for row in described}
    comments = dict(connection.execute(
        "select column_name, comment from duckdb_columns() where table_name = ? and comment is not null", [table]
    ).fetchall())
    order = ", ".join(f'"{key}"' for key in keys)
    select, metadata = "*", {}
    if "geometry" in columns:
        select = "* exclude (geometry), st_aswkb(geometry) as geometry"
        order = f"{_hilbert(connection, table)}, {order}"
        metadata = {b"geo": _geo_metadata(connection, table, crs)}
    reader = connection.execute(f'select {select} from "{table}" order by {order}').to_arrow_table()
    fields = [
        pa.field(field.name, pa.binary() if field.name == "geometry" else field.type,
                 metadata={"comment": comments[field.name]} if field.name in comments else None)
        for field in reader.schema
    ]
    arrow = reader.cast(pa.schema(fields)).replace_schema_metadata(metadata)
    pq.write_table(arrow, path, compression="zstd", compression_level=COMPRESSION_LEVEL, row_group_size=ROW_GROUP,
                   write_page_checksum=True, version="2.6")
    return int(arrow.num_rows)


def _hilbert(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    """Return the expression that sorts rows along a Hilbert curve over the table's extent."""
    row = connection.execute(
        f'select min(st_xmin(geometry)), min(st_ymin(geometry)), max(st_xmax(geometry)), max(st_ymax(geometry)) '
        f'from "{table}"'
    ).fetchone()
    if row is None or row[0] is None:
        return "null::integer"
    west, south, east, north = (float(value) for value in row)
    box = f"{{'min_x': {west}, 'min_y': {south}, 'max_x': {east + 1e-6}, 'max_y': {north + 1e-6}}}::box_2d"
    return f"st_hilbert({MIDDLE}, {box})"


def _geo_metadata(connection: duckdb.DuckDBPyConnection, table: str, crs: pyproj.CRS) -> bytes:
    """Return the GeoParquet 1.1 metadata of a table."""
    names = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")
    kinds = {name.upper(): name for name in names}
    found = connection.execute(
        f'select distinct st_geometrytype(geometry)::varchar from "{table}" where geometry is not null'
    ).fetchall()
    column = {
        "encoding": "WKB",
        "geometry_types": sorted(kinds[row[0]] for row in found),
        "crs": json.loads(crs.to_json()),
        "edges": "planar",
    }
    content = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    return json.dumps(content, sort_keys=True).encode()
