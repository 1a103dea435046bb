"""Coordinates that lie where their system is used: swapped axes and wrong systems are noticed, not drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely

from twin.crs import WGS84
from twin.sources.fault import SourceFault

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN_DEG = 2.0
CIRCLE_DEG = 360.0
POLE_DEG = 90.0
SAMPLE = 2000
MOST = 0.5  # share of the points that decides


def require_axes(geometry: NDArray[np.object_], crs: pyproj.CRS, zone_crs: pyproj.CRS, role: str) -> None:
    """
    Refuse geometries whose coordinates cannot be in the order east, north of their system.

    Raises
    ------
    SourceFault
        If they lie where the system (or the zone's) is used only once their axes are swapped, or nowhere near it.
    """
    points = shapely.get_coordinates(geometry)
    points = points[:: max(len(points) // SAMPLE, 1)]
    if inside(points, crs) < MOST:
        if inside(points[:, ::-1], crs) >= MOST:
            raise _swapped(crs)
        reason = f"the coordinates lie outside the area where {crs.name} is used"
        raise SourceFault(reason, f"set sources.{role}.crs to the system they are in")
    if _near(points, crs, zone_crs) == 0 and _near(points[:, ::-1], crs, zone_crs) >= MOST:
        raise _swapped(crs)


def inside(points: NDArray[np.float64], crs: pyproj.CRS) -> float:
    """Return the share of points (east, north) that lie where their system is used; 1 where nobody says."""
    return _near(points, crs, crs)


def _near(points: NDArray[np.float64], crs: pyproj.CRS, other: pyproj.CRS) -> float:
    """Return the share of points of one system that lie where another is used, with a margin."""
    area = other.area_of_use
    if area is None or not len(points):
        return 1.0
    transformer = pyproj.Transformer.from_crs(crs.to_2d(), WGS84, always_xy=True)
    lon, lat = transformer.transform(points[:, 0], points[:, 1])
    # A longitude beyond the circle is no place, except just past the date line.
    real = (
        np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= CIRCLE_DEG / 2 + MARGIN_DEG) & (np.abs(lat) <= POLE_DEG)
    )
    high = (lat >= area.south - MARGIN_DEG) & (lat <= area.north + MARGIN_DEG)
    width = (area.east - area.west) % CIRCLE_DEG or CIRCLE_DEG
    offset = np.where(real, np.mod(np.where(real, lon, 0) - area.west + MARGIN_DEG, CIRCLE_DEG), 0)
    wide = (offset <= width + 2 * MARGIN_DEG) | (width + 2 * MARGIN_DEG >= CIRCLE_DEG)
    return float(np.mean(real & high & wide))


def _swapped(crs: pyproj.CRS) -> SourceFault:
    order = "longitude, latitude" if crs.is_geographic else "east, north"
    return SourceFault(f"the axes seem swapped for {crs.name}", f"write the coordinates in the order {order}")
