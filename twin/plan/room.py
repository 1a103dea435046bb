"""Room between the houses of a plan: where on a lot something small may stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.plan.records import House, Plan

BESIDE_M = 3.2  # from a house to what stands beside it
CLEAR_M = 2.0  # to any other house, and to the lot's edge
GRID_M = 6.0


class Room:
    """
    The free ground of a plan.

    Parameters
    ----------
    plan
        With its lots and houses; what is placed is remembered, so that no two things stand in one place.
    """

    def __init__(self, plan: Plan) -> None:
        self._tree = shapely.STRtree([house.geometry for house in plan.houses])
        self._water = plan.water
        shapely.prepare(self._water)
        self._taken: set[tuple[float, float]] = set()

    def beside(self, house: House, land: shapely.Geometry, away_m: float = BESIDE_M) -> shapely.Point | None:
        """Return a free point on some land in front of one of a house's sides, None without one."""
        ring = shapely.get_coordinates(house.geometry.exterior)
        middle = (ring[1:] + ring[:-1]) / 2
        centre = shapely.get_coordinates(house.geometry.centroid)[0]
        outward = middle - centre
        lengths = np.hypot(*outward.T)
        places = np.round(middle + outward / lengths[:, None] * away_m, 2)
        return self._first(places, land)

    def within(self, land: shapely.Geometry) -> shapely.Point | None:
        """Return a free point on some land, as near its southern and western edges as may be; None without one."""
        west, south, east, north = shapely.buffer(land, -CLEAR_M).bounds
        if not np.isfinite([west, south, east, north]).all():
            return None
        x, y = np.meshgrid(np.arange(west, east, GRID_M), np.arange(south, north, GRID_M))
        places = np.round(np.column_stack([x.ravel(), y.ravel()]), 2)
        inside = shapely.contains_xy(land, places[:, 0], places[:, 1])
        return self._first(places[inside], land)

    def _first(self, places: NDArray[np.float64], land: shapely.Geometry) -> shapely.Point | None:
        for x, y in places.tolist():
            point = shapely.Point(x, y)
            if (x, y) not in self._taken and self._is_free(point, land):
                self._taken.add((x, y))
                return point
        return None

    def _is_free(self, point: shapely.Point, land: shapely.Geometry) -> bool:
        spot = shapely.buffer(point, CLEAR_M)
        if not shapely.contains(land, spot) or shapely.intersects(self._water, spot):
            return False
        return not len(self._tree.query(spot, predicate="intersects"))
