"""Walking times: from every place along the network of roads to the nearest of each kind of service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from twin.network import Network

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]
    Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Footholds:
    """
    Where places meet the network, one row for each place that does.

    Attributes
    ----------
    place
        Number of the place. shape (n,)
    edge
        Number of the edge of the network. shape (n,)
    along_m
        Where on the edge, from its tail. [m], shape (n,)
    leg_m
        From the place to the edge, straight. [m], shape (n,)
    """

    place: Numbers
    edge: Numbers
    along_m: Floats
    leg_m: Floats


def find_footholds(network: Network, shapes: Shapes, *, greatest_leg_m: float) -> Footholds:
    """
    Return where places meet the network: on the edge nearest to their outline, beside their middle.

    Of several such edges, as where streets run through a house, it is the one nearest to the middle.

    Parameters
    ----------
    network
        The graph.
    shapes
        Points, lines or outlines of the places. [m], shape (places,)
    greatest_leg_m
        Places that are farther from every edge do not meet it. [m]
    """
    if not len(network.line) or not len(shapes):
        empty = np.zeros(0, np.int64)
        return Footholds(empty, empty, np.zeros(0), np.zeros(0))
    place, edge = shapely.STRtree(network.line).query_nearest(shapes, max_distance=greatest_leg_m, all_matches=True)
    middle = shapely.centroid(shapes)
    order = np.lexsort((edge, shapely.distance(middle[place], network.line[edge]), place))
    place, edge = place[order], edge[order]
    is_first = np.r_[True, place[1:] != place[:-1]][:len(place)]
    place, edge = place[is_first], edge[is_first]
    line = network.line[edge]
    along_m = np.minimum(shapely.line_locate_point(line, middle[place]), network.length_m[edge])
    leg_m = shapely.distance(shapely.line_interpolate_point(line, along_m), shapes[place])
    return Footholds(place, edge, along_m, leg_m)


def walking_minutes(
    network: Network, speed: Floats, homes: Footholds, services: Sequence[Footholds], *, leg_speed: float
) -> Floats:
    """
    Return the minutes from each home to the nearest service of each kind; infinite where no way leads there.

    Edges are cut where places meet them, so that two places on one edge are as far apart as they are. Roads are walked
    both ways.

    Parameters
    ----------
    network
        The graph.
    speed
        Walking speed on each edge. [m/min], shape (edges,)
    homes
        Where the ways start.
    services
        Where the services of each kind are.
    leg_speed
        Walking speed between a place and the network. [m/min]

    Returns
    -------
    minutes
        [min], shape (homes, kinds)

    References
    ----------
    .. [1] E. W. Dijkstra, "A note on two problems in connexion with graphs", Numer. Math. 1 (1959).
       doi:10.1007/BF01386390
    """
    held = [homes, *services]
    tail, head, minutes = _cut_edges(
        network, speed, np.concatenate([item.edge for item in held]), np.concatenate([item.along_m for item in held]))

    # Each kind of service is one node, with a one-way street to all its places: one search finds the nearest.
    first = np.cumsum([network.nodes, *(len(item.edge) for item in held)])
    kinds = first[-1] + np.arange(len(services))
    for kind, begin, item in zip(kinds, first[1:], services, strict=False):
        tail = np.r_[tail, np.full(len(item.edge), kind)]
        head = np.r_[head, begin + np.arange(len(item.edge))]
        minutes = np.r_[minutes, item.leg_m / leg_speed]
    size = int(first[-1]) + len(services)
    graph = _shortest_of_each_pair(tail, head, minutes, size)
    reached: Floats = dijkstra(graph, directed=True, indices=kinds).reshape(len(services), size)
    found: Floats = reached[:, first[0]:first[1]].T + (homes.leg_m / leg_speed)[:, None]
    return found


def _cut_edges(network: Network, speed: Floats, edge: Numbers, along_m: Floats) -> tuple[Numbers, Numbers, Floats]:
    """
    Return tail, head and minutes of the pieces of all edges, both ways, cut at some places.

    The n-th place becomes the node `network.nodes + n`.
    """
    number = np.arange(len(network.tail))
    edge = np.concatenate([number, edge, number])
    node = np.concatenate([network.tail, network.nodes + np.arange(len(along_m)), network.head])
    at_m = np.concatenate([np.zeros(len(number)), along_m, network.length_m])
    rank = np.repeat([0, 1, 2], [len(number), len(along_m), len(number)])
    order = np.lexsort((at_m, rank, edge))
    edge, node, at_m = edge[order], node[order], at_m[order]
    joined = np.flatnonzero(edge[1:] == edge[:-1])
    minutes = (at_m[joined + 1] - at_m[joined]) / speed[edge[joined]]
    here, ahead = node[joined], node[joined + 1]
    return np.r_[here, ahead], np.r_[ahead, here], np.r_[minutes, minutes]


def _shortest_of_each_pair(tail: Numbers, head: Numbers, minutes: Floats, size: int) -> coo_array:
    """Return the matrix of the graph; of several ways between two nodes the shortest, not their sum."""
    order = np.lexsort((minutes, head, tail))
    tail, head, minutes = tail[order], head[order], minutes[order]
    is_first = np.r_[True, (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])][:len(tail)]
    return coo_array((minutes[is_first], (tail[is_first], head[is_first])), shape=(size, size)).tocsr()
