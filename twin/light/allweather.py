"""The all-weather sky of Perez, Seals and Michalsky: how bright each part of it is, relative to the others."""

from __future__ import annotations

import csv
import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from twin.classes import data_folder
from twin.light.sweep import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PARAMETERS = [f"{letter}{number}" for letter in "abcde" for number in range(1, 5)]
LEAST_CLEAR, MOST_CLEAR, LEAST_BRIGHT = 1.065, 2.8, 0.2  # between these clearnesses brightness is at least so much
KAPPA = 1.041  # weight of the zenith angle in the clearness, for angles in radians
FLATTEST = 0.01  # cosine of the zenith angle at the horizon, where the gradation would be infinite


@cache
def read_coefficients() -> tuple[Floats, Floats]:
    """
    Return the lower bounds of the clearness bins, and the coefficients of each bin. shapes (8,) and (8, 20)

    References
    ----------
    .. [1] R. Perez, R. Seals, J. Michalsky, "All-weather model for sky luminance distribution: preliminary
       configuration and validation", Solar Energy 50 (1993), 235-245, table 1. doi:10.1016/0038-092X(93)90017-I
    """
    with (data_folder() / "light" / "perez1993.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    bounds = np.array([float(row["clearness_low"]) for row in rows])
    return bounds, np.array([[float(row[name]) for name in PARAMETERS] for row in rows])


def sky_parameters(
    zenith_deg: Floats, dni: Floats, dhi: Floats, *, airmass: Floats, extraterrestrial: Floats
) -> Floats:
    """
    Return the five parameters a to e of the sky of each hour.

    Parameters
    ----------
    zenith_deg
        Zenith angle of the sun. [degrees], shape (hours,)
    dni, dhi
        Direct normal and diffuse horizontal irradiance, the latter above 0. [W/m2], shape (hours,)
    airmass
        Relative air mass. [-], shape (hours,)
    extraterrestrial
        Normal irradiance outside the atmosphere. [W/m2], shape (hours,)

    Returns
    -------
    parameters
        Shape (hours, 5)

    References
    ----------
    .. [1] As :func:`read_coefficients`, equations 1 and 6 to 8.
    """
    bounds, table = read_coefficients()
    zenith = np.radians(zenith_deg)
    clearness = ((dhi + dni) / dhi + KAPPA * zenith**3) / (1 + KAPPA * zenith**3)
    brightness = np.clip(dhi * airmass / extraterrestrial, 0.01, 0.6)
    hazy = (clearness > LEAST_CLEAR) & (clearness < MOST_CLEAR)
    brightness = np.where(hazy, np.maximum(brightness, LEAST_BRIGHT), brightness)
    number = np.clip(np.searchsorted(bounds, clearness, side="right") - 1, 0, len(bounds) - 1)
    x = table[number].reshape(-1, 5, 4)
    first, second, third, fourth = (x[:, :, item] for item in range(4))
    found: Floats = first + second * zenith[:, None] + brightness[:, None] * (third + fourth * zenith[:, None])
    dark = number == 0
    c, d = x[dark, 2], x[dark, 3]
    z, delta = zenith[dark], brightness[dark]
    found[dark, 2] = np.exp((delta * (c[:, 0] + c[:, 1] * z)) ** c[:, 2]) - c[:, 3]
    found[dark, 3] = -np.exp(delta * (d[:, 0] + d[:, 1] * z)) + d[:, 2] + delta * d[:, 3]
    return found


@kernel
def spread_diffuse(
    parameters: Floats, sun: Floats, dhi: Floats, period: NDArray[np.int64], patch: Floats, weight: Floats,
    radiance: Floats,
) -> None:
    """
    Add the diffuse irradiation of many hours to the patches of the sky.

    Parameters
    ----------
    parameters
        Of the sky of each hour. shape (hours, 5)
    sun
        Unit vectors to the sun. shape (hours, 3)
    dhi
        Diffuse horizontal irradiance. [W/m2], shape (hours,)
    period
        Which row of `radiance` an hour belongs to. shape (hours,)
    patch
        Unit vectors to the patches. shape (patches, 3)
    weight
        Solid angle of the patches. [sr], shape (patches,)
    radiance
        Radiance times solid angle; added to. [Wh/m2], shape (periods, patches)
    """
    number = len(weight)
    relative = np.empty(number)
    for hour in range(len(dhi)):
        a, b, c, d, e = parameters[hour]
        total = 0.0
        for item in range(number):
            up = patch[item, 2]
            cosine = patch[item, 0] * sun[hour, 0] + patch[item, 1] * sun[hour, 1] + up * sun[hour, 2]
            cosine = min(max(cosine, -1.0), 1.0)
            gradation = 1 + a * math.exp(b / max(up, FLATTEST))
            indicatrix = 1 + c * math.exp(d * math.acos(cosine)) + e * cosine * cosine
            relative[item] = max(gradation * indicatrix, 0.0) * weight[item]
            total += relative[item] * up
        if total > 0:
            scale = dhi[hour] / total
            row = period[hour]
            for item in range(number):
                radiance[row, item] += relative[item] * scale
