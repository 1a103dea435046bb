"""Readings at the door: sums for everyone, single ones for those who have a key, and the command that takes them in."""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyogrio
import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from layers.discovery import discover_layers
from layers.release import build_release
from server.app import make_app
from server.export import write_all
from server.settings import Settings
from twin.store import Store
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from twin.store import Release

ROOT = Path(__file__).parents[2]
ZONETWIN = Path(sys.executable).with_name("zonetwin")
KEY = "correct horse battery staple"
SECRET = 4711.25  # a value that must never come out
NUMBER = r"(?<![\d.])4,?711(?!\d)"  # as a number of its own, not as digits within one
HEADER = "subject_kind,subject_id,carrier,start,end,value,unit,source\n"
TOML = '\n[sources.meters]\nfile = "meters.csv"\n'


@pytest.fixture(scope="module")
def metered_store(tmp_path_factory: pytest.TempPathFactory, write_toy: Callable[..., Path]) -> Store:
    """Return a store with the toy zone, one house of which has a meter."""
    folder = write_toy(tmp_path_factory.mktemp("metered") / "zone")
    row = f"building,file:h1,heat,2025-01-01,2026-01-01,{SECRET},kWh,secret bill\n"
    (folder / "meters.csv").write_text(HEADER + row)
    with (folder / "zone.toml").open("a") as file:
        file.write(TOML)
    store = Store(folder.parent / "store")
    build_release(load_zone(folder), store)
    return store


@pytest.fixture(scope="module")
def metered_client(metered_store: Store) -> Iterator[TestClient]:
    settings = Settings(store=metered_store.folder, zone="toy", keys=hashlib.sha256(KEY.encode()).hexdigest())
    with TestClient(make_app(settings), raise_server_exceptions=False) as client:
        yield client


# Single readings


@pytest.mark.parametrize("form", ["csv", "parquet", "gpkg", "geojson"])
@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer", "Basic Y29ycmVjdA==", f"bearer{KEY}", "Bearer é"])
def test_single_readings_need_a_key(metered_client: TestClient, form: str, header: str | None) -> None:
    headers = {"Authorization": header.encode()} if header else {}
    answer = metered_client.get(f"/export/reading.{form}", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["cache-control"] == "no-store"
    error = answer.json()["error"]
    assert (error["status"], error["kind"]) == (401, "AccessError")
    assert "Authorization: Bearer KEY" in error["message"]


def test_single_readings_are_there_for_who_has_a_key(metered_client: TestClient, tmp_path: Path) -> None:
    answer = metered_client.get("/export/reading.csv", headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    (tmp_path / "r.csv").write_bytes(answer.content)
    row = pd.read_csv(tmp_path / "r.csv").iloc[0]
    assert row[["subject_id", "carrier", "start", "end", "amount", "source"]].tolist() == [
        "file:h1", "heat", "2025-01-01", "2026-01-01", SECRET, "secret bill"]


@pytest.mark.parametrize("form", ["csv", "parquet", "gpkg"])
@pytest.mark.parametrize("extra", [{}, {"range": "bytes=0-9"}, {"accept-encoding": "gzip"}])
def test_no_cache_keeps_what_a_key_opened(metered_client: TestClient, form: str, extra: dict[str, str]) -> None:
    key = {"authorization": f"Bearer {KEY}"}
    answer = metered_client.get(f"/export/reading.{form}", headers=key | extra)
    assert answer.status_code == (206 if "range" in extra else 200)
    assert answer.headers["cache-control"] == "private, no-store"
    for known in ({"if-none-match": answer.headers["etag"]}, {"if-none-match": "*"},
                  {"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"}):
        assert metered_client.get(f"/export/reading.{form}", headers=known | extra).status_code == 401


def test_no_other_method_or_place_for_a_key_opens_the_table(metered_client: TestClient) -> None:
    key = {"authorization": f"Bearer {KEY}"}
    for method in ("HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH"):
        assert metered_client.request(method, "/export/reading.csv", headers=key).status_code == 405
    assert metered_client.get("/export/reading.csv", params=key).status_code == 401
    cookie = {"cookie": f"authorization=Bearer {KEY}"}
    assert metered_client.get("/export/reading.csv", headers=cookie).status_code == 401
    two = [("authorization", "Bearer wrong"), ("authorization", f"Bearer {KEY}")]
    assert metered_client.get("/export/reading.csv", headers=two).status_code == 401


def test_where_no_key_was_set_none_opens(metered_store: Store) -> None:
    with TestClient(make_app(Settings(store=metered_store.folder, zone="toy"))) as client:
        for key in ("", KEY, hashlib.sha256(KEY.encode()).hexdigest()):
            answer = client.get("/export/reading.csv", headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code == 401


@pytest.mark.parametrize("path", ["/export/READING.csv", "/export/wide_reading.csv", "/export/reading.csv.csv",
                                  "/export/..%2Freading.csv", "/export/reading%20.csv", "/export/reading%00.csv",
                                  "/export/reading%2Ecsv", "/export/./reading.csv", "/export/reading.csv/",
                                  "/export/reading_cell%2F..%2Freading.csv", "/export/reading.CSV",
                                  "/export/\uff52eading.csv", "/export/reading%0A.csv", "/views/reading.json",
                                  "/api/layers/reading/histogram?column=amount"])
def test_no_other_spelling_opens_the_table(metered_client: TestClient, path: str) -> None:
    assert metered_client.get(path).status_code in {401, 404, 422}


def test_no_public_answer_holds_a_single_reading(metered_client: TestClient, metered_store: Store) -> None:
    release = metered_store.open_release("toy")
    paths = [f"/export/{path.stem}.csv" for path in (release.folder / "tables").glob("*.parquet")
             if path.stem not in {"reading", "solar_hour", "load_shape", "load_hour"}]  # hour 4711 is no reading
    paths += ["/export/wide_building.csv", "/export/wide_parcel.csv", "/api/zone", "/api/layers",
              "/api/neighbourhoods", "/api/buildings/file:h1", "/api/parcels/file:A1", "/api/search?q=h1",
              "/views/height.json", "/api/labels", "/api/map-labels", "/api/openapi.json", "/health",
              "/api/search?q=4711", "/api/search?q=secret"]
    paths += [f"/api/layers/{layer}/histogram?column={column.name}&subject=building"
              for layer, described in discover_layers().items() if f"building_{layer}" in described.tables
              for column in described.tables[f"building_{layer}"]]
    for path in paths:
        answer = metered_client.get(path)
        assert answer.status_code == 200, path
        assert not re.search(NUMBER, answer.text), path
        for secret in ("secret bill", "meters.csv,"):
            assert secret not in answer.text, path


def test_no_tile_holds_a_single_reading(metered_client: TestClient, read_tiles: Callable[..., Any]) -> None:
    for layer in ("building", "parcel", "energy_asset", "neighbourhood"):
        told = json.dumps(read_tiles(metered_client, layer, 14))
        assert '"Feature"' in told, layer
        assert not re.search(NUMBER, told)
        assert "secret bill" not in told


def test_only_the_table_of_single_readings_holds_them(metered_store: Store) -> None:
    release = metered_store.open_release("toy")
    double = struct.pack("<d", SECRET)
    for path in release.folder.rglob("*"):
        if path.is_file() and path != release.table("reading"):
            content = path.read_bytes()
            assert not any(secret in content for secret in (b"4711.25", b"secret bill", double)), path.name
    assert b"secret bill" in release.table("reading").read_bytes()


def test_a_package_of_everything_has_the_sums_and_no_single_reading(metered_store: Store, tmp_path: Path) -> None:
    write_all(metered_store.open_release("toy"), discover_layers(), tmp_path / "all.gpkg")
    layers = {str(row[0]) for row in pyogrio.list_layers(tmp_path / "all.gpkg")}
    assert {"reading_cell", "reading_total"} <= layers
    assert "reading" not in layers
    assert b"secret bill" not in (tmp_path / "all.gpkg").read_bytes()


def test_keys_are_set_as_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (hashlib.sha256(key.encode()).hexdigest() for key in ("one", "two"))
    monkeypatch.setenv("ZONETWIN_KEYS", f" {one}, {two.upper()},")
    assert Settings().keys == (one, two)
    assert one not in repr(Settings())
    monkeypatch.setenv("ZONETWIN_KEYS", KEY)
    with pytest.raises(ValidationError, match="sha256sum") as caught:
        Settings()
    assert KEY not in str(caught.value)


# Sums


@pytest.fixture(scope="module")
def crowded(
    tmp_path_factory: pytest.TempPathFactory, toy_folder: Path, toy_release: Release
) -> Iterator[TestClient]:
    """Return a client of the toy zone with ten solar plants: seven roofs, two lots that are not built on, one asset."""
    folder = tmp_path_factory.mktemp("crowded") / "zone"
    folder.mkdir()
    for path in toy_folder.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    asset = pd.read_parquet(toy_release.table("energy_asset"))["asset_id"][0]
    subjects = [*(f"building,file:h{number}" for number in range(1, 8)), "parcel,B2", "parcel,A2", f"asset,{asset}"]
    lines = [f"{subject},pv,2025-01-01,2026-01-01,100,kWh,bill\n" for subject in subjects]
    lines += ["building,file:h1,water,2025-01-01,2026-01-01,7,m3,bill\n"]
    (folder / "meters.csv").write_text(HEADER + "".join(lines))
    with (folder / "zone.toml").open("a") as file:
        file.write(TOML)
    store = Store(folder.parent / "store")
    build_release(load_zone(folder), store)
    with TestClient(make_app(Settings(store=store.folder, zone="toy")), raise_server_exceptions=False) as client:
        yield client


def test_neighbourhoods_say_who_lives_there_and_what_was_measured(crowded: TestClient) -> None:
    answer = crowded.get("/api/neighbourhoods").json()
    (quarter,) = answer["neighbourhoods"]
    assert set(quarter) == {"id", "name", "name_latin", "source", "population", "households",
                                "median_year_built", "area_m2", "centre",
                            "measured"}
    west, south, east, north = crowded.get("/api/zone").json()["bbox"]
    assert west < quarter["centre"][0] < east
    assert south < quarter["centre"][1] < north
    words = crowded.get("/api/labels?lang=zh").json()
    for cell in quarter["measured"] + answer["measured"]:
        assert cell["carrier_key"] in words
        assert cell["is_public"] == (cell["reason"] is None) == (cell["amount"] is not None)
        assert cell["reason_key"] is None or cell["reason_key"] in words
    told = {cell["carrier"]: (cell["year"], cell["amount"], cell["meters"], cell["coverage"], cell["reason"])
            for cell in quarter["measured"]}
    assert told == {"pv": (2025, 1000, 10, 1, None), "water": (2025, None, None, None, "too_few")}
    totals = {cell["carrier"]: (cell["amount"], cell["coverage"], cell["reason"]) for cell in answer["measured"]}
    assert totals == {"pv": (1000, 1, None), "water": (None, None, "too_few")}


def test_neighbourhoods_are_sent_once(crowded: TestClient) -> None:
    first = crowded.get("/api/neighbourhoods")
    again = crowded.get("/api/neighbourhoods", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["etag"] == again.headers["etag"]
    other = crowded.get("/api/neighbourhoods?lang=zh", headers={"if-none-match": first.headers["etag"]})
    assert (other.status_code, other.json()["notice"] == first.json()["notice"]) == (200, False)


def test_sums_of_an_earlier_version_are_not_shown(own_store: Store) -> None:
    with TestClient(make_app(Settings(store=own_store.folder, zone="toy", verify=False))) as client:
        with client.app.state.switch.use() as served:  # type: ignore[attr-defined]
            served.columns = lambda _: ["neighbourhood_id", "carrier", "year", "meters", "amount", "unit"]
        assert client.get("/api/neighbourhoods").json()["measured"] == []


# The command


@pytest.fixture
def zonetwin(own_store: Store, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs the command line over a store of the test's own."""
    environment = os.environ | {"ZONETWIN_STORE": str(own_store.folder), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run([ZONETWIN, *map(str, arguments)], cwd=tmp_path, env=environment, capture_output=True,
                              text=True, check=False, timeout=120)

    return run


GOOD = "parcel,A1,electricity,2025-01-01,2025-02-01,1.2,MWh,bill\n"
BAD = "building,file:h99,gas,2025-01-01,2025-02-01,300,m3,bill\n"


def test_ingest_tells_what_it_took_and_what_not_and_why(zonetwin: Any, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(HEADER + GOOD + BAD)
    done = zonetwin("ingest", "r.csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 rows: 1 accepted, 0 corrections, 0 duplicates, 1 refused" in done.stdout
    assert "row 3: the zone has no building 'file:h99'; give its building_id" in done.stdout
    assert "The next `zonetwin build` of toy takes them in." in done.stdout
    again = zonetwin("ingest", "r.csv", "--json")
    assert again.returncode == 0
    told = json.loads(again.stdout)
    assert {key: told[key] for key in ("rows", "accepted", "duplicates", "corrections", "refused", "reasons")} == {
        "rows": 2, "accepted": 0, "duplicates": 1, "corrections": 0, "refused": 1, "reasons": {"unknown subject": 1}}
    assert [(item["row"], item["reason"]) for item in told["refused_rows"]] == [(3, "unknown subject")]


def test_ingest_of_nothing_good_leaves_with_code_2_and_no_log(zonetwin: Any, tmp_path: Path, own_store: Store) -> None:
    (tmp_path / "r.csv").write_text(HEADER + BAD)
    done = zonetwin("ingest", "r.csv")
    assert done.returncode == 2
    assert done.stderr.startswith("zonetwin: r.csv: no row of it can be taken (1 unknown subject); row 2: ")
    assert done.stderr.count("\n") == 1
    assert list((own_store.folder / "toy" / "readings").iterdir()) == []


@pytest.mark.parametrize(("content", "words"), [
    (None, "r.csv is no file"), ("", "r.csv is empty"), (HEADER, "holds no readings"), ("a,b\n", "lacks the column"),
])
def test_ingest_of_an_unusable_file_is_one_sentence(
    zonetwin: Any, tmp_path: Path, content: str | None, words: str
) -> None:
    if content is not None:
        (tmp_path / "r.csv").write_text(content)
    done = zonetwin("ingest", "r.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_owner_exports_single_readings_on_the_own_machine(metered_store: Store, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([ZONETWIN, "export", "reading", "--out", "r.csv", "--store", metered_store.folder],
                          cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0
    assert pd.read_csv(tmp_path / "r.csv")["amount"].tolist() == [SECRET]


def test_a_key_that_is_no_hash_is_told_in_a_sentence(metered_store: Store) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "ZONETWIN_KEYS": "secret"}
    done = subprocess.run([ZONETWIN, "serve", "--no-browser", "--port", "18973", "--store", metered_store.folder],
                          env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 2
    assert done.stderr == ("zonetwin: ZONETWIN_KEYS cannot be used (not the SHA-256 of keys; make each with "
                           "`printf %s KEY | sha256sum`); correct or unset it\n")


def test_every_format_holds_the_readings(metered_release: Release, tmp_path: Path) -> None:
    from server.export import write_export

    for form in ("csv", "gpkg", "parquet"):
        path = tmp_path / f"reading.{form}"
        write_export(metered_release, {}, "reading", path, form=form)
        read: Any = {"csv": pd.read_csv, "gpkg": pyogrio.read_dataframe, "parquet": pd.read_parquet}[form]
        frame = read(path, **({"layer": "reading"} if form == "gpkg" else {}))
        assert [str(day)[:10] for day in frame["start"]] == ["2025-01-01"]


@pytest.fixture
def metered_release(metered_store: Store) -> Release:
    return metered_store.open_release("toy")
