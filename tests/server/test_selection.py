"""A drawn area: what lies in it, its sums, and the same as a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from twin.store import Release

WHOLE = {"type": "Polygon", "coordinates": [[[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]]]}


def around(lon: float, lat: float, reach: float) -> dict[str, Any]:
    corners = [[lon - reach, lat - reach], [lon + reach, lat - reach], [lon + reach, lat + reach],
               [lon - reach, lat + reach]]
    return {"type": "Polygon", "coordinates": [corners]}


def select(client: TestClient, area: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = client.post("/api/selection", json={"area": area} | more)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_whole_zone_sums_to_its_totals(toy_client: TestClient, toy_release: Release) -> None:
    told = select(toy_client, WHOLE)
    buildings = pd.read_parquet(toy_release.table("building"))
    standing = buildings[buildings["status"] == "existing"]
    sums = {line["column"]: line for line in told["sums"]}
    assert told["counts"]["building"] == len(buildings)
    assert sums["floor_area_m2"]["value"] == pytest.approx(standing["floor_area_m2"].sum())
    assert sums["residents"]["value"] == pytest.approx(standing["residents"].sum())
    footprint = pd.read_parquet(toy_release.table("parcel_ledger"))["footprint_kgco2e_per_a"].sum()
    assert sums["footprint_kgco2e_per_a"]["value"] == pytest.approx(footprint)
    assert told["planned_buildings"] == (buildings["status"] == "planned").sum()


def test_every_column_is_summed_once(toy_client: TestClient) -> None:
    columns = [line["column"] for line in select(toy_client, WHOLE)["sums"]]
    assert len(columns) == len(set(columns))


def test_two_halves_sum_to_the_whole(client: TestClient) -> None:
    west, south, east, north = client.get("/api/zone").json()["bbox"]
    middle = (west + east) / 2 + 1e-5
    halves = [{"type": "Polygon", "coordinates": [[[a, south - 1], [b, south - 1], [b, north + 1], [a, north + 1]]]}
              for a, b in ((west - 1, middle), (middle, east + 1))]
    parts, whole = [select(client, half) for half in halves], select(client, WHOLE)
    for line in whole["sums"]:
        summed = sum(one["value"] for part in parts for one in part["sums"] if one["column"] == line["column"])
        assert summed == pytest.approx(line["value"], rel=1e-9, abs=1e-6), line["column"]


def test_one_house_is_selected_by_its_inner_point(client: TestClient) -> None:
    house = next(item for item in client.get("/api/search?q=Stockmann").json()["results"]
                 if item["kind"] == "building")
    told = select(client, around(*house["centre"], 1e-5))
    known = client.get(f"/api/buildings/{house['id']}").json()["groups"][0]["values"]
    area = next(value["value"] for value in known if value["column"] == "floor_area_m2")
    assert told["ids"]["building"] == [house["id"]]
    assert next(line["value"] for line in told["sums"] if line["column"] == "floor_area_m2") == pytest.approx(area)


def test_classes_of_a_selection_count_its_features(client: TestClient) -> None:
    told = select(client, WHOLE, view="height")
    whole = client.get("/api/layers/planning/histogram", params={"column": "height_m"}).json()
    assert sum(told["distribution"]["counts"]) == sum(whole["counts"])
    uses = select(client, WHOLE, view="use")["distribution"]
    assert sum(line["count"] for line in uses["classes"]) + uses["missing"] == told["counts"]["building"]


def test_bounds_hold_their_sums(client: TestClient) -> None:
    for line in select(client, WHOLE)["sums"]:
        if line["low"] is not None:
            assert line["low"] <= line["value"] <= line["high"], line["column"]


def test_a_loop_that_crosses_itself_holds_what_it_goes_around(client: TestClient) -> None:
    west, south, east, north = client.get("/api/zone").json()["bbox"]
    bow = {"type": "Polygon", "coordinates": [[[west, south], [east, north], [east, south], [west, north]]]}
    assert 0 < select(client, bow)["counts"]["building"] < select(client, WHOLE)["counts"]["building"]


@pytest.mark.parametrize("area", [
    {"type": "Polygon", "coordinates": [[[24, 60], [25, 61], [26, 62]]]},
    {"type": "Polygon", "coordinates": [[[24, 60], [24, 60], [24, 60]]]},
])
def test_an_area_of_nothing_is_refused_in_plain_words(client: TestClient, area: dict[str, Any]) -> None:
    answer = client.post("/api/selection", json={"area": area})
    assert answer.status_code == 400
    assert "three corners" in answer.json()["error"]["message"]


@pytest.mark.parametrize("area", [
    {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": []}, {}, 7,
    {"type": "Polygon", "coordinates": [[[200, 0], [0, 0], [0, 1]]]},
    {"type": "Polygon", "coordinates": [[[0, 0]] * 2001]},
])
def test_what_is_no_area_is_refused(client: TestClient, area: object) -> None:
    assert client.post("/api/selection", json={"area": area}).status_code == 422


def test_no_number_is_no_corner(client: TestClient) -> None:
    body = '{"area": {"type": "Polygon", "coordinates": [[[NaN, 0], [0, 0], [0, 1]]]}}'
    answer = client.post("/api/selection", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


def test_a_selection_is_a_file_with_its_sources(client: TestClient) -> None:
    house = next(item for item in client.get("/api/search?q=Stockmann").json()["results"]
                 if item["kind"] == "building")
    area = around(*house["centre"], 1e-5)
    answer = client.post("/export/selection.geojson", json={"area": area})
    content = json.loads(answer.content)
    assert [row["properties"]["building_id"] for row in content["features"]] == [house["id"]]
    assert content["attribution"]
    table = client.post("/export/selection.csv?subject=parcel", json={"area": WHOLE}).text
    assert len(table.splitlines()) > select(client, WHOLE)["counts"]["parcel"]
