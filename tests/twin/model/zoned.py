"""Zones made of a few rows and round factors, so that every expected value can be worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyproj
import pytest

from layers.contract import Site
from layers.discovery import discover_layers
from layers.release import run_layer
from twin.checks import Checks
from twin.crs import parse_crs
from twin.tiling import ATTRIBUTES
from twin.zone import Zone

if TYPE_CHECKING:

    import duckdb
    import shapely


CRS = pyproj.CRS.from_epsg(4549)
PARCEL_COLUMNS = ("parcel_id", "source", *ATTRIBUTES)

# quantity: value, low, high
FACTORS: dict[str, tuple[float, float | None, float | None]] = {
    "inference.neighbour_radius": (150, None, None),
    "inference.least_neighbours": (3, None, None),
    "inference.small_footprint": (40, None, None),
    "inference.parts_cover": (0.5, None, None),
    "inference.least_surface_height": (1.8, None, None),
    "storey_height.residential": (3, 2.5, 3.5),
    "storey_height.residential_2025": (3.2, 3, 3.5),
    "storey_height.office": (4, 3, 5),
    "storey_height.retail": (5, 4, 6),
    "storey_height.industrial": (8, 6, 12),
    "storey_height.mixed": (4, 3, 5),
    "storey_height.other": (4, 3, 6),
    "storey_height.small": (2.5, 2, 3),
    "typical_levels.residential": (5, 2, 10),
    "typical_levels.office": (6, 2, 20),
    "typical_levels.retail": (2, 1, 4),
    "typical_levels.industrial": (1, 1, 2),
    "typical_levels.mixed": (4, 2, 8),
    "typical_levels.other": (3, 1, 6),
    "typical_levels.small": (1, 1, 2),
    "height_error.tag": (10, None, None),
    "height_error.dsm": (20, None, None),
    "residential_share.residential": (1, 1, 1),
    "residential_share.mixed": (0.5, 0.2, 0.8),
    "floor_area_per_resident": (40, 30, 50),
    "household_size": (2.5, 2, 3),
    "floor_area_error.counted": (10, 5, 15),
    "electricity_intensity.residential": (30, 20, 45),
    "electricity_intensity.office": (80, 60, 100),
    "gas_intensity.residential": (20, 15, 30),
    "load_error.hour": (1, 0.6, 1.6),
    "electricity_intensity.retail": (100, 50, 150),
    "heat_intensity.retail": (40, 30, 50),
    "grid_emission.location": (0.5, 0.4, 0.6),
    "fuel_emission.natural_gas": (0.2, 0.19, 0.21),
    **{f"roof_pitch.{family}": (30, 20, 40) for family in ("gabled", "hipped", "pyramidal", "sawtooth", "shed")},
    "roof_tooth.length": (10, None, None),
    "roof_rise.greatest_share": (50, None, None),
    "uncertainty.default": (20, None, None),
}

Rows = list[dict[str, Any]]


def factor_frame(rows: dict[str, tuple[float, float | None, float | None]]) -> pd.DataFrame:
    table = [
        {"factor_id": name.upper(), "quantity": name, "value": value, "low": low, "high": high, "interval_kind": None,
         "unit": "1", "region": "World", "year": 2020, "source": "test", "seen": "derived", "note": None}
        for name, (value, low, high) in rows.items()
    ]
    return pd.DataFrame(table)


def frame(rows: Rows, columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    data = {name: [row.get(name) for row in rows] for name in columns if name != "geometry"}
    return gpd.GeoDataFrame(pd.DataFrame(data, dtype=object), geometry=[row["geometry"] for row in rows], crs=CRS)


def house(name: str, shape: shapely.Geometry, **facts: object) -> dict[str, Any]:
    return {"feature_id": name, "geometry": shape, "source": "file", "is_part": False, "status": "existing"} | facts


def part(name: str, of: str, shape: shapely.Geometry, **facts: object) -> dict[str, Any]:
    return house(name, shape, is_part=True, part_of=of, **facts)


def lot(name: str, shape: shapely.Geometry, **facts: object) -> dict[str, Any]:
    return {"parcel_id": name, "geometry": shape, "source": "cadastre"} | facts


class Zoned:
    """A zone made of rows, and its tables."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def rows(self, table: str, key: str) -> dict[str, dict[str, Any]]:
        result = self.connection.execute(f'select * from "{table}"')
        names = [column[0] for column in result.description]
        return {row[names.index(key)]: dict(zip(names, row, strict=True)) for row in result.fetchall()}

    def building(self, name: str) -> dict[str, Any]:
        return self.rows("building", "building_id")[name]

    def run(self, layer: str) -> None:
        site = Site(Zone(name="houses"), parse_crs("EPSG:4549"), Checks())
        run_layer(self.connection, discover_layers()[layer], site)


def ladder(row: dict[str, Any]) -> tuple[str, float, float, float]:
    return (row["height_source"], *(pytest.approx(row[name]) for name in ("height_m", "height_low_m", "height_high_m")))
