"""Coordinate reference systems: a zone's metric system, and local grids behind an affine."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError

from twin.errors import ZoneError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopandas import GeoSeries

METRE_DIGITS = 5
DEGREE_DIGITS = 10

WGS84 = pyproj.CRS.from_epsg(4326)


def parse_crs(text: str | int) -> pyproj.CRS:
    """
    Return the coordinate reference system that an EPSG code, a WKT or a PROJ text names.

    Raises
    ------
    ZoneError
        If PROJ does not understand the text.
    """
    try:
        return pyproj.CRS.from_user_input(int(text) if str(text).isdigit() else text)
    except CRSError as error:
        shown = str(text)[:60]
        message = f"crs {shown!r} is not understood; give an EPSG code such as EPSG:4549, a WKT or a PROJ text"
        raise ZoneError(message) from error


def require_metric(crs: pyproj.CRS, where: str) -> pyproj.CRS:
    """
    Return `crs` when it is projected and in metres.

    Raises
    ------
    ZoneError
        If it is geographic or in another unit: areas and lengths would be wrong.
    """
    units = {axis.unit_name for axis in crs.axis_info[:2]}
    if not crs.is_projected or units - {"metre", "meter", "m"}:
        message = f"{where}: crs {crs.name!r} is not in metres; choose a projected one, such as the zone's UTM zone"
        raise ZoneError(message)
    return crs


def utm_crs(lon: float, lat: float) -> pyproj.CRS:
    """Return the UTM zone of a point. [degrees, WGS 84]"""
    zone = min(int((lon + 180) // 6) + 1, 60)
    return pyproj.CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)


def crs_text(crs: pyproj.CRS) -> str:
    """Return `EPSG:n` where the system has a code, else its WKT on one line."""
    authority = crs.to_authority(min_confidence=100)
    return ":".join(authority) if authority else crs.to_wkt(pretty=False)


def transform(geometry: Any, source: pyproj.CRS, target: pyproj.CRS) -> Any:
    """
    Return geometries, one or an array of them, in another system, always in the order east, north.

    Coordinates are rounded far below any survey's accuracy, so that versions of PROJ that differ in the last bit agree.
    """
    if source == target:
        return geometry
    transformer = _transformer(source, target, threading.get_ident())
    digits = METRE_DIGITS if target.is_projected else DEGREE_DIGITS

    def move(points: np.ndarray) -> np.ndarray:
        east, north = transformer.transform(points[:, 0], points[:, 1])
        return np.round(np.column_stack([east, north]), digits)

    return shapely.transform(geometry, move)


@lru_cache(maxsize=16)
def _transformer(source: pyproj.CRS, target: pyproj.CRS, _thread: int) -> pyproj.Transformer:
    """Return what transforms points, made once for each thread: making it takes a tenth of a second."""
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def apply_affine(series: GeoSeries, affine: Sequence[float]) -> GeoSeries:
    """Return local-grid geometries in the system they were surveyed in: x' = a x + b y + c, y' = d x + e y + f."""
    a, b, c, d, e, f = affine
    return series.affine_transform([a, b, d, e, c, f])


def to_degrees(crs: pyproj.CRS, point: tuple[float, float]) -> tuple[float, float]:
    """Return longitude and latitude of a point of a system. [degrees, WGS 84]"""
    longitude, latitude = pyproj.Transformer.from_crs(crs, WGS84, always_xy=True).transform(*point)
    return float(longitude), float(latitude)


def grid_convergence(crs: pyproj.CRS, point: tuple[float, float]) -> float:
    """Return the direction of grid north at a point of a projected system, clockwise from true north. [degrees]"""
    longitude, latitude = to_degrees(crs, point)
    step = 1e-3 if latitude < 0 else -1e-3  # towards the equator, where there always is a place
    forward = pyproj.Transformer.from_crs(WGS84, crs, always_xy=True)
    (east, north), (east_there, north_there) = (
        forward.transform(longitude, latitude), forward.transform(longitude, latitude + step)
    )
    sign = np.sign(step)
    return -float(np.degrees(np.arctan2(sign * (east_there - east), sign * (north_there - north))))
