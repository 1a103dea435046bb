"""A zone as a raster: ground, roofs over it, and which roof each cell belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import rasterio
import shapely
from rasterio.features import rasterize
from rasterio.warp import Resampling, reproject

from twin.light.relief import ArraySurface

if TYPE_CHECKING:
    from pathlib import Path

    import pyproj
    from numpy.typing import NDArray

    from layers.solar.surfaces import Surfaces

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]

MARGIN_M = 8.0
AROUND_M = 500.0  # of terrain beyond the outermost roofs
NOBODY = -1


@dataclass(frozen=True)
class Scene:
    """
    A zone on a grid.

    Attributes
    ----------
    west, north
        Corner of the grid. [m]
    cell_m
        Side of a cell. [m]
    surface_m
        Height of what is seen from above. [m above datum], shape (rows, columns)
    label
        Number of the roof surface, -1 for none. shape (rows, columns)
    ground_m
        Ground of each surface's building. [m above datum], shape (surfaces,)
    """

    west: float
    north: float
    cell_m: float
    surface_m: Singles
    label: NDArray[np.int32]
    ground_m: Floats

    def save(self, folder: Path) -> None:
        """Write the grid and its coarser scales for :func:`open_scene`."""
        for number, scale in enumerate(ArraySurface.of(self.surface_m).scales):
            np.save(folder / f"surface{number}.npy", scale)
        np.save(folder / "label.npy", self.label)

    def places(self, cell: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Return east and north of the middles of cells, numbered row by row. [m]"""
        row, column = np.divmod(cell, self.label.shape[1])
        return self.west + (column + 0.5) * self.cell_m, self.north - (row + 0.5) * self.cell_m


def open_scene(folder: Path) -> tuple[ArraySurface, NDArray[np.int32]]:
    """Return the surface and the labels that :meth:`Scene.save` wrote, read as they are needed."""
    files = sorted(folder.glob("surface*.npy"))
    scales = [np.load(file, mmap_mode="r") for file in files]
    return ArraySurface(scales), np.load(folder / "label.npy", mmap_mode="r")


def make_scene(
    surfaces: Surfaces, *, crs: pyproj.CRS, cell_m: float, dtm: Path | None = None, dsm: Path | None = None
) -> Scene:
    """
    Return the zone on a grid.

    Parameters
    ----------
    surfaces
        Its roofs.
    crs
        Their system. [m]
    cell_m
        Side of a cell. [m]
    dtm
        Terrain model; without one the ground is level.
    dsm
        Surface model, which tells what stands outside buildings, such as trees.
    """
    outlines = surfaces.outlines
    margin = AROUND_M if dtm is not None or dsm is not None else MARGIN_M
    west, south, east, north = shapely.total_bounds(outlines) + margin * np.array([-1, -1, 1, 1])
    west, north = np.floor(west / cell_m) * cell_m, np.ceil(north / cell_m) * cell_m
    shape = int(np.ceil((north - south) / cell_m)), int(np.ceil((east - west) / cell_m))
    transform = rasterio.Affine(cell_m, 0.0, float(west), 0.0, -cell_m, float(north))
    terrain = _sample(dtm, crs, transform, shape) if dtm is not None else None
    ground_m, level_m = _grounds(surfaces, terrain, transform)
    surface = np.full(shape, level_m, np.float32) if terrain is None else np.where(
        np.isfinite(terrain), terrain, np.float32(level_m))
    if dsm is not None:
        surface = np.fmax(surface, _sample(dsm, crs, transform, shape))
    order = np.argsort(surfaces.frame["height_m"].to_numpy() + ground_m, kind="stable")
    shapes = ((outlines[number], int(number)) for number in order)
    label = rasterize(shapes, out_shape=shape, transform=transform, fill=NOBODY, dtype="int32")
    scene = Scene(float(west), float(north), cell_m, surface, label, ground_m)
    _raise_roofs(scene, surfaces)
    return scene


def _raise_roofs(scene: Scene, surfaces: Surfaces) -> None:
    """Set the height of every cell of a roof."""
    cell = np.flatnonzero(scene.label.ravel() >= 0)
    owner = scene.label.ravel()[cell]
    x, y = scene.places(cell)
    level, east, north = surfaces.coefficients[owner].T
    heights = scene.ground_m[owner] + level + east * x + north * y
    scene.surface_m.ravel()[cell] = heights.astype(np.float32)


def _grounds(surfaces: Surfaces, terrain: Singles | None, transform: rasterio.Affine) -> tuple[Floats, float]:
    """Return the ground of each surface's building and the level of the ground where nobody knows it. [m]"""
    ground = surfaces.ground_m.copy()
    if terrain is not None:
        points = shapely.get_coordinates(shapely.point_on_surface(surfaces.outlines))
        column = ((points[:, 0] - transform.c) / transform.a).astype(int)
        row = ((transform.f - points[:, 1]) / transform.a).astype(int)
        ground = np.where(np.isfinite(ground), ground, terrain[row, column])
    known = ground[np.isfinite(ground)]
    level_m = float(np.median(known)) if len(known) else 0.0
    return np.where(np.isfinite(ground), ground, level_m), level_m


def _sample(path: Path, crs: pyproj.CRS, transform: rasterio.Affine, shape: tuple[int, int]) -> Singles:
    """Return a raster's heights on a grid, NaN where it has none. [m]"""
    found = np.full(shape, np.nan, np.float32)
    with rasterio.open(path) as source:
        reproject(
            rasterio.band(source, 1), found, src_crs=source.crs or crs.to_wkt(), dst_crs=crs.to_wkt(),
            dst_transform=transform, dst_nodata=np.nan, resampling=Resampling.bilinear, init_dest_nodata=True,
        )  # fmt: skip
    return found
