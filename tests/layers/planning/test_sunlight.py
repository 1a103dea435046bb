"""Hours of sun against the rule, and the dwellings that miss them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from shapely import box

from tests.twin.model.zoned import house, lot

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twin.model.zoned import Zoned

GROUND = box(0, 0, 1000, 1000)
FLATS = {"use": "residential", "levels": 5, "height_m": 15, "dwellings": 20, "residents": 50}


def block(name: str, west: float = 10, **facts: Any) -> dict[str, Any]:
    return house(name, box(west, 10, west + 40, 20), **(FLATS | facts))


def told(plan: Callable[..., Zoned], blocks: list[dict[str, Any]], **more: Any) -> dict[str, dict[str, Any]]:
    zone = plan(blocks, [lot("p", GROUND)], outline=GROUND, **more)
    return zone.rows("building_planning", "building_id") | zone.rows("parcel_planning", "parcel_id")


def dark(row: dict[str, Any]) -> list[float | None]:
    return [row[f"dwellings_without_sunlight{suffix}"] for suffix in ("_low", "", "_high")]


@pytest.mark.parametrize(("hours", "verdict", "dwellings"), [
    ((2.0, 2.0), "kept", [0, 0, 0]),
    ((1.9, 2.0), "unknown", [0, 0, 20]),  # some windows miss them
    ((0.0, 1.9), "broken", [4, 4, 20]),  # at least those of one storey of five, or all
])
def test_the_darkest_and_the_mean_window_decide(
    plan: Callable[..., Zoned], hours: tuple[float, float], verdict: str, dwellings: list[float]
) -> None:
    rows = told(plan, [block("a")], sun={"a": hours})
    assert rows["a"]["sunlight_kept"] == verdict
    assert rows["a"]["sunlight_evidence"] == "modelled"
    assert dark(rows["a"]) == dark(rows["p"]) == dwellings


def test_without_a_rule_or_without_light_there_is_no_verdict(plan: Callable[..., Zoned]) -> None:
    rows = told(plan, [block("a"), block("b", 600)], sun={"a": (0.0, 0.0), "b": (None, None)},
                without=("sunlight_rule.great_cold",))
    assert (rows["a"]["sunlight_kept"], rows["a"]["sunlight_reason"]) == ("unknown", "no_rule")
    assert dark(rows["a"]) == dark(rows["p"]) == [None, None, None]
    rows = told(plan, [block("a"), block("b", 600)], sun={"a": (0.0, 0.0), "b": (None, None)})
    assert (rows["a"]["sunlight_kept"], rows["b"]["sunlight_reason"]) == ("broken", "no_light")
    assert dark(rows["p"]) == [4, 4, 20]


def test_the_zone_sets_the_hours_of_its_rule(plan: Callable[..., Zoned]) -> None:
    sun = {"a": (2.5, 2.5)}
    assert told(plan, [block("a")], sun=sun)["a"]["sunlight_kept"] == "kept"
    assert told(plan, [block("a")], sun=sun, settings={"sunlight_hours": 3})["a"]["sunlight_kept"] == "broken"
    elsewhere = told(plan, [block("a")], sun=sun, settings={"sunlight_hours": 3}, without=("sunlight_rule.great_cold",))
    assert elsewhere["a"]["sunlight_kept"] == "broken"


def test_a_neighbour_of_unknown_height_makes_a_verdict_a_guess(plan: Callable[..., Zoned]) -> None:
    """The square reaches 100 m beyond the outline, which ends at x = 50."""
    sun = {"a": (0.0, 0.0)}
    for west, evidence, dwellings in ((149, "default", [0, 4, 20]), (151, "modelled", [4, 4, 20])):
        unknown = house("n", box(west, 10, west + 10, 20), use="office")
        rows = told(plan, [block("a"), unknown], sun=sun)
        assert (rows["a"]["sunlight_evidence"], dark(rows["a"])) == (evidence, dwellings)


def test_a_house_without_dwellings_and_one_not_built_yet_need_no_sun(plan: Callable[..., Zoned]) -> None:
    rows = told(plan, [house("o", box(10, 10, 20, 20), use="office", levels=2),
                       block("later", 600, status="planned")], sun={"o": (0.0, 0.0), "later": (0.0, 0.0)})
    assert [(rows[name]["sunlight_kept"], rows[name]["sunlight_reason"]) for name in ("o", "later")] == [
        (None, "no_dwellings"), (None, "not_standing")]
    assert dark(rows["p"]) == [None, None, None]


def test_dwellings_of_a_house_on_two_parcels_are_counted_once(plan: Callable[..., Zoned]) -> None:
    halves = [lot("w", box(0, 0, 20, 1000)), lot("e", box(20, 0, 1000, 1000))]
    rows = plan([block("a")], halves, sun={"a": (0.0, 0.0)}, outline=GROUND).rows("parcel_planning", "parcel_id")
    assert rows["w"]["dwellings_without_sunlight"] == pytest.approx(1)  # a quarter of the outline, of 4
    assert sum(row["dwellings_without_sunlight"] for row in rows.values()) == pytest.approx(4)
