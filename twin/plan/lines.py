"""Lines in street coordinates: how they are sampled, placed on the ground and widened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry as Geometry

    from twin.plan.site import Site

STEP_M = 30.0  # between the points of a bent line
GRID_M = 0.01  # vertices lie on it
CLOSE_M = 6.0  # a sample this near to a junction is left out

Axis = Literal["u", "v"]


def sample_span(start: float, end: float, fixed: Iterable[float] = ()) -> NDArray[np.float64]:
    """Return positions along a span: its ends and the fixed ones exactly, others in between about every 30 m. [m]"""
    kept = np.array(sorted({start, end, *(value for value in fixed if start <= value <= end)}))
    number = max(int((end - start) / STEP_M), 1)
    between = np.round(np.linspace(start, end, number + 1)[1:-1], 2)
    if len(between):
        away = np.abs(between[:, None] - kept[None, :]).min(axis=1)
        kept = np.sort(np.concatenate([kept, between[away > CLOSE_M]]))
    return kept


def place_line(site: Site, along: Axis, across: float, positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Return the ground points of a line that runs along one street coordinate.

    Parameters
    ----------
    site
        The frame.
    along
        The coordinate that changes.
    across
        The other coordinate's value. [m]
    positions
        Values of the changing coordinate. [m], shape (n,)

    Returns
    -------
    points
        [m], EPSG:4549, shape (n, 2)
    """
    steady = np.full(len(positions), across)
    return site.place(positions, steady) if along == "u" else site.place(steady, positions)


def band(points: NDArray[np.float64], width_m: float) -> shapely.Polygon:
    """Return the area within half a width of a line, its ends cut straight. [m]"""
    area: shapely.Polygon = shapely.buffer(
        shapely.LineString(points), width_m / 2, cap_style="flat", join_style="mitre", mitre_limit=2.0
    )
    return area


def polygons(geometry: shapely.Geometry, least_m2: float = 0.0) -> list[shapely.Polygon]:
    """Return the polygons of a geometry that are larger than an area, in a fixed order. [m]"""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon" and part.area > least_m2]
    return sorted(parts, key=lambda part: (round(part.bounds[0], 2), round(part.bounds[1], 2), round(part.area, 2)))


def on_grid(shape: Geometry) -> Any:
    """Return a shape with its vertices on the centimetre, otherwise as it is. [m]"""
    return shapely.transform(shape, lambda xy: np.round(xy, 2))


def tidy(area: shapely.Geometry) -> shapely.Polygon:
    """Return the largest polygon of an area, its vertices on the centimetre. [m]"""
    return max(polygons(shapely.set_precision(area, GRID_M)), key=lambda part: part.area)
