"""Energy of industry: what follows from what, by whom it is owned, and in which unit of coal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from shapely import box

from layers.release import build_release
from tests.layers.claimed import KEPT, assert_same, claims_of, ledger_of, recompute_of, release_tables, tables_of, tidy
from tests.twin.model.zoned import Zoned, house, lot
from twin.store import Store
from twin.zone import load_zone, set_base_year

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twin.store import Release

OUTLINE = box(0, 0, 200, 100)
LOTS = [lot("mill", box(0, 0, 100, 100), land_use="industrial"), lot("town", box(100, 0, 200, 100))]
FACTORS: dict[str, Any] = {
    "electricity_intensity.industrial": (200, 100, 400), "gas_per_electricity.industrial": (0.25, 0.1, 0.5),
    "coal_equivalent.electricity_calorific": (0.12, None, None), "coal_equivalent.gas": (0.1, None, None),
    "coal_equivalent.electricity_equivalent": (0.3, None, None),
}
PLANT = house("plant", box(10, 10, 30, 30), use="industrial", levels=1)  # 400 m2
OFFICE = house("desk", box(80, 60, 120, 70), use="office", levels=1)  # 400 m2, half on industrial land


@pytest.fixture
def made(make: Callable[..., Zoned]) -> Callable[..., Zoned]:
    """Return a function that makes a zone whose floor areas are known exactly."""

    def made(*houses: dict[str, Any], **factors: object) -> Zoned:
        named = {name.replace("__", "."): value for name, value in factors.items()}
        zone = make(list(houses), LOTS, outline=OUTLINE, factors=FACTORS | named)
        zone.connection.execute("update building set floor_area_low_m2 = floor_area_m2, "
                                "floor_area_high_m2 = floor_area_m2")
        zone.run("construction")
        zone.run("industry")
        return zone

    return made


def test_the_gas_of_a_plant_follows_from_its_electricity(made: Callable[..., Zoned]) -> None:
    row = made(PLANT).rows("parcel_industry", "parcel_id")["mill"]
    assert (row["industry_electricity_kwh_per_a"], row["industry_gas_kwh_per_a"]) == (80_000, 20_000)
    assert row["industry_emissions_kgco2e_per_a"] == pytest.approx(80_000 * 0.5 + 20_000 * 0.2)
    assert row["industry_emissions_kgco2e_per_m2_land_a"] == pytest.approx(44_000 / 10_000)
    assert row["industry_emissions_kgco2e_per_m2_a"] == pytest.approx(44_000 / 400)
    assert row["industry_electricity_kwh_per_m2_land_a"] == pytest.approx(8)


def test_bounds_of_gas_hold_those_of_electricity_too(made: Callable[..., Zoned]) -> None:
    row = made(PLANT).rows("parcel_industry", "parcel_id")["mill"]
    # Half below and twice the intensity, 0.6 below and twice the ratio: roots of 0.52 + 0.62 and of 1 + 1.
    assert row["industry_gas_kwh_per_a_low"] == pytest.approx(20_000 * (1 - 0.61 ** 0.5))
    assert row["industry_gas_kwh_per_a_high"] == pytest.approx(20_000 * (1 + 2 ** 0.5))
    # 40,000 less 21,540.7 of electricity, 4,000 less 3,130.5 of gas.
    assert row["industry_emissions_kgco2e_per_a_low"] == pytest.approx(18_459.34 + 869.5, rel=1e-4)


def test_standard_coal_is_counted_on_both_bases(made: Callable[..., Zoned]) -> None:
    row = made(PLANT).rows("parcel_industry", "parcel_id")["mill"]
    assert row["industry_calorific_kgce_per_a"] == pytest.approx(80_000 * 0.12 + 20_000 * 0.1)
    assert row["industry_equivalent_kgce_per_a"] == pytest.approx(80_000 * 0.3 + 20_000 * 0.1)
    assert row["industry_calorific_kgco2e_per_kgce"] == pytest.approx(44_000 / 11_600)
    assert row["industry_equivalent_kgco2e_per_kgce"] == pytest.approx(44_000 / 26_000)


def test_an_intensity_of_gas_of_its_own_comes_first(made: Callable[..., Zoned]) -> None:
    zone = made(PLANT, gas_intensity__industrial=(10, 5, 20))
    assert zone.rows("parcel_industry", "parcel_id")["mill"]["industry_gas_kwh_per_a"] == 4_000
    claims = claims_of(zone, "industry").set_index("carrier")
    assert claims.loc["gas", "activity_factors"] == "gas_intensity.industrial"
    assert claims.loc["heat", "notation_key"] == ""
    assert_same(claims_of(zone, "industry"), tidy(recompute_of("industry")(tables_of(zone))))


def test_heat_of_a_plant_is_in_its_gas(made: Callable[..., Zoned]) -> None:
    claims = claims_of(made(PLANT), "industry").set_index("carrier")
    assert claims.loc["gas", "activity_factors"] == "electricity_intensity.industrial gas_per_electricity.industrial"
    assert tuple(claims.loc["heat", ["notation_key", "reason", "base_unit"]]) == ("IE", "heat_in_gas", "1")
    assert pd.isna(claims.loc["heat", "base"])


def test_an_office_on_industrial_land_has_its_own_intensity(made: Callable[..., Zoned]) -> None:
    zone = made(OFFICE)
    zone.connection.execute("update building set parcel_id = 'mill'")
    zone.run("industry")
    rows = zone.rows("parcel_industry", "parcel_id")
    # 80 kWh/m2 x 400 m2, half on each parcel; the building is industry's as a whole.
    assert [rows[name]["industry_electricity_kwh_per_a"] for name in ("mill", "town")] == [16_000, 16_000]
    assert rows["mill"]["industry_gas_kwh_per_a"] is None
    assert rows["mill"]["industry_emissions_kgco2e_per_a"] == pytest.approx(8_000)


def test_where_no_industry_stands_it_does_not_occur(made: Callable[..., Zoned]) -> None:
    zone = made(house("home", box(150, 10, 160, 20), use="residential", levels=1))
    claims = claims_of(zone, "industry").set_index(["gpc_ref", "carrier"])
    assert claims.loc[("I.3.2", "all"), "notation_key"] == "NO"
    assert set(claims.loc["IV.2", "notation_key"]) == {"NE"}
    assert {row["industry_electricity_kwh_per_a"] for row in zone.rows("parcel_industry", "parcel_id").values()} == {
        None}


@pytest.fixture(scope="module")
def release_2028(tmp_path_factory: pytest.TempPathFactory, toy_folder: Path) -> Release:
    """Return the toy zone as it stands in 2028, when its hall works."""
    return build_release(set_base_year(load_zone(toy_folder), 2028), Store(tmp_path_factory.mktemp("store")))


def test_the_ledger_holds_the_hall_of_the_toy_zone(release_2028: Release) -> None:
    ledger = pd.read_parquet(release_2028.table("ledger"))
    hall = ledger[(ledger["subject_id"] == "file:h7") & (ledger["book"] == "gpc") & (ledger["basis"] != "market")]
    activity = hall.set_index("carrier")["activity"]
    assert activity["electricity"] == pytest.approx(400 * 200)
    assert activity["gas"] == pytest.approx(400 * 200 * 0.333)
    assert activity["grid_losses"] == pytest.approx(400 * 200 * 0.0476)
    emitted = hall[hall["gpc_level"] == "BASIC"]["emissions_kgco2e_per_a"].sum()
    assert emitted == pytest.approx(80_000 * 0.5827 + 26_640 * 0.20196)
    parcel = pd.read_parquet(release_2028.table("parcel_industry")).set_index("parcel_id")
    assert parcel.loc["file:B3", "industry_emissions_kgco2e_per_a"] == pytest.approx(emitted)
    assert parcel["industry_emissions_kgco2e_per_a"].count() == 1


@pytest.mark.parametrize("room", ["construction", "industry", "energy"])
def test_a_second_computation_of_2028_claims_the_same(release_2028: Release, room: str) -> None:
    assert_same(ledger_of(release_2028, room), tidy(recompute_of(room)(release_tables(release_2028)), KEPT))
