"""A surface model made ready: checked by its header, its holes filled, its coarser scales at hand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import rasterio
from rasterio.errors import RasterioError
from rasterio.fill import fillnodata
from rasterio.windows import Window

from twin.errors import SourceError
from twin.light.relief import FACTOR, HALO, Box, thinned

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from rasterio import Affine

    from twin.checks import Checks

    Metres = NDArray[np.float32]

BLOCK = 2048  # cells on the side of a block that is prepared at once; a multiple of every scale's factor
REACH = 64  # cells within which a hole is filled from its edges
MOST_HOLES = 0.5  # of a surface
LEAST_M, MOST_M = -12_000.0, 12_000.0  # heights that occur on Earth
SQUARE = 1e-6


@dataclass(frozen=True, slots=True)
class Header:
    """What a raster says of itself: its system, its grid in metres, and its size."""

    crs: pyproj.CRS
    transform: Affine
    shape: tuple[int, int]
    cell_m: float

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the grid. [m]"""
        rows, columns = self.shape
        return self.transform.c + columns / 2 * self.cell_m, self.transform.f - rows / 2 * self.cell_m


@dataclass(frozen=True, slots=True)
class FileSurface:
    """
    A surface in files, one for each scale.

    Attributes
    ----------
    scales
        Rasters from the finest to the coarsest scale. [m]
    shapes
        Rows and columns of each.
    original
        The raster as it was given, which still has its holes.
    """

    scales: tuple[Path, ...]
    shapes: tuple[tuple[int, int], ...]
    original: Path

    @property
    def depth(self) -> int:
        """Number of scales."""
        return len(self.scales)

    def shape(self, scale: int) -> tuple[int, int]:
        """Return rows and columns at a scale."""
        return self.shapes[scale]

    def read(self, scale: int, box: Box) -> Metres:
        """Return the heights in a box of cells. [m]"""
        return _read(self.scales[scale], box)

    def holes(self, box: Box) -> NDArray[np.bool_]:
        """Return which cells of a box have no height of their own."""
        return np.isnan(_read(self.original, box))


def read_header(path: Path, most_cells: int) -> Header:
    """
    Return what a raster's header says, without reading its cells.

    Raises
    ------
    SourceError
        If it is no raster, not in metres, not on a square grid with north up, or has too many cells.
    """
    try:
        with rasterio.open(path) as dataset:
            crs, transform, shape = dataset.crs, dataset.transform, dataset.shape
    except (RasterioError, OSError, ValueError) as error:
        message = f"{path} is no raster that can be read; give a GeoTIFF of heights in metres"
        raise SourceError(message) from error
    if crs is None:
        message = f"{path} names no coordinate system; set it with gdal_edit.py -a_srs EPSG:..."
        raise SourceError(message)
    horizontal = pyproj.CRS.from_wkt(crs.to_wkt()).to_2d()
    units = {axis.unit_name for axis in horizontal.axis_info[:2]}
    if not horizontal.is_projected or units - {"metre", "meter", "m"}:
        message = f"{path} is in {horizontal.name}, which is not in metres; bring it into a metric CRS with gdalwarp"
        raise SourceError(message)
    if transform.b or transform.d or transform.a <= 0 or abs(transform.a + transform.e) > SQUARE * transform.a:
        message = f"{path} is not on a grid of square cells with north up; bring it there with gdalwarp -tr"
        raise SourceError(message)
    if math.prod(shape) > most_cells:
        message = (f"{path} has {math.prod(shape):,} cells, more than {most_cells:,}; cut it to at most "
                   f"{math.isqrt(most_cells):,} x {math.isqrt(most_cells):,} cells, or raise --max-cells")
        raise SourceError(message)
    return Header(horizontal, transform, (int(shape[0]), int(shape[1])), float(transform.a))


def prepare_surface(path: Path, header: Header, folder: Path, checks: Checks) -> FileSurface:
    """
    Write the scales of a surface, holes filled; the finest only where it has holes.

    A hole is filled from its edges within a short reach; what is left is as low as the lowest height, and casts no
    shade. Cells of a hole have no irradiation.

    Raises
    ------
    SourceError
        If most of the surface are holes, or a height is impossible.
    """
    shapes = [header.shape]
    while max(shapes[-1]) > HALO and FACTOR ** len(shapes) <= BLOCK:
        shapes.append((-(-shapes[-1][0] // FACTOR), -(-shapes[-1][1] // FACTOR)))
    files = [folder / f"scale{number}.tif" for number in range(len(shapes))]
    boxes = [
        Box(top, min(top + BLOCK, header.shape[0]), left, min(left + BLOCK, header.shape[1]))
        for top in range(0, header.shape[0], BLOCK) for left in range(0, header.shape[1], BLOCK)
    ]  # fmt: skip
    holes, low_m = _survey(path, boxes)
    cells = math.prod(header.shape)
    if holes > MOST_HOLES * cells:
        message = f"{path}: {holes:,} of {cells:,} cells have no height; give a surface without holes"
        raise SourceError(message)
    checks.count("repaired", "surface: cells without a height, filled from around them", holes)
    first = 0 if holes else 1
    datasets = [_create(file, shape) for file, shape in zip(files[first:], shapes[first:], strict=True)]
    for box in boxes:
        surface = _filled(path, box, header.shape, low_m) if holes else _read(path, box)
        for number, dataset in enumerate(datasets, start=first):
            if number:
                surface = thinned(surface)
            scale = FACTOR**number
            window = Window(box.left // scale, box.top // scale, surface.shape[1], surface.shape[0])
            dataset.write(surface, 1, window=window)
    for dataset in datasets:
        dataset.close()
    scales = tuple(files) if holes else (path, *files[1:])
    return FileSurface(scales, tuple(shapes), path)


def _create(path: Path, shape: tuple[int, int]) -> rasterio.io.DatasetWriter:
    return rasterio.open(
        path, "w", driver="GTiff", width=shape[1], height=shape[0], count=1, dtype="float32", tiled=True,
        blockxsize=256, blockysize=256, bigtiff="if_safer", crs="EPSG:3857",
        transform=rasterio.Affine(1, 0, 0, 0, -1, 0),
    )  # fmt: skip


def _read(path: Path, box: Box) -> Metres:
    """Return heights in a box, NaN where there are none. [m]"""
    with rasterio.open(path) as dataset:
        window = Window(box.left, box.top, box.right - box.left, box.bottom - box.top)
        try:
            band = dataset.read(1, window=window, masked=True)
        except RasterioError as error:
            message = f"{path} breaks off before its end; copy the file again"
            raise SourceError(message) from error
        values = np.ma.filled(band.astype("float32"), np.nan)
        if dataset.scales[0] != 1 or dataset.offsets[0] != 0:
            values = values * np.float32(dataset.scales[0]) + np.float32(dataset.offsets[0])
    values[~np.isfinite(values)] = np.nan
    return np.asarray(values, dtype=np.float32)


def _survey(path: Path, boxes: list[Box]) -> tuple[int, float]:
    """Return the number of cells without a height, and the lowest height. [m]"""
    holes, low, high = 0, np.inf, -np.inf
    for box in boxes:
        surface = _read(path, box)
        good = surface[np.isfinite(surface)]
        holes += surface.size - good.size
        if good.size:
            low, high = min(low, float(good.min())), max(high, float(good.max()))
    if low < LEAST_M or high > MOST_M:
        message = (f"{path} has heights from {low:g} to {high:g} m, which do not occur; declare its nodata value with "
                   "gdal_edit.py -a_nodata")
        raise SourceError(message)
    return holes, low


def _filled(path: Path, box: Box, shape: tuple[int, int], low_m: float) -> Metres:
    """Return the heights in a box, holes filled from around them, far from an edge with the lowest height. [m]"""
    around = box.grown(REACH, 1, shape)
    surface = _read(path, around)
    holes = np.isnan(surface)
    if holes.any():
        surface = np.where(holes, np.float32(low_m), surface)
        surface = fillnodata(surface, mask=~holes, max_search_distance=REACH)
    rows = slice(box.top - around.top, box.bottom - around.top)
    columns = slice(box.left - around.left, box.right - around.left)
    return np.ascontiguousarray(surface[rows, columns], dtype=np.float32)
