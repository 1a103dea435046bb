"""Bodies of a city: upright prisms over outlines, and the walls around them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

SMALLEST_M2 = 0.01  # an outline below this is no body
SHORTEST_M = 0.01  # an edge below this is no wall
STEP_M = 1 / 1024  # of all coordinates: in single precision they are then exact whatever the local origin


@dataclass(frozen=True)
class Walls:
    """
    Upright rectangles around bodies, seen from outside with the body behind.

    Attributes
    ----------
    start, end
        Ends of the foot; the body lies to the left. [m], shape (walls, 2)
    base_m, top_m
        Foot and top. [m above datum], shape (walls,)
    body
        Number of the body that each belongs to. shape (walls,)
    """

    start: Floats
    end: Floats
    base_m: Floats
    top_m: Floats
    body: Numbers

    def __len__(self) -> int:
        return len(self.body)

    @cached_property
    def length_m(self) -> Floats:
        """Length of the foot. [m], shape (walls,)"""
        length: Floats = np.hypot(*(self.end - self.start).T)
        return length

    @cached_property
    def normal(self) -> Floats:
        """Outward unit normal, level: east, north. shape (walls, 2)"""
        along = (self.end - self.start) / self.length_m[:, None]
        return np.column_stack([along[:, 1], -along[:, 0]])

    @cached_property
    def azimuth_deg(self) -> Floats:
        """Direction that each faces, clockwise from grid north. [degrees], shape (walls,)"""
        azimuth: Floats = np.degrees(np.arctan2(*self.normal.T)) % 360
        return azimuth


@dataclass(frozen=True)
class Bodies:
    """
    Upright prisms.

    Attributes
    ----------
    outlines
        Valid polygons, exterior anticlockwise, holes clockwise. [m], shape (bodies,)
    base_m, top_m
        Underside and top. [m above datum], shape (bodies,)
    owner
        What each is a part of, for instance the number of its building. shape (bodies,)
    skipped
        Given bodies that were left out: without area, without height, or with numbers that are not finite.
    """

    outlines: NDArray[np.object_]
    base_m: Floats
    top_m: Floats
    owner: Numbers
    skipped: int = 0

    def __len__(self) -> int:
        return len(self.outlines)

    @classmethod
    def of(
        cls, outlines: Sequence[shapely.Geometry] | NDArray[np.object_], base_m: Floats, top_m: Floats,
        owner: Numbers | None = None,
    ) -> Bodies:
        """
        Return bodies over outlines; several polygons of one outline become several bodies.

        Parameters
        ----------
        outlines
            Polygons or multipolygons; what is not valid is made so. [m], shape (n,)
        base_m, top_m
            Underside and top. [m above datum], shape (n,)
        owner
            What each is a part of; itself where not given. shape (n,)
        """
        given = np.array(list(outlines), dtype=object)
        base, top = np.asarray(base_m, np.float64), np.asarray(top_m, np.float64)
        number = np.arange(len(given)) if owner is None else np.asarray(owner, np.int64)
        sound = shapely.is_geometry(given) & np.isfinite(base) & np.isfinite(top) & (top > base)
        sound[sound] = np.isfinite(shapely.bounds(given[sound])).all(axis=1)
        rows = np.flatnonzero(sound)
        valid = shapely.make_valid(shapely.force_2d(given[rows]), method="structure", keep_collapsed=False)
        valid = shapely.transform(valid, lambda points: np.rint(points / STEP_M) * STEP_M)
        valid = shapely.make_valid(valid, method="structure", keep_collapsed=False)
        parts, place = shapely.get_parts(valid, return_index=True)
        parts, inner = shapely.get_parts(parts, return_index=True)
        kept = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (shapely.area(parts) > SMALLEST_M2)
        rows = rows[place[inner[kept]]]
        oriented = shapely.orient_polygons(parts[kept])
        return cls(oriented, base[rows], top[rows], number[rows], len(given) - len(np.unique(rows)))

    def part(self, kept: NDArray[np.bool_] | Numbers) -> Bodies:
        """Return some of the bodies."""
        return Bodies(self.outlines[kept], self.base_m[kept], self.top_m[kept], self.owner[kept])

    @cached_property
    def bounds(self) -> Floats:
        """West, south, east, north of each. [m], shape (bodies, 4)"""
        return np.asarray(shapely.bounds(self.outlines), np.float64).reshape(-1, 4)

    @cached_property
    def walls(self) -> Walls:
        """All walls, body by body."""
        rings, body = shapely.get_rings(self.outlines, return_index=True)
        points, ring = shapely.get_coordinates(rings, return_index=True)
        same = np.flatnonzero(ring[1:] == ring[:-1])
        long = np.hypot(*(points[same + 1] - points[same]).T) > SHORTEST_M
        first = same[long]
        owner = body[ring[first]].astype(np.int64)
        return Walls(points[first], points[first + 1], self.base_m[owner], self.top_m[owner], owner)
