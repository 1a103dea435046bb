"""
Hours made from monthly sums: a clear sky behind clouds of a given climate.

A chain of days with memory, and of hours around their day, thins the clear sky of Ineichen and Perez; the diffuse
fraction follows the clearness index on Boland's logistic curve. One exponent per month brings the global sum to its
normal, one threshold of the curve the diffuse sum. The parameters lie in data/weather/synthesis.csv.

References
----------
.. [1] P. Ineichen, R. Perez, "A new airmass independent formulation for the Linke turbidity coefficient", 2002,
   through pvlib. doi:10.1016/S0038-092X(02)00045-2
.. [2] J. Boland, B. Ridley, "Models of Diffuse Solar Fraction", 2008, through pvlib.
   doi:10.1007/978-3-540-77455-6_8
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pvlib import atmosphere, clearsky, irradiance
from scipy.optimize import brentq

from twin.errors import WeatherError
from twin.weather.normals import synthesis
from twin.weather.year import COMMON_YEAR, HOURS, sun_position

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from twin.weather.normals import Normals, Station

    Floats = NDArray[np.float64]

SEED = 583620
DAY_H = 24
EXPONENTS = (0.02, 20.0)
THRESHOLDS = (-5.0, 6.0)


def synthesise(station: Station, months: Normals) -> pd.DataFrame:
    """
    Return the hours of a year whose months have given sums and means.

    Parameters
    ----------
    station
        Where.
    months
        Sums and means of the months of local standard time.

    Returns
    -------
    hours
        As of :class:`twin.weather.year.WeatherYear`, sun in the middle of each hour; always the same for the same
        station and normals.

    Raises
    ------
    WeatherError
        If a month's sums cannot be: more than a clear sky gives, or more diffuse than global light.
    """
    start = pd.Timestamp(year=COMMON_YEAR, month=1, day=1, minute=30)
    local = pd.date_range(start, periods=HOURS[0], freq="h")
    moments = (local - pd.Timedelta(hours=station.utc_offset_h)).tz_localize("UTC")
    sun = sun_position(moments, station.latitude_deg, station.longitude_deg, altitude_m=station.altitude_m)
    month = np.asarray(local.month)
    ghi, dhi, dni = np.zeros(HOURS[0]), np.zeros(HOURS[0]), np.zeros(HOURS[0])
    clear = _clear_sky(station, sun)
    day_noise, hour_noise = _clouds()
    for number in range(12):
        here = (month == number + 1) & (clear["ghi"].to_numpy() > 0)
        sky = clear[here]
        where = f"{station.name}, month {number + 1}"
        noise = day_noise[month == number + 1][here[month == number + 1]]
        ghi[here] = _global(sky, _ranked(noise), hour_noise[here], months.ghi_kwh_per_m2[number], where)
        dhi[here] = _diffuse(sky, ghi[here], months.dhi_kwh_per_m2[number], where)
        dni[here] = (ghi[here] - dhi[here]) / sky["cos_zenith"]
    swing = _swing(local)
    parameter = synthesis()
    temp_air = _smooth(months.temp_air_c, month) + parameter["temp_swing"] * swing
    wind_speed = _smooth(months.wind_speed_m_per_s, month) * (1 + parameter["wind_swing"] * swing)
    columns = {"ghi": ghi, "dni": dni, "dhi": dhi, "temp_air": temp_air, "wind_speed": wind_speed}
    return pd.DataFrame(columns, index=pd.DatetimeIndex(moments, name="time"))


def _clear_sky(station: Station, sun: pd.DataFrame) -> pd.DataFrame:
    """Return the clear sky of the climate, the beam through very clean air, and where the sun stands."""
    zenith = sun["apparent_zenith"]
    turbidity = clearsky.lookup_linke_turbidity(sun.index, station.latitude_deg, station.longitude_deg,
                                                interp_turbidity=False)
    day = np.asarray(pd.DatetimeIndex(sun.index).day_of_year)
    above = irradiance.get_extra_radiation(day)
    pressure = atmosphere.alt2pres(station.altitude_m)
    mass = atmosphere.get_absolute_airmass(atmosphere.get_relative_airmass(zenith), pressure)
    usual, clean = (clearsky.ineichen(zenith, mass, linke, altitude=station.altitude_m, dni_extra=above)
                    for linke in (turbidity, synthesis()["cleanest_linke"]))
    lit = sun["cos_zenith"] > 0
    return pd.DataFrame({
        "ghi": usual["ghi"].where(lit, 0.0),
        "clean_beam": clean["dni"].where(lit, 0.0) * sun["cos_zenith"],
        "cos_zenith": sun["cos_zenith"],
        "zenith": zenith,
        "day": day,
    })  # fmt: skip


def _clouds() -> tuple[Floats, Floats]:
    """Return the deviations of days, repeated over their hours, and of hours: standard normal, with memory."""
    random = np.random.default_rng([SEED])
    parameter = synthesis()
    days = _chain(random.standard_normal(HOURS[0] // DAY_H), parameter["day_memory"])
    return np.repeat(days, DAY_H), _chain(random.standard_normal(HOURS[0]), parameter["hour_memory"])


def _chain(shocks: Floats, memory: float) -> Floats:
    """Return a stationary first-order autoregressive chain of unit variance."""
    chain = shocks.copy()
    for step in range(1, len(chain)):
        chain[step] = memory * chain[step - 1] + np.sqrt(1 - memory**2) * shocks[step]
    return chain


def _ranked(noise: Floats) -> Floats:
    """Return the rank of each day among those of its month, from 0 to 1, so that every month has days of all kinds."""
    days, inverse = np.unique(noise, return_inverse=True)
    ranks: Floats = (np.arange(len(days)) + 0.5) / len(days)
    return ranks[inverse]


def _global(sky: pd.DataFrame, day_rank: Floats, hour_noise: Floats, normal_kwh: float, where: str) -> Floats:
    """Return the global irradiance of a month's hours. [W/m2]"""
    parameter = synthesis()
    shares = [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0]
    day = np.interp(day_rank, shares, [parameter[f"day_clearness_q{round(100 * share):03d}"] for share in shares])
    least, most = parameter["hour_clearness_least"], parameter["hour_clearness_most"]

    def ghi(exponent: float) -> Floats:
        thin = day**exponent
        clearness = thin + parameter["hour_spread"] * thin * (most - thin) * hour_noise
        return np.asarray(sky["ghi"] * np.clip(clearness, least, most))

    exponent = _solve(lambda x: ghi(x).sum() / 1000 - normal_kwh, EXPONENTS, f"{where}: global irradiation")
    return ghi(exponent)


def _diffuse(sky: pd.DataFrame, ghi: Floats, normal_kwh: float, where: str) -> Floats:
    """Return the diffuse part of a month's hours, with a beam not above that through very clean air. [W/m2]"""
    slope = synthesis()["diffuse_slope"]
    zenith, day = sky["zenith"].to_numpy(), sky["day"].to_numpy()
    least = np.maximum(ghi - sky["clean_beam"].to_numpy(), 0.0)

    def dhi(threshold: float) -> Floats:
        curve = irradiance.boland(ghi, zenith, day, a_coeff=slope, b_coeff=threshold)["dhi"]
        return np.asarray(np.maximum(curve, least))

    threshold = _solve(lambda x: dhi(x).sum() / 1000 - normal_kwh, THRESHOLDS, f"{where}: diffuse irradiation")
    return dhi(threshold)


def _solve(gap: Callable[[float], float], bounds: tuple[float, float], what: str) -> float:
    """Return where a gap closes."""
    if gap(bounds[0]) * gap(bounds[1]) > 0:
        message = f"{what} cannot come from any sky over that place; correct its row in data/weather/normals.csv"
        raise WeatherError(message)
    return float(brentq(gap, *bounds, xtol=1e-13, rtol=1e-14))


def _swing(local: pd.DatetimeIndex) -> Floats:
    """Return the course of a day, a cosine of mean zero."""
    hour = np.asarray(local.hour) + np.asarray(local.minute) / 60
    return np.asarray(np.cos(2 * np.pi * (hour - synthesis()["warmest_hour"]) / DAY_H))


def _smooth(means: Floats, month: NDArray[np.int_]) -> Floats:
    """Return a course through the year, straight between the middles of the months, that has their means."""
    hours = np.arange(len(month))
    middles = np.array([hours[month == number].mean() for number in range(1, 13)])
    weights = np.array([np.interp(hours, middles, row, period=len(month)) for row in np.eye(12)])
    shares = np.array([weights[:, month == number].mean(axis=1) for number in range(1, 13)])
    return np.asarray(np.linalg.solve(shares, means) @ weights)
