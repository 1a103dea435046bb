"""Figures open into the arithmetic that gives them, and into no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from twin.model import Store

ENERGY = ["emissions_kgco2e_per_a", "electricity_kwh_per_a", "heat_kwh_per_a"]


def explain(client: TestClient, kind: str, feature: str, metric: str) -> dict[str, Any]:
    answer = client.get(f"/api/{kind}/{feature}/explain", params={"metric": metric})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.fixture(scope="module")
def dwellings(helsinki_store: Store) -> list[str]:
    """Return houses whose people make waste, too, which is no energy."""
    release = helsinki_store.open_release("helsinki")
    houses = pd.read_parquet(release.table("building"), columns=["building_id", "use", "status", "residents"])
    found: list[str] = houses.query("use == 'residential' and status == 'existing' and residents > 20")[
        "building_id"].head(12).tolist()
    assert len(found) == 12
    return found


@pytest.mark.parametrize("metric", ENERGY)
def test_rows_sum_to_the_energy_of_a_dwelling(client: TestClient, dwellings: list[str], metric: str) -> None:
    for building in dwellings:
        told = explain(client, "buildings", building, metric)
        assert told["row_sum"] == pytest.approx(told["value"], rel=1e-6)
        assert {row["carrier"] for row in told["rows"]} <= {"electricity", "gas", "heat"}


@pytest.mark.parametrize("metric", ENERGY)
def test_rows_sum_to_the_energy_of_a_parcel(client: TestClient, helsinki_store: Store, metric: str) -> None:
    release = helsinki_store.open_release("helsinki")
    parcels = pd.read_parquet(release.table("parcel_construction")).nlargest(8, metric)
    for parcel, value in zip(parcels["parcel_id"], parcels[metric], strict=True):
        told = explain(client, "parcels", parcel, metric)
        assert told["row_sum"] == pytest.approx(value, rel=1e-6)
        assert told["rows"]


def test_embodied_carbon_is_not_told_by_the_energy_in_use(client: TestClient, dwellings: list[str]) -> None:
    told = explain(client, "buildings", dwellings[0], "embodied_kgco2e")
    assert told["value"] > 0
    assert told["rows"] == []
    assert {factor["quantity"].split(".")[0] for factor in told["factors"]} == {"embodied_carbon"}


def test_cooling_names_the_factors_of_electricity_alone(toy_client: TestClient) -> None:
    told = explain(toy_client, "buildings", "file:h1", "cooling_kwh_per_a")
    assert told["value"] > 0
    assert {factor["quantity"].split(".")[0] for factor in told["factors"]} == {"electricity_intensity",
                                                                                "electricity_share"}


def test_a_sum_over_a_parcel_opens_into_its_buildings(client: TestClient, helsinki_store: Store) -> None:
    release = helsinki_store.open_release("helsinki")
    parcels = pd.read_parquet(release.table("parcel_construction")).nlargest(5, "embodied_kgco2e")
    for parcel, value in zip(parcels["parcel_id"], parcels["embodied_kgco2e"], strict=True):
        parts = explain(client, "parcels", parcel, "embodied_kgco2e")["parts"]
        assert sum(part["share"] * part["value"] for part in parts) == pytest.approx(value, rel=1e-6)
        one = explain(client, "buildings", parts[0]["subject_id"], "embodied_kgco2e")
        assert one["value"] == pytest.approx(parts[0]["value"])


@pytest.mark.parametrize("metric", ["footprint_kgco2e_per_m2_a", "share_measured"])
def test_rows_that_do_not_add_up_to_a_figure_have_no_sum(
    client: TestClient, helsinki_store: Store, metric: str
) -> None:
    release = helsinki_store.open_release("helsinki")
    parcel = pd.read_parquet(release.table("parcel_ledger")).nlargest(1, "footprint_kgco2e_per_a")["parcel_id"].iloc[0]
    told = explain(client, "parcels", parcel, metric)
    assert told["rows"]
    assert told["row_sum"] is None
    whole = explain(client, "parcels", parcel, "footprint_kgco2e_per_a")
    assert whole["row_sum"] == pytest.approx(whole["value"], rel=1e-6)


def test_what_is_no_sum_has_no_parts(client: TestClient, helsinki_store: Store) -> None:
    release = helsinki_store.open_release("helsinki")
    parcel = pd.read_parquet(release.table("parcel"), columns=["parcel_id"])["parcel_id"].iloc[0]
    assert explain(client, "parcels", parcel, "far")["parts"] == []
