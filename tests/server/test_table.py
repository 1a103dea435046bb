"""The map as a table."""

from __future__ import annotations

import csv
import io
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from starlette.testclient import TestClient


def table(client: TestClient, view: str, **query: Any) -> dict[str, Any]:
    answer = client.get(f"/api/table/{view}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_every_view_has_its_table(client: TestClient) -> None:
    labels = client.get("/api/labels").json()
    views = [view for layer in client.get("/api/layers").json()["layers"] for view in layer["views"]]
    assert len(views) > 15
    for view in views:
        told = table(client, view["id"], limit=3)
        names = [column["name"] for column in told["columns"]]
        assert len(told["rows"]) == min(told["count"], 3)
        assert told["count"] > 0 or view["subject"].endswith("_surface")  # without weather there is no sun
        assert [column["label_key"] for column in told["columns"] if column["label_key"] not in labels] == []
        assert all(set(names) <= set(row) for row in told["rows"])


def test_rows_are_sorted_and_what_has_no_value_comes_last(client: TestClient) -> None:
    for descending in (True, False):
        rows = table(client, "emissions", descending=descending, limit=500)["rows"]
        values = [row["emissions_kgco2e_per_a"] for row in rows]
        known = [value for value in values if value is not None]
        assert known == sorted(known, reverse=descending)
        assert values[len(known):] == [None] * (len(values) - len(known))


def test_pages_make_up_the_whole(client: TestClient) -> None:
    whole = table(client, "height", limit=500)
    assert whole["count"] == len(whole["rows"])
    pages = [row["id"] for offset in range(0, whole["count"], 100)
             for row in table(client, "height", limit=100, offset=offset)["rows"]]
    assert pages == [row["id"] for row in whole["rows"]]


def test_filters_leave_what_fits(client: TestClient) -> None:
    tall = table(client, "height", least=30, most=40, limit=500)
    assert 0 < tall["count"] < table(client, "height")["count"]
    assert all(30 <= row["height_m"] < 40 for row in tall["rows"])
    named = table(client, "height", text="stockmann")
    assert [row["name"] for row in named["rows"]] == ["Stockmann"]
    assert all(row["use"] == "office" for row in table(client, "use", text="office", limit=50)["rows"])


@pytest.mark.parametrize("view", ["height", "emissions"])
def test_a_class_of_the_legend_has_as_many_rows(client: TestClient, view: str) -> None:
    drawn = client.get(f"/views/{view}.json").json()["metadata"]
    told = client.get(f"/api/layers/{drawn['layer']}/histogram",
                      params={"column": drawn["column"], "subject": drawn["subject"]}).json()
    bounds = [{"least": low, "most": high} for low, high in pairwise(told["edges"])]
    del bounds[-1]["most"]  # the last class has no end
    found = [table(client, view, **bound)["count"] for bound in bounds]
    assert found == told["counts"]
    assert len(found) > 3


def test_hidden_words_are_left_out(client: TestClient) -> None:
    whole, offices = table(client, "use"), table(client, "use", text="office")
    rest = table(client, "use", hidden="office,residential", limit=500)
    assert {"office", "residential"} & {row["use"] for row in rest["rows"]} == set()
    assert None in {row["use"] for row in rest["rows"]}  # what has no word is no hidden one
    assert 0 < offices["count"] < whole["count"] - rest["count"]


def test_the_table_is_a_file_as_it_is_filtered(client: TestClient) -> None:
    query = {"least": 20, "sort": "floor_area_m2", "text": "office", "limit": 1}
    answer = client.get("/export/table/height.csv", params=query)
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    told = table(client, "height", **query | {"limit": 500})
    assert [row["id"] for row in rows] == [row["id"] for row in told["rows"]]
    assert [float(row["height_m [m]"]) for row in rows] == [row["height_m"] for row in told["rows"]]
    assert all("OpenStreetMap" in row["attribution"] for row in rows)
    assert client.get("/export/table/nothing.csv").status_code == 404
    for view in ("roof_irradiation", "facade_irradiation"):
        assert client.get(f"/export/table/{view}.csv").status_code == 200


def test_a_box_leaves_what_is_seen(client: TestClient) -> None:
    west, south, east, north = client.get("/api/zone").json()["bbox"]
    half = table(client, "height", box=[west, south, (west + east) / 2, north])
    other = table(client, "height", box=[(west + east) / 2, south, east, north])
    assert half["count"] + other["count"] == table(client, "height")["count"]


@pytest.mark.parametrize(("view", "query", "status"), [
    ("nothing", {}, 404), ("height", {"sort": "height_m; drop table building"}, 404), ("height", {"limit": 0}, 422),
    ("height", {"box": [1, 2, 3]}, 422), ("height", {"least": "nan"}, 422), ("height", {"limit": 10**9}, 422),
    ("height", {"other": 1}, 422),
])
def test_what_cannot_be_asked_is_refused(client: TestClient, view: str, query: dict[str, Any], status: int) -> None:
    assert client.get(f"/api/table/{view}", params=query).status_code == status


def test_a_hostile_filter_finds_nothing_and_harms_nothing(client: TestClient) -> None:
    assert table(client, "height", text="' or 1=1 --")["count"] == 0


def test_a_drawn_area_leaves_what_lies_in_it(client: TestClient) -> None:
    places = [[24.9400, 60.1680], [24.9440, 60.1700], [24.9400, 60.1720]]
    chosen = client.post("/api/selection", json={"area": {"type": "Polygon", "coordinates": [places]}}).json()
    text = ";".join(f"{lon},{lat}" for lon, lat in places)
    told = client.get("/api/table/height", params={"area": text, "limit": 500}).json()
    assert told["count"] == len(told["rows"]) == chosen["counts"]["building"] > 3
    assert told["count"] < client.get("/api/table/height").json()["count"]
    for wrong in ("1,2", "a,b;c,d;e,f", "1,2;3,4;5,600", "0,0;0,0;0,0"):
        assert client.get("/api/table/height", params={"area": wrong}).status_code == 400, wrong
