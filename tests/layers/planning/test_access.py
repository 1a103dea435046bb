"""How near daily services are: on the toy zone's two streets by hand, and on zones of a few houses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from shapely import LineString, box

from tests.twin.model.zoned import house, lot

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twin.model.zoned import Rows, Zoned
    from twin.store import Release

GROUND = box(-500, -500, 4000, 500)
SERVICES = {"education": 100, "healthcare": 400, "retail": 700, "culture": 1200}  # use: metres from home along the road
KINDS = ("education", "healthcare", "retail", "green", "leisure")


def road(name: str, *points: tuple[float, float], kind: str = "residential") -> dict[str, Any]:
    return {"feature_id": name, "road_id": name, "class": kind, "geometry": LineString(points)}


def at(name: str, middle: float, **facts: Any) -> dict[str, Any]:
    """Return a house of 20 m x 20 m whose wall is 10 m from the road on the x-axis."""
    return house(name, box(middle - 10, 10, middle + 10, 30), **({"levels": 2} | facts))


def town(*, but: str = "") -> Rows:
    return [at("home", 0, use="residential", residents=10),
            *(at(use, metres, use=use) for use, metres in SERVICES.items() if use != but)]


PARK = {"feature_id": "park", "kind": "green", "subkind": "park", "geometry": box(200, -70, 300, -20)}  # 5,000 m2


def test_minutes_along_the_two_streets_of_the_toy_zone_by_hand(toy_release: Release) -> None:
    """72 m in a minute. From h5 30 m to the street x = 110, 75 m up to y = 90, 120 m along it, 70 m to h2's wall."""
    rows = pd.read_parquet(toy_release.table("building_planning")).set_index("building_id")
    metres = {"h5": 30 + 75 + 120 + 70, "h4": 50 + 75 + 120 + 70, "h1": 60 + 70 + 120 + 120}
    for name in ("h5", "h4"):
        assert rows.loc[f"file:{name}", "retail_walk_min"] == pytest.approx(metres[name] / 72, rel=1e-3)
    # From h1 it is 60 m to y = 90, and 80 m to x = 110
    assert rows.loc["file:h1", "retail_walk_min"] == pytest.approx((60 + (230 - 20) + 70) / 72, rel=1e-3)
    # To the corner of the park at (120, 100), 10 m from the street
    assert rows.loc["file:h5", "green_walk_min"] == pytest.approx((30 + 75 + 10 + 10) / 72, rel=1e-3)
    assert rows.loc["file:h1", "access_15min"] == 2
    assert rows.loc["file:h2", "access_reason"] == "no_residents"
    assert rows.loc["file:h7", "access_reason"] == "not_standing"


def test_a_zone_that_lacks_a_kind_of_service_tells_no_share(toy_release: Release) -> None:
    rows = pd.read_parquet(toy_release.table("parcel_planning"))
    assert rows[["served_persons", "access_15min_share"]].isna().to_numpy().all()


def walked(plan: Callable[..., Zoned], buildings: Rows, **more: Any) -> Zoned:
    given = {"roads": [road("r", (-400, 0), (3900, 0))], "land": [PARK]} | more
    return plan(buildings, [lot("p", GROUND)], outline=GROUND, **given)


def test_walks_to_all_kinds_and_their_bounds(plan: Callable[..., Zoned]) -> None:
    """1 m/s, between 0.5 and 2: 900 m in 15 minutes, between 450 and 1,800 m."""
    zone = walked(plan, town())
    home = zone.rows("building_planning", "building_id")["home"]
    metres = {kind: 20 + SERVICES.get({"leisure": "culture"}.get(kind, kind), 0) for kind in KINDS}
    metres["green"] = 10 + 200 + 20  # to the park's corner
    assert [home[f"{kind}_walk_min"] for kind in KINDS] == pytest.approx([metres[kind] / 60 for kind in KINDS])
    assert [home[f"access_15min{suffix}"] for suffix in ("_low", "", "_high")] == [3, 4, 5]
    assert home["access_reason"] is None
    parcel = zone.rows("parcel_planning", "parcel_id")["p"]
    assert [parcel[f"access_15min_share{suffix}"] for suffix in ("_low", "", "_high")] == [0, 0, 1]
    assert parcel["served_persons"] == 0


def test_the_share_weighs_residents(plan: Callable[..., Zoned]) -> None:
    near, far = at("near", 800, use="residential", residents=30), at("far", 3000, use="residential", residents=10)
    parcel = walked(plan, [*town()[1:], near, far]).rows("parcel_planning", "parcel_id")["p"]
    assert parcel["served_persons"] == pytest.approx(30)
    assert parcel["access_15min_share"] == pytest.approx(0.75)


def test_exactly_fifteen_minutes_are_within(plan: Callable[..., Zoned]) -> None:
    for metres, kinds in ((880, 1), (881, 0)):
        shop = at("shop", metres, use="retail")
        rows = walked(plan, [town()[0], shop], land=[]).rows("building_planning", "building_id")
        assert rows["home"]["access_15min"] == kinds


def test_what_is_not_built_or_too_small_or_cut_off_serves_nobody(plan: Callable[..., Zoned]) -> None:
    small = PARK | {"geometry": box(200, -59, 300, -20)}  # 3,900 m2
    away = house("clinic", box(-10, 400, 10, 420), use="healthcare", levels=2)
    later = at("school", 100, use="education", levels=2, status="planned")
    zone = walked(plan, [town()[0], away, later], land=[small],
                  roads=[road("r", (-400, 0), (3900, 0)), road("loose", (-50, 390), (50, 390))])
    home = zone.rows("building_planning", "building_id")["home"]
    assert [home[f"{kind}_walk_min"] for kind in KINDS] == [None] * 5
    assert (home["access_15min"], home["access_reason"]) == (0, "not_all_kinds")


def test_a_motorway_is_not_walked_on(plan: Callable[..., Zoned]) -> None:
    zone = walked(plan, town(), roads=[road("m", (-400, 0), (3900, 0), kind="motorway")])
    home = zone.rows("building_planning", "building_id")["home"]
    assert (home["access_15min"], home["access_reason"]) == (None, "no_road")
    assert zone.rows("parcel_planning", "parcel_id")["p"]["access_15min_share"] is None


def test_a_house_far_from_every_road_is_not_told_of(plan: Callable[..., Zoned]) -> None:
    far = house("far", box(0, 101, 10, 111), use="residential", levels=1, residents=5)
    rows = walked(plan, [*town(), far]).rows("building_planning", "building_id")
    assert (rows["far"]["access_15min"], rows["far"]["access_reason"]) == (None, "no_road")
    assert rows["home"]["access_15min"] == 4


def test_the_order_of_houses_and_roads_changes_nothing(plan: Callable[..., Zoned]) -> None:
    roads = [road("r", (-400, 0), (1000, 0), (3900, 0)), road("s", (1000, 0), (1000, 300))]
    plain = walked(plan, town(), roads=roads).rows("building_planning", "building_id")
    turned = walked(plan, town()[::-1], roads=roads[::-1]).rows("building_planning", "building_id")
    assert plain == turned
