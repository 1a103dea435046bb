"""The ground of a plan: a flat delta with dykes along the river, sunk canals and one made hill."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from rasterio import Affine
from rasterio.features import rasterize
from scipy.ndimage import distance_transform_edt, gaussian_filter

if TYPE_CHECKING:
    import shapely
    from numpy.typing import NDArray

    from twin.plan.records import Plan

CELL_M = 10.0
MARGIN_M = 150.0
PLAIN_M = 3.7  # above the Yellow Sea datum, as the land between Taicang and the Yangtze lies
WATER_M = 2.6
DYKE_M = 1.7
DYKE_AWAY_M = 30.0
HILL_M = 9.0
HILL_SPREAD_M = 70.0
HILL_PARK_M2 = 20_000.0


def shape_terrain(plan: Plan) -> tuple[NDArray[np.float32], Affine]:
    """
    Return the ground of a plan and where it lies.

    Returns
    -------
    height_m
        Above the Yellow Sea datum of 1985, to the centimetre. [m], shape (rows, cols), north up
    transform
        From column and row to EPSG:4549.
    """
    west, south, east, north = plan.zone.bounds
    west, north = math.floor((west - MARGIN_M) / CELL_M) * CELL_M, math.ceil((north + MARGIN_M) / CELL_M) * CELL_M
    columns, rows = math.ceil((east + MARGIN_M - west) / CELL_M), math.ceil((north - south + MARGIN_M) / CELL_M)
    transform = Affine(CELL_M, 0.0, west, 0.0, -CELL_M, north)
    x = west + (np.arange(columns) + 0.5) * CELL_M
    y = north - (np.arange(rows) + 0.5) * CELL_M
    random = plan.site.random("terrain")
    ground = PLAIN_M + gaussian_filter(random.normal(0, 1, (rows, columns)), 25, mode="reflect") * 9.0
    river = _mask(plan.streams[0].area, (rows, columns), transform)
    away_m = distance_transform_edt(~river) * CELL_M
    ground = ground + DYKE_M * np.exp(-(((away_m - DYKE_AWAY_M) / 22.0) ** 2))
    if parks := [lot for lot in plan.lots if lot.purpose == "park" and lot.geometry.area > HILL_PARK_M2]:
        top = max(parks, key=lambda lot: lot.geometry.area).geometry.centroid
        square_m2 = (x[None, :] - top.x) ** 2 + (y[:, None] - top.y) ** 2
        ground = ground + HILL_M * np.exp(-square_m2 / (2 * HILL_SPREAD_M**2))
    wet = _mask(plan.water, (rows, columns), transform)
    ground = np.where(wet, WATER_M, ground)
    return np.round(ground, 2).astype(np.float32), transform


def _mask(area: shapely.Geometry, shape: tuple[int, int], transform: Affine) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = rasterize([area], out_shape=shape, transform=transform, dtype="uint8").astype(bool)
    return mask
