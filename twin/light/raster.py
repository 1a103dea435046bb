"""From a surface model in a file to its irradiation in a file, tile by tile."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.windows import Window

from twin.crs import grid_convergence
from twin.errors import SourceError
from twin.light.dome import Dome
from twin.light.irradiation import irradiate_tile
from twin.light.normals import surface_slope
from twin.light.pool import run_tasks
from twin.light.prepare import FileSurface, Header, prepare_surface, read_header
from twin.light.relief import Box, make_relief
from twin.light.sky import Sky, SkyModel, make_sky

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from twin.checks import Checks
    from twin.weather.year import WeatherYear

TILE = 1536  # cells on the side of a tile
MOST_CELLS = 4_000_000_000
CELL_BYTES = 4


@dataclass(frozen=True, slots=True)
class Inputs:
    """
    The files that irradiation is computed from.

    Attributes
    ----------
    dsm
        Heights of the surface. [m]
    mask
        Cells that are wanted: those that are neither 0 nor without data.
    slope, aspect
        Tilt of the cells, and the direction they face, clockwise from north. [degrees]
    """

    dsm: Path
    mask: Path | None = None
    slope: Path | None = None
    aspect: Path | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """
    How irradiation is computed.

    Attributes
    ----------
    model
        Distribution of the diffuse light.
    azimuths
        Sectors of the compass.
    albedo
        Share of light that ground and walls reflect. [-]
    months
        Whether twelve monthly bands are written instead of one annual.
    processes
        How many tiles are computed at once; one per core where not given.
    most_cells
        Cells of a surface above which it is refused.
    """

    model: SkyModel = "perez1990"
    azimuths: int = 128
    albedo: float = 0.0
    months: bool = False
    processes: int | None = None
    most_cells: int = MOST_CELLS


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


def irradiate_file(
    inputs: Inputs, year: WeatherYear, out: Path, options: Options, checks: Checks,
    say: Callable[[int, int], None] = lambda *_: None,
) -> None:
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

    Raises
    ------
    SourceError
        If a file is no raster in metres on a square grid, is too large, or the disk has no room for the result.
    """
    header = read_header(inputs.dsm, options.most_cells)
    bands = 12 if options.months else 1
    require_room(header, bands, out)
    for path in (inputs.mask, inputs.slope, inputs.aspect):
        if path is not None:
            _require_grid(path, header)
    sky = make_sky(
        year.hours, year.latitude_deg, year.longitude_deg, altitude_m=year.altitude_m,
        convergence_deg=grid_convergence(header.crs, header.centre), model=options.model,
        months=year.months if options.months else None, dome=Dome(azimuths=options.azimuths),
    )
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".solar-") as folder:
        surface = prepare_surface(inputs.dsm, header, Path(folder), checks)
        tiles = [
            _Tile(box, surface, inputs, sky, options.albedo, header.cell_m, Path(folder) / f"{number}.npy")
            for number, box in enumerate(tile_boxes(header.shape))
        ]
        wanted = run_tasks(_irradiate_tile, tiles, processes=options.processes,
                           say=lambda done: say(done, len(tiles)))
        if not sum(wanted):
            message = f"{inputs.mask or inputs.dsm}: no cell is both wanted and in the surface; give files of one place"
            raise SourceError(message)
        _write(tiles, header, bands, year, options, out)


def tile_boxes(shape: tuple[int, int]) -> list[Box]:
    """Return the tiles of a grid, row by row."""
    rows, columns = shape
    return [
        Box(top, min(top + TILE, rows), left, min(left + TILE, columns))
        for top in range(0, rows, TILE) for left in range(0, columns, TILE)
    ]  # fmt: skip


def require_room(header: Header, bands: int, out: Path) -> None:
    """
    Raise an error where the disk has no room for a result, before anything is computed.

    Raises
    ------
    SourceError
        If the folder is missing, or too little is free there.
    """
    if not out.parent.is_dir():
        message = f"{out.parent} is no folder; create it, or choose another --out"
        raise SourceError(message)
    rows, columns = header.shape
    needed = rows * columns * CELL_BYTES * (2 * bands + 2)  # parts, the result, the surface at its scales
    free = shutil.disk_usage(out.parent).free
    if needed > free:
        fits = free // (CELL_BYTES * (2 * bands + 2))
        message = (f"{out}: a result of {rows * columns:,} cells needs {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB "
                   f"are free; cut the surface to at most {fits:,} cells, or choose another --out")
        raise SourceError(message)


def _require_grid(path: Path, header: Header) -> None:
    """Raise an error where a raster does not lie on the surface's grid."""
    other = read_header(path, MOST_CELLS)
    if other.shape != header.shape or not other.transform.almost_equals(header.transform, 1e-6):
        message = (f"{path}: its grid of {other.shape[1]} x {other.shape[0]} cells is not that of the surface "
                   f"({header.shape[1]} x {header.shape[0]}); bring it there with gdalwarp")
        raise SourceError(message)


def _irradiate_tile(tile: _Tile) -> int:
    """Compute one tile and keep it in its file; return the number of wanted cells."""
    relief = make_relief(tile.surface, tile.box, tile.sky.dome, cell_m=tile.cell_m)
    mask = ~tile.surface.holes(tile.box)
    if tile.inputs.mask is not None:
        given = read_box(tile.inputs.mask, tile.box)
        mask &= np.isfinite(given) & (given != 0)
    if tile.inputs.slope is not None and tile.inputs.aspect is not None:
        slope, aspect = read_box(tile.inputs.slope, tile.box), read_box(tile.inputs.aspect, tile.box)
        mask &= np.isfinite(slope)
        slope, aspect = np.nan_to_num(slope), np.nan_to_num(aspect)
    else:
        slope, aspect = _slope_around(tile)
    found = irradiate_tile(relief, tile.sky, slope, aspect, mask=mask, albedo=tile.albedo)
    draft = tile.out.with_suffix(".draft")
    with draft.open("wb") as file:
        np.save(file, found)
    draft.replace(tile.out)
    return int(mask.sum())


def _slope_around(tile: _Tile) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return slope and aspect of a tile's cells, those at its edge from the cells beyond too. [degrees]"""
    box, around = tile.box, tile.box.grown(1, 1, tile.surface.shape(0))
    slope, aspect = surface_slope(tile.surface.read(0, around), cell_m=tile.cell_m)
    rows = slice(box.top - around.top, box.bottom - around.top)
    columns = slice(box.left - around.left, box.right - around.left)
    return slope[rows, columns], aspect[rows, columns]


def read_box(path: Path, box: Box) -> NDArray[np.float32]:
    """Return the first band of a raster in a box of cells, NaN where there is no data."""
    with rasterio.open(path) as dataset:
        window = Window(box.left, box.top, box.right - box.left, box.bottom - box.top)
        band = dataset.read(1, window=window, masked=True)
        values = np.ma.filled(band.astype("float32"), np.nan)
        return np.asarray(values * np.float32(dataset.scales[0]) + np.float32(dataset.offsets[0]), dtype=np.float32)


def _write(
    tiles: list[_Tile], header: Header, bands: int, year: WeatherYear, options: Options, out: Path
) -> None:
    """Put the tiles together in one file, which gets its name when it is whole."""
    rows, columns = header.shape
    draft = tiles[0].out.with_name("whole.tif")
    with rasterio.open(
        draft, "w", driver="GTiff", width=columns, height=rows, count=bands, dtype="float32", nodata=float("nan"),
        crs=header.crs.to_wkt(), transform=header.transform, tiled=True, blockxsize=256, blockysize=256,
        compress="deflate", zlevel=1, predictor=3, interleave="band", bigtiff="if_safer",
    ) as target:  # fmt: skip
        target.update_tags(
            quantity="irradiation in the plane of the cell", unit="kWh/m2", period="month" if bands > 1 else "year",
            sky=options.model, albedo=f"{options.albedo:g}", weather=year.source, synthetic=str(year.synthetic).lower(),
        )
        for number, values in _parts(tiles):
            box = tiles[number].box
            target.write(values, window=Window(box.left, box.top, box.right - box.left, box.bottom - box.top))
    draft.replace(out)


def _parts(tiles: list[_Tile]) -> Iterator[tuple[int, NDArray[np.float32]]]:
    for number, tile in enumerate(tiles):
        yield number, np.load(tile.out)
        tile.out.unlink()
