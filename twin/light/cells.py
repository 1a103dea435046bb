"""Cells of walls: what of a wall is outside, cut into pieces that a point stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.light.sweep import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.light.bodies import Bodies, Walls

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Numbers = NDArray[np.int64]

SIDE_M = 3.0
CLEAR_M = 0.05  # a point stands so far before its wall
SLIT_M = 0.05  # height of a gap between covering bodies, or above them, that is none
TOUCH_M = 0.1  # a body that comes so near to a wall covers it


@dataclass(frozen=True)
class Cells:
    """
    Cells of walls, column by column along each wall, from below upward.

    Attributes
    ----------
    place
        Middle of each, a little before its wall. [m], shape (cells, 3)
    normal
        Outward unit normal. shape (cells, 3)
    area_m2
        Area; those of a wall sum to what is outside of it. [m2], shape (cells,)
    wall
        Number of its wall. shape (cells,)
    wall_first
        First column of each wall, and the number of columns. shape (walls + 1,)
    column_first
        First cell of each column, and the number of cells. shape (columns + 1,)
    party_m2
        Area of each wall that bodies of other owners cover. [m2], shape (walls,)
    """

    place: Floats
    normal: Floats
    area_m2: Floats
    wall: Numbers
    wall_first: Numbers
    column_first: Numbers
    party_m2: Floats

    def __len__(self) -> int:
        return len(self.wall)

    def part(self, kept: NDArray[np.bool_]) -> tuple[Cells, Numbers]:
        """Return the cells of some walls, these numbered anew, and the former number of each cell."""
        columns = np.diff(self.wall_first)
        column = np.repeat(kept, columns)
        sizes = np.diff(self.column_first)
        cell = np.flatnonzero(np.repeat(column, sizes))
        number = np.cumsum(kept) - 1
        part = Cells(self.place[cell], self.normal[cell], self.area_m2[cell], number[self.wall[cell]],
                     _firsts(columns[kept]), _firsts(sizes[column]), self.party_m2[kept])  # fmt: skip
        return part, cell


def lay_cells(bodies: Bodies, *, side_m: float = SIDE_M) -> Cells:
    """
    Return the cells of all walls.

    A column is outside where no other body comes within 0.1 m of its middle; what is left of its height between such
    bodies is cut into rows. Each wall has at least one column, each such stretch at least one row.

    Parameters
    ----------
    bodies
        Upright prisms.
    side_m
        About the side of a cell. [m]
    """
    walls = bodies.walls
    columns = np.maximum(np.rint(walls.length_m / side_m), 1).astype(np.int64)
    wall = np.repeat(np.arange(len(walls)), columns)
    wall_first = _firsts(columns)
    share = (np.arange(len(wall)) - wall_first[wall] + 0.5) / columns[wall]
    foot = walls.start[wall] + share[:, None] * (walls.end - walls.start)[wall]
    width = walls.length_m[wall] / columns[wall]
    column, low, high, party = _outside(bodies, walls, wall, foot)
    rows = np.maximum(np.rint((high - low) / side_m), 1).astype(np.int64)
    stretch = np.repeat(np.arange(len(rows)), rows)
    tall = (high - low) / rows
    height = low[stretch] + (np.arange(len(stretch)) - _firsts(rows)[stretch] + 0.5) * tall[stretch]
    of_column = column[stretch]
    flat = walls.normal[wall[of_column]]
    place = np.column_stack([foot[of_column] + CLEAR_M * flat, height])
    return Cells(
        place, np.column_stack([flat, np.zeros(len(flat))]), width[of_column] * tall[stretch], wall[of_column],
        wall_first, _firsts(np.bincount(of_column, minlength=len(wall))),
        np.bincount(wall, party * width, minlength=len(walls)).astype(np.float64),
    )  # fmt: skip


def _firsts(sizes: Numbers) -> Numbers:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _outside(bodies: Bodies, walls: Walls, wall: Numbers, foot: Floats) -> tuple[Numbers, Floats, Floats, Floats]:
    """
    Return the stretches of columns that are outside: column, from, to; and each column's height behind other owners.

    Shapes (stretches,) thrice, and (columns,).
    """
    base, top = walls.base_m[wall], walls.top_m[wall]
    probe = shapely.points(foot + TOUCH_M * walls.normal[wall])
    column, other = shapely.STRtree(bodies.outlines).query(probe, predicate="intersects")
    body = walls.body[wall[column]]
    meets = (other != body) & (bodies.base_m[other] < top[column]) & (bodies.top_m[other] > base[column])
    column, other, body = column[meets], other[meets], body[meets]
    covered: dict[int, list[tuple[float, float]]] = {}
    foreign: dict[int, list[tuple[float, float]]] = {}
    for number, low, high, strange in zip(
        column.tolist(), bodies.base_m[other].tolist(), bodies.top_m[other].tolist(),
        (bodies.owner[other] != bodies.owner[body]).tolist(), strict=True,
    ):  # fmt: skip
        covered.setdefault(number, []).append((low, high))
        if strange:
            foreign.setdefault(number, []).append((low, high))
    free = np.setdiff1d(np.arange(len(wall)), np.fromiter(covered, np.int64, len(covered)))
    found = [(number, *gap) for number in covered for gap in _gaps(base[number], top[number], covered[number])]
    extra = np.array(found, np.float64).reshape(-1, 3)
    numbers = np.concatenate([free, extra[:, 0].astype(np.int64)])
    order = np.argsort(numbers, kind="stable")
    low, high = np.concatenate([base[free], extra[:, 1]])[order], np.concatenate([top[free], extra[:, 2]])[order]
    party = np.zeros(len(wall))
    for number, spans in foreign.items():
        left = sum(gap[1] - gap[0] for gap in _gaps(base[number], top[number], spans))
        party[number] = top[number] - base[number] - left
    return numbers[order], low, high, party


def _gaps(base: float, top: float, spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return what spans leave free between two heights, from below upward; slits count as covered. [m]"""
    gaps, reached = [], float(base)
    for low, high in [*sorted(spans), (float(top), float(top))]:
        if min(low, float(top)) - reached > SLIT_M:
            gaps.append((reached, min(low, float(top))))
        reached = max(reached, high)
    return gaps


@kernel
def nearest_cells(
    wall: Numbers, place: Floats, start: Floats, end: Floats, wall_first: Numbers, column_first: Numbers, height: Floats
) -> Numbers:
    """Return the cell nearest to each place on a wall, -1 where the wall has none. shape (places,)"""
    found = np.full(len(wall), -1, np.int64)
    for number in range(len(wall)):
        w = wall[number]
        east, north = end[w, 0] - start[w, 0], end[w, 1] - start[w, 1]
        along = (place[number, 0] - start[w, 0]) * east + (place[number, 1] - start[w, 1]) * north
        columns = wall_first[w + 1] - wall_first[w]
        own = min(max(np.int64(along / (east * east + north * north) * columns), 0), columns - 1)
        for step in range(2 * columns):  # the column itself, then those to its right and left in turn
            column = own + (step + 1) // 2 * (1 if step % 2 else -1)
            if column < 0 or column >= columns:
                continue
            first, last = column_first[wall_first[w] + column], column_first[wall_first[w] + column + 1]
            if first == last:
                continue
            best = first
            for cell in range(first + 1, last):
                if abs(height[cell] - place[number, 2]) < abs(height[best] - place[number, 2]):
                    best = cell
            found[number] = best
            break
    return found
