"""Neighbourhoods of a vector file: names in both scripts, residents and households."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from twin.sources.columns import map_columns, read_names, read_numbers
from twin.sources.fault import noted
from twin.sources.frame import (
    NEIGHBOURHOOD_COLUMNS,
    NEIGHBOURHOOD_NUMBERS,
    conform,
    empty_frame,
    feature_ids,
)
from twin.sources.vector import read_vector

if TYPE_CHECKING:
    from pathlib import Path

    import pyproj
    from geopandas import GeoDataFrame

    from twin.checks import Checks
    from twin.inputs import VectorSource

ROLE = "neighbourhoods"
KNOWN = ("neighbourhood_id", "name_local", "name_latin", *NEIGHBOURHOOD_NUMBERS)


def read_neighbourhoods(source: VectorSource, path: Path, zone_crs: pyproj.CRS, checks: Checks) -> GeoDataFrame:
    """
    Read the neighbourhoods of any vector file.

    Parameters
    ----------
    source
        What the zone's description says of the file.
    path
        The file.
    zone_crs
        Metric system that the geometry is brought into.
    checks
        Receives the file's faults and the counts of what was read, repaired and dropped.

    Returns
    -------
    neighbourhoods
        The canonical neighbourhood frame; no rows where the file has a fault.
    """
    with noted(checks, path):
        features = read_vector(source, path, zone_crs, checks, role=ROLE)
        if features.empty:
            return empty_frame(NEIGHBOURHOOD_COLUMNS, zone_crs)
        columns = map_columns(features, source.columns, KNOWN, ROLE)
        frame = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=features.geometry, crs=zone_crs)
        for name in NEIGHBOURHOOD_NUMBERS:
            if name in frame:
                frame[name] = read_numbers(frame[name], name, ROLE, checks)
        frame = frame.assign(**read_names(frame))
        frame["neighbourhood_id"] = feature_ids(frame, ("neighbourhood_id",), checks, ROLE)
        checks.count("read", ROLE, len(frame))
        return conform(frame, NEIGHBOURHOOD_COLUMNS, zone_crs)
    return empty_frame(NEIGHBOURHOOD_COLUMNS, zone_crs)
