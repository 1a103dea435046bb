"""Heights around a tile, in rings that are ever coarser, and the horizons that they make."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from twin.light.sweep import LANES, NOTHING, sweep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from twin.light.dome import Dome

    Heights = NDArray[np.int16]
    Metres = NDArray[np.float32]

FACTOR = 4  # cells of a ring on the side of a cell of the next
HALO = 192  # cells that a ring reaches beyond the one inside it
UNIT_M = 0.01
MOST_UNITS = 16000  # so that heights, shadows and their sums stay whole numbers of 16 bits
STEEPEST_FALL = 30000.0
WALL_SLOPE = 2.0  # a rise between neighbouring cells that is steeper is a wall
NEVER = 32767


class Surface(Protocol):
    """A surface at several scales, each with a cell for every `FACTOR` x `FACTOR` cells of the finer one."""

    @property
    def depth(self) -> int:
        """Number of scales."""

    def shape(self, scale: int) -> tuple[int, int]:
        """Return rows and columns at a scale, 0 the finest."""

    def read(self, scale: int, box: Box) -> Metres:
        """Return the heights in a box of cells. [m]"""


@dataclass(frozen=True, slots=True)
class Box:
    """Rows and columns of a grid, ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.bottom - self.top, self.right - self.left

    def grown(self, cells: int, step: int, shape: tuple[int, int]) -> Box:
        """Return the box with so many cells more on every side, its sides at multiples of a step, inside a grid."""
        return Box(
            max((self.top - cells) // step * step, 0), min(-(-(self.bottom + cells) // step) * step, shape[0]),
            max((self.left - cells) // step * step, 0), min(-(-(self.right + cells) // step) * step, shape[1]),
        )

    def coarser(self) -> Box:
        """Return the cells of the next scale that hold this box."""
        return Box(self.top // FACTOR, -(-self.bottom // FACTOR), self.left // FACTOR, -(-self.right // FACTOR))


@dataclass(frozen=True, slots=True)
class ArraySurface:
    """
    A surface held in memory.

    Attributes
    ----------
    scales
        Heights from the finest to the coarsest scale. [m]
    """

    scales: list[Metres]

    @property
    def depth(self) -> int:
        """Number of scales."""
        return len(self.scales)

    @classmethod
    def of(cls, surface_m: NDArray[np.floating]) -> ArraySurface:
        """Return the surface with all its scales."""
        scales = [np.ascontiguousarray(surface_m, dtype=np.float32)]
        while max(scales[-1].shape) > HALO:
            scales.append(thinned(scales[-1]))
        return cls(scales)

    def shape(self, scale: int) -> tuple[int, int]:
        """Return rows and columns at a scale."""
        rows, columns = self.scales[scale].shape
        return rows, columns

    def read(self, scale: int, box: Box) -> Metres:
        """Return the heights in a box of cells. [m]"""
        return self.scales[scale][box.top : box.bottom, box.left : box.right]


def thinned(surface_m: Metres) -> Metres:
    """
    Return a surface's next coarser scale: of each `FACTOR` x `FACTOR` cells the one by the middle. [m]

    The highest of them would widen whatever stands far away; a single one leaves its width right on the average.
    """
    rows, columns = surface_m.shape
    padded = np.pad(surface_m, ((0, -rows % FACTOR), (0, -columns % FACTOR)), mode="edge")
    return np.ascontiguousarray(padded[FACTOR // 2 :: FACTOR, FACTOR // 2 :: FACTOR])


@dataclass(frozen=True)
class _Ring:
    """One scale of the heights around a tile, ready to be swept along rows and along columns."""

    box: Box
    cell_m: float
    along: tuple[Heights, Heights]


@dataclass(frozen=True)
class Relief:
    """
    The heights that a tile's horizons depend on.

    Attributes
    ----------
    tile
        The cells whose horizons are asked for.
    rings
        Heights from the finest scale, around the tile, to the coarsest.
    unit_m
        Height of one unit. [m]
    """

    tile: Box
    rings: Sequence[_Ring]
    unit_m: float = field(default=UNIT_M)


def make_relief(surface: Surface, tile: Box, dome: Dome, *, cell_m: float) -> Relief:
    """
    Return the heights around a tile: near it cell by cell, farther out in coarser cells.

    Parameters
    ----------
    surface
        The surface at all its scales.
    tile
        Cells of the finest scale whose horizons are asked for.
    dome
        Division of the sky; its lowest level tells how far one has to look.
    cell_m
        Side of a cell. [m]
    """
    boxes = [tile.grown(HALO, FACTOR, surface.shape(0))]
    heights = [surface.read(0, boxes[0])]
    while len(boxes) < surface.depth and boxes[-1].shape != surface.shape(len(boxes) - 1):
        box = boxes[-1].coarser().grown(HALO, FACTOR, surface.shape(len(boxes)))
        boxes.append(box)
        heights.append(surface.read(len(boxes) - 1, box))
    low_m = min(float(item.min()) for item in heights)
    high_m = max(float(item.max()) for item in heights)
    far_m = (high_m - low_m) / float(dome.slope[0])
    enough = next((number for number in range(len(boxes)) if HALO * cell_m * FACTOR**number > far_m), len(boxes))
    unit_m = max(UNIT_M, (high_m - low_m) / MOST_UNITS)
    rings = []
    for number, (box, metres) in enumerate(zip(boxes[: enough + 1], heights, strict=False)):
        units = np.rint((metres - low_m) / unit_m).astype(np.int16)
        rings.append(_Ring(box, cell_m * FACTOR**number, (_padded(units), _padded(units.T))))
    return Relief(tile, rings, unit_m)


def _padded(units: Heights) -> Heights:
    return np.pad(np.ascontiguousarray(units), ((0, 0), (LANES, LANES)))


def hidden_levels(relief: Relief, dome: Dome, sector: int) -> NDArray[np.uint8]:
    """
    Return how many levels the horizon hides from every cell of a tile in one direction.

    Parameters
    ----------
    relief
        The heights around the tile.
    dome
        Division of the sky.
    sector
        Number of the direction.

    Returns
    -------
    hidden
        Shape (rows, columns) of the tile.
    """
    azimuth = math.radians(dome.azimuth_deg[sector])
    across, down = math.sin(azimuth), -math.cos(azimuth)  # towards the sun, in columns and rows
    turned = abs(across) > abs(down)
    forward, sideways = (across, down) if turned else (down, across)
    lean = sideways / abs(forward)
    passed: tuple[Heights, Heights] | None = None
    for number in range(len(relief.rings) - 1, -1, -1):
        ring = relief.rings[number]
        inner = relief.rings[number - 1].box if number else None
        hidden, passed = _sweep_ring(ring, inner, passed, _Way(dome, relief.unit_m, turned, forward < 0, lean))
    tile, box = relief.tile, relief.rings[0].box
    found = hidden.T if turned else hidden
    rows, columns = tile.shape
    top, left = tile.top - box.top, tile.left - box.left
    return np.ascontiguousarray(found[top : top + rows, left : left + columns])


@dataclass(frozen=True, slots=True)
class _Way:
    """A direction as the sweep takes it: along rows or columns, from which side, and how it leans."""

    dome: Dome
    unit_m: float
    turned: bool
    flip: bool
    lean: float


def _sweep_ring(
    ring: _Ring, inner: Box | None, passed: tuple[Heights, Heights] | None, way: _Way
) -> tuple[NDArray[np.uint8], tuple[Heights, Heights]]:
    """Sweep one ring; return the hidden levels, and the shadows with which lines enter the ring inside."""
    heights, box, levels = ring.along[way.turned], ring.box, way.dome.levels
    rows, columns = heights.shape[0], heights.shape[1] - 2 * LANES
    drop = np.minimum(way.dome.slope * math.hypot(1, way.lean) * ring.cell_m / way.unit_m, STEEPEST_FALL)
    if passed is None:
        passed = (np.full((levels, columns), NOTHING), np.full((levels, rows), NOTHING))
    ahead = (np.empty((levels, columns), np.int16), np.empty((levels, rows), np.int16))
    leave, places = (-1, -1), None
    if inner is not None:
        places = _places(inner, box, turned=way.turned)
        side = -1 if way.lean == 0 else int(places[1][-1 if way.lean > 0 else 0])
        leave = int(places[0][0 if way.flip else -1]), side
    near, far = (box.left, box.right) if way.turned else (box.top, box.bottom)
    wall = NEVER if inner is not None else math.ceil(WALL_SLOPE * ring.cell_m / way.unit_m)
    hidden = np.empty((rows, columns), np.uint8)
    sweep(heights, way.flip, 1 - far if way.flip else near, way.lean, drop, wall, passed, leave, ahead, hidden)
    if places is None:
        return hidden, ahead
    # a line enters the finer ring at its first row, before the middle of the coarser cell
    sooner = np.rint(drop * (FACTOR - 1) / 2 / FACTOR).astype(np.int64)[:, None]
    front = np.minimum(ahead[0][:, places[1]] + sooner, NEVER).astype(np.int16)
    return hidden, (front, ahead[1][:, places[0]])


def _places(inner: Box, outer: Box, *, turned: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the row and the column of the coarser ring in which each of the finer lies, along the swept axes."""
    rows = np.arange(inner.top, inner.bottom) // FACTOR - outer.top
    columns = np.arange(inner.left, inner.right) // FACTOR - outer.left
    return (columns, rows) if turned else (rows, columns)
