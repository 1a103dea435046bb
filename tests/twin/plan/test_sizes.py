"""Plans of other sizes and seeds: whatever the number of residents, they have homes and what a town needs."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from twin.plan.osm import Sheet, draw_sheet
from twin.plan.plan import draw_plan
from twin.plan.reserve import SIZES_M

if TYPE_CHECKING:
    from twin.plan.records import Plan

ESSENTIAL = {"gated", "walkup", "oldtown", "village", "industry", "centre", "market", "school", "hospital",
             "government", "sports", "culture", "park", "works", "storage", "substation", "station", "rail"}


@pytest.fixture(scope="module", params=[(10_000, 2028), (10_000, 42), (12_000, 7), (37_000, 42)])
def plan(request: pytest.FixtureRequest) -> Plan:
    return draw_plan(*request.param)


@pytest.fixture(scope="module")
def sheet(plan: Plan) -> Sheet:
    return draw_sheet(plan)


def test_people_have_34_to_44_m2_of_dwelling_each(plan: Plan) -> None:
    floor_m2 = sum(house.floor_area_m2 for house in plan.houses if house.use == "residential")
    assert 34 <= floor_m2 / plan.site.residents <= 44


def test_nothing_that_a_town_needs_is_missing(plan: Plan) -> None:
    assert {lot.purpose for lot in plan.lots} >= ESSENTIAL
    assert {house.kind for house in plan.houses} >= {"apartments", "school", "hospital", "train_station", "retail"}
    assert {asset.tags.get("power") for asset in plan.assets} >= {"substation", "plant", "generator", "line", "cable"}


def test_works_get_most_of_the_land_they_ask_for(plan: Plan) -> None:
    for lot in plan.lots:
        if size_m := SIZES_M.get(lot.level or lot.purpose):
            assert lot.geometry.area > 0.6 * size_m[0] * size_m[1]


def test_streets_meet_in_nodes_and_are_one_network(plan: Plan) -> None:
    lines = [shapely.LineString(way.points) for way in plan.ways]
    for first, second in zip(*shapely.STRtree(lines).query(lines, predicate="crosses"), strict=True):
        met = shapely.get_coordinates(lines[first].intersection(lines[second]))
        both = np.concatenate([plan.ways[first].points, plan.ways[second].points])
        for point in met:
            assert np.hypot(*(both - point).T).min() < 0.01


def test_waters_are_crossed_on_bridges_and_rails_below_them(plan: Plan) -> None:
    for way in plan.ways:
        line = shapely.LineString(way.points)
        assert way.structure == "bridge" or shapely.intersection(line, plan.water).length < 0.5
        assert way.structure == "underpass" or not line.intersects(plan.rail)
        assert line.length < 200 or way.structure != "bridge"


def test_the_railway_has_bridges_over_water_and_stations_of_its_own(plan: Plan, sheet: Sheet) -> None:
    rails = [(set(nodes), tags) for _, nodes, tags in sheet.ways if tags.get("railway") == "rail"]
    stations = {number for number, tags in sheet.node_tags.items() if tags.get("railway") == "station"}
    assert len(stations) == sum(lot.purpose == "station" for lot in plan.lots) >= 1
    assert all(any(station in nodes for nodes, _ in rails) for station in stations)
    assert sum("bridge" in tags for _, tags in rails) >= 1
    assert all(first[0] & second[0] for first, second in itertools.pairwise(rails))


def test_the_railway_has_land_from_edge_to_edge(plan: Plan) -> None:
    land = shapely.union_all([lot.geometry for lot in plan.lots if lot.purpose == "rail"])
    rest = shapely.difference(shapely.intersection(plan.rail, plan.zone), shapely.union_all([land, plan.water]))
    assert rest.length < 1


def test_the_whole_zone_has_two_stations(whole_plan: Plan) -> None:
    sheet = draw_sheet(whole_plan)
    names = [tags["name"] for tags in sheet.node_tags.values() if tags.get("railway") == "station"]
    assert len(set(names)) == len(names) == 2
    assert all(name.endswith("站") for name in names)


def test_at_least_twelve_oddities_are_planted(plan: Plan) -> None:
    assert len(plan.oddities) >= 12


def test_names_and_reference_numbers_are_unique(plan: Plan) -> None:
    names = [lot.name for lot in plan.lots if lot.name]
    assert len(set(names)) == len(names)
    assert len({lot.ref for lot in plan.lots}) == len(plan.lots)
    assert len({quarter.name for quarter in plan.quarters}) == len(plan.quarters)


def test_houses_stand_on_dry_land_and_apart(plan: Plan) -> None:
    shapes = [house.geometry for house in plan.houses if not house.is_odd]
    tree = shapely.STRtree(shapes)
    assert tree.query(plan.water, predicate="intersects").size == 0
    first, second = tree.query(shapes, predicate="intersects")
    shared = [shapes[a].intersection(shapes[b]).area for a, b in zip(first, second, strict=True) if a < b]
    assert max(shared, default=0) < 0.5
