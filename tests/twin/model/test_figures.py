"""What buildings use and emit, planning figures, and what must hold for every model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import shapely
from shapely import box

from layers.discovery import discover_layers
from tests.twin.model.zoned import Zoned, house, lot

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.store import Release


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


def test_twice_the_scale_gives_four_times_the_areas_and_the_same_ratios(make: Callable[..., Zoned]) -> None:
    def built(scale: float) -> Zoned:
        def grown(*corners: float) -> shapely.Geometry:
            return box(*(scale * corner for corner in corners))

        zone = make([house("a", grown(90, 0, 130, 10), use="residential", levels=3),
                     house("b", grown(10, 50, 30, 70), use="office", height_m=12)],
                    [lot("w", grown(0, 0, 100, 100), far_max=1), lot("e", grown(100, 0, 200, 100))],
                    outline=grown(0, 0, 200, 100))
        zone.run("solar")
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
    settings = ("centrality.sources", "centrality.greatest_ratio", "heavy_vehicle_level.default", "calendar.days",
                "activity_error.common", "activity_error.metered")
    zone = make([], [lot("w", box(0, 0, 100, 100))], population=50, factors=dict.fromkeys(settings, (1, 1, 1)))
    for layer in discover_layers():
        zone.run(layer)
    assert zone.rows("building", "building_id") == {}
    assert zone.rows("parcel_planning", "parcel_id")["w"]["built_m2"] == 0
    assert zone.rows("parcel_construction", "parcel_id")["w"]["emissions_kgco2e_per_a"] is None
