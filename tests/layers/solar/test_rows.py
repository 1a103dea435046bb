"""Rows on flat roofs: the building code's distance, and shade beside rays through rows without end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pvlib import shading

from layers.solar.rows import Rows, lay_rows, shade_rows

if TYPE_CHECKING:
    from layers.solar.pv_settings import PvSettings

POINTS = 400
NEIGHBOURS = np.concatenate([np.arange(-12, 0), np.arange(1, 13)])


def unit(zenith_deg: np.ndarray, azimuth_deg: np.ndarray) -> np.ndarray:
    """Return directions as east, north, up."""
    zenith, azimuth = np.radians(zenith_deg), np.radians(azimuth_deg)
    return np.stack([np.sin(zenith) * np.sin(azimuth), np.sin(zenith) * np.cos(azimuth), np.cos(zenith)])


def seen_along(rows: Rows, directions: np.ndarray) -> np.ndarray:
    """
    Return the share of a row's width from which a ray leaves without meeting another row, ray by ray.

    In the plane across the rows a row is a segment from (0, 0) down to (cos tilt, -sin tilt) in the direction it looks;
    neighbours are the same a pitch apart. Rays are cut with every segment.
    """
    azimuth, tilt = np.radians(rows.azimuth_deg), np.radians(rows.tilt_deg)
    forward = directions[0] * np.sin(azimuth) + directions[1] * np.cos(azimuth)  # towards where the modules look
    upward = directions[2]
    width = rows.ground_cover_ratio
    place = (np.arange(POINTS) + 0.5) / POINTS * width
    blocked = np.zeros((POINTS, directions.shape[1]), dtype=bool)
    for number in NEIGHBOURS:
        # p + s d = q + t e, solved by Cramer's rule for s (along the ray) and t (along the neighbour's width).
        start_x, start_z = number - place * np.cos(tilt), place * np.sin(tilt)
        determinant = forward * np.sin(tilt) + upward * np.cos(tilt)
        along = (start_x[:, None] * np.sin(tilt) + start_z[:, None] * np.cos(tilt)) / determinant
        across = (along * forward - start_x[:, None]) / np.cos(tilt)
        blocked |= (along > 1e-12) & (across >= 0) & (across <= width)
    return 1 - blocked.mean(axis=0)


@pytest.mark.parametrize("rows", [Rows(10, 180, 0.75), Rows(30, 180, 0.6), Rows(15, 105, 0.9), Rows(25, 270, 0.8)])
def test_shaded_width_agrees_with_rays(rows: Rows) -> None:
    """300 directions of the sun in front of the modules; within the width of a ray, 1/400."""
    random = np.random.default_rng(7)
    zenith, azimuth = np.degrees(np.arccos(random.uniform(0.01, 1, 300))), random.uniform(0, 360, 300)
    normal = unit(np.array([rows.tilt_deg]), np.array([rows.azimuth_deg]))[:, 0]
    front = normal @ unit(zenith, azimuth) > 0.01
    shade = shade_rows(rows, zenith, azimuth, blocks=3)
    expected = seen_along(rows, unit(zenith, azimuth))
    assert (expected[front] < 0.99).sum() > 10
    assert shade.beam_visible[front] == pytest.approx(expected[front], abs=1.01 / POINTS)


@pytest.mark.parametrize("rows", [Rows(10, 180, 0.75), Rows(30, 180, 0.5), Rows(10, 90, 0.9)])
def test_sky_that_rows_see_agrees_with_rays(rows: Rows) -> None:
    """A dome of 360 x 180 patches, weighted with the cosine on the row; within 0.2 %."""
    zenith, azimuth = (grid.ravel() for grid in np.meshgrid((np.arange(180) + 0.5) / 2, np.arange(360) + 0.5))
    directions = unit(zenith, azimuth)
    normal = unit(np.array([rows.tilt_deg]), np.array([rows.azimuth_deg]))[:, 0]
    weight = np.maximum(normal @ directions, 0) * np.sin(np.radians(zenith))
    expected = (seen_along(rows, directions) * weight).sum() / weight.sum()
    shade = shade_rows(rows, np.array([30.0]), np.array([180.0]), blocks=3)
    assert shade.sky_share == pytest.approx(expected, rel=2e-3)
    masked = 1 - shading.sky_diffuse_passias(shading.masking_angle_passias(rows.tilt_deg, rows.ground_cover_ratio))
    assert 1 - masked < (1 - expected) / 2  # the masking angle finds less than half of the loss: not used


def test_pitch_is_that_of_the_building_code(pv_settings: PvSettings) -> None:
    """GB 50797: D = L cos b + L sin b (0.707 tan f + 0.4338) / (0.707 - 0.4338 tan f), its declination rounded."""
    for latitude in (20.0, 31.45, 40.0):
        tangent, tilt = np.tan(np.radians(latitude)), np.radians(pv_settings.rows.tilt_deg)
        pitch = np.cos(tilt) + np.sin(tilt) * (0.707 * tangent + 0.4338) / (0.707 - 0.4338 * tangent)
        rows = lay_rows(replace(pv_settings.rows, most_cover=1.0), latitude)
        assert rows.ground_cover_ratio == pytest.approx(1 / pitch, rel=2e-3)


@pytest.mark.parametrize("azimuth", [180.0, 135.0, 90.0])
def test_rows_stay_lit_in_the_hours_of_the_rule_and_not_before(pv_settings: PvSettings, azimuth: float) -> None:
    """On the shortest day at 31.45 degrees north, sun positions by the equations of the sphere."""
    rows = lay_rows(replace(pv_settings.rows, tilt_deg=20.0), 31.45, azimuth_deg=azimuth)
    hours = np.arange(8.0, 15.01, 0.25)
    angle, latitude, declination = np.radians(15 * (hours - 12)), np.radians(31.45), np.radians(-23.42)
    height = np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(angle)
    east = -np.cos(declination) * np.sin(angle)
    north = np.cos(latitude) * np.sin(declination) - np.sin(latitude) * np.cos(declination) * np.cos(angle)
    sun_azimuth = np.degrees(np.arctan2(east, north)) % 360
    shade = shade_rows(rows, np.degrees(np.arccos(height)), sun_azimuth, blocks=3)
    assert shade.beam_visible[hours >= 9] == pytest.approx(1, abs=2e-3)
    assert shade.beam_visible[0] < 0.98


def test_rows_of_the_other_hemisphere_are_the_same_towards_the_north(pv_settings: PvSettings) -> None:
    north, south = lay_rows(pv_settings.rows, 31.45), lay_rows(pv_settings.rows, -31.45)
    assert (north.azimuth_deg, south.azimuth_deg) == (180, 0)
    assert south.ground_cover_ratio == pytest.approx(north.ground_cover_ratio, rel=1e-3)


def test_cover_stays_within_its_bounds(pv_settings: PvSettings) -> None:
    rule = pv_settings.rows
    assert lay_rows(rule, 66.0).ground_cover_ratio == rule.least_cover
    assert lay_rows(rule, 0.0).ground_cover_ratio == rule.most_cover


def test_touched_block_stops_and_single_row_loses_nothing() -> None:
    """45 % of the width shaded, 2 blocks of 3 touched: of the lit part counts 1 - 2/4 (Martinez-Moreno, eq. 6)."""
    rows = Rows(30, 180, 0.6)
    zenith = np.linspace(20, 89, 2000)
    shade = shade_rows(rows, zenith, np.full(2000, 180.0), blocks=3)
    half = np.argmin(np.abs(shade.beam_visible - 0.55))
    assert shade.string_share[half] == pytest.approx(0.5)
    assert shade.string_share[0] == 1
    alone = shade_rows(replace(rows, ground_cover_ratio=1e-4), np.array([30.0, 95.0]), np.array([180.0, 0.0]), blocks=3)
    assert alone.sky_share == pytest.approx(1, abs=1e-3)
    assert alone.ground_share == pytest.approx(1, abs=2e-2)
    assert alone.beam_visible == pytest.approx([1, 1])


def test_rows_hide_the_horizon_from_each_other() -> None:
    shade = shade_rows(Rows(10, 180, 0.75), np.array([30.0]), np.array([180.0]), blocks=3)
    assert shade.horizon_visible == 0
    assert 0 < shade.ground_share < 1


def test_level_rows_do_not_shade_each_other() -> None:
    shade = shade_rows(Rows(0, 180, 0.9), np.array([10.0, 80.0]), np.array([180.0, 90.0]), blocks=3)
    assert shade.beam_visible == pytest.approx([1, 1])
    assert (shade.sky_share, shade.horizon_visible, shade.ground_share) == pytest.approx((1, 1, 1))
