"""What all tests share: the folder of real data, and a toy zone small enough to be checked by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyproj
import pytest
import shapely

from layers.release import build_release
from server.cli.building import find_zone
from server.cli.planning import draw_sources
from twin.store import Store
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from twin.store import Release

VARIABLE = "ZONETWIN_TEST_DATA"

# The toy zone, 340 m by 180 m, in metres from a point in Taicang: six parcels, streets of 20 m between them, seven
# buildings. Parcels A2 and A3 adjoin; building h2 stands on both, a quarter of it on A2.
ORIGIN = (545_000.0, 3_480_000.0)  # EPSG:4549
TOY_ZONE = (0, 0, 340, 180)
TOY_PARCELS: dict[str, tuple[tuple[int, int, int, int], dict[str, Any]]] = {
    "A1": ((0, 0, 100, 80), {"land_use": "R2", "far_max": 0.5}),
    "A2": ((120, 0, 220, 80), {"land_use": "R2", "far_max": None}),
    "A3": ((220, 0, 340, 80), {"land_use": "B1", "far_max": None}),
    "B1": ((0, 100, 100, 180), {"land_use": "A3", "far_max": None}),
    "B2": ((120, 100, 220, 180), {"land_use": None, "far_max": None}),
    "B3": ((240, 100, 340, 180), {"land_use": "M1", "far_max": None}),
}
TOY_BUILDINGS: dict[str, tuple[tuple[int, int, int, int], dict[str, Any]]] = {
    "h1": ((10, 10, 30, 30), {"use": "residential", "height_m": 12.0, "levels": 4}),
    "h2": ((210, 10, 250, 20), {"use": "retail", "levels": 2}),
    "h3": ((20, 120, 40, 140), {"use": "office"}),
    "h4": ((50, 10, 60, 20), {"use": "residential", "height_m": 9.0, "levels": 3}),
    "h5": ((70, 10, 80, 20), {"use": "residential", "height_m": 15.0, "levels": 5}),
    "h6": ((50, 50, 70, 60), {"use": "residential"}),
    "h7": ((300, 110, 320, 130), {"use": "industrial", "height_m": 8.0, "status": "planned"}),
}
ZONE_TOML = """\
[zone]
name = "toy"
title = "Toy zone"
crs = "EPSG:4549"
regions = ["Jiangsu", "East China", "China", "World"]
population = {{ 2025 = 120 }}
boundary = "{boundary}"

[sources.osm]
file = "{osm}"

[sources.buildings]
file = "{buildings}"
crs = "EPSG:4549"

[sources.parcels]
file = "{parcels}"
crs = "EPSG:4549"

[sources.parcels.columns]
cadastral_ref = "lot"

[sources.parcels.values]
land_use = {{ R2 = "residential", B1 = "commercial", A3 = "public_service", M1 = "industrial" }}
"""


@pytest.fixture(scope="session")
def test_data() -> Path:
    """Return the folder of real test data; tests skip without it, except in CI, where that is a failure."""
    folder = os.environ.get(VARIABLE)
    if folder and Path(folder).is_dir():
        return Path(folder)
    message = f"set {VARIABLE} to the folder of real test data"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def write_toy() -> Callable[..., Path]:
    """Return a function that writes the toy zone into a folder, under file names of the test's choice."""

    def write(folder: Path, *, prefix: str = "", population: int = 120) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        names = {"boundary": f"{prefix}edge.geojson", "osm": f"{prefix}toy.osm",
                 "buildings": f"{prefix}buildings.geojson", "parcels": f"{prefix}parcels.geojson"}
        features = {
            "boundary": [(TOY_ZONE, {"name": "edge"})],
            "buildings": [(box, {"building_id": name} | facts) for name, (box, facts) in TOY_BUILDINGS.items()],
            "parcels": [(box, {"lot": name} | facts) for name, (box, facts) in TOY_PARCELS.items()],
        }
        for role, rows in features.items():
            (folder / names[role]).write_text(_geojson(rows), encoding="utf-8")
        (folder / names["osm"]).write_text(_osm(), encoding="utf-8")
        text = ZONE_TOML.format(**names).replace("2025 = 120", f"2025 = {population}")
        (folder / "zone.toml").write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture(scope="session")
def toy_folder(tmp_path_factory: pytest.TempPathFactory, write_toy: Callable[..., Path]) -> Path:
    """Return the toy zone's folder; it is shared and must not be written to."""
    return write_toy(tmp_path_factory.mktemp("toy") / "zone")


@pytest.fixture(scope="session")
def toy_store(tmp_path_factory: pytest.TempPathFactory, toy_folder: Path) -> Store:
    """Return a store that holds a release of the toy zone; it is shared and must not be written to."""
    store = Store(tmp_path_factory.mktemp("toy_store"))
    build_release(load_zone(toy_folder), store)
    return store


@pytest.fixture(scope="session")
def toy_release(toy_store: Store) -> Release:
    """Return the release of the toy zone."""
    return toy_store.open_release("toy")


def _geojson(rows: Iterable[tuple[tuple[float, ...], dict[str, Any]]]) -> str:
    """Return boxes with columns as GeoJSON, in the zone's metric system (RFC 7946 knows no other than WGS 84)."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}
    columns = sorted({name for _, facts in rows for name in facts})
    features = [
        {"type": "Feature", "properties": {name: facts.get(name) for name in columns},
         "geometry": shapely.geometry.mapping(shapely.transform(shapely.box(*box), lambda xy: xy + ORIGIN))}
        for box, facts in rows
    ]
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})


def _osm() -> str:
    """Return the toy zone's OSM file: two streets that cross, a park, a substation and a charging station."""
    ways: dict[int, tuple[list[tuple[float, float]], dict[str, str]]] = {
        1: ([(-20, 90), (110, 90), (360, 90)], {"highway": "residential", "name": "东仓路"}),
        2: ([(110, 0), (110, 90), (110, 180)], {"highway": "tertiary", "lanes": "2"}),
        3: ([(120, 100), (220, 100), (220, 180), (120, 180), (120, 100)], {"leisure": "park"}),
    }
    points: dict[tuple[float, float], dict[str, str]] = {
        (330, 170): {"power": "substation", "voltage": "110000"},
        (95, 5): {"amenity": "charging_station", "charging_station:output": "22 kW"},
    }
    for path, _ in ways.values():
        for point in path:
            points.setdefault(point, {})
    numbers = {point: number for number, point in enumerate(points, start=1)}
    to_degrees = pyproj.Transformer.from_crs(4549, 4326, always_xy=True)
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", "<osm version='0.6'>"]
    for (x, y), tags in points.items():
        lon, lat = to_degrees.transform(x + ORIGIN[0], y + ORIGIN[1])
        start = f"<node id='{numbers[x, y]}' version='1' lat='{lat:.9f}' lon='{lon:.9f}'>"
        lines.append(start + _tags(tags) + "</node>")
    for number, (path, tags) in ways.items():
        nodes = "".join(f"<nd ref='{numbers[point]}'/>" for point in path)
        lines.append(f"<way id='{number}' version='1'>{nodes}{_tags(tags)}</way>")
    return "\n".join([*lines, "</osm>\n"])


def _tags(tags: dict[str, str]) -> str:
    return "".join(f"<tag k='{key}' v='{value}'/>" for key, value in tags.items())


@pytest.fixture(scope="session")
def helsinki_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a store with the embedded zone, built once for all tests of a run."""
    store = Store(tmp_path_factory.mktemp("helsinki_store"))
    build_release(find_zone("helsinki"), store)
    return store


@pytest.fixture(scope="session")
def taicang_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return a store with the reference plan, drawn and built once for all tests of a run."""
    folder = tmp_path_factory.mktemp("taicang_store")
    build_release(draw_sources(find_zone("taicang"), folder), Store(folder))
    return Store(folder)
