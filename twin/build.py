"""From sources to the model's tables."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from twin import model
from twin.classes import data_folder
from twin.crs import crs_text
from twin.database import comment_columns, load_frame, run_select
from twin.errors import FactorError

if TYPE_CHECKING:
    import duckdb

    from twin.material import Material
    from twin.zone import Zone

TYPES: dict[str, dict[str, tuple[str, ...]]] = {
    "source_building": {
        "text": ("source", "feature_id", "part_of", "name_local", "name_latin", "address", "use_raw", "use", "status",
                 "roof_shape", "roof_orientation", "roof_faces", "cadastral_ref"),
        "number": ("year_built", "height_m", "levels", "base_m", "base_levels", "residents", "dwellings", "ground_m",
                   "height_dsm_m", "roof_direction_deg", "roof_height_m", "roof_angle_deg"),
        "flag": ("is_part",),
    },
    "source_parcel": {
        "text": ("parcel_id", "source", "cadastral_ref", "land_use_raw", "land_use", "tenure"),
        "number": ("year", "far_max", "height_max_m", "coverage_max", "green_min"),
    },
    "source_road": {
        "text": ("road_id", "name_local", "name_latin", "class"),
        "number": ("lanes", "width_m"),
        "flag": ("one_way", "is_street", "is_tunnel"),
    },
    "source_energy": {
        "text": ("asset_id", "kind", "name_local", "name_latin", "source_fuel"),
        "number": ("voltage_v", "capacity_kw", "year_built"),
    },
    "source_land": {"text": ("feature_id", "name_local", "name_latin", "kind", "subkind", "use_hint")},
    "source_neighbourhood": {
        "text": ("neighbourhood_id", "source", "name_local", "name_latin"),
        "number": ("population", "households", "inside_share"),
    },
}

READING = pa.schema([
    ("reading_id", pa.string()), ("subject_kind", pa.string()), ("subject_id", pa.string()),
    ("meter_id", pa.string()), ("carrier", pa.string()), ("start", pa.date32()), ("end", pa.date32()),
    ("amount", pa.float64()), ("unit", pa.string()), ("source", pa.string()), ("supersedes", pa.string()),
])


def build_model(
    connection: duckdb.DuckDBPyConnection, zone: Zone, material: Material, factors: pd.DataFrame
) -> None:
    """
    Make every table of the model in a database.

    Parameters
    ----------
    connection
        The database to build in.
    zone, material
        The zone's description, and its sources as they were read.
    factors
        Every factor that the model and the layers may use.
    """
    frames = {
        "source_building": material.buildings,
        "source_parcel": material.parcels,
        "source_road": material.roads,
        "source_energy": material.energy_assets,
        "source_land": material.land,
        "source_neighbourhood": material.neighbourhoods,
    }
    for name, frame in frames.items():
        load_frame(connection, name, typed_frame(frame, TYPES[name]))
    load_frame(connection, "source_zone", _zone_frame(zone, material))
    load_frame(connection, "region", _regions(zone))
    load_frame(connection, "use_class", use_classes())
    load_frame(connection, "factor", factors)
    _load_readings(connection, READING.empty_table())
    for step in model.STEPS:
        run_select(connection, step, (model.FOLDER / f"{step}.sql").read_text(encoding="utf-8"))
    _require_all_buildings(connection)
    for table, columns in model.read_columns().items():
        comment_columns(connection, table, columns)


def build_readings(connection: duckdb.DuckDBPyConnection, readings: pa.Table) -> None:
    """
    Make the tables of readings anew, in a database that holds the model.

    Parameters
    ----------
    connection
        The database.
    readings
        Every reading of the log, corrected ones too; columns as :data:`READING`.
    """
    _load_readings(connection, readings)
    for step in model.READING_STEPS:
        run_select(connection, step, (model.FOLDER / f"{step}.sql").read_text(encoding="utf-8"))
        comment_columns(connection, step, model.read_columns().get(step, {}))


def _load_readings(connection: duckdb.DuckDBPyConnection, readings: pa.Table) -> None:
    connection.register("incoming", readings.select(READING.names).cast(READING))
    connection.execute("create or replace table source_reading as from incoming")
    connection.unregister("incoming")


def _regions(zone: Zone) -> pd.DataFrame:
    """Return the regions that factors are looked up in, nearest first, the world last."""
    names = [*dict.fromkeys([*zone.regions, "World"])]
    return pd.DataFrame({"rank": range(len(names)), "name": names})


def _require_all_buildings(connection: duckdb.DuckDBPyConnection) -> None:
    """
    Raise an error where the model lost a building on its way.

    Raises
    ------
    FactorError
        If a building has no row: a storey height or a typical number of storeys is missing for its use.
    """
    lost = connection.execute(
        "select coalesce(use, 'other') as use, count(*) from footprint "
        "anti join building using (building_id) group by all"
    ).fetchall()
    if lost:
        told = ", ".join(f"{number} of use {use}" for use, number in lost)
        message = f"buildings without a height: {told}; add storey_height and typical_levels for them to the factors"
        raise FactorError(message)


def typed_frame(frame: gpd.GeoDataFrame, types: dict[str, tuple[str, ...]]) -> gpd.GeoDataFrame:
    """Return the columns a table needs, each of its type, whatever a source left out."""
    columns: dict[str, pd.Series] = {}
    for name in types.get("text", ()):
        values = frame[name] if name in frame else pd.Series([None] * len(frame), index=frame.index)
        columns[name] = values.astype("string")
    for name in types.get("number", ()):
        values = frame[name] if name in frame else pd.Series([None] * len(frame), index=frame.index)
        columns[name] = pd.to_numeric(values).astype("Float64")
    for name in types.get("flag", ()):
        columns[name] = frame[name].astype("boolean")
    return gpd.GeoDataFrame(pd.DataFrame(columns), geometry=frame.geometry.to_numpy(), crs=frame.crs)


def _zone_frame(zone: Zone, material: Material) -> gpd.GeoDataFrame:
    """Return the one row of the zone, with the population of the base year or of the last year given before it."""
    known = zone.population_year()
    row = {
        "name": [zone.name],
        "title": [zone.title.en if zone.title else zone.name],
        "crs": [crs_text(material.crs)],
        "year": pd.array([zone.inventory.base_year], dtype="Int64"),
        "population": pd.array([None if known is None else zone.population[known]], dtype="Float64"),
        "population_year": pd.array([known], dtype="Int64"),
        "target_year": pd.array([zone.target_year], dtype="Int64"),
    }
    return gpd.GeoDataFrame(pd.DataFrame(row), geometry=[material.outline], crs=material.crs)


def use_classes() -> pd.DataFrame:
    """Return the classes of use: use, is_hall, land_use and what else the table has."""
    with (data_folder() / "classes" / "use.csv").open(encoding="utf-8", newline="") as file:
        rows = [row | {"is_hall": row["is_hall"] == "true", "land_use": row["land_use"] or None}
                for row in csv.DictReader(file)]
    return pd.DataFrame(rows)
