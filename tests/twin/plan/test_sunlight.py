"""The sunlight rule: the sun against pvlib's, shade against geometry done another way, homes against the rule."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pvlib
import pytest
import shapely

from twin.light.sun import GREAT_COLD, WINTER_SOLSTICE, sun_position
from twin.plan.build import needed_gap
from twin.plan.plan import draw_plan
from twin.plan.records import House
from twin.plan.site import LATITUDE_DEG
from twin.plan.sunlight import CLEAR_M, SILL_M, Skyline, great_cold_sun, obey_sunlight, sun_hours, windows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.plan.records import Plan

LONGITUDE_DEG = 121.16


def slab(x: float, y: float, length_m: float, depth_m: float, height_m: float, *, is_home: bool = False) -> House:
    outline = shapely.box(x, y, x + length_m, y + depth_m)
    return House(outline, "apartments", "residential", 1, height_m, 2025, 0, is_home=is_home)


def real_sun() -> pd.DataFrame:
    """Return the sun of 20 January 2025 at the site from 8 to 16 h true solar time, by NREL's SPA, minute by minute."""
    day = pd.date_range("2025-01-19 22:00", "2025-01-20 10:00", freq="1min", tz="UTC")
    sun = pvlib.solarposition.get_solarposition(day, LATITUDE_DEG, LONGITUDE_DEG)
    hours = np.asarray(day.hour + day.minute / 60) + LONGITUDE_DEG / 15 + sun["equation_of_time"].to_numpy() / 60
    sun["solar_h"] = hours % 24
    return sun[(sun["solar_h"] >= 8) & (sun["solar_h"] < 16)]


def test_the_sun_agrees_with_nrels_to_a_quarter_of_a_degree() -> None:
    elevation, azimuth = sun_position(GREAT_COLD, LATITUDE_DEG)
    solar_h = 8 + (np.arange(480) + 0.5) / 60
    exact = real_sun().sort_values("solar_h")
    assert np.abs(elevation - np.interp(solar_h, exact["solar_h"], exact["elevation"])).max() < 0.25
    assert np.abs(azimuth - np.interp(solar_h, exact["solar_h"], exact["azimuth"])).max() < 0.25


def test_noon_of_the_winter_solstice_is_as_high_as_the_latitude_says() -> None:
    elevation, azimuth = sun_position(WINTER_SOLSTICE, LATITUDE_DEG)
    assert len(elevation) == 360
    assert elevation.max() == pytest.approx(90 - LATITUDE_DEG - 23.44, abs=0.05)
    assert azimuth[:180] == pytest.approx(360 - azimuth[:179:-1])


def test_a_lone_slab_sees_the_sun_all_eight_hours() -> None:
    assert sun_hours([slab(0, 0, 60, 12, 30, is_home=True)])[0] == pytest.approx(8.0)


def test_a_wall_before_the_window_takes_all_sun() -> None:
    assert sun_hours([slab(0, 0, 60, 12, 30, is_home=True), slab(-500, -20, 1060, 10, 60)])[0].max() == 0


def test_an_endless_wall_leaves_the_hours_in_which_the_sun_stands_over_its_edge() -> None:
    """By hand: the sun clears a wall while tan(elevation) / cos(azimuth from south) > height / distance."""
    gap_m, height_m = 40.0, 30.0
    hours = sun_hours([slab(0, gap_m, 20, 12, 30, is_home=True), slab(-4000, -10, 8020, 10, height_m)], step_min=1)[0]
    elevation, azimuth = sun_position(GREAT_COLD, LATITUDE_DEG)
    profile = np.tan(np.radians(elevation)) / -np.cos(np.radians(azimuth))
    by_hand_h = (profile > (height_m - SILL_M) / (gap_m - CLEAR_M)).sum() / 60
    assert 2 < by_hand_h < 6
    assert hours == pytest.approx(by_hand_h, abs=2 / 60)


def test_the_gap_behind_long_slabs_is_what_the_profile_angle_asks() -> None:
    """By hand: 2 h around noon end at 11 and 13 h; the rule asks for a little more, to be sure."""
    elevation, azimuth = sun_position(GREAT_COLD, LATITUDE_DEG)
    at_eleven = np.tan(np.radians(elevation[180])) / -np.cos(np.radians(azimuth[180]))
    gap_m = needed_gap(33.0, 3000.0, 0.0, 14.0, 2.0)
    assert gap_m == pytest.approx((33.0 - SILL_M) / at_eleven, rel=0.03)
    assert needed_gap(33.0, 3000.0, 0.0, 14.0, 3.0) > gap_m
    assert needed_gap(33.0, 40.0, 20.0, 14.0, 2.0) < gap_m  # sun comes in between short slabs


def test_a_street_scene_mirrored_has_its_sun_mirrored() -> None:
    scene = [slab(0, 40, 30, 12, 20, is_home=True), slab(-35, -10, 40, 14, 45), slab(20, 0, 25, 14, 30)]
    mirrored = [
        House(shapely.transform(house.geometry, lambda xy: xy * (-1, 1)), house.kind, house.use, house.levels,
              house.storey_m, house.year, 0, is_home=house.is_home)
        for house in scene
    ]  # fmt: skip
    assert np.sort(sun_hours(scene)[0]) == pytest.approx(np.sort(sun_hours(mirrored)[0]))


def test_a_tower_that_takes_its_neighbours_sun_loses_storeys_until_it_has_it() -> None:
    home = slab(0, 45, 40, 12, 18, is_home=True)
    tower = House(shapely.box(-60, 0, 100, 14), "office", "office", 20, 3.9, 2020, 0)
    assert sun_hours([home, tower])[0].min() < 2
    kept = obey_sunlight([home, tower], 2.0)
    assert kept == [home, tower]
    assert tower.levels < 20
    assert sun_hours(kept, step_min=1)[0].min() >= 2


def test_a_home_that_no_lowering_can_light_is_left_out() -> None:
    home = slab(0, 3, 20, 10, 9, is_home=True)
    wall = House(shapely.box(-400, -10, 420, 0), "wall", "utility", 2, 6, 2020, 0)
    assert obey_sunlight([home, wall], 2.0) == [wall]


def by_brute_force(plan: Plan, number: int, window: NDArray[np.float64], sun: pd.DataFrame) -> float:
    """Return a window's hours of sun by cutting every sun ray with every outline near it, one by one. [h]"""
    house = plan.houses[number]
    reach = shapely.box(window[0] - 420, window[1] - 420, window[0] + 420, window[1] + 420)
    others = (other for other in plan.houses if other is not house and other.geometry.is_valid)
    near = [other for other in others if other.geometry.intersects(reach)]
    lit = 0
    for elevation, azimuth in zip(sun["elevation"], sun["azimuth"], strict=True):
        east, north = math.sin(math.radians(azimuth)), math.cos(math.radians(azimuth))
        if window[2] * east + window[3] * north <= 0:
            continue
        ray = shapely.LineString([window[:2], (window[0] + 420 * east, window[1] + 420 * north)])
        point, slope = shapely.Point(window[:2]), math.tan(math.radians(elevation))
        shaded = any(
            other.height_m - SILL_M > point.distance(other.geometry.intersection(ray)) * slope
            for other in near if other.geometry.intersects(ray)
        )  # fmt: skip
        lit += not shaded
    return lit * (sun["solar_h"].max() - sun["solar_h"].min()) / (len(sun) - 1)


def test_homes_get_two_hours_by_a_brute_force_count_with_the_real_sun(small_plan: Plan) -> None:
    random = np.random.default_rng(3)
    homes = [number for number, house in enumerate(small_plan.houses) if house.is_home]
    sun = real_sun().iloc[::6]
    hours = []
    for number in random.choice(homes, 25, replace=False):
        windows = windows_of(small_plan.houses[number].geometry)
        hours.append(by_brute_force(small_plan, number, windows[random.integers(len(windows))], sun))
    assert min(hours) >= 2.0
    assert len(homes) > 60


def test_every_window_of_every_home_gets_two_hours(whole_plan: Plan) -> None:
    found = sun_hours(whole_plan.houses, step_min=1)
    least = [hours.min() for hours in found if len(hours)]
    assert len(least) > 700
    assert min(least) >= 2.0


def test_three_hours_can_be_asked_for() -> None:
    plan = draw_plan(10_000, 5, sun_h=3.0)
    least = [hours.min() for hours in sun_hours(plan.houses, step_min=1) if len(hours)]
    assert min(least) >= 3.0


def test_shade_is_laid_to_the_house_that_casts_it() -> None:
    houses = [slab(0, 30, 30, 10, 20, is_home=True), slab(0, 0, 30, 10, 40), slab(500, 0, 30, 10, 40)]
    lit, shade = Skyline(houses).sunlit(0, windows_of(houses[0].geometry), great_cold_sun())
    assert set(np.unique(shade)) <= {-1, 1}
    assert ((shade == 1) & lit).sum() == 0
