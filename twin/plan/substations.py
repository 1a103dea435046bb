"""Substations of a plan with their transformers, and the lines and cables between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.plan.lines import on_grid
from twin.plan.network import join
from twin.plan.records import Feature

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.plan.demand import Demand
    from twin.plan.network import StreetNetwork
    from twin.plan.records import House, Lot, Plan
    from twin.plan.room import Room

    Point = tuple[float, float]

# Capacity over load is 1.8 to 2.2 MVA/MW in planned urban networks (Q/GDW 156 and DL/T 5729: 1.8 to 2.2 by growth)
RATIO = 2.0
# Ratings of oil-immersed three-phase transformers, GB/T 6451 [MVA]
RATINGS_MVA = {"220 kV": (120.0, 150.0, 180.0, 240.0),
               "110 kV": (6.3, 8.0, 10.0, 12.5, 16.0, 20.0, 25.0, 31.5, 40.0, 50.0, 63.0, 80.0)}
UNITS = {"220 kV": (2, 3, 4), "110 kV": (2, 3)}
VOLTAGES = {"220 kV": "220000;110000", "110 kV": "110000;10000"}
LEVELS = {"220 kV": "transmission", "110 kV": "distribution"}
FENCE_M = 2.5  # between a lot's edge and the substation's
EARLY_SHARE = 0.15  # of the houses that a station serves stood when it came
EARLIEST_YEAR, LATEST_YEAR = 1996, 2024
RING_MW = 9.0  # load of a 10 kV switching station
ROOM_M2 = 40.0  # least outline of a service house with room for its switchgear

# Names out of two syllables each: no place in Taicang bears them
FIRST, SECOND = "荻蘅霁砚穗澜岑苓璞芷", "渚塍埭棹汀"


@dataclass(slots=True)
class Substation:
    """
    A substation: its land, what it can transform and how the streets reach it.

    Attributes
    ----------
    load_mw, year
        Load of what is nearest to it, and year of commissioning.
    units, rating_mva
        Number of its transformers and rating of each.
    node, leg
        Street point it is reached from, and the way from there.
    """

    lot: Lot
    level: str
    load_mw: float
    year: int
    units: int
    rating_mva: float
    name: str
    node: int
    leg: list[Point]


def choose_transformers(load_mw: float, level: str) -> tuple[int, float]:
    """
    Return how many transformers of which rating serve a load. [1], [MVA]

    Parameters
    ----------
    load_mw
        Greatest load. [MW]
    level
        `220 kV` or `110 kV`.
    """
    choices = [(units, rating) for units in UNITS[level] for rating in RATINGS_MVA[level]]
    return min(choices, key=lambda choice: (round(abs(choice[0] * choice[1] - RATIO * load_mw), 3), choice))


def found_substations(plan: Plan, demand: Demand, streets: StreetNetwork) -> list[Substation]:
    """Return the substations of a plan, each as large as the load that is nearest to it asks."""
    found: list[Substation] = []
    names = iter(first + second for second in SECOND for first in FIRST)
    for level in VOLTAGES:
        lots = [lot for lot in plan.lots if lot.level == level]
        for lot, (load_mw, year) in zip(lots, _served(plan, demand, lots), strict=True):
            units, rating = choose_transformers(load_mw, level)
            node, leg = streets.reach(fenced(lot))
            name = next(names) + f"{level[:3]}千伏变电站"
            found.append(Substation(lot, level, load_mw, year, units, rating, name, node, leg))
    return found


def fenced(lot: Lot) -> shapely.Polygon:
    """Return a lot less a strip along its edge, its vertices on the centimetre."""
    area = shapely.buffer(lot.geometry, -FENCE_M, join_style="mitre")
    largest = max(shapely.get_parts(area), key=lambda part: part.area)
    rounded: shapely.Polygon = on_grid(largest)
    return rounded


def _served(plan: Plan, demand: Demand, lots: list[Lot]) -> list[tuple[float, int]]:
    """
    Return load and year of commissioning of a station on each lot. [MW], [a]

    It serves the houses nearest to it, half evened out by ties between neighbours, and was there for the first of them.
    """
    if not lots:
        return []
    places = np.array([house.geometry.centroid.coords[0] for house in plan.houses])
    centres = np.array([lot.geometry.centroid.coords[0] for lot in lots])
    nearest = np.hypot(*(places[:, None] - centres[None]).transpose(2, 0, 1)).argmin(axis=1)
    own = np.bincount(nearest, weights=demand.peak_kw, minlength=len(lots)) / 1000
    evened: list[float] = ((own + own.mean()) / 2).tolist()
    years = np.array([house.year for house in plan.houses])
    return [(load, _first_year(years[nearest == number])) for number, load in enumerate(evened)]


def _first_year(years: NDArray[np.int64]) -> int:
    early = int(np.quantile(years, EARLY_SHARE)) if len(years) else LATEST_YEAR
    return int(np.clip(early, EARLIEST_YEAR, LATEST_YEAR))


def draw_substations(substations: list[Substation], room: Room) -> list[Feature]:
    """Return substations as areas and their transformers as points; the area alone carries the rating of all."""
    assets = []
    for station in substations:
        area = fenced(station.lot)
        tags = {
            "power": "substation", "substation": LEVELS[station.level], "voltage": VOLTAGES[station.level],
            "rating": f"{station.units}x{station.rating_mva:g} MVA", "name": station.name, "location": "outdoor",
            "start_date": str(station.year),
        }
        assets.append(Feature(area, tags))
        for _ in range(station.units):
            point = room.within(area)
            if point is not None:
                inner = {"power": "transformer", "transformer": "main", "voltage": VOLTAGES[station.level]}
                assets.append(Feature(point, inner | {"start_date": str(station.year)}))
    return assets


def draw_lines(plan: Plan, substations: list[Substation], streets: StreetNetwork) -> list[Feature]:
    """Return the overhead line that enters where the railway does, and the cables between the stations."""
    upper = [station for station in substations if station.level == "220 kV"]
    lower = [station for station in substations if station.level == "110 kV"]
    fed_from_outside = upper or lower
    ends = shapely.get_coordinates(shapely.intersection(plan.rail, plan.zone))[[0, -1]]
    assets = []
    for station in fed_from_outside:
        entries = [streets.entry(shapely.Point(end)) for end in ends]
        tags = {"power": "line", "voltage": VOLTAGES[station.level].split(";")[0], "cables": "6", "wires": "double"}
        assets.append(_shortest(streets, entries, station, tags))
    if upper:
        entries = [(station.node, station.leg[::-1]) for station in upper]
        assets += [_shortest(streets, entries, station, cable_tags("110000")) for station in lower]
    return assets


def cable_tags(voltage: str) -> dict[str, str]:
    """Return the tags of a cable under a street."""
    return {"power": "cable", "voltage": voltage, "location": "underground", "cables": "3"}


def _shortest(
    streets: StreetNetwork, entries: list[tuple[int, list[Point]]], station: Substation, tags: dict[str, str]
) -> Feature:
    """Return the shortest of the lines that lead from some entries to a station."""
    found = [(*streets.paths_from(node), leg) for node, leg in entries]
    _, before, leg = min(found, key=lambda item: float(item[0][station.node]))
    line = join(leg, streets.line(before, station.node), station.leg)
    return Feature(line, tags | {"start_date": str(station.year)})


def draw_rings(
    plan: Plan, demand: Demand, substations: list[Substation], streets: StreetNetwork
) -> list[Feature]:
    """Return the 10 kV switching stations, one for about 9 MW of load, and the cables that feed them."""
    places = np.array([house.geometry.centroid.coords[0] for house in plan.houses])
    hosts = [number for number, house in enumerate(plan.houses) if house.use == "utility" and _has_room(house)]
    feeders = [(station, *streets.paths_from(station.node)) for station in substations if station.level == "110 kV"]
    names = iter(first + second for second in SECOND[::-1] for first in FIRST[::-1])
    stations: list[Feature] = []
    cables: list[Feature] = []
    number = max(round(demand.peak_mw / RING_MW), 1)
    for group in _split(places, demand.peak_kw, np.arange(len(places)), number):
        if not hosts:
            break
        centre = np.average(places[group], axis=0, weights=demand.peak_kw[group])
        host = plan.houses[hosts.pop(int(np.hypot(*(places[hosts] - centre).T).argmin()))]
        point = on_grid(host.geometry.centroid)
        name = next(names, f"{len(stations) + 1}号")
        start = {"start_date": str(host.year)}
        # a switching station transforms nothing and has no rating
        tags = {"power": "substation", "substation": "distribution", "voltage": "10000", "location": "indoor"}
        stations.append(Feature(point, tags | {"name": f"{name}开闭所"} | start))
        node, leg = streets.reach(point)
        if feeders:
            station, _, before = min(feeders, key=lambda feeder: float(feeder[1][node]))
            line = join(station.leg[::-1], streets.line(before, node), leg)
            cables.append(Feature(line, cable_tags("10000") | start))
    return stations + cables


def _has_room(house: House) -> bool:
    return house.kind == "service" and house.geometry.area >= ROOM_M2


def _split(
    places: NDArray[np.float64], load: NDArray[np.float64], members: NDArray[np.int64], number: int
) -> list[NDArray[np.int64]]:
    """Return the members in groups of about equal load that lie together, by cuts across the longer side."""
    if number == 1 or len(members) == 1:
        return [members]
    extent = np.ptp(places[members], axis=0)
    ordered = members[np.argsort(places[members, int(extent.argmax())], kind="stable")]
    first = number // 2
    summed = np.cumsum(load[ordered])
    cut = int(np.clip(np.searchsorted(summed, summed[-1] * first / number), 1, len(ordered) - 1))
    parts = (ordered[:cut], first), (ordered[cut:], number - first)
    return [group for part, share in parts for group in _split(places, load, part, share)]
