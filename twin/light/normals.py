"""Slope and aspect of a surface, without the false slopes that walls make."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Singles = NDArray[np.float32]

WALL_SLOPE = 2.0  # a rise between neighbouring cells that is steeper is a wall, and no part of a cell's plane


def surface_slope(surface_m: NDArray[np.floating], *, cell_m: float) -> tuple[Singles, Singles]:
    """
    Return slope and aspect of each cell from its neighbours on the same surface.

    Along each axis the gradient is the mean of the two differences to the neighbours; a difference steeper than
    a wall is left out, so that the edge of a flat roof is flat.

    Parameters
    ----------
    surface_m
        Heights, north up. [m], shape (rows, columns)
    cell_m
        Side of a cell. [m]

    Returns
    -------
    slope_deg, aspect_deg
        Tilt, and the direction faced clockwise from grid north, 0 on level ground. [degrees], shape (rows, columns)
    """
    surface = np.asarray(surface_m, dtype=np.float32)
    eastward = _gradient(surface, cell_m)
    southward = _gradient(surface.T, cell_m).T
    slope = np.degrees(np.arctan(np.hypot(eastward, southward)))
    aspect = np.degrees(np.arctan2(-eastward, southward)) % 360
    return slope.astype(np.float32), np.where(slope > 0, aspect, 0).astype(np.float32)


def _gradient(surface_m: Singles, cell_m: float) -> Singles:
    """Return the rise per metre along the second axis, walls left out."""
    rise = np.diff(surface_m, axis=1) / np.float32(cell_m)
    good = np.abs(rise) < WALL_SLOPE
    rise = np.where(good, rise, 0)
    total = np.zeros_like(surface_m)
    number = np.zeros(surface_m.shape, np.int8)
    total[:, :-1] += rise
    total[:, 1:] += rise
    number[:, :-1] += good
    number[:, 1:] += good
    return (total / np.maximum(number, 1)).astype(np.float32)
