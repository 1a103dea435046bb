"""The reference plan through the ordinary pipeline: its oddities, people and readings, and that it repeats."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyproj
import pytest
import shapely

from layers.discovery import discover_layers
from layers.ledger.recompute import recompute
from layers.release import build_release
from server.cli.building import find_zone
from server.cli.planning import draw_sources
from tests.zones.realism import measure
from twin.classes import data_folder
from twin.store import Store, hash_file
from twin.zone import load_zone

if TYPE_CHECKING:
    from pathlib import Path

    from twin.store import Release


@pytest.fixture(scope="module")
def store(taicang_store: Store) -> Store:
    return taicang_store


@pytest.fixture(scope="module")
def release(store: Store) -> Release:
    return store.open_release("taicang")


@pytest.fixture(scope="module")
def odd(store: Store) -> dict[str, str]:
    """Return the ids of what was planted, by what is odd about it."""
    text = (store.folder / "plans" / "taicang" / "plan.json").read_text(encoding="utf-8")
    return json.loads(text)["oddities"]


@pytest.fixture(scope="module")
def building(release: Release) -> gpd.GeoDataFrame:
    return gpd.read_parquet(release.table("building")).set_index("building_id")


@pytest.fixture(scope="module")
def parcel(release: Release) -> gpd.GeoDataFrame:
    return gpd.read_parquet(release.table("parcel")).set_index("parcel_id")


def read(release: Release, table: str) -> pd.DataFrame:
    return pd.read_parquet(release.table(table))


def report(release: Release, kind: str) -> dict[str, Any]:
    return release.manifest["report"][kind]


def test_a_hall_across_three_parcels_is_shared_by_them(release: Release, odd: dict[str, str],
                                                       building: gpd.GeoDataFrame) -> None:
    shares = read(release, "building_parcel").query("building_id == @odd['across three parcels']")
    assert len(shares) == 3
    assert shares["share"].sum() == pytest.approx(1, abs=1e-9)
    assert sorted(shares["share"].round(1)) == [0.2, 0.3, 0.5]
    largest = shares.loc[shares["share"].idxmax(), "parcel_id"]
    assert building.loc[odd["across three parcels"], "parcel_id"] == largest


def test_a_parcel_keeps_its_hole_and_another_fills_it(odd: dict[str, str], parcel: gpd.GeoDataFrame) -> None:
    park = parcel[parcel["cadastral_ref"] == odd["parcel with a hole"]].iloc[0]
    hole = shapely.Polygon(park.geometry.interiors[0])
    inside = parcel[parcel.representative_point().within(hole)]
    assert park["land_use"] == "green"
    assert inside["land_use"].tolist() == ["utility"]
    assert inside.area.sum() == pytest.approx(hole.area, rel=1e-6)
    assert hole.area == pytest.approx(28 * 22, rel=1e-3)


def test_a_tower_on_a_podium_counts_each_storey_once(release: Release, odd: dict[str, str],
                                                     building: gpd.GeoDataFrame) -> None:
    tower = building.loc[odd["tower on a podium"]]
    parts = read(release, "building_part").query("building_id == @odd['tower on a podium']").sort_values("base_m")
    assert len(parts) == 2
    assert parts["base_levels"].fillna(0).tolist() == [0, 3]
    by_hand = 3 * parts["footprint_m2"].iloc[0] + (tower["levels"] - 3) * parts["footprint_m2"].iloc[1]
    assert tower["floor_area_m2"] == pytest.approx(by_hand, rel=1e-9)
    assert tower["floor_area_m2"] < 0.9 * tower["footprint_m2"] * tower["levels"]
    assert tower["height_m"] == pytest.approx(tower["levels"] * 3.9)


def test_a_bridge_is_a_road_over_public_water(release: Release, odd: dict[str, str],
                                              parcel: gpd.GeoDataFrame) -> None:
    road = gpd.read_parquet(release.table("road")).set_index("road_id").loc[odd["bridge"]]
    shares = read(release, "road_parcel").query("road_id == @odd['bridge']")
    kinds = parcel.loc[shares["parcel_id"], "public_kind"]
    assert 20 < road["length_m"] < 120
    assert not road["is_tunnel"]
    assert "water" in set(kinds)
    assert shares["share"].sum() == pytest.approx(1, abs=1e-9)


def test_what_lies_below_ground_or_is_gone_is_no_building(release: Release, odd: dict[str, str],
                                                          building: gpd.GeoDataFrame) -> None:
    assert odd["underground car park"] not in building.index
    assert odd["demolished"] not in building.index
    assert report(release, "dropped")["buildings: below ground"] == 1


def test_a_building_without_use_is_not_given_one_by_its_tag(odd: dict[str, str], building: gpd.GeoDataFrame) -> None:
    mute = building.loc[odd["without use"]]
    assert mute["use_source"] != "tag"
    assert mute["levels"] == 2
    assert mute["use"] is not None or pd.isna(mute["residents"])


def test_ground_that_two_buildings_claim_is_counted_once(release: Release, odd: dict[str, str],
                                                         building: gpd.GeoDataFrame) -> None:
    shed = building.loc[odd["overlapping another"]]
    others = building.drop(odd["overlapping another"])
    near = others[others.intersects(shed.geometry)]
    assert len(near) >= 1
    assert near.intersection(shed.geometry).area.sum() < 1e-6
    assert report(release, "repaired")["buildings: ground held twice given to the smaller"] >= 1


def test_of_a_building_drawn_twice_one_is_left(release: Release, odd: dict[str, str],
                                               building: gpd.GeoDataFrame) -> None:
    inside = building[building.representative_point().within(
        building.geometry.get(odd["drawn twice"], shapely.Polygon()))]
    assert len(inside) <= 1
    assert report(release, "dropped")["buildings: outline lies wholly on others"] == 1


def test_heights_in_feet_and_storeys_in_a_range_are_read(odd: dict[str, str], building: gpd.GeoDataFrame) -> None:
    assert building.loc[odd["height in feet"], "height_m"] == pytest.approx(20 * 0.3048)
    assert building.loc[odd["height in feet"], "height_source"] == "tag"
    assert building.loc[odd["storeys in a range"], "levels"] == 4


def test_a_courtyard_is_no_footprint(odd: dict[str, str], building: gpd.GeoDataFrame) -> None:
    # 1e-7 degrees, to which nodes are kept, are a centimetre
    assert building.loc[odd["courtyard"], "footprint_m2"] == pytest.approx(22 * 20 - 10 * 8, rel=1e-3)


def test_a_crossed_outline_is_refused_and_counted(release: Release, odd: dict[str, str],
                                                  building: gpd.GeoDataFrame) -> None:
    assert odd["self-crossing outline"] not in building.index
    assert report(release, "dropped")["buildings: outline incomplete in the file"] == 1


def test_a_building_across_the_edge_is_kept_whole(release: Release, odd: dict[str, str],
                                                  building: gpd.GeoDataFrame) -> None:
    assert building.loc[odd["across the zone's edge"], "footprint_m2"] == pytest.approx(18 * 18, rel=2e-3)
    assert report(release, "clipped")["buildings: across the edge, kept whole"] == 1


def test_a_street_that_leaves_the_zone_ends_at_its_edge(release: Release, odd: dict[str, str]) -> None:
    road = read(release, "road").set_index("road_id")["length_m"]
    assert road.get(odd["way outside the zone"], 0) < 40  # of 600 m


def test_land_that_two_parcels_claim_has_one_owner(release: Release, parcel: gpd.GeoDataFrame) -> None:
    zone_m2 = read(release, "zone")["area_m2"].iloc[0]
    assert report(release, "repaired")["parcels: overlap given to the smaller parcel"] >= 1
    assert parcel.area.sum() == pytest.approx(zone_m2, rel=1e-6)


def test_streets_and_waters_are_public_space(parcel: gpd.GeoDataFrame) -> None:
    public = parcel[parcel["source"] == "public"]
    share = public["area_m2"].sum() / parcel["area_m2"].sum()
    assert set(public["public_kind"]) == {"street", "water"}
    assert 0.2 < share < 0.35


def test_the_people_of_the_base_year_are_in_its_neighbourhoods_and_homes(release: Release,
                                                                         building: gpd.GeoDataFrame) -> None:
    zone = read(release, "zone").iloc[0]
    neighbourhood = read(release, "neighbourhood")
    assert zone["year"] == 2025
    assert 25 <= len(neighbourhood) <= 45
    assert neighbourhood["population"].sum() == zone["population"]
    assert building["residents"].sum() == pytest.approx(zone["population"], rel=1e-9)
    assert neighbourhood["name_latin"].str.len().min() > 3


def test_the_age_of_a_neighbourhoods_homes_is_that_of_its_middle_one(release: Release,
                                                                    building: gpd.GeoDataFrame) -> None:
    homes = building[(building["use"] == "residential") & (building["status"] == "existing")]
    by_hand = homes.groupby("neighbourhood_id")["year_built"].agg(lambda years: sorted(years)[(len(years) - 1) // 2])
    told = read(release, "neighbourhood").set_index("neighbourhood_id")["median_year_built"].dropna()
    assert told.astype(int).to_dict() == by_hand.astype(int).to_dict()
    assert told.min() < 2000 < told.max()


def test_what_comes_after_the_base_year_is_planned(building: gpd.GeoDataFrame) -> None:
    later = building["year_built"] > 2025
    assert later.sum() > 300
    assert (building.loc[later, "status"] == "planned").all()
    assert (building.loc[~later, "status"] == "existing").all()
    assert building.loc[later, "residents"].fillna(0).sum() == 0


def test_use_storeys_and_heights_are_known_as_unevenly_as_in_real_extracts(building: gpd.GeoDataFrame) -> None:
    source = building["height_source"].value_counts(normalize=True)
    assert 0.02 < source["tag"] < 0.15
    assert 0.15 < source["levels"] < 0.5
    assert source["neighbours"] > 0.3
    assert 0.55 < (building["use_source"] == "tag").mean() < 0.85
    assert building["year_built"].notna().mean() > 0.998


def test_buildings_stand_on_the_ground_of_the_delta(building: gpd.GeoDataFrame) -> None:
    assert building["ground_m"].notna().mean() > 0.999
    assert building["ground_m"].quantile(0.01) > 2.5
    assert building["ground_m"].quantile(0.99) < 8
    assert building["height_source"].isin(["tag", "levels", "neighbours", "use"]).all()  # the ground tells no height


def test_the_energy_system_stands_on_land_of_the_zone(release: Release, parcel: gpd.GeoDataFrame) -> None:
    asset = gpd.read_parquet(release.table("energy_asset"))
    kinds = asset["kind"].value_counts()
    assert set(kinds.index) >= {"substation", "transformer", "line", "generator", "plant", "storage",
                                "charging_station"}
    substations = asset[asset["kind"] == "substation"]
    assert (substations["voltage_v"] >= 220_000).sum() == 1
    assert ((substations["voltage_v"] >= 110_000) & (substations["voltage_v"] < 220_000)).sum() >= 3
    points = asset[asset.geom_type == "Point"]
    wet = parcel.loc[points["parcel_id"].dropna(), "public_kind"] == "water"
    assert points["parcel_id"].notna().all()
    assert not wet.any()


def test_readings_are_taken_in_and_the_planted_faults_are_refused(release: Release) -> None:
    reading = read(release, "reading")
    assert len(reading) > 15_000
    assert set(reading["source"]) == {"reference plan, invented"}
    assert set(reading["carrier"]) >= {"electricity", "gas", "pv", "water", "waste"}
    assert pd.to_datetime(reading["start"]).dt.year.min() == 2023
    assert pd.to_datetime(reading["end"]).max() <= pd.Timestamp("2026-01-01")
    assert any("absurd" in reason or "more than" in reason for reason in report(release, "dropped"))


def test_only_cells_that_obey_the_rule_are_published(release: Release) -> None:
    cells = read(release, "reading_cell")
    shown = cells[cells["is_public"]]
    assert len(shown) > 20
    assert shown["meters"].min() >= 10
    assert cells.loc[~cells["is_public"], "amount"].isna().all()


def test_the_zone_says_everywhere_that_it_is_a_plan(release: Release) -> None:
    assert "not a survey" in json.dumps(release.manifest["zone"]["notice"])
    assert all(item["synthetic"] for item in release.manifest["inputs"] if item["role"].startswith("osm"))


def test_every_emission_of_both_years_is_computed_again(release: Release) -> None:
    outcome = recompute(release, discover_layers())
    assert outcome.faults == []
    assert outcome.rows > 100_000
    assert outcome.largest < 1e-9


def test_it_lies_at_taicang(release: Release, parcel: gpd.GeoDataFrame) -> None:
    west, south, east, north = parcel.total_bounds
    to_degrees = pyproj.Transformer.from_crs(4549, 4326, always_xy=True)
    assert to_degrees.transform((west + east) / 2, (south + north) / 2) == pytest.approx((121.16, 31.48), abs=0.01)
    assert release.manifest["zone"]["crs"] == "EPSG:4549"


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    hashes = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        command = [sys.executable, "-c", "from server.cli import main; main()", "plan", "--out", str(out),
                   "--residents", "10000", "--seed", "11"]
        subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": seed, "TZ": f"Etc/GMT+{seed}"},
                       capture_output=True)
        hashes.append({path.name: hash_file(path) for path in sorted(out.iterdir())})
    assert hashes[0] == hashes[1]
    assert len(hashes[0]) == 8


def test_two_builds_make_the_same_release(store: Store, release: Release, tmp_path: Path) -> None:
    folder = store.folder / "plans" / "taicang"
    zone = load_zone(folder).model_copy(update={"name": "taicang"})
    assert build_release(zone, Store(tmp_path)).release_id == release.release_id


def test_another_seed_makes_another_zone_that_builds(tmp_path: Path) -> None:
    zone = find_zone("taicang")
    assert zone.plan is not None
    other = zone.model_copy(update={"plan": zone.plan.model_copy(update={"seed": 5, "residents": 12_000})})
    built = build_release(draw_sources(other, tmp_path), Store(tmp_path))
    people = read(built, "zone")["population"].iloc[0]
    assert 5_000 < people <= 12_000
    assert built.manifest["counts"]["building"] > 200


def test_the_table_of_the_readme_is_measured(release: Release) -> None:
    text = (data_folder() / "zones" / "taicang" / "README.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.startswith("|")]
    told = {row[1]: row[2] for row in rows}
    found = measure(release)
    assert len(found) > 30
    assert {name: told.get(name) for name in found} == {name: f"{value:.3g}" for name, value in found.items()}
