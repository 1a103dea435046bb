"""Buildings and their parts: which part belongs to which building."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

    from twin.checks import Checks


def attach_parts(buildings: gpd.GeoDataFrame, checks: Checks) -> gpd.GeoDataFrame:
    """
    Return buildings and parts, every part with its building in `part_of`; parts without one are dropped and counted.

    Where the source does not say it, a part belongs to the smallest outline that holds its inner point.
    """
    is_part = buildings["is_part"].astype(bool).to_numpy()
    outlines = buildings[~is_part]
    owner = buildings["part_of"].astype(object).where(buildings["part_of"].notna(), None).to_numpy().copy()
    mute = np.flatnonzero(is_part & np.array([item is None for item in owner]))
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
