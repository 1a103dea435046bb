"""Light on facades: against pvlib, against closed forms, and what must stay the same whatever the order or the turn."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pvlib
import pytest
import shapely

from twin.light.bodies import Bodies
from twin.light.cells import lay_cells
from twin.light.dome import Dome
from twin.light.facade import irradiate_facades, irradiate_points
from twin.light.horizon import hidden_at
from twin.light.lightmap import map_light
from twin.light.rays import City
from twin.light.sky import make_sky

if TYPE_CHECKING:
    from twin.light.sky import Sky

LATITUDE_DEG, LONGITUDE_DEG = 31.45, 121.1


@cache
def hours() -> pd.DataFrame:
    """Return a made-up year: clear mornings, hazy afternoons, every third day dull; values at the middle of hours."""
    times = pd.date_range("2023-01-01 00:30", periods=8760, freq="1h", tz="Etc/GMT-8")
    zenith = pvlib.solarposition.get_solarposition(times, LATITUDE_DEG, LONGITUDE_DEG)["apparent_zenith"].to_numpy()
    up = np.maximum(np.cos(np.radians(zenith)), 0)
    dull = times.day_of_year.to_numpy() % 3 == 0
    dni = np.where(dull, 0, np.where(times.hour < 12, 700, 500) * np.minimum(up * 4, 1))
    dhi = np.where(dull, 250, 150) * np.sqrt(up)
    return pd.DataFrame({"ghi": dni * up + dhi, "dni": dni, "dhi": dhi}, index=times)


@cache
def sky(azimuths: int = 64, *, monthly: bool = False, model: str = "perez1990") -> Sky:
    year = hours()
    months = pd.DatetimeIndex(year.index).month.to_numpy() if monthly else None
    return make_sky(year, LATITUDE_DEG, LONGITUDE_DEG, model=model, dome=Dome(azimuths), months=months)


def boxes(*sides: tuple[float, float, float, float, float], owner: list[int] | None = None) -> Bodies:
    """Return bodies on level ground: west, south, east, north, height. [m]"""
    return Bodies.of([shapely.box(*side[:4]) for side in sides], np.zeros(len(sides)),
                     np.array([side[4] for side in sides]), None if owner is None else np.array(owner))  # fmt: skip


HOUSES = boxes((0, 0, 24, 12, 15), (0, 30, 24, 42, 30), (40, -5, 52, 45, 9), (-30, 5, -12, 20, 21))


@pytest.mark.parametrize("azimuths", [64, 128])
@pytest.mark.parametrize("azimuth_deg", [0, 1.4, 45, 90, 137.3, 180, 270])
def test_an_open_wall_gets_what_pvlib_says(azimuths: int, azimuth_deg: float) -> None:
    turn = np.radians(azimuth_deg)
    city = City.of(boxes())
    found = irradiate_points(city, np.zeros((1, 3)), np.array([[np.sin(turn), np.cos(turn), 0.0]]), sky(azimuths))
    year = hours()
    sun = pvlib.solarposition.get_solarposition(year.index, LATITUDE_DEG, LONGITUDE_DEG)
    day = sun["apparent_zenith"] < 90
    year, sun = year[day], sun[day]
    parts = pvlib.irradiance.get_total_irradiance(
        90, azimuth_deg, sun["apparent_zenith"], sun["azimuth"], year["dni"], year["ghi"], year["dhi"],
        dni_extra=pvlib.irradiance.get_extra_radiation(year.index.day_of_year), albedo=0, model="perez",
        airmass=pvlib.atmosphere.get_relative_airmass(sun["apparent_zenith"]),
    )  # fmt: skip
    assert found[0, 0] == pytest.approx(parts["poa_global"].sum() / 1000, rel=0.003)


def test_a_level_point_in_the_open_gets_the_global_irradiation() -> None:
    found = irradiate_points(City.of(boxes()), np.zeros((1, 3)), np.array([[0.0, 0.0, 1.0]]), sky())
    assert found[0, 0] == pytest.approx(sky().ghi[0], rel=0.002)


def test_the_months_sum_to_the_year() -> None:
    year = irradiate_facades(HOUSES, sky()).irradiation
    months = irradiate_facades(HOUSES, sky(monthly=True)).irradiation
    assert months.shape[1] == 12
    assert months.sum(axis=1) == pytest.approx(year[:, 0], rel=0.002)


def test_half_of_the_sky_is_seen_by_an_open_wall_and_a_quarter_at_the_foot_of_an_equal_one() -> None:
    # before an endless wall that rises to the elevation e, the part of the dome seen is (1 - sin e) / 2
    wall = boxes((-5000, 20, 5000, 30, 20))
    place = np.array([[0.0, 0.0, 0.001]])
    facing = np.array([[0.0, 1.0, 0.0]])
    uniform = replace(sky(), vector=sky().uniform[None])
    assert irradiate_points(City.of(boxes()), place, facing, uniform)[0, 0] == pytest.approx(0.5, rel=0.002)
    low = irradiate_points(City.of(wall), place, facing, uniform)[0, 0]
    assert low == pytest.approx((1 - np.sin(np.radians(45))) / 2, rel=0.02)


def test_open_ground_reflects_half_of_what_falls_on_it() -> None:
    city = City.of(boxes(), ground=0.0)
    black, white = (
        irradiate_points(city, np.array([[0.0, 0.0, 5.0]]), np.array([[0.0, -1.0, 0.0]]), sky(), albedo=albedo)[0, 0]
        for albedo in (0.0, 0.2)
    )
    assert white - black == pytest.approx(0.2 * 0.5 * sky().ghi[0], rel=0.02)


def test_facades_reflect_as_single_points_do() -> None:
    # the map of the ground and the nearest cells stand for what is found anew at each hit
    facades = irradiate_facades(HOUSES, sky(), albedo=0.3, rays=128)
    black = irradiate_facades(HOUSES, sky(), albedo=0.0)
    cells = facades.cells
    some = np.arange(0, len(cells), 7)
    points = irradiate_points(
        City.of(HOUSES, 0.0), cells.place[some] - 0.05 * cells.normal[some], cells.normal[some], sky(), albedo=0.3,
        rays=128,
    )  # fmt: skip
    extra = facades.irradiation[some, 0] - black.irradiation[some, 0]
    wanted = points[:, 0] - black.irradiation[some, 0]
    assert extra.mean() == pytest.approx(wanted.mean(), rel=0.02)
    assert np.sqrt(np.mean((extra - wanted) ** 2)) < 0.08 * wanted.mean()


def test_a_map_of_the_ground_may_be_given() -> None:
    city = City.of(HOUSES, 0.0)
    ground = map_light(city, (-30, -5, 52, 45), sky(), cell_m=1.0)
    place, normal = np.array([[12.0, 0.0, 4.0]]), np.array([[0.0, -1.0, 0.0]])
    found = [irradiate_points(city, place, normal, sky(), albedo=0.2, ground=given)[0, 0] for given in (None, ground)]
    assert found[0] == pytest.approx(found[1], rel=0.01)


def test_a_higher_neighbour_never_brightens_a_wall() -> None:
    low = irradiate_facades(boxes((0, 0, 20, 12, 15), (0, 25, 20, 40, 12)), sky(), albedo=0.0)
    high = irradiate_facades(boxes((0, 0, 20, 12, 15), (0, 25, 20, 40, 24)), sky(), albedo=0.0)
    first = low.bodies.walls.body[low.cells.wall] == 0
    before, after = low.irradiation[first], high.irradiation[: first.sum()]
    assert (after <= before + 1e-3).all()
    assert after.sum() < 0.99 * before.sum()


def test_scene_and_sky_turned_by_a_right_angle_give_the_same() -> None:
    outlines = shapely.transform(HOUSES.outlines, lambda points: np.column_stack([points[:, 1], -points[:, 0]]))
    turned = Bodies.of(outlines, HOUSES.base_m, HOUSES.top_m)
    given = sky()
    quarter = given.dome.azimuths // 4  # a turn to the right: east becomes south
    vector = np.roll(given.vector, quarter, axis=1)
    vector = np.stack([vector[..., 1], -vector[..., 0], vector[..., 2]], axis=-1)
    straight = irradiate_facades(HOUSES, given, albedo=0.0).sides()
    other = irradiate_facades(turned, replace(given, vector=vector), albedo=0.0).sides()
    for owner in range(len(HOUSES)):
        for octant in (0, 2, 4, 6):
            one = straight.irradiation[(straight.owner == owner) & (straight.octant == octant)]
            two = other.irradiation[(other.owner == owner) & (other.octant == (octant + 2) % 8)]
            assert one == pytest.approx(two, rel=0.01)


def test_neither_processes_nor_tiles_change_the_result() -> None:
    whole = irradiate_facades(HOUSES, sky())
    tiled = irradiate_facades(HOUSES, sky(), tile_m=25.0, processes=2)
    assert (whole.hidden == tiled.hidden).all()
    assert whole.irradiation == pytest.approx(tiled.irradiation, rel=1e-5)


def test_the_areas_of_cells_sum_to_the_walls() -> None:
    cells = lay_cells(HOUSES)
    walls = HOUSES.walls
    area = np.bincount(cells.wall, cells.area_m2)
    assert area == pytest.approx(walls.length_m * (walls.top_m - walls.base_m))
    assert cells.area_m2.max() < 1.5**2 * 9


def test_a_short_wall_still_has_a_point() -> None:
    cells = lay_cells(boxes((0, 0, 0.4, 10, 1.0)))
    assert np.bincount(cells.wall).tolist() == [3, 1, 3, 1]


def test_a_party_wall_has_no_points_below_the_lower_roof() -> None:
    bodies = boxes((0, 0, 10, 10, 12), (10.05, 0, 20, 10, 6))
    facades = irradiate_facades(bodies, sky())
    sides = facades.sides()
    east = (sides.owner == 0) & (sides.octant == 2)
    assert sides.area_m2[east] == pytest.approx(10 * 6)
    assert sides.party_m2[east] == pytest.approx(10 * 6)
    west = (sides.owner == 1) & (sides.octant == 6)
    assert sides.area_m2[west] == 0
    assert sides.party_m2[west] == pytest.approx(10 * 6)
    assert np.isnan(sides.irradiation[west]).all()
    assert (facades.cells.place[facades.cells.normal[:, 0] > 0.9, 2] > 6).sum() == (12 // 3 - 2) * 3


def test_what_parts_of_one_building_cover_is_no_party_wall() -> None:
    sides = irradiate_facades(boxes((0, 0, 10, 10, 12), (10, 0, 20, 10, 6), owner=[4, 4]), sky()).sides()
    assert sides.party_m2.sum() == 0
    assert sides.area_m2.sum() == pytest.approx(3 * 10 * 12 + 10 * 6 + 3 * 10 * 6)  # the last but one above the lower


def test_the_signature_of_a_side_tells_its_light() -> None:
    facades = irradiate_facades(HOUSES, sky(), albedo=0.0)
    sides = facades.sides()
    signature = facades.signature(sides.wall_side, len(sides.owner))
    assert signature.share.sum(axis=2) == pytest.approx(1)
    turn = np.radians(sides.azimuth_deg)
    toward = np.column_stack([np.sin(turn), np.cos(turn)])
    energy = np.einsum("skl,klv,sv->s", signature.share, sky().vector[0, :, :, :2], toward)
    assert energy == pytest.approx(sides.irradiation[:, 0], rel=0.01)


def test_finer_sectors_between_others_are_found_as_if_looked_for_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = lay_cells(HOUSES)
    city = City.of(HOUSES)
    quick = hidden_at(city, cells.place, cells.normal, Dome(128))
    monkeypatch.setattr("twin.light.horizon.COARSE", 128)
    slow = hidden_at(city, cells.place, cells.normal, Dome(128))
    assert (quick == slow).mean() > 0.995


def test_the_horizon_is_that_of_the_plan() -> None:
    # a box 20 m high, 30 m before the point: its top stands at atan(20 / 30 cos a) in the direction a
    city = City.of(boxes((-100, 30, 100, 40, 20)))
    dome = Dome(64)
    hidden = hidden_at(city, np.array([[0.0, 0.0, 0.0]]), np.array([[0.0, 1.0, 0.0]]), dome)[0]
    for sector in (0, 5, 60, 11):
        top = np.degrees(np.arctan(20 / 30 * np.cos(np.radians(dome.azimuth_deg[sector]))))
        assert hidden[sector] == (dome.level_deg < top).sum()
    assert hidden[32] == dome.levels


def test_an_empty_zone_has_no_facades() -> None:
    facades = irradiate_facades(boxes(), sky(monthly=True))
    assert facades.irradiation.shape == (0, 12)
    assert len(facades.sides().owner) == 0


@pytest.mark.parametrize("wrong", [{"albedo": 1.0}, {"albedo": -0.1}, {"side_m": 0.0}, {"tile_m": 0.0}])
def test_impossible_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must be"):
        irradiate_facades(HOUSES, sky(), **wrong)
