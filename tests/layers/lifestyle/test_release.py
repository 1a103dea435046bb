"""What the consumption of the toy zone's 120 residents emits; all of them live on parcel A1."""

from __future__ import annotations

from math import exp, hypot, log, sqrt
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from layers.lifestyle.recompute import claims
from tests.layers.claimed import assert_ledger_holds

if TYPE_CHECKING:
    from twin.store import Release

PEOPLE = 120
PARTS = {"food": 1.05, "housing": 1.35, "mobility": 0.8, "goods": 0.55, "leisure_services": 0.45}  # t per head, China


@pytest.fixture(scope="module")
def ledger(toy_release: Release) -> pd.DataFrame:
    found = pd.read_parquet(toy_release.table("ledger"))
    return found[found["book"] == "consumption"]


@pytest.fixture(scope="module")
def home(toy_release: Release) -> pd.Series:
    return pd.read_parquet(toy_release.table("parcel_lifestyle")).set_index("parcel_id").loc["file:A1"]


def test_each_category_is_residents_times_its_footprint_per_head(ledger: pd.DataFrame) -> None:
    found = ledger.groupby("gpc_ref")["emissions_kgco2e_per_a"].sum().to_dict()
    assert found == pytest.approx({name: PEOPLE * 1000 * t for name, t in PARTS.items()})


def test_the_parts_add_up_to_the_published_whole(toy_release: Release) -> None:
    factor = pd.read_parquet(toy_release.table("factor_in_force")).set_index("quantity")["value"]
    assert sum(factor[f"lifestyle_footprint.{name}"] for name in PARTS) == pytest.approx(4.2)
    assert factor["lifestyle_footprint.all"] == pytest.approx(4.2)


def test_consumption_is_never_in_the_emissions_of_the_zone(toy_release: Release, ledger: pd.DataFrame) -> None:
    assert ledger["gpc_level"].isna().all()
    total = pd.read_parquet(toy_release.table("ledger_total"))
    zone = total[(total["place_kind"] == "zone") & (total["line"] == "total") & (total["basis"] == "location")]
    told = zone.set_index("item")["emissions_kgco2e_per_a"]
    assert told["consumption"] == pytest.approx(PEOPLE * 4200)
    gpc = pd.read_parquet(toy_release.table("ledger"))
    gpc = gpc[(gpc["book"] == "gpc") & (gpc["gpc_level"] == "BASIC") & (gpc["basis"].fillna("location") == "location")]
    assert told["BASIC"] == pytest.approx(gpc["emissions_kgco2e_per_a"].sum())


def test_parcels_tell_footprint_and_multiples_of_the_budget(home: pd.Series) -> None:
    assert home["consumption_tco2e_per_a"] == pytest.approx(504)
    assert home["lifestyle_tco2e_per_person_a"] == pytest.approx(4.2)
    assert home["times_budget_2030"] == pytest.approx(1.68)
    assert home["times_budget_2040"] == pytest.approx(3.0)
    assert home["times_budget_2050"] == pytest.approx(6.0)
    assert home["lifestyle_evidence"] == "default"


def test_half_widths_of_the_parts_add_as_squares(home: pd.Series) -> None:
    down = sqrt(0.32**2 + 0.41**2 + 0.24**2 + 0.16**2 + 0.13**2)
    up = sqrt(0.42**2 + 0.54**2 + 0.32**2 + 0.22**2 + 0.18**2)
    low = 4.2 * exp(-hypot(log(4.2 / (4.2 - down)), log(1 / 0.5)))  # and accounts of the country lie apart
    high = 4.2 * exp(hypot(log((4.2 + up) / 4.2), log(1.2)))
    assert home["lifestyle_tco2e_per_person_a_low"] == pytest.approx(low)
    assert home["lifestyle_tco2e_per_person_a_high"] == pytest.approx(high)
    assert home["consumption_tco2e_per_a_low"] == pytest.approx(PEOPLE * low)
    assert home["times_budget_2030_low"] < 1.68 < home["times_budget_2030_high"]


def test_parcels_where_nobody_lives_are_empty_not_zero(toy_release: Release) -> None:
    others = pd.read_parquet(toy_release.table("parcel_lifestyle")).set_index("parcel_id").drop(index="file:A1")
    assert others.isna().to_numpy().all()


def test_the_ledger_holds_what_pandas_claims(toy_release: Release) -> None:
    assert_ledger_holds(toy_release, "lifestyle", claims)
