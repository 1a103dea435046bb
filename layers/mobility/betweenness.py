"""Betweenness: which share of all shortest ways through a network passes each edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.network import Network

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

SEED = 20_280_101
BATCH = 64  # sources whose distances are held at once
TIE_M = 1e-5  # ways whose lengths differ by less are equally short


def edge_betweenness(network: Network, *, sources: int) -> Floats:
    """
    Return the share of pairs of nodes whose shortest way passes each edge; ways of equal length share a pair evenly.

    Roads are taken both ways. With more nodes than `sources`, ways are counted from that many of them, drawn with a
    fixed seed, and scaled up; this is unbiased.

    Parameters
    ----------
    network
        The graph.
    sources
        Most nodes that ways are counted from.

    Returns
    -------
    share
        [0, 1], shape (edges,)

    References
    ----------
    .. [1] U. Brandes, "A faster algorithm for betweenness centrality", J. Math. Sociol. 25 (2001), algorithm 1.
       doi:10.1080/0022250X.2001.9990249
    .. [2] U. Brandes and C. Pich, "Centrality estimation in large networks", Int. J. Bifurcation Chaos 17 (2007).
       doi:10.1142/S0218127407018403
    """
    count, passed = network.nodes, np.zeros(len(network.tail))
    if count <= 1 or sources < 1:
        return passed
    starts = np.arange(count)
    if count > sources:
        starts = np.sort(np.random.default_rng(SEED).permutation(count)[:sources])
    graph = _shortest_links(network)
    first, neighbour, edge = _neighbours(network)
    for begin in range(0, len(starts), BATCH):
        batch = starts[begin : begin + BATCH]
        for distance in dijkstra(graph, directed=False, indices=batch):
            order = np.argsort(distance, kind="stable")
            order = order[np.isfinite(distance[order])]
            _count_ways(distance, order, first, neighbour, edge, network.length_m, passed)
    return passed / (len(starts) * (count - 1))


def _shortest_links(network: Network) -> coo_array:
    """Return the graph as a matrix, of edges between the same two nodes the shortest."""
    low, high = np.minimum(network.tail, network.head), np.maximum(network.tail, network.head)
    kept = np.flatnonzero(low != high)
    order = kept[np.lexsort((network.length_m[kept], high[kept], low[kept]))]
    pairs = np.column_stack([low[order], high[order]])
    is_first = np.r_[True, (pairs[1:] != pairs[:-1]).any(axis=1)] if len(pairs) else np.zeros(0, bool)
    chosen = order[is_first]
    shape = (network.nodes, network.nodes)
    return coo_array((network.length_m[chosen], (low[chosen], high[chosen])), shape=shape).tocsr()


def _neighbours(network: Network) -> tuple[Numbers, Numbers, Numbers]:
    """Return, for each node, where its neighbours begin in the lists of all neighbours and of the edges to them."""
    kept = np.flatnonzero(network.tail != network.head)
    here = np.r_[network.tail[kept], network.head[kept]]
    there = np.r_[network.head[kept], network.tail[kept]]
    order = np.argsort(here, kind="stable")
    first = np.searchsorted(here[order], np.arange(network.nodes + 1))
    return first.astype(np.int64), there[order], np.r_[kept, kept][order]


def _count_ways_plain(
    distance: Floats, order: Numbers, first: Numbers, neighbour: Numbers, edge: Numbers, length: Floats,
    passed: Floats,
) -> None:
    """
    Add to each edge the pairs of one source whose shortest way passes it.

    Parameters
    ----------
    distance
        From the source to each node. [m], shape (nodes,)
    order
        Nodes that can be reached, the nearest first.
    first, neighbour, edge
        Neighbours of each node, and the edges to them.
    length
        Of each edge. [m], shape (edges,)
    passed
        What is added to. shape (edges,)
    """
    ways = np.zeros(len(distance))
    ways[order[0]] = 1.0
    for node in order:
        for place in range(first[node], first[node + 1]):
            after = neighbour[place]
            gap = distance[after] - distance[node]
            if gap > 0 and abs(gap - length[edge[place]]) <= TIE_M:
                ways[after] += ways[node]
    beyond = np.zeros(len(distance))
    for node in order[::-1]:
        for place in range(first[node], first[node + 1]):
            after = neighbour[place]
            gap = distance[after] - distance[node]
            if gap > 0 and abs(gap - length[edge[place]]) <= TIE_M:
                part = ways[node] / ways[after] * (1.0 + beyond[after])
                passed[edge[place]] += part
                beyond[node] += part


_count_ways: Any = njit(cache=True)(_count_ways_plain)
