"""The shared data tables: complete, consistent, sourced, and in the model's own words."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FACTOR_FILES = sorted((ROOT / "data" / "factors").glob("*.csv")) + sorted((ROOT / "layers").glob("*/factors.csv"))
LANGUAGES = ("en", "zh", "fr", "de")

USES = {
    "residential",
    "office",
    "government",
    "retail",
    "hotel",
    "education",
    "healthcare",
    "culture",
    "sports",
    "worship",
    "industrial",
    "warehouse",
    "transport",
    "parking",
    "agricultural",
    "utility",
    "mixed",
    "other",
}
LAND_USES = {
    "residential",
    "commercial",
    "public_service",
    "industrial",
    "logistics",
    "transport",
    "utility",
    "green",
    "water",
    "agricultural",
    "mixed",
    "vacant",
    "street",
}
ASSET_KINDS = {"substation", "transformer", "line", "generator", "plant", "storage", "charging_station", "heat"}
COVER_KINDS = {"green", "water", "bare", "paved"}
OWN_UNITS = ("inference.", "reading_limit.", "reading_limit_whole.", "disclosure.", "pv.")  # each quantity has its unit
HEATED_USES = USES - {"parking", "agricultural", "utility"}
METERED_USES = HEATED_USES - {"worship", "warehouse", "industrial"}
ROAD_CLASSES = {
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "residential",
    "living_street",
    "service",
    "pedestrian",
    "busway",
    "track",
    "cycleway",
    "footway",
    "path",
    "steps",
}
VOCABULARIES = {
    "use": USES,
    "land_use": LAND_USES | {"public"},
    "status": {"existing", "planned", "demolished"},
    "height_source": {"tag", "dsm", "levels", "neighbours", "use", "file"},
    "kind": ASSET_KINDS | COVER_KINDS,
    "road_class": ROAD_CLASSES,
    "domain": {"planning", "governance", "energy", "resources", "industry", "construction", "mobility", "lifestyle"},
    "carrier": {"electricity", "gas", "heat", "cold", "pv", "water", "waste"},
    "tenure": {"划拨", "出让", "集体", "租赁"},
    "subject_kind": {"parcel", "building", "asset"},
    "withheld": {"too_few", "one_dominates", "complementary"},
    "evidence": {"measured", "reported", "modelled", "default"},
    "seen": {"source", "secondary", "derived", "memory"},
    "interval_kind": {"ci95", "minmax", "judgement", "level"},
    "roof_shape": {"flat", "gabled", "hipped", "pyramidal", "skillion", "mansard", "dome"},
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def factors() -> list[dict[str, str]]:
    return [row for path in FACTOR_FILES for row in read(path)]


@pytest.fixture(scope="module")
def labels() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in read(ROOT / "data" / "labels.csv")}


def regions_with(factors: list[dict[str, str]], quantity: str) -> set[str]:
    return {row["region"] for row in factors if row["quantity"] == quantity}


def value_of(factors: list[dict[str, str]], quantity: str, region: str, year: str) -> float:
    (row,) = [row for row in factors if (row["quantity"], row["region"], row["year"]) == (quantity, region, year)]
    return float(row["value"])


def test_factor_ids_are_unique(factors: list[dict[str, str]]) -> None:
    assert [key for key, count in Counter(row["factor_id"] for row in factors).items() if count > 1] == []


def test_a_quantity_has_one_factor_per_region_and_year(factors: list[dict[str, str]]) -> None:
    keys = Counter((row["quantity"], row["region"], row["year"]) for row in factors)
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_factor_has_unit_region_year_and_source(factors: list[dict[str, str]]) -> None:
    needed = ("factor_id", "quantity", "value", "unit", "region", "year", "source", "seen")
    assert [row["factor_id"] for row in factors if not all(row[name].strip() for name in needed)] == []


def test_what_was_seen_and_how_is_in_the_vocabulary(factors: list[dict[str, str]]) -> None:
    assert {row["seen"] for row in factors} <= VOCABULARIES["seen"]
    assert {row["interval_kind"] for row in factors} <= VOCABULARIES["interval_kind"] | {""}


def test_intervals_enclose_their_value_and_say_their_kind(factors: list[dict[str, str]]) -> None:
    for row in factors:
        assert bool(row["low"]) == bool(row["high"]) == bool(row["interval_kind"]), row["factor_id"]
        if row["low"]:
            assert float(row["low"]) <= float(row["value"]) <= float(row["high"]), row["factor_id"]


def test_no_interval_has_zero_width_but_a_level(factors: list[dict[str, str]]) -> None:
    narrow = [row for row in factors if row["low"] and row["low"] == row["high"]]
    assert {row["interval_kind"] for row in narrow} <= {"level"}


def test_a_remembered_value_carries_an_interval(factors: list[dict[str, str]]) -> None:
    assert [row["factor_id"] for row in factors if row["seen"] == "memory" and not row["low"]] == []


def test_a_quantity_without_bounds_has_a_default_uncertainty(factors: list[dict[str, str]]) -> None:
    classes = {row["quantity"].split(".")[0] for row in factors if not row["low"]}
    assert [name for name in classes if not regions_with(factors, f"uncertainty.{name}")] == []


def test_quantities_are_lower_case_keys(factors: list[dict[str, str]]) -> None:
    for row in factors:
        assert row["quantity"].replace(".", "").replace("_", "").isalnum()
        assert row["quantity"] == row["quantity"].lower()


def test_one_class_of_quantity_has_one_unit_but_for_the_gases_counted(factors: list[dict[str, str]]) -> None:
    units: dict[str, set[str]] = {}
    for row in factors:
        group = row["quantity"] if row["quantity"].startswith(OWN_UNITS) else row["quantity"].split(".")[0]
        units.setdefault(group, set()).add(row["unit"].replace("CO2e", "CO2"))
    assert {name: found for name, found in units.items() if len(found) > 1} == {}


@pytest.mark.parametrize("use", sorted(USES))
def test_every_use_has_storey_height_and_typical_levels_for_the_world(
    factors: list[dict[str, str]],
    use: str,
) -> None:
    assert {"World", "China"} <= regions_with(factors, f"storey_height.{use}")
    assert "World" in regions_with(factors, f"typical_levels.{use}")


@pytest.mark.parametrize("use", sorted(HEATED_USES))
def test_every_heated_use_has_its_carriers_in_finland(factors: list[dict[str, str]], use: str) -> None:
    for carrier in ("electricity", "heat", "gas"):
        assert "Finland" in regions_with(factors, f"{carrier}_intensity.{use}")


@pytest.mark.parametrize("use", sorted(METERED_USES))
def test_every_surveyed_use_has_an_electricity_intensity_in_china_and_europe(
    factors: list[dict[str, str]],
    use: str,
) -> None:
    assert {"East China", "EU-27"} <= regions_with(factors, f"electricity_intensity.{use}")


@pytest.mark.parametrize(
    "region",
    [
        "Jiangsu",
        "Shanghai",
        "Zhejiang",
        "East China",
        "China",
        "EU-27",
        "Finland",
        "Germany",
        "France",
        "Spain",
        "Netherlands",
        "Japan",
        "Czechia",
        "Monaco",
        "World",
    ],
)
def test_every_region_has_a_grid_factor(factors: list[dict[str, str]], region: str) -> None:
    assert region in regions_with(factors, "grid_emission.location")


def test_life_cycle_factors_stand_under_their_own_quantity(factors: list[dict[str, str]]) -> None:
    life_cycle = ("life-cycle", "life cycle", "footprint", "electricity maps", " ember ")
    for row in factors:
        if row["quantity"].startswith("grid_emission."):
            told = any(word in (row["source"] + row["note"]).lower() for word in life_cycle)
            assert told == (row["quantity"] == "grid_emission.lifecycle"), row["factor_id"]


def test_superseded_chinese_grid_factors_are_not_in_use(factors: list[dict[str, str]]) -> None:
    superseded = {0.5810, 0.5703, 0.5698}
    grid = {float(row["value"]) for row in factors if row["quantity"] == "grid_emission.location"}
    assert grid & superseded == set()


def test_known_factors_have_their_published_values(factors: list[dict[str, str]]) -> None:
    assert value_of(factors, "grid_emission.location", "Jiangsu", "2023") == 0.5827
    assert value_of(factors, "grid_emission.location", "China", "2023") == 0.5306
    assert value_of(factors, "heat_emission.district", "Helsinki", "2023") == 0.162
    # 56.1 kg/GJ x 0.0036 GJ/kWh, and 0.11 t/GJ x 3.6 GJ/MWh
    assert value_of(factors, "fuel_emission.natural_gas", "World", "2006") == pytest.approx(56.1 * 0.0036)
    assert value_of(factors, "heat_emission.district", "China", "2025") == pytest.approx(0.11 * 3.6)


def test_shanghai_intensities_are_the_sums_of_the_surveyed_months(factors: list[dict[str, str]]) -> None:
    office = [7.6, 6.4, 6.3, 5.4, 5.8, 6.7, 9.9, 10.2, 8.5, 5.8, 5.6, 7.1]
    mall = [12.0, 10.8, 11.0, 10.7, 11.6, 12.6, 15.5, 16.0, 13.9, 11.5, 10.7, 11.4]
    assert value_of(factors, "electricity_intensity.office", "Shanghai", "2026") == pytest.approx(sum(office))
    assert value_of(factors, "electricity_intensity.retail", "Shanghai", "2026") == pytest.approx(sum(mall))


def test_intensities_have_the_unit_of_energy_per_area_and_year(factors: list[dict[str, str]]) -> None:
    units = {row["unit"] for row in factors if "_intensity." in row["quantity"]}
    assert units == {"kWh/(m2 a)"}


def test_dwellings_residents_and_households_agree(factors: list[dict[str, str]]) -> None:
    pairs = (("Shanghai", "2024", "2023", "2024"), ("EU-27", "2020", "2023", "2020"))
    for region, area_year, size_year, dwelling_year in pairs:
        per_head = value_of(factors, "floor_area_per_resident", region, area_year)
        size = value_of(factors, "household_size", region, size_year)
        dwelling = value_of(factors, "dwelling_floor_area", region, dwelling_year)
        assert per_head * size == pytest.approx(dwelling, rel=0.02)


def test_every_carrier_has_limits_for_the_world_in_its_unit(factors: list[dict[str, str]]) -> None:
    for row in read(ROOT / "data" / "classes" / "carrier.csv"):
        assert row["carrier"] in VOCABULARIES["carrier"]
        for name, unit in (("reading_limit", f"{row['unit']}/(m2 d)"), ("reading_limit_whole", f"{row['unit']}/d")):
            found = [item for item in factors if item["quantity"] == f"{name}.{row['carrier']}"]
            assert [(item["region"], item["unit"]) for item in found] == [("World", unit)]


def test_the_disclosure_rule_is_ten_subjects_and_fifteen_per_cent(factors: list[dict[str, str]]) -> None:
    assert value_of(factors, "disclosure.least_subjects", "World", "2025") == 10
    assert value_of(factors, "disclosure.greatest_share", "World", "2025") == 15


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("osm_building_use", "use", USES),
        ("osm_land_cover", "kind", COVER_KINDS),
        ("osm_road_class", "class", ROAD_CLASSES),
        ("osm_energy", "kind", ASSET_KINDS),
    ],
)
def test_classes_map_onto_the_vocabulary(table: str, column: str, words: set[str]) -> None:
    rows = read(ROOT / "data" / "classes" / f"{table}.csv")
    assert {row[column] for row in rows} <= words
    assert [key for key, count in Counter((row["key"], row["value"]) for row in rows).items() if count > 1] == []


def test_every_use_is_reached_by_some_tag_but_the_unspecified_one() -> None:
    rows = read(ROOT / "data" / "classes" / "osm_building_use.csv")
    assert {row["use"] for row in rows} == USES - {"other"}


def test_building_uses_are_in_order_of_priority_with_land_use_last() -> None:
    rows = read(ROOT / "data" / "classes" / "osm_building_use.csv")
    priorities = [int(row["priority"]) for row in rows]
    assert priorities == sorted(priorities)
    assert rows[-1]["key"] == "landuse"


def test_a_vague_building_says_nothing_by_itself() -> None:
    rows = read(ROOT / "data" / "classes" / "osm_building_use.csv")
    values = {row["value"] for row in rows if row["key"] == "building"}
    assert values & {"yes", "*", "construction"} == set()


def test_roads_are_drawn_as_wide_as_their_factor(factors: list[dict[str, str]]) -> None:
    for row in read(ROOT / "data" / "classes" / "osm_road_class.csv"):
        assert {row["is_drivable"], row["is_street"]} <= {"true", "false"}
        if not row["value"].endswith("_link"):
            assert float(row["width_m"]) == value_of(factors, f"road_width.{row['class']}", "World", "2024")


def test_every_drivable_class_has_lanes(factors: list[dict[str, str]]) -> None:
    rows = read(ROOT / "data" / "classes" / "osm_road_class.csv")
    drivable = {row["class"] for row in rows if row["is_drivable"] == "true"}
    assert [name for name in drivable if not regions_with(factors, f"road_lanes.{name}")] == []


def test_every_label_is_written_in_every_language(labels: dict[str, dict[str, str]]) -> None:
    for key, row in labels.items():
        assert all(row[language] and row[language] == row[language].strip() for language in LANGUAGES), key


def test_label_keys_are_unique() -> None:
    keys = Counter(row["key"] for row in read(ROOT / "data" / "labels.csv"))
    assert [key for key, count in keys.items() if count > 1] == []


def test_chinese_labels_are_chinese(labels: dict[str, dict[str, str]]) -> None:
    names = {"source.osm", "source.citygml", "source.cityjson"}
    latin = [key for key, row in labels.items() if not any("\u4e00" <= sign <= "\u9fff" for sign in row["zh"])]
    assert set(latin) <= names


@pytest.mark.parametrize("vocabulary", sorted(VOCABULARIES))
def test_every_word_of_a_vocabulary_has_a_label(labels: dict[str, dict[str, str]], vocabulary: str) -> None:
    assert {f"{vocabulary}.{word}" for word in VOCABULARIES[vocabulary]} <= set(labels)


def test_every_kind_of_land_cover_has_a_label(labels: dict[str, dict[str, str]]) -> None:
    rows = read(ROOT / "data" / "classes" / "osm_land_cover.csv")
    assert {f"subkind.{row['subkind']}" for row in rows} <= set(labels)


def test_every_column_of_the_model_has_a_label_and_a_meaning(labels: dict[str, dict[str, str]]) -> None:
    columns = read(ROOT / "twin" / "model" / "columns.csv")
    keys = {f"{row['table']}.{row['column']}" for row in columns}
    assert sorted((keys | {f"{key}.meaning" for key in keys}) - set(labels)) == []
    assert sorted({f"{row['table']}.title" for row in columns} - set(labels)) == []


def test_meanings_are_sentences(labels: dict[str, dict[str, str]]) -> None:
    for key, row in labels.items():
        if key.endswith(".meaning"):
            assert all(row[language][-1] in ".。" for language in LANGUAGES), key


def test_every_station_has_whole_normals_with_sources() -> None:
    rows = read(ROOT / "data" / "weather" / "normals.csv")
    stations = {row["station_id"] for row in read(ROOT / "data" / "weather" / "stations.csv")}
    months = Counter((row["station_id"], row["data_set"]) for row in rows)
    assert {station for station, _ in months} == stations
    assert set(months.values()) == {12}
    assert len({(row["station_id"], row["data_set"], row["month"]) for row in rows}) == len(rows)
    assert all(row["source"] and row["seen"] in VOCABULARIES["seen"] for row in rows)


def test_normals_have_less_diffuse_than_global_light() -> None:
    for row in read(ROOT / "data" / "weather" / "normals.csv"):
        assert 0 < float(row["dhi_kwh_per_m2"]) < float(row["ghi_kwh_per_m2"]) < 250


def test_parameters_of_the_synthesis_are_unique_and_have_unit_and_source() -> None:
    rows = read(ROOT / "data" / "weather" / "synthesis.csv")
    assert len({row["parameter"] for row in rows}) == len(rows)
    assert all(row["unit"] and row["source"] for row in rows)
