"""What each route answers, and how it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from layers.contract import DOMAINS, LANGUAGES
from server.app import make_app
from server.settings import Settings

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from twin.store import Release, Store

ROUTES = ("/", "/health", "/favicon.ico", "/static/deck.js", "/static/web/js/main.js", "/api/zone", "/api/layers",
          "/api/labels?lang=zh", "/api/layers/planning/histogram?column=far", "/api/search?q=katu", "/api/map-labels",
          "/api/ground", "/views/height.json", "/views/use.json?theme=dark", "/export/zone.csv",
          "/export/reading_cell.csv", "/api/neighbourhoods", "/api/table/height", "/api/qr.svg?path=/",
          "/api/solar/sites?limit=1", "/api/openapi.json")
REFUSED = {
    "/nothing": 404, "/static/web/nothing.js": 404, "/static/web/../server/app.py": 404, "/api/buildings/": 404,
    "/api/buildings/osm:way/0": 404, "/api/parcels/x": 404, "/api/energy-assets/x": 404, "/views/none.json": 404,
    "/views/height.json?theme=pink": 422, "/api/labels?lang=xx": 422, "/api/search": 422,
    "/api/search?q=a&limit=0": 422, "/api/search?q=a&limit=x": 422,
    "/api/layers/none/histogram?column=far": 404, "/api/layers/planning/histogram": 422,
    "/api/layers/planning/histogram?column=none": 404, "/api/layers/planning/histogram?column=far&subject=x": 404,
    "/api/layers/planning/histogram?column=far&subject=building": 404, "/export/none.csv": 404,
    "/export/wide_road.csv": 404, "/export/zone.exe": 422, "/export/building_parcel.geojson": 404,
    "/export/reading.csv": 401, "/export/reading.gpkg": 401, "/export/wide_reading.csv": 404,
    "/export/reading_cell.geojson": 404,
    f"/api/buildings/{'x' * 201}": 422, f"/api/search?q={'x' * 201}": 422, "/tiles/x/building/14/0/0.geojson": 404,
}


def get(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_zone_says_what_the_release_holds(client: TestClient, helsinki_release: Release) -> None:
    zone = get(client, "/api/zone")
    counts = helsinki_release.manifest["counts"]
    assert zone["release_id"] == helsinki_release.release_id
    assert zone["counts"] == {table: counts[table] for table in zone["counts"]}
    west, south, east, north = zone["bbox"]
    assert 24.9 < west < zone["centre"][0] < east < 25.0
    assert 60.1 < south < zone["centre"][1] < north < 60.2
    assert zone["attribution"] == [{"text": "© OpenStreetMap contributors", "licence": "ODbL-1.0",
                                    "url": "https://www.openstreetmap.org/copyright"}]
    assert zone["languages"] == list(LANGUAGES)
    assert zone["default_view"] == "height"


def test_totals_have_intervals_and_begin_with_emissions(client: TestClient) -> None:
    totals = get(client, "/api/zone")["totals"]
    assert totals[0]["key"] == "ledger.footprint_kgco2e_per_a"
    assert totals[0]["unit"] == "kgCO2e/a"
    assert all(total["low"] <= total["value"] <= total["high"] for total in totals)


def test_layers_have_units_and_words_in_every_language(client: TestClient) -> None:
    catalogue = get(client, "/api/layers")
    assert catalogue["domains"] == list(DOMAINS)
    words = {language: get(client, f"/api/labels?lang={language}") for language in LANGUAGES}
    for layer in catalogue["layers"]:
        keys = [layer["title_key"], layer["summary_key"], *(view["title_key"] for view in layer["views"])]
        keys += [column[key] for column in layer["columns"] for key in ("label_key", "meaning_key")]
        for language in LANGUAGES:
            assert [key for key in keys if not words[language].get(key)] == []


def test_every_view_is_a_spec_whose_data_are_addresses(client: TestClient) -> None:
    words = get(client, "/api/labels?lang=zh")
    addresses = set()
    for view in [view for layer in get(client, "/api/layers")["layers"] for view in layer["views"]]:
        for theme in ("light", "dark"):
            spec = get(client, f"/views/{view['id']}.json?theme={theme}")
            own = [table for table in ("roof_surface", "facade_surface") if view["subject"].endswith("_surface")]
            assert [layer["id"] for layer in spec["layers"]] == [
                "ground", "land_cover", "parcel", "road", "building", *own, "energy_asset", "label"]
            addresses.add(tuple(layer["data"] for layer in spec["layers"] if layer["id"] not in own))
            meta = spec["metadata"]
            assert meta["view"] == view["id"]
            assert meta["unit"] == view["unit"]
            assert [toggle["title_key"] for toggle in meta["toggles"] if toggle["title_key"] not in words] == []
            assert [item["key"] for item in meta["legend"].get("classes", []) if item["key"] not in words] == []
    assert len(addresses) == 1


def test_steps_of_a_legend_follow_each_other(client: TestClient) -> None:
    for view in ("height", "year_built", "far", "emissions", "energy_intensity", "parcel_emissions"):
        legend = get(client, f"/views/{view}.json")["metadata"]["legend"]
        stops = legend["stops"]
        assert stops[0]["low"] in {0, None}
        assert stops[-1]["high"] is None
        assert [stop["high"] for stop in stops[:-1]] == [stop["low"] for stop in stops[1:]]
        assert len({tuple(stop["colour"]) for stop in stops} | {tuple(legend["missing"])}) == len(stops) + 1


def test_building_tells_every_layer_with_units_and_evidence(client: TestClient) -> None:
    found = get(client, "/api/search?q=Stockmann")["results"][0]
    building = get(client, f"/api/buildings/{found['id']}")
    assert (building["kind"], building["id"], building["title"]) == ("building", found["id"], "Stockmann")
    groups = {group["key"]: {value["column"]: value for value in group["values"]} for group in building["groups"]}
    height = groups["building.title"]["height_m"]
    assert height["unit"] == "m"
    assert height["low"] <= height["value"] <= height["high"]
    assert height["evidence_key"] == f"height_source.{height['evidence']}"
    assert groups["building.title"]["use"]["value_key"] == "use.retail"
    emissions = groups["construction.title"]["emissions_kgco2e_per_a"]
    assert emissions["low"] < emissions["value"] < emissions["high"]
    assert emissions["evidence"] == "modelled"
    assert sum(link["share"] for link in building["links"]) == pytest.approx(1)
    words = get(client, "/api/labels?lang=de")
    keys = [value[key] for group in groups.values() for value in group.values()
            for key in ("label_key", "meaning_key", "evidence_key", "value_key") if value.get(key)]
    assert [key for key in keys if key not in words] == []


def test_building_and_parcel_name_each_other(client: TestClient) -> None:
    building = get(client, f"/api/buildings/{get(client, '/api/search?q=Stockmann')['results'][0]['id']}")
    parcel = get(client, f"/api/parcels/{building['links'][0]['id']}")
    assert building["id"] in {link["id"] for link in parcel["links"] if link["kind"] == "building"}


def test_energy_asset_tells_its_parcel(client: TestClient, helsinki_release: Release) -> None:
    import pandas as pd

    for row in pd.read_parquet(helsinki_release.table("energy_asset")).itertuples():
        asset = get(client, f"/api/energy-assets/{row.asset_id}")
        assert asset["kind"] == "energy_asset"
        assert asset["groups"][0]["values"][0]["value_key"] == f"kind.{row.kind}"
        assert [link["id"] for link in asset["links"]] == ([row.parcel_id] if row.parcel_id else [])


@pytest.mark.parametrize(("address", "counted"), [
    ("planning/histogram?column=height_m", "building"), ("planning/histogram?column=use", "building"),
    ("planning/histogram?column=far", "parcel"), ("planning/histogram?column=built_m2", "parcel"),
    ("construction/histogram?column=emissions_kgco2e_per_a&subject=building", "building"),
    ("construction/histogram?column=emissions_kgco2e_per_a&subject=parcel", "parcel"),
    ("construction/histogram?column=energy_reason", "building"), ("energy/histogram?column=kind", "energy_asset"),
])
def test_distribution_counts_everything_once(client: TestClient, address: str, counted: str) -> None:
    found = get(client, f"/api/layers/{address}")
    counts = found["counts"] if "counts" in found else [item["count"] for item in found["classes"]]
    assert sum(counts) + found["missing"] == get(client, "/api/zone")["counts"][counted]
    if "edges" in found:
        assert len(found["edges"]) == len(counts) + 1
        assert found["edges"] == sorted(found["edges"])


def test_distribution_follows_the_legend(client: TestClient, served: Any) -> None:
    found = get(client, "/api/layers/planning/histogram?column=height_m")
    stops = get(client, "/views/height.json")["metadata"]["legend"]["stops"]
    assert found["edges"][1:-1] == [stop["low"] for stop in stops[1:]]
    low = served.row("select count(*) as number from building where height_m < 6")
    assert found["counts"][0] == low["number"]


@pytest.mark.parametrize("path", ROUTES)
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert_secure(answer.headers)


def assert_secure(headers: Any) -> None:
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(("path", "status"), REFUSED.items())
def test_refusal_has_one_form(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert set(error) == {"status", "kind", "message"}
    assert error["status"] == status
    assert len(error["message"]) > 3
    assert "Traceback" not in error["message"]
    assert_secure(answer.headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/zone")
    assert answer.status_code == 405
    assert answer.json()["error"]["status"] == 405
    assert answer.headers["allow"] == "GET"


def test_mistake_of_the_server_tells_nothing_of_its_inside(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_release: object) -> None:
        message = "secret /etc/passwd"
        raise RuntimeError(message)

    monkeypatch.setattr("server.routes.api.describe_zone", fail)
    answer = client.get("/api/zone")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["error"]["kind"] == "InternalError"
    assert_secure(answer.headers)


def test_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/").text
    assert "http://" not in page
    assert "https://" not in page
    assert "<script>" not in page
    assert client.get("/static/deck.js", headers={"accept-encoding": "br"}).headers["content-encoding"] == "br"


def test_deck_is_sent_once(client: TestClient) -> None:
    first = client.get("/static/deck.js")
    again = client.get("/static/deck.js", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_app_needs_a_release(tmp_path: Any) -> None:
    from twin.errors import StoreError

    with pytest.raises(StoreError, match="no release"):
        make_app(Settings(store=tmp_path))


def test_app_serves_the_zone_named(toy_store: Store, toy_client: TestClient) -> None:
    assert get(toy_client, "/health")["release_id"] == toy_store.current_id("toy")


def test_a_building_is_ranked_among_those_of_its_use(client: TestClient, helsinki_store: Store) -> None:
    release = helsinki_store.open_release("helsinki")
    buildings = pd.read_parquet(release.table("building"), columns=["building_id", "use", "status", "height_m"])
    offices = buildings[(buildings["use"] == "office") & (buildings["status"] == "existing")].reset_index(drop=True)
    middle = offices.sort_values("height_m").iloc[len(offices) // 2]
    told = client.get(f"/api/buildings/{middle['building_id']}").json()["groups"][0]["values"]
    rank = next(value["rank"] for value in told if value["column"] == "height_m")
    below = (offices["height_m"] < middle["height_m"]).sum() + (offices["height_m"] == middle["height_m"]).sum() / 2
    assert rank == {"share_below": pytest.approx(below / len(offices)), "count": len(offices),
                    "class_key": "use.office"}


def test_a_figure_of_a_building_opens_down_to_its_rows(client: TestClient, helsinki_store: Store) -> None:
    release = helsinki_store.open_release("helsinki")
    energy = pd.read_parquet(release.table("building_construction"))
    one = energy[energy["emissions_kgco2e_per_a"].notna() & energy["heat_kwh_per_a"].notna()].iloc[0]
    path = f"/api/buildings/{one['building_id']}/explain"
    whole = client.get(path, params={"metric": "emissions_kgco2e_per_a"}).json()
    assert whole["value"] == pytest.approx(one["emissions_kgco2e_per_a"])
    assert whole["sum_kgco2e_per_a"] == pytest.approx(one["emissions_kgco2e_per_a"], rel=1e-6)
    assert {row["subject_id"] for row in whole["rows"]} == {one["building_id"]}
    assert {formula["name"] for formula in whole["formulas"]} >= {"building_construction.sql", "ledger.sql"}
    heat = client.get(path, params={"metric": "heat_kwh_per_a"}).json()
    assert {row["carrier"] for row in heat["rows"]} == {"heat"}
    assert sum(row["activity"] for row in heat["rows"]) == pytest.approx(one["heat_kwh_per_a"], rel=1e-6)
    height = client.get(path, params={"metric": "height_m"}).json()
    assert height["subjects"][0]["subject_id"] == one["building_id"]
    assert client.get(path, params={"metric": "nothing"}).status_code == 404


def test_doubt_is_half_the_interval_over_the_value(client: TestClient, helsinki_store: Store) -> None:
    told = client.get("/views/height/doubt.json").json()
    heights = pd.read_parquet(helsinki_store.open_release("helsinki").table("building")).set_index("building_id")
    spread = (heights["height_high_m"] - heights["height_low_m"]) / 2 / heights["height_m"]
    for ids, least in zip(told["classes"], told["limits"], strict=True):
        assert (spread[ids] > least).all()
    assert sum(told["counts"]) == spread.notna().sum()
    assert len(told["classes"][0]) + len(told["classes"][1]) == (spread > told["limits"][0]).sum()
    assert client.get("/views/use/doubt.json").status_code == 404
    assert client.get("/views/height.json").json()["metadata"]["has_interval"] is True
    assert client.get("/views/use.json").json()["metadata"]["has_interval"] is False
