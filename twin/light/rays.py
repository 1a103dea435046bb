"""A piece of city as triangles, and rays through it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene

from twin.light.bodies import STEP_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.light.bodies import Bodies, Walls

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Numbers = NDArray[np.int64]

GROUND = -1  # number of the body that is no body
BEYOND_M = 20_000.0  # how far level ground reaches beyond everything that stands on it


@dataclass(frozen=True)
class Hits:
    """
    What rays met.

    Attributes
    ----------
    ray
        Number of the ray; those that met nothing are left out. shape (hits,)
    direction
        Unit vector of where it went. shape (hits, 3)
    distance_m
        From where it started. [m], shape (hits,)
    place
        Where. [m], shape (hits, 3)
    normal
        Unit normal of what was met, on the side that the ray came from. shape (hits, 3)
    body, wall
        Number of the body and of its wall; `GROUND` (-1) for ground, and -1 for what is no wall. shape (hits,)
    """

    ray: Numbers
    direction: Singles
    distance_m: Floats
    place: Floats
    normal: Floats
    body: Numbers
    wall: Numbers


@dataclass(frozen=True)
class City:
    """
    A piece of city as triangles.

    Embree counts in single precision. Coordinates are therefore whole multiples of 1/1024 m and are shifted to a
    local origin: up to 16 km from it they are exact, so that what a ray meets does not depend on the origin.

    Attributes
    ----------
    triangles
        Corners. [m], shape (triangles, 3, 3)
    body, wall
        Number of the body and of the wall that each belongs to, -1 for none. shape (triangles,)
    """

    triangles: Floats
    body: Numbers
    wall: Numbers

    @classmethod
    def of(cls, bodies: Bodies, ground: Floats | float | None = None, *, roofs: Floats | None = None,
           roof_body: Numbers | None = None) -> City:  # fmt: skip
        """
        Return the city of bodies that stand on ground.

        Parameters
        ----------
        bodies
            Upright prisms.
        ground
            Triangles of the terrain, as :func:`terrain` gives them, or the height of level ground, or nothing.
            [m], shape (triangles, 3, 3)
        roofs, roof_body
            Further triangles, such as those of pitched roofs, and the body of each. [m], shape (triangles, 3, 3)
        """
        walls = bodies.walls
        wall = np.repeat(np.arange(len(walls)), 2)
        top, lid = _lids(bodies)
        bottom = top.copy()
        top[:, :, 2], bottom[:, :, 2] = bodies.top_m[lid, None], bodies.base_m[lid, None]
        land = _ground(bodies, ground)
        more = np.empty((0, 3, 3)) if roofs is None else np.asarray(roofs, np.float64)
        over = np.full(len(more), GROUND) if roof_body is None else np.asarray(roof_body, np.int64)
        triangles = np.concatenate([_upright(walls), top, bottom, more, land])
        body = np.concatenate([walls.body[wall], lid, lid, over, np.full(len(land), GROUND)])
        return cls(triangles, body, np.concatenate([wall, np.full(len(triangles) - len(wall), -1)]))

    @classmethod
    def from_triangles(cls, triangles: Floats, body: Numbers | None = None) -> City:
        """Return a city of any triangles, all of one body where not told otherwise. [m], shape (triangles, 3, 3)"""
        none = np.full(len(triangles), -1)
        number = np.zeros(len(triangles), np.int64) if body is None else np.asarray(body, np.int64)
        return cls(np.asarray(triangles, np.float64), number, none)

    @cached_property
    def origin(self) -> Floats:
        """Local origin: a whole number of metres amid the bodies. [m], shape (3,)"""
        standing = self.triangles[self.body != GROUND] if (self.body != GROUND).any() else self.triangles
        if not len(standing):
            return np.zeros(3)
        low, high = standing.min(axis=(0, 1)), standing.max(axis=(0, 1))
        middle: Floats = np.rint((low + high) / 2)
        return middle

    @cached_property
    def normal(self) -> Floats:
        """Unit normal of each triangle. shape (triangles, 3)"""
        across = np.cross(self.triangles[:, 1] - self.triangles[:, 0], self.triangles[:, 2] - self.triangles[:, 0])
        length = np.linalg.norm(across, axis=1, keepdims=True)
        normal: Floats = across / np.where(length > 0, length, 1)
        return normal

    @cached_property
    def _scene(self) -> EmbreeScene:
        scene = EmbreeScene()
        if len(self.triangles):
            TriangleMesh(scene, self.local(self.triangles))
        return scene

    def local(self, places: Floats) -> Singles:
        """Return places in the scene's own coordinates. [m], shape (..., 3)"""
        steps = np.rint(np.asarray(places, np.float64) / STEP_M) * STEP_M
        return np.ascontiguousarray(steps - self.origin, dtype=np.float32)

    def occluded(self, places: Floats, directions: Floats) -> NDArray[np.bool_]:
        """
        Return whether something stands in the way of rays.

        Parameters
        ----------
        places, directions
            Where rays start and where they go. [m], shape (rays, 3)
        """
        return self.blocked(self.local(places), np.ascontiguousarray(directions, np.float32))

    def blocked(self, places: Singles, directions: Singles) -> NDArray[np.bool_]:
        """Return the same of places that are in the scene's own coordinates already."""
        if not len(self.triangles) or not len(places):
            return np.zeros(len(places), np.bool_)
        found: NDArray[np.bool_] = self._scene.run(places, directions, query="OCCLUDED") >= 0
        return found

    def hit(self, places: Floats, directions: NDArray[np.floating]) -> Hits:
        """
        Return what rays meet first.

        Parameters
        ----------
        places, directions
            Where rays start, and unit vectors of where they go. [m], shape (rays, 3)
        """
        start, way = self.local(places), np.ascontiguousarray(directions, np.float32)
        if not len(self.triangles) or not len(start):
            none = np.empty(0, np.int64)
            return Hits(none, way[:0], np.empty(0), np.empty((0, 3)), np.empty((0, 3)), none, none)
        met = self._scene.run(start, way, output=True)
        ray = np.flatnonzero(met["primID"] >= 0)
        triangle, distance, along = met["primID"][ray], met["tfar"][ray].astype(np.float64), way[ray]
        normal = self.normal[triangle]
        away = np.einsum("rv,rv->r", normal, along) > 0
        normal = np.where(away[:, None], -normal, normal)
        place = start[ray] + distance[:, None] * along + self.origin
        return Hits(ray, along, distance, place, normal, self.body[triangle], self.wall[triangle])


def terrain(heights_m: Floats, west_m: float, north_m: float, cell_m: float) -> Floats:
    """
    Return the triangles of a grid of heights.

    Parameters
    ----------
    heights_m
        Heights of the grid's nodes, north up. [m], shape (rows, columns)
    west_m, north_m
        Place of the first node. [m]
    cell_m
        Distance of nodes. [m]

    Returns
    -------
    triangles
        Shape (2 (rows - 1) (columns - 1), 3, 3)
    """
    rows, columns = heights_m.shape
    east, north = np.meshgrid(west_m + np.arange(columns) * cell_m, north_m - np.arange(rows) * cell_m)
    node = np.stack([east, north, heights_m], axis=2)
    a, b, c, d = node[:-1, :-1], node[:-1, 1:], node[1:, :-1], node[1:, 1:]
    pairs = np.stack([np.stack([a, c, b], axis=2), np.stack([b, c, d], axis=2)], axis=2)
    return np.ascontiguousarray(pairs.reshape(-1, 3, 3))


def _upright(walls: Walls) -> Floats:
    """Return two triangles for each wall. shape (2 walls, 3, 3)"""
    a, b = (np.column_stack([foot, walls.base_m]) for foot in (walls.start, walls.end))
    c, d = (np.column_stack([foot, walls.top_m]) for foot in (walls.start, walls.end))
    return np.stack([np.stack([a, b, c], axis=1), np.stack([b, d, c], axis=1)], axis=1).reshape(-1, 3, 3)


def _lids(bodies: Bodies) -> tuple[Floats, Numbers]:
    """Return the outlines as triangles at no height, and the body of each. shapes (triangles, 3, 3), (triangles,)"""
    if not len(bodies):
        return np.empty((0, 3, 3)), np.empty(0, np.int64)
    pieces, body = shapely.get_parts(shapely.constrained_delaunay_triangles(bodies.outlines), return_index=True)
    corners = shapely.get_coordinates(pieces).reshape(-1, 4, 2)[:, :3]
    flat = np.zeros((len(corners), 3, 3))
    flat[:, :, :2] = corners
    return flat, body.astype(np.int64)


def _ground(bodies: Bodies, ground: Floats | float | None) -> Floats:
    if ground is None:
        return np.empty((0, 3, 3))
    if not np.isscalar(ground):
        return np.asarray(ground, np.float64)
    west, south, east, north = (0.0, 0.0, 0.0, 0.0)
    if len(bodies):
        (west, south), (east, north) = bodies.bounds[:, :2].min(axis=0), bodies.bounds[:, 2:].max(axis=0)
    side = max(east - west, north - south) + 2 * BEYOND_M
    return terrain(np.full((2, 2), float(np.asarray(ground))), (west + east - side) / 2, (south + north + side) / 2,
                   side)  # fmt: skip
