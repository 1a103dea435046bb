"""What the toy zone throws away, lets flow and draws: 120 people in h1, h4, h5 and h6, all on parcel A1."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from layers.resources.recompute import claims
from tests.layers.claimed import assert_ledger_holds

if TYPE_CHECKING:
    from twin.store import Release

PEOPLE = 120
PROTEIN_N = 45.48 * 0.86 * 0.16 * 1.1 * 1.08 * 1.25  # kg N per head and year

# kg CO2e per head and year, worked out by hand from IPCC 2006 and 2019
HEAD = {
    ("III.3.2", "waste_emission.fossil_co2"): 370 * 0.95 * 0.378,
    ("III.3.2", "gwp.n2o"): 0.37 * 0.95 * 0.05 * 265,
    ("III.1.2", "gwp.ch4"): 370 * 0.05 * 0.0564 * 1 * 1 * 0.9 * 28,
    ("VI.1", "grid_emission.location"): 45.625 * 0.29 * 0.5827,
}
WORKS = {"gwp.ch4": 0.040 * 365 * 1.25 * 0.6 * 0.03 * 28, "gwp.n2o": PROTEIN_N * 0.016 * 44 / 28 * 265}
EFFLUENT = {"gwp.ch4": 14.6 * 1.25 * 0.1 * 0.6 * 0.11 * 28, "gwp.n2o": PROTEIN_N * 0.2 * 0.005 * 44 / 28 * 265}


@pytest.fixture(scope="module")
def ledger(toy_release: Release) -> pd.DataFrame:
    found = pd.read_parquet(toy_release.table("ledger"))
    return found[(found["domain"] == "resources") & (found["basis"].fillna("location") == "location")]


@pytest.fixture(scope="module")
def parcels(toy_release: Release) -> pd.DataFrame:
    return pd.read_parquet(toy_release.table("parcel_resources")).set_index("parcel_id")


@pytest.mark.parametrize(("code", "quantity"), HEAD)
def test_emissions_are_residents_times_the_figure_per_head(ledger: pd.DataFrame, code: str, quantity: str) -> None:
    rows = ledger[(ledger["gpc_ref"] == code) & (ledger["factor_quantity"] == quantity)]
    assert len(rows) == 4  # one per home
    assert rows["base"].sum() == pytest.approx(PEOPLE)
    assert rows["emissions_kgco2e_per_a"].sum() == pytest.approx(PEOPLE * HEAD[code, quantity], rel=1e-6)


@pytest.mark.parametrize(("carrier", "per_head"), [("wastewater", WORKS), ("effluent", EFFLUENT)])
def test_wastewater_emits_two_gases_under_one_code(
    ledger: pd.DataFrame, carrier: str, per_head: dict[str, float]
) -> None:
    rows = ledger[ledger["carrier"] == carrier]
    assert set(rows["gpc_ref"]) == {"III.4.2"}
    found = rows.groupby("factor_quantity")["emissions_kgco2e_per_a"].sum().to_dict()
    assert found == pytest.approx({gas: PEOPLE * kg for gas, kg in per_head.items()}, rel=1e-6)


def test_figures_per_head_lie_where_published_ones_do(ledger: pd.DataFrame) -> None:
    """CH4 of aerobic works: 9.2 kg; N2O: 53 to 62 kg, by the protein taken; burnt waste: 0.39 t CO2e per t."""
    works = ledger[ledger["carrier"] == "wastewater"].groupby("gas")["emissions_kgco2e_per_a"].sum() / PEOPLE
    assert works["CH4"] == pytest.approx(9.2, abs=0.01)
    assert 53 < works["N2O"] < 63
    burnt = ledger[ledger["carrier"] == "incinerated_waste"]
    waste = burnt.loc[burnt["factor_quantity"] == "waste_emission.fossil_co2", "activity"].sum()
    assert burnt["emissions_kgco2e_per_a"].sum() / waste == pytest.approx(0.39, abs=0.005)


def test_all_waste_is_burnt_or_tipped(ledger: pd.DataFrame) -> None:
    burnt = ledger[ledger["factor_quantity"] == "waste_emission.fossil_co2"]["activity"].sum()
    methane = ledger[ledger["carrier"] == "landfilled_waste"]["activity"].sum()
    assert burnt + methane / (0.0564 * 0.9) == pytest.approx(PEOPLE * 370, rel=1e-6)


def test_gases_and_scopes_of_the_rows(ledger: pd.DataFrame) -> None:
    gases = ledger.dropna(subset=["emissions_kgco2e_per_a"]).groupby("carrier")["gas"].agg(set).to_dict()
    assert gases == {"incinerated_waste": {"CO2", "N2O"}, "landfilled_waste": {"CH4"}, "wastewater": {"CH4", "N2O"},
                     "effluent": {"CH4", "N2O"}, "tap_water": {"CO2"}}
    treated = ledger[ledger["gpc_ref"].isin(["III.1.2", "III.3.2", "III.4.2"])]
    assert set(treated["scope"]) == {3}
    assert set(treated["gpc_level"]) == {"BASIC"}
    assert set(ledger.loc[ledger["gpc_ref"] == "VI.1", "gpc_level"]) == {"other"}


def test_a_removal_that_may_not_be_there_is_not_set_off(ledger: pd.DataFrame) -> None:
    (row,) = ledger[ledger["gpc_ref"] == "V.2"].to_dict("records")
    assert (row["notation_key"], row["reason"]) == ("NE", "removals_uncertain")
    assert pd.isna(row["emissions_kgco2e_per_a"])
    assert (ledger["emissions_kgco2e_per_a"].dropna() > 0).all()


def test_the_interval_of_a_row_follows_from_those_of_its_factors(ledger: pd.DataFrame) -> None:
    row = ledger[ledger["factor_quantity"] == "waste_emission.fossil_co2"].iloc[0]
    down = sqrt(log(0.37 / 0.222) ** 2 + log(0.95 / 0.85) ** 2 + log(0.378 / 0.224) ** 2)
    assert row["low"] == pytest.approx(row["emissions_kgco2e_per_a"] * exp(-down), rel=1e-6)


def test_parcels_tell_the_amounts_by_hand(parcels: pd.DataFrame) -> None:
    home = parcels.loc["file:A1"]
    assert home["waste_t_per_a"] == pytest.approx(PEOPLE * 0.37)
    assert home["waste_t_per_a_low"] == pytest.approx(PEOPLE * 0.222)
    assert home["waste_t_per_a_high"] == pytest.approx(PEOPLE * 0.518)
    assert home["waste_t_per_m2_a"] == pytest.approx(PEOPLE * 0.37 / 8000)
    assert home["biogenic_tco2_per_a"] == pytest.approx(PEOPLE * 0.37 * 0.95 * 0.531)
    assert home["wastewater_bod_kg_per_a"] == pytest.approx(PEOPLE * 14.6 * 1.25)
    up = sqrt(log(16.425 / 14.6) ** 2 + log(1.5 / 1.25) ** 2)
    assert home["wastewater_bod_kg_per_a_high"] == pytest.approx(PEOPLE * 14.6 * 1.25 * exp(up))
    assert home["wastewater_nitrogen_kg_per_a"] == pytest.approx(PEOPLE * PROTEIN_N)
    assert home["tap_water_m3_per_a"] == pytest.approx(PEOPLE * 0.125 * 365)
    assert home["resources_evidence"] == "modelled"


def test_parcels_where_nobody_lives_are_empty_not_zero(parcels: pd.DataFrame) -> None:
    others = parcels.drop(index="file:A1").drop(columns="buildings_of_unknown_residents")
    assert others.isna().to_numpy().all()


def test_sums_of_parcels_are_those_of_the_rows(toy_release: Release, ledger: pd.DataFrame) -> None:
    told = pd.read_parquet(toy_release.table("parcel_ledger"))["resources_kgco2e_per_a"].sum()
    basic = ledger.loc[ledger["gpc_level"] == "BASIC", "emissions_kgco2e_per_a"].sum()
    assert told == pytest.approx(basic)
    assert basic == pytest.approx(PEOPLE * (sum(HEAD.values()) - HEAD["VI.1", "grid_emission.location"]
                                            + sum(WORKS.values()) + sum(EFFLUENT.values())), rel=1e-6)


def test_the_ledger_holds_what_pandas_claims(toy_release: Release) -> None:
    assert_ledger_holds(toy_release, "resources", claims)
