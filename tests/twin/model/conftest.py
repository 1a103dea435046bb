"""A function that builds the model of a zone from rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely
from shapely import box

from tests.twin.model.zoned import CRS, FACTORS, PARCEL_COLUMNS, Rows, Zoned, factor_frame, frame, lot
from twin.build import build_model
from twin.database import connect
from twin.material import Material
from twin.neighbourhood import COLUMNS
from twin.sources import osm
from twin.sources.frame import BUILDING_COLUMNS
from twin.zone import Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb



@pytest.fixture
def make() -> Iterator[Callable[..., Zoned]]:
    """Return a function that builds the model of a zone from rows."""
    opened: list[duckdb.DuckDBPyConnection] = []

    def make(
        buildings: Rows, parcels: Rows | None = None, *, population: int | None = None,
        factors: dict[str, Any] | None = None, outline: shapely.Geometry | None = None, **others: Rows,
    ) -> Zoned:
        """Build from buildings and parcels; others are land, roads, assets and quarters."""
        outline = outline if outline is not None else box(-1000, -1000, 2000, 2000)
        parcels = parcels if parcels is not None else [lot("p", outline)]
        whole = [{"neighbourhood_id": "n", "source": "derived", "geometry": outline}]
        material = Material(
            crs=CRS, outline=outline, outline_source="file",
            buildings=frame(buildings, (*BUILDING_COLUMNS, "height_dsm_m")),
            parcels=frame(parcels, PARCEL_COLUMNS),
            roads=frame(others.get("roads", []), osm.ROAD_COLUMNS),
            energy_assets=frame(others.get("assets", []), osm.ENERGY_COLUMNS),
            land=frame(others.get("land", []), osm.LAND_COLUMNS),
            neighbourhoods=frame(others.get("quarters", whole), COLUMNS),
        )
        zone = Zone(name="toy", population={2025: population} if population is not None else {})
        connection = connect()
        opened.append(connection)
        build_model(connection, zone, material, factor_frame(FACTORS | (factors or {})))
        return Zoned(connection)

    yield make
    for connection in opened:
        connection.close()
