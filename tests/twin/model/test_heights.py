"""The ladder of heights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from shapely import box

from tests.twin.model.zoned import Zoned, house, ladder

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.store import Release


def test_a_tagged_height_comes_first_and_may_be_off_by_its_error(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", height_m=12, levels=9, height_dsm_m=20)])
    assert ladder(zone.building("a")) == ("tag", 12, 10.8, 13.2)


def test_a_measured_surface_comes_before_storeys(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=9, height_dsm_m=10)])
    assert ladder(zone.building("a")) == ("dsm", 10, 8, 12)


def test_a_surface_too_low_for_a_house_is_not_believed(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=4, height_dsm_m=1.7)])
    assert ladder(zone.building("a")) == ("levels", 12, 10, 14)


def test_storeys_count_as_high_as_those_of_their_use(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=4),
                 house("b", box(0, 300, 20, 320), use="office", levels=4),
                 house("c", box(0, 600, 20, 620), levels=4)])
    assert ladder(zone.building("a")) == ("levels", 12, 10, 14)
    assert ladder(zone.building("b")) == ("levels", 16, 12, 20)
    assert ladder(zone.building("c")) == ("levels", 16, 12, 24)  # use unknown: as `other`


def test_storeys_count_as_high_as_those_of_their_years(make: Callable[..., Zoned]) -> None:
    zone = make([house("old", box(0, 0, 20, 20), use="residential", levels=5, year_built=2024),
                 house("new", box(0, 300, 20, 320), use="residential", levels=5, year_built=2025)])
    assert ladder(zone.building("old")) == ("levels", 15, 12.5, 17.5)
    assert ladder(zone.building("new")) == ("levels", 16, 15, 17.5)


def test_a_height_is_inferred_from_three_neighbours_of_the_same_use(make: Callable[..., Zoned]) -> None:
    known = [house(f"k{height}", box(40 * i, 0, 40 * i + 10, 10), use="residential", height_m=height)
             for i, height in enumerate((9, 12, 15))]
    office = house("o", box(0, 60, 10, 70), use="office", height_m=90)
    shed = house("s", box(20, 60, 25, 65), use="residential", height_m=2)
    zone = make([*known, office, shed, house("a", box(0, 30, 20, 40), use="residential")])
    # Median 12; a tenth of the way from 9 to 12 in two steps: 9.6 and 14.4, wider than 12 / 1.1 and 12 * 1.1.
    assert ladder(zone.building("a")) == ("neighbours", 12, 9.6, 14.4)


def test_alike_neighbours_leave_at_least_their_own_doubt(make: Callable[..., Zoned]) -> None:
    known = [house(f"k{i}", box(40 * i, 0, 40 * i + 10, 10), use="residential", height_m=11) for i in range(3)]
    zone = make([*known, house("a", box(0, 30, 20, 40), use="residential")])
    assert ladder(zone.building("a")) == ("neighbours", 11, 10, 12.1)


def test_two_neighbours_are_too_few_and_the_use_decides(make: Callable[..., Zoned]) -> None:
    known = [house(f"k{i}", box(40 * i, 0, 40 * i + 10, 10), use="residential", height_m=9) for i in range(2)]
    zone = make([*known, house("a", box(0, 30, 20, 40), use="residential")])
    assert ladder(zone.building("a")) == ("use", 15, 5, 35)  # 5 storeys of 3 m, 2 of 2.5 m, 10 of 3.5 m


def test_neighbours_beyond_the_radius_do_not_count(make: Callable[..., Zoned]) -> None:
    def street(distance: float) -> Zoned:
        known = [house(f"k{i}", box(distance, 40 * i - 45, distance + 10, 40 * i - 35), use="residential", height_m=9)
                 for i in range(3)]
        return make([*known, house("a", box(-5, -5, 5, 5), use="residential")])

    assert street(144).building("a")["height_source"] == "neighbours"  # middle to middle 149 m
    assert street(146).building("a")["height_source"] == "use"


def test_a_shed_is_as_high_as_a_shed_whatever_stands_around(make: Callable[..., Zoned]) -> None:
    known = [house(f"k{i}", box(40 * i, 0, 40 * i + 10, 10), use="residential", height_m=30) for i in range(3)]
    zone = make([*known, house("a", box(0, 30, 6, 36), use="residential")])
    assert ladder(zone.building("a")) == ("use", 2.5, 2, 6)


def test_heights_of_the_toy_zone_lie_within_their_intervals(toy_release: Release) -> None:
    table = pd.read_parquet(toy_release.table("building")).set_index("building_id")
    assert ladder(dict(table.loc["file:h1"])) == ("tag", 12, 10.8, 13.2)
    assert ladder(dict(table.loc["file:h6"])) == ("neighbours", 12, 9.6, 14.4)
    assert (table["height_low_m"] < table["height_m"]).all()
    assert (table["height_m"] < table["height_high_m"]).all()
