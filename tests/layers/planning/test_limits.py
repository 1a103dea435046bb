"""Limits of a plan: kept, broken, or not to be judged; and how floor area is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from shapely import box

from tests.twin.model.zoned import house, lot

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twin.model.zoned import Zoned

EXACT = {"floor_area_error.counted": (0, 0, 0), "height_error.tag": (0, 0, 0)}  # nothing is in doubt
GROUND = box(0, 0, 100, 100)


def lots(zone: Zoned) -> dict[str, dict[str, Any]]:
    return zone.rows("parcel_planning", "parcel_id")


def one_house(plan: Callable[..., Zoned], limits: dict[str, float], *, settings: dict[str, Any] | None = None,
              factors: dict[str, Any] = EXACT, use: str = "office", **more: Any) -> dict[str, Any]:
    """Return the parcel of 10,000 m2 with a house of 1,000 m2 of ground, five storeys and 20 m."""
    zone = plan([house("a", box(10, 10, 60, 30), use=use, levels=5, height_m=20)], [lot("p", GROUND, **limits)],
                settings=settings, factors=factors, outline=GROUND, **more)
    return lots(zone)["p"]


def test_what_is_exactly_at_its_limits_keeps_them(plan: Callable[..., Zoned]) -> None:
    row = one_house(plan, {"far_max": 0.5, "height_max_m": 20, "coverage_max": 0.1})
    assert [row[f"{name}_of_limit"] for name in ("far", "height", "coverage")] == pytest.approx([1, 1, 1])
    assert (row["limits_kept"], row["limits_reason"], row["limit_broken"], row["limits_broken"]) == (
        "kept", None, None, 0)


@pytest.mark.parametrize(("limits", "worst"), [
    ({"far_max": 0.4, "height_max_m": 20, "coverage_max": 0.1}, "far"),
    ({"far_max": 0.5, "height_max_m": 19, "coverage_max": 0.1}, "height"),
    ({"far_max": 0.5, "height_max_m": 20, "coverage_max": 0.09}, "coverage"),
])
def test_one_limit_exceeded_breaks_the_plan_and_is_named(
    plan: Callable[..., Zoned], limits: dict[str, float], worst: str
) -> None:
    row = one_house(plan, limits)
    assert (row["limits_kept"], row["limit_broken"], row["limits_broken"]) == ("broken", worst, 1)


def test_of_several_broken_limits_the_worst_is_named(plan: Callable[..., Zoned]) -> None:
    row = one_house(plan, {"far_max": 0.45, "height_max_m": 10, "coverage_max": 0.09})
    assert (row["limit_broken"], row["limits_broken"]) == ("height", 3)


def test_a_limit_may_be_exceeded_by_the_tolerance_of_the_zone(plan: Callable[..., Zoned]) -> None:
    limits = {"far_max": 0.48}  # exceeded by 4.2 per cent
    assert one_house(plan, limits)["limits_kept"] == "broken"
    assert one_house(plan, limits, settings={"limit_tolerance": 0.05})["limits_kept"] == "kept"


def test_a_plan_without_limits_is_neither_kept_nor_broken(plan: Callable[..., Zoned]) -> None:
    row = one_house(plan, {})
    assert (row["limits_kept"], row["limits_reason"], row["limits_broken"]) == ("unknown", "no_limit", None)
    assert row["far_of_limit"] is row["height_of_limit"] is row["coverage_of_limit"] is row["green_of_limit"] is None


def test_a_height_in_doubt_on_both_sides_of_its_limit_gives_no_verdict(plan: Callable[..., Zoned]) -> None:
    """A tagged height of 20 m is known within 10 per cent."""
    doubt = {"floor_area_error.counted": (0, 0, 0), "height_error.tag": (10, None, None)}
    told = {limit: one_house(plan, {"height_max_m": limit}, factors=doubt) for limit in (17, 19, 21, 23)}
    assert [row["limits_kept"] for row in told.values()] == ["broken", "unknown", "unknown", "kept"]
    assert told[19]["limits_reason"] == "in_doubt"
    row = told[19]
    assert row["height_of_limit_low"] < 1 < row["height_of_limit"] < row["height_of_limit_high"]


def test_an_empty_parcel_keeps_its_limits_and_public_space_has_none(plan: Callable[..., Zoned]) -> None:
    zone = plan([], [lot("p", GROUND, far_max=1.0), lot("s", box(100, 0, 200, 100), land_use="public")],
                outline=box(0, 0, 200, 100))
    assert (lots(zone)["p"]["limits_kept"], lots(zone)["p"]["far_of_limit"]) == ("kept", 0)
    assert (lots(zone)["s"]["limits_kept"], lots(zone)["s"]["limits_reason"]) == (None, "public")


def test_a_house_over_the_border_is_held_against_the_height_of_its_home_alone(plan: Callable[..., Zoned]) -> None:
    zone = plan([house("a", box(90, 0, 130, 10), use="office", levels=5, height_m=20)],
                [lot("w", GROUND, height_max_m=10), lot("e", box(100, 0, 200, 100), height_max_m=10)],
                factors=EXACT, outline=box(0, 0, 200, 100))
    assert [lots(zone)[name]["limits_kept"] for name in ("w", "e")] == ["kept", "broken"]


def test_a_storey_above_the_height_of_the_rule_counts_as_often_as_it_says(plan: Callable[..., Zoned]) -> None:
    hall = house("h", box(10, 10, 60, 30), use="industrial", levels=1, height_m=9)
    low = house("l", box(10, 50, 60, 70), use="industrial", levels=1, height_m=8)
    told = {times: lots(plan([hall, low], [lot("p", GROUND, far_max=0.25)], factors=EXACT, outline=GROUND,
                             settings={"tall_storey_counts": times}))["p"] for times in (1, 2)}
    assert [told[times]["far"] for times in (1, 2)] == pytest.approx([0.2, 0.2])
    assert [told[times]["far_counted"] for times in (1, 2)] == pytest.approx([0.2, 0.3])
    assert [told[times]["limits_kept"] for times in (1, 2)] == ["kept", "broken"]


def test_utility_buildings_count_unless_the_rule_leaves_them_out(plan: Callable[..., Zoned]) -> None:
    factors = EXACT | {"storey_height.utility": (4, 3, 6), "typical_levels.utility": (1, 1, 2)}
    limits = {"coverage_max": 0.05}
    assert one_house(plan, limits, use="utility", factors=factors)["limits_kept"] == "broken"
    row = one_house(plan, limits, use="utility", factors=factors, settings={"count_utility": False})
    assert (row["limits_kept"], row["coverage_of_limit"], row["far_counted"]) == ("kept", 0, 0)
    assert row["coverage"] == pytest.approx(0.1)


def green(name: str, shape: Any, subkind: str = "park") -> dict[str, Any]:
    return {"feature_id": name, "kind": "green", "subkind": subkind, "geometry": shape}


def test_green_is_counted_once_without_houses_and_farmland(plan: Callable[..., Zoned]) -> None:
    """A park of 40 m x 100 m, a wood on half of it, a house on 600 m2 of it; fields elsewhere."""
    land = [green("park", box(0, 0, 40, 100)), green("wood", box(0, 0, 20, 100), "forest"),
            green("field", box(60, 0, 100, 100), "farmland")]
    row = one_house(plan, {"green_min": 0.5}, land=land)  # the house has 30 m x 20 m on the park
    assert row["green_m2"] == pytest.approx(4000 - 600)
    assert row["green_share"] == pytest.approx(0.34)
    assert row["green_of_limit"] == pytest.approx(0.68)


def test_missing_green_is_only_a_fault_where_all_green_is_mapped(plan: Callable[..., Zoned]) -> None:
    land = [green("park", box(0, 0, 100, 20))]
    limits = {"green_min": 0.3}
    row = one_house(plan, limits, land=land)
    assert (row["limits_kept"], row["limits_reason"]) == ("unknown", "green_unknown")
    row = one_house(plan, limits, land=land, settings={"green_is_complete": True})
    assert (row["limits_kept"], row["limit_broken"]) == ("broken", "green")
    assert row["green_share"] == pytest.approx((2000 - 500) / 10_000)
    assert one_house(plan, limits)["green_share"] is None
    assert one_house(plan, limits, settings={"green_is_complete": True})["green_share"] == 0


def test_a_sliver_of_a_park_beside_the_parcel_is_no_green(plan: Callable[..., Zoned]) -> None:
    assert one_house(plan, {}, land=[green("park", box(0, 0, 0.09, 100))])["green_m2"] is None
    assert one_house(plan, {}, land=[green("park", box(0, 0, 0.11, 100))])["green_m2"] == pytest.approx(11)


def test_people_per_hectare(plan: Callable[..., Zoned]) -> None:
    """5,000 m2 of dwellings for 40 m2 a head are 125 people on one hectare."""
    assert one_house(plan, {}, use="residential")["density_persons_per_ha"] == pytest.approx(125)
