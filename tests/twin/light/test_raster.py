"""From file to file: tiles, processes and masks change nothing, and a failure leaves nothing."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine

from twin.checks import Checks
from twin.crs import grid_convergence
from twin.errors import LightError, SourceError, StoreError
from twin.light import raster
from twin.light.dome import Dome
from twin.light.irradiation import irradiate
from twin.light.normals import surface_slope
from twin.light.prepare import read_header
from twin.light.raster import irradiate_file, tile_boxes
from twin.light.request import Inputs, Options
from twin.light.sky import make_sky

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from twin.light.raster import Irradiated
    from twin.weather.year import WeatherYear

TAICANG = Affine(1, 0, 319_000, 0, -1, 3_481_000)  # in EPSG:32651
QUICK = Options(azimuths=16, processes=1)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a raster of one band."""

    def write(name: str, values: np.ndarray) -> Path:
        with rasterio.open(tmp_path / name, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1,
                           dtype=values.dtype, crs="EPSG:32651", transform=TAICANG) as target:
            target.write(values, 1)
        return tmp_path / name

    return write


@pytest.fixture
def light(tmp_path: Path, year: WeatherYear) -> Callable[..., tuple[np.ndarray, Irradiated]]:
    """Return a function that lights files and reads the result."""

    def light(inputs: Inputs, options: Options = QUICK, checks: Checks | None = None) -> tuple[np.ndarray, Irradiated]:
        told = irradiate_file(inputs, year, tmp_path / "sun.tif", options, checks or Checks())
        with rasterio.open(tmp_path / "sun.tif") as file:
            return file.read().squeeze(), told

    return light


def test_file_has_what_the_surface_in_memory_has(
    year: WeatherYear, write: Callable[..., Path], light: Callable[..., tuple[np.ndarray, Irradiated]],
    draw_town: Callable[..., np.ndarray],
) -> None:
    heights = draw_town(90, 12)
    found, told = light(Inputs(write("dsm.tif", heights)))
    convergence = grid_convergence(*_where(write("dsm.tif", heights)))
    sky = make_sky(year.hours, year.latitude_deg, year.longitude_deg, altitude_m=year.altitude_m,
                   convergence_deg=convergence, dome=Dome(azimuths=16))
    np.testing.assert_array_equal(found, irradiate(heights, sky, cell_m=1))
    assert -1.1 < convergence < -0.9  # UTM 51 has its meridian at 123 degrees east
    assert (told.cells, told.of_cells, told.cell_m) == (8100, 8100, 1.0)
    assert told.mean_kwh_per_m2 == pytest.approx(found.mean(dtype=float), rel=1e-6)


def _where(path: Path) -> tuple[object, tuple[float, float]]:
    header = read_header(path, 10**9)
    return header.crs, header.centre


def test_tiles_change_next_to_nothing(
    write: Callable[..., Path], light: Callable[..., tuple[np.ndarray, Irradiated]],
    draw_town: Callable[..., np.ndarray], monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Less than 0.05 % of the mean: what is more than 192 cells away from a tile is seen in coarser cells."""
    inputs = Inputs(write("dsm.tif", draw_town(700, 480)))
    options = Options(azimuths=32, processes=1)
    one, _ = light(inputs, options)
    monkeypatch.setattr(raster, "TILE", 96)
    many, _ = light(inputs, options)
    assert abs(many.mean(dtype=float) / one.mean(dtype=float) - 1) < 0.0005
    assert np.sqrt(np.mean((many - one) ** 2)) < 0.01 * one.mean()
    assert (many != one).any()


def test_number_of_processes_changes_nothing(
    tmp_path: Path, write: Callable[..., Path], light: Callable[..., tuple[np.ndarray, Irradiated]],
    draw_town: Callable[..., np.ndarray], monkeypatch: pytest.MonkeyPatch,
) -> None:
    heights = draw_town(200, 40)
    heights[50:60, 90:120] = np.nan
    inputs = Inputs(write("dsm.tif", heights))
    monkeypatch.setattr(raster, "TILE", 100)
    files = []
    for processes in (1, 2):
        _, told = light(inputs, Options(azimuths=16, months=True, albedo=0.2, processes=processes))
        files.append(((tmp_path / "sun.tif").read_bytes(), told))
    assert files[0] == files[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dsm.tif", "sun.tif"]


def test_mask_only_tells_which_cells_are_given(
    write: Callable[..., Path], light: Callable[..., tuple[np.ndarray, Irradiated]],
    draw_town: Callable[..., np.ndarray], monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where a tile has none, which is then not computed."""
    monkeypatch.setattr(raster, "TILE", 64)
    heights = draw_town(120, 20)
    wanted = heights > 3
    wanted[:64, 64:] = False
    dsm = write("dsm.tif", heights)
    every, _ = light(Inputs(dsm))
    some, told = light(Inputs(dsm, mask=write("mask.tif", wanted.astype(np.uint8))))
    np.testing.assert_array_equal(some, np.where(wanted, every, np.nan))
    assert told.cells == wanted.sum()
    assert told.mean_kwh_per_m2 == pytest.approx(some[wanted].mean(dtype=float), rel=1e-6)


def test_given_slope_is_taken_as_one_found(
    write: Callable[..., Path], light: Callable[..., tuple[np.ndarray, Irradiated]],
    draw_town: Callable[..., np.ndarray],
) -> None:
    heights = draw_town(90, 12)
    slope, aspect = surface_slope(heights, cell_m=1)
    dsm = write("dsm.tif", heights)
    found, _ = light(Inputs(dsm))
    given, _ = light(Inputs(dsm, slope=write("slope.tif", slope), aspect=write("aspect.tif", aspect)))
    np.testing.assert_array_equal(given, found)


def test_wish_to_stop_and_full_disk_leave_nothing(
    tmp_path: Path, year: WeatherYear, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    dsm = write("dsm.tif", np.zeros((30, 30), np.float32))
    out = tmp_path / "sun.tif"
    out.write_text("an earlier result")
    for error, told in ((KeyboardInterrupt(), KeyboardInterrupt), (OSError(errno.ENOSPC, "No space left"), StoreError)):

        def stop(*_: object, error: BaseException = error) -> None:
            raise error

        monkeypatch.setattr(raster, "_write", stop)
        with pytest.raises(told, match="sun.tif cannot be written" if told is StoreError else None):
            irradiate_file(Inputs(dsm), year, out, QUICK, Checks())
        assert out.read_text() == "an earlier result"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["dsm.tif", "sun.tif"]


def test_tiles_are_told_as_they_are_done(
    tmp_path: Path, year: WeatherYear, write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raster, "TILE", 20)
    said: list[tuple[int, int]] = []
    irradiate_file(Inputs(write("dsm.tif", np.zeros((30, 35), np.float32))), year, tmp_path / "sun.tif", QUICK,
                   Checks(), lambda *numbers: said.append(numbers))
    assert said == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


def test_tiles_cover_a_grid_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "TILE", 7)
    count = np.zeros((15, 22), int)
    for box in tile_boxes(count.shape):
        count[box.top : box.bottom, box.left : box.right] += 1
    assert (count == 1).all()


@pytest.mark.parametrize("options", [
    Options(azimuths=4), Options(albedo=-0.1), Options(model="cie"), Options(processes=0), Options(most_cells=0),  # type: ignore[arg-type]
])
def test_options_out_of_range_are_refused(tmp_path: Path, year: WeatherYear, options: Options) -> None:
    with pytest.raises(LightError):
        irradiate_file(Inputs(tmp_path / "none.tif"), year, tmp_path / "sun.tif", options, Checks())


def test_missing_slopes_everywhere_are_told_of_the_slope(
    tmp_path: Path, year: WeatherYear, write: Callable[..., Path]
) -> None:
    dsm = write("dsm.tif", np.zeros((9, 9), np.float32))
    nothing = write("slope.tif", np.full((9, 9), np.nan, np.float32))
    with pytest.raises(SourceError, match=r"slope\.tif: no cell"):
        irradiate_file(Inputs(dsm, slope=nothing, aspect=dsm), year, tmp_path / "sun.tif", QUICK, Checks())
