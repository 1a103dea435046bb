"""Hours of direct sun at windows, as sunlight rules count them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.light.pool import run_tasks
from twin.light.rays import City
from twin.light.sky import unit_vectors
from twin.light.sun import GREAT_COLD, SunWindow, sun_position
from twin.light.sweep import kernel
from twin.light.tiles import TILE_M, in_sight, split_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.light.bodies import Bodies

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

SILL_M = 0.9  # of a window above its floor
BAY_M = 5.0  # greatest distance of the windows of a wall
INSET_M = 1.5  # of a wall's outer windows from its corners
SHORTEST_M = 1.0  # a wall below this has no window
CLEAR_M = 0.05
COVERED_M = 0.1  # a body that comes so near to a window covers it
LEAST_MIN = 5.0  # shortest stretch of sun that counts
BATCH = 2048  # windows whose rays are cast together


@dataclass(frozen=True, slots=True)
class SunRule:
    """
    What counts as sun.

    Attributes
    ----------
    window
        Day and hours that count.
    least_min
        Stretches of sun shorter than this do not count. [min]
    step_min
        Length of a time step. [min]
    """

    window: SunWindow = GREAT_COLD
    least_min: float = LEAST_MIN
    step_min: float = 1.0


RULE = SunRule()


@dataclass(frozen=True)
class Sunlight:
    """
    Hours of direct sun of walls, storey by storey.

    Walls that the sun does not reach in the window, because of where they face, are left out.

    Attributes
    ----------
    wall
        Number of the wall. shape (rows,)
    storey
        Number of the storey, 0 the lowest. shape (rows,)
    least_h, mean_h
        Of its windows. [h], shape (rows,)
    windows
        Number of its windows. shape (rows,)
    """

    wall: Numbers
    storey: Numbers
    least_h: Floats
    mean_h: Floats
    windows: Numbers


def sunlight_hours(
    bodies: Bodies, wall: Numbers, storeys: Numbers, storey_m: Floats, *, latitude_deg: float,
    convergence_deg: float = 0.0, rule: SunRule = RULE,
    tile_m: float = TILE_M, processes: int | None = 1,
) -> Sunlight:
    """
    Return the hours of direct sun at the sills of walls.

    Windows stand at most 5 m from each other, the outer ones 1.5 m from the corners; a wall too short for that has one
    in its middle. Those that another body covers are none. Ground and roof overhangs cast no shade.

    Parameters
    ----------
    bodies
        What stands and casts shade.
    wall
        Numbers of the walls, among `bodies.walls`. shape (n,)
    storeys, storey_m
        Number of storeys of each wall from its base upward, and height of a storey. [-], [m], shape (n,)
    latitude_deg
        Latitude, north positive. [degrees]
    convergence_deg
        Direction of grid north, clockwise from true north. [degrees]
    rule
        What counts as sun.
    tile_m
        Side of the tiles that are worked on one by one. [m]
    processes
        How many work at once; as many as there are cores where None.

    Raises
    ------
    ValueError
        If a storey's height or the step is not positive.
    """
    height_m = np.asarray(storey_m, np.float64)
    if rule.step_min <= 0 or (height_m <= 0).any():
        message = "a storey's height and the time step must be above 0"
        raise ValueError(message)
    elevation, azimuth = sun_position(rule.window, latitude_deg, step_min=rule.step_min)
    sun = unit_vectors(elevation, azimuth - convergence_deg)
    sun = np.where((elevation > 0)[:, None], sun, np.array([0.0, 0.0, -1.0]))
    normal = bodies.walls.normal[wall]
    sunny = np.asarray((normal @ sun[:, :2].T > 0).any(axis=1), np.bool_)
    row, place = _windows(bodies, wall, np.asarray(storeys, np.int64), height_m, sunny)
    if not len(row):
        none = np.empty(0, np.int64)
        return Sunlight(none, none, np.empty(0), np.empty(0), none)
    number, storey = row // _TALLEST, row % _TALLEST
    slope = float(np.tan(np.radians(max(elevation.min(), 0.0))))
    least_steps = int(np.ceil(rule.least_min / rule.step_min - 1e-9))
    tiles = split_places(place, tile_m)
    tasks = [
        _Task(bodies.part(in_sight(bodies, place[tile], slope)), place[tile], normal[number[tile]], sun, least_steps)
        for tile in tiles
    ]
    hours = np.zeros(len(place))
    for tile, steps in zip(tiles, run_tasks(_count, tasks, processes=processes), strict=True):
        hours[tile] = steps * rule.step_min / 60
    keys, first, count = np.unique(row, return_index=True, return_counts=True)
    return Sunlight(
        np.asarray(wall, np.int64)[keys // _TALLEST], storey[first], np.minimum.reduceat(hours, first),
        np.add.reduceat(hours, first) / count, count,
    )  # fmt: skip


_TALLEST = 1000  # storeys; a row is the place of a wall among those given, times this, plus its storey


@dataclass(frozen=True)
class _Task:
    """Windows of a tile, and what may shade them."""

    bodies: Bodies
    place: Floats
    normal: Floats
    sun: Floats
    least_steps: int


def _windows(
    bodies: Bodies, wall: Numbers, storeys: Numbers, storey_m: Floats, sunny: NDArray[np.bool_]
) -> tuple[Numbers, Floats]:
    """Return the windows of walls, ordered: row and place. [m], shapes (windows,) and (windows, 3)"""
    walls = bodies.walls
    rows, places = [np.empty(0, np.int64)], [np.empty((0, 3))]
    for number in np.flatnonzero(sunny & (walls.length_m[wall] >= SHORTEST_M)).tolist():
        own = wall[number]
        length = float(walls.length_m[own])
        room = length - 2 * INSET_M
        count = max(int(np.ceil(room / BAY_M)), 1) + 1
        along = np.linspace(INSET_M, length - INSET_M, count) if room >= SHORTEST_M else np.array([length / 2])
        foot = walls.start[own] + along[:, None] / length * (walls.end - walls.start)[own]
        foot = foot + CLEAR_M * walls.normal[own]
        storey = np.arange(storeys[number])
        sill = walls.base_m[own] + storey * storey_m[number] + SILL_M
        storey = storey[sill < walls.top_m[own]]
        rows.append(np.repeat(number * _TALLEST + storey, len(foot)))
        places.append(np.column_stack([np.tile(foot, (len(storey), 1)), np.repeat(sill[: len(storey)], len(foot))]))
    row, place = np.concatenate(rows), np.concatenate(places)
    free = ~_covered(bodies, walls.body[wall[row // _TALLEST]], walls.normal[wall[row // _TALLEST]], place)
    return row[free], place[free]


def _covered(bodies: Bodies, body: Numbers, normal: Floats, place: Floats) -> NDArray[np.bool_]:
    """Return which windows another body covers. shape (windows,)"""
    covered = np.zeros(len(place), np.bool_)
    if not len(place):
        return covered
    probe = shapely.points(place[:, :2] + (COVERED_M - CLEAR_M) * normal)
    window, other = shapely.STRtree(bodies.outlines).query(probe, predicate="intersects")
    level = place[window, 2]
    meets = (other != body[window]) & (bodies.base_m[other] < level) & (bodies.top_m[other] > level)
    covered[window[meets]] = True
    return covered


def _count(task: _Task) -> Numbers:
    """Return the steps of sun that count at each window of a tile. shape (windows,)"""
    city = City.of(task.bodies)
    start, sun = city.local(task.place), task.sun.astype(np.float32)
    steps = np.zeros(len(start), np.int64)
    for first in range(0, len(start), BATCH):
        batch = slice(first, first + BATCH)
        facing = (task.normal[batch] @ task.sun[:, :2].T > 0) & (task.sun[:, 2] > 0)
        window, step = np.nonzero(facing)
        lit = facing.copy()
        lit[window, step] = ~city.blocked(start[batch][window], sun[step])
        steps[batch] = _long_runs(lit, task.least_steps)
    return steps


@kernel
def _long_runs(lit: NDArray[np.bool_], least: int) -> Numbers:
    """Return the steps of each row that lie in unbroken runs of at least so many. shape (rows,)"""
    total = np.zeros(len(lit), np.int64)
    for row in range(len(lit)):
        run = 0
        for step in range(lit.shape[1] + 1):
            if step < lit.shape[1] and lit[row, step]:
                run += 1
                continue
            if run >= least:
                total[row] += run
            run = 0
    return total
