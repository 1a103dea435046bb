"""A layer that nobody knew of: one folder beside the house, and everything else finds it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from starlette.testclient import TestClient

from layers.release import build_release
from server.app import make_app
from server.settings import Settings
from twin.errors import LayerError
from twin.store import Store
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = {
    "__init__.py": '''\
"""Shade: how much shade trees could give."""

from layers.contract import Column, Layer, View

LAYER = Layer(
    name="shade",
    domain="lifestyle",
    tables={
        "parcel_shade": (
            Column("shade_m2", "m2", "Ground that trees could shade", low="shade_m2_low", high="shade_m2_high",
                   total=True),
            Column("shade_m2_low", "m2", "Ground that trees could shade: lower bound", hidden=True),
            Column("shade_m2_high", "m2", "Ground that trees could shade: upper bound", hidden=True),
            Column("shade_class", "", "How much shade that is", words="shade.shade_class"),
        ),
    },
    needs=("parcel", "parcel_planning", "factor_in_force"),
    quantities=("shade_share.open_ground",),
    views=(
        View("shade", "parcel", "shade_m2", ramp="moss", edges=(0, 1000, 2000, 4000)),
        View("shade_class", "parcel", "shade_class", ramp=None,
             colours={"little": (200, 180, 90), "much": (60, 140, 80)}),
    ),
)
''',
    "parcel_shade.sql": """\
-- one row per parcel
select
    parcel.parcel_id,
    ((parcel.area_m2 - parcel_planning.built_m2) * factor_in_force.value)::double as shade_m2,
    ((parcel.area_m2 - parcel_planning.built_m2) * factor_in_force.low)::double as shade_m2_low,
    ((parcel.area_m2 - parcel_planning.built_m2) * factor_in_force.high)::double as shade_m2_high,
    case when parcel.area_m2 < 8500 then 'little' else 'much' end as shade_class
from parcel
inner join parcel_planning using (parcel_id)
cross join factor_in_force
where factor_in_force.quantity = 'shade_share.open_ground'
order by parcel.parcel_id
""",
    "factors.csv": """\
factor_id,quantity,value,low,high,interval_kind,unit,region,year,source,seen,note
SHADE_WORLD,shade_share.open_ground,0.25,0.2,0.5,judgement,1,World,2024,"A gardener, 2024",source,
""",
    "labels.csv": """\
key,en,zh,fr,de
title,Shade,树荫,Ombre,Schatten
summary,What trees could shade,树木可提供的树荫,Ce que les arbres ombrageraient,Was Bäume beschatten
shade_m2,Possible shade,可能的树荫,Ombre possible,Möglicher Schatten
shade_m2.meaning,Ground that trees could shade,树木可遮荫的地面,Sol ombragé,Beschatteter Boden
shade_class,Shade class,树荫等级,Classe d'ombre,Schattenklasse
shade_class.little,little,少,peu,wenig
shade_class.much,much,多,beaucoup,viel
view.shade,Possible shade,可能的树荫,Ombre possible,Möglicher Schatten
view.shade_class,Shade class,树荫等级,Classe d'ombre,Schattenklasse
""",
    "README.md": "# Shade\n\nOpen ground times the share that trees could shade.\n",
}

# A1 of the toy zone is 100 m by 80 m; its four buildings cover 400 + 2 x 100 + 200 = 800 m2 (see tests/conftest.py).
A1_SHADE_M2 = (8000 - 800) * 0.25


@pytest.fixture(scope="module")
def layer_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of layers with one layer in it, named by $ZONETWIN_LAYERS while this module runs."""
    folder = tmp_path_factory.mktemp("rooms")
    (folder / "shade").mkdir()
    for name, text in FILES.items():
        (folder / "shade" / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZONETWIN_LAYERS", str(folder))
        yield folder


@pytest.fixture(scope="module")
def client(
    layer_folder: Path, toy_folder: Path, tmp_path_factory: pytest.TempPathFactory  # noqa: ARG001 set by its fixture
) -> Iterator[TestClient]:
    store = Store(tmp_path_factory.mktemp("shaded"))
    build_release(load_zone(toy_folder), store)
    with TestClient(make_app(Settings(store=store.folder, zone="toy"))) as client:
        yield client


def parcel_id(client: TestClient, lot: str) -> str:
    found = client.get("/api/search", params={"q": lot}).json()["results"]
    return next(item["id"] for item in found if item["kind"] == "parcel" and item["name"] == lot)


def test_new_layer_is_listed_with_units_and_views(client: TestClient) -> None:
    listed = {layer["name"]: layer for layer in client.get("/api/layers").json()["layers"]}
    assert listed["shade"]["domain"] == "lifestyle"
    assert {column["name"]: column["unit"] for column in listed["shade"]["columns"]}["shade_m2"] == "m2"
    assert [view["id"] for view in listed["shade"]["views"]] == ["shade", "shade_class"]


def test_new_layer_speaks_chinese(client: TestClient) -> None:
    words = client.get("/api/labels", params={"lang": "zh"}).json()
    assert words["shade.title"] == "树荫"
    assert words["shade.shade_class.much"] == "多"


def test_new_layer_has_views(client: TestClient) -> None:
    spec = client.get("/views/shade.json").json()
    assert spec["metadata"]["column"] == "shade_m2"
    assert spec["metadata"]["subject"] == "parcel"
    assert [stop["low"] for stop in spec["metadata"]["legend"]["stops"]] == [0, 1000, 2000]
    classes = client.get("/views/shade_class.json").json()["metadata"]["legend"]["classes"]
    assert {item["key"] for item in classes} == {"shade.shade_class.little", "shade.shade_class.much"}


def test_new_layer_is_in_the_tiles(client: TestClient) -> None:
    features = [feature for feature in tile_features(client) if feature["properties"]["name"] == "A1"]
    assert features[0]["properties"]["shade_m2"] == pytest.approx(A1_SHADE_M2, rel=1e-4)
    assert features[0]["properties"]["shade_class"] == "little"


def tile_features(client: TestClient) -> list[dict[str, Any]]:
    layer = next(item for item in client.get("/views/shade.json").json()["layers"] if item["id"] == "parcel")
    lon, lat = client.get("/api/zone").json()["centre"]
    x, y = tile_of(lon, lat, layer["minZoom"])
    address = layer["data"].format(z=layer["minZoom"], x=x, y=y)
    return client.get(address).json()["features"]


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    from math import asinh, pi, radians, tan

    count = 2**zoom
    return int((lon + 180) / 360 * count), int((1 - asinh(tan(radians(lat))) / pi) / 2 * count)


def test_new_layer_is_in_the_panel_with_its_interval(client: TestClient) -> None:
    groups = client.get(f"/api/parcels/{parcel_id(client, 'A1')}").json()["groups"]
    values = next(group["values"] for group in groups if group["key"] == "shade.title")
    assert [value["label_key"] for value in values] == ["shade.shade_m2", "shade.shade_class"]
    assert values[0]["value"] == pytest.approx(A1_SHADE_M2, rel=1e-4)
    assert values[0]["low"] == pytest.approx(A1_SHADE_M2 * 0.2 / 0.25, rel=1e-4)
    assert values[0]["high"] == pytest.approx(A1_SHADE_M2 * 0.5 / 0.25, rel=1e-4)
    assert values[1]["value_key"] == "shade.shade_class.little"


def test_new_layer_counts_into_the_totals_of_the_zone(client: TestClient) -> None:
    totals = {total["key"]: total for total in client.get("/api/zone").json()["totals"]}
    assert totals["shade.shade_m2"]["high"] == pytest.approx(2 * totals["shade.shade_m2"]["value"])


def test_new_layer_has_a_table_of_its_values(client: TestClient) -> None:
    found = client.get("/api/layers/shade/histogram", params={"column": "shade_class"}).json()
    assert {item["key"] for item in found["classes"]} == {"shade.shade_class.little", "shade.shade_class.much"}
    parcels = client.get("/api/zone").json()["counts"]["parcel"]
    assert sum(item["count"] for item in found["classes"]) + found["missing"] == parcels


def test_new_layer_is_exported(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(client.get("/export/wide_parcel.csv").content)
    table = pd.read_csv(path).set_index("cadastral_ref")
    assert table.loc["A1", "shade_m2"] == pytest.approx(A1_SHADE_M2, rel=1e-4)


def test_new_layer_leaves_its_formula_and_factor_in_the_release(client: TestClient, layer_folder: Path) -> None:
    store = client.app.state.settings.store  # type: ignore[attr-defined]
    release = Store(store).open_release("toy")
    formula = (release.folder / "formulas" / "parcel_shade.sql").read_text(encoding="utf-8")
    assert formula == (layer_folder / "shade" / "parcel_shade.sql").read_text(encoding="utf-8")
    assert "SHADE_WORLD" in set(pd.read_parquet(release.table("factor"))["factor_id"])
    assert json.loads((release.folder / "manifest.json").read_text(encoding="utf-8"))["layers"]["shade"] == "lifestyle"


def test_layer_that_lacks_a_column_stops_the_build(
    toy_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rooms" / "shade").mkdir(parents=True)
    for name, text in FILES.items():
        (tmp_path / "rooms" / "shade" / name).write_text(text.replace("as shade_class\n", "as shade_kind\n"),
                                                         encoding="utf-8")
    monkeypatch.setenv("ZONETWIN_LAYERS", str(tmp_path / "rooms"))
    store = Store(tmp_path / "store")
    with pytest.raises(LayerError, match="shade_kind"):
        build_release(load_zone(toy_folder), store)
    assert store.zones() == []
