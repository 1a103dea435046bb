"""Geometries made fit for areas and joins: finite, flat, valid, each once; whatever is done is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from twin.checks import Checks

POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
SMALLEST_M2 = 0.01


def drop_hollow(frame: GeoDataFrame, checks: Checks, role: str) -> GeoDataFrame:
    """Return the features that have a geometry with finite coordinates, without their third dimension."""
    geometry = frame.geometry.to_numpy()
    hollow = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    checks.count("dropped", f"{role}: without geometry", int(hollow.sum()))
    finite = _finite(geometry)
    checks.count("dropped", f"{role}: coordinates that are not finite", int((~finite & ~hollow).sum()))
    kept = frame[finite & ~hollow]
    return kept.set_geometry(gpd.GeoSeries(shapely.force_2d(kept.geometry.to_numpy()), index=kept.index, crs=frame.crs))


def _finite(geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return for every geometry whether all its coordinates are finite numbers."""
    points, owner = shapely.get_coordinates(geometry, return_index=True)
    finite = np.ones(len(geometry), dtype=bool)
    finite[owner[~np.isfinite(points).all(axis=1)]] = False
    return finite


def repair_polygons(frame: GeoDataFrame, checks: Checks, role: str) -> GeoDataFrame:
    """Return the polygons of a frame in metres, valid; what is no polygon, or has no area, is dropped."""
    geometry = frame.geometry.to_numpy()
    kinds = shapely.get_type_id(geometry)
    broken = ~shapely.is_valid(geometry) & np.isin(kinds, POLYGONS)
    checks.count("repaired", f"{role}: invalid polygon", int(broken.sum()))
    if broken.any():
        geometry = geometry.copy()
        geometry[broken] = shapely.make_valid(geometry[broken], method="structure", keep_collapsed=False)
    collections = shapely.get_type_id(geometry) == shapely.GeometryType.GEOMETRYCOLLECTION
    if collections.any():
        geometry = geometry.copy()
        geometry[collections] = [polygons_of(item) for item in geometry[collections]]
    area = np.isin(shapely.get_type_id(geometry), POLYGONS)
    tiny = area & (shapely.area(geometry) < SMALLEST_M2)
    checks.count("dropped", f"{role}: no polygon", int((~area & ~broken).sum()))
    checks.count("dropped", f"{role}: without area", int((tiny | (~area & broken)).sum()))
    return frame.set_geometry(gpd.GeoSeries(geometry, index=frame.index, crs=frame.crs))[area & ~tiny]


def polygons_of(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of a geometry as one; empty where it has none."""
    parts = [part for part in shapely.get_parts(geometry, return_index=False) if part.geom_type.endswith("Polygon")]
    if not parts:
        return shapely.Polygon()
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def drop_twins(frame: GeoDataFrame, checks: Checks, role: str, *, columns: bool = True) -> GeoDataFrame:
    """Return the features without exact repetitions of an outline, and of all columns unless told otherwise."""
    outlines = pd.Series(shapely.to_wkb(shapely.normalize(frame.geometry.to_numpy())), index=frame.index, dtype=object)
    twins = outlines.duplicated()
    if columns and twins.any():
        alike = outlines.duplicated(keep=False)
        plain = pd.DataFrame(frame[alike].drop(columns=frame.geometry.name)).astype(object).map(repr)
        keys = pd.concat([outlines[alike].to_frame(), plain], axis=1, ignore_index=True)
        twins = keys.duplicated().reindex(frame.index, fill_value=False)
    what = "exact duplicate" if columns else "outline given twice"
    checks.count("dropped", f"{role}: {what}", int(twins.sum()))
    return frame[~twins]
