"""The command `solar`: what it writes, and how it refuses whatever is wrong with its input."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from server.cli import main
from twin.light import raster as engine

if TYPE_CHECKING:
    from collections.abc import Callable

EPW = "weather/CHN_SH_Shanghai-Baoshan.583620_TMYx.2011-2025.epw"
TAICANG = Affine(1, 0, 319_000, 0, -1, 3_481_000)  # in EPSG:32651
WALL = "import sys; from server.cli import main; main()"

class Run(NamedTuple):
    """What a command left with, and what it said."""

    code: object
    out: str
    err: str


def surface() -> np.ndarray:
    """Return level ground of 3 m with one house of 9 m."""
    heights = np.full((40, 60), 3, np.float32)
    heights[10:20, 20:40] = 9
    return heights


@pytest.fixture
def zonetwin(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Run]:
    """Return a function that runs a command line in this process, in the test's folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Run:
        monkeypatch.setattr(sys, "argv", ["zonetwin", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capfd.readouterr()
        return Run(left.value.code, out, err)

    return run


@pytest.fixture
def solar(zonetwin: Callable[..., Run], write: Callable[..., Path]) -> Callable[..., Run]:
    """Return a function that runs `solar` on dsm.tif, which is written where there is none."""

    def run(*arguments: object) -> Run:
        if not Path("dsm.tif").exists():
            write("dsm.tif")
        given = () if "--out" in arguments else ("--out", "sun.tif")
        return zonetwin("solar", "--dsm", "dsm.tif", *given, *arguments)

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a raster of one band."""

    def write(
        name: str, values: np.ndarray | None = None, *, crs: str | None = "EPSG:32651", transform: Affine = TAICANG,
        **more: Any,
    ) -> Path:
        values = surface() if values is None else values
        with rasterio.open(tmp_path / name, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1,
                           dtype=values.dtype, crs=crs, transform=transform, **more) as target:
            target.write(values, 1)
        return tmp_path / name

    return write


def refuse(done: Run, folder: Path, *words: str) -> None:
    """Check that a command said what is wrong in one sentence, and left nothing behind."""
    assert done.code == 2, done
    assert done.out == ""
    assert done.err.startswith("zonetwin: ")
    assert done.err.count("\n") == 1, done.err
    assert "mistake of the program" not in done.err
    for word in words:
        assert word in done.err
    assert not (folder / "sun.tif").exists()
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


# What it writes


def test_result_lies_on_the_grid_of_the_surface(tmp_path: Path, solar: Callable[..., Run]) -> None:
    done = solar("--json")
    told = json.loads(done.out)
    assert done.code == 0
    assert "synthetic, for want of --weather" in done.err
    assert told["cells"] == told["of_cells"] == 2400
    assert told["low_kwh_per_m2"] < told["mean_kwh_per_m2"] < told["high_kwh_per_m2"]
    with rasterio.open(tmp_path / "sun.tif") as sun, rasterio.open(tmp_path / "dsm.tif") as dsm:
        assert (sun.transform, sun.shape, sun.crs.to_epsg()) == (dsm.transform, dsm.shape, 32651)
        assert (sun.count, sun.dtypes, sun.units) == (1, ("float32",), ("kWh/m2",))
        assert (sun.tags()["synthetic"], sun.tags()["sky"]) == ("true", "perez1990")
        assert "Baoshan" in sun.tags()["weather"]
        assert sun.read(1).mean() == pytest.approx(told["mean_kwh_per_m2"], rel=1e-5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dsm.tif", "sun.tif"]


def test_summary_is_said_in_words(solar: Callable[..., Run]) -> None:
    done = solar()
    for words in ("sun.tif: 2,400 of 2,400 cells of 1 m", "mean of the cells", "by the weather", "synthetic typical",
                  "sky perez1990"):
        assert words in done.out


def test_months_add_up_to_the_year(tmp_path: Path, solar: Callable[..., Run]) -> None:
    assert solar("--azimuths", 16).code == 0
    with rasterio.open(tmp_path / "sun.tif") as file:
        year = file.read(1)
    done = solar("--azimuths", 16, "--monthly", "--json")
    with rasterio.open(tmp_path / "sun.tif") as file:
        assert (file.count, file.descriptions[11], file.tags()["period"]) == (12, "month 12", "month")
        np.testing.assert_allclose(file.read().sum(axis=0), year, rtol=1e-5)
    assert json.loads(done.out)["mean_kwh_per_m2"] == pytest.approx(year.mean(), rel=1e-5)


def test_holes_are_filled_for_shade_and_left_without_a_value(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path]
) -> None:
    heights = surface()
    heights[30:33, 5:9] = -9999
    heights[2, 2] = np.nan
    write("dsm.tif", heights, nodata=-9999)
    done = solar("--json")
    assert "repaired: 13 surface: cells without a height" in done.err
    assert json.loads(done.out)["cells"] == 2400 - 13
    with rasterio.open(tmp_path / "sun.tif") as file:
        np.testing.assert_array_equal(np.isnan(file.read(1)), (heights == -9999) | np.isnan(heights))


def test_mask_tells_which_cells_are_wanted(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path]
) -> None:
    write("roofs.tif", (surface() > 5).astype("uint8"))
    assert solar("--mask", "roofs.tif").code == 0
    with rasterio.open(tmp_path / "sun.tif") as file:
        np.testing.assert_array_equal(np.isfinite(file.read(1)), surface() > 5)


def test_cells_without_slope_are_left_out_and_counted(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path]
) -> None:
    slope, aspect = np.full((40, 60), 20, np.float32), np.full((40, 60), 180, np.float32)
    slope[0, 0], aspect[1, 1], slope[2, 2], aspect[2, 2] = np.nan, np.nan, 0, np.nan  # level cells face nowhere
    write("slope.tif", slope)
    write("aspect.tif", aspect)
    done = solar("--slope", "slope.tif", "--aspect", "aspect.tif", "--json")
    assert "dropped: 2 slope: cells without a slope or an aspect" in done.err
    assert json.loads(done.out)["cells"] == 2400 - 2
    with rasterio.open(tmp_path / "sun.tif") as file:
        assert np.isfinite(file.read(1)[2, 2])


def test_help_has_examples(zonetwin: Callable[..., Run]) -> None:
    done = zonetwin("solar", "--help")
    assert done.code == 0
    assert "Examples" in done.out
    for flag in ("--dsm", "--mask", "--monthly", "--max-cells"):
        assert flag in done.out


def test_earlier_result_is_replaced_when_all_is_well_and_else_kept(
    tmp_path: Path, solar: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert solar().code == 0
    before = (tmp_path / "sun.tif").read_bytes()
    write = engine._write
    monkeypatch.setattr(engine, "_write", lambda *given: (write(*given[:-1], tmp_path / "other.tif"), stop())[0])
    done = solar("--albedo", 0.5)
    (tmp_path / "other.tif").unlink()
    assert done.code == 130
    assert (tmp_path / "sun.tif").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dsm.tif", "sun.tif"]


def stop() -> None:
    raise KeyboardInterrupt


def test_request_to_end_leaves_nothing_behind(tmp_path: Path, write: Callable[..., Path]) -> None:
    write("dsm.tif", np.tile(surface(), (60, 40)))
    command = [sys.executable, "-c", WALL, "solar", "--dsm", "dsm.tif", "--out", "sun.tif", "--processes", "2"]
    environment = os.environ | {"PYTHONPATH": str(Path(engine.__file__).parents[2])}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as running:
        wait_for(lambda: any(tmp_path.glob(".solar-*")) or running.poll() is not None)
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dsm.tif"]


def wait_for(happened: Callable[[], bool], *, most_s: float = 60) -> None:
    end = time.monotonic() + most_s
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


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
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path], crs: str | None, transform: Affine,
    words: tuple[str, ...],
) -> None:
    write("dsm.tif", crs=crs, transform=transform)
    refuse(solar(), tmp_path, "dsm.tif", *words)


@pytest.mark.parametrize("nothing", [-9999, -32768, 3.4e38, 65535])
def test_undeclared_nodata_is_refused(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path], nothing: float
) -> None:
    heights = surface()
    heights[0, :5] = nothing
    write("dsm.tif", heights)
    refuse(solar(), tmp_path, "dsm.tif", "which do not occur", "-a_nodata")


def test_heights_in_feet_are_refused(tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path]) -> None:
    with rasterio.open(write("dsm.tif"), "r+") as file:
        file.units = ("US survey foot",)
    refuse(solar(), tmp_path, "dsm.tif", "US survey foot", "into metres")


def test_surface_without_any_height_is_refused(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path]
) -> None:
    write("dsm.tif", np.full((40, 60), np.nan, np.float32))
    refuse(solar(), tmp_path, "dsm.tif", "no cell with a height")


def test_surface_of_too_many_cells_is_refused_by_its_header(
    tmp_path: Path, solar: Callable[..., Run]
) -> None:
    with rasterio.open(tmp_path / "dsm.tif", "w", driver="GTiff", width=100_000, height=100_000, count=1, tiled=True,
                       dtype="float32", crs="EPSG:32651", transform=TAICANG, sparse_ok=True, bigtiff="yes"):
        pass
    refuse(solar(), tmp_path, "10,000,000,000 cells", "more than 4,000,000,000", "63,245 x 63,245", "--max-cells")
    refuse(solar("--max-cells", 10**6), tmp_path, "more than 1,000,000;", "1,000 x 1,000 cells")


@pytest.mark.parametrize(("months", "bytes_a_cell"), [(False, 16), (True, 104)])
def test_result_too_large_for_the_disk_is_refused_by_its_header(
    tmp_path: Path, solar: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, *, months: bool, bytes_a_cell: int
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000 * bytes_a_cell))
    monkeypatch.setattr(engine, "prepare_surface", None)
    refuse(solar(*["--monthly"] * months), tmp_path, "sun.tif", "2,400 cells", "at most 1,000 cells", "another --out")


def test_text_named_as_a_raster_is_refused(tmp_path: Path, solar: Callable[..., Run]) -> None:
    (tmp_path / "dsm.tif").write_text("heights, later")
    refuse(solar(), tmp_path, "dsm.tif", "no raster that can be read")


def test_missing_surface_is_refused(tmp_path: Path, zonetwin: Callable[..., Run]) -> None:
    refuse(zonetwin("solar", "--dsm", "none.tif", "--out", "sun.tif"), tmp_path, "none.tif", "does not exist")


@pytest.mark.parametrize("options", [{}, {"compress": "deflate"}, {"tiled": True, "blockxsize": 16, "blockysize": 16}])
@pytest.mark.parametrize("name", ["dsm.tif", "mask.tif", "slope.tif"])
def test_raster_that_breaks_off_is_refused(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path], name: str, options: dict[str, Any]
) -> None:
    noise = np.random.default_rng(0).uniform(3, 9, (300, 400)).astype(np.float32)
    for each in ("dsm.tif", "mask.tif", "slope.tif", "aspect.tif"):
        write(each, noise, **options)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) * 2 // 3])
    done = solar("--mask", "mask.tif", "--slope", "slope.tif", "--aspect", "aspect.tif", "--azimuths", 8)
    refuse(done, tmp_path, name, "breaks off")


# Rasters beside the surface


@pytest.mark.parametrize("flag", ["--mask", "--slope"])
@pytest.mark.parametrize(("values", "more", "words"), [
    (np.ones((40, 61), np.float32), {}, ("61 x 40 cells", "60 x 40")),
    (np.ones((40, 60), np.float32), {"transform": TAICANG @ Affine.translation(5, 0)}, ("elsewhere",)),
    (np.ones((40, 60), np.float32), {"transform": TAICANG @ Affine.scale(1.001)}, ("elsewhere",)),
    (np.ones((40, 60), np.float32), {"crs": "EPSG:32650"}, ("zone 50N", "zone 51N")),
])
def test_raster_on_another_grid_is_refused(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path], flag: str, values: np.ndarray,
    more: dict[str, Any], words: tuple[str, ...],
) -> None:
    write("other.tif", values, **more)
    write("aspect.tif")
    given = ("--aspect", "aspect.tif") if flag == "--slope" else ()
    refuse(solar(flag, "other.tif", *given), tmp_path, "other.tif", "gdalwarp", *words)


def test_mask_without_any_valid_cell_is_refused(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path]
) -> None:
    heights = surface()
    heights[10:20, 20:40] = np.nan
    write("dsm.tif", heights)
    write("roofs.tif", (surface() > 5).astype("uint8"))
    refuse(solar("--mask", "roofs.tif"), tmp_path, "roofs.tif", "no cell is both wanted and in the surface")


@pytest.mark.parametrize(("flag", "other"), [("--slope", "--aspect"), ("--aspect", "--slope")])
def test_slope_and_aspect_come_together(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path], flag: str, other: str
) -> None:
    write("one.tif")
    refuse(solar(flag, "one.tif"), tmp_path, f"{flag} alone", f"give {other} too")


@pytest.mark.parametrize("steepest", [130, -9999])
def test_slope_not_in_degrees_is_refused(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path], steepest: float
) -> None:
    write("slope.tif", np.full((40, 60), steepest, np.float32))
    write("aspect.tif")
    refuse(solar("--slope", "slope.tif", "--aspect", "aspect.tif"), tmp_path, "slope.tif", "not in degrees")


# Weather


def test_no_weather_far_from_every_station_is_refused(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path]
) -> None:
    write("dsm.tif", crs="EPSG:28992", transform=Affine(1, 0, 84_800, 0, -1, 447_600))
    refuse(solar(), tmp_path, "no typical year is known", "--weather", "--at 52.01,4.37")


def test_weather_that_breaks_off_is_refused(tmp_path: Path, solar: Callable[..., Run], test_data: Path) -> None:
    (tmp_path / "half.epw").write_bytes((test_data / EPW).read_bytes()[:500_000])
    refuse(solar("--weather", "half.epw"), tmp_path, "half.epw")


def test_missing_weather_is_refused(tmp_path: Path, solar: Callable[..., Run]) -> None:
    refuse(solar("--weather", "none.epw"), tmp_path, "none.epw")


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
    tmp_path: Path, solar: Callable[..., Run], flag: str, value: object, words: tuple[str, ...]
) -> None:
    refuse(solar(flag, value), tmp_path, *words)


def test_result_in_place_of_the_weather_is_refused(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path]
) -> None:
    write("dsm.tif")
    (tmp_path / "year.epw").write_text("LOCATION,")
    refuse(solar("--weather", "year.epw", "--out", "year.epw"), tmp_path, "year.epw", "would be lost")
    assert (tmp_path / "year.epw").read_text() == "LOCATION,"


# Real data


def test_delft_is_lit_as_a_real_town(tmp_path: Path, zonetwin: Callable[..., Run], test_data: Path) -> None:
    folder = test_data / "citymodel_dsm" / "delft_ahn3"
    done = zonetwin("solar", "--dsm", folder / "dsm_0p5m.tif", "--weather", test_data / EPW, "--out", "sun.tif",
                    "--azimuths", 32, "--json")
    told = json.loads(done.out)
    assert done.code == 0
    assert "is of a place 8,9" in done.err
    assert told["cells"] == 458 * 529
    with rasterio.open(tmp_path / "sun.tif") as sun, rasterio.open(folder / "dsm_0p5m.tif") as dsm:
        assert (sun.transform, sun.shape, sun.crs) == (dsm.transform, dsm.shape, dsm.crs)
        values, heights = sun.read(1), dsm.read(1)
    ground, built = (read(folder / f"{name}_0p5m.tif") for name in ("dtm", "dsm_ground_buildings"))
    roofs = (built - ground > 3) & (np.abs(heights - built) < 0.5)
    assert roofs.mean() > 0.1
    assert 0.6 < values[roofs].mean() / told["ghi_kwh_per_m2"] < 1.05
    assert values[~roofs].mean() < values[roofs].mean()


def read(path: Path) -> np.ndarray:
    with rasterio.open(path) as file:
        return file.read(1)
