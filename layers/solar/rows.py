"""Modules in rows on flat roofs: how far apart they stand, and how they shade each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pvlib import shading, solarposition
from pvlib.bifacial import utils as view_factor

from twin.light.sun import WINTER_SOLSTICE

if TYPE_CHECKING:
    from layers.solar.pv import Array
    from layers.solar.pv_settings import RowRule

SUMMER_SOLSTICE_DAY = 172  # the shortest day south of the equator


@dataclass(frozen=True, slots=True)
class Rows:
    """
    Parallel rows of modules without end.

    Attributes
    ----------
    tilt_deg, azimuth_deg
        Tilt from horizontal, and where the modules look, clockwise from north. [degrees]
    ground_cover_ratio
        Slant width of a row over the distance from row to row: module area per roof area. [1]
    """

    tilt_deg: float
    azimuth_deg: float
    ground_cover_ratio: float


@dataclass(frozen=True, slots=True)
class RowShade:
    """
    What a row leaves of the light of the one behind it.

    Attributes
    ----------
    beam_visible
        Share of the row's width that sees the sun. [1], shape (hours,)
    string_share
        What counts of the direct light on the lit part, because a shadow stops whole blocks of cells. [1], shape
        (hours,)
    sky_share, horizon_visible, ground_share
        View factors over those of a single row. [1]
    """

    beam_visible: Array
    string_share: Array
    sky_share: float
    horizon_visible: float
    ground_share: float


def lay_rows(rule: RowRule, latitude_deg: float, *, azimuth_deg: float | None = None) -> Rows:
    """
    Return the closest rows that do not shade each other on the shortest day within the hours of the rule.

    In the plane across the rows the sun stands at the projected zenith angle psi, and a row of width 1 needs the pitch

        cos(tilt - psi) / cos(psi) = cos(tilt) + sin(tilt) tan(psi),

    which for rows towards the south is the equation of GB 50797; the greatest of all minutes holds. Where the sun is
    too low for the rule, `least_cover` holds and shade is accepted; `most_cover` leaves room to walk.

    Parameters
    ----------
    rule
        Tilt, hours, and bounds of the ground cover ratio.
    latitude_deg
        North positive. [degrees]
    azimuth_deg
        Where the modules look; to the equator if not given. [degrees]

    References
    ----------
    .. [1] GB 50797-2012, "Code for design of photovoltaic power station", sec. 7.2: no shade 9-15 h, winter solstice.
    .. [2] K. Anderson, M. Mikofski, "Slope-aware backtracking for single-axis trackers", NREL/TP-5K00-76626, 2020,
       eq. 4-5. doi:10.2172/1660126
    """
    north = latitude_deg >= 0
    azimuth = (180.0 if north else 0.0) if azimuth_deg is None else azimuth_deg
    zenith, sun_azimuth = _shortest_day(rule, latitude_deg)
    across = shading.projected_solar_zenith_angle(zenith, sun_azimuth, 0, azimuth - 90)
    lit = (zenith < 90) & (np.cos(np.radians(rule.tilt_deg - across)) > 0)
    pitch = np.cos(np.radians(rule.tilt_deg - across[lit])) / np.cos(np.radians(across[lit]))
    # A window without any sun asks for rows infinitely far apart.
    cover = 1 / max(float(pitch.max()), 1.0) if lit.any() and (zenith < 90).all() else 0.0
    return Rows(rule.tilt_deg, azimuth, float(np.clip(cover, rule.least_cover, rule.most_cover)))


def _shortest_day(rule: RowRule, latitude_deg: float) -> tuple[Array, Array]:
    """Return the sun's zenith and azimuth at every minute of the rule's hours, both ends included. [degrees]"""
    hours = np.linspace(rule.free_from_h, rule.free_until_h,
                        1 + round(60 * (rule.free_until_h - rule.free_from_h)))
    day = WINTER_SOLSTICE.day_of_year if latitude_deg >= 0 else SUMMER_SOLSTICE_DAY
    declination = solarposition.declination_spencer71(day)
    latitude, angle = np.radians(latitude_deg), np.radians(15 * (hours - 12))
    zenith = solarposition.solar_zenith_analytical(latitude, angle, declination)
    azimuth = solarposition.solar_azimuth_analytical(latitude, angle, declination, zenith)
    return np.degrees(zenith), np.degrees(azimuth)


def shade_rows(rows: Rows, zenith_deg: Array, azimuth_deg: Array, *, blocks: int) -> RowShade:
    """
    Return how the rows shade each other.

    The shaded width is exact geometry. A shadow across a block of cells on one bypass diode stops the block: the
    experimental model of Martinez-Moreno et al. takes N_SB / (N_TB + 1) of the direct light that is left. The sky is
    seen from the whole width of a row past the edge of the next one (crossed strings). Passias' masking angle is not
    used: it weighs the dome as a horizontal plane does and finds a quarter of what a row of 10 degrees loses.

    Parameters
    ----------
    rows
        Geometry.
    zenith_deg, azimuth_deg
        Position of the sun. [degrees], shape (hours,)
    blocks
        Blocks of cells, each on one bypass diode, over the width of a row.

    References
    ----------
    .. [1] K. S. Anderson, A. R. Jensen, "Shaded fraction and backtracking in single-axis trackers on rolling terrain",
       J. Renewable Sustainable Energy 16, 2024, eq. 12. doi:10.1063/5.0202220
    .. [2] F. Martinez-Moreno, J. Munoz, E. Lorenzo, "Experimental model to estimate shading losses on PV arrays",
       Solar Energy Materials and Solar Cells 94, 2010, eq. 6. doi:10.1016/j.solmat.2010.07.029
    """
    up = zenith_deg < 90
    shaded = np.where(up, shading.shaded_fraction1d(
        np.where(up, zenith_deg, 0), azimuth_deg, rows.azimuth_deg - 90, rows.tilt_deg,
        collector_width=rows.ground_cover_ratio, pitch=1.0), 0.0)
    # pvlib turns eq. 6 into a loss; of light that is direct alone it leaves the whole factor.
    left = 1 - shading.direct_martinez(1.0, 1.0, shaded, np.ceil(blocks * shaded), blocks)
    visible = 1 - shaded
    tilt = np.radians(rows.tilt_deg)
    sky = view_factor.vf_row_sky_2d_integ(rows.tilt_deg, rows.ground_cover_ratio)
    ground = view_factor.vf_row_ground_2d_integ(rows.tilt_deg, rows.ground_cover_ratio)
    level = rows.tilt_deg == 0
    return RowShade(
        beam_visible=visible,
        string_share=np.divide(left, visible, out=np.zeros_like(left), where=visible > 0),
        sky_share=float(sky / ((1 + np.cos(tilt)) / 2)),
        horizon_visible=1.0 if level else 0.0,
        ground_share=1.0 if level else float(ground / ((1 - np.cos(tilt)) / 2)),
    )
