"""Tiles of a city: which places lie in each, and what is in sight from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.light.bodies import Bodies

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

TILE_M = 1024.0


def split_places(places: Floats, tile_m: float = TILE_M) -> list[Numbers]:
    """
    Return the numbers of the places in each tile, tile by tile from the south-west.

    Parameters
    ----------
    places
        East, north and whatever follows. [m], shape (places, 2 or more)
    tile_m
        Side of a tile. [m]

    Raises
    ------
    ValueError
        If the side is not positive.
    """
    if tile_m <= 0:
        message = f"a tile has the side {tile_m} m; it must be above 0"
        raise ValueError(message)
    if not len(places):
        return []
    east, north = np.floor(places[:, 0] / tile_m).astype(np.int64), np.floor(places[:, 1] / tile_m).astype(np.int64)
    label = (north - north.min()) * (int(np.ptp(east)) + 1) + east - east.min()
    order = np.argsort(label, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(label[order])) + 1)


def in_sight(bodies: Bodies, places: Floats, slope: float, *, reach_m: float = 0.0) -> NDArray[np.bool_]:
    """
    Return which bodies may rise above a slope as seen from some of the places, or are near.

    Parameters
    ----------
    bodies
        What stands around.
    places
        From where one looks. [m], shape (places, 3)
    slope
        Tangent of the lowest elevation that matters. [-]
    reach_m
        Distance within which all bodies count. [m]

    Returns
    -------
    seen
        Shape (bodies,)
    """
    low, high = places.min(axis=0), places.max(axis=0)
    bounds = bodies.bounds
    away = np.hypot(*np.maximum(np.maximum(bounds[:, :2] - high[:2], low[:2] - bounds[:, 2:]), 0).T)
    seen: NDArray[np.bool_] = (bodies.top_m - low[2] >= away * slope) | (away <= reach_m)
    return seen
