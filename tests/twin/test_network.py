"""Roads as a graph: where they meet, and what lies between."""

from __future__ import annotations

import pytest
import shapely
from shapely import LineString, MultiLineString

from twin.network import make_network

CROSS = [LineString([(-10, 0), (0, 0), (20, 0)]), LineString([(0, -10), (0, 0), (0, 10)])]


def test_roads_that_share_a_vertex_meet_there() -> None:
    network = make_network(CROSS)
    assert network.nodes == 5
    assert sorted(network.length_m) == [10, 10, 10, 20]
    assert sorted(network.road) == [0, 0, 1, 1]


def test_a_road_over_another_without_a_vertex_does_not_meet_it() -> None:
    bridge = make_network([LineString([(-10, 0), (10, 0)]), LineString([(0, -10), (0, 10)])])
    assert bridge.nodes == 4
    assert len(bridge.tail) == 2


def test_a_bend_is_no_intersection_and_a_gap_no_edge() -> None:
    network = make_network([MultiLineString([[(0, 0), (3, 0), (3, 4)], [(10, 0), (11, 0)]])])
    assert network.nodes == 4
    assert sorted(network.length_m) == [1, 7]


def test_an_edge_has_the_course_of_its_road_between_two_intersections() -> None:
    bent = MultiLineString([[(0, 0), (3, 0), (3, 4), (9, 4)], [(10, 0), (11, 0)]])
    network = make_network([bent, LineString([(3, 4), (3, 9)])])
    assert sorted(line.wkt for line in network.line) == sorted([
        "LINESTRING (0 0, 3 0, 3 4)", "LINESTRING (3 4, 9 4)", "LINESTRING (10 0, 11 0)", "LINESTRING (3 4, 3 9)"])
    assert shapely.length(network.line) == pytest.approx(network.length_m)


def test_no_roads_are_an_empty_network() -> None:
    network = make_network([])
    assert (network.nodes, len(network.tail), len(network.line)) == (0, 0, 0)
