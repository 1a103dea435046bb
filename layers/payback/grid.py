"""The transformer or substation nearest to each building."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]


def nearest_asset(outlines: Shapes, assets: Shapes, asset_ids: list[str]) -> pd.DataFrame:
    """
    Return the nearest asset of every outline, as the crow flies; of two as near the one whose id comes first.

    Parameters
    ----------
    outlines
        Of buildings.
    assets, asset_ids
        Shapes and ids of what the grid has.

    Returns
    -------
    nearest
        Rows as the outlines: grid_asset_id (None where there is no asset), grid_distance_m between the shapes. [m]
    """
    found = pd.DataFrame({"grid_asset_id": pd.Series([None] * len(outlines), dtype=object),
                          "grid_distance_m": np.full(len(outlines), np.nan)})
    if not len(assets) or not len(outlines):
        return found
    (outline, asset), distance = shapely.STRtree(assets).query_nearest(outlines, return_distance=True)
    pairs = pd.DataFrame({"outline": outline, "asset_id": np.array(asset_ids, dtype=object)[asset],
                          "distance": distance})
    first = pairs.sort_values(["outline", "asset_id"]).drop_duplicates("outline")
    found.loc[first["outline"], "grid_asset_id"] = first["asset_id"].to_numpy()
    found.loc[first["outline"], "grid_distance_m"] = first["distance"].to_numpy()
    return found
