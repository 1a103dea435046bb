"""Exports: each opens with the library its readers use, and says whose data it holds."""

from __future__ import annotations

import csv
import dataclasses
import json
import sqlite3
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
from starlette.testclient import TestClient

from layers.discovery import discover_layers
from server.app import make_app
from server.export import data_dictionary, exportable, read_table, write_all, write_export
from server.settings import Settings
from twin.errors import NotFoundError, StoreError
from twin.model import read_columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twin.store import Release, Store

CREDIT = "© OpenStreetMap contributors"


@pytest.fixture
def download(client: TestClient, tmp_path: Path) -> Callable[..., Path]:
    def save(name: str, **query: object) -> Path:
        answer = client.get(f"/export/{name}", params=query)
        assert answer.status_code == 200, answer.text
        assert f'filename="helsinki_{name}"' in answer.headers["content-disposition"]
        path = tmp_path / name
        path.write_bytes(answer.content)
        return path

    return save


def count(release: Release, table: str) -> int:
    return int(release.manifest["counts"][table])


def test_csv_opens_with_pandas(download: Callable[..., Path], helsinki_release: Release) -> None:
    table = pd.read_csv(download("wide_building.csv"))
    assert len(table) == count(helsinki_release, "building")
    assert {"building_id", "height_m", "emissions_kgco2e_per_a"} <= set(table.columns)
    assert "geometry_wkt" not in table.columns
    assert table["attribution"].str.contains(CREDIT).all()
    assert table["attribution"].str.contains("ODbL").all()


def test_csv_may_carry_the_geometry(download: Callable[..., Path], helsinki_release: Release) -> None:
    table = pd.read_csv(download("building.csv", geometry="true"))
    shapes = gpd.GeoSeries.from_wkt(table["geometry_wkt"], crs="EPSG:4326")
    stored = gpd.read_parquet(helsinki_release.table("building"))
    assert shapes.to_crs(stored.crs).area.sum() == pytest.approx(stored.area.sum(), rel=1e-5)


def test_geojson_is_wgs84_with_credits(download: Callable[..., Path], helsinki_release: Release) -> None:
    path = download("parcel.geojson")
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["attribution"][0]["licence"] == "ODbL-1.0"
    assert content["release_id"] == helsinki_release.release_id
    frame = pyogrio.read_dataframe(path)
    assert frame.crs.to_epsg() == 4326
    assert len(frame) == count(helsinki_release, "parcel")
    west, _, _, north = frame.total_bounds
    assert (24 < west < 26, 60 < north < 61) == (True, True)


def test_geopackage_opens_with_pyogrio(download: Callable[..., Path], helsinki_release: Release) -> None:
    path = download("wide_parcel.gpkg")
    frame = pyogrio.read_dataframe(path, layer="wide_parcel")
    assert len(frame) == count(helsinki_release, "parcel")
    assert "far" in frame.columns
    assert pyogrio.read_dataframe(path, layer="attribution")["text"].tolist() == [CREDIT]


def test_parquet_opens_with_pyarrow_and_geopandas(download: Callable[..., Path], helsinki_release: Release) -> None:
    path = download("building.parquet")
    metadata = json.loads(pq.read_schema(path).metadata[b"zonetwin"])
    assert metadata["attribution"][0]["text"] == CREDIT
    frame = gpd.read_parquet(path)
    assert len(frame) == count(helsinki_release, "building")
    assert frame.crs == gpd.read_parquet(helsinki_release.table("building")).crs


@pytest.mark.parametrize("form", ["csv", "gpkg", "parquet"])
def test_table_without_geometry_is_exported(download: Callable[..., Path], form: str) -> None:
    path = download(f"building_parcel.{form}")
    read = {"csv": pd.read_csv, "gpkg": lambda path: pyogrio.read_dataframe(path, layer="building_parcel"),
            "parquet": pd.read_parquet}[form]
    shares = read(path).groupby("building_id")["share"].sum()
    assert shares.to_numpy() == pytest.approx(1)


def test_every_table_is_exported_in_every_format(helsinki_release: Release, tmp_path: Path) -> None:
    layers = discover_layers()
    for table in exportable(helsinki_release, layers):
        frame = read_table(helsinki_release, layers, table)
        for form in ("csv", "gpkg", "parquet"):
            path = tmp_path / f"{table}.{form}"
            write_export(helsinki_release, layers, table, path, form=form)
            read: Any = {"csv": pd.read_csv, "gpkg": pyogrio.read_dataframe, "parquet": pd.read_parquet}[form]
            assert len(read(path, **({"layer": table} if form == "gpkg" else {}))) == len(frame), (table, form)


def test_large_tables_are_left_to_the_command_line(own_store: Store) -> None:
    with TestClient(make_app(Settings(store=own_store.folder, zone="toy", export_rows=5))) as client:
        answer = client.get("/export/building.csv")
        assert answer.status_code == 400
        assert "zonetwin export" in answer.json()["error"]["message"]
        assert client.get("/export/zone.csv").status_code == 200


def test_no_text_is_a_formula(helsinki_release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attacks = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\uff1d1", '=HYPERLINK("http://x")']
    frame = pd.DataFrame({"name": [*attacks, "plain", None], "number": range(-1, len(attacks) + 1)})
    monkeypatch.setattr("server.export.read_table", lambda *_: frame)
    write_export(helsinki_release, {}, "any", tmp_path / "any.csv", form="csv")
    with (tmp_path / "any.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [
        *("'" + attack.replace("\r", "\n") for attack in attacks), "plain", ""]
    assert rows[0]["number"] == "-1"


def test_neither_notice_nor_attribution_is_a_formula(toy_release: Release, tmp_path: Path) -> None:
    zone = toy_release.manifest["zone"] | {"notice": {"en": "=1+1"}}
    inputs = [item | {"synthetic": False} for item in toy_release.manifest["inputs"]]
    told = dataclasses.replace(toy_release, manifest=toy_release.manifest | {"zone": zone, "inputs": inputs})
    write_export(told, {}, "zone", tmp_path / "zone.csv", form="csv")
    with (tmp_path / "zone.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["notice"] == "'=1+1"
    assert row["attribution"].startswith("'=1+1; ")


def test_export_to_an_impossible_place_is_a_plain_error(helsinki_release: Release, tmp_path: Path) -> None:
    for form in ("csv", "geojson", "gpkg", "parquet"):
        with pytest.raises(StoreError, match="--out"):
            write_export(helsinki_release, {}, "parcel", tmp_path / "none" / f"x.{form}", form=form)
    with pytest.raises(NotFoundError, match="no table"):
        write_export(helsinki_release, {}, "../manifest", tmp_path / "x.csv", form="csv")


@pytest.fixture(scope="module")
def package(helsinki_release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("all") / "all.gpkg"
    write_all(helsinki_release, discover_layers(), path)
    return path


def test_package_holds_everything(package: Path, helsinki_release: Release) -> None:
    layers = {str(row[0]) for row in pyogrio.list_layers(package)}
    assert {"building", "parcel", "energy_asset", "road", "land_cover", "neighbourhood", "zone", "building_part",
            "building_parcel", "road_parcel", "factor", "data_dictionary", "attribution", "layer_styles"} <= layers
    for table in ("building", "parcel", "energy_asset", "road"):
        frame = pyogrio.read_dataframe(package, layer=table)
        assert len(frame) == count(helsinki_release, table)
        assert frame.crs == gpd.read_parquet(helsinki_release.table("parcel")).crs
    assert "emissions_kgco2e_per_a" in pyogrio.read_dataframe(package, layer="building").columns


def test_package_is_the_same_each_time(package: Path, helsinki_release: Release, tmp_path: Path) -> None:
    write_all(helsinki_release, discover_layers(), tmp_path / "again.gpkg")
    assert (tmp_path / "again.gpkg").read_bytes() == package.read_bytes()


def test_package_brings_a_style_for_every_view(package: Path) -> None:
    with sqlite3.connect(package) as connection:
        rows = connection.execute(
            "select f_table_name, f_geometry_column, stylename, styleqml, useasdefault from layer_styles").fetchall()
        columns = {table: {row[1] for row in connection.execute(f'pragma table_info("{table}")')}
                   for table in ("building", "parcel", "energy_asset", "roof_surface", "facade_surface")}
    connection.close()
    views = {view.name: view for layer in discover_layers().values() for view in layer.views}
    assert {row[2] for row in rows} == set(views)
    for table, geometry, name, qml, _ in rows:
        assert table == views[name].subject
        assert geometry in columns[table]
        root = ET.fromstring(qml)  # noqa: S314 our own
        renderer = root.find("renderer-v2")
        assert renderer is not None
        assert renderer.get("attr") == views[name].column in columns[table]
        symbols = renderer.findall("symbols/symbol")
        classes = renderer.findall("ranges/range") + renderer.findall("categories/category")
        assert len(symbols) == len(classes) > 0
        assert {item.get("symbol") for item in classes} == {item.get("name") for item in symbols}
    assert sorted(row[0] for row in rows if row[4]) == [
        "building", "energy_asset", "facade_surface", "parcel", "roof_surface"]


def test_dictionary_explains_every_column(package: Path) -> None:
    table = pyogrio.read_dataframe(package, layer="data_dictionary").fillna("")
    explained = set(zip(table["table"], table["column"], strict=True))
    for layer in ("building", "parcel", "energy_asset", "road", "land_cover", "neighbourhood", "zone"):
        columns = [name for name in pyogrio.read_info(package, layer=layer)["fields"] if name != "fid"]
        assert [name for name in columns if (layer, name) not in explained] == []
    assert (table["meaning"] != "").all()
    for language in ("en", "zh", "fr", "de"):
        missing = table[table[f"name_{language}"] == ""]
        assert missing[["table", "column"]].to_numpy().tolist() == []
    ending = {"_kwh_per_m2": "kWh/m2", "_w_per_m2": "W/m2", "_m2": "m2", "_kwh_per_a": "kWh/a", "_kw": "kW", "_v": "V",
              "height_m": "m"}
    for row in table.itertuples():
        unit = next((unit for end, unit in ending.items() if str(row.column).endswith(end)), row.unit)
        assert row.unit == unit, row


def test_dictionary_covers_model_and_layers() -> None:
    table = data_dictionary(discover_layers())
    assert {name for columns in read_columns().values() for name in columns} <= set(table["column"])
    assert {"far", "emissions_kgco2e_per_a", "substations"} <= set(table["column"])
