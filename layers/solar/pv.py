"""
Photovoltaic yield, hour by hour: sky, plane, shade, cell temperature, direct current, alternating current.

The sky of an hour is split once; every plane is then a weighted sum of its parts, so that orientations cost nothing and
need no rounding. Arrays of surfaces and hours have the shape (surfaces, hours): pass surfaces in chunks of a few dozen,
so that they stay in the processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pvlib import iam, inverter, pvsystem, temperature

from twin.light.diffuse import HORIZON_DEG, extraterrestrial_irradiance, split_perez1990
from twin.light.sky import unit_vectors

if TYPE_CHECKING:
    from layers.solar.pv_settings import Glass, Losses, PvSettings

Array: TypeAlias = NDArray[np.float64]

REFERENCE_W_PER_M2 = 1000.0  # irradiance at which a module has its rated power, IEC 61724-1
COSINES = np.linspace(0.0, 1.0, 4097)  # where the reflection at the glass is tabulated
TILTS_DEG = np.arange(0.0, 91.0, 5.0)


@dataclass(frozen=True, slots=True)
class SkyHours:
    """
    The sky of every hour in parts that no plane has been turned to yet; each of shape (hours,).

    Attributes
    ----------
    to_sun
        Unit vector to the sun: east, north, up. Shape (3, hours)
    beam
        Direct normal irradiance, 0 where the sun is below the horizon. [W/m2]
    circumsolar
        Diffuse irradiance from around the sun, on a plane that faces it. [W/m2]
    isotropic
        Diffuse irradiance from the even sky on a horizontal plane. [W/m2]
    horizon
        Diffuse irradiance from the band at the horizon on an upright plane, negative where that is darker. [W/m2]
    ground
        Global irradiance that the ground receives. [W/m2]
    """

    to_sun: Array
    beam: Array
    circumsolar: Array
    isotropic: Array
    horizon: Array
    ground: Array


@dataclass(frozen=True, slots=True)
class PlaneIrradiance:
    """
    Irradiance in the plane of each surface by its parts, each of shape (surfaces, hours). [W/m2]

    Attributes
    ----------
    tilt_deg
        Tilt of each surface. [degrees], shape (surfaces,)
    cos_incidence
        Cosine of the angle between beam and normal, 0 where the sun is behind. Shape (surfaces, hours)
    beam, circumsolar, isotropic, horizon, ground
        Parts of the irradiance; `horizon` may be negative.
    """

    tilt_deg: Array
    cos_incidence: Array
    beam: Array
    circumsolar: Array
    isotropic: Array
    horizon: Array
    ground: Array

    @property
    def direct(self) -> Array:
        """What comes from the sun's direction. [W/m2]"""
        return self.beam + self.circumsolar

    @property
    def total(self) -> Array:
        """All of it, diffuse irradiance never below zero. [W/m2]"""
        return self.beam + np.maximum(self.circumsolar + self.isotropic + self.horizon, 0) + self.ground


def split_sky(hours: pd.DataFrame, sun: pd.DataFrame) -> SkyHours:
    """
    Return the sky of each hour in parts, the diffuse light split by the model of Perez et al. (1990).

    Parameters
    ----------
    hours
        Weather: `ghi`, `dni`, `dhi` [W/m2], index with time zone.
    sun
        Position of the sun that stands for each hour: `apparent_zenith`, `azimuth`. [degrees], rows as in `hours`

    Returns
    -------
    sky
        Its parts. Where the sun is below the horizon all diffuse irradiance is isotropic.

    Raises
    ------
    ValueError
        If a column is missing, a value is negative or no number, or the index has no time zone.
    """
    _check(hours, sun)
    ghi, dni, dhi = (hours[name].to_numpy(dtype=float) for name in ("ghi", "dni", "dhi"))
    zenith, azimuth = (sun[name].to_numpy(dtype=float) for name in ("apparent_zenith", "azimuth"))
    extra = extraterrestrial_irradiance(pd.DatetimeIndex(hours.index))
    parts = split_perez1990(dni, dhi, zenith, azimuth, extraterrestrial=extra)
    return SkyHours(
        to_sun=unit_vectors(HORIZON_DEG - zenith, azimuth).T,
        beam=np.where(zenith < HORIZON_DEG, dni, 0.0),
        circumsolar=parts.circumsolar,
        isotropic=parts.even,
        horizon=parts.band,
        ground=ghi,
    )


def _check(hours: pd.DataFrame, sun: pd.DataFrame) -> None:
    """Raise for weather or sun positions that cannot be true."""
    faults = [f"column {name!r} is missing" for name in ("ghi", "dni", "dhi") if name not in hours]
    faults += [f"column {name!r} of the sun is missing" for name in ("apparent_zenith", "azimuth") if name not in sun]
    if getattr(hours.index, "tz", None) is None:
        faults.append("the index has no time zone")
    if len(hours) != len(sun):
        faults.append(f"{len(hours)} hours, but {len(sun)} positions of the sun")
    for name in ("ghi", "dni", "dhi"):
        if name in hours and not (hours[name].to_numpy(dtype=float) >= 0).all():
            faults.append(f"{name} is negative or empty in some hours")
    if faults:
        message = "weather cannot be used: " + "; ".join(faults)
        raise ValueError(message)


def plane_of_array(sky: SkyHours, *, tilt_deg: Array | float, azimuth_deg: Array | float,
                   albedo: float) -> PlaneIrradiance:
    """
    Return the unshaded irradiance in the plane of each surface.

    Parameters
    ----------
    sky
        Parts of the sky.
    tilt_deg, azimuth_deg
        Tilt from horizontal, and azimuth clockwise from north. [degrees], shape (surfaces,)
    albedo
        Share of light that the surroundings throw back. [1]

    Returns
    -------
    parts
        Irradiance by its parts.
    """
    tilt_deg, azimuth_deg = np.broadcast_arrays(np.atleast_1d(np.asarray(tilt_deg, dtype=float)),
                                                np.asarray(azimuth_deg, dtype=float))
    tilt, azimuth = np.radians(tilt_deg), np.radians(azimuth_deg)
    normal = np.stack([np.sin(tilt) * np.sin(azimuth), np.sin(tilt) * np.cos(azimuth), np.cos(tilt)], axis=1)
    cos_incidence = np.clip(normal @ sky.to_sun, 0.0, 1.0)
    return PlaneIrradiance(
        tilt_deg=tilt_deg,
        cos_incidence=cos_incidence,
        beam=sky.beam * cos_incidence,
        circumsolar=sky.circumsolar * cos_incidence,
        isotropic=np.outer((1 + np.cos(tilt)) / 2, sky.isotropic),
        horizon=np.outer(np.sin(tilt), sky.horizon),
        ground=np.outer(albedo * (1 - np.cos(tilt)) / 2, sky.ground),
    )


def shade(poa: PlaneIrradiance, *, beam_visible: Array | float = 1.0, sky_share: Array | float = 1.0,
          horizon_visible: Array | float = 1.0, ground_share: Array | float = 1.0) -> PlaneIrradiance:
    """
    Return the irradiance that is left behind what stands before it.

    Parameters
    ----------
    poa
        Unshaded irradiance.
    beam_visible
        Share of the surface that sees the sun; the circumsolar part goes with it. [1], shape (surfaces, hours) or
        (hours,)
    sky_share
        View factor to the sky over that of the same plane in the open. [1], shape (surfaces,)
    horizon_visible
        Share of the horizon before the surface that is seen. [1], shape (surfaces,)
    ground_share
        View factor to the ground over that in the open. [1], shape (surfaces,)
    """
    sky, horizon, ground = (np.atleast_1d(np.asarray(share, dtype=float))[:, None]
                            for share in (sky_share, horizon_visible, ground_share))
    return replace(
        poa, beam=poa.beam * beam_visible, circumsolar=poa.circumsolar * beam_visible,
        isotropic=poa.isotropic * sky, horizon=poa.horizon * horizon, ground=poa.ground * ground,
    )


def effective_irradiance(poa: PlaneIrradiance, *, glass: Glass, string_share: Array | float = 1.0) -> Array:
    """
    Return what reaches the cells through the glass.

    Reflection follows Fresnel's law with one coating; for diffuse parts it is integrated over where they come from.

    Parameters
    ----------
    poa
        Irradiance in the plane.
    glass
        Optical properties of the cover.
    string_share
        What is left of direct light when a shadow has put cells in series out of action. [1], shape (hours,)

    Returns
    -------
    effective
        [W/m2], shape (surfaces, hours)

    References
    ----------
    .. [1] W. De Soto, S. A. Klein, W. A. Beckman, "Improvement and validation of a model for photovoltaic array
       performance", Solar Energy 80 (1), 2006, eq. 15-17. doi:10.1016/j.solener.2005.06.010
    .. [2] B. Marion, "Numerical method for angle-of-incidence correction factors for diffuse radiation incident
       photovoltaic modules", Solar Energy 147, 2017. doi:10.1016/j.solener.2017.03.027
    """
    beam, diffuse = _transmission(glass)
    sky, horizon, ground = (np.interp(poa.tilt_deg, TILTS_DEG, diffuse[region])[:, None]
                            for region in ("sky", "horizon", "ground"))
    # A table read at its nearest entry: within 0.1 % of the light that a grazing beam brings at all.
    through = beam[np.rint(poa.cos_incidence * (len(COSINES) - 1)).astype(np.intp)]
    even = np.maximum(poa.isotropic * sky + poa.horizon * horizon, 0)
    return poa.direct * through * string_share + even + poa.ground * ground


@lru_cache(maxsize=8)
def _transmission(glass: Glass) -> tuple[Array, dict[str, Array]]:
    """Return the incidence angle modifiers: of the beam by cosine, of the diffuse parts by tilt."""
    numbers = {"n": glass.index, "K": glass.extinction_per_m, "L": glass.thickness_m, "n_ar": glass.coating_index}
    return (np.asarray(iam.physical(np.degrees(np.arccos(COSINES)), **numbers)),
            iam.marion_diffuse("physical", TILTS_DEG, **numbers))


def ac_yield(poa: PlaneIrradiance, temp_air: Array, wind_speed: Array, *, settings: PvSettings,
             mount: str, string_share: Array | float = 1.0) -> Array:
    """
    Return the power that one kilowatt peak feeds in.

    Cell temperature comes from the nominal operating cell temperature: it stands on every module's data sheet, the way
    of mounting shifts it, and wind is taken at 10 m, as weather files give it. Direct and alternating current follow
    PVWatts.

    Parameters
    ----------
    poa
        Irradiance in the plane, shaded.
    temp_air, wind_speed
        Air temperature [degrees Celsius] and wind speed at 10 m [m/s], shape (hours,)
    settings
        Module, inverter and losses.
    mount
        `rack` with air behind the modules, `flush` on the roof's skin.
    string_share
        What is left of direct light in strings that rows shade. [1], shape (hours,)

    Returns
    -------
    power
        [kW/kWp], shape (surfaces, hours)

    References
    ----------
    .. [1] P. Gilman et al., "SAM photovoltaic model technical reference update", NREL/TP-6A20-67399, 2018, sec. 10.6.
       doi:10.2172/1429291
    .. [2] A. P. Dobos, "PVWatts version 5 manual", NREL/TP-6A20-62641, 2014, eq. 8-11. doi:10.2172/1158421
    """
    module, converter = settings.module, settings.inverter
    effective = effective_irradiance(poa, glass=settings.glass, string_share=string_share)
    cell = temperature.noct_sam(
        poa.total, temp_air, wind_speed, noct=module.noct_c + settings.noct_rise_k[mount],
        module_efficiency=module.power_density_w_per_m2 / REFERENCE_W_PER_M2,
        transmittance_absorptance=module.transmittance_absorptance, array_height=module.array_height_storeys,
    )
    direct_current = pvsystem.pvwatts_dc(effective, cell, 1.0, module.temperature_coefficient_per_k)
    direct_current *= 1 - system_loss(settings.losses)
    limit = 1 / (converter.dc_ac_ratio * converter.efficiency)
    power: Array = inverter.pvwatts(direct_current, limit, eta_inv_nom=converter.efficiency)
    return power


def system_loss(losses: Losses) -> float:
    """Return the share of direct current that is lost on the way to the inverter, by PVWatts' product. [1]"""
    percent = pvsystem.pvwatts_losses(
        soiling=losses.soiling_percent, shading=losses.shading_percent, snow=losses.snow_percent,
        mismatch=losses.mismatch_percent, wiring=losses.wiring_percent, connections=losses.connections_percent,
        lid=losses.lid_percent, nameplate_rating=losses.nameplate_percent, availability=losses.availability_percent,
    )
    return float(percent) / 100


def performance_ratio(power: Array, irradiance_w_per_m2: Array) -> Array:
    """
    Return final yield over reference yield.

    Parameters
    ----------
    power
        [kW/kWp], shape (surfaces, hours)
    irradiance_w_per_m2
        Irradiance in the plane. With the shaded one the ratio judges the system, with the unshaded one the site too;
        IEC 61724-1 means a sensor in the plane, which sees the neighbours' shade but not that of other rows. [W/m2]

    Returns
    -------
    ratio
        Not a number where nothing fell on the plane. [1], shape (surfaces,)

    References
    ----------
    .. [1] IEC 61724-1:2021, "Photovoltaic system performance - Part 1: Monitoring", sec. 14.
    """
    reference = irradiance_w_per_m2.sum(axis=-1) / REFERENCE_W_PER_M2
    ratio: Array = np.divide(power.sum(axis=-1), reference, out=np.full_like(reference, np.nan), where=reference > 0)
    return ratio
