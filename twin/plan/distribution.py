"""Distribution of electricity in a plan: transformers beside the houses they serve, and public chargers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.plan.demand import by_lot
from twin.plan.records import Feature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from twin.plan.demand import Demand
    from twin.plan.records import House, Lot, Plan
    from twin.plan.room import Room

# Ratings of 10 kV distribution transformers, GB/T 6451 and GB/T 10228 [kVA]
RATINGS_KVA = (315, 400, 500, 630, 800, 1000, 1250, 1600, 2000)
RATIO = 2.0  # transformer capacity over the zone's peak: lots do not peak together
OWN_KVA = 220.0  # a lot that needs less is served from a neighbour's
LARGEST_KVA = {"gated": 1000, "tower": 1250, "walkup": 800, "commons": 400, "oldtown": 630}
LARGEST_ELSE_KVA = 2000
EARLIEST_YEAR = 1996

# Public chargers. China had 2.5 per thousand residents at the end of 2024 (EVCIPA: 3.6 million); twice that here.
CHARGERS_PER_RESIDENT = 0.005
# Chance of a lot, power of a charger [kW], least and most chargers
CHARGED = {
    "market": (8.0, 120, 8, 20), "station": (8.0, 120, 10, 20), "centre": (3.0, 60, 6, 14), "gated": (1.6, 7, 8, 24),
    "tower": (1.6, 7, 10, 24), "government": (3.0, 60, 6, 12), "hospital": (3.0, 60, 6, 12),
    "sports": (3.0, 60, 6, 12), "logistics": (2.0, 180, 4, 10), "industry": (0.4, 60, 4, 8),
}
CHARGER_BESIDE_M = 7.0
FIRST_CHARGERS, LAST_CHARGERS = 2017, 2026


def draw_transformers(plan: Plan, demand: Demand, room: Room) -> list[Feature]:
    """Return distribution transformers on the lots that need them, beside the houses that need most."""
    needs = _needs(plan, demand)
    houses = _houses_of_lots(plan, demand)
    assets = []
    for number in np.flatnonzero(needs > 0).tolist():
        lot, here = plan.lots[number], houses.get(number, [])
        largest = LARGEST_KVA.get(lot.purpose, LARGEST_ELSE_KVA)
        units = max(math.ceil(needs[number] / largest), 1)
        rating = _nearest_rating(needs[number] / units)
        year = max(min((house.year for house in here), default=lot.year), EARLIEST_YEAR)
        tags = {
            "power": "transformer", "transformer": "distribution", "voltage": "10000;400",
            "rating": f"{rating} kVA", "start_date": str(year),
        }
        assets += [Feature(point, dict(tags)) for point in _points(lot, here, units, room)]
    return assets


def _needs(plan: Plan, demand: Demand) -> NDArray[np.float64]:
    """Return what the transformers on each lot are to be rated at; small needs are met from the nearest lot. [kVA]"""
    needs = by_lot(plan, demand.peak_kw) * RATIO
    grown = needs.copy()
    hosts = [number for number, lot in enumerate(plan.lots) if needs[number] >= OWN_KVA or lot.purpose == "commons"]
    if not hosts:
        return grown
    tree = shapely.STRtree([plan.lots[number].geometry for number in hosts])
    small = np.flatnonzero((needs > 0) & (needs < OWN_KVA)).tolist()
    small = [number for number in small if plan.lots[number].purpose != "commons"]
    for number in small:
        host = hosts[int(tree.nearest(plan.lots[number].geometry.centroid))]
        grown[host] += needs[number]
        grown[number] = 0.0
    return grown


def _houses_of_lots(plan: Plan, demand: Demand) -> dict[int, list[House]]:
    """Return the houses of each lot, those that need most first."""
    order = np.argsort(-demand.peak_kw, kind="stable").tolist()
    houses: dict[int, list[House]] = {}
    for number in order:
        houses.setdefault(plan.houses[number].lot, []).append(plan.houses[number])
    return houses


def _nearest_rating(need_kva: float) -> int:
    return min(RATINGS_KVA, key=lambda rating: (abs(math.log(rating / need_kva)), rating))


def _points(lot: Lot, houses: Sequence[House], number: int, room: Room) -> list[shapely.Point]:
    """Return free points on a lot: one beside each house in turn, then wherever there is room."""
    points: list[shapely.Point] = []
    hosts = iter(list(houses) * 2)  # a second one finds another side
    while len(points) < number:
        house = next(hosts, None)
        point = room.beside(house, lot.geometry) if house else room.within(lot.geometry)
        if point is not None:
            points.append(point)
        elif house is None:
            break
    return points


def draw_chargers(plan: Plan, room: Room) -> list[Feature]:
    """Return public charging stations, as many as the residents need, at shops, offices, stations and quarters."""
    random = plan.site.random("chargers")
    lots = [lot for lot in plan.lots if lot.purpose in CHARGED and lot.year <= LAST_CHARGERS]
    houses: dict[int, list[House]] = {}
    for house in plan.houses:
        houses.setdefault(id(plan.lots[house.lot]), []).append(house)
    chance = np.array([CHARGED[lot.purpose][0] for lot in lots])
    order = np.argsort(-chance * random.uniform(0.2, 1.0, len(lots)), kind="stable").tolist()
    wanted = plan.site.residents * CHARGERS_PER_RESIDENT
    assets = []
    for lot in (lots[number] for number in order):
        if wanted <= 0:
            break
        _, power_kw, least, most = CHARGED[lot.purpose]
        chargers = int(random.integers(least, most + 1))
        year = int(random.integers(max(lot.year, FIRST_CHARGERS), LAST_CHARGERS + 1))
        point = _charger_point(lot, houses.get(id(lot), []), room)
        if point is not None:
            assets.append(Feature(point, _charger_tags(chargers, power_kw, year)))
            wanted -= chargers
    return assets


def _charger_point(lot: Lot, houses: Sequence[House], room: Room) -> shapely.Point | None:
    for house in houses[:4]:
        point = room.beside(house, lot.geometry, CHARGER_BESIDE_M)
        if point is not None:
            return point
    return room.within(lot.geometry)


def _charger_tags(chargers: int, power_kw: int, year: int) -> dict[str, str]:
    """Return the tags of a station; its output is that of all chargers together."""
    socket = "socket:gb_ac" if power_kw < 20 else "socket:gb_dc"
    return {
        "amenity": "charging_station", "motorcar": "yes", "capacity": str(chargers), socket: str(chargers),
        f"{socket}:output": f"{power_kw} kW", "charging_station:output": f"{chargers * power_kw} kW",
        "start_date": str(year),
    }
