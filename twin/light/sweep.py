"""The sweep: along every line of cells that leads away from the sun, the shadow of each level is carried on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Heights = NDArray[np.int16]

LANES = 128  # lines that are swept side by side
NOTHING = np.int16(-30000)  # a shadow that lies below every surface

kernel = njit(cache=True, fastmath=True, boundscheck=False, error_model="numpy")


@kernel
def sweep(
    heights: Heights, flip: bool, origin: int, lean: float, drop: NDArray[np.float64], step_up: int,  # noqa: FBT001
    entry: tuple[Heights, Heights], leave: tuple[int, int], ahead: tuple[Heights, Heights], hidden: NDArray[np.uint8],
) -> None:
    """
    Count, for every cell of a grid, the levels of elevation that are hidden in one direction.

    Lines run along the rows' axis, from the sun's side to the other; each cell lies on exactly one. A line carries the
    height of the shadow of each level, which falls by `drop` from cell to cell and is lifted by what stands there.
    An obstacle that rises like a wall begins at the edge of its cell, half a step nearer than its middle.

    Parameters
    ----------
    heights
        Surface in whole units, padded with `LANES` columns of zeros on either side. shape (rows, columns + 2 LANES)
    flip
        Whether the sun stands on the side of the first row.
    origin
        Place of the row farthest from the sun, counted towards it on the whole grid; lines and roundings are the same
        whichever part of it is swept.
    lean
        Columns that a line moves towards the sun's side per row. [-1, 1]
    drop
        Fall of the shadow of each level per row. [units], shape (levels,)
    step_up
        Rise from one cell to the next above which it is a wall. [units]
    entry
        Shadows with which lines enter, at the first row and from the side. shapes (levels, columns), (levels, rows)
    leave
        Row and column (counted from the sun's side and from the first column) at which the shadows are written down
        for a finer grid; -1 for none.
    ahead
        Where they are written. shapes (levels, columns), (levels, rows)
    hidden
        Levels hidden; written to. shape (rows, columns)
    """
    rows, columns = hidden.shape
    levels = len(drop)
    shadow = np.empty((levels, LANES), np.int16)
    falls = _whole_falls(drop, origin, rows)
    before = np.empty(LANES, np.int16)
    wall = np.empty(LANES, np.int16)
    count = np.empty(LANES, np.int16)
    reach = math.ceil(abs(lean) * rows) + 1
    base = math.floor(origin * lean + 0.5)
    for first in range(-reach, columns + reach, LANES):
        shadow[:] = NOTHING
        before[:] = 0
        last = 0
        for row in range(rows - 1, -1, -1):
            place = first + math.floor((origin + row) * lean + 0.5) - base
            if place <= -LANES or place >= columns:
                last = place
                continue
            source = rows - 1 - row if flip else row
            low, high = max(0, -place), min(LANES, columns - place)
            if row == rows - 1:
                shadow[:, low:high] = entry[0][:, place + low : place + high]
            elif place != last:
                new = columns - 1 - place if lean > 0 else -place
                if low <= new < high:
                    shadow[:, new] = entry[1][:, source]
                    before[new] = 0
            last = place
            line = heights[source, place + LANES : place + 2 * LANES]
            _carry(shadow, before, line, falls[row], step_up, wall, count)
            for lane in range(low, high):
                hidden[source, place + lane] = count[lane]
            if source == leave[0]:
                ahead[0][:, place + low : place + high] = shadow[:, low:high]
            if leave[1] >= 0 and low <= leave[1] - place < high:
                ahead[1][:, source] = shadow[:, leave[1] - place]


@kernel
def _whole_falls(drop: NDArray[np.float64], origin: int, rows: int) -> Heights:
    """Return the whole units that each shadow falls on the way to each row; over many rows they add up to the drop."""
    falls = np.empty((rows, len(drop)), np.int16)
    for row in range(rows):
        for level in range(len(drop)):
            there = (origin + row) * drop[level] + 0.5
            falls[row, level] = math.floor(there + drop[level]) - math.floor(there)
    return falls


@kernel
def _carry(
    shadow: Heights, before: Heights, line: Heights, fall: Heights, step_up: int, wall: Heights, count: Heights
) -> None:
    """
    Carry the shadows of neighbouring lines on by one row, and count those that lie above the surface there.

    Every operation is one of 16-bit whole numbers over all lanes, which the processor does sixteen at a time.
    """
    for lane in range(LANES):
        wall[lane] = np.int16(-1) if np.int16(before[lane] - line[lane]) > step_up else np.int16(0)
        count[lane] = np.int16(0)
    for level in range(len(fall)):
        whole = fall[level]
        half = np.int16(whole >> 1)
        for lane in range(LANES):
            lifted = np.int16(before[lane] + np.int16(wall[lane] & half))
            cast = shadow[level, lane]
            cast = np.int16((lifted if lifted > cast else cast) - whole)  # noqa: FURB136  max widens to 64 bits
            shadow[level, lane] = cast
            count[lane] += np.int16(1) if cast > line[lane] else np.int16(0)
    for lane in range(LANES):
        before[lane] = line[lane]
