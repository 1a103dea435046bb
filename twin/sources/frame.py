"""The frames that every reader returns: the same columns, whatever the file was."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyproj
    from geopandas import GeoDataFrame, GeoSeries
    from numpy.typing import NDArray
    from pandas import Index, Series

    from twin.checks import Checks

BUILDING_NUMBERS = ("year_built", "height_m", "levels", "base_m", "base_levels", "residents", "dwellings", "ground_m",
                    "roof_direction_deg", "roof_height_m", "roof_angle_deg")  # fmt: skip
BUILDING_COLUMNS = ("source", "feature_id", "is_part", "part_of", "name_local", "name_latin", "address", "use_raw",
                    "use", "status", "year_built", "height_m", "levels", "base_m", "base_levels", "roof_shape",
                    "roof_orientation", "roof_faces", "roof_direction_deg", "roof_height_m", "roof_angle_deg",
                    "cadastral_ref", "residents", "dwellings", "ground_m", "geometry")  # fmt: skip
PARCEL_NUMBERS = ("year", "far_max", "height_max_m", "coverage_max", "green_min")
PARCEL_COLUMNS = ("feature_id", "cadastral_ref", "land_use_raw", "land_use", "tenure", *PARCEL_NUMBERS, "geometry")
NEIGHBOURHOOD_NUMBERS = ("population", "households")
NEIGHBOURHOOD_COLUMNS = ("neighbourhood_id", "name_local", "name_latin", *NEIGHBOURHOOD_NUMBERS, "geometry")

USES = frozenset({
    "residential", "office", "government", "retail", "hotel", "education", "healthcare", "culture", "sports", "worship",
    "industrial", "warehouse", "transport", "parking", "agricultural", "utility", "mixed", "other",
})  # fmt: skip
LAND_USES = frozenset({
    "residential", "commercial", "public_service", "industrial", "logistics", "transport", "utility", "green", "water",
    "agricultural", "mixed", "vacant", "street",
})  # fmt: skip
STATUSES = frozenset({"existing", "planned", "demolished", "underground"})


def conform(frame: GeoDataFrame, columns: Sequence[str], crs: pyproj.CRS) -> GeoDataFrame:
    """Return a frame with exactly these columns: numbers as float64, `is_part` as bool, all else as text or None."""
    data: dict[str, NDArray[Any]] = {}
    numbers = {*BUILDING_NUMBERS, *PARCEL_NUMBERS, *NEIGHBOURHOOD_NUMBERS}
    for name in columns:
        if name == "geometry":
            continue
        given = frame[name] if name in frame else no_texts(frame.index)
        if name in numbers:
            data[name] = pd.to_numeric(given).astype("float64").to_numpy()
        elif name == "is_part":
            data[name] = (given == True).to_numpy(dtype=bool)  # noqa: E712  None is no part
        else:
            data[name] = texts(given).to_numpy(dtype=object)
    plain = pd.DataFrame({name: pd.Series(values, dtype=values.dtype) for name, values in data.items()})
    return gpd.GeoDataFrame(plain, geometry=frame.geometry.to_numpy(), crs=crs)


def texts(values: Series) -> Series:
    """Return values as stripped text, None where there is none; whole numbers without a decimal point."""
    return pd.Series([_text(value) for value in values], index=values.index, dtype=object)


def no_texts(index: Index) -> Series:
    """Return a column of texts that are all missing, as None and not as NaN."""
    return pd.Series([None] * len(index), index=index, dtype=object)


def _text(value: object) -> str | None:
    """Return one value as text, None for missing and blank ones."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float | np.floating):
        if not np.isfinite(value):
            return None
        return str(int(value)) if float(value).is_integer() else str(value)
    return str(value).strip() or None


def geometry_ids(geometry: GeoSeries) -> list[str]:
    """Return an id for every geometry that stays the same as long as its shape does, to the centimetre."""
    rounded = shapely.transform(geometry.to_numpy(), lambda points: np.round(points, 2) + 0.0)
    return [hashlib.sha256(shapely.to_wkb(item)).hexdigest()[:16] for item in shapely.normalize(rounded)]


def feature_ids(frame: GeoDataFrame, names: Sequence[str], checks: Checks, subject: str) -> Series:
    """Return unique ids: of the columns named the first that has one, else one made from the outline."""
    ids = no_texts(frame.index)
    for name in names:
        if name in frame:
            ids = ids.where(ids.notna(), texts(frame[name]))
    bare = ids.isna()
    ids[bare] = geometry_ids(frame.geometry[bare])
    return unique_ids("file:" + ids, checks, subject)


def unique_ids(ids: Series, checks: Checks, subject: str) -> Series:
    """Return ids of which later repetitions carry a suffix; they are counted."""
    taken = set(ids)
    seen: dict[str, int] = {}
    result = []
    for name in ids:
        number = seen.get(name, 0) + 1
        candidate = name
        while number > 1 and (candidate := f"{name}-{number}") in taken:
            number += 1
        seen[name] = number
        taken.add(candidate)
        result.append(candidate)
    fresh = pd.Series(result, index=ids.index, dtype=object)
    checks.count("repaired", f"{subject}: id given twice", int((fresh != ids).sum()))
    return fresh


def empty_frame(columns: Sequence[str], crs: pyproj.CRS) -> GeoDataFrame:
    """Return a frame of these columns without a row."""
    return conform(gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=crs), columns, crs)
