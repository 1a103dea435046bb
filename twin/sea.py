"""The sea, from coastline ways: by OpenStreetMap's rule land lies to the left of the way and water to its right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.arrangement import cut_faces

if TYPE_CHECKING:
    from numpy.typing import NDArray

PROBE_M = 0.5  # how far beside a coastline the side is tested
AGREED = 0.9  # of the coastline's length that must have a face on its wet side


def find_sea(coastline: NDArray[np.object_], zone: shapely.Geometry) -> shapely.Geometry:
    """
    Return the part of the zone that is sea, empty where no coastline crosses it.

    Parameters
    ----------
    coastline
        Coastline ways, in their direction. [m]
    zone
        The zone's outline. [m]
    """
    inside = [line for line in coastline if shapely.intersects(line, zone)]
    if not inside:
        return shapely.Polygon()
    faces = cut_faces([*inside, *_close_ends(inside, zone)], zone)
    wet, dry = np.zeros(len(faces)), np.zeros(len(faces))
    for line in inside:
        for side, votes in ((-PROBE_M, wet), (PROBE_M, dry)):
            points, weights = _probe(line, side)
            tree = shapely.STRtree(points)
            face, point = tree.query(faces, predicate="contains")
            np.add.at(votes, face, weights[point])
    return shapely.union_all(faces[wet > AGREED * (wet + dry)])


def _close_ends(lines: list[shapely.LineString], zone: shapely.Geometry) -> list[shapely.LineString]:
    """Return straight lines from where an extract cuts a coastline off to the zone's edge nearest to it."""
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(np.array(lines, dtype=object))))
    edge = shapely.boundary(zone)
    ends = [shapely.get_point(line, index) for line in merged if not line.is_closed for index in (0, -1)]
    return [shapely.shortest_line(end, edge) for end in ends if shapely.intersects(zone, end)]


def _probe(line: shapely.LineString, offset_m: float) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Return points beside the middle of each segment (left of it where the offset is positive), and its length."""
    xy = shapely.get_coordinates(line)
    start, end = xy[:-1], xy[1:]
    step = end - start
    length = np.hypot(step[:, 0], step[:, 1])
    keep = length > 0
    normal = np.column_stack([-step[keep, 1], step[keep, 0]]) / length[keep, None]
    middle = (start[keep] + end[keep]) / 2 + normal * offset_m
    return np.asarray(shapely.points(middle), dtype=object), length[keep]
