"""Houses on lots: the fabric of a lot's purpose laid out in rows that the sun reaches."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity

from twin.plan.records import RESIDENTIAL_STOREY_2025_M, RESIDENTIAL_STOREY_M, House, Part
from twin.plan.rows import Frame, Row, fill_span, turn
from twin.plan.sunlight import SPARE_H, sun_hours

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry as Geometry

    from twin.plan.fabric import Fabric
    from twin.plan.records import Lot

NEW_STOREY_YEAR = 2025
SLACK_M = 0.5  # of the gap between rows
LONGEST_GAP_M = 240.0
PODIUM_MARGIN_M = 9.0
LARGE_M2 = 36_000.0  # a lot twice as large has twice as many houses of a kind
NORTHERN_SHARE = 1.3  # of a quarter's storeys in its last row, whose shade falls on the street
ROOM_M = 0.3  # left over in every gap, for depths that differ


def build_lot(
    random: np.random.Generator, number: int, lot: Lot, fabrics: tuple[Fabric, ...], year: int, sun_h: float
) -> list[House]:
    """
    Return the houses of a lot.

    Parameters
    ----------
    random
        Random numbers of this lot.
    number, lot
        The lot.
    fabrics
        What stands on it, the most important first.
    year
        Year in which it is finished.
    sun_h
        Hours of sun that the windows of homes must have. [h]
    """
    houses: list[House] = []
    for fabric in fabrics:
        if random.random() >= fabric.share:
            continue
        frame = turn(lot.geometry, lot.bearing_deg, fabric.edge_m)
        if houses:
            taken = _turn_shapes(frame, houses, fabric.clear_m)
            frame = frame.without(taken)
        most = fabric.most * max(round(lot.geometry.area / LARGE_M2), 1)
        places = _places(random, frame, fabric, year, sun_h)[:most]
        houses += [_house(random, frame, fabric, place, year=year, number=number) for place in places]
    return houses


def _turn_shapes(frame: Frame, houses: list[House], clear_m: float) -> Geometry:
    """Return the ground of houses and some clear space around, in a lot's frame. [m]"""
    ground = shapely.union_all([house.geometry for house in houses])
    turned = affinity.rotate(ground, -frame.bearing_deg, origin=frame.centre)
    return shapely.buffer(turned, clear_m, join_style="mitre")


def _places(
    random: np.random.Generator, frame: Frame, fabric: Fabric, year: int, sun_h: float
) -> list[tuple[shapely.Polygon, int]]:
    """Return outlines in the lot's frame with their storeys, row by row; great houses stand in the midst of a lot."""
    places = []
    for row, levels in _rows(random, frame, fabric, year, sun_h):
        for span in row.spans:
            for west, east in fill_span(random, span, fabric.lengths_m, fabric.side_m):
                places.append((shapely.box(west, row.y, east, row.y + row.depth_m), levels))
    if fabric.is_central:
        places.sort(key=lambda place: round(place[0].centroid.distance(frame.centre), 1))
    return places


def _rows(
    random: np.random.Generator, frame: Frame, fabric: Fabric, year: int, sun_h: float
) -> list[tuple[Row, int]]:
    """Return the rows of a lot from south to north with their storeys; rows of homes fill its whole depth."""
    if shapely.is_empty(frame.area):
        return []
    south, north = frame.reach(max(fabric.depths_m), min(fabric.lengths_m))
    levels, gap_m = int(random.choice(fabric.levels)), fabric.gap_m
    if fabric.is_home:
        levels, gap_m = _fit_homes(fabric, levels, north - south, year, sun_h)
    rows: list[tuple[Row, int]] = []
    depth_m = float(random.choice(fabric.depths_m))
    y = max(north - depth_m - 1.0, south) if fabric.from_north else south
    while south <= y <= north - depth_m:
        spans = frame.spans(y, depth_m, min(fabric.lengths_m))
        if not spans:
            y += -3.0 if fabric.from_north else 3.0
            continue
        rows.append((Row(y, depth_m, spans), levels if fabric.is_home else int(random.choice(fabric.levels))))
        y += depth_m + gap_m
        depth_m = float(random.choice(fabric.depths_m))
    if fabric.is_home and len(rows) > 1:
        rows[-1] = (rows[-1][0], min(round(levels * NORTHERN_SHARE), max(fabric.levels)))
    return rows


def _fit_homes(fabric: Fabric, levels: int, room_m: float, year: int, sun_h: float) -> tuple[int, float]:
    """
    Return storeys and a gap with which rows of homes fill a lot from its southern to its northern edge.

    The gap that the wanted storeys need gives the number of rows; spread evenly, they may be higher or must be lower.
    """
    depth_m = max(fabric.depths_m)
    wanted_m = _sunny_gap(fabric, levels, year, sun_h)
    lowest_m = _sunny_gap(fabric, min(fabric.levels), year, sun_h) + ROOM_M
    most = int((room_m + lowest_m) / (depth_m + lowest_m))
    rows = min(round((room_m + wanted_m) / (depth_m + wanted_m)), most)
    if rows <= 1:
        return levels, wanted_m
    gap_m = (room_m - rows * depth_m) / (rows - 1) - ROOM_M
    while levels < max(fabric.levels) and _sunny_gap(fabric, levels + 1, year, sun_h) <= gap_m:
        levels += 1
    while levels > min(fabric.levels) and _sunny_gap(fabric, levels, year, sun_h) > gap_m:
        levels -= 1
    return levels, gap_m


def storey_height(fabric: Fabric, year: int) -> float:
    """Return the height of a storey. [m]"""
    return fabric.storey_m or (RESIDENTIAL_STOREY_2025_M if year >= NEW_STOREY_YEAR else RESIDENTIAL_STOREY_M)


def _sunny_gap(fabric: Fabric, levels: int, year: int, sun_h: float) -> float:
    height_m = levels * storey_height(fabric, year)
    length_m = float(np.median(fabric.lengths_m))
    return needed_gap(round(height_m, 1), length_m, fabric.side_m, fabric.depths_m[0], sun_h)


@cache
def needed_gap(height_m: float, length_m: float, side_m: float, depth_m: float, sun_h: float) -> float:
    """
    Return how far behind a row of equal houses the next row gets its sun on Great Cold day, found by halving. [m]

    Parameters
    ----------
    height_m, length_m, depth_m
        Of a house. [m]
    side_m
        Between the houses of a row. [m]
    sun_h
        Hours that every window must have. [h]
    """
    low, high = 6.0, LONGEST_GAP_M
    while high - low > SLACK_M:
        gap_m = (low + high) / 2
        starts = [number * (length_m + side_m) for number in range(-3, 4)]
        front = [_prism(start, 0.0, length_m, depth_m, height_m, is_home=False) for start in starts]
        behind = _prism(0.0, depth_m + gap_m, length_m, depth_m, height_m, is_home=True)
        hours = sun_hours([*front, behind])[-1]
        low, high = (low, gap_m) if hours.min() >= sun_h + SPARE_H else (gap_m, high)
    return round(high, 1)


def _prism(x: float, y: float, length_m: float, depth_m: float, height_m: float, *, is_home: bool) -> House:
    shape = shapely.box(x, y, x + length_m, y + depth_m)
    return House(shape, "", "residential", 1, height_m, 2025, 0, is_home=is_home)


def _house(
    random: np.random.Generator, frame: Frame, fabric: Fabric, place: tuple[shapely.Polygon, int], *, year: int,
    number: int,
) -> House:
    outline, levels = place
    ground = shapely.buffer(outline, PODIUM_MARGIN_M, join_style="mitre") if fabric.podium else outline
    house = House(
        geometry=frame.back(ground), kind=fabric.kind, use=fabric.use, levels=levels,
        storey_m=storey_height(fabric, year), year=year, lot=number, is_home=fabric.is_home,
        roof_shape=str(random.choice(fabric.roofs)), bearing_deg=frame.bearing_deg,
    )
    if fabric.podium:
        house.parts = [Part(house.geometry, 0, fabric.podium), Part(frame.back(outline), fabric.podium, levels)]
    return house
