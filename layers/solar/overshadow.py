"""What a change of the buildings around takes from roofs: horizons of points on them, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.light.horizon import hidden_within
from twin.light.rays import City
from twin.light.signature import LitCells, Signature
from twin.light.sweep import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.light.dome import Dome
    from twin.light.irradiation import Planes
    from twin.light.sky import Sky

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Numbers = NDArray[np.int64]
    Shapes = NDArray[np.object_]
    Levels = NDArray[np.uint8]

POINTS = 36  # about as many stand for a roof
CELL_M = 1.0  # and none are closer
SLACK = 1e-6  # [radians]
CLEAR_M = 0.02  # a point lies so far above its roof


@dataclass(frozen=True)
class Roofs:
    """
    Roofs as solids, from the ground to their planes.

    Attributes
    ----------
    outlines
        Seen from above. [m], shape (roofs,)
    planes
        Height at the origin of coordinates [m above datum], and rise eastward and northward. shape (roofs, 3)
    ground_m
        Foot. [m above datum], shape (roofs,)
    """

    outlines: Shapes
    planes: Floats
    ground_m: Floats

    def __len__(self) -> int:
        return len(self.outlines)

    def part(self, chosen: NDArray[np.bool_] | Numbers) -> Roofs:
        """Return some of the roofs."""
        return Roofs(self.outlines[chosen], self.planes[chosen], self.ground_m[chosen])

    def heights(self, places: Floats, roof: Numbers) -> Floats:
        """Return the heights of roofs at places. [m above datum], shape (places,)"""
        level, east, north = self.planes[roof].T
        return np.asarray(level + east * places[:, 0] + north * places[:, 1], np.float64)

    def triangles(self) -> tuple[Floats, Numbers]:
        """Return the roofs and the walls below their edges, and the roof of each. [m], shape (triangles, 3, 3)"""
        if not len(self):
            return np.empty((0, 3, 3)), np.empty(0, np.int64)
        polygons, owner = shapely.get_parts(self.outlines, return_index=True)
        pieces, piece = shapely.get_parts(shapely.constrained_delaunay_triangles(polygons), return_index=True)
        corners = shapely.get_coordinates(pieces).reshape(-1, 4, 2)[:, :3]
        lid = self._lift(corners, owner[piece])
        rings, ring_polygon = shapely.get_rings(polygons, return_index=True)
        points, ring = shapely.get_coordinates(rings, return_index=True)
        first = np.flatnonzero(ring[1:] == ring[:-1])
        roof = owner[ring_polygon[ring[first]]]
        edge = self._lift(np.stack([points[first], points[first + 1]], axis=1), roof)
        foot = edge.copy()
        foot[:, :, 2] = self.ground_m[roof, None]
        walls = np.concatenate([np.stack([foot[:, 0], foot[:, 1], edge[:, 0]], axis=1),
                                np.stack([foot[:, 1], edge[:, 1], edge[:, 0]], axis=1)])  # fmt: skip
        return np.concatenate([lid, walls]), np.concatenate([owner[piece], roof, roof]).astype(np.int64)

    def _lift(self, corners: Floats, roof: Numbers) -> Floats:
        """Return corners at the height of their roofs. [m], shape (n, corners, 3)"""
        flat = corners.reshape(-1, 2)
        height = self.heights(flat, np.repeat(roof, corners.shape[1]))
        return np.column_stack([flat, height]).reshape(len(corners), -1, 3)


@dataclass(frozen=True)
class Points:
    """
    Points that stand for roofs, evenly spread over each.

    Attributes
    ----------
    place
        A little above the roof. [m], shape (points, 3)
    roof
        Number of its roof. shape (points,)
    """

    place: Floats
    roof: Numbers


def lay_points(roofs: Roofs, *, most: int = POINTS) -> Points:
    """Return about `most` points on each roof, on a square grid, at least 1 m apart; one inside where none fits."""
    places, numbers = [np.empty((0, 2))], [np.empty(0, np.int64)]
    bounds = shapely.bounds(roofs.outlines).reshape(-1, 4)
    step_m = np.maximum(np.sqrt(shapely.area(roofs.outlines) / most), CELL_M)
    shapely.prepare(roofs.outlines)
    for number, (west, south, east, north) in enumerate(bounds):
        step = step_m[number]
        x = np.arange(np.floor(west / step) + 0.5, np.ceil(east / step)) * step
        y = np.arange(np.floor(south / step) + 0.5, np.ceil(north / step)) * step
        grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        inside = grid[shapely.contains_xy(roofs.outlines[number], grid[:, 0], grid[:, 1])]
        if not len(inside):
            inside = shapely.get_coordinates(shapely.point_on_surface(roofs.outlines[number]))
        places.append(inside)
        numbers.append(np.full(len(inside), number))
    flat, roof = np.concatenate(places), np.concatenate(numbers)
    return Points(np.column_stack([flat, roofs.heights(flat, roof) + CLEAR_M]), roof)


def light_on(points: Points, around: City, sky: Sky, planes: Planes, open_kwh_per_m2: Floats, *,
             bright_share: float) -> tuple[Signature, Signature, Singles]:  # fmt: skip
    """
    Return the signatures of roofs and of their bright points, and what each point receives. [kWh/m2], shape (points,)

    Parameters
    ----------
    points
        On the roofs.
    around
        What may shade them, the roofs themselves among it.
    sky
        The sky of a year.
    planes
        Of the roofs. shape (roofs,)
    open_kwh_per_m2
        What each roof would receive without shade. [kWh/m2], shape (roofs,)
    bright_share
        A point is bright if it receives this share of what it would without shade. [-]
    """
    none = np.zeros((len(points.roof), sky.dome.azimuths), np.uint8)
    full = np.full_like(none, sky.dome.levels)
    hidden = hidden_within(around, points.place, sky.dome, none, full)
    lit = LitCells(np.arange(len(points.roof)), points.roof.astype(np.int32), np.ascontiguousarray(hidden.T))
    energy = lit.irradiation(planes[points.roof], sky)
    bright = energy >= bright_share * open_kwh_per_m2[points.roof]
    roofs = len(open_kwh_per_m2)
    counts, shining = lit.count(sky.dome, roofs), lit.count(sky.dome, roofs, only=bright)
    dark = shining.sum(axis=(1, 2)) == 0
    shining[dark] = counts[dark]
    return Signature.of(sky.dome, counts), Signature.of(sky.dome, shining), energy


def change_horizons(
    points: Points, staying: City, going: Roofs, coming: Roofs, dome: Dome
) -> tuple[Levels, Levels]:
    """
    Return the levels of the sky that are hidden from points before and after a change. shapes (points, azimuths)

    Each is looked at by itself, and the higher horizon counts. Both are true where they differ. Where they do not, what
    stays is not looked at: only that nothing changes there is known.

    Parameters
    ----------
    points
        On roofs that stay.
    staying
        What stands before and after.
    going, coming
        What stands before alone, and after alone.
    dome
        Division of the sky.
    """
    none = np.zeros((len(points.roof), dome.azimuths), np.uint8)
    away, new = (hidden_within(City.from_triangles(roofs.triangles()[0]), points.place, dome, none,
                               np.where(_faces(points, roofs, dome), dome.levels, 0).astype(np.uint8))
                 for roofs in (going, coming))  # fmt: skip
    between = hidden_within(staying, points.place, dome, np.minimum(away, new), np.maximum(away, new))
    return np.maximum(between, away), np.maximum(between, new)


def _faces(points: Points, roofs: Roofs, dome: Dome) -> NDArray[np.bool_]:
    """Return in which sectors roofs may stand before points. shape (points, azimuths)"""
    faces = np.zeros((len(points.roof), dome.azimuths), np.bool_)
    for hull in shapely.convex_hull(roofs.outlines):
        centre = shapely.get_coordinates(shapely.centroid(hull))[0]
        inside = shapely.contains_xy(hull, points.place[:, 0], points.place[:, 1])
        _face(faces, points.place, inside, shapely.get_coordinates(hull), centre)
    return faces


@kernel
def _face(
    faces: NDArray[np.bool_], place: Floats, inside: NDArray[np.bool_], corners: Floats, centre: Floats
) -> None:
    """Mark the sectors whose middle lies between the outermost corners of a convex outline, seen from points."""
    sectors = faces.shape[1]
    for point in range(len(place)):
        if inside[point]:
            faces[point] = True
            continue
        toward = np.arctan2(centre[0] - place[point, 0], centre[1] - place[point, 1])
        low, high = 0.0, 0.0
        for corner in range(len(corners)):
            angle = np.arctan2(corners[corner, 0] - place[point, 0], corners[corner, 1] - place[point, 1]) - toward
            offset = (angle + np.pi) % (2 * np.pi) - np.pi
            low, high = min(low, offset), max(high, offset)
        first = int(np.ceil((toward + low - SLACK) * sectors / (2 * np.pi)))
        last = int(np.floor((toward + high + SLACK) * sectors / (2 * np.pi)))
        for sector in range(first, last + 1):
            faces[point, sector % sectors] = True


def change_signature(known: Signature, points: Points, before: Levels, after: Levels) -> Signature:
    """
    Return the signatures of roofs after a change: as they are known, but for what their points lose and gain.

    Where a roof's signature is that of its bright part alone, its points change alike there. A share may fall a little
    below zero, where points stand for more of a roof than the cells that it was made from; sums stay right.

    Parameters
    ----------
    known
        Signatures before the change. shape (roofs, azimuths, levels + 1)
    points
        On the roofs, numbered as the signatures; each roof has some.
    before, after
        As :func:`change_horizons` gives them. shape (points, azimuths)
    """
    point, sector = np.nonzero(before != after)
    roof = points.roof[point]
    weight = 1 / np.bincount(points.roof, minlength=len(known.share))[roof]
    share = known.share.astype(np.float64)
    np.add.at(share, (roof, sector, after[point, sector]), weight)
    np.subtract.at(share, (roof, sector, before[point, sector]), weight)
    return Signature(known.dome, share.astype(np.float32))
