"""The ledger of the reference plan: a figure opened, every emission computed again, intervals drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from starlette.testclient import TestClient

from layers.discovery import discover_layers
from layers.ledger.draws import draw_formulas
from layers.ledger.lines import sum_lines
from layers.ledger.recompute import recompute
from layers.release import build_release
from server.app import make_app
from server.cli.building import find_zone
from server.cli.planning import draw_sources
from server.settings import Settings
from twin.store import Store

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from twin.store import Release

MOST_S = 1.0  # to open a figure
DIFFERENCE = 1e-9


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Return the release of the reference plan."""
    store = Store(tmp_path_factory.mktemp("store"))
    return build_release(draw_sources(find_zone("taicang"), store.folder), store)


def test_the_largest_parcels_figure_opens_within_a_second(benchmark: BenchmarkFixture, release: Release) -> None:
    """The parcel with most rows, from the question to the answer as JSON."""
    rows = pd.read_parquet(release.table("ledger"), columns=["parcel_id"])["parcel_id"]
    parcel = rows.value_counts().index[0]
    with TestClient(make_app(Settings(store=release.folder.parents[2], zone="taicang"))) as client:
        answer = benchmark.pedantic(
            lambda: client.get(f"/api/parcels/{parcel}/explain", params={"metric": "footprint_kgco2e_per_a"}), rounds=5)
    assert answer.status_code == 200
    assert benchmark.stats["median"] < MOST_S


def test_every_emission_is_computed_again(benchmark: BenchmarkFixture, release: Release) -> None:
    outcome = benchmark.pedantic(lambda: recompute(release, discover_layers()), rounds=1)
    benchmark.extra_info["rows"] = outcome.rows
    print(f"\n{outcome.rows:,} emissions, largest relative difference {outcome.largest:.1e}")
    assert outcome.largest < DIFFERENCE


def test_intervals_of_all_sums_are_drawn(benchmark: BenchmarkFixture, release: Release) -> None:
    """10,000 draws of every line of the zone, its neighbourhoods and its parcels."""
    ledger = pd.read_parquet(release.table("ledger")).dropna(subset=["emissions_kgco2e_per_a"])
    ledger = ledger[ledger["year"] == release.manifest["zone"]["year"]]
    homes = pd.read_parquet(release.table("parcel"), columns=["parcel_id", "neighbourhood_id"])
    ledger = ledger.merge(homes, on="parcel_id").reset_index(drop=True)
    factors = pd.read_parquet(release.table("factor_in_force"))
    lines = benchmark.pedantic(lambda: sum_lines(ledger, draw_formulas(ledger, factors, seed=1)), rounds=1)
    benchmark.extra_info["lines"] = len(lines)
    assert len(lines) > len(homes)
