"""Light on facades: horizons by rays, the sky above them, and one diffuse reflection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.light.cells import CLEAR_M, SIDE_M, lay_cells, nearest_cells
from twin.light.horizon import hidden_at, light_above
from twin.light.lightmap import map_light
from twin.light.pool import run_tasks
from twin.light.rays import City
from twin.light.reflection import RAYS, reflected_at
from twin.light.signature import Signature
from twin.light.sweep import kernel
from twin.light.tiles import TILE_M, in_sight, split_places

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from twin.light.bodies import Bodies, Walls
    from twin.light.cells import Cells
    from twin.light.dome import Dome
    from twin.light.lightmap import LightMap
    from twin.light.rays import Hits
    from twin.light.sky import Sky

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Numbers = NDArray[np.int64]
    Levels = NDArray[np.uint8]

ALBEDO = 0.2
REACH_M = 400.0  # from where on what reflects counts as if it stood in the open
CELL_RAYS = 32  # of each cell; its neighbours have others
OCTANTS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")


@dataclass(frozen=True)
class Facades:
    """
    Light on the cells of all walls.

    Overhanging roofs, balconies and glass are left out: walls are plain and matt.

    Attributes
    ----------
    bodies, cells
        What stands, and the cells of its walls.
    dome
        Division of the sky.
    hidden
        Levels hidden from each cell. shape (cells, azimuths)
    irradiation
        Of each period, reflections included. [kWh/m2], shape (cells, periods)
    sky_view
        Share of a uniform sky that is seen, 0.5 for an open wall. [-], shape (cells,)
    """

    bodies: Bodies
    cells: Cells
    dome: Dome
    hidden: Levels
    irradiation: Singles
    sky_view: Singles

    def sides(self, *, convergence_deg: float = 0.0) -> Sides:
        """
        Return the walls of each owner by the octant that they face.

        Parameters
        ----------
        convergence_deg
            Direction of grid north, clockwise from true north, from which octants count. [degrees]
        """
        walls, cells = self.bodies.walls, self.cells
        octant = find_octant(walls.azimuth_deg + convergence_deg)
        owner = self.bodies.owner[walls.body]
        keys, label = np.unique(np.column_stack([owner, octant]), axis=0, return_inverse=True)
        keys, label = keys.reshape(-1, 2), label.reshape(-1)
        number, count = label[cells.wall], len(keys)

        def total(values: NDArray[np.floating], where: Numbers) -> Floats:
            return np.bincount(where, values, minlength=count).astype(np.float64)

        area = total(cells.area_m2, number)
        divisor = np.where(area > 0, area, np.nan)
        light = [total(cells.area_m2 * column, number) / divisor for column in self.irradiation.T]
        weight = (walls.top_m - walls.base_m) * walls.length_m
        east, north = (total(weight * walls.normal[:, axis], label) for axis in (0, 1))
        return Sides(
            owner=keys[:, 0], octant=keys[:, 1], area_m2=area, party_m2=total(cells.party_m2, label),
            azimuth_deg=np.degrees(np.arctan2(east, north)) % 360,
            irradiation=np.stack(light, axis=1) if light else np.empty((count, 0)),
            sky_view=total(cells.area_m2 * self.sky_view, number) / divisor, wall_side=label,
        )  # fmt: skip

    def signature(self, label: Numbers, labels: int) -> Signature:
        """
        Return the signatures of groups of walls, from which any year's hours follow.

        Sectors behind a wall are hidden altogether, so that `Signature.sun_seen` needs only the cosine.

        Parameters
        ----------
        label
            Group of each wall, for instance `Sides.wall_side`; -1 for none. shape (walls,)
        labels
            Number of groups.
        """
        share = np.zeros((labels, self.dome.azimuths, self.dome.levels + 1), np.float32)
        _weigh(share, self.hidden, label[self.cells.wall], self.cells.area_m2)
        total = share.sum(axis=2, keepdims=True)
        share /= np.where(total > 0, total, 1)
        return Signature(self.dome, share)


@dataclass(frozen=True)
class Sides:
    """
    The walls of each owner that face one octant.

    Attributes
    ----------
    owner
        Owner of the bodies. shape (sides,)
    octant
        Number of the octant, 0 for north, clockwise; :data:`OCTANTS` has the names. shape (sides,)
    area_m2, party_m2
        Area outside, and area behind bodies of other owners. [m2], shape (sides,)
    azimuth_deg
        Mean direction, clockwise from grid north. [degrees], shape (sides,)
    irradiation
        Of each period; NaN where nothing is outside. [kWh/m2], shape (sides, periods)
    sky_view
        Share of a uniform sky that is seen, 0.5 for an open wall. [-], shape (sides,)
    wall_side
        Side of each wall of the bodies. shape (walls,)
    """

    owner: Numbers
    octant: Numbers
    area_m2: Floats
    party_m2: Floats
    azimuth_deg: Floats
    irradiation: Floats
    sky_view: Floats
    wall_side: Numbers


def find_octant(azimuth_deg: Floats) -> Numbers:
    """Return the numbers of the octants that directions lie in, 0 for north, clockwise. shape as given"""
    return np.rint(azimuth_deg % 360 / 45).astype(np.int64) % len(OCTANTS)


def irradiate_points(
    city: City, places: Floats, normals: Floats, sky: Sky, *, albedo: float = 0.0, ground: LightMap | None = None,
    rays: int = RAYS,
) -> Singles:
    """
    Return the irradiation of single points in any scene.

    Parameters
    ----------
    city
        What stands around, ground included where it is to reflect.
    places, normals
        Points on surfaces, and unit normals; rays start 5 cm before them. [m], shape (points, 3)
    sky
        The sky of the periods asked for; its dome tells the sectors.
    albedo
        Share of light that everything reflects. [-]
    ground
        Light on ground and roofs; found at each place that a ray hits where not given.
    rays
        Rays of each point that look for what reflects.

    Returns
    -------
    irradiation
        [kWh/m2], shape (points, periods)
    """
    before = np.asarray(places, np.float64) + CLEAR_M * np.asarray(normals, np.float64)
    hidden = hidden_at(city, before, normals, sky.dome)
    found = light_above(hidden, normals, sky)[0]
    if not albedo:
        return found

    def light(hits: Hits) -> Singles:
        place = hits.place + CLEAR_M * hits.normal
        energy, view = light_above(hidden_at(city, place, hits.normal, sky.dome), hits.normal, sky)
        known = np.column_stack([energy, view])
        if ground is not None:
            upward = hits.normal[:, 2] > 0.5  # noqa: PLR2004  ground or roof rather than wall
            known[upward] = ground.at(hits.place[upward])
        return settled(known, albedo)

    return found + np.float32(albedo) * reflected_at(city, before, normals, hidden, sky.dome, light, rays=rays)


def settled(known: Singles, albedo: float) -> Singles:
    """
    Return irradiation with the further reflections that surfaces get from their surroundings, as a geometric series.

    Parameters
    ----------
    known
        Irradiation from the sky alone, then the share of a uniform sky that is seen. shape (places, periods + 1)
    albedo
        Share of light that is reflected. [-]
    """
    series = 1 / (1 - albedo * np.clip(1 - known[:, -1:], 0, 1))
    return (known[:, :-1] * series).astype(np.float32)


def irradiate_facades(
    bodies: Bodies, sky: Sky, *, ground: Floats | float | None = 0.0, light: LightMap | None = None,
    albedo: float = ALBEDO, side_m: float = SIDE_M, tile_m: float = TILE_M, rays: int = CELL_RAYS,
    processes: int | None = 1, say: Callable[[int], None] = lambda _: None,
) -> Facades:
    """
    Return the light on all walls of a city: of the sky, and by diffuse reflection from ground, roofs and walls.

    Rays tell what a cell sees; that in turn is lit by the sky as it is shaded there, and by what its own surroundings
    reflect, taken to be as bright as itself. Where a ray goes far, what it meets counts as standing in the open.

    Parameters
    ----------
    bodies
        Upright prisms.
    sky
        The sky of the periods asked for. Its dome tells the sectors: with 64 instead of 128, single cells are off by
        twice as much.
    ground
        Triangles of the terrain, or the height of level ground. [m above datum]
    light
        Light on ground and roofs; found by a sweep where not given.
    albedo
        Share of light that ground, roofs and walls reflect. [-]
    side_m
        About the side of a wall's cells. [m]
    tile_m
        Side of the tiles that are worked on one by one; the result does not depend on it, but for single rays that hit
        the edge between two cells. [m]
    rays
        Rays of each cell that look for what reflects.
    processes
        How many work at once; as many as there are cores where None.
    say
        Told how many tiles are done, of both rounds.

    Raises
    ------
    ValueError
        If the albedo is not from 0 to below 1, or the side of a cell or tile is not positive.
    """
    if not (0 <= albedo < 1 and side_m > 0):
        message = f"the albedo {albedo} must be from 0 to below 1, the side {side_m} of a cell above 0"
        raise ValueError(message)
    cells = lay_cells(bodies, side_m=side_m)
    tiles = split_places(cells.place, tile_m)
    parts = [in_sight(bodies, cells.place[tile], sky.dome.slope[0], reach_m=REACH_M) for tile in tiles]
    tasks = [_Look(bodies.part(part), ground, cells.place[tile], cells.normal[tile], sky)
             for part, tile in zip(parts, tiles, strict=True)]  # fmt: skip
    hidden = np.full((len(cells), sky.dome.azimuths), sky.dome.levels, np.uint8)
    known = np.zeros((len(cells), sky.periods + 1), np.float32)
    for tile, found in zip(tiles, run_tasks(_look, tasks, processes=processes, say=say), strict=True):
        hidden[tile], known[tile] = found
    irradiation = known[:, :-1].copy()
    if albedo and len(cells):
        light = light or _map(bodies, ground, sky)
        again = [_reflection(task, bodies, cells, part, hidden[tile], known, light, albedo, rays)
                 for task, part, tile in zip(tasks, parts, tiles, strict=True)]  # fmt: skip
        more = run_tasks(_reflect, again, processes=processes, say=lambda done: say(len(tiles) + done))
        for tile, extra in zip(tiles, more, strict=True):
            irradiation[tile] += np.float32(albedo) * extra
    return Facades(bodies, cells, sky.dome, hidden, irradiation, known[:, -1])


@dataclass(frozen=True)
class _Look:
    """Cells of a tile, and what is in sight from it."""

    bodies: Bodies
    ground: Floats | float | None
    place: Floats
    normal: Floats
    sky: Sky


@dataclass(frozen=True)
class _Reflection:
    """The same, and the light on what is near it: of walls by the slot of each cell, -1 for those far away."""

    look: _Look
    hidden: Levels
    cells: Cells
    slot: NDArray[np.int32]
    known: Singles
    light: LightMap
    albedo: float
    rays: int


def _look(task: _Look) -> tuple[Levels, Singles]:
    city = City.of(task.bodies, task.ground)
    hidden = hidden_at(city, task.place, task.normal, task.sky.dome)
    energy, view = light_above(hidden, task.normal, task.sky)
    return hidden, np.column_stack([energy, view])


def _reflect(task: _Reflection) -> Singles:
    look = task.look
    city, walls = City.of(look.bodies, look.ground), look.bodies.walls
    far, lowest = _open_light(look.sky), np.sin(np.radians(look.sky.dome.level_deg[0]))

    def light(hits: Hits) -> Singles:
        known = np.zeros((len(hits.ray), task.known.shape[1]), np.float32)
        near, wall = hits.distance_m <= REACH_M, hits.wall >= 0
        rise = hits.direction[:, 2]
        known[~near & ((rise <= 0) | (rise >= lowest))] = far  # between them, what is far may be out of sight
        known[near & ~wall] = task.light.at(hits.place[near & ~wall])
        known[near & wall] = _wall_light(task, walls, hits.wall[near & wall], hits.place[near & wall])
        return settled(known, task.albedo)

    return reflected_at(city, look.place, look.normal, task.hidden, look.sky.dome, light, rays=task.rays)


def _wall_light(task: _Reflection, walls: Walls, wall: Numbers, place: Floats) -> Singles:
    """Return the light of the cells nearest to places on walls; none where all of a wall is covered."""
    cells = task.cells
    height = np.ascontiguousarray(cells.place[:, 2])
    found = nearest_cells(wall, place, walls.start, walls.end, cells.wall_first, cells.column_first, height)
    slot = np.where(found >= 0, task.slot[found], -1) if len(task.slot) else np.full(len(found), -1)
    return np.where((slot >= 0)[:, None], task.known[slot], np.float32(0)).astype(np.float32)


def _open_light(sky: Sky) -> Floats:
    """Return the light of ground and walls in the open on the average, then the sky they see. (periods + 1,)"""
    around = np.radians(sky.dome.azimuth_deg)
    normal = np.column_stack([np.sin(around), np.cos(around), np.zeros(len(around))])
    energy, view = light_above(np.zeros((len(around), len(around)), np.uint8), normal, sky)
    return np.asarray((np.append(sky.ghi, 1.0) + np.append(energy.mean(axis=0), view.mean())) / 2)


def _reflection(
    look: _Look, bodies: Bodies, cells: Cells, part: NDArray[np.bool_], hidden: Levels, known: Singles,
    light: LightMap, albedo: float, rays: int,
) -> _Reflection:  # fmt: skip
    walls = bodies.walls
    own, number = cells.part(part[walls.body])
    (west, south), (east, north) = look.place[:, :2].min(axis=0) - REACH_M, look.place[:, :2].max(axis=0) + REACH_M
    bounds = bodies.bounds[walls.body[cells.wall[number]]]
    near = (bounds[:, 0] < east) & (bounds[:, 2] > west) & (bounds[:, 1] < north) & (bounds[:, 3] > south)
    slot = np.where(near, np.cumsum(near) - 1, -1).astype(np.int32)
    around = light.part(west, south, east, north)
    return _Reflection(look, hidden, own, slot, known[number[near]], around, albedo, rays)


def _map(bodies: Bodies, ground: Floats | float | None, sky: Sky) -> LightMap:
    (west, south), (east, north) = bodies.bounds[:, :2].min(axis=0), bodies.bounds[:, 2:].max(axis=0)
    return map_light(City.of(bodies, ground), (west, south, east, north), sky)


@kernel
def _weigh(share: Singles, hidden: Levels, label: Numbers, area_m2: Floats) -> None:
    for cell in range(len(label)):
        if label[cell] < 0:
            continue
        for sector in range(hidden.shape[1]):
            share[label[cell], sector, hidden[cell, sector]] += np.float32(area_m2[cell])
