"""Irradiation of cells: what must hold whatever the scene, and scenes that are worked out by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pvlib import irradiance

from twin.light.dome import Dome
from twin.light.irradiation import irradiate
from twin.light.sky import MODELS, SkyModel, make_sky

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.light.sky import Sky
    from twin.weather.year import WeatherYear


def sky_of(year: WeatherYear, azimuths: int = 64, model: SkyModel = "perez1990", **more: object) -> Sky:
    return make_sky(year.hours, year.latitude_deg, year.longitude_deg, altitude_m=year.altitude_m, model=model,
                    dome=Dome(azimuths=azimuths), **more)  # type: ignore[arg-type]


def uniform_of(year: WeatherYear, azimuths: int = 128) -> Sky:
    """Return an even sky, which the sun has no part in: 1 for open level ground."""
    hours = year.hours.assign(dni=0.0, ghi=0.0, dhi=0.0)
    hours.iloc[4, hours.columns.get_loc("dhi")] = 1000.0
    return make_sky(hours, year.latitude_deg, year.longitude_deg, model="isotropic", dome=Dome(azimuths=azimuths))


@pytest.mark.parametrize("model", MODELS)
def test_empty_plain_gets_the_global_irradiation_in_every_month(year: WeatherYear, model: SkyModel) -> None:
    lit = irradiate(np.full((6, 9), 4.0), sky_of(year, model=model, months=year.months), cell_m=1)
    assert lit.shape == (12, 6, 9)
    expected = np.broadcast_to(year.monthly()["ghi_kwh_per_m2"].to_numpy()[:, None, None], lit.shape)
    np.testing.assert_allclose(lit, expected, rtol=2e-4)


def test_months_add_up_to_the_year(year: WeatherYear, draw_town: Callable[..., np.ndarray]) -> None:
    heights = draw_town(80, 12)
    # what walls reflect is estimated from the sky of each period as a whole
    for albedo, tolerance in ((0.0, 1e-5), (0.2, 3e-4)):
        months = irradiate(heights, sky_of(year, months=year.months), cell_m=1, albedo=albedo)
        whole = irradiate(heights, sky_of(year), cell_m=1, albedo=albedo)
        np.testing.assert_allclose(months.sum(axis=0), whole, rtol=tolerance)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_scene_and_sun_turned_together_turn_the_result(
    year: WeatherYear, draw_town: Callable[..., np.ndarray], turns: int
) -> None:
    """
    Turned clockwise with grid north: along rows, columns and diagonals exactly so, but for cells at whose horizon a
    shadow rounded to a centimetre passes a level.
    """
    heights = draw_town(80, 12, gables=False)
    straight = irradiate(heights, sky_of(year, 8), cell_m=1)
    turned = irradiate(np.ascontiguousarray(np.rot90(heights, -turns)), sky_of(year, 8, convergence_deg=-90 * turns),
                       cell_m=1)
    ratio = np.rot90(turned, turns) / straight
    assert (np.abs(ratio - 1) < 1e-5).mean() > 0.97
    assert np.quantile(np.abs(ratio - 1), 0.999) < 0.04  # one level of one sector in eight
    assert abs(ratio.mean() - 1) < 1e-4


def test_scene_turned_with_the_sun_keeps_its_mean(year: WeatherYear, draw_town: Callable[..., np.ndarray]) -> None:
    heights = draw_town(120, 24)
    straight = irradiate(heights, sky_of(year, 128), cell_m=1)
    turned = irradiate(np.ascontiguousarray(np.rot90(heights, -1)), sky_of(year, 128, convergence_deg=-90), cell_m=1)
    ratio = np.rot90(turned) / straight
    assert turned.mean() == pytest.approx(straight.mean(), rel=0.002)
    assert np.sqrt(np.mean((np.rot90(turned) - straight) ** 2)) < 0.03 * straight.mean()
    assert np.median(np.abs(ratio - 1)) < 0.005


@pytest.mark.parametrize("model", MODELS)
def test_higher_building_never_brightens_a_neighbour(
    year: WeatherYear, draw_town: Callable[..., np.ndarray], model: SkyModel
) -> None:
    heights = draw_town(80, 12)
    higher = heights.copy()
    higher[30:45, 30:45] += 25
    outside = np.ones(heights.shape, bool)
    outside[29:46, 29:46] = False  # whose own slope may change too
    sky = sky_of(year, model=model)
    change = irradiate(higher, sky, cell_m=1)[outside] - irradiate(heights, sky, cell_m=1)[outside]
    assert change.max() <= 0.01
    assert change.min() < -50


def test_scene_of_half_size_in_half_cells_is_the_same(year: WeatherYear, draw_town: Callable[..., np.ndarray]) -> None:
    heights = draw_town(60, 8)
    sky = sky_of(year)
    lit = irradiate(heights, sky, cell_m=1)
    np.testing.assert_allclose(irradiate(heights * 0.5, sky, cell_m=0.5).mean(), lit.mean(), rtol=1e-3)
    np.testing.assert_allclose(irradiate(heights + 500, sky, cell_m=1), lit, rtol=1e-4)


def test_mask_only_tells_which_cells_are_given(year: WeatherYear, draw_town: Callable[..., np.ndarray]) -> None:
    heights = draw_town(60, 8)
    wanted = np.random.default_rng(0).random(heights.shape) < 0.3
    sky = sky_of(year)
    every = irradiate(heights, sky, cell_m=1, albedo=0.1)
    some = irradiate(heights, sky, cell_m=1, albedo=0.1, mask=wanted)
    np.testing.assert_array_equal(some[wanted], every[wanted])
    assert np.isnan(some[~wanted]).all()


@pytest.mark.parametrize("tilt", [0, 15, 40, 75, 90])
@pytest.mark.parametrize("azimuth", [0, 130])
def test_open_tilted_plane_gets_the_ground_s_reflection(year: WeatherYear, tilt: float, azimuth: float) -> None:
    plain, sky = np.zeros((3, 3)), sky_of(year)
    slope, aspect = np.full((3, 3), float(tilt)), np.full((3, 3), float(azimuth))
    dark, bright = (irradiate(plain, sky, cell_m=1, slope_deg=slope, aspect_deg=aspect, albedo=albedo)[1, 1]
                    for albedo in (0.0, 0.2))
    expected = float(irradiance.get_ground_diffuse(tilt, year.ghi_kwh_per_m2, albedo=0.2))
    # what the levels' fineness takes for walls, at most: a thousandth
    assert bright - dark == pytest.approx(expected, rel=0.01, abs=0.001 * year.ghi_kwh_per_m2 * 0.2)


def test_walls_reflect_what_they_hide(year: WeatherYear) -> None:
    """In a courtyard an albedo of 0.3 gives back less than it would if the walls were as bright as level ground."""
    heights = np.full((41, 41), 20.0, np.float32)
    heights[10:31, 10:31] = 0
    sky = sky_of(year)
    dark, bright = (irradiate(heights, sky, cell_m=1, albedo=albedo)[20, 20] for albedo in (0.0, 0.3))
    view = irradiate(heights, uniform_of(year, 64), cell_m=1)[20, 20]
    assert 0 < bright - dark < 0.3 * (1 - view) * year.ghi_kwh_per_m2


@pytest.mark.parametrize(("width", "height"), [(11, 5.0), (21, 20.0), (21, 60.0)])
def test_floor_of_a_long_street_sees_the_analytic_share_of_the_sky(
    year: WeatherYear, width: int, height: float
) -> None:
    """The middle of an endless canyon sees cos(atan(h / (w / 2))) of an even sky; the street is 1,200 m long here."""
    for along in (False, True):
        street = np.full((1201, 61), height, np.float32)
        street[:, 30 - width // 2 : 31 + width // 2] = 0
        middle = np.zeros(street.shape, bool)
        middle[600, 30] = True
        if along:
            street, middle = np.ascontiguousarray(street.T), middle.T
        view = irradiate(street, uniform_of(year), cell_m=1, mask=middle)[middle]
        assert view[0] == pytest.approx(math.cos(math.atan(height / (width / 2))), abs=0.012)


@pytest.mark.parametrize("height", [4.0, 12.0, 30.0])
def test_floor_of_a_round_courtyard_sees_the_analytic_share_of_the_sky(year: WeatherYear, height: float) -> None:
    """A round wall at an elevation h hides sin(h) squared of an even sky's light."""
    down, across = np.mgrid[-40:41, -40:41]
    court = np.where(np.hypot(down, across) > 25, height, 0).astype(np.float32)
    view = irradiate(court, uniform_of(year), cell_m=1)[40, 40]
    assert view == pytest.approx(math.cos(math.atan(height / 25.3)) ** 2, abs=0.015)


def test_wall_to_the_south_takes_the_beam_and_one_to_the_north_only_diffuse_light(year: WeatherYear) -> None:
    sky = sky_of(year)
    south, north = (np.zeros((40, 40), np.float32) for _ in range(2))
    south[22:24, :], north[17:19, :] = 30, 30
    at_south, at_north = (irradiate(heights, sky, cell_m=1)[20, 20] for heights in (south, north))
    assert at_south < 0.5 * year.ghi_kwh_per_m2 < at_north < year.ghi_kwh_per_m2


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_height_that_is_not_finite_is_refused(year: WeatherYear, wrong: float) -> None:
    heights = np.zeros((4, 4))
    heights[1, 1] = wrong
    with pytest.raises(ValueError, match="not finite"):
        irradiate(heights, sky_of(year, 8), cell_m=1)


@pytest.mark.parametrize("name", ["slope_deg", "mask"])
def test_shape_that_disagrees_is_refused(year: WeatherYear, name: str) -> None:
    given = {"slope_deg": np.zeros((4, 4)), "aspect_deg": np.zeros((4, 4)), "mask": np.ones((4, 4), bool)}
    given[name] = given[name][:3]
    with pytest.raises(ValueError, match="shape"):
        irradiate(np.zeros((4, 4)), sky_of(year, 8), cell_m=1, **given)  # type: ignore[arg-type]
