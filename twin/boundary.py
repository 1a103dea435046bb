"""The zone's outline, and what lies inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from twin.crs import WGS84, transform
from twin.errors import SourceError, ZoneError

if TYPE_CHECKING:
    from pathlib import Path

    import pyproj

    from twin.checks import Checks

STREET_M = 30.0  # gaps between parcels up to this width are the zone's streets
MARGIN_M = 50.0  # around the buildings where nothing else bounds the zone
EDGE_M = 25.0  # long edges of the header's box are divided before they are projected


def read_boundary(path: Path, crs: pyproj.CRS) -> shapely.Geometry:
    """
    Return the outline that a vector file holds, all its polygons as one.

    Raises
    ------
    SourceError
        If the file cannot be read, names no coordinate system or holds no polygon.
    """
    try:
        frame = pyogrio.read_dataframe(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        message = f"{path}: cannot be read as a vector file; give the zone's outline as GeoPackage or GeoJSON"
        raise SourceError(message) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.crs is None:
        message = f"{path}: has no coordinate system; save the outline with one"
        raise SourceError(message)
    frame = frame.to_crs(crs)
    areas = frame.geometry[frame.geometry.notna() & frame.geom_type.isin(["Polygon", "MultiPolygon"])]
    if areas.empty:
        message = f"{path}: holds no polygon; the zone's boundary must be an area"
        raise SourceError(message)
    return shapely.union_all(shapely.make_valid(areas.to_numpy()))


def find_boundary(
    *,
    crs: pyproj.CRS,
    outline: shapely.Geometry | None,
    parcels: gpd.GeoDataFrame | None,
    box: tuple[float, float, float, float] | None,
    buildings: gpd.GeoDataFrame,
) -> tuple[shapely.Geometry, str]:
    """
    Return the zone's outline and where it came from: file, parcels, OSM header or buildings, in that order.

    Raises
    ------
    ZoneError
        If there is nothing to take an outline from.
    """
    if outline is not None:
        return outline, "file"
    if parcels is not None and len(parcels):
        union = shapely.union_all(parcels.geometry.to_numpy())
        swollen = shapely.buffer(union, STREET_M / 2, join_style="mitre", mitre_limit=2)
        closed = shapely.buffer(swollen, -STREET_M / 2, join_style="mitre", mitre_limit=2)
        return shapely.union(union, closed), "parcels"
    if box is not None:
        ring = shapely.segmentize(shapely.box(*box), EDGE_M / 111_000 * 10)
        return shapely.make_valid(transform(ring, WGS84, crs)), "osm"
    if len(buildings):
        hull = shapely.convex_hull(shapely.union_all(buildings.geometry.to_numpy()))
        return shapely.buffer(hull, MARGIN_M), "buildings"
    message = "nothing bounds the zone: no boundary file, parcels, OSM bounds or buildings; set zone.boundary"
    raise ZoneError(message)


def keep_inside(frame: gpd.GeoDataFrame, zone: shapely.Geometry, checks: Checks, subject: str) -> gpd.GeoDataFrame:
    """Return the features whose inner point lies in the zone, whole; the others are counted as clipped."""
    shapely.prepare(zone)
    inside = shapely.intersects(zone, shapely.point_on_surface(frame.geometry.to_numpy()))
    checks.count("clipped", f"{subject}: outside the zone", int((~inside).sum()))
    across = inside & ~shapely.covers(zone, frame.geometry.to_numpy())
    checks.count("clipped", f"{subject}: across the edge, kept whole", int(across.sum()))
    return frame[inside].reset_index(drop=True)


def clip(frame: gpd.GeoDataFrame, zone: shapely.Geometry, checks: Checks, subject: str) -> gpd.GeoDataFrame:
    """Return the features cut at the zone's edge, those outside left out; both are counted."""
    shapely.prepare(zone)
    geometry = frame.geometry.to_numpy()
    touches, within = shapely.intersects(zone, geometry), shapely.covers(zone, geometry)
    cut = touches & ~within
    result = geometry.copy()
    result[cut] = shapely.intersection(geometry[cut], zone)
    dimension = shapely.get_dimensions(geometry)
    whole = touches & ~shapely.is_empty(result)
    result = np.array([_of_dimension(item, size) for item, size in zip(result, dimension, strict=True)], dtype=object)
    whole &= ~shapely.is_empty(result)
    checks.count("clipped", f"{subject}: outside the zone", int((~whole).sum()))
    checks.count("clipped", f"{subject}: cut at the edge", int((cut & whole).sum()))
    return frame.set_geometry(gpd.GeoSeries(result, index=frame.index, crs=frame.crs))[whole].reset_index(drop=True)


def _of_dimension(geometry: shapely.Geometry, dimension: int) -> shapely.Geometry:
    """Return the parts of a geometry that are areas, lines or points, as its feature was before it was cut."""
    if not isinstance(geometry, shapely.GeometryCollection):
        return geometry if shapely.get_dimensions(geometry) == dimension else shapely.GeometryCollection()
    parts = shapely.get_parts(geometry)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == dimension])
