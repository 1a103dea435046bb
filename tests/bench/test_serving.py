"""Serving: tiles from the database and from memory, view specs, search; each beside the plain way of doing it."""

from __future__ import annotations

import gzip
import json
import time
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from starlette.testclient import TestClient

from layers.release import build_release
from server.app import make_app
from server.cli.building import find_zone
from server.search import find
from server.settings import Settings
from server.tiles import GZIP_LEVEL, TileCache, make_tile, tile_bounds
from server.views import view_spec
from twin.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_benchmark.fixture import BenchmarkFixture

    from server.database import ServedRelease

TILE = (14, 9327, 4742)  # the fullest of central Helsinki
FLOOR = 3.0  # times faster than the plain way, at least; about ten are seen


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("store"))
    build_release(find_zone("helsinki"), store)
    return store


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with TestClient(make_app(Settings(store=store.folder, zone="helsinki"))) as client:
        yield client


@pytest.fixture
def served(client: TestClient) -> Iterator[ServedRelease]:
    with client.app.state.switch.use() as release:  # type: ignore[attr-defined]
        yield release


def seconds(action: Callable[[], Any], rounds: int = 7) -> float:
    """Return the shortest time that an action took. [s]"""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return min(taken)


def plain_tile(served: ServedRelease) -> list[dict[str, Any]]:
    """Return a tile as one does without thinking: WKB out of the database, geopandas, to WGS 84, to GeoJSON."""
    box = shapely.box(*tile_bounds(*TILE))
    rows = served.rows("select building_id as id, name_local as name, use, height_m, year_built, "
                       "emissions_kgco2e_per_a, energy_kwh_per_m2_a, st_aswkb(geometry) as shape from wide_building")
    shapes = shapely.from_wkb([bytes(row.pop("shape")) for row in rows])
    crs = served.release.manifest["zone"]["crs"]
    frame = gpd.GeoDataFrame(rows, geometry=list(shapes), crs=crs).to_crs(4326)
    inside = frame[frame.representative_point().within(box)]
    features: list[dict[str, Any]] = json.loads(inside.to_json())["features"]
    return features


def test_tile_from_the_database(benchmark: BenchmarkFixture, served: ServedRelease) -> None:
    text = benchmark(make_tile, served, "building", *TILE)
    ours = {feature["properties"]["id"] for feature in json.loads(text)["features"]}
    plain = {feature["properties"]["id"] for feature in plain_tile(served)}
    assert len(ours) > 100
    assert len(ours ^ plain) <= 0.02 * len(ours)
    ratio = seconds(lambda: plain_tile(served)) / seconds(lambda: make_tile(served, "building", *TILE))
    benchmark.extra_info["times_faster_than_geopandas"] = round(ratio, 1)
    print(f"\na tile from the database: {ratio:.1f} times as fast as geopandas")
    assert ratio > FLOOR


def test_tile_from_memory(benchmark: BenchmarkFixture, served: ServedRelease) -> None:
    cache = TileCache(64_000_000)
    cold = seconds(lambda: gzip.compress(make_tile(served, "building", *TILE).encode(), GZIP_LEVEL, mtime=0))
    benchmark(cache.tile, served, "building", *TILE)
    ratio = cold / seconds(lambda: cache.tile(served, "building", *TILE))
    benchmark.extra_info["times_faster_than_cold"] = round(ratio)
    assert ratio > 50


def test_tile_over_http(benchmark: BenchmarkFixture, client: TestClient) -> None:
    address = f"/tiles/{client.get('/health').json()['release_id']}/building/{'/'.join(map(str, TILE))}.geojson"
    answer = benchmark(client.get, address)
    assert answer.status_code == 200


def test_view(benchmark: BenchmarkFixture, served: ServedRelease) -> None:
    spec = benchmark(view_spec, served, "emissions", "light")
    assert len(json.dumps(spec)) < 20_000


@pytest.mark.parametrize("query", ["osm:way/122595241", "stockmann", "katu", "nothing like it"])
def test_search(benchmark: BenchmarkFixture, served: ServedRelease, query: str) -> None:
    benchmark(find, served, query, 10)
