"""Claims of zones made of a few rows: unknown uses, nobody at home, residents by floor area, a plant of the zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from shapely import box

from layers.resources.recompute import claims
from tests.layers.claimed import claim_twice, resolve_claims
from tests.twin.model.zoned import house, lot
from twin.classes import classify

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from tests.twin.model.zoned import Zoned

HOME = house("home", box(0, 0, 20, 20), use="residential", levels=2)
SHOP = house("shop", box(100, 0, 120, 20), use="retail", levels=1)
MUTE = house("mute", box(200, 0, 220, 20))
FIRST = {"incinerated_waste", "landfilled_waste", "wastewater", "effluent", "tap_water"}
SILENT = {"green", "sewage_pumping"}


def claim(zoned: Zoned) -> pd.DataFrame:
    """Return the claims of a zone, found alike by SQL and pandas."""
    return claim_twice(zoned.connection, "resources", claims)


def of(rows: pd.DataFrame, subject: str) -> pd.DataFrame:
    return rows[rows["subject_id"] == subject]


def plant(**facts: Any) -> dict[str, Any]:
    return {"asset_id": "fire", "kind": "plant", "source_fuel": "waste", "geometry": box(300, 0, 310, 10)} | facts


def test_a_home_claims_each_stream_and_a_shop_none(make: Callable[..., Zoned]) -> None:
    rows = claim(make([HOME, SHOP], population=30))
    assert of(rows, "home").groupby("carrier").size().to_dict() == {
        "incinerated_waste": 2, "landfilled_waste": 1, "wastewater": 2, "effluent": 2, "tap_water": 1}
    assert set(of(rows, "home")["base"]) == {30}
    assert of(rows, "home")[["base_low", "base_high"]].isna().to_numpy().all()
    assert of(rows, "shop").empty


def test_residents_are_split_by_the_share_of_each_parcel(make: Callable[..., Zoned]) -> None:
    lots = [lot("west", box(0, 0, 5, 20)), lot("east", box(5, 0, 400, 20))]
    told = of(claim(make([HOME], lots, population=40)), "home")
    split = {"west": 10, "east": 30}
    assert told.groupby("parcel_id")["base"].max().to_dict() == pytest.approx(split)
    assert told.groupby("parcel_id")["base"].min().to_dict() == pytest.approx(split)


def test_residents_by_floor_area_are_as_uncertain_as_floor_area_per_head(make: Callable[..., Zoned]) -> None:
    told = of(claim(make([HOME])), "home").iloc[0]
    assert told["base"] == pytest.approx(800 / 40)
    assert told["base_low"] == pytest.approx(800 / 50)
    assert told["base_high"] == pytest.approx(800 / 30)


def test_a_building_of_unknown_use_is_not_estimated_once_for_each_carrier(make: Callable[..., Zoned]) -> None:
    told = of(claim(make([HOME, MUTE], population=30)), "mute")
    assert sorted(told["carrier"]) == sorted(FIRST)
    assert set(told["notation_key"]) == {"NE"}
    assert set(told["reason"]) == {"use_unknown"}
    assert told["base"].isna().all()


def test_what_does_not_stand_yet_claims_nothing(make: Callable[..., Zoned]) -> None:
    later = house("later", box(0, 100, 20, 120), use="residential", levels=2, status="planned")
    rows = claim(make([HOME, later], population=30))
    assert of(rows, "later").empty
    assert not of(rows, "home").empty


@pytest.mark.parametrize(("population", "key", "reason"),
                         [(None, "NE", "population_unknown"), (0, "NO", "no_residents"),
                          (30, "NE", "homes_unknown")])
def test_a_zone_where_nobody_is_known_to_live_says_so_and_no_zero(
    make: Callable[..., Zoned], population: int | None, key: str, reason: str
) -> None:
    rows = claim(make([SHOP], population=population))
    told = rows[~rows["carrier"].isin(SILENT)]
    assert set(told["carrier"]) == FIRST
    assert set(zip(told["subject_kind"], told["notation_key"], told["reason"], strict=True)) == {("zone", key, reason)}
    assert told["base"].isna().all()


def test_waste_that_a_plant_of_the_zone_burns_is_counted_there(make: Callable[..., Zoned]) -> None:
    rows = claim(make([HOME, MUTE], population=30, assets=[plant()]))
    burnt = rows[rows["carrier"] == "incinerated_waste"]
    assert burnt[["subject_kind", "gpc_ref", "notation_key", "reason"]].to_numpy().tolist() == [
        ["zone", "III.3.2", "IE", "burnt_in_own_plant"]]
    assert set(of(rows, "home")["carrier"]) == FIRST - {"incinerated_waste"}


def works(**facts: Any) -> dict[str, Any]:
    return {"feature_id": "works", "kind": "paved", "subkind": "sewage_works", "geometry": box(500, 0, 600, 90)} | facts


@pytest.mark.parametrize("buildings", [[HOME, MUTE], [SHOP]], ids=["homes", "nobody"])
def test_sewage_works_in_the_zone_treat_what_its_residents_let_flow(
    make: Callable[..., Zoned], buildings: list[dict[str, Any]]
) -> None:
    rows = claim(make(buildings, land=[works()]))
    sewage = rows[rows["carrier"].isin(["wastewater", "effluent"])]
    assert set(sewage["gpc_ref"]) == {"III.4.1"}
    away = claim(make(buildings, land=[works(subkind="parking")]))
    assert set(away.loc[sewage.index, "gpc_ref"]) == {"III.4.2"}
    assert rows.drop(columns="gpc_ref").equals(away.drop(columns="gpc_ref"))


def test_sewage_works_are_told_from_other_works_by_their_tag() -> None:
    tags = {"man_made": "wastewater_plant", "landuse": "industrial"}
    assert classify(tags, "osm_land_cover", "subkind") == "sewage_works"
    assert classify(tags | {"man_made": "water_works"}, "osm_land_cover", "subkind") is None


@pytest.mark.parametrize("facts", [{"source_fuel": "gas"}, {"year_built": 2027}, {"kind": "charging_station"}])
def test_other_assets_change_nothing(make: Callable[..., Zoned], facts: dict[str, Any]) -> None:
    rows = claim(make([HOME], population=30, assets=[plant(**facts)]))
    assert len(rows[rows["carrier"] == "incinerated_waste"]) == 2


def test_all_residents_of_a_zone_are_claimed_once(make: Callable[..., Zoned]) -> None:
    uses = ["residential", "mixed", "office", "residential", "retail"]
    houses = [house(f"h{x}", box(30 * x, 0, 30 * x + 20, 20), use=use, levels=x + 1) for x, use in enumerate(uses)]
    lots = [lot(f"p{x}", box(50 * x, 0, 50 * x + 50, 20)) for x in range(4)]
    rows = claim(make([*houses, house("mute", box(900, 0, 920, 20))], [*lots, lot("far", box(800, 0, 1000, 20))],
                      population=100))
    sums = rows.groupby(["carrier", "emission_factor"])["base"].sum()
    assert len(sums) == 8
    assert sums.to_list() == pytest.approx([100] * 8)


def test_units_of_all_claims_fit_also_where_there_is_no_amount(make: Callable[..., Zoned]) -> None:
    rows = claim(make([HOME, MUTE], population=30, assets=[plant()]))
    assert rows["notation_key"].isin(["NE", "IE"]).any()
    assert resolve_claims(rows, "Jiangsu", "East China", "China", "World")["missing"].isna().all()


def test_finland_lacks_what_depends_on_the_composition_of_its_waste(make: Callable[..., Zoned]) -> None:
    found = resolve_claims(claim(make([HOME], population=30)), "Helsinki", "Finland", "EU-27", "World")
    assert set(found["missing"].dropna()) == {"waste_emission.fossil_co2", "landfill_methane.potential",
                                              "water_use.residential"}
