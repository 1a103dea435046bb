"""Zones of a few roads and houses, with round factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.twin.model.conftest import make  # noqa: F401 a fixture

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twin.model.zoned import Rows, Zoned

# quantity: value, low, high
ROUND: dict[str, tuple[float, float | None, float | None]] = {
    "traffic.primary": (1000, 500, 2000),
    "traffic.residential": (100, 50, 200),
    "road_lanes.primary": (4, 2, 6),
    "road_lanes.residential": (2, 1, 2),
    "heavy_per_light.primary": (0.25, 0.2, 0.3),
    "heavy_per_light.residential": (0, 0, 0),
    "heavy_vehicle_level.default": (1, 0.5, 2),
    "traffic_error.class_default": (75, 50, 100),
    "centrality.greatest_ratio": (2, 1, 4),
    "centrality.sources": (400, 100, 1000),
    "calendar.days": (365, 365, 365),
    "vehicle_km_per_head.light": (5000, 4000, 7000),
    "vehicles_per_head.light": (0.4, 0.3, 0.5),
    "vehicle_share.plug_in": (0.2, 0.1, 0.3),
    "plug_in_share.battery": (0.5, 0.4, 0.6),
    "electric_driving.hybrid": (0.5, 0.3, 0.7),
    "electric_driving.light": (0.15, 0.1, 0.2),
    "electricity_use.electric_car": (0.2, 0.16, 0.25),
    "fuel_use.petrol_car": (0.08, 0.07, 0.09),
    "fuel_use.diesel_heavy": (0.3, 0.2, 0.4),
}


@pytest.fixture
def drive(make: Callable[..., Zoned]) -> Callable[..., Zoned]:  # noqa: F811 the fixture of that name
    """Return a function that makes a zone and runs the room on it."""

    def run(buildings: Rows, roads: Rows, *, factors: dict[str, Any] | None = None, **more: Any) -> Zoned:
        zone = make(buildings, roads=roads, factors=ROUND | (factors or {}), **more)
        zone.run("mobility")
        return zone

    return run
