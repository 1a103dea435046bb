"""What residents of the reference plan are told of their quarter: meters beside the model of the same buildings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from starlette.testclient import TestClient

from server.app import make_app
from server.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from twin.store import Release, Store


@pytest.fixture(scope="module")
def release(taicang_store: Store) -> Release:
    return taicang_store.open_release("taicang")


@pytest.fixture(scope="module")
def client(taicang_store: Store) -> Iterator[TestClient]:
    with TestClient(make_app(Settings(store=taicang_store.folder, zone="taicang"))) as client:
        yield client


def cells(client: TestClient) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return each quarter with each of its sums of meters."""
    ids = [quarter["id"] for quarter in client.get("/api/neighbourhoods").json()["neighbourhoods"]]
    told = [client.get(f"/api/neighbourhoods/{name}/footprint").json() for name in ids]
    return [(one, cell) for one in told for cell in one["measured"]]


def test_what_meters_read_stands_beside_the_model_of_the_same(client: TestClient, release: Release) -> None:
    ledger = pd.read_parquet(release.table("ledger"))
    behind = ledger[(ledger["evidence"] == "measured") & (ledger["book"] == "gpc")
                    & (ledger["basis"].fillna("location") == "location")]
    buildings = pd.read_parquet(release.table("building"), columns=["building_id", "neighbourhood_id"])
    told = [(one, cell) for one, cell in cells(client) if cell["modelled_amount"]]
    assert told
    for one, cell in told:
        mine = buildings.loc[buildings["neighbourhood_id"] == one["id"], "building_id"]
        rows = behind[behind["subject_id"].isin(mine) & (behind["carrier"] == cell["carrier"])
                      & (behind["year"] == one["year"])]
        ratio = rows["activity"].sum() / rows["modelled_activity"].sum()
        assert cell["modelled_amount"] == pytest.approx(cell["amount"] / ratio)
        if cell["unit"] == "kWh":  # gas is read in cubic metres
            assert cell["modelled_amount"] == pytest.approx(cell["coverage"] * rows["modelled_activity"].sum())


def test_what_is_withheld_has_no_model_beside_it(client: TestClient) -> None:
    withheld = [cell for _, cell in cells(client) if not cell["is_public"]]
    assert withheld
    assert all(cell["amount"] is None and cell["modelled_amount"] is None for cell in withheld)
