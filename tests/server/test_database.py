"""The served database: hardened, one cursor for each thread, never slow for long."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import duckdb
import pyproj
import pytest
from starlette.testclient import TestClient

import server.search
from server.app import make_app
from server.settings import Settings
from twin.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from server.database import ServedRelease
    from twin.store import Store

SLOW = "select count(*) as number from range(1000000000) as a(i), range(1000000) as b(j) where (a.i * b.j) % 7 = 3"


@pytest.fixture
def toy(toy_client: TestClient) -> Iterator[ServedRelease]:
    with toy_client.app.state.switch.use() as served:  # type: ignore[attr-defined]
        yield served


@pytest.mark.parametrize("statement", [
    "select * from read_text('{secret}')", "select * from read_csv('{secret}')", "select * from '{secret}'",
    "select * from st_read('{shape}')", "select * from st_readosm('{shape}')", "select * from st_read_meta('{shape}')",
    "copy (select 1) to '{out}'", "copy zone to '{out}'", "export database '{out}'", "attach '{out}' as other",
    "install httpfs", "load httpfs", "load '{secret}'", "set threads = 4", "set enable_external_access = true",
    "set lock_configuration = false", "set memory_limit = '9GB'", "reset threads", "create table stolen as select 1",
    "delete from building", "update zone set name = 'x'", "drop table building", "pragma database_list; set threads=2",
])
def test_database_refuses_all_but_reading_its_own(toy: ServedRelease, tmp_path: Path, statement: str) -> None:
    (tmp_path / "secret.csv").write_text("a\nsecret\n", encoding="utf-8")
    (tmp_path / "shape.geojson").write_text('{"type":"Point","coordinates":[1,2]}', encoding="utf-8")
    sql = statement.format(secret=tmp_path / "secret.csv", shape=tmp_path / "shape.geojson", out=tmp_path / "out")
    with pytest.raises(duckdb.Error):
        toy.rows(sql)
    assert not (tmp_path / "out").exists()
    assert toy.rows("select name from zone") == [{"name": "toy"}]


def test_files_are_readable_before_the_hardening(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\nsecret\n", encoding="utf-8")
    found = duckdb.connect().execute(f"select content from read_text('{tmp_path / 'secret.csv'}')").fetchall()
    assert found == [("a\nsecret\n",)]


def test_axis_order_holds_on_the_cursor_of_another_thread(toy: ServedRelease) -> None:
    point = "st_transform(st_point(545000, 3480000), 'EPSG:4549', 'EPSG:4326')"
    sql = f"select st_x({point}) as lon, st_y({point}) as lat"
    with ThreadPoolExecutor(1) as pool:
        row = pool.submit(toy.row, sql).result()
    lon, lat = pyproj.Transformer.from_crs(4549, 4326, always_xy=True).transform(545000, 3480000)
    assert row == pytest.approx({"lon": lon, "lat": lat}, abs=1e-9)


def test_threads_never_get_each_others_answers(client: TestClient) -> None:
    table = client.get("/export/building.csv").text.splitlines()[1:]
    ids = [line.split(",")[0] for line in table][:120]

    def ask(building_id: str) -> tuple[str, str]:
        return building_id, client.get(f"/api/buildings/{building_id}").json()["id"]

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(ask, ids * 2))
    assert [pair for pair in answers if pair[0] != pair[1]] == []


def test_cursors_belong_to_their_threads(toy: ServedRelease) -> None:
    barrier = threading.Barrier(6)

    def ask(number: int) -> bool:
        barrier.wait()
        return all(toy.row("select $n as n", {"n": number * 1000 + step}) == {"n": number * 1000 + step}
                   for step in range(200))

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(ask, range(6)))


def test_slow_question_is_interrupted(own_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.search, "QUERY", f"with slow as ({SLOW}) select number as kind, $q, $limit from slow")
    app = make_app(Settings(store=own_store.folder, zone="toy", query_seconds=0.2))
    with TestClient(app, raise_server_exceptions=False) as client:
        start = time.monotonic()
        answer = client.get("/api/search", params={"q": "a"})
        assert time.monotonic() - start < 5
        assert answer.status_code == 503
        assert "too long" in answer.json()["error"]["message"]
        assert client.get("/health").status_code == 200


def test_question_beyond_memory_is_refused(own_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    greedy = "select list(i order by i desc) as kind, $q, $limit from range(100000000) as a(i)"
    monkeypatch.setattr(server.search, "QUERY", greedy)
    app = make_app(Settings(store=own_store.folder, zone="toy", memory_limit="16MB"))
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/api/search", params={"q": "a"})
        assert answer.status_code == 503
        assert "memory" in answer.json()["error"]["message"]


def test_damaged_release_is_not_served(own_store: Store) -> None:
    table = next(own_store.folder.rglob("tables/parcel.parquet"))
    content = bytearray(table.read_bytes())
    content[len(content) // 2] ^= 1
    table.chmod(0o644)
    table.write_bytes(content)
    with pytest.raises(ReleaseError, match=r"damaged.*parcel\.parquet"):
        make_app(Settings(store=own_store.folder, zone="toy"))
