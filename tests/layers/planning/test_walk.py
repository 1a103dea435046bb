"""Walking times along roads: by hand, in the limit, and against networkx."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString, Point, box

from layers.planning.walk import Footholds, find_footholds, walking_minutes
from twin.network import Network, make_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from twin.store import Store

PACE = 60.0  # m/min
LEG_M = 100.0
CROSS = [LineString([(-300, 0), (0, 0), (600, 0)]), LineString([(0, -300), (0, 0), (0, 300)])]


def array(shapes: Sequence[shapely.Geometry]) -> np.ndarray:
    held = np.empty(len(shapes), object)
    held[:] = shapes
    return held


def walk(
    roads: Sequence[LineString], homes: Sequence[shapely.Geometry], *services: Sequence[shapely.Geometry],
    paces: Sequence[float] | None = None,
) -> np.ndarray:
    network = make_network(roads)
    speed = np.full(len(network.tail), PACE) if paces is None else np.asarray(paces, float)[network.road]
    found = [find_footholds(network, array(shapes), greatest_leg_m=LEG_M) for shapes in (homes, *services)]
    return walking_minutes(network, speed, found[0], found[1:], leg_speed=PACE)


def test_a_walk_is_two_legs_and_the_way_along_the_roads() -> None:
    # 30 m to the road, 200 m to the crossing, 120 m up the other road, 18 m to the shop
    minutes = walk(CROSS, [Point(200, 30)], [Point(18, 120)])
    assert minutes == pytest.approx(np.array([[(30 + 200 + 120 + 18) / 60]]))


def test_two_places_on_one_road_are_as_far_apart_as_they_are_and_not_by_way_of_its_ends() -> None:
    assert walk(CROSS, [Point(100, 0)], [Point(160, 0)]) == pytest.approx(np.array([[1]]))
    assert walk(CROSS, [Point(100, 0)], [Point(100, 0)]) == pytest.approx(np.array([[0]]))
    assert walk(CROSS, [Point(0, 0)], [Point(600, 0)]) == pytest.approx(np.array([[10]]))


def test_the_nearest_of_each_kind_counts() -> None:
    minutes = walk(CROSS, [Point(60, 0)], [Point(600, 0), Point(120, 0)], [Point(0, 60)])
    assert minutes == pytest.approx(np.array([[1, 2]]))


def test_of_two_roads_between_the_same_ends_the_faster_is_walked_however_long() -> None:
    straight, bent = LineString([(0, 0), (60, 0)]), LineString([(0, 0), (30, 40), (60, 0)])  # 60 m and 100 m
    ends = ([Point(0, 0)], [Point(60, 0)])
    assert walk([straight, bent], *ends) == pytest.approx(np.array([[1]]))
    assert walk([straight, bent], *ends, paces=[20, 50]) == pytest.approx(np.array([[2]]))


def test_steps_are_slower_than_a_way() -> None:
    roads = [LineString([(0, 0), (60, 0)]), LineString([(60, 0), (90, 0)])]
    assert walk(roads, [Point(0, 0)], [Point(90, 0)], paces=[60, 30]) == pytest.approx(np.array([[1 + 1]]))


def test_no_way_is_no_walk_and_no_service_neither() -> None:
    roads = [*CROSS, LineString([(0, 1000), (10, 1000)])]
    minutes = walk(roads, [Point(0, 0)], [Point(5, 1000)], [])
    assert np.isinf(minutes).all()


def test_a_place_far_from_all_roads_does_not_meet_the_network() -> None:
    network = make_network(CROSS)
    found = find_footholds(network, array([Point(200, 101), Point(200, 99)]), greatest_leg_m=LEG_M)
    assert found.place.tolist() == [1]
    assert find_footholds(make_network([]), array([Point(0, 0)]), greatest_leg_m=LEG_M).place.tolist() == []
    assert find_footholds(network, array([]), greatest_leg_m=LEG_M).place.tolist() == []


def test_a_house_meets_the_road_beside_its_middle_from_its_wall() -> None:
    found = find_footholds(make_network(CROSS), array([box(100, 20, 140, 50)]), greatest_leg_m=LEG_M)
    assert found.leg_m.tolist() == pytest.approx([20])
    assert found.along_m.tolist() in ([pytest.approx(120)], [pytest.approx(480)])  # from the edge's tail


def test_of_two_streets_through_a_house_the_one_nearer_to_its_middle_counts_whatever_their_order() -> None:
    streets = [LineString([(0, -50), (0, 50)]), LineString([(7, -50), (7, 50)])]
    for order in (streets, streets[::-1]):
        network = make_network(order)
        found = find_footholds(network, array([box(-2, -5, 10, 5)]), greatest_leg_m=LEG_M)
        assert (network.line[found.edge[0]].bounds[0], found.leg_m[0]) == (7, 0)


def test_walks_are_the_same_from_shop_to_home() -> None:
    random = np.random.default_rng(1)
    there, here = (array([Point(*place) for place in random.uniform(-90, 90, (20, 2))]) for _ in range(2))
    forth = [walk(CROSS, [one], [other])[0, 0] for one, other in zip(there, here, strict=True)]
    back = [walk(CROSS, [other], [one])[0, 0] for one, other in zip(there, here, strict=True)]
    assert forth == pytest.approx(back)


def test_twice_the_size_is_twice_the_time() -> None:
    homes, shops = [Point(200, 30), Point(-40, 4)], [Point(18, 120), Point(500, -20)]
    twice = [LineString(2 * shapely.get_coordinates(line)) for line in CROSS]
    larger = walk(twice, *([Point(2 * point.x, 2 * point.y) for point in points] for points in (homes, shops)))
    assert larger == pytest.approx(2 * walk(CROSS, homes, shops))


def by_networkx(
    network: Network, speed: np.ndarray, homes: Footholds, service: Footholds, *, pace: float = PACE
) -> list[float]:
    """Return the minutes to the nearest service, with every place a node beside the ends of its edge."""
    graph = nx.Graph()

    def join(one: object, other: object, minutes: float) -> None:
        if not graph.has_edge(one, other) or graph.edges[one, other]["minutes"] > minutes:
            graph.add_edge(one, other, minutes=minutes)

    for edge, (tail, head) in enumerate(zip(network.tail, network.head, strict=True)):
        join(int(tail), int(head), network.length_m[edge] / speed[edge])
    for name, held in (("home", homes), ("shop", service)):
        for number, (edge, along) in enumerate(zip(held.edge, held.along_m, strict=True)):
            join((name, number), int(network.tail[edge]), along / speed[edge])
            join((name, number), int(network.head[edge]), (network.length_m[edge] - along) / speed[edge])
    for one, edge in enumerate(homes.edge):
        for other in np.flatnonzero(service.edge == edge):
            apart = abs(homes.along_m[one] - service.along_m[other])
            join(("home", one), ("shop", int(other)), apart / speed[edge])
    for number, leg in enumerate(service.leg_m):
        graph.add_edge("all shops", ("shop", number), minutes=leg / pace)
    reached = nx.single_source_dijkstra_path_length(graph, "all shops", weight="minutes")
    return [reached.get(("home", number), np.inf) + leg / pace for number, leg in enumerate(homes.leg_m)]


def town(side: int, seed: int) -> list[LineString]:
    """Return the streets of a town on a bent grid, one per block, a third of them missing."""
    random = np.random.default_rng(seed)
    corner = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), axis=-1) * 100.0
    corner += random.uniform(-30, 30, corner.shape)
    pairs = [((row, column), (row + down, column + 1 - down)) for row in range(side) for column in range(side)
             for down in (0, 1) if row + down < side and column + 1 - down < side]
    return [LineString([corner[here], corner[there]]) for here, there in pairs if random.uniform() > 0.33]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_walks_through_a_town_are_those_of_networkx(seed: int) -> None:
    network, random = make_network(town(10, seed)), np.random.default_rng(seed)
    speed = random.uniform(30, 90, len(network.tail))
    homes, shops = (find_footholds(network, array([Point(*place) for place in random.uniform(0, 900, (count, 2))]),
                                   greatest_leg_m=LEG_M) for count in (300, 12))
    own = walking_minutes(network, speed, homes, [shops], leg_speed=PACE)[:, 0]
    expected = np.array(by_networkx(network, speed, homes, shops))
    assert np.isfinite(expected).sum() > 100
    assert own == pytest.approx(expected)


def test_walks_of_a_real_quarter_are_those_of_networkx_and_never_shorter_than_the_crow_flies(
    helsinki_store: Store,
) -> None:
    release = helsinki_store.open_release("helsinki")
    told = pd.read_parquet(release.table("building_planning")).set_index("building_id")["retail_walk_min"]
    factors = pd.read_parquet(release.table("factor_in_force")).set_index("quantity")["value"]
    roads = gpd.read_parquet(release.table("road"))
    roads = roads[("walking_speed." + roads["class"]).isin(factors.index)]
    buildings = gpd.read_parquet(release.table("building"))
    standing = buildings[buildings["status"] == "existing"]
    homes, shops = standing[standing["residents"] > 0], standing[standing["use"].isin(["retail", "mixed"])]
    network = make_network(list(roads.geometry))
    speed = 60 * factors["walking_speed." + roads["class"]].to_numpy()[network.road]
    leg_m = factors["walking_reach.leg"]
    found, places = (find_footholds(network, frame.geometry.to_numpy(), greatest_leg_m=leg_m)
                     for frame in (homes, shops))
    pace = 60 * factors["walking_speed.off_road"]
    expected = pd.Series(by_networkx(network, speed, found, places, pace=pace),
                         index=homes["building_id"].to_numpy()[found.place])
    own = told.reindex(homes["building_id"])
    assert np.isfinite(expected).sum() > 0.9 * len(homes) > 50
    reached = expected.index[np.isfinite(expected)]
    assert own[reached].to_numpy() == pytest.approx(expected[reached].to_numpy())
    assert own.drop(reached).isna().all()
    straight = homes.sjoin_nearest(shops[["geometry"]], distance_col="distance_m").groupby("building_id")["distance_m"]
    assert (own * pace >= straight.first().reindex(own.index) - 1e-6)[own.notna()].all()
