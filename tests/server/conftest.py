"""The app over real data, in this process: the embedded zone, built once for all tests of a run."""

from __future__ import annotations

import math
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from server.app import make_app
from server.settings import Settings
from twin.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from server.database import ServedRelease
    from twin.store import Release


@pytest.fixture(scope="session")
def helsinki_release(helsinki_store: Store) -> Release:
    """Return the release of the embedded zone."""
    return helsinki_store.open_release("helsinki")


@pytest.fixture(scope="session")
def client(helsinki_store: Store) -> Iterator[TestClient]:
    """Return a client of the embedded zone; the server's mistakes come as answers, as over the network."""
    app = make_app(Settings(store=helsinki_store.folder, zone="helsinki"))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def toy_client(toy_store: Store) -> Iterator[TestClient]:
    """Return a client of the toy zone."""
    with TestClient(make_app(Settings(store=toy_store.folder, zone="toy")), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def own_store(toy_store: Store, tmp_path: Path) -> Store:
    """Return a store of the test's own with the toy zone: a process opens each release once."""
    shutil.copytree(toy_store.folder, tmp_path / "store")
    return Store(tmp_path / "store")


@pytest.fixture
def served(client: TestClient) -> Iterator[ServedRelease]:
    """Return the release as requests get it."""
    with client.app.state.switch.use() as release:  # type: ignore[attr-defined]
        yield release


@pytest.fixture(scope="session")
def read_tiles() -> Callable[..., list[dict[str, Any]]]:
    """Return a function that fetches all tiles of a layer over the zone, one feature collection each."""

    def read(client: TestClient, layer: str, zoom: int) -> list[dict[str, Any]]:
        zone = client.get("/api/zone").json()
        west, south, east, north = zone["bbox"]
        (left, top), (right, bottom) = tile_of(west, north, zoom), tile_of(east, south, zoom)
        addresses = [f"/tiles/{zone['release_id']}/{layer}/{zoom}/{x}/{y}.geojson"
                     for x in range(left - 1, right + 2) for y in range(top - 1, bottom + 2)]
        return [client.get(address).json() for address in addresses]

    return read


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Return column and row of the web-mercator tile that a place lies in."""
    count = 2**zoom
    across = (lon + 180) / 360 * count
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * count
    return int(across), int(down)
