"""A zone's own factors: they win, they are told, they are an input, and bad ones are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from layers.discovery import discover_layers
from layers.ledger.recompute import recompute
from layers.release import build_release
from server.app import make_app
from server.settings import Settings
from twin.errors import FactorError
from twin.factors import COLUMNS
from twin.store import Store, hash_file
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twin.store import Release

TOML = '\n[sources.factors]\nfile = "own.csv"\nlicence = "CC0-1.0"\n'
OFFICE = ('OWN_OFFICE,electricity_intensity.office,50,40,60,ci95,kWh/(m2 a),Mars,2030,"meters of all offices, 2024",'
          "source,\n")
GRID = "OWN_GRID,grid_emission.location,0.25,0.2,0.3,ci95,kgCO2e/kWh,toy,2024,a contract,source,\n"
HALL = "OWN_HALL,electricity_intensity.hall,50,40,60,ci95,kWh/(m2 a),toy,2024,a meter,source,\n"


def build(folder: Path, write_toy: Callable[..., Path], rows: str) -> Release:
    written = write_toy(folder / "zone")
    (written / "own.csv").write_text(",".join(COLUMNS) + "\n" + rows, encoding="utf-8")
    with (written / "zone.toml").open("a", encoding="utf-8") as file:
        file.write(TOML)
    return build_release(load_zone(written), Store(folder / "store"))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, write_toy: Callable[..., Path]) -> Release:
    return build(tmp_path_factory.mktemp("own"), write_toy, OFFICE + GRID + HALL)


def offices(release: Release) -> pd.DataFrame:
    ledger = pd.read_parquet(release.table("ledger"))
    is_office = (ledger["activity_factors"] == "electricity_intensity.office") & (ledger["carrier"] == "electricity")
    return ledger[is_office & (ledger["basis"] == "location") & (ledger["book"] == "gpc")]


def test_the_zones_factor_wins_whatever_region_and_year_it_names(release: Release) -> None:
    rows = offices(release)
    assert len(rows)
    assert (rows["activity"] / rows["base"]).tolist() == pytest.approx([50.0] * len(rows))
    assert (rows["emissions_kgco2e_per_a"] / rows["base"]).tolist() == pytest.approx([12.5] * len(rows))
    assert set(rows["factor_id"]) == {"OWN_GRID"}


def test_the_zones_factors_stand_beside_those_they_replace(release: Release) -> None:
    factors = pd.read_parquet(release.table("factor")).set_index("factor_id")
    held = pd.read_parquet(release.table("factor_in_force")).set_index("quantity")
    assert factors.loc[["OWN_OFFICE", "OWN_GRID"], "region"].tolist() == ["toy", "toy"]
    assert factors.loc["OWN_OFFICE", "note"] == "given for Mars"
    assert (factors["quantity"] == "electricity_intensity.office").sum() > 1
    assert held.loc["electricity_intensity.office", ["factor_id", "low", "high"]].tolist() == ["OWN_OFFICE", 40, 60]
    assert any("electricity_intensity.hall" in note for note in release.manifest["report"]["notes"])


def test_the_zones_table_is_an_input_of_the_release(
    release: Release, toy_release: Release, tmp_path: Path, write_toy: Callable[..., Path]
) -> None:
    (entry,) = [item for item in release.manifest["inputs"] if item["role"] == "factors"]
    other = build(tmp_path, write_toy, OFFICE + GRID.replace("0.25", "0.26"))
    assert entry["sha256"] == hash_file(release.folder.parents[3] / "zone" / "own.csv")
    assert (entry["file"], entry["licence"]) == ("own.csv", "CC0-1.0")
    assert len({release.release_id, toy_release.release_id, other.release_id}) == 3


def test_the_zones_factor_is_told_with_its_source_and_file(release: Release) -> None:
    parcel = offices(release)["parcel_id"].iloc[0]
    with TestClient(make_app(Settings(store=release.folder.parents[2], zone="toy"))) as client:
        told = client.get(f"/api/parcels/{parcel}/explain", params={"metric": "footprint_kgco2e_per_a"}).json()
    (factor,) = [item for item in told["factors"] if item["quantity"] == "electricity_intensity.office"]
    assert (factor["factor_id"], factor["region"]) == ("OWN_OFFICE", "toy")
    assert factor["source"] == "meters of all offices, 2024"
    assert {"own.csv"} == {item["file"] for item in told["inputs"] if item["role"] == "factors"}


def test_the_zones_factors_are_computed_again(release: Release) -> None:
    outcome = recompute(release, discover_layers())
    assert outcome.faults == []
    assert outcome.rows > 10


@pytest.mark.parametrize(("rows", "words"), [
    (OFFICE.replace("50,40,60", "nan,,"), "zone/own.csv, OWN_OFFICE: value 'nan' is no finite number"),
    (OFFICE.replace("OWN_OFFICE", "GRID_LOCATION_JS_2023"), "GRID_LOCATION_JS_2023: the factor_id is taken already"),
    ("OWN_LIFE,service_life.building,0,,,level,a,toy,2024,a guess,memory,\n",
     "OWN_LIFE is 0, and /service_life.building divides by it; give it a number above 0"),
])
def test_a_zones_factor_that_cannot_be_stops_the_build(
    tmp_path: Path, write_toy: Callable[..., Path], rows: str, words: str
) -> None:
    with pytest.raises(FactorError, match=words):
        build(tmp_path, write_toy, rows)
    assert Store(tmp_path / "store").zones() == []
