"""The energy system of a plan: stations, lines, plants, chargers and roofs, as a mapper would note them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.plan.demand import hidden_demand, station_lot, works_lots
from twin.plan.distribution import draw_chargers, draw_transformers
from twin.plan.lines import on_grid
from twin.plan.network import StreetNetwork
from twin.plan.records import Feature
from twin.plan.roofs import draw_solar_roofs
from twin.plan.room import Room
from twin.plan.substations import (
    FIRST,
    SECOND,
    draw_lines,
    draw_rings,
    draw_substations,
    fenced,
    found_substations,
)

if TYPE_CHECKING:
    from twin.plan.demand import Demand
    from twin.plan.records import Lot, Plan

STORAGE_SHARE = 0.1  # of the peak, for two hours: judgement
STORAGE_H = 2.0
STORAGE_M2_PER_MW = 100.0  # containers for two hours, with the gaps that fire protection asks: judgement
STORAGE_YEAR = 2024
STORAGE_NAME = 5  # among the first syllables
HEAT_FULL_LOAD_H, COLD_FULL_LOAD_H = 1_400.0, 1_000.0  # of a district network in the Yangtze delta: judgement
POWER_TO_HEAT = 0.9  # of gas engines
SEWAGE_HEAT_SHARE = 0.4  # of the network's heat, from a heat pump in cleaned sewage
RESIDENTS_PER_SEWAGE_WORKS = 300_000
PLANT_GAP_M = 8.0  # between two plants on one lot
PLANT_YEARS = {"heat": 2016, "sewage": 2012, "waste": 2014}


def place_assets(plan: Plan) -> list[Feature]:
    """
    Return the energy system of a plan, sized by the demand of its houses at build-out.

    Parameters
    ----------
    plan
        With its lots and houses.

    Returns
    -------
    assets
        Always in the same order. [m], EPSG:4549
    """
    demand = hidden_demand(plan)
    streets, room = StreetNetwork(plan), Room(plan)
    substations = found_substations(plan, demand, streets)
    return [
        *draw_substations(substations, room),
        *draw_lines(plan, substations, streets),
        *draw_rings(plan, demand, substations, streets),
        *_draw_storage(plan, demand),
        *_draw_works(plan, demand, room),
        *draw_solar_roofs(plan),
        *draw_chargers(plan, room),
        *draw_transformers(plan, demand, room),
    ]


def _draw_storage(plan: Plan, demand: Demand) -> list[Feature]:
    """Return the battery on each lot kept for one: together a tenth of the peak for two hours, if the land suffices."""
    lots = [lot for lot in plan.lots if lot.purpose == "storage"]
    assets = []
    for number, lot in enumerate(lots):
        ground = fenced(lot)
        name = FIRST[(STORAGE_NAME + number) % len(FIRST)] + SECOND[-1 - number // len(FIRST)]
        power_mw = _round_power(min(demand.peak_mw * STORAGE_SHARE / len(lots), ground.area / STORAGE_M2_PER_MW))
        tags = {
            "power": "plant", "plant:source": "battery", "plant:method": "lithium-ion",
            "plant:output:electricity": f"{power_mw:g} MW", "plant:storage": f"{power_mw * STORAGE_H:g} MWh",
            "name": f"{name}储能站", "start_date": str(STORAGE_YEAR),
        }
        assets.append(Feature(ground, tags))
    return assets


def _draw_works(plan: Plan, demand: Demand, room: Room) -> list[Feature]:
    """Return the energy station and the sewage works; they share one lot where there is no second."""
    station = station_lot(plan)
    if station is None:
        return []
    others = [lot for lot in works_lots(plan) if lot is not station]
    ground, *rest = [fenced(station)] if others else _halves(station)
    rest += [fenced(lot) for lot in others[: max(round(plan.site.residents / RESIDENTS_PER_SEWAGE_WORKS), 1)]]
    heat_mw = float(demand.annual["heat"].sum()) / HEAT_FULL_LOAD_H / 1000
    cold_mw = float(demand.annual["cold"].sum()) / COLD_FULL_LOAD_H / 1000
    assets = [Feature(ground, _station_tags(FIRST[-1] + SECOND[-1], heat_mw, cold_mw))]
    for number, other in enumerate(rest):
        assets += _draw_sewage_works(other, FIRST[number % len(FIRST)] + SECOND[-1], heat_mw / len(rest), room)
    return assets


def _station_tags(name: str, heat_mw: float, cold_mw: float) -> dict[str, str]:
    """Return the tags of a gas-fired station of heat, cold and power; the heat of the sewage is not its own."""
    own_mw = _round_power(heat_mw * (1 - SEWAGE_HEAT_SHARE))
    return {
        "power": "plant", "plant:source": "gas", "plant:method": "combustion",
        "plant:output:electricity": f"{_round_power(own_mw * POWER_TO_HEAT):g} MW",
        "plant:output:hot_water": f"{own_mw:g} MW", "plant:output:cold_water": f"{_round_power(cold_mw):g} MW",
        "name": f"{name}能源站", "start_date": str(PLANT_YEARS["heat"]),
    }


def _draw_sewage_works(ground: shapely.Polygon, name: str, heat_mw: float, room: Room) -> list[Feature]:
    """Return sewage works, the heat pump in what flows from them, and the yard from where waste leaves the zone."""
    sewage = {"man_made": "wastewater_plant", "name": f"{name}污水处理厂", "start_date": str(PLANT_YEARS["sewage"])}
    heat_pump = {
        "power": "generator", "generator:source": "hydrothermal", "generator:method": "heat_pump",
        "generator:output:hot_water": f"{_round_power(heat_mw * SEWAGE_HEAT_SHARE):g} MW",
        "start_date": str(PLANT_YEARS["heat"]),
    }
    # the zone burns none of its waste
    waste = {"amenity": "waste_transfer_station", "name": f"{name}垃圾转运站", "start_date": str(PLANT_YEARS["waste"])}
    assets = [Feature(ground, sewage)]
    for tags in (heat_pump, waste):
        point = room.within(ground)
        if point is not None:
            assets.append(Feature(point, tags))
    return assets


def _round_power(power_mw: float) -> float:
    """Return a power as plants are offered: to 5 MW above 10, to half a megawatt below, never none. [MW]"""
    step = 5.0 if power_mw >= 10 else 0.5
    return max(round(power_mw / step), 1) * step


def _halves(lot: Lot) -> list[shapely.Polygon]:
    """Return a lot in two parts along its longer side, a gap between them."""
    ring = shapely.get_coordinates(shapely.minimum_rotated_rectangle(lot.geometry))[:4]
    sides = np.hypot(*(ring[[1, 2]] - ring[[0, 1]]).T)
    low = ring if sides[0] >= sides[1] else np.roll(ring, -1, axis=0)
    middle = (low[[0, 3]] + low[[1, 2]]) / 2
    reach = (middle[1] - middle[0]) * 2
    cut = shapely.buffer(shapely.LineString([middle[0] - reach, middle[1] + reach]), PLANT_GAP_M / 2, cap_style="flat")
    area = shapely.difference(fenced(lot), cut)
    parts = sorted(shapely.get_parts(area), key=lambda part: -part.area)[:2]
    halves = [on_grid(part) for part in parts]
    return sorted(halves, key=lambda part: (part.centroid.x, part.centroid.y))
