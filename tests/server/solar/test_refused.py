"""The command `solar`: how it refuses whatever is wrong with its input."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from twin.light import raster as engine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.server.solar.conftest import Run

EPW = "weather/CHN_SH_Shanghai-Baoshan.583620_TMYx.2011-2025.epw"
TAICANG = Affine(1, 0, 319_000, 0, -1, 3_481_000)  # in EPSG:32651

# Surfaces


@pytest.mark.parametrize(("crs", "transform", "words"), [
    ("EPSG:4326", Affine(1e-5, 0, 121, 0, -1e-5, 31), ("WGS 84", "not in metres", "gdalwarp")),
    ("EPSG:2263", Affine(1, 0, 980_000, 0, -1, 190_000), ("not in metres", "gdalwarp")),
    ("EPSG:3857", Affine(1, 0, 13_500_000, 0, -1, 3_700_000), ("stretches lengths by 17%", "UTM")),
    ("EPSG:32651+6360", TAICANG, ("heights in US survey foot", "gdal_calc")),
    (None, TAICANG, ("names no coordinate system", "-a_srs")),
    ("EPSG:32651", TAICANG @ Affine.rotation(10), ("square cells with north up", "-tr")),
    ("EPSG:32651", Affine(1, 0, 319_000, 0, -2, 3_481_000), ("square cells with north up", "-tr")),
    ("EPSG:32651", Affine(1, 0, 319_000, 0, 1, 3_481_000), ("square cells with north up", "-tr")),
    ("EPSG:32651", Affine(1, 0, 9e9, 0, -1, 9e9), ("nowhere on the earth",)),
])
def test_surface_in_another_measure_is_refused(
    solar: Callable[..., Run], write: Callable[..., Path], refuse: Callable[..., None], crs: str | None,
    transform: Affine, words: tuple[str, ...],
) -> None:
    write("dsm.tif", crs=crs, transform=transform)
    refuse(solar(), "dsm.tif", *words)


@pytest.mark.parametrize("nothing", [-9999, -32768, 3.4e38, 65535])
def test_undeclared_nodata_is_refused(
    solar: Callable[..., Run], write: Callable[..., Path], refuse: Callable[..., None], heights: np.ndarray,
    nothing: float,
) -> None:
    heights[0, :5] = nothing
    write("dsm.tif", heights)
    refuse(solar(), "dsm.tif", "which do not occur", "-a_nodata")


def test_heights_in_feet_are_refused(
    solar: Callable[..., Run], write: Callable[..., Path], refuse: Callable[..., None]
) -> None:
    with rasterio.open(write("dsm.tif"), "r+") as file:
        file.units = ("US survey foot",)
    refuse(solar(), "dsm.tif", "US survey foot", "into metres")


def test_surface_without_any_height_is_refused(
    solar: Callable[..., Run], write: Callable[..., Path], refuse: Callable[..., None]
) -> None:
    write("dsm.tif", np.full((40, 60), np.nan, np.float32))
    refuse(solar(), "dsm.tif", "no cell with a height")


def test_surface_of_too_many_cells_is_refused_by_its_header(
    tmp_path: Path, solar: Callable[..., Run], refuse: Callable[..., None]
) -> None:
    with rasterio.open(tmp_path / "dsm.tif", "w", driver="GTiff", width=100_000, height=100_000, count=1, tiled=True,
                       dtype="float32", crs="EPSG:32651", transform=TAICANG, sparse_ok=True, bigtiff="yes"):
        pass
    refuse(solar(), "10,000,000,000 cells", "more than 4,000,000,000", "63,245 x 63,245", "--max-cells")
    refuse(solar("--max-cells", 10**6), "more than 1,000,000;", "1,000 x 1,000 cells")


@pytest.mark.parametrize(("months", "bytes_a_cell"), [(False, 16), (True, 104)])
def test_result_too_large_for_the_disk_is_refused_by_its_header(
    tmp_path: Path, solar: Callable[..., Run], refuse: Callable[..., None], monkeypatch: pytest.MonkeyPatch, *,
    months: bool, bytes_a_cell: int,
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000 * bytes_a_cell))
    monkeypatch.setattr(engine, "prepare_surface", None)
    refuse(solar(*["--monthly"] * months), "sun.tif", "2,400 cells", "at most 1,000 cells", "another --out")


def test_text_named_as_a_raster_is_refused(
    tmp_path: Path, solar: Callable[..., Run], refuse: Callable[..., None]
) -> None:
    (tmp_path / "dsm.tif").write_text("heights, later")
    refuse(solar(), "dsm.tif", "no raster that can be read")


def test_missing_surface_is_refused(zonetwin: Callable[..., Run], refuse: Callable[..., None]) -> None:
    refuse(zonetwin("solar", "--dsm", "none.tif", "--out", "sun.tif"), "none.tif", "does not exist")


@pytest.mark.parametrize("options", [{}, {"compress": "deflate"}, {"tiled": True, "blockxsize": 16, "blockysize": 16}])
@pytest.mark.parametrize("name", ["dsm.tif", "mask.tif", "slope.tif"])
def test_raster_that_breaks_off_is_refused(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path], refuse: Callable[..., None], name: str,
    options: dict[str, Any],
) -> None:
    noise = np.random.default_rng(0).uniform(3, 9, (300, 400)).astype(np.float32)
    for each in ("dsm.tif", "mask.tif", "slope.tif", "aspect.tif"):
        write(each, noise, **options)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) * 2 // 3])
    done = solar("--mask", "mask.tif", "--slope", "slope.tif", "--aspect", "aspect.tif", "--azimuths", 8)
    refuse(done, name, "breaks off")


# Rasters beside the surface


@pytest.mark.parametrize("flag", ["--mask", "--slope"])
@pytest.mark.parametrize(("values", "more", "words"), [
    (np.ones((40, 61), np.float32), {}, ("61 x 40 cells", "60 x 40")),
    (np.ones((40, 60), np.float32), {"transform": TAICANG @ Affine.translation(5, 0)}, ("elsewhere",)),
    (np.ones((40, 60), np.float32), {"transform": TAICANG @ Affine.scale(1.001)}, ("elsewhere",)),
    (np.ones((40, 60), np.float32), {"crs": "EPSG:32650"}, ("zone 50N", "zone 51N")),
])
def test_raster_on_another_grid_is_refused(
    solar: Callable[..., Run], write: Callable[..., Path], refuse: Callable[..., None], flag: str, values: np.ndarray,
    more: dict[str, Any], words: tuple[str, ...],
) -> None:
    write("other.tif", values, **more)
    write("aspect.tif")
    given = ("--aspect", "aspect.tif") if flag == "--slope" else ()
    refuse(solar(flag, "other.tif", *given), "other.tif", "gdalwarp", *words)


def test_mask_without_any_valid_cell_is_refused(
    solar: Callable[..., Run], write: Callable[..., Path], refuse: Callable[..., None], heights: np.ndarray
) -> None:
    write("roofs.tif", (heights > 5).astype("uint8"))
    heights[10:20, 20:40] = np.nan
    write("dsm.tif", heights)
    refuse(solar("--mask", "roofs.tif"), "roofs.tif", "no cell is both wanted and in the surface")


@pytest.mark.parametrize(("flag", "other"), [("--slope", "--aspect"), ("--aspect", "--slope")])
def test_slope_and_aspect_come_together(
    solar: Callable[..., Run], write: Callable[..., Path], refuse: Callable[..., None], flag: str, other: str
) -> None:
    write("one.tif")
    refuse(solar(flag, "one.tif"), f"{flag} alone", f"give {other} too")


@pytest.mark.parametrize("steepest", [130, -9999])
def test_slope_not_in_degrees_is_refused(
    solar: Callable[..., Run], write: Callable[..., Path], refuse: Callable[..., None], steepest: float
) -> None:
    write("slope.tif", np.full((40, 60), steepest, np.float32))
    write("aspect.tif")
    refuse(solar("--slope", "slope.tif", "--aspect", "aspect.tif"), "slope.tif", "not in degrees")


# Weather


def test_no_weather_far_from_every_station_is_refused(
    solar: Callable[..., Run], write: Callable[..., Path], refuse: Callable[..., None]
) -> None:
    write("dsm.tif", crs="EPSG:28992", transform=Affine(1, 0, 84_800, 0, -1, 447_600))
    refuse(solar(), "no typical year is known", "--weather", "--at 52.01,4.37")


def test_weather_that_breaks_off_is_refused(
    tmp_path: Path, solar: Callable[..., Run], refuse: Callable[..., None], test_data: Path
) -> None:
    (tmp_path / "half.epw").write_bytes((test_data / EPW).read_bytes()[:500_000])
    refuse(solar("--weather", "half.epw"), "half.epw")


def test_missing_weather_is_refused(solar: Callable[..., Run], refuse: Callable[..., None]) -> None:
    refuse(solar("--weather", "none.epw"), "none.epw")


# Flags


@pytest.mark.parametrize(("flag", "value", "words"), [
    ("--sky", "cie", ("sky 'cie' is unknown", "perez1990")),
    ("--azimuths", 7, ("azimuths 7", "8 to 720")),
    ("--azimuths", 721, ("azimuths 721", "8 to 720")),
    ("--albedo", 1.2, ("albedo 1.2", "0 to 1")),
    ("--albedo", "nan", ("albedo nan", "0 to 1")),
    ("--processes", 0, ("processes 0", "at least 1")),
    ("--max-cells", 0, ("max-cells 0", "at least 1")),
    ("--out", "none/sun.tif", ("none is no folder", "--out")),
    ("--out", "dsm.tif", ("dsm.tif is an input", "would be lost")),
    ("--out", ".", (". is a folder", "--out")),
])
def test_flag_that_cannot_be_is_refused(
    solar: Callable[..., Run], refuse: Callable[..., None], flag: str, value: object, words: tuple[str, ...]
) -> None:
    refuse(solar(flag, value), *words)


def test_result_in_place_of_the_weather_is_refused(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path], refuse: Callable[..., None]
) -> None:
    write("dsm.tif")
    (tmp_path / "year.epw").write_text("LOCATION,")
    refuse(solar("--weather", "year.epw", "--out", "year.epw"), "year.epw", "would be lost")
    assert (tmp_path / "year.epw").read_text() == "LOCATION,"
