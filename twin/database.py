"""DuckDB with its spatial extension, and the one way in which SQL files become tables."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import geopandas as gpd
import pandas as pd
import pyarrow as pa
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

BUILD_MEMORY = "1GB"


def spatial_extension() -> Path:
    """Return the spatial extension of the installed wheel, which needs neither network nor INSTALL."""
    spec = importlib.util.find_spec("duckdb_extension_spatial")
    if spec is None or not spec.submodule_search_locations:
        message = "the package duckdb-extension-spatial is not installed"
        raise ImportError(message)
    folder = Path(spec.submodule_search_locations[0]) / "extensions" / f"v{duckdb.__version__}"
    return folder / "spatial.duckdb_extension"


def connect(path: Path | None = None, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """
    Return a connection with the spatial extension loaded and coordinates in the order east, north.

    The extension's default order is that of the EPSG register: for EPSG:4549 it gives wrong points without an error.
    One thread, because sums of floating-point numbers must not depend on the order in which threads finish.
    """
    connection = duckdb.connect(str(path or ":memory:"), read_only=read_only)
    if is_locked(connection):  # this process holds the file open already, set up and locked
        return connection
    extension = str(spatial_extension()).replace("'", "''")
    connection.execute(f"load '{extension}'")
    connection.execute("set global geometry_always_xy = true")
    connection.execute("set global threads = 1")
    return connection


def is_locked(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether the configuration was locked, as the server does with a release."""
    row = connection.execute("select current_setting('lock_configuration')").fetchone()
    return bool(row and row[0])


def load_frame(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame) -> None:
    """
    Make a table of a frame; its geometry, if any, becomes a column `geometry`.

    Columns without a value are text unless pandas knows better.
    """
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    table = pa.Table.from_pandas(plain.convert_dtypes(), preserve_index=False)
    for number, field in enumerate(table.schema):
        if pa.types.is_null(field.type):
            table = table.set_column(number, field.name, table.column(number).cast(pa.string()))
    select = "*"
    if isinstance(frame, gpd.GeoDataFrame):
        table = table.append_column("wkb", pa.array(shapely.to_wkb(frame.geometry.to_numpy()), pa.binary()))
        select = "* exclude (wkb), st_geomfromwkb(wkb) as geometry"
    connection.register("incoming", table)
    connection.execute(f'create or replace table "{name}" as select {select} from incoming')
    connection.unregister("incoming")


def run_select(connection: duckdb.DuckDBPyConnection, name: str, sql: str) -> None:
    """Wrap one SELECT into `create or replace table`."""
    try:
        connection.execute(f'create or replace table "{name}" as\n{sql}')
    except duckdb.Error as error:
        error.add_note(f"while making the table {name}")
        raise


def comment_columns(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, tuple[str, str]]
) -> None:
    """Write unit and meaning of each column as its comment: `meaning [unit]`."""
    present = {row[0] for row in connection.execute(f'describe "{table}"').fetchall()}
    for column, (unit, meaning) in columns.items():
        if column in present:
            text = f"{meaning} [{unit}]" if unit else meaning
            escaped = text.replace("'", "''")
            connection.execute(f"comment on column \"{table}\".\"{column}\" is '{escaped}'")
