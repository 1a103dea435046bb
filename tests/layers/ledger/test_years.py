"""Other years of the ledger: what stands and who lives there in each, and the same sums by parcel and by zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from starlette.testclient import TestClient

from layers.discovery import discover_layers
from layers.ledger.recompute import recompute
from layers.release import build_release
from server.app import make_app
from server.settings import Settings
from twin.errors import ZoneError
from twin.store import Store
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twin.store import Release

EMISSIONS = "emissions_kgco2e_per_a"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, write_toy: Callable[..., Path]) -> Release:
    """Return the toy zone of 2025 with the years 2020 and 2028, when 150 people live there and h7 stands."""
    folder = write_toy(tmp_path_factory.mktemp("years") / "zone")
    text = (folder / "zone.toml").read_text()
    text = text.replace("base_year = 2025", "base_year = 2025\nyears = [2028, 2020]")
    (folder / "zone.toml").write_text(text.replace("2025 = 120", "2025 = 120, 2028 = 150"))
    return build_release(load_zone(folder), Store(folder.parent / "store"))


@pytest.fixture(scope="module")
def ledger(release: Release) -> pd.DataFrame:
    return pd.read_parquet(release.table("ledger"))


def test_every_year_has_all_codes(ledger: pd.DataFrame) -> None:
    codes = ledger[ledger["book"] == "gpc"].groupby("year")["gpc_ref"].nunique()
    assert codes.to_dict() == {2020: 53, 2025: 53, 2028: 53}


def test_a_year_holds_what_stands_in_it(ledger: pd.DataFrame, release: Release) -> None:
    """h7, a factory of 400 m2, stands from 2027 on."""
    is_located = (ledger["carrier"] == "electricity") & (ledger["basis"] == "location")
    rows = ledger[is_located & (ledger["subject_id"] == "file:h7")]
    assert rows.set_index("year")["base"].to_dict() == {2028: 400}
    state = pd.read_parquet(release.table("building_year"))
    assert state[state["building_id"] == "file:h7"].set_index("year")["status"].to_dict() == {
        2020: "planned", 2025: "planned", 2028: "existing"}
    assert state.groupby("year")["residents"].sum().to_dict() == pytest.approx({2020: 90, 2025: 120, 2028: 150})


def test_people_of_a_year_are_those_whose_waste_it_counts(ledger: pd.DataFrame) -> None:
    waste = ledger[(ledger["gpc_ref"] == "III.3.2") & (ledger["factor_quantity"] == "waste_emission.fossil_co2")]
    assert waste.groupby("year")["base"].sum().to_dict() == pytest.approx({2020: 90, 2025: 120, 2028: 150})


def test_a_year_takes_its_own_factors(ledger: pd.DataFrame) -> None:
    """No grid factor of Jiangsu is older than 2021, so 2020 takes that one; 2028 takes the newest, of 2023."""
    rows = ledger[(ledger["factor_quantity"] == "grid_emission.location") & ledger[EMISSIONS].notna()]
    assert rows.groupby("year")["factor_id"].unique().map(list).to_dict() == {
        2020: ["GRID_LOCATION_JS_2021"], 2025: ["GRID_LOCATION_JS_2023"], 2028: ["GRID_LOCATION_JS_2023"]}


def test_parcels_sum_to_the_zone_in_every_year(release: Release) -> None:
    lines = pd.read_parquet(release.table("ledger_total"))
    lines = lines[(lines["book"] == "gpc") & (lines["basis"] == "location") & (lines["item"] == "BASIC")]
    sums = lines.pivot_table(index="year", columns="place_kind", values=EMISSIONS, aggfunc="sum")
    assert len(sums) == 3
    pd.testing.assert_series_equal(sums["parcel"], sums["zone"], check_names=False, rtol=1e-9)


def test_the_base_year_is_as_if_alone(release: Release, toy_release: Release) -> None:
    """Other years change nothing of the base year: neither rows nor drawn intervals."""
    for table in ("ledger", "ledger_total", "parcel_ledger"):
        one, other = (pd.read_parquet(found.table(table)) for found in (release, toy_release))
        one = one[one["year"] == 2025] if "year" in one else one
        pd.testing.assert_frame_equal(one.reset_index(drop=True), other)


def test_all_years_are_computed_again(release: Release, ledger: pd.DataFrame) -> None:
    outcome = recompute(release, discover_layers())
    assert outcome.faults == []
    assert outcome.rows == ledger[EMISSIONS].notna().sum()
    assert outcome.largest < 1e-9


def test_the_inventory_tells_projections(release: Release) -> None:
    settings = Settings(store=release.folder.parents[2], zone="toy")
    with TestClient(make_app(settings)) as client:
        now = client.get("/api/inventory").json()
        then = client.get("/api/inventory", params={"year": 2028}).json()
        assert (now["year"], now["is_projection"], now["years"]) == (2025, False, [2020, 2025, 2028])
        assert (then["year"], then["is_projection"], then["population"]) == (2028, True, pytest.approx(150))
        told = [(item["year"], item["is_projection"]) for item in now["neutrality"]["inventory"]]
        assert told == [(2020, False), (2025, False), (2028, True)]
        # the way down begins in the base year, whatever year is shown, and what is left at the target is that year's
        assert then["neutrality"] == now["neutrality"]
        of = {shown["year"]: next(total for total in shown["totals"] if total["item"] == "BASIC")
              for shown in (now, then)}
        assert of[2028]["value"] > of[2025]["value"]
        assert now["neutrality"]["today"] == {name: of[2025][name] for name in ("value", "low", "high")}
        assert now["neutrality"]["gap_at_target"] == {name: of[2028][name] for name in ("value", "low", "high")}
        assert client.get("/api/inventory", params={"year": 2027}).status_code == 404
        assert "2020, 2025, 2028" in client.get("/api/inventory", params={"year": 2027}).text
        table = client.get("/export/inventory.csv", params={"year": 2028}).content.decode()
        assert ",True," in table.splitlines()[1]


@pytest.mark.parametrize("years", ["[1800]", '["soon"]', "[2025.5]", "[2028, 2028]"])
def test_a_year_that_cannot_be_is_refused(tmp_path: Path, write_toy: Callable[..., Path], years: str) -> None:
    folder = write_toy(tmp_path / "zone")
    text = (folder / "zone.toml").read_text().replace("base_year = 2025", f"base_year = 2025\nyears = {years}")
    (folder / "zone.toml").write_text(text)
    with pytest.raises(ZoneError, match=r"inventory\.years"):
        load_zone(folder)
