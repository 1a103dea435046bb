"""Lanes, lakes and tracks: where they run, and where they must not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

if TYPE_CHECKING:
    from twin.plan.records import Plan


@pytest.fixture(scope="module", params=["small_plan", "whole_plan"])
def plan(request: pytest.FixtureRequest) -> Plan:
    return request.getfixturevalue(request.param)


def lanes_of(plan: Plan) -> list[shapely.LineString]:
    return [feature.geometry for feature in plan.features if feature.tags.get("highway") == "service"]


def test_no_lane_runs_through_a_house_or_water_or_over_the_rails(plan: Plan) -> None:
    houses = [house.geometry for house in plan.houses if not house.is_odd]
    barriers = shapely.STRtree([*houses, plan.water, shapely.buffer(plan.rail, 5)])
    crossed, _ = barriers.query(lanes_of(plan), predicate="intersects")
    assert len(lanes_of(plan)) > 40
    assert crossed.tolist() == []


def test_every_lane_is_joined_to_a_street(plan: Plan) -> None:
    streets = {tuple(point) for way in plan.ways for point in np.round(way.points, 2).tolist()}
    lanes = [feature.geometry.coords for feature in plan.features if feature.tags.get("surface") == "concrete"]
    links = [feature.geometry.coords for feature in plan.features if feature.tags.get("service") == "driveway"]
    for lane, link in zip(lanes, links, strict=True):
        assert link[0] in set(lane)
        assert tuple(np.round(link[1], 2).tolist()) in streets


def test_lakes_and_tracks_touch_no_house(plan: Plan) -> None:
    areas = [feature.geometry for feature in plan.features if feature.geometry.geom_type == "Polygon"]
    houses = shapely.STRtree([house.geometry for house in plan.houses if not house.is_odd])
    assert areas
    assert houses.query(areas, predicate="intersects").size == 0
