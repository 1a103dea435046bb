"""Questions about drafts on the toy zone, whose coordinates count in metres from its corner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyproj
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

EAST, NORTH = 545_000.0, 3_480_000.0  # of the toy zone's corner
TO_DEGREES = pyproj.Transformer.from_crs("EPSG:4549", "EPSG:4326", always_xy=True)


def ring(*points: tuple[float, float]) -> list[list[float]]:
    """Return a closed ring in degrees through points of the toy zone. [m]"""
    closed = [*points, points[0]]
    return [list(TO_DEGREES.transform(EAST + x, NORTH + y)) for x, y in closed]


def box(west: float, south: float, east: float, north: float, **told: Any) -> dict[str, Any]:
    """Return a drawn building over a rectangle of the toy zone: four storeys of 3 m, dwellings, unless told."""
    corners = ring((west, south), (east, south), (east, north), (west, north))
    usual = {"storeys": 4, "storey_height_m": 3.0, "use": "residential"}
    return {"footprint": {"type": "Polygon", "coordinates": [corners]}, **usual, **told}


@pytest.fixture(scope="session")
def ask(toy_client: TestClient) -> Callable[..., dict[str, Any]]:
    """Return a function that asks the toy zone's server about buildings."""

    def asked(*buildings: dict[str, Any], **told: Any) -> dict[str, Any]:
        answer = toy_client.post("/api/whatif", json={"buildings": list(buildings), **told})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return asked
