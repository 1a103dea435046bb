"""Use of energy by age of buildings: old houses, new ones, and such of which no year is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from shapely import box

from layers.discovery import discover_layers
from layers.ledger.recompute import recompute
from layers.release import build_release
from tests.layers.claimed import assert_same, claims_of, recompute_of, tables_of, tidy
from tests.twin.model.zoned import Zoned, house, lot
from twin.store import Store
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.store import Release

OUTLINE = box(0, 0, 200, 100)
LOTS = [lot("town", box(0, 0, 100, 100)), lot("mill", box(100, 0, 200, 100), land_use="industrial")]
FACTORS: dict[str, Any] = {
    "heat_intensity.office": (100, 80, 120), "heat_intensity.office.built_to_1979": (200, 160, 240),
    "heat_intensity.office.built_to_1999": (150, 120, 180), "electricity_intensity.office.built_to_1979": (60, 50, 70),
    "gas_intensity.office": (10, 5, 15), "heat_emission.district": (0.1, 0.08, 0.12),
    "electricity_intensity.industrial": (200, 100, 400),
    "electricity_intensity.industrial.built_to_1999": (300, 200, 500),
    "gas_per_electricity.industrial": (0.25, 0.1, 0.5), "grid_loss.per_delivered": (0.05, 0.04, 0.06),
}
YEARS = {"old": 1979, "middle": 1980, "new": 2000, "mute": None}
HEAT = {"old": 200, "middle": 150, "new": 100, "mute": 100}  # kWh/m2
POWER = {"old": 60, "middle": 80, "new": 80, "mute": 80}


@pytest.fixture
def zone(make: Callable[..., Zoned]) -> Zoned:
    """Return offices of 100 m2 each and a plant of 400 m2, of which the year of construction differs."""
    houses = [house(name, box(20 * x, 10, 20 * x + 10, 20), use="office", levels=1, year_built=year)
              for x, (name, year) in enumerate(YEARS.items())]
    houses += [house("desk", box(110, 50, 120, 60), use="office", levels=1, year_built=1950),
               house("plant", box(140, 10, 160, 30), use="industrial", levels=1, year_built=1990)]
    return make(houses, LOTS, outline=OUTLINE, factors=FACTORS)


def test_old_houses_are_heated_by_their_own_intensity(zone: Zoned) -> None:
    zone.run("construction")
    rows = zone.rows("building_construction", "building_id")
    assert {name: rows[name]["heat_kwh_per_a"] for name in YEARS} == {name: 100 * kwh for name, kwh in HEAT.items()}
    assert {name: rows[name]["electricity_kwh_per_a"] for name in YEARS} == {
        name: 100 * kwh for name, kwh in POWER.items()}
    assert {rows[name]["gas_kwh_per_a"] for name in YEARS} == {1000}
    # 20,000 kWh: 10 % for the counted floor area and 20 % for the intensity, as squares
    assert rows["old"]["heat_kwh_per_a_low"] == pytest.approx(20_000 * (1 - (0.1**2 + 0.2**2) ** 0.5))


def test_the_ledger_names_the_factor_of_the_age(zone: Zoned) -> None:
    claims = claims_of(zone, "construction", "industry", "energy").set_index(["subject_id", "carrier"])
    formula = claims["activity_factors"]
    assert {name: formula[name, "heat"] for name in YEARS} == {
        "old": "heat_intensity.office.built_to_1979", "middle": "heat_intensity.office.built_to_1999",
        "new": "heat_intensity.office", "mute": "heat_intensity.office"}
    assert formula["desk", "heat"] == "heat_intensity.office.built_to_1979"
    lost = "electricity_intensity.office.built_to_1979 grid_loss.per_delivered"
    assert (formula["old", "grid_losses"], formula["desk", "grid_losses"]) == (lost, lost)
    assert formula["middle", "grid_losses"] == "electricity_intensity.office grid_loss.per_delivered"


def test_the_fuel_of_a_plant_follows_from_the_electricity_of_its_age(zone: Zoned) -> None:
    claims = claims_of(zone, "industry").set_index(["subject_id", "carrier"])
    aged = "electricity_intensity.industrial.built_to_1999"
    assert claims.loc[("plant", "electricity"), "activity_factors"] == aged
    assert claims.loc[("plant", "gas"), "activity_factors"] == f"{aged} gas_per_electricity.industrial"
    row = zone.rows("parcel_industry", "parcel_id")["mill"]
    assert row["industry_gas_kwh_per_a"] == pytest.approx(400 * 300 * 0.25 + 100 * 10)


def test_the_ledgers_activity_is_that_of_the_buildings(zone: Zoned) -> None:
    claims = claims_of(zone, "construction", "industry")
    value = {row["quantity"]: row["value"] for row in zone.rows("factor_in_force", "quantity").values()}
    rows = zone.rows("building_construction", "building_id")
    told = claims[(claims["carrier"] == "heat") & (claims["base_unit"] == "m2") & (claims["subject_id"] != "plant")]
    assert len(told) == 5
    for row in told.to_dict("records"):
        activity = row["base"] * value[row["activity_factors"]]
        assert activity == pytest.approx(rows[row["subject_id"]]["heat_kwh_per_a"])


@pytest.mark.parametrize("room", ["construction", "industry", "energy"])
def test_a_second_computation_claims_the_same(zone: Zoned, room: str) -> None:
    assert_same(claims_of(zone, room), tidy(recompute_of(room)(tables_of(zone))))


@pytest.fixture(scope="module")
def helsinki(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = Path(__file__).parents[3] / "data" / "zones" / "helsinki"
    return build_release(load_zone(folder), Store(tmp_path_factory.mktemp("store")))


def test_houses_of_helsinki_are_heated_by_their_age(helsinki: Release) -> None:
    houses = pd.read_parquet(helsinki.table("building")).set_index("building_id")
    heat = pd.read_parquet(helsinki.table("building_construction")).set_index("building_id")["heat_kwh_per_a"]
    houses["heat"] = heat
    offices = houses[(houses["use"] == "office") & houses["heat"].notna()]
    found = (offices["heat"] / offices["floor_area_m2"]).astype(float)
    year = offices["year_built"].astype(float)
    assert set(found[year <= 1920].round(6)) == {227}  # (199 + 29) / 0.89 x 170 / 192
    assert set(found[year.isna()].round(6)) == {170}
    assert set(found[(year > 1929) & (year <= 1949)].round(6)) <= {224, 212}
    assert (found[year > 1949] < found[year <= 1920].min()).all()


def test_the_ledger_of_helsinki_is_computed_again(helsinki: Release) -> None:
    outcome = recompute(helsinki, discover_layers())
    assert outcome.faults == []
    ledger = pd.read_parquet(helsinki.table("ledger"))
    assert ledger["activity_factors"].str.contains("built_to_", na=False).any()
