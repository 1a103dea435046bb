"""Drawings as areas: closed lines become polygons, open ones that meet are joined, the rest is counted."""

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

LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING, shapely.GeometryType.MULTILINESTRING)
LABELS = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)
CORNERS = 4  # a closed ring's fewest points, the first one given twice


def close_lines(frame: GeoDataFrame, checks: Checks, role: str) -> GeoDataFrame:
    """Return a frame whose closed lines are polygons, everything else unchanged."""
    lines = frame[np.isin(shapely.get_type_id(frame.geometry.to_numpy()), LINES)]
    if lines.empty:
        return frame
    single = lines.explode(ignore_index=False, index_parts=False)
    closed = _closed(single.geometry.to_numpy())
    rings = single[closed]
    polygons = rings.set_geometry(
        gpd.GeoSeries(shapely.polygons(shapely.linearrings(shapely.get_coordinates(rings.geometry.to_numpy()),
                                                           indices=_owners(rings.geometry.to_numpy()))),
                      index=rings.index, crs=frame.crs)
    )  # fmt: skip
    checks.count("repaired", f"{role}: closed line taken as a polygon", len(polygons))
    rest = frame.drop(index=lines.index)
    together = pd.concat([rest, polygons, single[~closed]]).sort_index(kind="stable")
    return gpd.GeoDataFrame(together.reset_index(drop=True), geometry=frame.geometry.name, crs=frame.crs)


def _closed(lines: NDArray[np.object_]) -> NDArray[np.bool_]:
    return shapely.is_closed(lines) & (shapely.get_num_coordinates(lines) >= CORNERS)


def _owners(lines: NDArray[np.object_]) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(lines)), shapely.get_num_coordinates(lines))


def read_drawing(frame: GeoDataFrame, layer: str | None, checks: Checks, role: str) -> GeoDataFrame:
    """
    Return the areas of a DXF drawing: polygons, closed lines, and areas bounded by the open lines of one layer.

    Parameters
    ----------
    frame
        The drawing's entities, their layer in the column `Layer`.
    layer
        Drawing layer to take, all of them when None.
    """
    if layer is not None:
        frame = frame[frame["Layer"] == layer]
    labels = np.isin(shapely.get_type_id(frame.geometry.to_numpy()), LABELS)
    checks.count("dropped", f"{role}: label or point of a drawing", int(labels.sum()))
    areas = close_lines(frame[~labels].reset_index(drop=True), checks, role)
    is_line = np.isin(shapely.get_type_id(areas.geometry.to_numpy()), LINES)
    joined = _join_lines(areas[is_line], checks, role)
    together = pd.concat([areas[~is_line], joined], ignore_index=True)
    return gpd.GeoDataFrame(together, geometry=frame.geometry.name, crs=frame.crs)


def _join_lines(lines: GeoDataFrame, checks: Checks, role: str) -> GeoDataFrame:
    """Return the areas that open lines of the same drawing layer enclose."""
    rows = []
    for name, group in lines.groupby("Layer", sort=True):
        areas, _, dangles, _ = shapely.polygonize_full([shapely.union_all(group.geometry.to_numpy())])
        checks.count("dropped", f"{role}: open line of a drawing", len(shapely.get_parts(dangles)))
        rows += [{"Layer": name, lines.geometry.name: area} for area in shapely.get_parts(areas)]
    checks.count("repaired", f"{role}: area enclosed by lines", len(rows))
    if not rows:
        return lines.iloc[:0]
    return gpd.GeoDataFrame(rows, geometry=lines.geometry.name, crs=lines.crs)
