"""What buildings embody, what their electricity serves, and how it compares with a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from shapely import box

from tests.layers.claimed import claims_of
from tests.twin.model.zoned import Zoned, house, lot

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.store import Release

OUTLINE = box(0, 0, 200, 100)
LOTS = [lot("w", box(0, 0, 100, 100)), lot("e", box(100, 0, 200, 100))]
FACTORS: dict[str, Any] = {
    "embodied_carbon.office": (500, 400, 650), "service_life.building": (50, 30, 70),
    "electricity_share.cooling.office": (0.15, 0.12, 0.3), "electricity_share.heating.office": (0.05, 0.04, 0.1),
    "energy_limit.office": (160, None, None),
}
HOUSES = [
    house("now", box(90, 10, 110, 30), use="office", levels=2),  # 800 m2, half on each parcel
    house("soon", box(10, 50, 20, 60), use="office", levels=1, status="planned"),  # 100 m2
    house("gone", box(150, 50, 160, 60), use="office", levels=1, status="demolished"),
    house("shop", box(150, 10, 160, 20), use="retail", levels=1),  # no factor of what it embodies
]


@pytest.fixture
def zone(make: Callable[..., Zoned]) -> Zoned:
    made = make(HOUSES, LOTS, outline=OUTLINE, factors=FACTORS)
    made.connection.execute("update building set floor_area_low_m2 = 0.9 * floor_area_m2, "
                            "floor_area_high_m2 = 1.2 * floor_area_m2")
    made.run("construction")
    return made


def test_a_building_embodies_its_floor_area_times_the_factor_of_its_use(zone: Zoned) -> None:
    row = zone.rows("building_construction", "building_id")["now"]
    # 800 m2 x 500; below the root of (80 x 500)2 + (800 x 100)2, above of (160 x 500)2 + (800 x 150)2.
    assert row["embodied_kgco2e"] == 400_000
    assert row["embodied_kgco2e_low"] == pytest.approx(400_000 - 89_442.72)
    assert row["embodied_kgco2e_high"] == pytest.approx(400_000 + 144_222.05)


def test_what_is_planned_embodies_carbon_and_what_is_gone_or_unknown_does_not(zone: Zoned) -> None:
    rows = zone.rows("building_construction", "building_id")
    assert {name: row["embodied_kgco2e"] for name, row in rows.items()} == {
        "now": 400_000, "soon": 50_000, "gone": None, "shop": None}


def test_parcels_share_what_a_building_embodies_and_tell_plans_apart(zone: Zoned) -> None:
    rows = zone.rows("parcel_construction", "parcel_id")
    assert (rows["w"]["embodied_kgco2e"], rows["w"]["embodied_planned_kgco2e"]) == (250_000, 50_000)
    assert (rows["e"]["embodied_kgco2e"], rows["e"]["embodied_planned_kgco2e"]) == (200_000, None)


def test_the_ledger_takes_what_stands_by_the_year(zone: Zoned) -> None:
    claims = claims_of(zone, "construction")
    made = claims[(claims["book"] == "embodied") & (claims["subject_id"] == "now")]
    assert list(made["base"]) == [400, 400]
    assert set(made["activity_factors"]) == {"/service_life.building"}
    assert set(claims.loc[claims["book"] == "embodied", "subject_id"]) == {"now", "shop", "zone"}


def test_a_year_of_a_house_of_1600_m2_embodies_14_tonnes(toy_release: Release) -> None:
    ledger = pd.read_parquet(toy_release.table("ledger"))
    row = ledger[(ledger["book"] == "embodied") & (ledger["subject_id"] == "file:h1")].iloc[0]
    assert row["emissions_kgco2e_per_a"] == pytest.approx(1600 / 50 * 450)
    # 450 (372.4 to 525.9) and 50 years (30 to 70): the root of the squared logarithms; its storeys are known roughly.
    assert row["low"] < 14_400 * 372.4 / 450
    assert row["high"] > 14_400 * 50 / 30


def test_end_uses_sum_to_the_electricity_and_to_its_parts(zone: Zoned) -> None:
    row = zone.rows("building_construction", "building_id")["now"]
    assert [row[f"{name}_kwh_per_a"] for name in ("cooling", "heating", "base")] == pytest.approx(
        [9_600, 3_200, 51_200])
    assert row["electricity_kwh_per_a"] == 64_000
    # Electricity errs by 17,232.5 downwards: x 0.15, with 64,000 x 0.03 as squares.
    assert row["cooling_kwh_per_a_low"] == pytest.approx(9_600 - 3_220.0, rel=1e-4)
    # The rest errs downwards as the parts err upwards: 17,232.5 x 0.8 with 64,000 x the root of 0.152 + 0.052.
    assert row["base_kwh_per_a_low"] == pytest.approx(51_200 - 17_118.4, rel=1e-3)


def test_a_use_without_shares_has_no_end_uses(zone: Zoned) -> None:
    row = zone.rows("building_construction", "building_id")["shop"]
    assert row["electricity_kwh_per_a"] == 10_000
    assert [row[f"{name}_kwh_per_a"] for name in ("cooling", "heating", "base")] == [None, None, None]


def test_a_limit_is_compared_where_there_is_one(zone: Zoned) -> None:
    rows = zone.rows("building_construction", "building_id")
    assert {name: row["energy_of_limit"] for name, row in rows.items()} == {
        "now": 0.5, "soon": None, "gone": None, "shop": None}


def test_shares_of_the_toy_zone_leave_something_for_the_rest(toy_release: Release) -> None:
    rows = pd.read_parquet(toy_release.table("building_construction")).dropna(subset=["base_kwh_per_a"])
    parts = rows["cooling_kwh_per_a"] + rows["heating_kwh_per_a"] + rows["base_kwh_per_a"]
    assert len(rows) == 6
    assert (parts / rows["electricity_kwh_per_a"]).tolist() == pytest.approx([1.0] * 6)
    assert (rows["base_kwh_per_a"] > rows["cooling_kwh_per_a"]).all()
