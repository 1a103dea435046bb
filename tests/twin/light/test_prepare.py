"""Surfaces made ready: their headers, their holes and their scales."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import pytest
import rasterio
from rasterio.transform import Affine

from twin.checks import Checks
from twin.errors import SourceError
from twin.light import prepare
from twin.light.prepare import prepare_surface, read_box, read_header
from twin.light.relief import ArraySurface, Box

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twin.light.prepare import FileSurface

TAICANG = Affine(1, 0, 319_000, 0, -1, 3_481_000)  # in EPSG:32651


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes heights as a surface model."""

    def write(heights: np.ndarray, *, crs: str = "EPSG:32651", transform: Affine = TAICANG, **more: Any) -> Path:
        path = tmp_path / "dsm.tif"
        rows, columns = heights.shape
        with rasterio.open(path, "w", driver="GTiff", width=columns, height=rows, count=1, dtype=heights.dtype, crs=crs,
                           transform=transform, **more) as target:
            target.write(heights, 1)
        return path

    return write


def prepared(path: Path, checks: Checks | None = None) -> FileSurface:
    folder = path.parent / "scales"
    folder.mkdir(exist_ok=True)
    return prepare_surface(path, read_header(path, 10**9), folder, checks or Checks())


def whole(surface: FileSurface, scale: int = 0) -> np.ndarray:
    rows, columns = surface.shape(scale)
    return surface.read(scale, Box(0, rows, 0, columns))


def test_header_says_where_the_grid_lies(write: Callable[..., Path]) -> None:
    header = read_header(write(np.zeros((40, 60), np.float32)), 2400)
    assert (header.shape, header.cell_m, header.crs.to_epsg()) == ((40, 60), 1.0, 32651)
    assert header.centre == (319_030, 3_480_980)
    assert header.place == pytest.approx((31.449, 121.096), abs=0.001)


def test_scales_are_those_of_a_surface_in_memory(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Written block by block, the last of them partly filled."""
    monkeypatch.setattr(prepare, "BLOCK", 256)
    heights = np.random.default_rng(2).uniform(0, 50, (830, 1010)).astype(np.float32)
    surface, expected = prepared(write(heights)), ArraySurface.of(heights)
    assert surface.depth == expected.depth == 3
    assert surface.scales[0].name == "dsm.tif"
    for scale in range(3):
        assert surface.shape(scale) == expected.shape(scale)
        np.testing.assert_array_equal(whole(surface, scale), expected.scales[scale])
    assert not surface.holes(Box(0, 830, 0, 1010)).any()


def test_holes_are_filled_from_their_edges(write: Callable[..., Path]) -> None:
    heights = np.full((300, 300), 7.0, np.float32)
    heights[100:110, 50:60] = -9999
    heights[5, 5] = np.nan
    checks = Checks()
    surface = prepared(write(heights, nodata=-9999), checks)
    assert checks.repaired["surface: cells without a height, filled from around them"] == 101
    np.testing.assert_allclose(whole(surface), 7.0, rtol=1e-6)
    np.testing.assert_allclose(whole(surface, 1), 7.0, rtol=1e-6)
    np.testing.assert_array_equal(surface.holes(Box(0, 300, 0, 300)), (heights == -9999) | np.isnan(heights))


def test_middle_of_a_wide_hole_is_as_low_as_the_lowest_cell(write: Callable[..., Path]) -> None:
    heights = np.full((240, 240), 20.0, np.float32)
    heights[20:220, 20:220] = np.nan
    heights[0, 0] = 3.0
    surface = prepared(write(heights))
    assert whole(surface)[120, 120] == 3.0
    assert whole(surface)[25, 120] > 15


def test_holes_are_filled_alike_in_any_blocks(write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    heights = rng.uniform(0, 30, (300, 520)).astype(np.float32)
    heights[rng.random(heights.shape) < 0.2] = np.nan
    heights[100:180, 200:300] = np.nan
    path = write(heights)
    at_once = whole(prepared(path))
    monkeypatch.setattr(prepare, "BLOCK", 128)
    np.testing.assert_allclose(whole(prepared(path)), at_once, atol=1e-4)


def test_surface_cut_to_a_small_part_is_taken(write: Callable[..., Path]) -> None:
    heights = np.full((200, 200), np.nan, np.float32)
    heights[90:110, 90:110] = 12.0
    surface = prepared(write(heights))
    assert surface.holes(Box(0, 200, 0, 200)).sum() == 40_000 - 400
    assert np.isfinite(whole(surface)).all()


def test_whole_numbers_with_scale_and_offset_are_heights(write: Callable[..., Path]) -> None:
    path = write(np.full((5, 5), 1234, np.int16))
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.01,), (-3.0,)
    np.testing.assert_allclose(whole(prepared(path)), 9.34, rtol=1e-6)


def test_box_has_nan_where_there_is_nothing(write: Callable[..., Path]) -> None:
    path = write(np.arange(12, dtype=np.float64).reshape(3, 4), nodata=5)
    assert np.isnan(read_box(path, Box(1, 2, 0, 3))).tolist() == [[False, True, False]]
    assert read_box(path, Box(1, 2, 0, 3)).dtype == np.float32


@pytest.mark.parametrize(("lowest", "highest"), [(-430, 8849), (-0.5, 3)])
def test_heights_that_occur_are_taken(write: Callable[..., Path], lowest: float, highest: float) -> None:
    prepared(write(np.array([[lowest, highest]], np.float32)))


@pytest.mark.parametrize("height", [-9999, -501, 9001, 1e30])
def test_heights_that_do_not_occur_are_refused(write: Callable[..., Path], height: float) -> None:
    path = write(np.array([[3, height]], np.float32))
    with pytest.raises(SourceError, match=r"do not occur.*-a_nodata"):
        prepared(path)


def test_complex_numbers_are_refused(write: Callable[..., Path]) -> None:
    with pytest.raises(SourceError, match="complex"):
        read_header(write(np.zeros((3, 3), np.complex64)), 100)


def test_map_that_stretches_is_refused_and_utm_is_not(write: Callable[..., Path]) -> None:
    east, north = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform(121.1, 31.45)
    with pytest.raises(SourceError, match="stretches lengths by 17%"):
        read_header(write(np.zeros((3, 3), np.float32), crs="EPSG:3857", transform=Affine(1, 0, east, 0, -1, north)), 9)
    for crs in (4549, 32650, 32651):  # the second is the neighbouring zone, 4 degrees off its meridian
        east, north = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(121.1, 31.45)
        place = Affine(1, 0, east, 0, -1, north)
        assert read_header(write(np.zeros((3, 3), np.float32), crs=f"EPSG:{crs}", transform=place), 9).cell_m == 1
