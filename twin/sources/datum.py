"""The shifted Chinese datums: GCJ-02 and BD-09 coordinates brought back to WGS 84."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Points = NDArray[np.float64]

# Ellipsoid of Krassowsky 1940, on which the shift is defined.
SEMI_MAJOR_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323
# The shift is applied in a box around China.
WEST, SOUTH, EAST, NORTH = 72.004, 0.8293, 137.8347, 55.8271
BAIDU_EAST, BAIDU_NORTH = 0.0065, 0.006
BAIDU_TURN = np.pi * 3000 / 180
PRECISION_DEG = 1e-9
MOST_ROUNDS = 30


def unshift(points: Points, datum: Literal["gcj02", "bd09"]) -> Points:
    """
    Return WGS 84 coordinates of shifted ones; places outside China are left where they are.

    The shift has no closed inverse, so the forward shift is iterated to a fixed point.

    Parameters
    ----------
    points
        Longitude and latitude. [degrees], shape (n, 2)
    datum
        What the coordinates carry: `gcj02`, or `bd09` on top of it.

    Returns
    -------
    points
        Longitude and latitude. [degrees], shape (n, 2)
    """
    if datum == "bd09":
        points = _invert(_baidu_shift, points)
    return _invert(_shift, points)


def unshift_geometry(geometry: NDArray[np.object_], datum: Literal["gcj02", "bd09"]) -> NDArray[np.object_]:
    """Return geometries in longitude and latitude without the shift of their datum."""
    return np.asarray(shapely.transform(geometry, lambda points: unshift(points, datum)), dtype=object)


def _invert(shift: Callable[[Points], Points], shifted: Points) -> Points:
    """Return the points that a forward shift carries to `shifted`, by fixed-point iteration."""
    points = shifted.copy()
    for _ in range(MOST_ROUNDS):
        error = shift(points) - shifted
        points -= error
        if not error.size or np.abs(error).max() < PRECISION_DEG:
            break
    return points


def _shift(points: Points) -> Points:
    """Return GCJ-02 coordinates of WGS 84 ones."""
    lon, lat = points[:, 0], points[:, 1]
    x, y = lon - 105, lat - 35
    ripple = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + ripple
    north += (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + ripple
    east += (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    # Metres on the ellipsoid to degrees, by its two radii of curvature.
    phi = np.radians(lat)
    bend = 1 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian_m = SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED) / bend**1.5
    normal_m = SEMI_MAJOR_M / np.sqrt(bend) * np.cos(phi)
    moved = np.column_stack([lon + np.degrees(east / normal_m), lat + np.degrees(north / meridian_m)])
    inside = (lon >= WEST) & (lon <= EAST) & (lat >= SOUTH) & (lat <= NORTH)
    return np.where(inside[:, None], moved, points)


def _baidu_shift(points: Points) -> Points:
    """Return BD-09 coordinates of GCJ-02 ones."""
    x, y = points[:, 0], points[:, 1]
    radius = np.hypot(x, y) + 2e-5 * np.sin(y * BAIDU_TURN)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * BAIDU_TURN)
    return np.column_stack([radius * np.cos(angle) + BAIDU_EAST, radius * np.sin(angle) + BAIDU_NORTH])
