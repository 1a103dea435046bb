"""A year of sky as one table: the energy that comes from above each horizon, as a vector, by sector of azimuth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from twin.errors import WeatherError
from twin.light.allweather import sky_parameters, spread_diffuse
from twin.light.diffuse import extraterrestrial_irradiance, split_perez1990
from twin.light.dome import Dome

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SkyModel = Literal["perez1990", "perez1993", "haydavies", "isotropic"]
MODELS = get_args(SkyModel)
BANDS = 45  # of elevation, in which the radiance of the diffuse sky is computed
FINER = 4  # parts of a band, for the horizon's place in it
BAND_PARTS = 65
HORIZON_BAND_DEG = 6.5  # height of the bright band of Perez 1990 where something may hide it
WH_PER_KWH = 1000.0


@dataclass(frozen=True)
class SunHours:
    """
    The daylight of a year, hour by hour, in the directions of a grid.

    Attributes
    ----------
    elevation_deg, azimuth_deg
        Where the sun stands, refraction included; azimuth clockwise from grid north. [degrees], shape (hours,)
    direction
        Unit vectors to the sun: east, north, up in the grid. shape (hours, 3)
    hour
        Rows of the weather year that these are. shape (hours,)
    """

    elevation_deg: Floats
    azimuth_deg: Floats
    direction: Floats
    hour: NDArray[np.int64]


@dataclass(frozen=True)
class Sky:
    """
    What the sky gives in each period to a surface, by the horizon that the surface has.

    A surface with normal n (east, north, up) and horizons h(k) receives `n . sum over k of vector[p, k, h(k)]`, if
    every h(k) hides at least what lies behind the surface itself.

    Attributes
    ----------
    dome
        Division of the sky.
    model
        Distribution of the diffuse light.
    vector
        Energy from above each horizon. [kWh/m2], shape (periods, azimuths, levels + 1, 3)
    uniform
        The same for a uniform sky that gives 1 to an open horizontal surface. [-], shape (azimuths, levels + 1, 3)
    ghi
        Global irradiation of an open horizontal surface. [kWh/m2], shape (periods,)
    """

    dome: Dome
    model: SkyModel
    vector: Floats
    uniform: Floats
    ghi: Floats

    @property
    def periods(self) -> int:
        """Number of periods."""
        return len(self.vector)


def find_sun(
    times: pd.DatetimeIndex, latitude_deg: float, longitude_deg: float, *, altitude_m: float = 0.0,
    convergence_deg: float = 0.0,
) -> SunHours:
    """
    Return where the sun stands at moments at which it is up.

    Parameters
    ----------
    times
        Moments, with time zone. shape (n,)
    latitude_deg, longitude_deg, altitude_m
        Place. [degrees], [degrees], [m]
    convergence_deg
        Direction of grid north, clockwise from true north. [degrees]
    """
    from twin.weather.year import (
        sun_position,  # pvlib takes a second, which workers that are given a sky need not spend
    )

    place = sun_position(times, latitude_deg, longitude_deg, altitude_m=altitude_m)
    elevation = place["apparent_elevation"].to_numpy(float)
    up = np.flatnonzero(elevation > 0)
    azimuth = (place["azimuth"].to_numpy(float)[up] - convergence_deg) % 360
    return SunHours(elevation[up], azimuth, unit_vectors(elevation[up], azimuth), up)


def unit_vectors(elevation_deg: Floats, azimuth_deg: Floats) -> Floats:
    """Return unit vectors (east, north, up) of directions. shape (n, 3)"""
    elevation, azimuth = np.radians(elevation_deg), np.radians(azimuth_deg)
    flat = np.cos(elevation)
    return np.stack([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(elevation)], axis=-1)


def make_sky(
    hours: pd.DataFrame, latitude_deg: float, longitude_deg: float, *, altitude_m: float = 0.0,
    convergence_deg: float = 0.0, model: SkyModel = "perez1990",
    months: NDArray[np.int_] | None = None, dome: Dome | None = None,
) -> Sky:
    """
    Return the sky of a weather year.

    Parameters
    ----------
    hours
        Columns ghi, dni, dhi [W/m2]; the index, with time zone, is the moment whose sun stands for the hour.
    latitude_deg, longitude_deg, altitude_m
        Place. [degrees], [degrees], [m]
    convergence_deg
        Direction of grid north, clockwise from true north. [degrees]
    model
        Distribution of the diffuse light: `perez1993`, `perez1990`, `haydavies` or `isotropic`.
    months
        Month of each hour, 1 to 12, to keep the twelve apart; one sum of all hours where not given. shape (hours,)
    dome
        Division of the sky.

    Raises
    ------
    WeatherError
        If the model is unknown, or an irradiance is negative or not finite.
    """
    import pandas as pd

    dome = dome or Dome()
    _require(hours, model)
    times = pd.DatetimeIndex(hours.index)
    period = np.zeros(len(hours), dtype=np.int64) if months is None else np.asarray(months, dtype=np.int64) - 1
    periods = 1 if months is None else 12
    sun = find_sun(times, latitude_deg, longitude_deg, altitude_m=altitude_m, convergence_deg=convergence_deg)
    dni, dhi = (hours[name].to_numpy(float) for name in ("dni", "dhi"))
    night = np.setdiff1d(np.arange(len(hours)), sun.hour)
    day = _Day(sun, dni[sun.hour], dhi[sun.hour], period[sun.hour], extraterrestrial_irradiance(times)[sun.hour])

    uniform = _uniform(dome)
    even = _sums(period[night], dhi[night], periods)  # light of a sun below the horizon comes evenly
    vector = np.zeros((periods, dome.azimuths, dome.levels + 1, 3))
    _add_beam(vector, dome, day, day.dni)
    if model == "perez1993":
        vector += _all_weather(dome, day, periods)
    elif model == "perez1990":
        even += _add_perez1990(vector, dome, day)
    elif model == "haydavies":
        even += _add_haydavies(vector, dome, day)
    else:
        even += _sums(day.period, day.dhi, periods)
    vector += even[:, None, None, None] * uniform
    ghi = _sums(period, dhi, periods) + _sums(day.period, day.dni * sun.direction[:, 2], periods)
    return Sky(dome, model, vector / WH_PER_KWH, uniform, ghi / WH_PER_KWH)


@dataclass(frozen=True)
class _Day:
    """The hours with the sun up, and what shines in them. shape (hours,)"""

    sun: SunHours
    dni: Floats
    dhi: Floats
    period: NDArray[np.int64]
    extraterrestrial: Floats

    @property
    def zenith_deg(self) -> Floats:
        return 90 - self.sun.elevation_deg


def _require(hours: pd.DataFrame, model: str) -> None:
    if model not in MODELS:
        message = f"there is no sky model {model!r}; there are {', '.join(MODELS)}"
        raise WeatherError(message)
    values = hours[["ghi", "dni", "dhi"]].to_numpy(float)
    wrong = ~np.isfinite(values) | (values < 0)
    if wrong.any():
        message = f"{int(wrong.any(axis=1).sum())} hours of the weather have an irradiance that is negative or missing"
        raise WeatherError(message)


def _sums(period: NDArray[np.int64], values: Floats, periods: int) -> Floats:
    """Return the sum of values in each period. shape (periods,)"""
    return np.bincount(period, values, minlength=periods).astype(np.float64)


def _add_beam(vector: Floats, dome: Dome, day: _Day, strength: Floats) -> None:
    """Add light that comes from the sun's place. [W/m2 normal to it], shape (hours,)"""
    energy = strength[:, None] * day.sun.direction
    free = dome.openness(day.sun.elevation_deg)
    place = day.period, dome.sector(day.sun.azimuth_deg)
    np.add.at(vector, place, free[:, :, None] * energy[:, None, :])


def _add_perez1990(vector: Floats, dome: Dome, day: _Day) -> Floats:
    """Add the circumsolar light and the bright band at the horizon; return the even rest by period. [Wh/m2]"""
    parts = split_perez1990(day.dni, day.dhi, day.zenith_deg, day.sun.azimuth_deg,
                            extraterrestrial=day.extraterrestrial)
    _add_beam(vector, dome, day, parts.circumsolar)
    # a ring of this strength per radian gives DHI F2 sin(tilt) to a tilted surface, and nothing to a level one
    ring = _sums(day.period, parts.band, len(vector)) / 2
    width = 2 * np.sin(np.pi / dome.azimuths)
    azimuth = np.radians(dome.azimuth_deg)
    outward = np.stack([np.sin(azimuth), np.cos(azimuth), np.zeros_like(azimuth)], axis=1) * width
    vector += ring[:, None, None, None] * horizon_band(dome)[:, None] * outward[:, None, :]
    return _sums(day.period, parts.even, len(vector))


def horizon_band(dome: Dome) -> Floats:
    """Return how much is free of the bright band at the horizon above each horizon. [-], shape (levels + 1,)"""
    inside = (np.arange(BAND_PARTS) + 0.5) / BAND_PARTS * HORIZON_BAND_DEG
    return np.asarray(dome.openness(inside).mean(axis=0))


def _add_haydavies(vector: Floats, dome: Dome, day: _Day) -> Floats:
    """Add the circumsolar light; return the even rest by period. [Wh/m2]"""
    from pvlib import irradiance

    parts = irradiance.haydavies(
        0.0, 180.0, day.dhi, day.dni, day.extraterrestrial, day.zenith_deg, day.sun.azimuth_deg, return_components=True
    )
    up = np.maximum(day.sun.direction[:, 2], 1e-9)
    _add_beam(vector, dome, day, np.asarray(parts["poa_circumsolar"], dtype=np.float64) / up)
    return _sums(day.period, np.asarray(parts["poa_isotropic"], dtype=np.float64), len(vector))


def _all_weather(dome: Dome, day: _Day, periods: int) -> Floats:
    """Return what the sky of Perez 1993 adds to the table. [Wh/m2]"""
    from pvlib import atmosphere

    lit = day.dhi > 0
    zenith = np.minimum(day.zenith_deg[lit], 89.5)
    airmass = atmosphere.get_relative_airmass(zenith)
    parameters = sky_parameters(
        zenith, day.dni[lit], day.dhi[lit], airmass=airmass, extraterrestrial=day.extraterrestrial[lit]
    )
    sun = unit_vectors(90 - zenith, day.sun.azimuth_deg[lit])
    middle = (np.arange(BANDS) + 0.5) * 90 / BANDS
    edges = np.sin(np.radians(np.linspace(0, 90, BANDS + 1)))
    azimuth, elevation = np.meshgrid(dome.azimuth_deg, middle, indexing="ij")
    patch = unit_vectors(elevation.ravel(), azimuth.ravel())
    weight = np.tile(np.diff(edges) * 2 * np.pi / dome.azimuths, dome.azimuths)
    energy = np.zeros((periods, len(weight)))
    spread_diffuse(parameters, sun, day.dhi[lit], day.period[lit], patch, weight, energy)
    radiance = (energy / weight).reshape(periods, dome.azimuths, BANDS)
    finer = np.repeat(radiance, FINER, axis=2)
    directions, free = _bands(dome)
    table: Floats = np.einsum("pkb,kbv,bh->pkhv", finer, directions, free, optimize=True)
    # the patches' middles stand for their areas; what a level surface gets is made exact again
    level = table[:, :, 0, 2].sum(axis=1)
    wanted = _sums(day.period[lit], day.dhi[lit], periods)
    return table * (wanted / np.where(level > 0, level, 1))[:, None, None, None]


def _bands(dome: Dome) -> tuple[Floats, Floats]:
    """
    Return the integral of the unit vector over each fine band of each sector, and how free it is above each horizon.

    Shapes (azimuths, bands, 3) and (bands, levels + 1).
    """
    edges = np.radians(np.linspace(0, 90, BANDS * FINER + 1))
    low, high = edges[:-1], edges[1:]
    flat = (high - low) / 2 + (np.sin(2 * high) - np.sin(2 * low)) / 4
    upward = (np.sin(high) ** 2 - np.sin(low) ** 2) / 2
    azimuth, half = np.radians(dome.azimuth_deg), np.pi / dome.azimuths
    east, north = (2 * np.sin(half) * np.outer(turn(azimuth), flat) for turn in (np.sin, np.cos))
    directions = np.stack([east, north, np.broadcast_to(2 * half * upward, east.shape)], axis=2)
    return directions, dome.openness(np.degrees((low + high) / 2))


def _uniform(dome: Dome) -> Floats:
    """Return the table of a uniform sky that gives 1 to an open level surface."""
    directions, free = _bands(dome)
    table: Floats = np.einsum("kbv,bh->khv", directions, free) / np.pi
    return table
