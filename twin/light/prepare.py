"""A surface model made ready: checked by its header, its holes filled, its coarser scales at hand."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import rasterio
from pyproj.exceptions import CRSError, ProjError
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from twin.crs import to_degrees
from twin.errors import SourceError
from twin.light.relief import FACTOR, HALO, Box, thinned

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from rasterio import Affine
    from rasterio.io import DatasetReader, DatasetWriter

    from twin.checks import Checks

    Metres = NDArray[np.float32]

BLOCK = 2048  # cells on the side of a block that is prepared at once; a multiple of every scale's factor
REACH = 64  # cells within which a hole is filled from its edges
LEAST_M, MOST_M = -500.0, 9_000.0  # heights that occur on land: the Dead Sea's shore, Mount Everest
SQUARE = 1e-6
MOST_STRETCH = 0.01  # of a map's metre against one on the ground, so that heights and distances are of one kind
METRES = {"metre", "meter", "meters", "metres", "m"}


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

    @property
    def place(self) -> tuple[float, float]:
        """Latitude and longitude of the middle. [degrees]"""
        longitude_deg, latitude_deg = to_degrees(self.crs, self.centre)
        return latitude_deg, longitude_deg


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
    whole
        Whether it has none.
    """

    scales: tuple[Path, ...]
    shapes: tuple[tuple[int, int], ...]
    original: Path
    whole: bool

    @property
    def depth(self) -> int:
        """Number of scales."""
        return len(self.scales)

    def shape(self, scale: int) -> tuple[int, int]:
        """Return rows and columns at a scale."""
        return self.shapes[scale]

    def read(self, scale: int, box: Box) -> Metres:
        """Return the heights in a box of cells. [m]"""
        return read_box(self.scales[scale], box)

    def holes(self, box: Box) -> NDArray[np.bool_]:
        """Return which cells of a box have no height of their own."""
        return np.zeros(box.shape, bool) if self.whole else np.isnan(read_box(self.original, box))


def read_header(path: Path, most_cells: int) -> Header:
    """
    Return what a raster's header says, without reading its cells.

    Raises
    ------
    SourceError
        If it is no raster, not in metres, not on a square grid with north up, on a map that stretches lengths, nowhere
        on the earth, or has too many cells.
    """
    if not path.exists():
        message = f"{path} does not exist; give a GeoTIFF"
        raise SourceError(message)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path) as dataset:
                crs, transform, shape = dataset.crs, dataset.transform, dataset.shape
                horizontal = None if crs is None else _require_metres(path, dataset)
    except (RasterioError, OSError, ValueError, IndexError) as error:
        message = f"{path} is no raster that can be read; give a GeoTIFF that is whole"
        raise SourceError(message) from error
    if horizontal is None:
        message = f"{path} names no coordinate system; set it with gdal_edit.py -a_srs EPSG:..."
        raise SourceError(message)
    if transform.b or transform.d or transform.a <= 0 or abs(transform.a + transform.e) > SQUARE * transform.a:
        message = f"{path} is not on a grid of square cells with north up; bring it there with gdalwarp -tr"
        raise SourceError(message)
    if math.prod(shape) > most_cells:
        message = (f"{path} has {math.prod(shape):,} cells, more than {most_cells:,}; cut it to at most "
                   f"{math.isqrt(most_cells):,} x {math.isqrt(most_cells):,} cells, or raise --max-cells")
        raise SourceError(message)
    header = Header(horizontal, transform, (int(shape[0]), int(shape[1])), float(transform.a))
    _require_place(path, header)
    return header


def _require_metres(path: Path, dataset: DatasetReader) -> pyproj.CRS:
    """Return the horizontal system of a raster, where both it and the heights are in metres."""
    try:
        given = pyproj.CRS.from_wkt(dataset.crs.to_wkt())
        horizontal = given.to_2d()
    except CRSError as error:
        message = f"{path} has a coordinate system that PROJ does not understand; set it with gdal_edit.py -a_srs"
        raise SourceError(message) from error
    if not horizontal.is_projected or {axis.unit_name for axis in horizontal.axis_info[:2]} - METRES:
        message = f"{path} is in {horizontal.name}, which is not in metres; bring it into a metric CRS with gdalwarp"
        raise SourceError(message)
    if dataset.dtypes[0].startswith("complex"):
        message = f"{path} holds complex numbers; give a GeoTIFF of heights in metres"
        raise SourceError(message)
    units = {axis.unit_name for axis in given.axis_info[2:]} | {unit for unit in dataset.units[:1] if unit}
    upright = units - METRES - {"degree", "degrees", "%"}
    if upright:
        message = f"{path} has heights in {upright.pop()}; bring them into metres with gdal_calc.py"
        raise SourceError(message)
    return horizontal


def _require_place(path: Path, header: Header) -> None:
    """Raise an error where a grid lies nowhere, or where its metres are not those of the ground."""
    try:
        latitude_deg, longitude_deg = header.place
        factors = pyproj.Proj(header.crs).get_factors(longitude_deg, latitude_deg)
        stretch = max(abs(scale - 1) for scale in (factors.meridional_scale, factors.parallel_scale))
    except (ProjError, CRSError) as error:
        message = f"{path} lies nowhere on the earth by its coordinates and CRS; correct one of them with gdal_edit.py"
        raise SourceError(message) from error
    if not (math.isfinite(latitude_deg + longitude_deg) and math.isfinite(stretch)):
        message = f"{path} lies nowhere on the earth by its coordinates and CRS; correct one of them with gdal_edit.py"
        raise SourceError(message)
    if stretch > MOST_STRETCH:
        message = (f"{path} is in {header.crs.name}, which stretches lengths by {stretch:.0%} there; bring it into "
                   "another CRS with gdalwarp, such as the UTM zone")
        raise SourceError(message)


def prepare_surface(path: Path, header: Header, folder: Path, checks: Checks) -> FileSurface:
    """
    Write the scales of a surface, holes filled; the finest only where it has holes.

    A hole is filled from its edges within a short reach; what is left is as low as the lowest height, and casts no
    shade. Cells of a hole have no irradiation.

    Raises
    ------
    SourceError
        If no cell has a height, a height is impossible, or the file breaks off.
    """
    shapes = [header.shape]
    while max(shapes[-1]) > HALO and FACTOR ** len(shapes) <= BLOCK:
        shapes.append((-(-shapes[-1][0] // FACTOR), -(-shapes[-1][1] // FACTOR)))
    files = [folder / f"scale{number}.tif" for number in range(len(shapes))]
    boxes = [
        Box(top, min(top + BLOCK, header.shape[0]), left, min(left + BLOCK, header.shape[1]))
        for top in range(0, header.shape[0], BLOCK) for left in range(0, header.shape[1], BLOCK)
    ]  # fmt: skip
    holes, low_m = _survey(path, boxes, files, shapes)
    checks.count("repaired", "surface: cells without a height, filled from around them", holes)
    if holes:
        _fill(path, boxes, files, shapes, low_m)
    scales = tuple(files) if holes else (path, *files[1:])
    return FileSurface(scales, tuple(shapes), path, whole=not holes)


def _survey(
    path: Path, boxes: Sequence[Box], files: Sequence[Path], shapes: Sequence[tuple[int, int]]
) -> tuple[int, float]:
    """
    Return the number of cells without a height, and the lowest height. [m]

    The coarser scales are written on the way; they hold as long as there is no hole.
    """
    holes, low, high = 0, np.inf, -np.inf
    datasets = [_create(file, shape) for file, shape in zip(files[1:], shapes[1:], strict=True)]
    try:
        for box in boxes:
            surface = read_box(path, box)
            good = surface[np.isfinite(surface)]
            holes += surface.size - good.size
            if good.size:
                low, high = min(low, float(good.min())), max(high, float(good.max()))
            if not holes:
                _write_scales(surface, box, datasets, first=1)
    finally:
        for dataset in datasets:
            dataset.close()
    if low > high:
        message = f"{path} has no cell with a height; give a surface that has some"
        raise SourceError(message)
    if low < LEAST_M or high > MOST_M:
        message = (f"{path} has heights from {low:g} to {high:g} m, which do not occur; declare its nodata value with "
                   "gdal_edit.py -a_nodata")
        raise SourceError(message)
    return holes, low


def _fill(
    path: Path, boxes: Sequence[Box], files: Sequence[Path], shapes: Sequence[tuple[int, int]], low_m: float
) -> None:
    """Write all scales of a surface, its holes filled."""
    datasets = [_create(file, shape) for file, shape in zip(files, shapes, strict=True)]
    try:
        for box in boxes:
            _write_scales(_filled(path, box, shapes[0], low_m), box, datasets, first=0)
    finally:
        for dataset in datasets:
            dataset.close()


def _write_scales(surface: Metres, box: Box, datasets: Sequence[DatasetWriter], *, first: int) -> None:
    """Write a block of a surface at each scale that there is a file of."""
    for number, dataset in enumerate(datasets, start=first):
        if number:
            surface = thinned(surface)
        scale = FACTOR**number
        window = Window(box.left // scale, box.top // scale, surface.shape[1], surface.shape[0])
        dataset.write(surface, 1, window=window)


def _create(path: Path, shape: tuple[int, int]) -> DatasetWriter:
    return rasterio.open(
        path, "w", driver="GTiff", width=shape[1], height=shape[0], count=1, dtype="float32", tiled=True,
        blockxsize=256, blockysize=256, bigtiff="if_safer",
        transform=rasterio.Affine(1, 0, 1, 0, -1, 1),
    )  # fmt: skip


def read_box(path: Path, box: Box) -> Metres:
    """
    Return the first band of a raster in a box of cells, NaN where there is nothing.

    Raises
    ------
    SourceError
        If the file is gone, or breaks off before the box.
    """
    window = Window(box.left, box.top, box.right - box.left, box.bottom - box.top)
    try:
        with rasterio.open(path) as dataset:
            band = dataset.read(1, window=window, masked=True)
            scale, offset = dataset.scales[0], dataset.offsets[0]
    except RasterioError as error:
        message = f"{path} breaks off before its end; copy the file again"
        raise SourceError(message) from error
    with np.errstate(over="ignore"):
        values = np.ma.filled(band.astype("float32"), np.nan)
    if scale != 1 or offset != 0:
        values = values * np.float32(scale) + np.float32(offset)
    values[~np.isfinite(values)] = np.nan
    return np.asarray(values, dtype=np.float32)


def _filled(path: Path, box: Box, shape: tuple[int, int], low_m: float) -> Metres:
    """Return the heights in a box, holes filled from around them, far from an edge with the lowest height. [m]"""
    from rasterio.fill import fillnodata

    around = box.grown(REACH, 1, shape)
    surface = read_box(path, around)
    holes = np.isnan(surface)
    if holes.any():
        surface = np.where(holes, np.float32(low_m), surface)
        surface = fillnodata(surface, mask=~holes, max_search_distance=REACH)
    rows = slice(box.top - around.top, box.bottom - around.top)
    columns = slice(box.left - around.left, box.right - around.left)
    return np.ascontiguousarray(surface[rows, columns], dtype=np.float32)
