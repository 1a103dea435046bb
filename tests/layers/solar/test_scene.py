"""A zone as a raster: roofs on their ground, with terrain and with what stands between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
import shapely

from layers.solar.scene import AROUND_M, NOBODY, Scene, make_scene, open_scene
from layers.solar.surfaces import find_surfaces
from tests.layers.solar.test_roof import RULE
from tests.layers.solar.test_surfaces import fill
from twin.crs import parse_crs
from twin.database import connect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.solar.surfaces import Surfaces

CRS = parse_crs(4549)
WEST, SOUTH = 545_000, 3_480_000


@pytest.fixture
def surfaces() -> Surfaces:
    """Return two level roofs of 6 m and 9 m on 20 m by 10 m, 20 m apart; the first knows its ground, at 3 m."""
    with connect() as connection:
        fill(connection, [
            {"building_id": "a", "height_m": 6.0, "geometry": shapely.box(WEST, SOUTH, WEST + 20, SOUTH + 10)},
            {"building_id": "b", "height_m": 9.0, "ground_m": np.nan,
             "geometry": shapely.box(WEST + 40, SOUTH, WEST + 60, SOUTH + 10)},
        ])
        return find_surfaces(connection, RULE)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes heights of 2 m by 2 m from a function of east and north."""

    def write(name: str, height: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Path:
        west, north, size = WEST - 700, SOUTH + 700, 800
        at = 2 * (np.arange(size) + 0.5)
        values = height(*np.meshgrid(west + at, north - at)).astype(np.float32)
        with rasterio.open(tmp_path / name, "w", driver="GTiff", width=size, height=size, count=1, dtype="float32",
                           crs="EPSG:4549", transform=rasterio.Affine(2, 0, west, 0, -2, north)) as file:
            file.write(values, 1)
        return tmp_path / name

    return write


def at(scene: Scene, east: float, north: float) -> tuple[float, int]:
    """Return the height and the surface at a place."""
    row, column = int((scene.north - north) / scene.cell_m), int((east - scene.west) / scene.cell_m)
    return float(scene.surface_m[row, column]), int(scene.label[row, column])


def test_without_terrain_the_ground_is_level(surfaces: Surfaces) -> None:
    scene = make_scene(surfaces, crs=CRS, cell_m=1.0)
    assert scene.ground_m.tolist() == [3.0, 3.0]
    assert at(scene, WEST + 10.5, SOUTH + 5.5) == (9.0, surfaces.frame["building_id"].tolist().index("a"))
    assert at(scene, WEST + 50.5, SOUTH + 5.5)[0] == 12.0
    assert at(scene, WEST + 30.5, SOUTH + 5.5) == (3.0, NOBODY)
    assert (scene.label != NOBODY).sum() == 400


def test_terrain_bears_what_knows_no_ground_and_reaches_beyond(
    surfaces: Surfaces, write: Callable[..., Path]
) -> None:
    """A slope of one in a hundred towards the east, 4 m high at the west of the first house."""
    dtm = write("dtm.tif", lambda east, north: 4 + (east - WEST) / 100 + 0 * north)
    scene = make_scene(surfaces, crs=CRS, cell_m=1.0, dtm=dtm)
    known, found = (scene.ground_m[surfaces.frame["building_id"] == name][0] for name in "ab")
    assert known == 3.0
    assert found == pytest.approx(4.5, abs=0.02)
    assert at(scene, WEST + 50.5, SOUTH + 5.5)[0] == pytest.approx(13.5, abs=0.02)
    assert at(scene, WEST + 30.5, SOUTH + 5.5) == (pytest.approx(4.305, abs=0.02), NOBODY)
    assert at(scene, WEST - AROUND_M + 1, SOUTH + 5.5)[0] == pytest.approx(4 - 4.99, abs=0.02)


def test_trees_stand_between_houses_and_never_in_them(surfaces: Surfaces, write: Callable[..., Path]) -> None:
    """A surface model with a tree of 15 m between the houses and 30 m of nonsense over the first."""
    def height(east: np.ndarray, north: np.ndarray) -> np.ndarray:
        tree = (np.abs(east - WEST - 30) < 4) & (np.abs(north - SOUTH - 5) < 4)
        odd = (np.abs(east - WEST - 10) < 6) & (np.abs(north - SOUTH - 5) < 4)
        return np.select([tree, odd], [18.0, 30.0], 3.0)

    scene = make_scene(surfaces, crs=CRS, cell_m=1.0, dsm=write("dsm.tif", height))
    assert at(scene, WEST + 30.5, SOUTH + 5.5) == (18.0, NOBODY)
    assert at(scene, WEST + 10.5, SOUTH + 5.5)[0] == 9.0
    assert at(scene, WEST + 70.5, SOUTH + 5.5) == (3.0, NOBODY)


def test_a_saved_scene_is_the_same_when_opened(surfaces: Surfaces, tmp_path: Path) -> None:
    scene = make_scene(surfaces, crs=CRS, cell_m=1.0)
    scene.save(tmp_path)
    surface, label = open_scene(tmp_path)
    np.testing.assert_array_equal(surface.scales[0], scene.surface_m)
    np.testing.assert_array_equal(label, scene.label)
