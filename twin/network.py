"""The network of roads as a graph: intersections are vertices that lines share, edges are what lies between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]
    Lines = NDArray[np.object_]

DIGITS = 3  # of a coordinate in metres: vertices less than a millimetre apart are one


@dataclass(frozen=True)
class Network:
    """
    Edges between numbered intersections and ends of roads.

    Attributes
    ----------
    nodes
        Number of intersections and ends.
    tail, head
        The two of each edge. shape (edges,)
    length_m
        Length of each edge. [m], shape (edges,)
    road
        Number of the road that each edge is a piece of. shape (edges,)
    line
        Course of each edge, from tail to head. [m], shape (edges,)
    """

    nodes: int
    tail: Numbers
    head: Numbers
    length_m: Floats
    road: Numbers
    line: Lines


def make_network(lines: Sequence[shapely.Geometry]) -> Network:
    """
    Return the graph of centre lines; they meet where they share a vertex, not where one only crosses the other.

    The numbers of nodes follow their coordinates, so that the order of the lines does not matter to them.

    Parameters
    ----------
    lines
        Lines or groups of lines, one per road. [m]
    """
    parts, road = shapely.get_parts(np.asarray(lines, dtype=object), return_index=True)
    place, part = shapely.get_coordinates(parts, return_index=True)
    if not len(place):
        empty = np.zeros(0, np.int64)
        return Network(0, empty, empty, np.zeros(0), empty, np.zeros(0, object))
    _, vertex, uses = np.unique(np.round(place, DIGITS), axis=0, return_inverse=True, return_counts=True)
    vertex = vertex.reshape(-1)

    # Where along its road each vertex lies
    is_first = np.r_[True, part[1:] != part[:-1]]
    is_last = np.r_[is_first[1:], True]
    step = np.hypot(*np.diff(place, axis=0, prepend=place[:1]).T)
    along = np.cumsum(np.where(is_first, 0.0, step))

    # Between two nodes in a row on one part there is an edge
    stops = np.flatnonzero(is_first | is_last | (uses[vertex] > 1))
    here, ahead = stops[:-1], stops[1:]
    joined = part[here] == part[ahead]
    here, ahead = here[joined], ahead[joined]
    names, ends = np.unique(np.stack([vertex[here], vertex[ahead]]), return_inverse=True)
    tail, head = ends.reshape(2, -1)
    return Network(len(names), tail.astype(np.int64), head.astype(np.int64), along[ahead] - along[here],
                   road[part[here]].astype(np.int64), _lines(place, here, ahead))


def _lines(place: Floats, here: Numbers, ahead: Numbers) -> Lines:
    """Return the lines through the vertices from each of `here` to that of `ahead`, both included."""
    vertices = ahead - here + 1
    edge = np.repeat(np.arange(len(here)), vertices)
    within = np.arange(len(edge)) - np.repeat(np.cumsum(vertices) - vertices, vertices)
    lines: Lines = shapely.linestrings(place[here[edge] + within], indices=edge)
    return lines
