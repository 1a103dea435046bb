"""Use, residents and status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from shapely import box

from tests.twin.model.zoned import Zoned, house, lot

if TYPE_CHECKING:
    from collections.abc import Callable

    import shapely


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


def quarter(name: str, shape: shapely.Geometry, population: float | None) -> dict[str, object]:
    return {"neighbourhood_id": name, "source": "file", "geometry": shape, "population": population,
            "inside_share": 1.0}


WEST, EAST = box(-1000, -1000, 150, 2000), box(150, -1000, 2000, 2000)
HOUSES = [house("a", box(0, 0, 20, 20), use="residential", levels=1),
          house("b", box(0, 300, 20, 320), use="residential", levels=3),
          house("c", box(300, 0, 320, 20), use="residential", levels=1)]
LOTS = [lot("west", WEST), lot("east", EAST)]


def lived(zone: Zoned) -> list[float]:
    return [zone.building(name)["residents"] for name in "abc"]


def test_people_of_a_quarter_share_its_homes(make: Callable[..., Zoned]) -> None:
    zone = make(HOUSES, LOTS, quarters=[quarter("w", WEST, 80), quarter("e", EAST, 40)], population=120)
    assert lived(zone) == pytest.approx([20, 60, 40])


def test_people_of_quarters_are_drawn_to_those_of_the_zone(make: Callable[..., Zoned]) -> None:
    zone = make(HOUSES, LOTS, quarters=[quarter("w", WEST, 80), quarter("e", EAST, 40)], population=240)
    assert lived(zone) == pytest.approx([40, 120, 80])


def test_people_of_quarters_hold_where_the_zone_says_nothing(make: Callable[..., Zoned]) -> None:
    zone = make(HOUSES, LOTS, quarters=[quarter("w", WEST, 80), quarter("e", EAST, 0)])
    assert lived(zone) == pytest.approx([20, 60, 0])


def test_the_rest_lives_where_no_quarter_says_how_many(make: Callable[..., Zoned]) -> None:
    quarters = [quarter("w", WEST, 80), quarter("e", EAST, None)]
    assert lived(make(HOUSES, LOTS, quarters=quarters, population=120)) == pytest.approx([20, 60, 40])
    assert lived(make(HOUSES, LOTS, quarters=quarters, population=60)) == pytest.approx([15, 45, 0])
    assert lived(make(HOUSES, LOTS, quarters=quarters)) == pytest.approx([20, 60, 400 / 40])


def test_people_of_a_quarter_without_homes_live_in_the_others(make: Callable[..., Zoned]) -> None:
    quarters = [quarter("w", WEST, 80), quarter("e", EAST, 40)]
    zone = make(HOUSES[:2], LOTS, quarters=quarters, population=120)
    assert [zone.building(name)["residents"] for name in "ab"] == pytest.approx([30, 90])


def test_whom_a_source_counts_in_a_quarter_is_not_shared_out_again(make: Callable[..., Zoned]) -> None:
    houses = [HOUSES[0] | {"residents": 50}, *HOUSES[1:]]
    zone = make(houses, LOTS, quarters=[quarter("w", WEST, 80), quarter("e", EAST, 40)], population=120)
    assert lived(zone) == pytest.approx([50, 30, 40])


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
