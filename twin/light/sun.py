"""Where the sun stands by true solar time, which sunlight rules are written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pvlib import solarposition

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class SunWindow:
    """
    A day and the hours of it in which sunlight counts.

    Attributes
    ----------
    day_of_year
        1 on 1 January.
    start_h, end_h
        First and last moment. [h], true solar time
    """

    day_of_year: int
    start_h: float
    end_h: float


# GB 50180-2018, table 4.0.9: Great Cold day (20 January) 8-16 h, winter solstice (21 December) 9-15 h.
GREAT_COLD = SunWindow(20, 8.0, 16.0)
WINTER_SOLSTICE = SunWindow(355, 9.0, 15.0)


def sun_position(
    window: SunWindow, latitude_deg: float, *, step_min: float = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Return the sun's elevation and azimuth in the middle of each step of a window.

    Parameters
    ----------
    window
        Day and hours.
    latitude_deg
        Latitude, north positive. [degrees]
    step_min
        Length of a step. [min]

    Returns
    -------
    elevation, azimuth
        Above the horizon, and clockwise from north. [degrees], shape (steps,)

    References
    ----------
    .. [1] J. W. Spencer, "Fourier series representation of the sun", 1971, through pvlib.
    """
    steps = round((window.end_h - window.start_h) * 60 / step_min)
    hours = window.start_h + (np.arange(steps) + 0.5) * step_min / 60
    declination = solarposition.declination_spencer71(window.day_of_year)
    latitude, angle = np.radians(latitude_deg), np.radians(15 * (hours - 12))
    zenith = solarposition.solar_zenith_analytical(latitude, angle, declination)
    azimuth = solarposition.solar_azimuth_analytical(latitude, angle, declination, zenith)
    return 90 - np.degrees(zenith), np.degrees(azimuth)
