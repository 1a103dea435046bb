"""Streets as a network: the way that a cable takes, so that it runs under streets and below no house."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.plan.records import Plan

DETOUR = {"primary": 1.0, "secondary": 1.0, "tertiary": 1.5, "residential": 2.2}  # arterials are preferred
LEGS = 80  # nearest street points that are tried for the way from a street to a place
CLEAR_M = 0.5  # between a leg and any house
INSIDE_M = 0.5  # of the zone's outline that a line from outside begins


class StreetNetwork:
    """
    The streets of a plan, to be followed.

    Parameters
    ----------
    plan
        With its streets and houses.
    """

    def __init__(self, plan: Plan) -> None:
        numbers: dict[tuple[float, float], int] = {}
        edges: list[tuple[int, int, float]] = []
        for way in plan.ways:
            points = [(x, y) for x, y in way.points.tolist()]
            ids = [numbers.setdefault(point, len(numbers)) for point in points]
            for (start, end), (first, last) in zip(itertools.pairwise(ids), itertools.pairwise(points), strict=True):
                length_m = float(np.hypot(last[0] - first[0], last[1] - first[1]))
                edges.append((start, end, length_m * DETOUR.get(way.street.kind, 2.0)))
        self.points = np.array(list(numbers), dtype=np.float64)
        self._places = shapely.points(self.points)
        table = np.array(edges, dtype=np.float64)
        pairs = table[:, :2].astype(np.int64).T
        self._graph = coo_matrix((table[:, 2], (pairs[0], pairs[1])), shape=(len(numbers), len(numbers))).tocsr()
        self._houses = shapely.STRtree([house.geometry for house in plan.houses])
        self._zone = plan.zone

    def paths_from(self, node: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Return the cost of reaching each node from one, and the node before it on the way. Shape (nodes,)"""
        cost, before = dijkstra(self._graph, directed=False, indices=node, return_predecessors=True)
        return cost, before

    def reach(self, place: shapely.Geometry) -> tuple[int, list[tuple[float, float]]]:
        """
        Return the street point from which a place is reached in a straight line that touches no house.

        Parameters
        ----------
        place
            A point or an area. [m], EPSG:4549

        Returns
        -------
        node, leg
            Number of the street point, and the leg from there to the place.
        """
        away_m = shapely.distance(self._places, place)
        order = np.argsort(away_m, kind="stable")[:LEGS]
        legs = [self._leg(place, int(node)) for node in order]
        for node, leg in zip(order, legs, strict=True):
            if self._is_clear(leg, place):
                return int(node), leg
        return int(order[0]), legs[0]

    def entry(self, target: shapely.Geometry) -> tuple[int, list[tuple[float, float]]]:
        """Return the street point nearest to a target on the zone's edge, and the line from the edge to it."""
        point = shapely.Point(self.points[int(shapely.distance(self._places, target).argmin())])
        inner = shapely.buffer(self._zone, -INSIDE_M, join_style="mitre").exterior
        edge = inner.interpolate(inner.project(point))
        return self.reach(point)[0], [(round(edge.x, 2), round(edge.y, 2))]

    def line(self, before: NDArray[np.int32], node: int) -> list[tuple[float, float]]:
        """Return the points of the way to a node, from where the predecessors begin."""
        path = [node]
        while before[path[-1]] >= 0:
            path.append(int(before[path[-1]]))
        return [(x, y) for x, y in np.round(self.points[path[::-1]], 2).tolist()]

    def _leg(self, place: shapely.Geometry, node: int) -> list[tuple[float, float]]:
        point = shapely.Point(self.points[node])
        near = shapely.get_coordinates(shapely.shortest_line(place, point))[0]
        return [(round(point.x, 2), round(point.y, 2)), (round(float(near[0]), 2), round(float(near[1]), 2))]

    def _is_clear(self, leg: list[tuple[float, float]], place: shapely.Geometry) -> bool:
        if leg[0] == leg[1]:
            return True
        line = shapely.LineString(leg)
        met = self._houses.query(shapely.buffer(line, CLEAR_M), predicate="intersects")
        return all(self._houses.geometries[house].contains(place) for house in met)


def join(*pieces: list[tuple[float, float]]) -> shapely.LineString:
    """Return pieces one after another as a line, no point twice in a row."""
    points: list[tuple[float, float]] = []
    for point in itertools.chain(*pieces):
        if not points or points[-1] != point:
            points.append(point)
    return shapely.LineString(points)
