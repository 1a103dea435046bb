"""Buildings and their parts: which part belongs to which building."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    from twin.checks import Checks


SHARED_M2 = 1.0  # less is how drawn outlines touch
AREA = 2  # dimension


def attach_parts(buildings: gpd.GeoDataFrame, checks: Checks) -> gpd.GeoDataFrame:
    """
    Return buildings and parts, every part with its building in `part_of`; parts without one are dropped and counted.

    Where the source does not say it, a part belongs to the smallest outline that holds its inner point.
    """
    is_part = buildings["is_part"].astype(bool).to_numpy()
    outlines = buildings[~is_part]
    owner = buildings["part_of"].astype(object).where(buildings["part_of"].notna(), None).to_numpy().copy()
    mute = np.flatnonzero(is_part & np.array([item is None for item in owner], dtype=bool))
    if len(mute) and len(outlines):
        points = shapely.point_on_surface(buildings.geometry.to_numpy()[mute])
        tree = shapely.STRtree(outlines.geometry.to_numpy())
        part, outline = tree.query(points, predicate="intersects")
        area = outlines.area.to_numpy()
        ids = outlines["feature_id"].to_numpy()
        for row in np.lexsort((-area[outline], part)):  # the smallest comes last and stays
            owner[mute[part[row]]] = ids[outline[row]]
    known = set(outlines["feature_id"])
    orphan = np.array([flag and name not in known for flag, name in zip(is_part, owner, strict=True)], dtype=bool)
    checks.count("dropped", "building parts: no building around them", int(orphan.sum()))
    return buildings.assign(part_of=owner)[~orphan].reset_index(drop=True)


def drop_unseen(buildings: gpd.GeoDataFrame, checks: Checks) -> gpd.GeoDataFrame:
    """Return the buildings that stand above ground; those below are counted."""
    below = (buildings["status"] == "underground").to_numpy()
    checks.count("dropped", "buildings: below ground", int(below.sum()))
    gone = set(buildings.loc[below, "feature_id"])
    kept = ~below & ~buildings["part_of"].isin(gone).to_numpy()
    return buildings[kept].reset_index(drop=True)


def share_ground(buildings: gpd.GeoDataFrame, checks: Checks) -> gpd.GeoDataFrame:
    """
    Return buildings whose outlines do not overlap: ground that two hold belongs to the smaller, and is counted once.

    A shop drawn inside a mall keeps its own ground; of two equal outlines the one that comes first is kept.
    """
    rows = np.flatnonzero(~buildings["is_part"].astype(bool).to_numpy())
    rows = rows[np.argsort(buildings.area.to_numpy()[rows], kind="stable")]
    shapes = buildings.geometry.to_numpy().copy()
    first, second = shapely.STRtree(shapes[rows]).query(shapes[rows], predicate="intersects")
    first, second = first[first < second], second[first < second]
    shared_m2 = shapely.area(shapely.intersection(shapes[rows[first]], shapes[rows[second]]))
    cut = set()
    for small, large in zip(rows[first[shared_m2 > SHARED_M2]], rows[second[shared_m2 > SHARED_M2]], strict=True):
        shapes[large] = _areas(shapely.difference(shapes[large], shapes[small]))
        cut.add(large)
    checks.count("repaired", "buildings: ground held twice given to the smaller", len(cut))
    gone = np.zeros(len(buildings), dtype=bool)
    gone[rows] = shapely.area(shapes[rows]) < SHARED_M2
    checks.count("dropped", "buildings: outline lies wholly on others", int(gone.sum()))
    lost = set(buildings.loc[gone, "feature_id"])
    kept = ~gone & ~buildings["part_of"].isin(lost).to_numpy()
    return buildings.set_geometry(gpd.GeoSeries(shapes, index=buildings.index, crs=buildings.crs))[kept].reset_index(
        drop=True
    )


def _areas(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return the areas of a geometry, without the lines and points that an overlay may leave."""
    parts = shapely.get_parts(geometry)
    areas = parts[shapely.get_dimensions(parts) == AREA]
    area: shapely.Geometry = shapely.multipolygons(areas) if len(areas) != 1 else areas[0]
    return area
