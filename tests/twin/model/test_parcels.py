"""Parcels, roads and assets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from tests.twin.model.zoned import Zoned, house, lot

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.store import Release


def test_a_building_on_two_parcels_is_shared_by_its_ground(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(90, 0, 130, 10), levels=2)], [lot("w", box(0, 0, 100, 100)),
                                                              lot("e", box(100, 0, 200, 100))])
    shares = {row["parcel_id"]: row["share"] for row in zone.rows("building_parcel", "parcel_id").values()}
    assert shares == pytest.approx({"w": 0.25, "e": 0.75})
    assert zone.building("a")["parcel_id"] == "e"


def test_a_hair_over_the_border_is_no_share(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(79.999, 0, 100.001, 20))], [lot("w", box(0, 0, 100, 100)),
                                                            lot("e", box(100, 0, 200, 100))])
    assert list(zone.rows("building_parcel", "parcel_id")) == ["w"]
    assert zone.rows("building_parcel", "parcel_id")["w"]["share"] == 1


def test_a_building_over_the_edge_of_the_zone_counts_whole(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(-10, 0, 30, 10))], [lot("w", box(0, 0, 15, 100)), lot("e", box(15, 0, 200, 100))])
    shares = {row["parcel_id"]: row["share"] for row in zone.rows("building_parcel", "parcel_id").values()}
    assert shares == pytest.approx({"w": 0.5, "e": 0.5})


def test_land_use_is_the_given_one_else_that_of_the_smallest_land_around(make: Callable[..., Zoned]) -> None:
    parcels = [lot("given", box(0, 0, 100, 100), land_use="industrial"), lot("park", box(100, 0, 200, 100)),
               lot("shops", box(200, 0, 300, 100)), lot("bare", box(300, 0, 400, 100)),
               lot("street", box(0, 100, 400, 120), source="public", land_use="street")]
    land = [{"feature_id": "all", "geometry": box(0, 0, 300, 100), "kind": "green"},
            {"feature_id": "mall", "geometry": box(200, 0, 300, 100), "use_hint": "retail"}]
    rows = make([], parcels, land=land).rows("parcel", "parcel_id")
    assert {name: row["land_use"] for name, row in rows.items()} == {
        "given": "industrial", "park": "green", "shops": "commercial", "bare": None, "street": "public"}
    assert {name: row["public_kind"] for name, row in rows.items() if row["public_kind"]} == {"street": "street"}


def test_the_toy_zone_has_six_parcels_and_streets_for_the_rest(toy_release: Release) -> None:
    parcel = gpd.read_parquet(toy_release.table("parcel"))
    assert parcel["area_m2"].sum() == pytest.approx(340 * 180)
    public = parcel[parcel["source"] == "public"]
    assert public["area_m2"].sum() == pytest.approx(340 * 180 - 5 * 8000 - 9600)
    assert set(public["land_use"]) == {"public"}
    assert set(public["public_kind"]) == {"street"}
    use = parcel[parcel["source"] == "cadastre"].set_index("cadastral_ref")["land_use"]
    assert dict(use) == {"A1": "residential", "A2": "residential", "A3": "commercial", "B1": "public_service",
                         "B2": "green", "B3": "industrial"}


def test_roads_are_cut_at_the_edge_and_shared_by_their_length(toy_release: Release) -> None:
    road = pd.read_parquet(toy_release.table("road")).set_index("road_id")
    assert road.loc["osm:way/1", "length_m"] == pytest.approx(340, abs=1e-3)  # of 380 m
    share = pd.read_parquet(toy_release.table("road_parcel"))
    # Public space is divided 250 m from the origin.
    assert sorted(share.loc[share["road_id"] == "osm:way/1", "share"]) == pytest.approx([90 / 340, 250 / 340], abs=1e-6)


def test_energy_assets_stand_on_the_parcel_below_them(toy_release: Release) -> None:
    asset = pd.read_parquet(toy_release.table("energy_asset")).set_index("kind")
    assert asset.loc["substation", ["parcel_id", "voltage_v"]].tolist() == ["file:B3", 110_000]
    assert asset.loc["charging_station", ["parcel_id", "capacity_kw"]].tolist() == ["file:A1", 22]
    parcel = pd.read_parquet(toy_release.table("parcel_energy")).set_index("parcel_id")
    counts = ["energy_assets", "substations", "charging_stations", "assets_of_unknown_capacity"]
    assert parcel.loc["file:B3", counts].tolist() == [1, 1, 0, 1]
    assert parcel.loc["file:A1", counts].tolist() == [1, 0, 1, 0]
    assert parcel["energy_assets"].sum() == 2
