"""Oddities planted in a plan: what real data hold and a model must not trip over."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity

from twin.plan.lines import on_grid, tidy
from twin.plan.lots import tenure
from twin.plan.records import ACROSS, House, Lot
from twin.plan.streets import Street, Way

if TYPE_CHECKING:
    from twin.plan.records import Plan

OUTSIDE_M = 600.0  # how far a street runs on beyond the zone
FAR_M = 1e4
APART_M, FAR_APART_M = 15.0, 60.0  # between places that are looked at, and two that are taken on one lot
MOST_ON_LOT = 3
OVERLAP_M = 0.8  # by which a parcel claims its neighbour's land
PAVILION_M = (12.0, 8.0)


def plant_oddities(plan: Plan) -> None:
    """
    Change a plan so that it holds each kind of oddity once, and note which features they are.

    Houses that are odd are marked with the oddity's name.
    """
    podium = next((house for house in plan.houses if house.parts), None)
    bridge = next((way for way in plan.ways if way.structure == "bridge"), None)
    _stand_across_three_lots(plan)
    _put_hole_into_park(plan)
    _overlap_lots(plan)
    _add_houses(plan)
    _run_street_outside(plan)
    plan.oddities |= {house.oddity: house for house in plan.houses if house.oddity}
    if podium:
        plan.oddities["tower on a podium"] = podium
    if bridge:
        plan.oddities["bridge"] = bridge


def _stand_across_three_lots(plan: Plan) -> None:
    """Cut a lot twice through a long hall, as happens where a works has grown over its neighbours."""
    halls = [house for house in plan.houses if house.kind in {"industrial", "warehouse"} and not house.parts]
    for house in sorted(halls, key=lambda hall: -round(hall.geometry.area, 1)):
        others = [other for other in plan.houses if other.lot == house.lot and other is not house]
        pieces = _strips(house, plan.lots[house.lot])
        homes = [[piece.contains(other.geometry) for piece in pieces] for other in others]
        if all(any(home) for home in homes):
            break
    lot = plan.lots[house.lot]
    numbers = [len(plan.lots), house.lot, len(plan.lots) + 1]
    lot.geometry = pieces[1]
    for piece in (pieces[0], pieces[2]):
        plan.lots.append(Lot(piece, lot.purpose, lot.code, lot.bearing_deg, lot.tenure, lot.year, lot.quarter))
    house.oddity = ACROSS
    for other, home in zip(others, homes, strict=True):
        other.lot = numbers[home.index(True)]


def _strips(house: House, lot: Lot) -> list[shapely.Polygon]:
    """Return a lot in three strips, cut across a house."""
    centre = house.geometry.centroid
    west, south, east, north = affinity.rotate(house.geometry, -house.bearing_deg, origin=centre).bounds
    cuts = [west + (east - west) * share for share in (0.2, 0.7)]
    pieces = []
    for low, high in zip([west - FAR_M, *cuts], [*cuts, east + FAR_M], strict=True):
        strip = affinity.rotate(shapely.box(low, south - FAR_M, high, north + FAR_M), house.bearing_deg, origin=centre)
        pieces.append(tidy(shapely.intersection(lot.geometry, strip)))
    return pieces


def _put_hole_into_park(plan: Plan) -> None:
    """Leave a pumping station's parcel in the midst of a park."""
    parks = [lot for lot in plan.lots if lot.purpose in {"park", "garden"} and lot.geometry.area > 12_000]
    houses = shapely.union_all([house.geometry for house in plan.houses if plan.lots[house.lot] in parks])
    for lot in sorted(parks, key=lambda lot: -round(lot.geometry.area)):
        x, y = lot.geometry.centroid.coords[0]
        hole = tidy(shapely.box(x + 30, y - 18, x + 58, y + 4))
        if shapely.buffer(lot.geometry, -10).contains(hole) and not hole.intersects(houses):
            lot.geometry = tidy(shapely.difference(lot.geometry, hole))
            plan.lots.append(Lot(hole, "works", "1302", 0.0, tenure("works"), lot.year, lot.quarter))
            plan.oddities["parcel with a hole"] = lot
            return


def _overlap_lots(plan: Plan) -> None:
    """Let a field's outline reach into its neighbour's, as two surveys of one boundary do."""
    fields = [lot for lot in plan.lots if lot.purpose in {"field", "industry"}]
    tree = shapely.STRtree([lot.geometry for lot in plan.lots])
    for lot in fields:
        wider = tidy(shapely.buffer(lot.geometry, OVERLAP_M, join_style="mitre"))
        near = [plan.lots[number] for number in tree.query(wider, predicate="intersects")]
        shared = [other for other in near if other is not lot and other.geometry.intersection(wider).area > 20]
        if shared:
            strip = shapely.intersection(wider, shared[0].geometry)
            lot.geometry = tidy(lot.geometry.union(strip))
            plan.oddities["overlapping parcels"] = lot
            return


def _add_houses(plan: Plan) -> None:
    """Add the houses that a tidy plan would not have, on free ground of their own."""
    free = _free_places(plan, 7)
    box = shapely.box(0, 0, *PAVILION_M)
    x, y = PAVILION_M
    crossed = shapely.Polygon([(0, 0), (x, y), (x, 0), (0, y), (0, 0)])
    court = shapely.Polygon(
        shapely.box(-4, -4, 18, 16).exterior.coords, [shapely.box(2, 2, 12, 10).exterior.coords]
    )
    shapes: dict[str, tuple[shapely.Polygon, dict[str, str]]] = {
        "without use": (box, {"building": "yes", "building:levels": "2"}),
        "self-crossing outline": (crossed, {"building": "shed"}),
        "height in feet": (box, {"building": "pavilion", "height": "20'"}),
        "courtyard": (court, {"building": "civic", "building:levels": "2"}),
        "demolished": (box, {"building": "demolished", "demolished:building": "yes"}),
        "storeys in a range": (box, {"building": "office", "building:levels": "3;4"}),
        "underground car park": (box, {"building": "parking", "parking": "underground", "location": "underground",
                                       "layer": "-1", "building:levels:underground": "2"}),
    }
    for (name, (shape, tags)), (point, lot) in zip(shapes.items(), free, strict=False):
        placed = affinity.translate(shape, point[0], point[1])
        _add(plan, name, placed, lot, tags)
    homes = [house for house in plan.houses if house.kind == "retail" and not house.parts]
    first, second = homes[0], homes[-1]
    moved = affinity.translate(first.geometry, 3.0, 2.0)
    _add(plan, "overlapping another", moved, first.lot, {"building": "retail", "building:levels": "1"})
    _add(plan, "drawn twice", second.geometry, second.lot, {"building": "yes"})
    edge = plan.zone.exterior.interpolate(0.37, normalized=True)
    kiosk = shapely.box(edge.x - 9, edge.y - 9, edge.x + 9, edge.y + 9)
    _add(plan, "across the zone's edge", kiosk, 0, {"building": "kiosk", "building:levels": "1"})


def _add(plan: Plan, name: str, shape: shapely.Polygon, lot: int, tags: dict[str, str]) -> None:
    rounded = on_grid(shape)
    house = House(rounded, tags["building"], "other", 1, 3.6, 2012, lot, tags=tags, oddity=name)
    plan.houses.append(house)


def _free_places(plan: Plan, number: int) -> list[tuple[tuple[float, float], int]]:
    """Return places on green land, which nobody builds on, apart from each other and from all houses and waters."""
    taken = [house.geometry for house in plan.houses] + [item.geometry for item in plan.features]
    tree = shapely.STRtree([*taken, plan.water])
    found: list[tuple[int, tuple[float, float], int]] = []
    for index, lot in enumerate(plan.lots):
        if lot.purpose not in {"belt", "garden", "park"}:
            continue
        own: list[tuple[float, float]] = []
        west, south, east, north = lot.geometry.bounds
        for x, y in itertools.product(np.arange(west, east, APART_M), np.arange(south, north, APART_M)):
            ground = shapely.box(x - 6, y - 6, x + 20, y + 18)
            near = any(math.hypot(x - other[0], y - other[1]) < FAR_APART_M for other in own)
            if near or not lot.geometry.contains(ground) or len(tree.query(ground, predicate="intersects")):
                continue
            own.append((round(float(x), 2), round(float(y), 2)))
            found.append((len(own), own[-1], index))
            if len(own) == MOST_ON_LOT:
                break
        if sum(first == 1 for first, *_ in found) == number:
            break
    found.sort(key=lambda place: place[0])  # one to a lot, so that they lie apart, then further ones
    return [(place, index) for _, place, index in found[:number]]


def _run_street_outside(plan: Plan) -> None:
    """Let a street run on beyond the zone, as ways of an extract do; one that meets no water there, if there is one."""
    east: dict[float, Way] = {}
    for way in plan.ways:
        if way.street.along == "u" and way.street.kind == "primary":
            east[way.street.across] = max(east.get(way.street.across, way), way, key=_easternmost)
    ways = [_run_on(way) for way in east.values()]
    wet_m = [shapely.intersection(shapely.LineString(way.points), plan.water).length for way in ways]
    plan.ways.append(ways[int(np.argmin(wet_m))])
    plan.oddities["way outside the zone"] = plan.ways[-1]


def _easternmost(way: Way) -> float:
    return float(way.points[:, 0].max())


def _run_on(way: Way) -> Way:
    """Return a way that goes straight on from the eastern end of another."""
    before, end = way.points[np.argsort(way.points[:, 0])][-2:]
    ahead = (end - before) / np.hypot(*(end - before))
    street = way.street
    further = Street("u", street.across, street.end, street.end + OUTSIDE_M, street.kind, street.name)
    return Way(further, np.round(end + ahead * np.array([[0.0], [OUTSIDE_M / 2], [OUTSIDE_M]]), 2))
