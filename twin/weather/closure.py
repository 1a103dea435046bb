"""
What the three irradiances of a file say of each other: the moments they hold for, and components that close.

By geometry GHI = DHI + DNI cos z. Makers of weather files stamp their hours differently, and the equation tells how:
with the sun at the wrong moment it does not hold. RMSE in hours of light over their mean GHI, by the moment's
distance from the end of the hour, measured on files of several makers::

    file                              -60 min   -30 min     0 min
    TMYx 2011-2025, Shanghai-Baoshan    3.4 %     8.1 %    15.2 %
    TMYx, Long Beach                    4.2 %     9.5 %    17.9 %
    TMY3, Chicago                       7.6 %     0.6 %     7.2 %
    actual year 2024, Los Angeles       7.5 %     0.7 %     7.5 %
    DWD test reference year, Mannheim   8.0 %     1.7 %     7.6 %
    TMY3, Tokyo                        13.7 %     6.8 %     0.1 %

PVGIS says at which minute its satellite looked: 0.2 % there, 2.7 % ten minutes off. The bound of 15 % leaves room for
worse makers; beyond it lie wrong places, time zones wrong by more than an hour, and components of other hours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pvlib import irradiance

from twin.sources.fault import SourceFault
from twin.weather.year import sun_position

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twin.checks import Checks
    from twin.weather.reading import Reading

WORST_CLOSURE = 0.15
LEAST_BEAM = 100.0  # of an hour that tells where the sun stood [W/m2]
LEAST_HOURS = 500
CLEARNESS = (0.15, 0.85)  # of a year; the cloudiest and the driest inhabited places lie between 0.3 and 0.75
INSIDE = pd.Timedelta(seconds=1)  # by which the last moment of an hour stays in it, and in its month


def find_shift(reading: Reading) -> tuple[float, Mapping[float, float]]:
    """
    Return the moment of each hour for which the irradiances of a file fit best.

    Parameters
    ----------
    reading
        The file's hours, and the moments to be tried.

    Returns
    -------
    shift_min
        From the label to the moment. [min]
    closures
        Root mean square of DHI + DNI cos z - GHI in the hours of light over their mean GHI, by shift. [-]

    Raises
    ------
    SourceFault
        If no moment fits, or there is no light at all.
    """
    hours = reading.hours
    light = (hours["ghi"] > 0).to_numpy()
    known = light & hours[["dni", "dhi"]].notna().all(axis=1).to_numpy()
    if not known.any():
        raise SourceFault("has no light in any hour", "give a file with global, direct and diffuse irradiance")
    ghi, dni, dhi = (hours.loc[known, name].to_numpy() for name in ("ghi", "dni", "dhi"))
    closures = {}
    for shift_min in reading.shifts_min:
        cos_zenith = sun_of(reading, shift_min)["cos_zenith"].to_numpy()[known]
        closures[shift_min] = float(np.sqrt(np.mean((dhi + dni * cos_zenith - ghi) ** 2)) / ghi.mean())
    shift_min = min(closures, key=closures.__getitem__)
    if closures[shift_min] > WORST_CLOSURE:
        reason = (f"has direct and diffuse irradiance that do not add up to the global one: at best they miss it by "
                  f"{closures[shift_min]:.0%}")
        raise SourceFault(reason, "check its place and time zone, or give another file")
    return shift_min, closures


def moments_of(reading: Reading, shift_min: float) -> pd.DatetimeIndex:
    """Return the moments at a distance from the labels, kept inside their hours."""
    moments = pd.DatetimeIndex(reading.hours.index) + pd.Timedelta(minutes=shift_min)
    return moments - INSIDE if reading.ends_hours and shift_min == 0 else moments


def sun_of(reading: Reading, shift_min: float) -> pd.DataFrame:
    """Return where the sun stands at a distance from the labels."""
    moments = moments_of(reading, shift_min)
    return sun_position(moments, reading.latitude_deg, reading.longitude_deg, altitude_m=reading.altitude_m)


def settle(reading: Reading, shift_min: float, checks: Checks) -> pd.DataFrame:
    """
    Return a file's hours with components that close exactly.

    The GHI is the truth and is not touched. The beam on the horizontal is the lesser of DNI cos z and GHI - DHI, so
    that neither a wrong DNI nor a low sun can make beam of what is not; all the rest is diffuse. A component that is
    missing follows from the other, or from Erbs's correlation where both are.

    Parameters
    ----------
    reading
        The file's hours.
    shift_min
        From the labels to the moments. [min]
    checks
        Receives the count of hours that have light and no sun, or lack a component.

    Returns
    -------
    hours
        As of :class:`twin.weather.year.WeatherYear`.

    Raises
    ------
    SourceFault
        If the year has more sun than the atmosphere lets through, or next to none.

    References
    ----------
    .. [1] D. G. Erbs, S. A. Klein, J. A. Duffie, "Estimation of the diffuse radiation fraction for hourly, daily and
       monthly-average global radiation", 1982, through pvlib. doi:10.1016/0038-092X(82)90302-4
    """
    hours, sun = reading.hours.copy(), sun_of(reading, shift_min)
    hours.index = pd.DatetimeIndex(sun.index, name="time")
    day = np.asarray(pd.DatetimeIndex(sun.index).day_of_year)
    above = irradiance.get_extra_radiation(day) * sun["cos_zenith"]
    clearness = hours["ghi"].sum() / above.sum() if above.sum() > 0 else np.inf
    if not CLEARNESS[0] <= clearness <= CLEARNESS[1]:
        reason = (f"has {hours['ghi'].sum() / 1000:,.0f} kWh/m2 of global irradiation in its year, {clearness:.0%} of "
                  f"what reaches the top of the atmosphere there")
        raise SourceFault(reason, "check its units (W/m2) and its place")
    known = (hours["dni"] * sun["cos_zenith"]).combine(hours["ghi"] - hours["dhi"], np.fmin)
    erbs = hours["ghi"] - irradiance.erbs(hours["ghi"], sun["zenith"], day)["dhi"]
    beam = known.fillna(erbs).clip(lower=0.0, upper=above)
    lacking = int((hours[["dni", "dhi"]].isna().any(axis=1) & (hours["ghi"] > 0)).sum())
    checks.count("repaired", "weather: hours without direct or diffuse irradiance, from the other", lacking)
    dark = int(((hours["ghi"] > 0) & (sun["cos_zenith"] <= 0)).sum())
    checks.count("repaired", "weather: hours with light and no sun at their moment, all diffuse", dark)
    lit = sun["cos_zenith"] > 0
    hours["dni"] = (beam / sun["cos_zenith"].where(lit, 1.0)).where(lit, 0.0)
    hours["dhi"] = hours["ghi"] - beam
    return hours


def find_place(hours: pd.DataFrame, near: tuple[float, float]) -> tuple[float, float]:
    """
    Return latitude and longitude of the place at which the hours of a weather year close. [degrees]

    A release holds the hours of its weather, and not the place of the station; with the sun anywhere else they would
    not close. Least squares of (GHI - DHI) / DNI - cos z over the hours with beam.

    Parameters
    ----------
    hours
        As of :class:`twin.weather.year.WeatherYear`.
    near
        Latitude and longitude of a place not far away, which is the answer where there is no beam. [degrees]
    """
    from scipy.optimize import least_squares

    beam = hours[hours["dni"] > LEAST_BEAM]
    if len(beam) < LEAST_HOURS:
        return near
    some = beam.iloc[:: max(len(beam) // LEAST_HOURS, 1)]
    cosine = ((some["ghi"] - some["dhi"]) / some["dni"]).to_numpy()
    moments = pd.DatetimeIndex(some.index)

    def gaps(place: np.ndarray) -> np.ndarray:
        sun = sun_position(moments, float(place[0]), float(place[1]), altitude_m=0.0)
        return np.asarray(sun["cos_zenith"].to_numpy() - cosine)

    found = least_squares(gaps, near, diff_step=1e-4).x
    return float(found[0]), float(found[1])
