"""Claims of zones made of a few rows: with parts, with the whole alone, with nothing known, and with nobody at home."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from shapely import box

from layers.lifestyle.recompute import claims
from tests.layers.claimed import claim_twice, resolve_claims
from tests.twin.model.zoned import house, lot

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from tests.twin.model.zoned import Zoned

HOME = house("home", box(0, 0, 20, 20), use="residential", levels=2)
SHOP = house("shop", box(100, 0, 120, 20), use="retail", levels=1)
MUTE = house("mute", box(200, 0, 220, 20))
PARTS = {"food", "housing", "mobility", "goods", "leisure_services"}
LEVEL = {"lifestyle_level.default": (1, 1, 1)}
KNOWN = {f"lifestyle_footprint.{name}": (1, 0.5, 2) for name in PARTS} | LEVEL
WHOLE = {"lifestyle_footprint.all": (10, 8, 12)} | LEVEL
BUDGET = {f"lifestyle_budget.{year}": (2, 1, 4) for year in (2030, 2040, 2050)}


def claim(zoned: Zoned) -> pd.DataFrame:
    """Return the claims of a zone, found alike by SQL and pandas."""
    return claim_twice(zoned.connection, "lifestyle", claims)


def test_a_home_claims_each_category_and_a_shop_none(make: Callable[..., Zoned]) -> None:
    rows = claim(make([HOME, SHOP], population=30, factors=KNOWN | WHOLE))
    assert set(rows["subject_id"]) == {"home"}
    assert sorted(rows["gpc_ref"]) == sorted(PARTS)
    assert set(rows["base"]) == {30}


def test_the_whole_stands_where_a_part_is_unknown(make: Callable[..., Zoned]) -> None:
    some = {name: value for name, value in KNOWN.items() if not name.endswith("goods")}
    (row,) = claim(make([HOME], population=30, factors=some | WHOLE)).to_dict("records")
    assert (row["gpc_ref"], row["emission_factor"]) == ("all", "lifestyle_footprint.all")


def test_a_region_without_a_footprint_still_claims_so_that_the_ledger_says_what_is_missing(
    make: Callable[..., Zoned]
) -> None:
    zoned = make([HOME], population=30)
    (row,) = claim(zoned).to_dict("records")
    assert row["emission_factor"] == "lifestyle_footprint.all"
    zoned.run("lifestyle")
    (parcel,) = zoned.rows("parcel_lifestyle", "parcel_id").values()
    assert {value for name, value in parcel.items() if name != "parcel_id"} == {None}


def test_residents_are_split_by_the_share_of_each_parcel(make: Callable[..., Zoned]) -> None:
    lots = [lot("west", box(0, 0, 5, 20)), lot("east", box(5, 0, 400, 20))]
    zoned = make([HOME], lots, population=40, factors=WHOLE | BUDGET)
    assert claim(zoned).set_index("parcel_id")["base"].to_dict() == pytest.approx({"west": 10, "east": 30})
    zoned.run("lifestyle")
    parcels = zoned.rows("parcel_lifestyle", "parcel_id")
    told = {name: row["consumption_tco2e_per_a"] for name, row in parcels.items()
            if row["consumption_tco2e_per_a"] is not None}
    assert told == pytest.approx({"west": 100, "east": 300})
    assert {row["times_budget_2040"] for row in parcels.values()} - {None} == {5}


def test_residents_by_floor_area_widen_the_sum_and_not_the_footprint_per_head(make: Callable[..., Zoned]) -> None:
    zoned = make([HOME], factors=WHOLE | BUDGET)
    (row,) = claim(zoned).to_dict("records")
    assert (row["base_low"], row["base"], row["base_high"]) == pytest.approx((16, 20, 800 / 30))
    zoned.run("lifestyle")
    (parcel,) = zoned.rows("parcel_lifestyle", "parcel_id").values()
    assert parcel["lifestyle_tco2e_per_person_a_low"] == pytest.approx(8)
    assert parcel["consumption_tco2e_per_a_low"] < 20 * 8


def test_a_building_of_unknown_use_is_not_estimated(make: Callable[..., Zoned]) -> None:
    rows = claim(make([HOME, MUTE], population=30, factors=KNOWN))
    (row,) = rows[rows["subject_id"] == "mute"].to_dict("records")
    assert (row["gpc_ref"], row["notation_key"], row["reason"]) == ("all", "NE", "use_unknown")


@pytest.mark.parametrize(("population", "key", "reason"),
                         [(None, "NE", "population_unknown"), (0, "NO", "no_residents"),
                          (30, "NE", "homes_unknown")])
def test_a_zone_where_nobody_is_known_to_live_says_so(
    make: Callable[..., Zoned], population: int | None, key: str, reason: str
) -> None:
    (row,) = claim(make([SHOP], population=population, factors=KNOWN)).to_dict("records")
    assert (row["subject_kind"], row["notation_key"], row["reason"]) == ("zone", key, reason)


def test_units_of_all_claims_fit_also_where_there_is_no_amount(make: Callable[..., Zoned]) -> None:
    rows = claim(make([HOME, MUTE], population=30, factors=KNOWN))
    assert rows["notation_key"].notna().any()
    found = resolve_claims(rows, "China", "World")
    assert found["missing"].isna().all()
    told = found.dropna(subset=["factor_value"])
    assert told["factor_value"].sum() == pytest.approx(4200)  # kg per person and year
    assert set(told["factor_unit"]) == {"kgCO2e/person"}


def test_finland_has_the_whole_and_the_rest_of_europe_nothing(make: Callable[..., Zoned]) -> None:
    rows = claim(make([HOME], population=30))
    assert resolve_claims(rows, "Finland", "EU-27", "World")["factor_value"].to_list() == pytest.approx([10_400])
    assert resolve_claims(rows, "Monaco", "EU-27", "World")["missing"].to_list() == ["lifestyle_footprint.all"]
