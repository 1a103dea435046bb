"""Lanes inside estates and works, lakes in parks and running tracks at schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity

from twin.plan.lines import GRID_M, polygons, tidy
from twin.plan.records import Feature

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry as Geometry

    from twin.plan.plan import Plan
    from twin.plan.records import Lot

LANE_SETBACK_M = {"gated": 8.0, "tower": 9.5, "industry": 6.5, "logistics": 9.0, "walkup": 4.0}
LANE_WIDTH_M = 5.0
LEAST_LANE_M = 40.0
LINK_M = 75.0  # from a street to a lane at most
LAKE_M2 = 25_000.0  # parks from this size have a lake
LAKES_SHARE = 0.5  # of them
LAKE_SHARE = 0.3  # of the park
TRACK_M = (84.0, 36.0)  # straight and width of a 300 m running track


def draw_lanes(plan: Plan) -> list[Feature]:
    """Return lanes that run around the houses of a lot, each joined to a street by its nearest point."""
    houses: dict[int, list[shapely.Polygon]] = {}
    for house in plan.houses:
        houses.setdefault(house.lot, []).append(house.geometry)
    corners = np.array(
        [shapely.Point(x, y) for way in plan.ways if not way.structure for x, y in way.points.tolist()], dtype=object
    )
    tree = shapely.STRtree(corners)
    lanes = []
    for number, lot in enumerate(plan.lots):
        if lot.purpose not in LANE_SETBACK_M or number not in houses:
            continue
        taken = shapely.buffer(shapely.union_all(houses[number]), LANE_WIDTH_M / 2 + 0.5)
        lane = _ring_lane(lot, taken)
        if lane is None:
            continue
        lanes.append(Feature(lane, {"highway": "service", "surface": "concrete"}))
        if link := _link(lane, corners[tree.query(lane, predicate="dwithin", distance=LINK_M)], taken):
            lanes.append(Feature(link, {"highway": "service", "service": "driveway"}))
    return lanes


def _ring_lane(lot: Lot, taken: shapely.Geometry) -> shapely.LineString | None:
    """Return the longest piece of a ring around a lot that no house stands on."""
    inner = polygons(shapely.buffer(lot.geometry, -LANE_SETBACK_M[lot.purpose], join_style="mitre"), 400)
    if not inner:
        return None
    ring = shapely.simplify(inner[0].exterior, 0.3)
    free = shapely.line_merge(shapely.difference(ring, taken))
    piece = max(shapely.get_parts(free), key=lambda part: part.length, default=None)
    if piece is None or piece.length < LEAST_LANE_M:
        return None
    return shapely.LineString(np.round(shapely.get_coordinates(piece), 2))


def _link(
    lane: shapely.LineString, corners: np.ndarray, taken: shapely.Geometry
) -> shapely.LineString | None:
    """Return the shortest way from a corner of a lane to a point of a street that no house bars."""
    ends = [shapely.Point(x, y) for x, y in lane.coords]
    found = [(round(float(end.distance(corner)), 2), end, corner) for end in ends for corner in corners]
    for _, end, corner in sorted(found, key=lambda item: (item[0], item[1].x, item[2].x))[:12]:
        link = shapely.LineString([end, corner])
        if not link.intersects(taken) and link.length > 1:
            return link
    return None


def draw_lakes(plan: Plan) -> list[Feature]:
    """Return a lake in every large park, where no house stands."""
    random = plan.site.random("lakes")
    lakes = []
    for lot in plan.lots:
        if lot.purpose != "park" or lot.geometry.area < LAKE_M2 or random.random() >= LAKES_SHARE:
            continue
        centre = lot.geometry.centroid
        turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        waves = 1 + 0.16 * np.sin(2 * turn + random.uniform(0, 6)) + 0.08 * np.sin(5 * turn + random.uniform(0, 6))
        reach = np.sqrt(lot.geometry.area * LAKE_SHARE / np.pi) * waves
        shore = np.round(np.column_stack([centre.x + reach * np.cos(turn), centre.y + reach * np.sin(turn)]), 2)
        dry: Geometry = shapely.buffer(lot.geometry, -12)
        for house in plan.houses:
            if house.geometry.distance(lot.geometry) == 0:
                dry = shapely.difference(dry, shapely.buffer(house.geometry, 8))
        if lake := polygons(shapely.set_precision(shapely.intersection(shapely.Polygon(shore), dry), GRID_M), 1500):
            lakes.append(Feature(lake[0], {"natural": "water", "water": "lake"}))
    return lakes


def draw_tracks(plan: Plan) -> list[Feature]:
    """Return a running track on every school's and sports ground that has room for one."""
    tracks = []
    for number, lot in enumerate(plan.lots):
        if lot.purpose not in {"school", "sports"}:
            continue
        taken = [house.geometry for house in plan.houses if house.lot == number]
        free: Geometry = shapely.buffer(lot.geometry, -6)
        if taken:
            free = shapely.difference(free, shapely.buffer(shapely.union_all(taken), 6))
        if track := _fit_track(free, lot):
            tracks.append(Feature(track, {"leisure": "track", "sport": "running", "area": "yes"}))
    return tracks


def _fit_track(free: Geometry, lot: Lot) -> shapely.Polygon | None:
    """Return a track where it fits, lengthwise or across, searched on a grid of ten metres."""
    straight, width = TRACK_M
    shape = shapely.buffer(shapely.LineString([(-straight / 2, 0), (straight / 2, 0)]), width / 2)
    west, south, east, north = free.bounds if not free.is_empty else (0, 0, 0, 0)
    for angle in (lot.bearing_deg + 90, lot.bearing_deg):
        turned = affinity.rotate(shape, angle, origin=(0, 0))
        for y in np.arange(north, south, -10.0):
            for x in np.arange(west, east, 10.0):
                moved = affinity.translate(turned, x, y)
                if free.contains(moved):
                    return tidy(moved)
    return None
