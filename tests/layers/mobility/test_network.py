"""The ways through a network of roads: by hand, and against networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from shapely import LineString

from layers.mobility.betweenness import edge_betweenness
from layers.mobility.compute import road_centrality
from twin.network import Network, make_network

ALL = 10**9
CROSS = [LineString([(-10, 0), (0, 0), (20, 0)]), LineString([(0, -10), (0, 0), (0, 10)])]


def town(side: int, seed: int) -> list[LineString]:
    """Return the streets of a town on a bent grid, one per block, a fifth of them missing."""
    random = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), axis=-1) * 100.0
    corner += random.uniform(-30, 30, corner.shape)
    pairs = [((row, column), (row + down, column + 1 - down)) for row in range(side) for column in range(side)
             for down in (0, 1) if row + down < side and column + 1 - down < side]
    return [LineString([corner[here], corner[there]]) for here, there in pairs if random.uniform() > 0.2]


def as_networkx(network: Network) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(network.nodes))
    for tail, head, length in zip(network.tail, network.head, network.length_m, strict=True):
        graph.add_edge(int(tail), int(head), length=length)
    return graph


def test_no_roads_are_an_empty_network_without_ways() -> None:
    network = make_network([])
    assert network.nodes == 0
    assert edge_betweenness(network, sources=ALL).tolist() == []
    assert road_centrality([], sources=ALL).tolist() == []


def test_an_arm_of_a_cross_is_on_the_way_of_four_pairs_in_ten() -> None:
    assert road_centrality(CROSS, sources=ALL) == pytest.approx([0.4, 0.4])


def test_ways_of_equal_length_share_a_pair_evenly() -> None:
    """A square: each side is the way of its own pair, and half the way of both diagonals: 2 of 6 pairs."""
    sides = [LineString(pair) for pair in ([(0, 0), (1, 0)], [(1, 0), (1, 1)], [(1, 1), (0, 1)], [(0, 1), (0, 0)])]
    assert road_centrality(sides, sources=ALL) == pytest.approx([1 / 3] * 4)


def test_the_longer_of_two_roads_between_the_same_ends_leads_nowhere() -> None:
    short, long = LineString([(0, 0), (10, 0)]), LineString([(0, 0), (5, 9), (10, 0)])
    after = LineString([(10, 0), (20, 0)])
    assert road_centrality([short, long, after], sources=ALL) == pytest.approx([2 / 3, 0, 2 / 3])


def test_of_a_road_in_pieces_the_mean_by_length_counts() -> None:
    """Of 10 pairs 6 pass the 10 m before a junction and 4 the 30 m behind it."""
    road, stub = LineString([(0, 0), (10, 0), (40, 0)]), LineString([(10, 0), (10, 5)])
    further = LineString([(0, 0), (0, -5)])
    assert road_centrality([road, stub, further], sources=ALL) == pytest.approx([(0.6 * 10 + 0.4 * 30) / 40, 0.4, 0.4])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_betweenness_is_that_of_networkx(seed: int) -> None:
    network = make_network(town(9, seed))
    expected = nx.edge_betweenness_centrality(as_networkx(network), weight="length")
    own = edge_betweenness(network, sources=ALL)
    for tail, head, share in zip(network.tail, network.head, own, strict=True):
        assert share == pytest.approx(expected.get((tail, head), expected.get((head, tail))), abs=1e-12)


def test_a_sample_of_sources_ranks_roads_as_all_of_them_do() -> None:
    network = make_network(town(25, 4))
    whole, sample = (edge_betweenness(network, sources=number) for number in (ALL, 200))
    assert (whole != sample).any()
    assert np.corrcoef(whole, sample)[0, 1] > 0.97
    assert sample.sum() == pytest.approx(whole.sum(), rel=0.05)


def test_the_order_of_roads_changes_nothing_even_in_a_sample() -> None:
    streets = town(9, 5)
    turned = np.random.default_rng(6).permutation(len(streets))
    plain = road_centrality(streets, sources=20)
    assert road_centrality([streets[place] for place in turned], sources=20) == pytest.approx(plain[turned], abs=1e-14)
    assert road_centrality(streets, sources=20).tolist() == plain.tolist()
