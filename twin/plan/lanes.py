"""Lanes inside estates and works, lakes in parks and running tracks at schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity

from twin.plan.land import rail_space
from twin.plan.lines import GRID_M, polygons, tidy
from twin.plan.records import Feature

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry as Geometry

    from twin.plan.records import Lot, Plan

LANE_SETBACK_M = {"gated": 8.0, "tower": 9.5, "industry": 6.5, "logistics": 9.0, "walkup": 4.0}
LANE_CLEAR_M = 3.0  # from the axis of a lane of 5 m to what bars it
LEAST_LANE_M = 40.0
LINK_M = 75.0  # from a street to a lane at most
MOST_LINKS = 60  # that are tried
LAKE_M2 = 25_000.0  # parks from this size have a lake
LAKES_SHARE = 0.5  # of them
LAKE_SHARE = 0.3  # of the park
TRACK_M = (84.0, 36.0)  # straight and width of a 300 m running track


def draw_lanes(plan: Plan) -> list[Feature]:
    """Return lanes that run around the houses of a lot, each joined to a street; without a way there, there is none."""
    corners = np.unique(np.concatenate([way.points for way in plan.ways if not way.structure]), axis=0)
    places = shapely.STRtree([shapely.Point(x, y) for x, y in corners.tolist()])
    waters = [stream.area for stream in plan.streams]
    barriers = shapely.STRtree([*(house.geometry for house in plan.houses), *waters, rail_space(plan.site)])
    built = {house.lot for house in plan.houses}
    lanes = []
    for number, lot in enumerate(plan.lots):
        if lot.purpose not in LANE_SETBACK_M or number not in built:
            continue
        lane = _ring_lane(lot, barriers)
        if lane is None:
            continue
        if link := _link(lane, corners[places.query(lane, predicate="dwithin", distance=LINK_M)], barriers):
            lanes.append(Feature(lane, {"highway": "service", "surface": "concrete"}))
            lanes.append(Feature(link, {"highway": "service", "service": "driveway"}))
    return lanes


def _ring_lane(lot: Lot, barriers: shapely.STRtree) -> shapely.LineString | None:
    """Return the longest piece of a ring around a lot that nothing stands on."""
    inner = polygons(shapely.buffer(lot.geometry, -LANE_SETBACK_M[lot.purpose], join_style="mitre"), 400)
    if not inner:
        return None
    ring = shapely.simplify(inner[0].exterior, 0.3)
    near = barriers.geometries[barriers.query(ring, predicate="dwithin", distance=LANE_CLEAR_M)]
    taken = shapely.union_all(shapely.buffer(near, LANE_CLEAR_M))
    free = shapely.line_merge(shapely.difference(ring, taken))
    piece = max(shapely.get_parts(free), key=lambda part: part.length, default=None)
    if piece is None or piece.length < LEAST_LANE_M:
        return None
    return shapely.LineString(np.round(shapely.get_coordinates(piece), 2))


def _link(
    lane: shapely.LineString, corners: NDArray[np.float64], barriers: shapely.STRtree
) -> shapely.LineString | None:
    """Return the shortest way from a corner of a lane to a point of a street that nothing bars."""
    ends = shapely.get_coordinates(lane)
    away_m = np.hypot(*(ends[:, None] - corners[None]).transpose(2, 0, 1))
    for place in np.argsort(away_m, axis=None, kind="stable")[:MOST_LINKS].tolist():
        end, corner = divmod(place, len(corners))
        link = shapely.LineString([ends[end], corners[corner]])
        if link.length > 1 and not len(barriers.query(link, predicate="dwithin", distance=LANE_CLEAR_M - 0.1)):
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
