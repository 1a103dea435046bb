"""The claims in the ledger of the toy zone: by hand, and worked out once more apart from the SQL."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from layers.contract import CLAIM
from layers.discovery import discover_layers
from layers.mobility.recompute import claims

if TYPE_CHECKING:
    from twin.store import Release

TABLES = ("zone", "building", "building_parcel", "road", "road_parcel", "road_traffic", "energy_asset",
          "factor_in_force")
COMPARED = ["subject_kind", "subject_id", "parcel_id", "gpc_ref", "carrier", "base", "base_low", "base_high",
            "base_unit", "activity_factors", "activity_unit", "method", "notation_key", "reason"]
KEY = ["gpc_ref", "subject_kind", "subject_id", "parcel_id", "carrier"]
# Jiangsu 2025, from the room's factors.csv
PERSONS, KM, ELECTRIC, PETROL_L, CAR_KWH = 120, 4600, 0.1201 * (0.6874 + 0.3126 * 0.5), 0.081, 0.16


def read(release: Release, table: str) -> pd.DataFrame:
    return pd.read_parquet(release.table(table))


@pytest.fixture(scope="module")
def ledger(toy_release: Release) -> pd.DataFrame:
    rows = read(toy_release, "ledger")
    return rows[(rows["domain"] == "mobility") & rows["gpc_ref"].str.startswith("II.1.") & (rows["basis"] != "market")]


def test_petrol_is_burnt_by_what_is_not_driven_on_electricity(ledger: pd.DataFrame) -> None:
    petrol = ledger[ledger["carrier"] == "petrol"]
    litres = PERSONS * KM * (1 - ELECTRIC) * PETROL_L
    assert petrol["activity"].sum() == pytest.approx(litres, rel=1e-9)
    assert petrol["emissions_kgco2e_per_a"].sum() == pytest.approx(litres * 2.27, rel=1e-9)


def test_diesel_follows_the_share_of_heavy_vehicles_of_each_class(ledger: pd.DataFrame) -> None:
    """
    The crossing in the toy zone: 340 m of residential street, 180 m of tertiary road, each of two lanes.

    By default 500 and 1000 vehicles, 4 and 8.5 % of them heavy in Europe, half as many for each light one in China;
    both are on two ways in five.
    """
    heavy = {"residential": 0.5 * 0.04 / 0.96, "tertiary": 0.5 * 0.085 / 0.915}
    flows = {"residential": 500 * 0.34, "tertiary": 1000 * 0.18}
    weights = {kind: flow / (1 + heavy[kind]) for kind, flow in flows.items()}
    km = sum(PERSONS * KM * weight / sum(weights.values()) * heavy[kind] for kind, weight in weights.items())
    diesel = ledger[ledger["carrier"] == "diesel"]
    assert diesel["emissions_kgco2e_per_a"].sum() == pytest.approx(km * 0.8, rel=1e-4)


def test_cars_are_charged_on_the_parcel_where_all_live(ledger: pd.DataFrame) -> None:
    charged = ledger[(ledger["carrier"] == "electricity") & ledger["activity"].notna()]
    assert charged[["subject_kind", "subject_id"]].to_numpy().tolist() == [["parcel", "file:A1"]]
    assert charged["activity"].tolist() == pytest.approx([PERSONS * KM * ELECTRIC * CAR_KWH])


def test_the_grid_loses_a_share_of_what_is_charged(ledger: pd.DataFrame) -> None:
    lost = ledger[(ledger["gpc_ref"] == "II.1.3") & (ledger["carrier"] == "grid_losses")]
    kwh = PERSONS * KM * ELECTRIC * CAR_KWH * 0.0476
    assert lost["activity"].tolist() == pytest.approx([kwh])
    assert lost["emissions_kgco2e_per_a"].tolist() == pytest.approx([kwh * 0.5827])
    assert set(ledger.loc[ledger["gpc_ref"] == "II.1.3", "notation_key"].dropna()) == {"IE"}


def test_the_claims_worked_out_with_pandas_are_those_of_the_sql(toy_release: Release, ledger: pd.DataFrame) -> None:
    again = claims({name: read(toy_release, name) for name in TABLES})
    assert list(again.columns) == list(CLAIM)
    told = ledger[COMPARED].astype(object).where(ledger[COMPARED].notna(), None)
    own = again[COMPARED].astype(object).where(again[COMPARED].notna(), None)
    told, own = (rows.sort_values(KEY, key=lambda column: column.fillna("")).reset_index(drop=True)
                 for rows in (told, own))
    pd.testing.assert_frame_equal(told, own, check_dtype=False, rtol=1e-9)
    assert again["emission_factor"].dropna().unique().tolist() == [
        "motor_fuel_emission.petrol", "motor_fuel_emission.diesel", "grid_emission.location"]


def test_the_fleet_uses_what_the_ledger_counts(toy_release: Release, ledger: pd.DataFrame) -> None:
    fleet = read(toy_release, "vehicle_fleet").groupby("vehicle_class")[["fuel_l_per_a", "electricity_kwh_per_a"]].sum()
    used = ledger.groupby("carrier")["activity"].sum()
    assert used["petrol"] == pytest.approx(fleet.loc["light", "fuel_l_per_a"], rel=1e-9)
    assert used["diesel"] == pytest.approx(fleet.loc["heavy", "fuel_l_per_a"], rel=1e-9)
    assert used["electricity"] == pytest.approx(fleet.loc["light", "electricity_kwh_per_a"], rel=1e-9)


def test_the_share_driven_on_electricity_is_that_of_its_parts_in_every_year() -> None:
    path = discover_layers()["mobility"].factor_file
    assert path is not None
    with path.open(encoding="utf-8", newline="") as file:
        value = {(row["quantity"], row["year"]): float(row["value"]) for row in csv.DictReader(file)}
    hybrid = value["electric_driving.hybrid", "2024"]
    years = [year for quantity, year in value if quantity == "electric_driving.light"]
    assert years == ["2023", "2024", "2025"]
    for year in years:
        battery = value["plug_in_share.battery", year]
        expected = value["vehicle_share.plug_in", year] * (battery + (1 - battery) * hybrid)
        assert value["electric_driving.light", year] == pytest.approx(expected, rel=1e-10)


def test_how_traffic_lies_on_roads_adds_no_doubt_to_the_sum(toy_release: Release, ledger: pd.DataFrame) -> None:
    """All petrol shares its factors, so the sum is as uncertain as one row of it; 75 % a road would show in it."""
    petrol = ledger[ledger["carrier"] == "petrol"]
    spread = (petrol["high"] / petrol["emissions_kgco2e_per_a"]).to_numpy()
    assert spread.tolist() == pytest.approx([spread[0]] * 3)
    total = read(toy_release, "ledger_total").query("place_kind == 'zone' and line == 'code' and basis == 'location'")
    line = total.set_index("item").loc["II.1.1"]
    assert line["emissions_kgco2e_per_a_high"] / line["emissions_kgco2e_per_a"] < spread[0] * 1.1


def test_parcels_hold_the_kilometres_of_all_roads(toy_release: Release) -> None:
    roads, parcels = read(toy_release, "road_traffic"), read(toy_release, "parcel_mobility")
    driven = roads["light_vehicle_km_per_a"].sum() + roads["heavy_vehicle_km_per_a"].sum()
    assert parcels["vehicle_km_per_a"].sum() == pytest.approx(driven, rel=1e-12)
    assert parcels["charging_kwh_per_a"].sum() == pytest.approx(PERSONS * KM * ELECTRIC * CAR_KWH)
