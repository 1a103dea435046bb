"""Zones of a few houses whose hours of sun are told, and whose settings are the test's choice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from layers.contract import Site
from layers.discovery import discover_layers
from layers.release import run_layer
from tests.twin.model.conftest import make  # noqa: F401 a fixture
from twin.checks import Checks
from twin.crs import parse_crs
from twin.database import load_frame
from twin.zone import Zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twin.model.zoned import Rows, Zoned

ROUND: dict[str, tuple[float, float | None, float | None]] = {
    "walking_speed.residential": (1, 0.5, 2),
    "walking_speed.off_road": (1, 0.5, 2),
    "walking_reach.leg": (100, 50, 200),
    "walking_reach.green_step": (50, 25, 100),
    "least_green.service": (4000, 2000, 10000),
    "sunlight_rule.great_cold": (2, 2, 2),
    "sunlight_near.radius": (100, 50, 150),
    **{f"storey_height.{use}": (4, 3, 5) for use in ("education", "healthcare", "culture")},
    **{f"typical_levels.{use}": (2, 1, 4) for use in ("education", "healthcare", "culture")},
}


@pytest.fixture
def plan(make: Callable[..., Zoned]) -> Callable[..., Zoned]:  # noqa: F811 the fixture of that name
    """Return a function that makes a zone and runs the room on it."""

    def run(
        buildings: Rows, parcels: Rows, *, sun: dict[str, tuple[float | None, float | None]] | None = None,
        factors: dict[str, Any] | None = None, without: tuple[str, ...] = (), settings: dict[str, Any] | None = None,
        **more: Any,
    ) -> Zoned:
        given = {name: row for name, row in (ROUND | (factors or {})).items() if name not in without}
        zone = make(buildings, parcels, factors=given, **more)
        lit = pd.DataFrame([(name, *hours) for name, hours in (sun or {}).items()],
                           columns=["building_id", "sunlight_h_min", "sunlight_h_mean"])
        load_frame(zone.connection, "building_solar", lit.astype(
            {"building_id": "string", "sunlight_h_min": "Float64", "sunlight_h_mean": "Float64"}))
        described = Zone.model_validate({"name": "houses", "planning": settings or {}})
        run_layer(zone.connection, discover_layers()["planning"], Site(described, parse_crs("EPSG:4549"), Checks()))
        return zone

    return run
