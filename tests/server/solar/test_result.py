"""The command `solar`: what it writes, and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio

from twin.light import raster as engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server.solar.conftest import Run

EPW = "weather/CHN_SH_Shanghai-Baoshan.583620_TMYx.2011-2025.epw"
MAIN = "from server.cli import main; main()"



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
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path], heights: np.ndarray
) -> None:
    heights[30:33, 5:9] = -9999
    heights[2, 2] = np.nan
    write("dsm.tif", heights, nodata=-9999)
    done = solar("--json")
    assert "repaired: 13 surface: cells without a height" in done.err
    assert json.loads(done.out)["cells"] == 2400 - 13
    with rasterio.open(tmp_path / "sun.tif") as file:
        np.testing.assert_array_equal(np.isnan(file.read(1)), (heights == -9999) | np.isnan(heights))


def test_mask_tells_which_cells_are_wanted(
    tmp_path: Path, solar: Callable[..., Run], write: Callable[..., Path], heights: np.ndarray
) -> None:
    write("roofs.tif", (heights > 5).astype("uint8"))
    assert solar("--mask", "roofs.tif").code == 0
    with rasterio.open(tmp_path / "sun.tif") as file:
        np.testing.assert_array_equal(np.isfinite(file.read(1)), heights > 5)


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


def test_request_to_end_leaves_nothing_behind(tmp_path: Path, write: Callable[..., Path], heights: np.ndarray) -> None:
    write("dsm.tif", np.tile(heights, (60, 40)))
    command = [sys.executable, "-c", MAIN, "solar", "--dsm", "dsm.tif", "--out", "sun.tif", "--processes", "2"]
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
        values, seen = sun.read(1), dsm.read(1)
    ground, built = (read(folder / f"{name}_0p5m.tif") for name in ("dtm", "dsm_ground_buildings"))
    roofs = (built - ground > 3) & (np.abs(seen - built) < 0.5)
    assert roofs.mean() > 0.1
    assert 0.6 < values[roofs].mean() / told["ghi_kwh_per_m2"] < 1.05
    assert values[~roofs].mean() < values[roofs].mean()


def read(path: Path) -> np.ndarray:
    with rasterio.open(path) as file:
        return file.read(1)
