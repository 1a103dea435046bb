"""Limits of parcels before and after a draft, on the toy zone by hand, and against the release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from server.whatif.limits import passes
from tests.server.whatif.conftest import box

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[..., dict[str, Any]]


def limit(answer: dict[str, Any], parcel: str, kind: str) -> dict[str, Any]:
    """Return a limit of a parcel of an answer."""
    found: dict[str, Any] = next(item for item in answer["parcels"] if item["parcel_id"] == parcel)["limits"][kind]
    return found


def test_floor_area_ratio_is_that_of_all_floors_on_the_parcel(ask: Ask) -> None:
    # 1,600 + 300 + 500 + 800 m2 stand on A1's 8,000 m2; four storeys over 400 m2 come
    far = limit(ask(box(75, 50, 95, 70)), "file:A1", "far")
    assert far["before"] == pytest.approx(3200 / 8000)
    assert far["after"] == pytest.approx(4800 / 8000)
    assert (far["limit"], far["passes_before"], far["passes"]) == (0.5, True, False)


def test_a_draft_within_the_limit_passes(ask: Ask) -> None:
    # one storey over 100 m2: 3,300 m2, whose upper bound stays below 4,000
    far = limit(ask(box(80, 50, 90, 60, storeys=1)), "file:A1", "far")
    assert far["after"] == pytest.approx(3300 / 8000)
    assert far["passes"] is True


def test_where_guessed_heights_decide_nothing_is_judged(ask: Ask) -> None:
    # 600 m2 more: 3,800 m2 keep the limit of 4,000, the upper bound of what stands there does not
    far = limit(ask(box(80, 50, 90, 60, storeys=6)), "file:A1", "far")
    assert far["after"] == pytest.approx(3800 / 8000)
    assert far["after_high"] > 0.5 > far["after_low"]
    assert far["passes"] is None
    assert far["reason"] == "in_doubt"


def test_height_and_coverage_are_those_of_the_parcel(ask: Ask) -> None:
    answer = ask(box(20, 150, 60, 170, storeys=10, storey_height_m=3.5, use="office"))
    height, coverage = limit(answer, "file:B1", "height"), limit(answer, "file:B1", "coverage")
    assert (height["before"], height["after"]) == (19.5, 35.0)
    assert coverage["before"] == pytest.approx(400 / 8000)
    assert coverage["after"] == pytest.approx(1200 / 8000)
    assert height["reason"] == coverage["reason"] == "no_limit"


def test_a_draft_on_green_takes_of_it(ask: Ask) -> None:
    green = limit(ask(box(150, 120, 170, 140)), "file:B2", "green")
    assert green["before"] - green["after"] == pytest.approx(400 / 8000)


def test_a_draft_over_two_parcels_and_a_street_counts_by_its_shares(ask: Ask) -> None:
    # from A1 over the street at x = 110 to A2: a quarter, a half, a quarter
    answer = ask(box(90, 30, 130, 50))
    shares = {parcel["land_use"]: [share["share"] for share in parcel["shares"]] for parcel in answer["parcels"]}
    assert shares["public"] == [pytest.approx(0.5)]
    by_id = {parcel["parcel_id"]: parcel["shares"][0]["share"] for parcel in answer["parcels"]}
    assert by_id["file:A1"] == pytest.approx(0.25)
    assert by_id["file:A2"] == pytest.approx(0.25)
    assert limit(answer, "file:A1", "far")["after"] == pytest.approx((3200 + 800) / 8000)
    public = next(parcel for parcel in answer["parcels"] if parcel["is_public"])
    assert public["limits"]["far"]["reason"] == "public"
    assert public["limits"]["far"]["passes"] is None


def test_a_building_drawn_anew_in_its_own_place_changes_no_figure(ask: Ask) -> None:
    answer = ask(box(10, 10, 30, 30, replaces="file:h1"))
    for kind in ("far", "height", "coverage"):
        told = limit(answer, "file:A1", kind)
        assert told["after"] == pytest.approx(told["before"])
    assert answer["overlaps"] == []


def test_removing_gives_back_what_stood(ask: Ask) -> None:
    answer = ask(remove=["file:h1"])
    assert answer["buildings"] == []
    assert [row["building_id"] for row in answer["removed"]] == ["file:h1"]
    assert limit(answer, "file:A1", "far")["after"] == pytest.approx(1600 / 8000)


def test_what_stands_where_a_draft_is_drawn_is_named(ask: Ask) -> None:
    answer = ask(box(20, 20, 40, 40), box(35, 35, 45, 45))
    assert [(row["draft"], row["building_id"], round(row["overlap_m2"])) for row in answer["overlaps"]] == [
        ("draft:1", "file:h1", 100), ("draft:1", "draft:2", 25)]


@pytest.mark.parametrize(("low", "high", "verdict"), [
    (1.9, 2.0, True), (1.9, 2.002, True), (1.9, 2.003, None), (2.002, 2.1, None), (2.003, 2.1, False)])
def test_a_limit_may_be_exceeded_by_the_tolerance(low: float, high: float, verdict: bool | None) -> None:  # noqa: FBT001
    assert passes("far", 2.0, low, high, 0.001) is verdict


def test_green_must_reach_its_limit() -> None:
    assert passes("green", 0.3, 0.2998, 0.2998, 0.001) is True
    assert passes("green", 0.3, 0.2996, 0.2996, 0.001) is False
