"""Horizons at points by rays, and the light that comes from above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from twin.light.sweep import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.light.dome import Dome
    from twin.light.rays import City
    from twin.light.sky import Sky

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Numbers = NDArray[np.int64]
    Levels = NDArray[np.uint8]

COARSE = 64  # sectors in which horizons are looked for without a hint
BATCH = 8192  # points whose rays are cast together
FINE = 1_000_000  # steps of a normal; those within the same are one plane
UPRIGHT = 1e-6  # a normal whose upward part is less is that of a wall
NARROWEST = 1e-4  # part of a sector in front of a wall that is worth a ray [radians]


def hidden_at(city: City, places: Floats, normals: Floats, dome: Dome) -> Levels:
    """
    Return how many levels of the sky are hidden from points, sector by sector.

    What stands upright on the ground hides everything below its top: a horizon is found by halving. Under a bridge or
    an overhanging body the sky below it counts as hidden where its middle levels are. Of a sector that the plane of
    a wall cuts, the part in front is looked at; sectors behind are hidden altogether. With more than `COARSE` sectors,
    a horizon between two others is taken to lie between them in height too, which spares most rays.

    Parameters
    ----------
    city
        What stands around.
    places, normals
        Points a little before the surfaces that they stand for, and unit normals. [m], shape (points, 3)
    dome
        Division of the sky.

    Returns
    -------
    hidden
        Levels hidden, from 0 to `dome.levels`. shape (points, azimuths)
    """
    hidden = np.full((len(places), dome.azimuths), dome.levels, np.uint8)
    start, normal = city.local(places), np.asarray(normals, np.float64)
    level = np.radians(dome.level_deg)
    rise = np.column_stack([np.cos(level), np.sin(level)]).astype(np.float32)
    for first in range(0, len(start), BATCH):
        batch = slice(first, first + BATCH)
        found = hidden[batch]
        for turn, step in _passes(dome.azimuths):
            point, sector, toward = _looks(normal[batch], dome.azimuths, turn, step)
            low, high = np.zeros(len(point), np.uint8), np.full(len(point), dome.levels, np.uint8)
            if turn:
                left, right = (found[point, (sector + side) % dome.azimuths] for side in (-turn, turn))
                low, high = np.minimum(left, right), np.maximum(left, right)
            found[point, sector] = _halve(city, start[batch], point, toward, rise, low, high)
    return hidden


def hidden_within(city: City, places: Floats, dome: Dome, least: Levels, most: Levels) -> Levels:
    """
    Return how many levels of the sky are hidden from points, where that is known to lie between bounds.

    Each sector is looked at in its middle; where both bounds are the same, not at all.

    Parameters
    ----------
    city
        What stands around.
    places
        Points a little above level or leaning surfaces. [m], shape (points, 3)
    dome
        Division of the sky.
    least, most
        Levels; a horizon below or above them counts as the nearer one. shape (points, azimuths)

    Returns
    -------
    hidden
        Shape (points, azimuths)
    """
    hidden = least.copy()
    start, level = city.local(places), np.radians(dome.level_deg)
    rise = np.column_stack([np.cos(level), np.sin(level)]).astype(np.float32)
    middle = np.radians(dome.azimuth_deg)
    compass = np.column_stack([np.sin(middle), np.cos(middle)]).astype(np.float32)
    for first in range(0, len(start), BATCH):
        batch = slice(first, first + BATCH)
        point, sector = np.nonzero(least[batch] < most[batch])
        low, high = least[batch][point, sector], most[batch][point, sector]
        hidden[batch][point, sector] = _halve(city, start[batch], point, compass[sector], rise, low, high)
    return hidden


def _passes(azimuths: int) -> list[tuple[int, int]]:
    """Return which sectors are looked at in turn: those whose number modulo the second is the first."""
    step = 1
    while azimuths % (2 * step) == 0 and azimuths // (2 * step) >= COARSE:
        step *= 2
    passes = [(0, step)]
    while step > 1:
        passes.append((step // 2, step))
        step //= 2
    return passes


def _halve(
    city: City, start: Singles, point: Numbers, toward: Singles, rise: Singles, low: Levels, high: Levels
) -> Levels:
    """Return the levels hidden in each look, found between a least and a greatest number. shape (looks,)"""
    active = np.flatnonzero(low < high)
    while len(active):
        origin, way = np.empty((2, len(active), 3), np.float32)
        _aim(origin, way, active, start, point, toward, low, high, rise)
        _narrow(active, low, high, city.blocked(origin, way))
        active = active[low[active] < high[active]]
    return low


@kernel
def _looks(normals: Floats, azimuths: int, turn: int, step: int) -> tuple[Numbers, Numbers, Singles]:
    """
    Return the directions in which points look: number of the point, sector, and level unit vector.

    Of the sectors whose number modulo `step` is `turn`, those at least partly before the surface. Shapes (looks,),
    (looks,) and (looks, 2).
    """
    half, quarter = np.pi / azimuths, np.pi / 2
    point = np.empty(len(normals) * (azimuths // step), np.int64)
    sector, toward = np.empty_like(point), np.empty((len(point), 2), np.float32)
    count = 0
    for number in range(len(normals)):
        facing = np.arctan2(normals[number, 0], normals[number, 1])
        for look in range(turn, azimuths, step):
            offset = (look * 2 * half - facing + np.pi) % (2 * np.pi) - np.pi
            low, high = offset - half, offset + half
            if abs(normals[number, 2]) < UPRIGHT:
                low, high = max(low, -quarter), min(high, quarter)
            if high - low > NARROWEST:
                middle = (low + high) / 2 + facing
                point[count], sector[count] = number, look
                toward[count, 0], toward[count, 1] = np.sin(middle), np.cos(middle)
                count += 1
    return point[:count], sector[:count], toward[:count]


@kernel
def _aim(
    origin: Singles, way: Singles, active: Numbers, start: Singles, point: Numbers, toward: Singles, low: Levels,
    high: Levels, rise: Singles,
) -> None:
    for ray in range(len(active)):
        look = active[ray]
        middle = (np.int64(low[look]) + np.int64(high[look])) // 2
        for axis in range(3):
            origin[ray, axis] = start[point[look], axis]
        way[ray, 0] = toward[look, 0] * rise[middle, 0]
        way[ray, 1] = toward[look, 1] * rise[middle, 0]
        way[ray, 2] = rise[middle, 1]


@kernel
def _narrow(active: Numbers, low: Levels, high: Levels, blocked: NDArray[np.bool_]) -> None:
    for ray in range(len(active)):
        look = active[ray]
        middle = (np.int64(low[look]) + np.int64(high[look])) // 2
        if blocked[ray]:
            low[look] = middle + 1
        else:
            high[look] = middle


def light_above(hidden: Levels, normals: Floats, sky: Sky) -> tuple[Singles, Singles]:
    """
    Return the irradiation of points and the share of a uniform sky that they see.

    Light of a sector that the plane of a wall cuts is spread evenly over its azimuths; only the part in front counts.

    Parameters
    ----------
    hidden
        As :func:`hidden_at` gives it. shape (points, azimuths)
    normals
        Unit normals. shape (points, 3)
    sky
        The sky of the periods asked for.

    Returns
    -------
    irradiation, sky_view
        [kWh/m2] and [-], 0.5 for an open wall. shapes (points, periods) and (points,)
    """
    tables = np.concatenate([sky.vector, sky.uniform[None]]).transpose(1, 2, 0, 3)
    bins = np.ascontiguousarray(tables[:, :-1] - tables[:, 1:])  # the top of the table is empty
    whole = np.rint(np.asarray(normals, np.float64) * FINE).astype(np.int64) + FINE
    key = (whole[:, 0] * (2 * FINE + 1) + whole[:, 1]) * (2 * FINE + 1) + whole[:, 2]
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    planes = np.ascontiguousarray(normals, np.float64)[first]
    order = np.argsort(which, kind="stable")
    found = np.zeros((len(hidden), tables.shape[2]), np.float32)
    _integrate(found, hidden, order, which, planes, bins, np.radians(sky.dome.azimuth_deg))
    return found[:, :-1], found[:, -1]


@kernel
def _integrate(
    found: Singles, hidden: Levels, order: Numbers, which: Numbers, planes: Floats, bins: Floats, azimuth: Floats
) -> None:
    """Add up the light from above the horizons of points. `bins` have the shape (azimuths, levels, periods, 3)."""
    sectors, levels, periods = bins.shape[0], bins.shape[1], bins.shape[2]
    given = np.zeros((sectors, levels + 1, periods), np.float32)
    now = -1
    for place in range(len(order)):
        point = order[place]
        if which[point] != now:
            now = which[point]
            _project(given, planes[now], bins, azimuth)
        for sector in range(sectors):
            level = hidden[point, sector]
            if level < levels:
                for period in range(periods):
                    found[point, period] += given[sector, level, period]


@kernel
def _project(given: Singles, normal: Floats, bins: Floats, azimuth: Floats) -> None:
    """Write down what a plane receives from above each level of each sector. shape (azimuths, levels + 1, periods)"""
    sectors, levels, periods = bins.shape[0], bins.shape[1], bins.shape[2]
    half, quarter = np.pi / sectors, np.pi / 2
    facing, flat = np.arctan2(normal[0], normal[1]), np.hypot(normal[0], normal[1])
    for sector in range(sectors):
        offset = (azimuth[sector] - facing + np.pi) % (2 * np.pi) - np.pi
        east, north, up = normal
        if abs(up) < UPRIGHT:
            if abs(offset) >= quarter + half:
                given[sector] = 0
                continue
            if abs(offset) > quarter - half:
                near, far = max(offset - half, -quarter), min(offset + half, quarter)
                part = (np.sin(far) - np.sin(near)) / (2 * np.sin(half)) * flat
                east, north, up = part * np.sin(azimuth[sector]), part * np.cos(azimuth[sector]), 0.0
        for level in range(levels - 1, -1, -1):
            for period in range(periods):
                light = bins[sector, level, period]
                energy = east * light[0] + north * light[1] + up * light[2]
                given[sector, level, period] = given[sector, level + 1, period] + max(energy, 0.0)
