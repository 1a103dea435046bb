"""One year of weather, hour by hour, and its sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pvlib import solarposition

if TYPE_CHECKING:
    from numpy.typing import NDArray

IRRADIANCES = ("ghi", "dni", "dhi")
COLUMNS = (*IRRADIANCES, "temp_air", "wind_speed")
HOURS = (8760, 8784)
COMMON_YEAR = 2023  # that the months of a typical year, which are of different years, are put into
LEAP_YEAR = 2024


@dataclass(frozen=True, slots=True)
class WeatherYear:
    """
    One year of weather at one place.

    The components close in every hour: `ghi = dhi + dni cos z`, z from :meth:`sun`. Where the sun is below the
    horizon at an hour's moment, what light there is counts as diffuse, and is kept.

    Attributes
    ----------
    hours
        Index `time`, in UTC: the moment inside each hour that the sun's position holds for. Columns `ghi`, `dni`,
        `dhi`: means over the hour [W/m2], `temp_air` [degC], `wind_speed` [m/s]. Shape (8760 or 8784, 5), float64
    latitude_deg, longitude_deg
        Of the station or grid point, north and east positive. [degrees]
    altitude_m
        Above sea level. [m]
    source
        What it is, for people.
    synthetic
        Whether the hours are made from monthly sums rather than measured or modelled one by one.
    ghi_low, ghi_high
        Bounds of the annual sum of `ghi`, relative to this year's; both 1 where nothing is known. [-]
    utc_offset_h
        Local standard time minus UTC, which months are counted in. [h]
    """

    hours: pd.DataFrame
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    source: str
    synthetic: bool
    ghi_low: float = 1.0
    ghi_high: float = 1.0
    utc_offset_h: float = 0.0

    @property
    def ghi_kwh_per_m2(self) -> float:
        """Global irradiation of the horizontal over the year. [kWh/m2]"""
        return float(self.hours["ghi"].sum() / 1000)

    @property
    def dni_kwh_per_m2(self) -> float:
        """Direct irradiation of a plane that faces the sun, over the year. [kWh/m2]"""
        return float(self.hours["dni"].sum() / 1000)

    @property
    def dhi_kwh_per_m2(self) -> float:
        """Diffuse irradiation of the horizontal over the year. [kWh/m2]"""
        return float(self.hours["dhi"].sum() / 1000)

    @property
    def months(self) -> NDArray[np.int_]:
        """Month of each hour by the station's standard time, 1 to 12. Shape (hours,)"""
        local = pd.DatetimeIndex(self.hours.index) + pd.Timedelta(hours=self.utc_offset_h)
        return np.asarray(local.month, dtype=np.int_)

    def from_new_year(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """
        Return hours in the order of the local calendar: from midnight of 1 January on, local standard time.

        A file in UTC begins in the middle of a local day; its last or first hours go round to the other end.

        Parameters
        ----------
        values
            In the order of :attr:`hours`. Shape (..., hours)
        """
        moments = pd.DatetimeIndex(self.hours.index)
        new_year = pd.Timestamp(year=moments[len(moments) // 2].year, month=1, day=1, tz="UTC")
        first_h = (moments[0] - new_year) / pd.Timedelta(hours=1) + self.utc_offset_h
        return np.roll(np.asarray(values, dtype=np.float64), int(np.floor(first_h)), axis=-1)

    def monthly(self) -> pd.DataFrame:
        """
        Return the sums and means of the months by the station's standard time.

        Returns
        -------
        monthly
            Index `month`, 1 to 12; `ghi_kwh_per_m2`, `dni_kwh_per_m2`, `dhi_kwh_per_m2` [kWh/m2], `temp_air_c` [degC],
            `wind_speed_m_per_s` [m/s].
        """
        groups = self.hours.groupby(pd.Index(self.months, name="month"))
        sums = groups[list(IRRADIANCES)].sum() / 1000
        means = groups[["temp_air", "wind_speed"]].mean()
        sums.columns = pd.Index([f"{name}_kwh_per_m2" for name in IRRADIANCES])
        means.columns = pd.Index(["temp_air_c", "wind_speed_m_per_s"])
        return pd.concat([sums, means], axis=1)

    def sun(self) -> pd.DataFrame:
        """
        Return where the sun stands at the moment of each hour.

        Returns
        -------
        sun
            Index as that of the hours; `apparent_zenith`, `zenith`, `apparent_elevation`, `elevation`, `azimuth`
            (clockwise from north) [degrees], `cos_zenith`: of the apparent zenith, 0 below the horizon [-].
        """
        moments = pd.DatetimeIndex(self.hours.index)
        return sun_position(moments, self.latitude_deg, self.longitude_deg, altitude_m=self.altitude_m)


def sun_position(
    moments: pd.DatetimeIndex, latitude_deg: float, longitude_deg: float, *, altitude_m: float
) -> pd.DataFrame:
    """
    Return where the sun stands, as :meth:`WeatherYear.sun`.

    Parameters
    ----------
    moments
        With their time zone.
    latitude_deg, longitude_deg
        North and east positive. [degrees]
    altitude_m
        Above sea level, for the refraction. [m]

    References
    ----------
    .. [1] I. Reda, A. Andreas, "Solar position algorithm for solar radiation applications", 2004, through pvlib.
    """
    sun: pd.DataFrame = solarposition.get_solarposition(moments, latitude_deg, longitude_deg, altitude_m)
    sun["cos_zenith"] = np.cos(np.radians(sun["apparent_zenith"])).clip(lower=0.0)
    return sun.drop(columns="equation_of_time")
