"""Parcel files as one frame: cadastral reference, land use in the model's words, planning limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from twin.sources.columns import map_columns, map_values, read_numbers, words_of
from twin.sources.fault import noted
from twin.sources.frame import (
    LAND_USES,
    PARCEL_COLUMNS,
    PARCEL_NUMBERS,
    conform,
    empty_frame,
    feature_ids,
    texts,
)
from twin.sources.landuse import split_scheme
from twin.sources.repair import drop_twins
from twin.sources.vector import read_vector

if TYPE_CHECKING:
    from pathlib import Path

    import pyproj
    from geopandas import GeoDataFrame

    from twin.checks import Checks
    from twin.inputs import VectorSource

ROLE = "parcels"
KNOWN = ("parcel_id", "cadastral_ref", "land_use", "tenure", *PARCEL_NUMBERS)


def read_parcels(source: VectorSource, path: Path, zone_crs: pyproj.CRS, checks: Checks) -> GeoDataFrame:
    """
    Read the parcels of any vector file.

    Parameters
    ----------
    source
        What the zone's description says of the file: columns, value maps; `values.land_use.scheme` names one
        of the built-in code tables (GB50137, GBT21010, LANDSEA2023).
    path
        The file.
    zone_crs
        Metric system that the geometry is brought into.
    checks
        Receives the file's faults and the counts of what was read, repaired and dropped.

    Returns
    -------
    parcels
        The canonical parcel frame; no rows where the file has a fault.
    """
    with noted(checks, path):
        features = read_vector(source, path, zone_crs, checks, role=ROLE)
        if features.empty:
            return empty_frame(PARCEL_COLUMNS, zone_crs)
        columns = map_columns(features, source.columns, KNOWN, ROLE)
        frame = gpd.GeoDataFrame(pd.DataFrame(columns), geometry=features.geometry, crs=zone_crs)
        frame = drop_twins(frame, checks, ROLE, columns=False).reset_index(drop=True)
        for name in PARCEL_NUMBERS:
            if name in frame:
                frame[name] = read_numbers(frame[name], name, ROLE, checks)
        if "land_use" in frame:
            frame["land_use_raw"] = texts(frame["land_use"])
            words, scheme = split_scheme(words_of(source, "land_use"), "land_use", ROLE)
            frame["land_use"] = map_values(
                frame["land_use"], words, LAND_USES, subject=f"{ROLE}: land_use", checks=checks, lookup=scheme
            )
        frame["feature_id"] = feature_ids(frame, ("parcel_id", "cadastral_ref"), checks, ROLE)
        checks.count("read", ROLE, len(frame))
        checks.count("read", "parcel_m2", float(frame.area.sum()))
        return conform(frame, PARCEL_COLUMNS, zone_crs)
    return empty_frame(PARCEL_COLUMNS, zone_crs)
