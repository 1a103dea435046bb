"""A plan is called a plan, and its year is named, wherever something of it is shown or handed out."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest

from layers.discovery import discover_layers
from server.export import credits_line, write_all, write_export
from server.notice import notice_of
from server.views import view_spec
from twin.classes import data_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.testclient import TestClient

    from twin.store import Release, Store

ZONETWIN = Path(sys.executable).with_name("zonetwin")
TOY = data_folder() / "zones" / "toy" / "zone.toml"
NOTICES: dict[str, str] = tomllib.loads(TOY.read_text(encoding="utf-8"))["zone"]["notice"]
NOTICE = NOTICES["en"]
FEATURES = ("buildings/file:h7", "parcels/file:A1", "energy-assets/osm:node/1")


def manifest(notice: object, *, synthetic: bool) -> dict[str, Any]:
    return {"zone": {"notice": notice}, "inputs": [{"role": "osm", "synthetic": synthetic}]}


@pytest.mark.parametrize(("notice", "synthetic", "language", "said"), [
    ({}, False, "en", ""),
    ("", False, "zh", ""),
    ("A plan.", False, "zh", "A plan."),
    ({"en": "A plan.", "zh": "方案"}, True, "zh", "方案"),
    ({"en": "A plan."}, True, "en", "A plan."),
    ({"en": "A plan."}, True, "fr", "Plan, pas un relevé · A plan."),
    ({}, True, "de", "Ein Plan, keine Vermessung: Quellen dieser Zone sind erfunden."),
])
def test_notice_in_every_language(notice: object, language: str, said: str, *, synthetic: bool) -> None:
    assert notice_of(manifest(notice, synthetic=synthetic), language) == said


def test_manifest_says_it(toy_release: Release) -> None:
    zone = toy_release.manifest["zone"]
    assert zone["notice"] == NOTICES
    assert zone["year"] == 2025
    assert {item["role"]: item["synthetic"] for item in toy_release.manifest["inputs"]} == {
        "boundary": False, "buildings": True, "neighbourhoods": True, "osm": True, "parcels": True}


@pytest.mark.parametrize("language", NOTICES)
def test_zone_and_features_say_it(toy_client: TestClient, language: str) -> None:
    for path in ("zone", "neighbourhoods", *FEATURES):
        answer = toy_client.get(f"/api/{path}", params={"lang": language}).json()
        assert (answer["notice"], answer["synthetic"], answer["year"]) == (NOTICES[language], True, 2025), path


def test_a_survey_says_nothing(client: TestClient) -> None:
    zone = client.get("/api/zone").json()
    assert (zone["notice"], zone["synthetic"], zone["planned_buildings"]) == ("", False, 0)
    found = client.get("/api/search", params={"q": "Stockmann"}).json()["results"][0]
    building = client.get(f"/api/buildings/{found['id']}").json()
    assert (building["notice"], building["synthetic"], building["status"]) == ("", False, "existing")


def test_zone_tells_what_is_planned_and_of_which_year_its_people_are(toy_client: TestClient) -> None:
    zone = toy_client.get("/api/zone").json()
    assert (zone["planned_buildings"], zone["population"], zone["population_year"]) == (1, 120, 2025)
    building = toy_client.get("/api/buildings/file:h7").json()
    assert (building["status"], building["year_built"]) == ("planned", 2027)


def test_invented_data_are_not_openstreetmaps(toy_client: TestClient) -> None:
    assert toy_client.get("/api/zone").json()["attribution"] == []
    for path in FEATURES[:2]:
        values = toy_client.get(f"/api/{path}").json()["groups"][0]["values"]
        assert next(value for value in values if value["column"] == "source")["value_key"] == "source.invented"


def test_every_export_says_it(toy_release: Release, tmp_path: Path) -> None:
    layers = discover_layers()
    for form in ("csv", "geojson", "gpkg", "parquet"):
        write_export(toy_release, layers, "wide_building", tmp_path / f"b.{form}", form=form)
    table = pd.read_csv(tmp_path / "b.csv")
    assert set(table["notice"]) == {NOTICE}
    assert table["attribution"].str.startswith(NOTICE).all()
    content = json.loads((tmp_path / "b.geojson").read_text(encoding="utf-8"))
    assert (content["notice"], content["synthetic"], content["year"]) == (NOTICE, True, 2025)
    told = json.loads(pq.read_schema(tmp_path / "b.parquet").metadata[b"zonetwin"])
    assert (told["notice"], told["synthetic"], told["year"]) == (NOTICE, True, 2025)
    assert_package_says_it(tmp_path / "b.gpkg", ["wide_building"])


def test_package_says_it_with_its_styles(toy_release: Release, tmp_path: Path) -> None:
    write_all(toy_release, discover_layers(), tmp_path / "all.gpkg")
    assert_package_says_it(tmp_path / "all.gpkg", ["building", "parcel", "road", "zone"])
    with sqlite3.connect(tmp_path / "all.gpkg") as package:
        descriptions = [row[0] for row in package.execute("select description from layer_styles")]
    package.close()
    assert descriptions
    assert all(text.endswith(NOTICE) for text in descriptions)


def assert_package_says_it(path: Path, layers: list[str]) -> None:
    credit = pyogrio.read_dataframe(path, layer="attribution")
    assert set(credit["notice"]) == {NOTICE}
    assert set(credit["year"]) == {"2025"}
    with sqlite3.connect(path) as package:
        described = dict(package.execute("select table_name, description from gpkg_contents").fetchall())
    package.close()
    for layer in layers:
        assert pyogrio.read_info(path, layer=layer)["layer_metadata"]["notice"] == NOTICE
        assert described[layer].startswith(NOTICE)


@pytest.mark.parametrize("form", ["csv", "geojson", "gpkg", "parquet"])
def test_downloads_say_it(toy_client: TestClient, form: str) -> None:
    assert NOTICE.encode() in toy_client.get(f"/export/parcel.{form}").content


def test_an_export_of_a_survey_names_its_year_only(helsinki_release: Release, tmp_path: Path) -> None:
    write_export(helsinki_release, {}, "parcel", tmp_path / "p.csv", form="csv")
    assert "notice" not in pd.read_csv(tmp_path / "p.csv")
    assert "state of 2025" in credits_line(helsinki_release)


def test_the_command_line_says_it(toy_store: Store) -> None:
    done = subprocess.run([ZONETWIN, "info", "--store", toy_store.folder], capture_output=True, text=True, check=True)
    assert NOTICE in done.stdout
    assert "state of 2025" in done.stdout


# What is planned looks planned


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_view_draws_what_is_planned_in_its_own_way(toy_client: TestClient, theme: str) -> None:
    views = [view for layer in toy_client.get("/api/layers").json()["layers"] for view in layer["views"]]
    for view in views:
        spec = toy_client.get(f"/views/{view['id']}.json?theme={theme}").json()
        building = next(layer for layer in spec["layers"] if layer["id"] == "building")
        for accessor in ("getFillColor", "getLineColor"):
            assert building[accessor].startswith("@@=properties.status == 'planned' ? ("), view["id"]
        if view["subject"].endswith("_surface"):  # only what stands has a sun on its roof: nothing planned is drawn
            assert not building["visible"]
            assert spec["metadata"]["legend"]["planned"] is None
            continue
        assert spec["metadata"]["legend"]["planned"]["key"] == "status.planned"


def test_nothing_planned_needs_no_entry_in_the_legend(served: Any) -> None:
    assert view_spec(served, "use", "light")["metadata"]["legend"]["planned"] is None


def test_tiles_tell_what_is_planned(
    toy_client: TestClient, read_tiles: Callable[..., list[dict[str, Any]]]
) -> None:
    tiles = [tile["features"] for tile in read_tiles(toy_client, "building", 14) if tile["features"]]
    status = {feature["properties"]["id"]: feature["properties"]["status"] for tile in tiles for feature in tile}
    assert {name for name, word in status.items() if word == "planned"} == {"file:h7"}
    for tile in tiles:  # what is seen through comes last
        words = [feature["properties"]["status"] for feature in tile]
        assert words == sorted(words)


def test_the_table_counts_what_is_planned_once_more(toy_client: TestClient) -> None:
    for address, planned in (("planning/histogram?column=use", 1), ("planning/histogram?column=far", 0),
                             ("construction/histogram?column=energy_reason", 1), ("energy/histogram?column=kind", 0)):
        assert toy_client.get(f"/api/layers/{address}").json()["planned"] == planned
