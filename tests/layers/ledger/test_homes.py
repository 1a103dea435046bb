"""Energy and emissions of homes: sums by hand, and what they must agree with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from layers.ledger.homes import COLUMNS, measure_homes

if TYPE_CHECKING:
    from twin.store import Release

FACTORS = pd.DataFrame([
    {"quantity": "grid", "factor_id": "GRID", "value": 0.5, "low": 0.25, "high": 1.0, "interval_kind": "95"},
    {"quantity": "use", "factor_id": "USE", "value": 30.0, "low": 15.0, "high": 60.0, "interval_kind": "95"},
    {"quantity": "activity_error.common", "factor_id": "E", "value": 0.5, "low": None, "high": None,
     "interval_kind": "level"},
])
BUILDINGS = pd.DataFrame([
    {"building_id": "a", "neighbourhood_id": "north", "year": 2025, "residents": 10.0},
    {"building_id": "b", "neighbourhood_id": "north", "year": 2025, "residents": 20.0},
    {"building_id": "c", "neighbourhood_id": "south", "year": 2025, "residents": 5.0},
    {"building_id": "d", "neighbourhood_id": None, "year": 2025, "residents": 1.0},
])


def row(subject: str, floor_m2: float, **other: object) -> dict[str, object]:
    """Return a row of the ledger: electricity of a house of exactly known floor area, 30 kWh and 15 kg per m2."""
    return {"gpc_ref": "I.1.2", "gpc_level": "BASIC", "subject_kind": "building", "subject_id": subject, "year": 2025,
            "basis": "location", "carrier": "electricity", "base": floor_m2, "base_low": floor_m2,
            "base_high": floor_m2, "base_unit": "m2", "activity_factors": "use", "modelled_activity": 30 * floor_m2,
            "activity": 30 * floor_m2, "activity_unit": "kWh/a", "factor_quantity": "grid", "evidence": "modelled",
            "emissions_kgco2e_per_a": 15 * floor_m2, "total_id": None, "neighbourhood_id": "elsewhere"} | other


def homes(*rows: dict[str, object]) -> pd.DataFrame:
    found = measure_homes(pd.DataFrame(rows), BUILDINGS, FACTORS, seed=1, draws=4000)
    return found.set_index("home_id")


def test_homes_of_a_neighbourhood_are_summed_by_hand() -> None:
    told = homes(row("a", 100), row("b", 200), row("c", 50), row("d", 10))
    assert told.loc["north/2025/all", "energy_kwh_per_a"] == pytest.approx(9000)
    assert told.loc["north/2025/all", "emissions_kgco2e_per_a"] == pytest.approx(4500)
    assert told.loc["north/2025/all", "residents_persons"] == 30
    assert told.loc["north/2025/all", "buildings"] == 2
    assert told.loc["zone/2025/all", "energy_kwh_per_a"] == pytest.approx(10800)
    places = {name.removesuffix("/all") for name in told.index if name.endswith("/all")}
    assert places == {"north/2025", "south/2025", "zone/2025"}


def test_energy_errs_by_its_intensity_and_emissions_by_the_grid_too() -> None:
    told = homes(row("a", 100)).loc["north/2025/all"]
    # floor area is exact: energy has the interval of the intensity, emissions that of the product of two such factors
    assert told["energy_kwh_per_a_low"] / told["energy_kwh_per_a"] == pytest.approx(0.5, rel=0.06)
    assert told["energy_kwh_per_a_high"] / told["energy_kwh_per_a"] == pytest.approx(2.0, rel=0.06)
    both = 2 ** 2 ** 0.5
    assert told["emissions_kgco2e_per_a_high"] / told["emissions_kgco2e_per_a"] == pytest.approx(both, rel=0.06)


def test_carriers_are_told_apart_and_together() -> None:
    told = homes(row("a", 100), row("a", 100, gpc_ref="I.1.1", carrier="gas", basis=None))
    assert told.loc["north/2025/electricity", "energy_kwh_per_a"] == pytest.approx(3000)
    assert told.loc["north/2025/gas", "energy_kwh_per_a"] == pytest.approx(3000)
    assert told.loc["north/2025/all", "energy_kwh_per_a"] == pytest.approx(6000)
    assert told.loc["north/2025/all", "residents_persons"] == 10


def test_offices_other_bases_and_losses_are_no_homes() -> None:
    told = homes(row("a", 100), row("b", 70, gpc_ref="I.2.2"), row("a", 9, gpc_ref="I.1.3", gpc_level="BASIC+"),
                 row("a", 100, basis="market"))
    assert told.loc["north/2025/all", "energy_kwh_per_a"] == pytest.approx(3000)
    assert told.loc["north/2025/all", "residents_persons"] == 10


def test_nobody_at_home_gives_no_row() -> None:
    none = measure_homes(pd.DataFrame([row("b", 70, gpc_ref="I.2.2")]), BUILDINGS, FACTORS, seed=1, draws=100)
    assert none.empty
    assert list(none.columns) == COLUMNS


def test_homes_of_the_zone_are_the_codes_of_residential_buildings(toy_release: Release) -> None:
    told = pd.read_parquet(toy_release.table("ledger_home")).set_index("home_id")
    codes = pd.read_parquet(toy_release.table("ledger_total"))
    year = int(told.loc[[name.startswith("zone/") for name in told.index], "year"].min())
    mine = codes[(codes["place_kind"] == "zone") & (codes["line"] == "code") & (codes["book"] == "gpc")
                 & (codes["basis"] == "location") & codes["item"].isin(["I.1.1", "I.1.2"]) & (codes["year"] == year)]
    assert told.loc[f"zone/{year}/all", "emissions_kgco2e_per_a"] == pytest.approx(mine["emissions_kgco2e_per_a"].sum())
    assert told.loc[f"zone/{year}/all", "residents_persons"] > 0
