"""Storeys, parts and floor area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from shapely import box

from tests.twin.model.zoned import Zoned, house, ladder, part

if TYPE_CHECKING:
    from collections.abc import Callable



def test_floor_area_is_footprint_times_storeys(make: Callable[..., Zoned]) -> None:
    zone = make([house("counted", box(0, 0, 20, 20), use="residential", levels=4),
                 house("tagged", box(0, 300, 20, 320), use="residential", height_m=13),
                 house("hall", box(0, 600, 20, 620), use="industrial", height_m=24)])
    assert zone.building("counted")["floor_area_m2"] == pytest.approx(1600)
    assert zone.building("tagged")["floor_area_m2"] == pytest.approx(1600)  # 13 m are four storeys of 3 m
    assert zone.building("hall")["floor_area_m2"] == pytest.approx(400)  # a hall has one storey, however high


def test_parts_that_cover_a_building_give_its_floor_area(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="office", levels=10),
                 part("tower", "a", box(0, 0, 10, 20), levels=10), part("podium", "a", box(10, 0, 20, 20), levels=2)])
    assert zone.building("a")["floor_area_m2"] == pytest.approx(200 * 10 + 200 * 2)


def test_parts_on_top_of_each_other_count_once(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="office", levels=10),
                 part("below", "a", box(0, 0, 20, 20), levels=4),
                 part("above", "a", box(0, 0, 20, 20), levels=10, base_levels=4)])
    rows = zone.rows("building_part", "part_id")
    assert (rows["above"]["levels"], rows["above"]["base_m"], rows["above"]["height_m"]) == (6, 16, 40)
    assert zone.building("a")["floor_area_m2"] == pytest.approx(400 * 10)


def test_parts_never_give_more_than_the_whole_outline(make: Callable[..., Zoned]) -> None:
    repeated = [part(f"p{i}", "a", box(0, 0, 20, 20), levels=10) for i in range(3)]
    zone = make([house("a", box(0, 0, 20, 20), use="office", levels=10), *repeated])
    assert zone.building("a")["floor_area_m2"] == pytest.approx(400 * 10)


def test_ground_without_a_part_has_the_storeys_of_the_outline(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="office", levels=5), part("p", "a", box(0, 0, 5, 5), levels=7)])
    assert zone.building("a")["floor_area_m2"] == pytest.approx(375 * 5 + 25 * 7)
    assert zone.building("a")["levels"] == 7


def test_a_part_without_storeys_has_those_that_fit_its_height(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="office", height_m=40),
                 part("tower", "a", box(0, 0, 10, 20), height_m=40),
                 part("bridge", "a", box(10, 0, 20, 20), height_m=20, base_m=12)])
    rows = zone.rows("building_part", "part_id")
    assert (rows["tower"]["levels"], rows["bridge"]["levels"]) == (10, 2)
    assert zone.building("a")["floor_area_m2"] == pytest.approx(200 * 10 + 200 * 2)


def test_a_building_without_height_is_as_high_as_its_highest_part(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="office"), part("p", "a", box(0, 0, 10, 20), height_m=30),
                 part("q", "a", box(10, 0, 20, 20), height_m=8)])
    assert ladder(zone.building("a")) == ("tag", 30, 27, 33)
