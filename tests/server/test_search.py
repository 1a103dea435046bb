"""Search: by id, local name, Latin name and address; what fits exactly comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest

import server.search
from server.search import QUERY

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def search(client: TestClient, query: str, limit: int = 10) -> list[dict[str, Any]]:
    answer = client.get("/api/search", params={"q": query, "limit": limit})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


@pytest.fixture(scope="module")
def names() -> duckdb.DuckDBPyConnection:
    """A zone of names: tables with the columns that search reads."""
    connection = duckdb.connect()
    connection.execute("create table neighbourhood as select 'n:1' as neighbourhood_id, '太仓港' as name_local, "
                       "'Taicang Gang' as name_latin")
    connection.execute("create table road as select * from (values ('r:1', '东仓路', 'Dong Cang Lu'), "
                       "('r:2', '东仓路', 'Dong Cang Lu'), ('r:3', 'Große Straße', null), ('r:4', null, null)) "
                       "as t(road_id, name_local, name_latin)")
    connection.execute("create table building as select * from (values "
                       "('osm:way/12', '同济大学图书馆', 'Tongji Da Xue Tu Shu Guan', '四平路1239'), "
                       "('osm:way/1', 'Tongji', null, null), ('osm:way/123', 'Café Élan', null, 'Rue de l''Été 5'), "
                       "('osm:way/4', 'Old Tongji Hall', null, null), ('osm:way/5', '100% _\\', null, null)) "
                       "as t(building_id, name_local, name_latin, address)")
    connection.execute("create table parcel as select 'lot:7' as parcel_id, 'TC-2024-07' as cadastral_ref")
    return connection


def ask(names: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [row[1] for row in names.execute(QUERY, {"q": " ".join(query.split()), "limit": 20}).fetchall()]


@pytest.mark.parametrize(("query", "first"), [
    ("osm:way/1", "osm:way/1"), ("OSM:WAY/12", "osm:way/12"), ("tongji", "osm:way/1"), ("图书馆", "osm:way/12"),
    ("tongjidaxue", "osm:way/12"), ("tong ji da xue", "osm:way/12"), ("四平路1239", "osm:way/12"),
    ("tc-2024", "lot:7"), ("东仓路", "r:1"), ("dongcanglu", "r:1"), ("dong cang", "r:1"), ("太仓", "n:1"),
    ("taicang", "n:1"), ("cafe elan", "osm:way/123"), ("CAFÉ", "osm:way/123"), ("cafe\u0301", "osm:way/123"),
    ("rue de l'été", "osm:way/123"), ("Große Straße", "r:3"), ("grosse strasse", "r:3"), ("STRASSE", "r:3"),
    ("100%", "osm:way/5"), ("  tongji   hall ", "osm:way/4"),
])
def test_what_fits_best_comes_first(names: duckdb.DuckDBPyConnection, query: str, first: str) -> None:
    assert ask(names, query)[0] == first


def test_exact_before_beginning_before_inside(names: duckdb.DuckDBPyConnection) -> None:
    assert ask(names, "tongji") == ["osm:way/1", "osm:way/12", "osm:way/4"]
    assert ask(names, "osm:way/12") == ["osm:way/12", "osm:way/123"]


def test_signs_of_patterns_are_plain_letters(names: duckdb.DuckDBPyConnection) -> None:
    assert ask(names, "%") == ["osm:way/5"]
    assert ask(names, "_") == ["osm:way/5"]
    assert ask(names, "\\") == ["osm:way/5"]


def test_street_is_found_once(names: duckdb.DuckDBPyConnection) -> None:
    assert ask(names, "dong cang lu") == ["r:1"]


def test_result_has_a_place_inside_the_zone(client: TestClient) -> None:
    west, south, east, north = client.get("/api/zone").json()["bbox"]
    found = search(client, "katu", 20)
    assert {item["kind"] for item in found} >= {"street", "building"}
    for item in found:
        assert west <= item["centre"][0] <= east
        assert south <= item["centre"][1] <= north
        assert item["bbox"][0] <= item["bbox"][2]
        assert item["name"]


def test_every_result_can_be_opened(client: TestClient) -> None:
    kinds = {"building": "buildings", "parcel": "parcels"}
    for item in search(client, "a", 20) + search(client, "derived", 20):
        if item["kind"] in kinds:
            assert client.get(f"/api/{kinds[item['kind']]}/{item['id']}").status_code == 200


def test_neighbourhood_and_parcel_are_found(client: TestClient) -> None:
    assert search(client, "Kaartinkaupunki")[0]["kind"] == "neighbourhood"
    parcel = search(client, "derived:", 1)[0]
    assert search(client, parcel["id"])[0]["id"] == parcel["id"]


def test_limit_is_kept_and_nothing_is_found_for_nothing(client: TestClient) -> None:
    assert len(search(client, "a", 3)) == 3
    assert len(search(client, "a", 100)) == 20
    assert search(client, "   ") == []
    assert search(client, "qqqqqqqq") == []


def test_chinese_street_of_the_toy_zone_is_found_by_its_letters(toy_client: TestClient) -> None:
    for query in ("东仓", "dongcang", "Dong Cang"):
        found = search(toy_client, query)
        assert (found[0]["kind"], found[0]["name"]) == ("street", "东仓路")


def test_rank_does_not_need_the_tables_of_places() -> None:
    assert set(server.search.TABLES) == {"neighbourhood", "street", "building", "parcel"}


def test_names_on_the_map_are_in_both_scripts_for_who_does_not_read_the_local_one(toy_client: TestClient) -> None:
    told = {language: [row["text"] for row in toy_client.get("/api/map-labels", params={"lang": language}).json()]
            for language in ("zh", "en")}
    assert told["zh"]
    assert not any("\n" in text for text in told["zh"])
    assert [text.split("\n")[0] for text in told["en"]] == told["zh"]
    assert any(text.count("\n") == 1 and text.split("\n")[1].isascii() for text in told["en"])
