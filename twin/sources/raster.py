"""Heights from rasters inside every footprint: the surface above the ground, and the ground itself."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyproj
import rasterio
import shapely
from rasterio import Affine
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.features import rasterize
from rasterio.transform import rowcol, xy
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from twin.crs import transform
from twin.sources.fault import SourceFault, noted, require_data, require_size, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from geopandas import GeoSeries
    from numpy.typing import NDArray
    from rasterio.io import DatasetReader

    from twin.checks import Checks

    Floats = NDArray[np.float64]
    Shapes = NDArray[np.object_]

DRIVERS = {"GTiff", "COG", "AAIGrid", "HFA", "ENVI", "EHdr"}
MOST_BYTES = 64 * 2**30
BLOCK = 2048  # cells on the side of a window
ROOF_PERCENTILE = 90.0
GROUND_PERCENTILE = 10.0
FEWEST_PIXELS = 4
RING_M = 6.0
EAVES_M = 1.0
OVERLAP_M2 = 0.5
TALLEST_M = 1000.0


@dataclass(slots=True)
class _Samples:
    """Values of the cells inside shapes, with the number of the shape each belongs to."""

    labels: list[NDArray[np.int32]] = field(default_factory=list)
    values: list[Floats] = field(default_factory=list)

    def add(self, labels: NDArray[np.int32], values: Floats) -> None:
        """Keep the labelled cells that have a value; label 0 is no shape."""
        good = (labels > 0) & np.isfinite(values)
        self.labels.append(labels[good])
        self.values.append(values[good])

    def percentile(self, percent: float, size: int) -> tuple[Floats, NDArray[np.int64]]:
        """Return a percentile of every shape's cells, linear between ranks, and how many cells there are."""
        labels = np.concatenate(self.labels) if self.labels else np.empty(0, dtype=np.int32)
        values = np.concatenate(self.values) if self.values else np.empty(0)
        order = np.lexsort((values, labels))
        values = values[order]
        counts = np.bincount(labels, minlength=size + 1)[1:]
        starts = np.cumsum(counts) - counts
        result = np.full(size, np.nan)
        some = counts > 0
        rank = starts[some] + (counts[some] - 1) * percent / 100
        low = np.floor(rank).astype(np.int64)
        high = np.ceil(rank).astype(np.int64)
        result[some] = values[low] + (values[high] - values[low]) * (rank - low)
        return result, counts


@dataclass(frozen=True, slots=True)
class _Surface:
    """The surface raster, and the ground raster on its grid where there is one."""

    dsm: DatasetReader
    dtm: DatasetReader | None

    def read(self, window: Window) -> tuple[Floats, Floats]:
        """Return surface and ground of a window in metres, NaN where there is no data."""
        surface = _read_band(self.dsm, window)
        ground = _read_band(self.dtm, window) if self.dtm is not None else np.full_like(surface, np.nan)
        return surface, ground


def building_heights(
    footprints: GeoSeries, dsm_path: Path, dtm_path: Path | None, zone_crs: pyproj.CRS, checks: Checks
) -> pd.DataFrame:
    """
    Measure buildings on height rasters.

    The height is the 90th percentile of surface minus ground inside the footprint. Without a ground raster the
    ground is the 10th percentile of the surface in a ring around the footprint that holds no building.

    Parameters
    ----------
    footprints
        Outlines in the zone's system; the index is kept.
    dsm_path, dtm_path
        Heights of the surface with buildings, and of the bare ground. [m]
    zone_crs
        System of the footprints. [m]
    checks
        Receives the rasters' faults, and what was assumed.

    Returns
    -------
    heights
        Columns `height_dsm_m` [m], `ground_m` [m above the raster's datum], `pixels`; missing where nothing was seen.
    """
    empty = pd.DataFrame({"height_dsm_m": np.nan, "ground_m": np.nan, "pixels": 0}, index=footprints.index)
    if footprints.empty:
        return empty
    with ExitStack() as stack:
        datasets: list[DatasetReader] = []
        for path in (dsm_path, dtm_path):
            if path is not None:
                with noted(checks, path):
                    datasets.append(stack.enter_context(_open(path, footprints, zone_crs, checks)))
        if len(datasets) < 1 + (dtm_path is not None):
            return empty
        with noted(checks, dsm_path):
            return _measure(footprints, datasets, zone_crs, checks)
    return empty


def ground_heights(footprints: GeoSeries, dtm_path: Path, zone_crs: pyproj.CRS, checks: Checks) -> pd.Series:
    """
    Return the height of the ground below buildings: of a terrain model's cell at an inner point of each footprint.

    Parameters
    ----------
    footprints
        Outlines in the zone's system; the index is kept.
    dtm_path
        Heights of the bare ground. [m]
    zone_crs
        System of the footprints. [m]
    checks
        Receives the raster's faults.

    Returns
    -------
    ground_m
        Above the raster's datum; missing where it has no data. [m]
    """
    ground_m = pd.Series(np.nan, index=footprints.index, name="ground_m")
    if footprints.empty:
        return ground_m
    with noted(checks, dtm_path), _open(dtm_path, footprints, zone_crs, checks) as dtm:
        crs = _raster_crs(dtm, zone_crs)
        shapes: Shapes = np.asarray(transform(footprints.to_numpy(), zone_crs, crs), dtype=object)
        inner = shapely.get_coordinates(shapely.point_on_surface(shapes))
        rows, columns = (np.asarray(number) for number in rowcol(dtm.transform, inner[:, 0], inner[:, 1]))
        values = np.full(len(shapes), np.nan)
        try:
            for window in _windows(dtm, shapes):
                row, column = rows - window.row_off, columns - window.col_off
                here = (row >= 0) & (row < window.height) & (column >= 0) & (column < window.width)
                values[here] = _read_band(dtm, window)[row[here].astype(int), column[here].astype(int)]
        except RasterioError as error:
            raise SourceFault("breaks off before its end", "copy the file again") from error
        ground_m[:] = values
    return ground_m


@contextmanager
def _open(path: Path, footprints: GeoSeries, zone_crs: pyproj.CRS, checks: Checks) -> Iterator[DatasetReader]:
    """Open a raster that is in metres and covers some of the footprints."""
    require_size(path, MOST_BYTES)
    require_data(path)
    try:
        dataset = rasterio.open(path.resolve())
    except (RasterioError, ValueError, OSError) as error:
        raise SourceFault("is no raster that can be read", "give a GeoTIFF of heights in metres") from error
    with dataset:
        if dataset.driver not in DRIVERS:
            reason = f"is a {dataset.driver} file"
            raise SourceFault(reason, "give a GeoTIFF of heights in metres")
        crs = _raster_crs(dataset, zone_crs)
        if dataset.crs is None:
            checks.note(f"{shown(path.name)} names no CRS and is taken to be in the zone's")
        shapes: Shapes = np.asarray(transform(footprints.to_numpy(), zone_crs, crs), dtype=object)
        west, south, east, north = shapely.total_bounds(shapes)
        bounds = dataset.bounds
        if not (west < bounds.right and east > bounds.left and south < bounds.top and north > bounds.bottom):
            raise SourceFault("covers none of the zone's buildings", "give the raster of this zone, or correct its CRS")
        yield dataset


def _raster_crs(dataset: DatasetReader, zone_crs: pyproj.CRS) -> pyproj.CRS:
    """Return a raster's horizontal system, the zone's where it names none."""
    if dataset.crs is None:
        return zone_crs
    crs = pyproj.CRS.from_wkt(dataset.crs.to_wkt()).to_2d()
    unit = {axis.unit_name for axis in crs.axis_info[:2]}
    if not crs.is_projected or unit - {"metre", "meter", "m"}:
        reason = f"is in {crs.name}, which is not in metres"
        raise SourceFault(reason, "bring it into the zone's CRS with gdalwarp")
    return crs


def _measure(
    footprints: GeoSeries, datasets: list[DatasetReader], zone_crs: pyproj.CRS, checks: Checks
) -> pd.DataFrame:
    dsm, *rest = datasets
    crs = _raster_crs(dsm, zone_crs)
    shapes: Shapes = np.asarray(transform(footprints.to_numpy(), zone_crs, crs), dtype=object)
    with ExitStack() as stack:
        dtm = stack.enter_context(_align(rest[0], dsm, zone_crs, checks)) if rest else None
        surface = _Surface(dsm, dtm)
        try:
            frame = (
                _heights_on_ground(surface, shapes) if dtm is not None else _heights_on_ring(surface, shapes, checks)
            )
        except RasterioError as error:
            raise SourceFault("breaks off before its end", "copy the file again") from error
    frame.index = footprints.index
    return _believable(frame, checks)


@contextmanager
def _align(dtm: DatasetReader, dsm: DatasetReader, zone_crs: pyproj.CRS, checks: Checks) -> Iterator[DatasetReader]:
    """Return the ground on the surface's grid, resampled where its own is another."""
    target, own = (_raster_crs(dataset, zone_crs) for dataset in (dsm, dtm))
    if own == target and dtm.shape == dsm.shape and dtm.transform.almost_equals(dsm.transform, 1e-6):
        yield dtm
        return
    checks.note("terrain: the dtm is resampled onto the grid of the dsm (bilinear)")
    crs = dsm.crs or rasterio.crs.CRS.from_wkt(target.to_wkt())
    source = dtm.crs or rasterio.crs.CRS.from_wkt(own.to_wkt())
    with WarpedVRT(
        dtm, src_crs=source, crs=crs, transform=dsm.transform, width=dsm.width, height=dsm.height,
        resampling=Resampling.bilinear, dtype="float64", nodata=np.nan,
    ) as warped:  # fmt: skip
        yield warped


def _heights_on_ground(surface: _Surface, shapes: Shapes) -> pd.DataFrame:
    """Return heights above the ground raster."""
    above, ground = _Samples(), _Samples()
    for window, labels in _label_windows(surface.dsm, shapes):
        top, bottom = surface.read(window)
        above.add(labels, top - bottom)
        ground.add(labels, np.where(np.isfinite(top), bottom, np.nan))
    height_m, pixels = above.percentile(ROOF_PERCENTILE, len(shapes))
    ground_m, _ = ground.percentile(50, len(shapes))
    return pd.DataFrame({"height_dsm_m": height_m, "ground_m": ground_m, "pixels": pixels})


def _heights_on_ring(surface: _Surface, shapes: Shapes, checks: Checks) -> pd.DataFrame:
    """Return heights above the low percentile of the surface around each footprint."""
    checks.note(
        f"terrain: without a dtm, the ground of a building is the {GROUND_PERCENTILE:g}th percentile of the dsm "
        f"in a ring of {RING_M:g} m around it"
    )
    roof, ground = _Samples(), _Samples()
    for window, labels in _label_windows(surface.dsm, shapes):
        roof.add(labels, surface.read(window)[0])
    cell_m = max(surface.dsm.res)
    covered = shapely.buffer(shapes, max(EAVES_M, cell_m))
    rings = shapely.buffer(shapes, EAVES_M + max(RING_M, 3 * cell_m))
    for window, labels in _label_windows(surface.dsm, rings, few=0):
        built = _burn(covered, np.ones(len(covered), dtype=np.int32), surface.dsm, window)
        ground.add(np.where(built > 0, 0, labels).astype(np.int32), surface.read(window)[0])
    roof_m, pixels = roof.percentile(ROOF_PERCENTILE, len(shapes))
    ground_m, _ = ground.percentile(GROUND_PERCENTILE, len(shapes))
    return pd.DataFrame({"height_dsm_m": roof_m - ground_m, "ground_m": ground_m, "pixels": pixels})


def _believable(frame: pd.DataFrame, checks: Checks) -> pd.DataFrame:
    """Return heights without those that no building has, and say how many buildings the raster does not show."""
    height_m = frame["height_dsm_m"]
    wrong = (height_m <= 0) | (height_m > TALLEST_M)
    checks.count("repaired", "buildings: impossible height on the dsm", int(wrong.sum()))
    frame["height_dsm_m"] = height_m.mask(wrong)
    unseen = int(height_m.isna().sum())
    if unseen:
        checks.note(f"terrain: {unseen} of {len(frame)} buildings have no height on the rasters")
    return frame


def _label_windows(
    dataset: DatasetReader, shapes: Shapes, *, few: int = FEWEST_PIXELS
) -> Iterator[tuple[Window, NDArray[np.int32]]]:
    """
    Yield windows with the number of the shape (from 1) that each cell's centre lies in.

    Shapes that overlap come in different passes. Shapes with fewer than `few` cells come once more at the end
    with every cell they touch, which replaces nothing: their earlier cells are left out.
    """
    groups = _disjoint_groups(shapes)
    counts = np.zeros(len(shapes) + 1, dtype=np.int64)
    thin: NDArray[np.bool_] = np.zeros(len(shapes), dtype=bool)
    if few:
        for window in _windows(dataset, shapes):
            for group in groups:
                counts += np.bincount(_burn(shapes, group, dataset, window).ravel(), minlength=len(counts))
        thin = counts[1:] < few
    for window in _windows(dataset, shapes):
        for group in groups:
            yield window, _burn(shapes, np.where(thin, 0, group).astype(np.int32), dataset, window)
    for number in np.flatnonzero(thin):
        for window in _windows(dataset, shapes[[number]]):
            labels = np.zeros(len(shapes), dtype=np.int32)
            labels[number] = number + 1
            yield window, _burn(shapes, labels, dataset, window, all_touched=True)


def _disjoint_groups(shapes: Shapes) -> list[NDArray[np.int32]]:
    """Return label arrays that together number every shape once; within one of them no two shapes overlap."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    later = first > second
    first, second = first[later], second[later]
    heavy = shapely.area(shapely.intersection(shapes[first], shapes[second])) > OVERLAP_M2
    clashes: dict[int, list[int]] = {}
    for shape, earlier in zip(first[heavy].tolist(), second[heavy].tolist(), strict=True):
        clashes.setdefault(shape, []).append(earlier)
    colour = np.zeros(len(shapes), dtype=np.int64)
    for shape in sorted(clashes):
        taken = {int(colour[earlier]) for earlier in clashes[shape]}
        colour[shape] = next(number for number in range(len(taken) + 1) if number not in taken)
    numbers = np.arange(1, len(shapes) + 1, dtype=np.int32)
    return [np.where(colour == number, numbers, 0).astype(np.int32) for number in range(int(colour.max()) + 1)]


def _windows(dataset: DatasetReader, shapes: Shapes) -> Iterator[Window]:
    """Yield the windows of a raster, block by block, that together hold all of the shapes it covers."""
    west, south, east, north = shapely.total_bounds(shapes)
    rows, columns = rowcol(dataset.transform, [west, west, east, east], [south, north, south, north])
    left, right = max(int(min(columns)) - 1, 0), min(int(max(columns)) + 2, dataset.width)
    top, bottom = max(int(min(rows)) - 1, 0), min(int(max(rows)) + 2, dataset.height)
    for row in range(top, bottom, BLOCK):
        for column in range(left, right, BLOCK):
            yield Window(column, row, min(BLOCK, right - column), min(BLOCK, bottom - row))


def _burn(
    shapes: Shapes, labels: NDArray[np.int32], dataset: DatasetReader, window: Window, *, all_touched: bool = False
) -> NDArray[np.int32]:
    """Return the labels of the shapes on a window's cells; label 0 is left out."""
    shape = (int(window.height), int(window.width))
    grid = _window_grid(dataset, window)
    rows, columns = [0, shape[0], 0, shape[0]], [0, 0, shape[1], shape[1]]
    corners = np.column_stack(xy(grid, rows, columns, offset="ul"))
    bounds = shapely.box(*corners.min(axis=0), *corners.max(axis=0))
    chosen = np.flatnonzero((labels > 0) & shapely.intersects(shapely.envelope(shapes), bounds))
    if not len(chosen):
        return np.zeros(shape, dtype=np.int32)
    pairs = ((shapes[number], int(labels[number])) for number in chosen)
    burnt = rasterize(pairs, out_shape=shape, transform=grid, dtype="int32", all_touched=all_touched)
    return np.asarray(burnt, dtype=np.int32)


def _window_grid(dataset: DatasetReader, window: Window) -> Affine:
    """Return the affine of a window's cells, written out because affine 3 frowns on the products rasterio uses."""
    a, b, c, d, e, f = tuple(dataset.transform)[:6]
    column, row = window.col_off, window.row_off
    return Affine(a, b, c + a * column + b * row, d, e, f + d * column + e * row)


def _read_band(dataset: DatasetReader, window: Window) -> Floats:
    """Return a window of the first band in metres, NaN where there is no data."""
    band = dataset.read(1, window=window, masked=True)
    values: Floats = np.ma.filled(band.astype("float64"), np.nan)
    return np.asarray(values * dataset.scales[0] + dataset.offsets[0], dtype=np.float64)
