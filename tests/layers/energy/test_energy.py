"""What the grid loses, and what generators make."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from shapely import Point, box

from tests.layers.claimed import assert_same, claims_of, recompute_of, tables_of, tidy
from tests.twin.model.zoned import Zoned, house, lot

if TYPE_CHECKING:
    from collections.abc import Callable

    import shapely

    from twin.store import Release

OUTLINE = box(0, 0, 200, 100)
LOTS = [lot("w", box(0, 0, 100, 100)), lot("e", box(100, 0, 200, 100))]
YIELD: dict[str, Any] = {"pv_yield.specific": (1000, 900, 1200)}


def asset(name: str, kind: str, shape: shapely.Geometry, **facts: object) -> dict[str, Any]:
    return {"asset_id": name, "kind": kind, "geometry": shape} | facts


@pytest.fixture
def made(make: Callable[..., Zoned]) -> Callable[..., Zoned]:
    """Return a function that makes a zone of a few energy assets."""

    def made(*assets: dict[str, Any], factors: dict[str, Any] | None = None) -> Zoned:
        zone = make([], LOTS, outline=OUTLINE, assets=list(assets), factors=YIELD if factors is None else factors)
        zone.run("construction")
        zone.run("energy")
        return zone

    return made


def by_asset(zone: Zoned) -> dict[str, dict[str, Any]]:
    claims = claims_of(zone, "energy")
    return {row["subject_id"]: row for row in claims[claims["subject_kind"] == "asset"].to_dict("records")}


def by_code(zone: Zoned) -> dict[tuple[str, str], str]:
    claims = claims_of(zone, "energy")
    zonal = claims[claims["subject_kind"] == "zone"]
    return dict(zip(zip(zonal["gpc_ref"], zonal["carrier"], strict=True), zonal["notation_key"], strict=True))


def test_the_sun_makes_its_power_times_the_yield(made: Callable[..., Zoned]) -> None:
    zone = made(asset("roof", "generator", Point(10, 10), source_fuel="solar", capacity_kw=30),
                asset("shed", "generator", Point(20, 10), source_fuel="solar", capacity_kw=20))
    row = zone.rows("parcel_energy", "parcel_id")["w"]
    assert row["pv_capacity_kw"] == 50
    assert [row[f"pv_generation_kwh_per_a{end}"] for end in ("", "_low", "_high")] == [50_000, 45_000, 60_000]
    claim = by_asset(zone)["roof"]
    assert (claim["gpc_ref"], claim["base"], claim["base_unit"]) == ("I.4.4", 30, "kW")
    assert (claim["activity_factors"], claim["emission_factor"]) == ("pv_yield.specific", "generation_emission.solar")


def test_own_generation_is_a_share_of_what_the_houses_use(make: Callable[..., Zoned]) -> None:
    """20 kW x 1,000 kWh/kW of 200 m2 x 80 kWh/m2: 1.25; 10 and 20 % of what is made, 25 % and more of what is used."""
    zone = make([house("h", box(10, 10, 20, 20), use="office", levels=2)], LOTS, outline=OUTLINE,
                assets=[asset("roof", "generator", Point(12, 12), source_fuel="solar", capacity_kw=20)],
                factors=YIELD)
    zone.run("construction")
    zone.run("energy")
    row = zone.rows("parcel_energy", "parcel_id")["w"]
    used = zone.rows("parcel_construction", "parcel_id")["w"]
    assert row["own_generation_share"] == pytest.approx(20_000 / used["electricity_kwh_per_a"])
    down = math.hypot(0.1, 1 - used["electricity_kwh_per_a"] / used["electricity_kwh_per_a_high"])
    assert row["own_generation_share_low"] == pytest.approx(row["own_generation_share"] * (1 - down))
    assert row["own_generation_share"] < row["own_generation_share_high"]
    assert zone.rows("parcel_energy", "parcel_id")["e"]["own_generation_share"] is None


def test_without_a_yield_or_a_sun_nothing_is_made_up(made: Callable[..., Zoned]) -> None:
    zone = made(asset("roof", "generator", Point(10, 10), source_fuel="solar", capacity_kw=30), factors={})
    rows = zone.rows("parcel_energy", "parcel_id")
    assert (rows["w"]["pv_capacity_kw"], rows["w"]["pv_generation_kwh_per_a"], rows["w"]["pv_evidence"]) == (
        30, None, None)
    assert rows["e"]["pv_capacity_kw"] is None


def test_a_generator_in_a_plant_of_known_power_is_part_of_it(made: Callable[..., Zoned]) -> None:
    field = box(0, 0, 50, 50)
    zone = made(asset("field", "plant", field, source_fuel="solar", capacity_kw=100),
                asset("row", "generator", Point(10, 10), source_fuel="solar", capacity_kw=40),
                asset("roof", "generator", Point(150, 10), source_fuel="solar", capacity_kw=5))
    assert {name: row["base"] for name, row in by_asset(zone).items()} == {"field": 100, "roof": 5}
    rows = zone.rows("parcel_energy", "parcel_id")
    assert (rows["w"]["pv_capacity_kw"], rows["e"]["pv_capacity_kw"]) == (100, 5)
    assert_same(claims_of(zone, "energy"), tidy(recompute_of("energy")(tables_of(zone))))


def test_what_burns_and_what_stores_is_not_estimated(made: Callable[..., Zoned]) -> None:
    zone = made(asset("works", "plant", box(0, 0, 50, 50), source_fuel="gas", capacity_kw=2000),
                asset("spring", "heat", Point(110, 10), source_fuel="hydrothermal", capacity_kw=1500),
                asset("block", "storage", Point(120, 10), capacity_kw=500),
                asset("dark", "generator", Point(130, 10), source_fuel="solar"),
                asset("soon", "generator", Point(140, 10), source_fuel="solar", capacity_kw=9, year_built=2099))
    rows = by_asset(zone)
    assert {name: (row["gpc_ref"], row["reason"]) for name, row in rows.items()} == {
        "works": ("I.4.4", "running_hours_unknown"), "spring": ("I.4.4", "running_hours_unknown"),
        "block": ("I.4.2", "cycles_unknown"), "dark": ("I.4.4", "capacity_unknown")}
    assert {row["notation_key"] for row in rows.values()} == {"NE"}
    assert by_code(zone)[("I.4.1", "own_use")] == "NE"
    row = zone.rows("parcel_energy", "parcel_id")["w"]
    assert (row["generation_capacity_kw"], row["pv_capacity_kw"], row["pv_generation_kwh_per_a"]) == (2000, None, None)
    assert_same(claims_of(zone, "energy"), tidy(recompute_of("energy")(tables_of(zone))))


def test_where_nothing_generates_it_does_not_occur(made: Callable[..., Zoned]) -> None:
    assert by_code(made()) == {
        ("I.1.3", "grid_losses"): "NO", ("I.2.3", "grid_losses"): "NO", ("I.3.3", "grid_losses"): "NO",
        ("I.5.3", "grid_losses"): "NO", ("I.4.1", "own_use"): "NO", ("I.4.2", "own_use"): "NO",
        ("I.4.3", "grid_losses"): "NO", ("I.4.4", "generation"): "NO", ("I.8.1", "gas_leakage"): "NE"}


def test_where_a_use_is_unknown_the_losses_of_each_sector_are_not_estimated(make: Callable[..., Zoned]) -> None:
    zone = make([house("mute", box(10, 10, 20, 20), levels=1)], LOTS, outline=OUTLINE)
    assert zone.building("mute")["use"] is None
    claims = claims_of(zone, "construction", "industry", "energy")
    sectors = claims[claims["gpc_ref"].isin([f"I.{sector}.{part}" for sector in (1, 2, 3, 5) for part in (1, 2, 3)])]
    assert set(sectors["gpc_ref"].str[:3]) == {"I.1", "I.2", "I.3", "I.5"}
    assert set(zip(sectors["notation_key"], sectors["reason"], strict=True)) == {("NE", "use_unknown")}
    assert_same(claims_of(zone, "energy"), tidy(recompute_of("energy")(tables_of(zone))))


def test_losses_are_claimed_by_what_reaches_the_building(make: Callable[..., Zoned]) -> None:
    zone = make([house("h", box(90, 10, 110, 20), use="office", levels=2)], LOTS, outline=OUTLINE)
    claims = claims_of(zone, "energy")
    lost = claims[claims["carrier"] == "grid_losses"]
    lost = lost[lost["subject_kind"] == "building"]
    assert list(zip(lost["parcel_id"], lost["base"], strict=True)) == [("e", 200), ("w", 200)]
    assert set(lost["activity_factors"]) == {"electricity_intensity.office grid_loss.per_delivered"}
    assert set(lost["gpc_ref"]) == {"I.2.3"}


def test_losses_of_the_toy_zone_are_the_share_of_its_electricity(toy_release: Release) -> None:
    ledger = pd.read_parquet(toy_release.table("ledger")).query("basis == 'location' and subject_kind == 'building'")
    used = ledger[ledger["carrier"] == "electricity"].groupby("subject_id")["activity"].sum()
    lost = ledger[ledger["carrier"] == "grid_losses"].groupby("subject_id")["activity"].sum()
    # Of 1 that is fed in 0.0454 are lost and 0.9546 delivered: 0.0476 of what arrives.
    assert (lost / used).tolist() == pytest.approx([0.0454 / 0.9546] * 6, rel=1e-3)
