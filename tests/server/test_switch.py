"""A new release while requests run: nobody sees two at once, and a damaged one is never served."""

from __future__ import annotations

import logging
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from layers.release import build_release
from server.app import make_app
from server.settings import Settings
from twin.store import Store
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def grown_release(write_toy: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release of the toy zone with twice the residents."""
    folder = tmp_path_factory.mktemp("grown")
    return build_release(load_zone(write_toy(folder / "zone", population=240)), Store(folder / "store")).folder


def publish(store: Store, release: Path) -> None:
    """Make a release current, as a build would."""
    shutil.copytree(release, store.zone_folder("toy") / "releases" / release.name)
    draft = store.zone_folder("toy") / "draft"
    draft.write_text(release.name, encoding="ascii")
    draft.replace(store.zone_folder("toy") / "CURRENT")


def look(client: TestClient) -> tuple[str, int]:
    """Return release and residents as one answer gives them."""
    zone = client.get("/api/zone").json()
    return zone["release_id"], zone["population"]


def test_answers_never_mix_two_releases(own_store: Store, grown_release: Path) -> None:
    old = own_store.current_id("toy")
    done, started = threading.Event(), threading.Barrier(5, timeout=60)
    with TestClient(make_app(Settings(store=own_store.folder, zone="toy"))) as client:

        def watch(_number: int) -> set[tuple[str, int]]:
            seen = {look(client)}
            started.wait()
            while not done.is_set():
                seen.add(look(client))
                data = client.get("/views/height.json").json()["layers"][1]["data"]
                assert data.split("/")[2] in {old, grown_release.name}
            return seen | {look(client)}

        with ThreadPoolExecutor(4) as pool:
            watchers = [pool.submit(watch, number) for number in range(4)]
            started.wait()
            publish(own_store, grown_release)
            while client.get("/health").json()["release_id"] == old:
                pass
            done.set()
            seen = set().union(*(watcher.result() for watcher in watchers))
        assert seen == {(old, 120), (grown_release.name, 240)}


def test_tiles_of_the_release_before_are_told_to_be_gone(own_store: Store, grown_release: Path) -> None:
    with TestClient(make_app(Settings(store=own_store.folder, zone="toy"))) as client:
        address = f"/tiles/{own_store.current_id('toy')}/building/14/0/0.geojson"
        assert client.get(address).status_code == 200
        publish(own_store, grown_release)
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("damage", ["table", "cache", "manifest", "absent", "nonsense"])
def test_damaged_release_leaves_the_old_one_serving(
    own_store: Store, grown_release: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    old = own_store.current_id("toy")
    with TestClient(make_app(Settings(store=own_store.folder, zone="toy"))) as client:
        publish(own_store, grown_release)
        harm(own_store, grown_release.name, damage)
        with caplog.at_level(logging.ERROR):
            assert [look(client) for _ in range(3)] == [(old, 120)] * 3
        assert [record for record in caplog.records if "not served" in record.getMessage()]


def harm(store: Store, release_id: str, damage: str) -> None:
    """Damage a release as disks and people do."""
    folder = store.zone_folder("toy") / "releases" / release_id
    if damage == "absent":
        shutil.rmtree(folder)
    elif damage == "nonsense":
        (store.zone_folder("toy") / "CURRENT").write_text("../../etc", encoding="ascii")
    else:
        name = {"table": "tables/building.parquet", "cache": "twin.duckdb", "manifest": "manifest.json"}[damage]
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 0xFF
        (folder / name).chmod(0o644)
        (folder / name).write_bytes(content)


def test_next_sound_release_is_taken_up_after_a_damaged_one(own_store: Store, grown_release: Path) -> None:
    old = own_store.current_id("toy")
    with TestClient(make_app(Settings(store=own_store.folder, zone="toy"))) as client:
        (own_store.zone_folder("toy") / "CURRENT").write_text("f" * 16, encoding="ascii")
        assert look(client) == (old, 120)
        publish(own_store, grown_release)
        assert look(client) == (grown_release.name, 240)


def test_way_back_to_the_release_before_is_open(own_store: Store, grown_release: Path) -> None:
    old = own_store.current_id("toy")
    with TestClient(make_app(Settings(store=own_store.folder, zone="toy"))) as client:
        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(lambda _: look(client), range(8))) == {(old, 120)}
        publish(own_store, grown_release)
        assert look(client) == (grown_release.name, 240)
        (own_store.zone_folder("toy") / "CURRENT").write_text(old, encoding="ascii")
        assert look(client) == (old, 120)


def test_release_is_closed_when_its_last_request_ends(own_store: Store, grown_release: Path) -> None:
    app = make_app(Settings(store=own_store.folder, zone="toy"))
    switch: Any = app.state.switch
    with switch.use() as before:
        publish(own_store, grown_release)
        with switch.use() as after:
            assert after is not before
            assert before.row("select population from zone") == {"population": 120}
            assert after.row("select population from zone") == {"population": 240}
    with pytest.raises(Exception, match="closed"):
        before.row("select 1")
    switch.close()
