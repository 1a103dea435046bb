"""Use, residents and status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from shapely import box

from tests.twin.model.zoned import Zoned, house

if TYPE_CHECKING:
    from collections.abc import Callable



def test_a_use_is_taken_from_the_land_and_then_from_the_neighbours(make: Callable[..., Zoned]) -> None:
    land = [{"feature_id": "l", "geometry": box(500, 500, 600, 600), "use_hint": "retail"}]
    shops = [house(f"s{i}", box(40 * i, 0, 40 * i + 10, 10), use="office") for i in range(3)]
    zone = make([*shops, house("near", box(0, 30, 10, 40)), house("on land", box(510, 510, 520, 520)),
                 house("alone", box(1500, 1500, 1510, 1510))], land=land)
    assert [(zone.building(name)["use"], zone.building(name)["use_source"]) for name in ("near", "on land", "alone")] \
        == [("office", "neighbours"), ("retail", "land"), (None, None)]


def test_residents_share_the_homes_by_floor_area(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=3),
                 house("b", box(0, 300, 20, 320), use="mixed", levels=2),
                 house("c", box(0, 600, 20, 620), use="office")], population=160)
    # Homes: 1,200 m2 in a, half of 800 m2 in b.
    assert [zone.building(name)["residents"] for name in "abc"] == pytest.approx([120, 40, 0])
    assert [zone.building(name)["dwellings"] for name in "abc"] == pytest.approx([48, 16, 0])
    assert zone.rows("neighbourhood", "neighbourhood_id")["n"]["population"] == pytest.approx(160)


def test_residents_are_modelled_by_floor_area_where_no_population_is_known(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=3)])
    assert zone.building("a")["residents"] == pytest.approx(1200 / 40)


def test_residents_that_a_source_counts_are_kept_and_the_others_share_the_rest(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=3, residents=70),
                 house("b", box(0, 300, 20, 320), use="residential", levels=1)], population=100)
    assert [zone.building(name)["residents"] for name in "ab"] == pytest.approx([70, 30])


def test_nobody_lives_in_what_is_planned(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=3),
                 house("b", box(0, 300, 20, 320), use="residential", levels=3, status="planned",
                       dwellings=9),
                 house("c", box(0, 600, 20, 620), use="residential", levels=3, year_built=2031)], population=100)
    assert [zone.building(name)["residents"] for name in "abc"] == pytest.approx([100, 0, 0])
    assert zone.building("c")["status"] == "planned"
    assert zone.rows("neighbourhood", "neighbourhood_id")["n"]["households"] == pytest.approx(100 / 2.5)


def test_the_year_of_completion_decides_what_stands(make: Callable[..., Zoned]) -> None:
    told = {"a": ("planned", 2025), "b": ("planned", 2026), "c": ("existing", 2026), "d": ("planned", None),
            "e": ("demolished", 2026)}
    zone = make([house(name, box(0, 40 * number, 20, 40 * number + 20), status=status, year_built=year)
                 for number, (name, (status, year)) in enumerate(told.items())])
    assert [zone.building(name)["status"] for name in told] == ["existing", "planned", "planned", "planned",
                                                                "demolished"]
