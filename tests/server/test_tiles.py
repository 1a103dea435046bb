"""Tiles: all of the release, each feature once, nothing else."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from server.tiles import TileCache, make_tile, tile_bounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from server.database import ServedRelease

METRES_PER_DEGREE = 111_320.0


@pytest.mark.parametrize("zoom", [13, 14, 16])
@pytest.mark.parametrize("layer", ["building", "parcel", "energy_asset"])
def test_every_feature_is_in_exactly_one_tile(
    client: TestClient, served: ServedRelease, read_tiles: Callable[..., list[dict[str, Any]]], layer: str, zoom: int
) -> None:
    found = [(feature["properties"]["id"], json.dumps(feature["geometry"], separators=(",", ":")))
             for tile in read_tiles(client, layer, zoom) for feature in tile["features"]]
    shapes = [(row["feature_id"], row["geojson"]) for row in
              served.rows(f"select feature_id, geojson from map_{layer}")]
    assert len(found) == len(shapes)
    assert {name for name, _ in found} == {name for name, _ in shapes}
    assert len({name for name, _ in found}) == served.release.manifest["counts"][layer]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(("layer", "key"), [("road", "road_id"), ("land_cover", "cover_id")])
def test_cut_features_add_up_to_the_whole(
    client: TestClient, served: ServedRelease, read_tiles: Callable[..., list[dict[str, Any]]], layer: str, key: str
) -> None:
    pieces: dict[str, float] = {}
    measure = "length" if layer == "road" else "area"
    for tile in read_tiles(client, layer, 16):
        for feature in tile["features"]:
            name = feature["properties"]["id"]
            size = getattr(shapely.geometry.shape(feature["geometry"]), measure)
            pieces[name] = pieces.get(name, 0.0) + size
    whole = {row["feature_id"]: getattr(shapely.from_geojson(row["geojson"]), measure)
             for row in served.rows(f"select feature_id, geojson from map_{layer}")}
    assert set(pieces) == {row["id"] for row in served.rows(f'select "{key}" as id from {layer}')}
    for name, size in whole.items():
        assert pieces[name] == pytest.approx(size, rel=1e-3, abs=2 / METRES_PER_DEGREE ** (1 if layer == "road" else 2))


def test_parts_stand_for_their_building(client: TestClient, read_tiles: Callable[..., list[dict[str, Any]]]) -> None:
    features = [feature for tile in read_tiles(client, "building", 14) for feature in tile["features"]]
    raised = [feature for feature in features if shapely.geometry.shape(feature["geometry"]).has_z]
    assert raised
    assert all(feature["properties"]["rise_m"] > 0 for feature in features)
    known = client.get(f"/api/buildings/{raised[0]['properties']['id']}").json()
    assert known["kind"] == "building"


def test_tiles_carry_what_every_view_shows(client: TestClient, read_tiles: Callable[..., list[dict[str, Any]]]) -> None:
    for layer in client.get("/api/layers").json()["layers"]:
        for view in layer["views"]:
            meta = client.get(f"/views/{view['id']}.json").json()["metadata"]
            if meta["subject"].endswith("_surface"):  # without weather there are none; see test_sites.py
                continue
            tiles = read_tiles(client, meta["subject"], 14)
            features = [feature["properties"] for tile in tiles for feature in tile["features"]]
            assert features
            assert all({"id", "name", meta["column"]} <= set(properties) for properties in features)


def test_tile_holds_what_the_panel_says(client: TestClient, read_tiles: Callable[..., list[dict[str, Any]]]) -> None:
    features = [feature["properties"] for tile in read_tiles(client, "building", 14) for feature in tile["features"]]
    for properties in features[::60]:
        groups = client.get(f"/api/buildings/{properties['id']}").json()["groups"]
        values = {value["column"]: value["value"] for group in groups for value in group["values"]}
        for column in ("height_m", "use", "year_built", "emissions_kgco2e_per_a", "energy_kwh_per_m2_a"):
            assert values[column] == properties[column]


def address(client: TestClient, tile: str = "14/9327/4742", layer: str = "building") -> str:
    return f"/tiles/{client.get('/health').json()['release_id']}/{layer}/{tile}.geojson"


def test_tile_is_compressed_where_that_is_understood(client: TestClient) -> None:
    packed = client.get(address(client), headers={"accept-encoding": "gzip"})
    plain = client.get(address(client), headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert plain.headers["content-type"] == "application/geo+json"
    assert "Accept-Encoding" in plain.headers["vary"]


def test_tile_never_changes(client: TestClient) -> None:
    first = client.get(address(client))
    assert "immutable" in first.headers["cache-control"]
    again = client.get(address(client), headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get(address(client), headers={"if-none-match": '"other"'}).status_code == 200


def test_tile_known_by_a_list_or_a_weak_tag_is_not_sent_again(client: TestClient) -> None:
    etag = client.get(address(client)).headers["etag"]
    for known in (f'"a", {etag}', f"W/{etag}", "*"):
        assert client.get(address(client), headers={"if-none-match": known}).status_code == 304


def test_empty_tile_is_an_empty_collection(client: TestClient) -> None:
    for layer in ("building", "parcel", "road", "land_cover", "energy_asset", "neighbourhood"):
        answer = client.get(address(client, "14/0/0", layer))
        assert (answer.status_code, answer.json()) == (200, {"type": "FeatureCollection", "features": []})


def test_tile_of_another_release_is_not_found(client: TestClient) -> None:
    answer = client.get("/tiles/0123456789abcdef/building/14/9327/4742.geojson")
    assert answer.status_code == 404
    assert "not served any more" in answer.json()["error"]["message"]


def test_bounds_of_a_tile() -> None:
    assert tile_bounds(0, 0, 0) == pytest.approx((-180, -85.0511287798066, 180, 85.0511287798066))
    west, south, east, north = tile_bounds(1, 1, 0)
    assert (west, south, east) == pytest.approx((0, 0, 180))
    assert tile_bounds(1, 1, 1)[3] == south
    assert north > 85


def test_cache_forgets_what_was_asked_longest_ago(served: ServedRelease) -> None:
    cache = TileCache(limit_bytes=1)
    first = cache.tile(served, "building", 14, 9327, 4742)
    assert cache.tile(served, "parcel", 14, 9327, 4742) != first
    assert len(cache._tiles) == 1
    assert json.loads(gzip.decompress(first)) == json.loads(make_tile(served, "building", 14, 9327, 4742))


def test_a_slanted_roof_is_sent_once_beside_the_outlines(
    client: TestClient, served: ServedRelease, read_tiles: Callable[..., list[dict[str, Any]]]
) -> None:
    features = [feature for tile in read_tiles(client, "building", 14) for feature in tile["features"]]
    bodies = [feature for feature in features if feature.get("body")]
    known = {row["building_id"] for row in served.rows("select building_id from building_body")}
    assert sorted(feature["properties"]["id"] for feature in bodies) == sorted(known) != []
    for feature in features:
        assert ("body" in feature) == (feature["properties"]["id"] in known)
    for feature in bodies:
        body, name = shapely.geometry.shape(feature["body"]), feature["properties"]["id"]
        outlines = shapely.union_all([shapely.force_2d(shapely.geometry.shape(other["geometry"])) for other in features
                                      if other["properties"]["id"] == name])
        west, south, east, north = outlines.bounds
        assert body.bounds == pytest.approx((west, south, east, north), abs=1e-5)
        heights = shapely.get_coordinates(body, include_z=True)[:, 2]
        (top,) = served.rows("select max(top_m) as top_m from map_building where feature_id = $id", {"id": name})
        # the ridge of the rectangle around an outline with corners may lie outside of it
        assert 0.5 * top["top_m"] < heights.max() <= top["top_m"] + 0.02
