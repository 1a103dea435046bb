"""From a surface model in a file to its irradiation in a file, tile by tile."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.errors import RasterioError
from rasterio.windows import Window

from twin.crs import grid_convergence
from twin.errors import SourceError, StoreError
from twin.light.dome import Dome
from twin.light.irradiation import irradiate_tile
from twin.light.normals import surface_slope
from twin.light.pool import run_tasks
from twin.light.prepare import FileSurface, Header, prepare_surface, read_box
from twin.light.relief import Box, make_relief
from twin.light.request import Inputs, Options, check_files
from twin.light.sky import Sky, make_sky

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from twin.checks import Checks
    from twin.weather.year import WeatherYear

TILE = 1536  # cells on the side of a tile
STEEPEST_DEG = 90.0


@dataclass(frozen=True, slots=True)
class Irradiated:
    """
    What became of a surface.

    Attributes
    ----------
    cells
        Cells that have an irradiation, of `of_cells`.
    mean_kwh_per_m2
        Their annual mean. [kWh/m2]
    cell_m
        Side of a cell. [m]
    """

    cells: int
    of_cells: int
    mean_kwh_per_m2: float
    cell_m: float


@dataclass(frozen=True, slots=True)
class _Tile:
    """One tile's task: everything it needs, and the file it writes."""

    box: Box
    surface: FileSurface
    inputs: Inputs
    sky: Sky
    albedo: float
    cell_m: float
    out: Path


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of a tile: its cells, those that have no slope, and the annual sum of all. [kWh/m2]"""

    cells: int
    sloping: int
    sum_kwh_per_m2: float


def irradiate_file(
    inputs: Inputs, year: WeatherYear, out: Path, options: Options, checks: Checks,
    say: Callable[[int, int], None] = lambda *_: None,
) -> Irradiated:
    """
    Write the irradiation of a surface model as a GeoTIFF on its grid. [kWh/m2]

    Parameters
    ----------
    inputs
        The files.
    year
        Weather.
    out
        File to write; it appears when it is whole.
    options
        How to compute.
    checks
        Receives what was mended.
    say
        Told how many tiles are done, and of how many.

    Returns
    -------
    irradiated
        How many cells there are in the file, and their mean.

    Raises
    ------
    LightError
        If an option is out of range, or slope comes without aspect or the reverse.
    SourceError
        If a file is no raster in metres on a square grid, is too large, or the disk has no room for the result.
    StoreError
        If the result cannot be written.
    """
    options.require()
    header = check_files(inputs, out, options)
    sky = make_sky(
        year.hours, year.latitude_deg, year.longitude_deg, altitude_m=year.altitude_m,
        convergence_deg=grid_convergence(header.crs, header.centre), model=options.model,
        months=year.months if options.months else None, dome=Dome(azimuths=options.azimuths),
    )
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".solar-") as folder:
            surface = prepare_surface(inputs.dsm, header, Path(folder), checks)
            tiles = [
                _Tile(box, surface, inputs, sky, options.albedo, header.cell_m, Path(folder) / f"{number}.npy")
                for number, box in enumerate(tile_boxes(header.shape))
            ]
            done = _irradiate(tiles, options.processes, checks, say)
            _write(tiles, header, year, options, out)
    except (RasterioError, OSError) as error:  # those of reading are told by the readers
        message = f"{out} cannot be written ({_why(error)}); check the folder and the space on its disk"
        raise StoreError(message) from error
    cells = sum(tile.cells for tile in done)
    mean = math.fsum(tile.sum_kwh_per_m2 for tile in done) / cells
    return Irradiated(cells, math.prod(header.shape), mean, header.cell_m)


def _irradiate(
    tiles: list[_Tile], processes: int | None, checks: Checks, say: Callable[[int, int], None]
) -> list[_Done]:
    """Return what became of tiles, at least one of which has a cell."""
    say(0, len(tiles))
    done = run_tasks(_irradiate_tile, tiles, processes=processes, say=lambda number: say(number, len(tiles)))
    sloping = sum(tile.sloping for tile in done)
    checks.count("dropped", "slope: cells without a slope or an aspect", sloping)
    if not any(tile.cells for tile in done):
        inputs = tiles[0].inputs
        blamed = inputs.slope if sloping else inputs.mask or inputs.dsm
        message = f"{blamed}: no cell is both wanted and in the surface; give files of one place"
        raise SourceError(message)
    return done


def _why(error: Exception) -> str:
    """Return in a few words why writing failed."""
    return getattr(error, "strerror", None) or str(error.__cause__ or error).splitlines()[0]


def tile_boxes(shape: tuple[int, int]) -> list[Box]:
    """Return the tiles of a grid, row by row."""
    rows, columns = shape
    return [
        Box(top, min(top + TILE, rows), left, min(left + TILE, columns))
        for top in range(0, rows, TILE) for left in range(0, columns, TILE)
    ]  # fmt: skip


def _irradiate_tile(tile: _Tile) -> _Done:
    """Compute one tile and keep it in its file, unless it has no wanted cell."""
    mask = ~tile.surface.holes(tile.box)
    if tile.inputs.mask is not None:
        given = read_box(tile.inputs.mask, tile.box)
        mask &= np.isfinite(given) & (given != 0)
    before = int(mask.sum())
    if tile.inputs.slope is not None and tile.inputs.aspect is not None:
        slope, aspect = _given_slope(tile.inputs.slope, tile.inputs.aspect, tile.box)
        mask &= np.isfinite(slope)
        slope = np.nan_to_num(slope)
    else:
        slope, aspect = _slope_around(tile)
    cells = int(mask.sum())
    if not cells:
        return _Done(0, before, 0.0)
    relief = make_relief(tile.surface, tile.box, tile.sky.dome, cell_m=tile.cell_m)
    found = irradiate_tile(relief, tile.sky, slope, aspect, mask=mask, albedo=tile.albedo)
    draft = tile.out.with_suffix(".draft")
    with draft.open("wb") as file:
        np.save(file, found)
    draft.replace(tile.out)
    return _Done(cells, before - cells, float(found[:, mask].sum(dtype=np.float64)))


def _given_slope(slope: Path, aspect: Path, box: Box) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return slope and aspect of files, NaN slopes where either is missing; level cells need no aspect. [degrees]"""
    slope_deg, aspect_deg = read_box(slope, box), read_box(aspect, box)
    known = np.isfinite(slope_deg)
    if known.any() and not (slope_deg[known].min() >= 0 and slope_deg[known].max() <= STEEPEST_DEG):
        message = (f"{slope} has slopes from {slope_deg[known].min():g} to {slope_deg[known].max():g}, not in degrees "
                   "from 0 to 90; write it again in degrees, with its nodata value declared")
        raise SourceError(message)
    slope_deg[np.isnan(aspect_deg) & (slope_deg > 0)] = np.nan
    return slope_deg, np.nan_to_num(aspect_deg)


def _slope_around(tile: _Tile) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return slope and aspect of a tile's cells, those at its edge from the cells beyond too. [degrees]"""
    box, around = tile.box, tile.box.grown(1, 1, tile.surface.shape(0))
    slope, aspect = surface_slope(tile.surface.read(0, around), cell_m=tile.cell_m)
    rows = slice(box.top - around.top, box.bottom - around.top)
    columns = slice(box.left - around.left, box.right - around.left)
    return slope[rows, columns], aspect[rows, columns]


def _write(tiles: list[_Tile], header: Header, year: WeatherYear, options: Options, out: Path) -> None:
    """Put the tiles together in one file, which gets its name when it is whole."""
    rows, columns = header.shape
    bands = 12 if options.months else 1
    draft = tiles[0].out.with_name("whole.tif")
    with rasterio.open(
        draft, "w", driver="GTiff", width=columns, height=rows, count=bands, dtype="float32", nodata=float("nan"),
        crs=header.crs.to_wkt(), transform=header.transform, tiled=True, blockxsize=256, blockysize=256,
        compress="deflate", zlevel=1, predictor=3, interleave="band", bigtiff="if_safer",
    ) as target:  # fmt: skip
        target.update_tags(
            quantity="irradiation in the plane of the cell", unit="kWh/m2", period="month" if bands > 1 else "year",
            sky=options.model, albedo=f"{options.albedo:g}", azimuths=str(options.azimuths), weather=year.source,
            synthetic=str(year.synthetic).lower(), ghi_kwh_per_m2=f"{year.ghi_kwh_per_m2:.1f}",
            ghi_low=f"{year.ghi_low:.4f}", ghi_high=f"{year.ghi_high:.4f}",
        )
        for band in range(1, bands + 1):
            target.set_band_description(band, f"month {band}" if bands > 1 else "year")
            target.set_band_unit(band, "kWh/m2")
        for box, values in _parts(tiles):
            target.write(values, window=Window(box.left, box.top, box.right - box.left, box.bottom - box.top))
    draft.replace(out)


def _parts(tiles: list[_Tile]) -> Iterator[tuple[Box, NDArray[np.float32]]]:
    """Return the tiles that have cells; what is not written is without data."""
    for tile in tiles:
        if tile.out.exists():
            yield tile.box, np.load(tile.out)
            tile.out.unlink()
