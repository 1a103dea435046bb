"""Light that reaches points by one diffuse reflection from ground, walls and roofs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from twin.light.sweep import kernel

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from twin.light.dome import Dome
    from twin.light.rays import City, Hits

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Numbers = NDArray[np.int64]
    Levels = NDArray[np.uint8]
    Light: TypeAlias = Callable[[Hits], Singles]

RAYS = 64
GOLDEN = 0.6180339887498949  # part of the golden section
BATCH = 8192  # points whose rays are cast together
LEVEL = 1e-9  # level part of a normal below which it points straight up or down
MARGIN_DEG = 3.0  # above a horizon from where on there is nothing but sky


def reflected_at(
    city: City, places: Floats, normals: Floats, hidden: Levels, dome: Dome, light: Light, *, rays: int = RAYS
) -> Singles:
    """
    Return what points would receive by one reflection from surfaces that reflect all light, evenly to all sides.

    Rays leave a point as a matt surface would send them, evenly spread over strata that are turned by a number made
    from the point's place: the same point always gets the same rays. Those above its horizon are known to meet sky.

    Parameters
    ----------
    city
        What stands around.
    places, normals
        Points a little before the surfaces that they stand for, and unit normals. [m], shape (points, 3)
    hidden
        Levels hidden from each point. shape (points, azimuths)
    dome
        Division of the sky.
    light
        Tells the irradiation of places that rays hit. [kWh/m2], shape (hits, periods)
    rays
        Number of rays of each point.

    Returns
    -------
    irradiation
        [kWh/m2], shape (points, periods); multiply it by the albedo.
    """
    found = []
    limit = np.append(dome.level_deg, 90.0) + MARGIN_DEG
    rise = np.sin(np.radians(np.minimum(limit, 90.0)))
    rise[-1] = 2.0  # nothing but what stands in the way
    for first in range(0, len(places), BATCH):
        batch = slice(first, first + BATCH)
        start = np.ascontiguousarray(places[batch], np.float64)
        turn = _hashed(start)
        point, way = _scatter(turn, np.ascontiguousarray(normals[batch], np.float64), hidden[batch], rise, rays)
        hits = city.hit(start[point], way)
        total = np.zeros((len(start), 1), np.float32)
        if len(hits.ray):
            lit = np.ascontiguousarray(light(hits), np.float32)
            total = _gather(lit, point[hits.ray], len(start)) / np.float32(rays)
        found.append(total)
    if not found:
        return np.zeros((0, 1), np.float32)
    width = max(item.shape[1] for item in found)
    return np.concatenate([np.broadcast_to(item, (len(item), width)) for item in found])


def _hashed(places: Floats) -> Floats:
    """Return two numbers from 0 to 1 made from places to the nearest centimetre. shape (points, 2)"""
    whole = np.rint(places * 100).astype(np.int64).astype(np.uint64)
    mixed = whole[:, 0] * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= whole[:, 1] * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= whole[:, 2] * np.uint64(0x165667B19E3779F9)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # the mixing steps of SplitMix64
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    parts = np.stack([mixed >> np.uint64(32), mixed & np.uint64(0xFFFFFFFF)], axis=1)
    fraction: Floats = parts / 2.0**32
    return fraction


@kernel
def _scatter(turn: Floats, normals: Floats, hidden: Levels, rise: Floats, rays: int) -> tuple[Numbers, Singles]:
    """
    Return the rays of points that may meet something: number of the point and unit vector.

    The places of a Fibonacci lattice in the unit square, shifted by the point's own two numbers, become directions
    whose density is the cosine's.
    """
    points, azimuths = hidden.shape
    point = np.empty(points * rays, np.int64)
    way = np.empty((points * rays, 3), np.float32)
    count = 0
    for number in range(points):
        east, north, up = normals[number]
        flat = np.hypot(east, north)
        # two unit vectors across the normal; the first is level
        side = (north / flat, -east / flat, 0.0) if flat > LEVEL else (1.0, 0.0, 0.0)
        other = (side[1] * up, -side[0] * up, side[0] * north - side[1] * east)
        for ray in range(rays):
            a = (ray + turn[number, 0]) / rays
            b = (turn[number, 1] + ray * GOLDEN) % 1.0
            radius, angle = np.sqrt(a), 2 * np.pi * b
            u, v, w = radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1 - a)
            x = u * side[0] + v * other[0] + w * east
            y = u * side[1] + v * other[1] + w * north
            z = u * side[2] + v * other[2] + w * up
            if z > 0:
                sector = np.int64(np.rint(np.arctan2(x, y) * azimuths / (2 * np.pi))) % azimuths
                if z > rise[hidden[number, sector]]:
                    continue
            point[count] = number
            way[count, 0], way[count, 1], way[count, 2] = x, y, z
            count += 1
    return point[:count], way[:count]


@kernel
def _gather(lit: Singles, point: Numbers, points: int) -> Singles:
    total = np.zeros((points, lit.shape[1]), np.float32)
    for hit in range(len(point)):
        for period in range(lit.shape[1]):
            total[point[hit], period] += lit[hit, period]
    return total
