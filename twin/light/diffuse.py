"""The diffuse light of an hour in parts that fit any plane, by pvlib's transposition of Perez 1990."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HORIZON_DEG = 90.0


@dataclass(frozen=True, slots=True)
class DiffuseParts:
    """
    Parts of the diffuse irradiance. [W/m2], shape (hours,)

    Attributes
    ----------
    even
        From all over the sky, on a level plane.
    circumsolar
        From around the sun, on a plane that faces it.
    band
        From the band at the horizon, on an upright plane; negative where that is darker.
    """

    even: Floats
    circumsolar: Floats
    band: Floats


def split_perez1990(
    dni: Floats, dhi: Floats, zenith_deg: Floats, azimuth_deg: Floats, *, extraterrestrial: Floats
) -> DiffuseParts:
    """
    Split diffuse irradiance as the model of Perez et al. (1990) does.

    The model is linear in the plane's orientation, so two planes tell all: one that faces the sun gives the circumsolar
    part, an upright one towards the sun gives the even part and the band's. With the sun below the horizon all is even.

    Parameters
    ----------
    dni, dhi
        Direct normal and diffuse horizontal irradiance. [W/m2], shape (hours,)
    zenith_deg, azimuth_deg
        Of the sun; refraction included. [degrees], shape (hours,)
    extraterrestrial
        Normal irradiance outside the atmosphere. [W/m2], shape (hours,)

    References
    ----------
    .. [1] R. Perez, P. Ineichen, R. Seals, J. Michalsky, R. Stewart, "Modeling daylight availability and irradiance
       components from direct and global irradiance", Solar Energy 44 (5), 1990, eq. 9. doi:10.1016/0038-092X(90)90055-H
    """
    from pvlib import atmosphere, irradiance  # pvlib takes a second, which not every worker need spend

    airmass = atmosphere.get_relative_airmass(zenith_deg)
    facing, upright = (
        irradiance.perez(tilt_deg, azimuth_deg, dhi, dni, extraterrestrial, zenith_deg, azimuth_deg, airmass,
                         return_components=True)
        for tilt_deg in (zenith_deg, HORIZON_DEG)
    )  # fmt: skip
    split = (zenith_deg < HORIZON_DEG) & (dhi > 0)
    return DiffuseParts(
        even=np.where(split, 2 * upright["poa_isotropic"], dhi),
        circumsolar=np.where(split, facing["poa_circumsolar"], 0.0),
        band=np.where(split, upright["poa_horizon"], 0.0),
    )


def extraterrestrial_irradiance(times: pd.DatetimeIndex) -> Floats:
    """Return the irradiance outside the atmosphere of a plane that faces the sun. [W/m2], shape (hours,)"""
    from pvlib import irradiance

    day = times.tz_convert("UTC").day_of_year.to_numpy()  # pvlib asks a DatetimeIndex in a way that pandas gives up
    return np.asarray(irradiance.get_extra_radiation(day), dtype=np.float64)
