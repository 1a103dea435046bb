"""The model's SQL on a few buildings and parcels, every expected value worked out by hand from round factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyproj
import pytest
import shapely
from shapely import box

from layers.discovery import discover_layers
from layers.release import run_layer
from twin import model
from twin.build import build_model
from twin.database import connect, load_frame, run_select
from twin.material import Material
from twin.neighbourhood import COLUMNS
from twin.sources import osm
from twin.sources.frame import BUILDING_COLUMNS
from twin.tiling import ATTRIBUTES
from twin.zone import Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import duckdb

    from twin.store import Release

CRS = pyproj.CRS.from_epsg(4549)
PARCEL_COLUMNS = ("parcel_id", "source", *ATTRIBUTES)

# quantity: value, low, high
FACTORS: dict[str, tuple[float, float | None, float | None]] = {
    "inference.neighbour_radius": (150, None, None),
    "inference.least_neighbours": (3, None, None),
    "inference.small_footprint": (40, None, None),
    "inference.parts_cover": (0.5, None, None),
    "inference.least_surface_height": (1.8, None, None),
    "storey_height.residential": (3, 2.5, 3.5),
    "storey_height.residential_2025": (3.2, 3, 3.5),
    "storey_height.office": (4, 3, 5),
    "storey_height.retail": (5, 4, 6),
    "storey_height.industrial": (8, 6, 12),
    "storey_height.mixed": (4, 3, 5),
    "storey_height.other": (4, 3, 6),
    "storey_height.small": (2.5, 2, 3),
    "typical_levels.residential": (5, 2, 10),
    "typical_levels.office": (6, 2, 20),
    "typical_levels.retail": (2, 1, 4),
    "typical_levels.industrial": (1, 1, 2),
    "typical_levels.mixed": (4, 2, 8),
    "typical_levels.other": (3, 1, 6),
    "typical_levels.small": (1, 1, 2),
    "height_error.tag": (10, None, None),
    "height_error.dsm": (20, None, None),
    "residential_share.residential": (1, 1, 1),
    "residential_share.mixed": (0.5, 0.2, 0.8),
    "floor_area_per_resident": (40, 30, 50),
    "household_size": (2.5, 2, 3),
    "floor_area_error.counted": (10, 5, 15),
    "electricity_intensity.residential": (30, 20, 45),
    "electricity_intensity.office": (80, 60, 100),
    "gas_intensity.residential": (20, 15, 30),
    "electricity_intensity.retail": (100, 50, 150),
    "heat_intensity.retail": (40, 30, 50),
    "grid_emission.location": (0.5, 0.4, 0.6),
    "fuel_emission.natural_gas": (0.2, 0.19, 0.21),
    "uncertainty.default": (20, None, None),
}

Rows = list[dict[str, Any]]


def factor_frame(rows: dict[str, tuple[float, float | None, float | None]]) -> pd.DataFrame:
    table = [
        {"factor_id": name.upper(), "quantity": name, "value": value, "low": low, "high": high, "interval_kind": None,
         "unit": "1", "region": "World", "year": 2020, "source": "test", "seen": "derived", "note": None}
        for name, (value, low, high) in rows.items()
    ]
    return pd.DataFrame(table)


def frame(rows: Rows, columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    data = {name: [row.get(name) for row in rows] for name in columns if name != "geometry"}
    return gpd.GeoDataFrame(pd.DataFrame(data, dtype=object), geometry=[row["geometry"] for row in rows], crs=CRS)


def house(name: str, shape: shapely.Geometry, **facts: object) -> dict[str, Any]:
    return {"feature_id": name, "geometry": shape, "source": "file", "is_part": False, "status": "existing"} | facts


def part(name: str, of: str, shape: shapely.Geometry, **facts: object) -> dict[str, Any]:
    return house(name, shape, is_part=True, part_of=of, **facts)


def lot(name: str, shape: shapely.Geometry, **facts: object) -> dict[str, Any]:
    return {"parcel_id": name, "geometry": shape, "source": "cadastre"} | facts


class Zoned:
    """A zone made of rows, and its tables."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def rows(self, table: str, key: str) -> dict[str, dict[str, Any]]:
        result = self.connection.execute(f'select * from "{table}"')
        names = [column[0] for column in result.description]
        return {row[names.index(key)]: dict(zip(names, row, strict=True)) for row in result.fetchall()}

    def building(self, name: str) -> dict[str, Any]:
        return self.rows("building", "building_id")[name]

    def run(self, layer: str) -> None:
        run_layer(self.connection, discover_layers()[layer])


@pytest.fixture
def make() -> Iterator[Callable[..., Zoned]]:
    """Return a function that builds the model of a zone from rows."""
    opened: list[duckdb.DuckDBPyConnection] = []

    def make(
        buildings: Rows, parcels: Rows | None = None, *, land: Rows | None = None, roads: Rows | None = None,
        assets: Rows | None = None, population: int | None = None, factors: dict[str, Any] | None = None,
        outline: shapely.Geometry | None = None,
    ) -> Zoned:
        outline = outline if outline is not None else box(-1000, -1000, 2000, 2000)
        parcels = parcels if parcels is not None else [lot("p", outline)]
        material = Material(
            crs=CRS, outline=outline, outline_source="file",
            buildings=frame(buildings, (*BUILDING_COLUMNS, "height_dsm_m")),
            parcels=frame(parcels, PARCEL_COLUMNS),
            roads=frame(roads or [], osm.ROAD_COLUMNS), energy_assets=frame(assets or [], osm.ENERGY_COLUMNS),
            land=frame(land or [], osm.LAND_COLUMNS),
            neighbourhoods=frame([{"neighbourhood_id": "n", "source": "derived", "geometry": outline}], COLUMNS),
        )
        zone = Zone(name="toy", population={2025: population} if population is not None else {})
        connection = connect()
        opened.append(connection)
        build_model(connection, zone, material, factor_frame(FACTORS | (factors or {})))
        return Zoned(connection)

    yield make
    for connection in opened:
        connection.close()


def ladder(row: dict[str, Any]) -> tuple[str, float, float, float]:
    return (row["height_source"], *(pytest.approx(row[name]) for name in ("height_m", "height_low_m", "height_high_m")))


# The ladder of heights


def test_a_tagged_height_comes_first_and_may_be_off_by_its_error(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", height_m=12, levels=9, height_dsm_m=20)])
    assert ladder(zone.building("a")) == ("tag", 12, 10.8, 13.2)


def test_a_measured_surface_comes_before_storeys(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=9, height_dsm_m=10)])
    assert ladder(zone.building("a")) == ("dsm", 10, 8, 12)


def test_a_surface_too_low_for_a_house_is_not_believed(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=4, height_dsm_m=1.7)])
    assert ladder(zone.building("a")) == ("levels", 12, 10, 14)


def test_storeys_count_as_high_as_those_of_their_use(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=4),
                 house("b", box(0, 300, 20, 320), use="office", levels=4),
                 house("c", box(0, 600, 20, 620), levels=4)])
    assert ladder(zone.building("a")) == ("levels", 12, 10, 14)
    assert ladder(zone.building("b")) == ("levels", 16, 12, 20)
    assert ladder(zone.building("c")) == ("levels", 16, 12, 24)  # use unknown: as `other`


def test_storeys_count_as_high_as_those_of_their_years(make: Callable[..., Zoned]) -> None:
    zone = make([house("old", box(0, 0, 20, 20), use="residential", levels=5, year_built=2024),
                 house("new", box(0, 300, 20, 320), use="residential", levels=5, year_built=2025)])
    assert ladder(zone.building("old")) == ("levels", 15, 12.5, 17.5)
    assert ladder(zone.building("new")) == ("levels", 16, 15, 17.5)


def test_a_height_is_inferred_from_three_neighbours_of_the_same_use(make: Callable[..., Zoned]) -> None:
    known = [house(f"k{height}", box(40 * i, 0, 40 * i + 10, 10), use="residential", height_m=height)
             for i, height in enumerate((9, 12, 15))]
    office = house("o", box(0, 60, 10, 70), use="office", height_m=90)
    shed = house("s", box(20, 60, 25, 65), use="residential", height_m=2)
    zone = make([*known, office, shed, house("a", box(0, 30, 20, 40), use="residential")])
    # Median 12; a tenth of the way from 9 to 12 in two steps: 9.6 and 14.4, wider than 12 / 1.1 and 12 * 1.1.
    assert ladder(zone.building("a")) == ("neighbours", 12, 9.6, 14.4)


def test_alike_neighbours_leave_at_least_their_own_doubt(make: Callable[..., Zoned]) -> None:
    known = [house(f"k{i}", box(40 * i, 0, 40 * i + 10, 10), use="residential", height_m=11) for i in range(3)]
    zone = make([*known, house("a", box(0, 30, 20, 40), use="residential")])
    assert ladder(zone.building("a")) == ("neighbours", 11, 10, 12.1)


def test_two_neighbours_are_too_few_and_the_use_decides(make: Callable[..., Zoned]) -> None:
    known = [house(f"k{i}", box(40 * i, 0, 40 * i + 10, 10), use="residential", height_m=9) for i in range(2)]
    zone = make([*known, house("a", box(0, 30, 20, 40), use="residential")])
    assert ladder(zone.building("a")) == ("use", 15, 5, 35)  # 5 storeys of 3 m, 2 of 2.5 m, 10 of 3.5 m


def test_neighbours_beyond_the_radius_do_not_count(make: Callable[..., Zoned]) -> None:
    def street(distance: float) -> Zoned:
        known = [house(f"k{i}", box(distance, 40 * i - 45, distance + 10, 40 * i - 35), use="residential", height_m=9)
                 for i in range(3)]
        return make([*known, house("a", box(-5, -5, 5, 5), use="residential")])

    assert street(144).building("a")["height_source"] == "neighbours"  # middle to middle 149 m
    assert street(146).building("a")["height_source"] == "use"


def test_a_shed_is_as_high_as_a_shed_whatever_stands_around(make: Callable[..., Zoned]) -> None:
    known = [house(f"k{i}", box(40 * i, 0, 40 * i + 10, 10), use="residential", height_m=30) for i in range(3)]
    zone = make([*known, house("a", box(0, 30, 6, 36), use="residential")])
    assert ladder(zone.building("a")) == ("use", 2.5, 2, 6)


def test_heights_of_the_toy_zone_lie_within_their_intervals(toy_release: Release) -> None:
    table = pd.read_parquet(toy_release.table("building")).set_index("building_id")
    assert ladder(dict(table.loc["file:h1"])) == ("tag", 12, 10.8, 13.2)
    assert ladder(dict(table.loc["file:h6"])) == ("neighbours", 12, 9.6, 14.4)
    assert (table["height_low_m"] < table["height_m"]).all()
    assert (table["height_m"] < table["height_high_m"]).all()


# Storeys, parts, floor area


def test_floor_area_is_footprint_times_storeys(make: Callable[..., Zoned]) -> None:
    zone = make([house("counted", box(0, 0, 20, 20), use="residential", levels=4),
                 house("tagged", box(0, 300, 20, 320), use="residential", height_m=13),
                 house("hall", box(0, 600, 20, 620), use="industrial", height_m=24)])
    assert zone.building("counted")["floor_area_m2"] == pytest.approx(1600)
    assert zone.building("tagged")["floor_area_m2"] == pytest.approx(1600)  # 13 m are four storeys of 3 m
    assert zone.building("hall")["floor_area_m2"] == pytest.approx(400)  # a hall has one storey, however high


def test_parts_that_cover_a_building_give_its_floor_area(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="office", levels=10),
                 part("tower", "a", box(0, 0, 10, 20), levels=10), part("podium", "a", box(10, 0, 20, 20), levels=2)])
    assert zone.building("a")["floor_area_m2"] == pytest.approx(200 * 10 + 200 * 2)


def test_parts_on_top_of_each_other_count_once(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="office", levels=10),
                 part("below", "a", box(0, 0, 20, 20), levels=4),
                 part("above", "a", box(0, 0, 20, 20), levels=10, base_levels=4)])
    rows = zone.rows("building_part", "part_id")
    assert (rows["above"]["levels"], rows["above"]["base_m"], rows["above"]["height_m"]) == (6, 16, 40)
    assert zone.building("a")["floor_area_m2"] == pytest.approx(400 * 10)


def test_parts_never_give_more_than_the_whole_outline(make: Callable[..., Zoned]) -> None:
    repeated = [part(f"p{i}", "a", box(0, 0, 20, 20), levels=10) for i in range(3)]
    zone = make([house("a", box(0, 0, 20, 20), use="office", levels=10), *repeated])
    assert zone.building("a")["floor_area_m2"] == pytest.approx(400 * 10)


def test_ground_without_a_part_has_the_storeys_of_the_outline(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="office", levels=5), part("p", "a", box(0, 0, 5, 5), levels=7)])
    assert zone.building("a")["floor_area_m2"] == pytest.approx(375 * 5 + 25 * 7)
    assert zone.building("a")["levels"] == 7


def test_a_part_without_storeys_has_those_that_fit_its_height(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="office", height_m=40),
                 part("tower", "a", box(0, 0, 10, 20), height_m=40),
                 part("bridge", "a", box(10, 0, 20, 20), height_m=20, base_m=12)])
    rows = zone.rows("building_part", "part_id")
    assert (rows["tower"]["levels"], rows["bridge"]["levels"]) == (10, 2)
    assert zone.building("a")["floor_area_m2"] == pytest.approx(200 * 10 + 200 * 2)


def test_a_building_without_height_is_as_high_as_its_highest_part(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="office"), part("p", "a", box(0, 0, 10, 20), height_m=30),
                 part("q", "a", box(10, 0, 20, 20), height_m=8)])
    assert ladder(zone.building("a")) == ("tag", 30, 27, 33)


# Use, residents, status


def test_a_use_is_taken_from_the_land_and_then_from_the_neighbours(make: Callable[..., Zoned]) -> None:
    land = [{"feature_id": "l", "geometry": box(500, 500, 600, 600), "use_hint": "retail"}]
    shops = [house(f"s{i}", box(40 * i, 0, 40 * i + 10, 10), use="office") for i in range(3)]
    zone = make([*shops, house("near", box(0, 30, 10, 40)), house("on land", box(510, 510, 520, 520)),
                 house("alone", box(1500, 1500, 1510, 1510))], land=land)
    assert [(zone.building(name)["use"], zone.building(name)["use_source"]) for name in ("near", "on land", "alone")] \
        == [("office", "neighbours"), ("retail", "land"), (None, None)]


def test_residents_share_the_homes_by_floor_area(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=3),
                 house("b", box(0, 300, 20, 320), use="mixed", levels=2),
                 house("c", box(0, 600, 20, 620), use="office")], population=160)
    # Homes: 1,200 m2 in a, half of 800 m2 in b.
    assert [zone.building(name)["residents"] for name in "abc"] == pytest.approx([120, 40, 0])
    assert [zone.building(name)["dwellings"] for name in "abc"] == pytest.approx([48, 16, 0])
    assert zone.rows("neighbourhood", "neighbourhood_id")["n"]["population"] == pytest.approx(160)


def test_residents_are_modelled_by_floor_area_where_no_population_is_known(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=3)])
    assert zone.building("a")["residents"] == pytest.approx(1200 / 40)


def test_residents_that_a_source_counts_are_kept_and_the_others_share_the_rest(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=3, residents=70),
                 house("b", box(0, 300, 20, 320), use="residential", levels=1)], population=100)
    assert [zone.building(name)["residents"] for name in "ab"] == pytest.approx([70, 30])


def test_nobody_lives_in_what_is_planned(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=3),
                 house("b", box(0, 300, 20, 320), use="residential", levels=3, status="planned",
                       dwellings=9),
                 house("c", box(0, 600, 20, 620), use="residential", levels=3, year_built=2031)], population=100)
    assert [zone.building(name)["residents"] for name in "abc"] == pytest.approx([100, 0, 0])
    assert zone.building("c")["status"] == "planned"
    assert zone.rows("neighbourhood", "neighbourhood_id")["n"]["households"] == pytest.approx(100 / 2.5)


def test_the_year_of_completion_decides_what_stands(make: Callable[..., Zoned]) -> None:
    told = {"a": ("planned", 2025), "b": ("planned", 2026), "c": ("existing", 2026), "d": ("planned", None),
            "e": ("demolished", 2026)}
    zone = make([house(name, box(0, 40 * number, 20, 40 * number + 20), status=status, year_built=year)
                 for number, (name, (status, year)) in enumerate(told.items())])
    assert [zone.building(name)["status"] for name in told] == ["existing", "planned", "planned", "planned",
                                                                "demolished"]


# Parcels


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


# Factors


def in_force(rows: list[dict[str, Any]], *, year: int = 2025, regions: tuple[str, ...] = ("Jiangsu", "China", "World")
             ) -> dict[str, dict[str, Any]]:
    """Return the factors that hold, by quantity."""
    defaults = {"interval_kind": None, "unit": "1", "source": "test", "seen": "source", "note": None, "low": None,
                "high": None, "quantity": "grid_emission.location"}
    table = pd.DataFrame([defaults | {"factor_id": str(number)} | row for number, row in enumerate(rows)])
    with connect() as connection:
        load_frame(connection, "factor", table.astype({"low": "Float64", "high": "Float64", "value": "Float64"}))
        load_frame(connection, "region", pd.DataFrame({"rank": range(len(regions)), "name": regions}))
        load_frame(connection, "zone", pd.DataFrame({"year": [year]}))
        run_select(connection, "chosen", (model.FOLDER / "factor_in_force.sql").read_text(encoding="utf-8"))
        result = connection.execute("select * from chosen")
        names = [column[0] for column in result.description]
        return {row[0]: dict(zip(names, row, strict=True)) for row in result.fetchall()}


def test_the_nearest_region_wins_even_with_an_older_factor() -> None:
    held = in_force([{"region": "World", "year": 2025, "value": 3}, {"region": "China", "year": 2015, "value": 2},
                     {"region": "Mars", "year": 2025, "value": 9}])
    assert (held["grid_emission.location"]["value"], held["grid_emission.location"]["region"]) == (2, "China")


@pytest.mark.parametrize(("year", "expected"), [(2019, 2020), (2020, 2020), (2022, 2020), (2023, 2023), (2040, 2030)])
def test_a_year_takes_the_newest_factor_that_was_there_and_says_its_vintage(year: int, expected: int) -> None:
    rows = [{"region": "World", "year": vintage, "value": vintage} for vintage in (2030, 2020, 2023)]
    held = in_force(rows, year=year)["grid_emission.location"]
    assert (held["value"], held["year"], held["zone_year"]) == (expected, expected, year)


def test_a_factor_without_bounds_takes_those_of_its_class() -> None:
    held = in_force([
        {"region": "World", "year": 2025, "value": 2},
        {"quantity": "gas_intensity.office", "region": "World", "year": 2025, "value": 10},
        {"quantity": "household_size", "region": "World", "year": 2025, "value": 2, "low": 1, "high": 4},
        {"quantity": "uncertainty.grid_emission", "region": "World", "year": 2025, "value": 10},
        {"quantity": "uncertainty.default", "region": "World", "year": 2025, "value": 50},
    ])
    bounds = {name: (row["low"], row["high"], row["is_default_interval"]) for name, row in held.items()}
    assert bounds["grid_emission.location"] == (pytest.approx(1.8), pytest.approx(2.2), True)
    assert bounds["gas_intensity.office"] == (pytest.approx(5), pytest.approx(15), True)
    assert bounds["household_size"] == (1, 4, False)


def test_no_default_interval_of_the_shipped_factors_has_zero_width(toy_release: Release) -> None:
    held = pd.read_parquet(toy_release.table("factor_in_force"))
    assert "uncertainty.default" in set(held["quantity"])
    assert held[["low", "high"]].notna().to_numpy().all()
    default = held[held["is_default_interval"] & (held["value"] != 0)]
    assert len(default)
    assert ((default["low"] < default["value"]) & (default["value"] < default["high"])).all()


# What buildings use and emit


def test_energy_and_emissions_of_a_house_by_hand(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential", levels=4)])
    zone.run("construction")
    row = zone.rows("building_construction", "building_id")["a"]
    # 1,600 m2; 30 and 20 kWh/m2; 0.5 and 0.2 kg/kWh.
    assert row["electricity_kwh_per_a"] == pytest.approx(48_000)
    assert row["gas_kwh_per_a"] == pytest.approx(32_000)
    assert row["heat_kwh_per_a"] is None
    assert row["emissions_kgco2e_per_a"] == pytest.approx(24_000 + 6_400)
    assert row["energy_kwh_per_m2_a"] == pytest.approx(50)
    assert row["emissions_kgco2e_per_m2_a"] == pytest.approx(19)
    # Relative bounds multiply by the root of the sum of squares: floor area 10 %, electricity 1/3 down and 1/2 up.
    down, up = (0.1**2 + (1 / 3) ** 2) ** 0.5, (0.1**2 + 0.5**2) ** 0.5
    assert row["electricity_kwh_per_a_low"] == pytest.approx(48_000 * (1 - down))
    assert row["electricity_kwh_per_a_high"] == pytest.approx(48_000 * (1 + up))
    # Each carrier's own: the grid's factor 20 %, gas 1/4 down, its factor 5 %; the floor area is one error of both.
    electric = 24_000 * ((1 / 3) ** 2 + 0.2**2) ** 0.5
    gas = 6_400 * (0.25**2 + 0.05**2) ** 0.5
    floor = 30_400 * 0.1
    assert row["emissions_kgco2e_per_a_low"] == pytest.approx(30_400 - (floor**2 + electric**2 + gas**2) ** 0.5)
    assert row["carriers_left_out"] == "heat"
    assert (row["energy_evidence"], row["energy_notation_key"], row["energy_reason"]) == ("modelled", None, None)


def test_floor_area_is_as_doubtful_as_the_height_it_comes_from(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(0, 0, 20, 20), use="residential")])
    zone.run("construction")
    row = zone.rows("building_construction", "building_id")["a"]
    assert row["electricity_kwh_per_a"] == pytest.approx(400 * 5 * 30)
    # Height 15 m, between 5 and 35 m: two thirds down, four thirds up.
    assert row["electricity_kwh_per_a_low"] == pytest.approx(60_000 * (1 - ((2 / 3) ** 2 + (1 / 3) ** 2) ** 0.5))
    assert row["electricity_kwh_per_a_high"] == pytest.approx(60_000 * (1 + ((4 / 3) ** 2 + 0.5**2) ** 0.5))


@pytest.mark.parametrize(
    ("facts", "key", "reason"),
    [
        ({}, "NE", "use_unknown"),
        ({"use": "industrial"}, "NE", "no_intensity"),
        ({"use": "retail"}, "NE", "no_emission_factor"),
        ({"use": "residential", "status": "planned"}, "NO", "not_standing"),
        ({"use": "residential", "year_built": 2030}, "NO", "not_standing"),
    ],
    ids=["no use", "no intensity", "no emission factor of heat", "planned", "built later"],
)
def test_no_figure_is_given_where_something_is_missing_and_a_key_says_what(
    make: Callable[..., Zoned], facts: dict[str, Any], key: str, reason: str
) -> None:
    zone = make([house("a", box(0, 0, 20, 20), levels=4, **facts)])
    zone.run("construction")
    row = zone.rows("building_construction", "building_id")["a"]
    assert (row["energy_notation_key"], row["energy_reason"]) == (key, reason)
    assert [row[f"emissions_kgco2e_per_a{end}"] for end in ("", "_low", "_high")] == [None] * 3
    assert row["emissions_kgco2e_per_m2_a"] is None


def test_emissions_of_a_parcel_are_those_of_its_buildings_by_share(make: Callable[..., Zoned]) -> None:
    zone = make([house("a", box(90, 0, 130, 10), use="residential", levels=1), house("b", box(10, 50, 30, 70))],
                [lot("w", box(0, 0, 100, 100)), lot("e", box(100, 0, 200, 100)), lot("bare", box(0, 100, 200, 200))])
    zone.run("construction")
    rows = zone.rows("parcel_construction", "parcel_id")
    # 400 m2 of floor: 6,000 kg of electricity and 1,600 kg of gas.
    assert rows["w"]["emissions_kgco2e_per_a"] == pytest.approx(7_600 / 4)
    assert rows["e"]["emissions_kgco2e_per_a"] == pytest.approx(7_600 * 3 / 4)
    assert rows["e"]["emissions_kgco2e_per_m2_land_a"] == pytest.approx(7_600 * 3 / 4 / 10_000)
    assert rows["w"]["buildings_not_estimated"] == 1
    assert (rows["bare"]["emissions_kgco2e_per_a"], rows["bare"]["energy_evidence"]) == (None, None)


def test_emissions_of_the_toy_zone_follow_from_the_factors_it_was_built_with(toy_release: Release) -> None:
    held = pd.read_parquet(toy_release.table("factor_in_force")).set_index("quantity")["value"]
    row = pd.read_parquet(toy_release.table("building_construction")).set_index("building_id").loc["file:h1"]
    electricity = 1600 * held["electricity_intensity.residential"]
    gas = 1600 * held["gas_intensity.residential"]
    assert row["electricity_kwh_per_a"] == pytest.approx(electricity)
    assert row["emissions_kgco2e_per_a"] == pytest.approx(
        electricity * held["grid_emission.location"] + gas * held["fuel_emission.natural_gas"])


# Planning


def test_coverage_and_floor_area_ratio_of_the_toy_zone_by_hand(toy_release: Release) -> None:
    rows = pd.read_parquet(toy_release.table("parcel_planning")).set_index("parcel_id")
    a1, a2, a3 = (rows.loc[f"file:{name}"] for name in ("A1", "A2", "A3"))
    # h1, h4, h5 and h6: 400, 100, 100 and 200 m2 of ground, 4, 3, 5 and 4 storeys; the plan allows 0.5.
    assert a1[["buildings", "built_m2", "gross_floor_area_m2"]].tolist() == pytest.approx([4, 800, 3200])
    assert a1[["coverage", "far", "far_of_limit"]].tolist() == pytest.approx([0.1, 0.4, 0.8])
    assert a1[["mean_height_m", "tallest_m"]].tolist() == pytest.approx([12, 15])
    # A quarter of h2, 400 m2 with two storeys, whose home is A3.
    assert a2[["buildings", "built_m2", "gross_floor_area_m2"]].tolist() == pytest.approx([0, 100, 200])
    assert a3[["buildings", "built_m2", "far"]].tolist() == pytest.approx([1, 300, 600 / 9600])
    # What is planned is not built yet; public space has no floor area ratio.
    assert rows.loc["file:B3", ["buildings", "built_m2"]].tolist() == [0, 0]
    assert rows.loc[rows.index.str.startswith("public:"), ["far", "coverage"]].isna().to_numpy().all()


# Invariants


def test_twice_the_scale_gives_four_times_the_areas_and_the_same_ratios(make: Callable[..., Zoned]) -> None:
    def built(scale: float) -> Zoned:
        def grown(*corners: float) -> shapely.Geometry:
            return box(*(scale * corner for corner in corners))

        zone = make([house("a", grown(90, 0, 130, 10), use="residential", levels=3),
                     house("b", grown(10, 50, 30, 70), use="office", height_m=12)],
                    [lot("w", grown(0, 0, 100, 100), far_max=1), lot("e", grown(100, 0, 200, 100))],
                    outline=grown(0, 0, 200, 100))
        zone.run("planning")
        zone.run("construction")
        return zone

    small, large = built(1), built(2)
    for table, key, areas, ratios in (
        ("building", "building_id", ("footprint_m2", "floor_area_m2"), ("height_m", "levels")),
        ("building_construction", "building_id", ("emissions_kgco2e_per_a", "electricity_kwh_per_a_high"),
         ("energy_kwh_per_m2_a",)),
        ("parcel_planning", "parcel_id", ("built_m2", "gross_floor_area_m2"), ("far", "coverage", "mean_height_m")),
    ):
        before, after = small.rows(table, key), large.rows(table, key)
        for name, row in before.items():
            assert [after[name][column] for column in areas] == pytest.approx([4 * row[column] for column in areas])
            assert [after[name][column] for column in ratios] == pytest.approx([row[column] for column in ratios])


def test_a_zone_without_buildings_has_a_model_all_the_same(make: Callable[..., Zoned]) -> None:
    zone = make([], [lot("w", box(0, 0, 100, 100))], population=50)
    for layer in discover_layers():
        zone.run(layer)
    assert zone.rows("building", "building_id") == {}
    assert zone.rows("parcel_planning", "parcel_id")["w"]["built_m2"] == 0
    assert zone.rows("parcel_construction", "parcel_id")["w"]["emissions_kgco2e_per_a"] is None
