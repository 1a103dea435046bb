"""One real year by the hour, closed: what falls on level ground is the beam's share plus the sky's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.light.scene import ALTITUDE_M, LATITUDE_DEG, LONGITUDE_DEG

if TYPE_CHECKING:
    import pandas as pd

YEAR = 2023  # a common year; the months of a typical year come from many
CLEAR, CLEAR_POWER = 0.7, 0.678  # what a clear sky lets through: 0.7 ** (air mass ** 0.678) [1]_
MARGIN = 1.1


def read_year(folder: Path | None = None) -> pd.DataFrame:
    """
    Return the only EPW file of a folder as hours of one year, with the sun's place in the sky.

    The direct part is made anew from the two others, so that it closes with the sun at the hour's own label (the shift
    with which this file closes best). A low sun would make it as bright as in space: it gets at most a tenth more than
    a clear sky lets through, and the diffuse part takes the rest. Hours with the sun below the horizon are dark.

    Parameters
    ----------
    folder
        Where the file lies; default `weather` in the folder of real test data.

    Returns
    -------
    hours
        ghi, dni, dhi [W/m2]; azimuth, elevation (refracted) [degrees]; index in UTC

    References
    ----------
    .. [1] Meinel, Meinel, "Applied Solar Energy", 1976.
    """
    import pandas as pd
    import pvlib

    folder = folder or Path(os.environ["ZONETWIN_TEST_DATA"]) / "weather"
    (path,) = folder.glob("*.epw")
    read, _ = pvlib.iotools.read_epw(path, coerce_year=YEAR)
    hours = read[["ghi", "dhi"]].astype(float).tz_convert("UTC")
    sun = pvlib.solarposition.get_solarposition(hours.index, LATITUDE_DEG, LONGITUDE_DEG, altitude=ALTITUDE_M)
    sine = np.sin(np.radians(sun["apparent_elevation"]))
    air_mass = pvlib.atmosphere.get_relative_airmass(sun["apparent_zenith"])
    space = pvlib.irradiance.get_extra_radiation(hours.index.day_of_year.to_numpy())
    most = MARGIN * space * CLEAR ** (air_mass**CLEAR_POWER)
    ghi = hours["ghi"].where(sine > 0, 0.0)
    direct = ((ghi - hours["dhi"]) / sine.where(sine > 0)).fillna(0.0).clip(0.0, most.fillna(0.0))
    columns = {"ghi": ghi, "dni": direct, "dhi": ghi - direct * sine, "azimuth": sun["azimuth"],
               "elevation": sun["apparent_elevation"]}
    return pd.DataFrame(columns, index=hours.index)


def point_to(azimuth_deg: np.ndarray, elevation_deg: np.ndarray) -> np.ndarray:
    """Return unit vectors (east, north, up) towards places in the sky. [-], shape (..., 3)"""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    level = np.cos(elevation)
    return np.stack([level * np.sin(azimuth), level * np.cos(azimuth), np.sin(elevation)], axis=-1)
