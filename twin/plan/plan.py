"""A plan: the whole invented zone, drawn step by step from its residents and its seed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.plan.build import build_lot
from twin.plan.cadastre import register_lots
from twin.plan.energy import place_assets
from twin.plan.fabric import FABRICS
from twin.plan.land import HOMES_M2, assign_purposes, cut_blocks, outline, rail_line, rail_space
from twin.plan.lanes import draw_lakes, draw_lanes, draw_tracks
from twin.plan.lines import GRID_M, polygons, tidy
from twin.plan.lots import CODES, LEAST_M2, cut_lots, tenure
from twin.plan.names import street_names
from twin.plan.oddities import plant_oddities
from twin.plan.quarters import draw_quarters, settle
from twin.plan.records import House, Lot, Plan
from twin.plan.reserve import reserve_lots
from twin.plan.site import lay_out_site
from twin.plan.streets import draw_ways, lay_streets, street_space
from twin.plan.sunlight import obey_sunlight
from twin.plan.water import draw_waters

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.plan.land import Block

LEAST_SUN_H = 2.0  # GB 50180-2018, table 4.0.9
HOMESTEAD_M = 1.7  # of a homestead around its house
BUILT_SHARE = 0.62  # of the places for a house in a village
FLOOR_M2, FLOOR_WITHIN_M2 = 39.0, 4.0  # floor area of dwellings per resident, and how far from it a plan may be
MOST_DRAFTS = 8
RAIL_YEAR = 2020


def draw_plan(
    residents: int, seed: int, *, sun_h: float = LEAST_SUN_H, say: Callable[[str], None] = lambda _: None
) -> Plan:
    """
    Return the plan of a zone.

    Parameters
    ----------
    residents
        At build-out. [persons]
    seed
        What all random choices follow from.
    sun_h
        Hours of sun on Great Cold day that every home has. [h]
    say
        Told what is being done.
    """
    site = lay_out_site(residents, seed)
    say("streets and waters")
    streams = draw_waters(site)
    water = shapely.union_all([stream.area for stream in streams])
    streets = lay_streets(site)
    names = street_names(site.random("street names"), [street.kind for street in streets])
    streets = [replace(street, name=name) for street, name in zip(streets, names, strict=True)]
    ways = draw_ways(site, streets, water, rail_space(site))
    plan = Plan(site, sun_h, outline(site), streams, water, rail_line(site), ways)
    say("land")
    blocks = cut_blocks(site, street_space(site, streets), water)
    say("houses in the sun")
    _build_up(plan, blocks)
    say("people and energy")
    plan.quarters = draw_quarters(site, plan.zone, plan.lots, plan.houses)
    plan.population = settle(residents, plan.quarters, plan.lots, plan.houses)
    plan.features = [*draw_lakes(plan), *draw_tracks(plan), *draw_lanes(plan)]
    plant_oddities(plan)
    register_lots(site, plan.lots, plan.houses)
    plan.assets = place_assets(plan)
    return plan


def _build_up(plan: Plan, blocks: list[Block]) -> None:
    """
    Give a plan its lots and houses, with as much floor for its residents as people have.

    Blocks are few in a small zone, and one more or less for homes makes a difference: then the land is given out anew.
    """
    homes_m2, least_m2, most_m2 = HOMES_M2, 0.0, math.inf
    drawn: list[tuple[float, list[Lot], list[House]]] = []
    for _ in range(MOST_DRAFTS):
        draft = [replace(block) for block in blocks]
        assign_purposes(plan.site, draft, homes_m2)
        plan.lots = cut_lots(plan.site, draft)
        plan.lots += reserve_lots(plan.site, plan.lots, plan.rail)
        plan.lots += _rail_lots(plan)
        plan.houses = obey_sunlight(_build_houses(plan), plan.sun_h)
        floor_m2 = sum(house.floor_area_m2 for house in plan.houses if house.use == "residential")
        floor_m2 /= plan.site.residents
        drawn.append((abs(floor_m2 - FLOOR_M2), plan.lots, plan.houses))
        if drawn[-1][0] <= FLOOR_WITHIN_M2:
            break
        if floor_m2 < FLOOR_M2:
            least_m2 = max(least_m2, homes_m2)
        else:
            most_m2 = min(most_m2, homes_m2)
        is_between = least_m2 > 0 and most_m2 < math.inf
        homes_m2 = (least_m2 + most_m2) / 2 if is_between else homes_m2 * FLOOR_M2 / floor_m2
    _, plan.lots, plan.houses = min(drawn, key=lambda draft: draft[0])


def _rail_lots(plan: Plan) -> list[Lot]:
    """Return the railway's land from water to water; streets pass below it."""
    land = shapely.difference(shapely.intersection(rail_space(plan.site), plan.zone), plan.water)
    pieces = polygons(shapely.set_precision(land, GRID_M), LEAST_M2)
    return [Lot(piece, "rail", CODES["rail"], 0.0, tenure("rail"), RAIL_YEAR) for piece in pieces]


def _build_houses(plan: Plan) -> list[House]:
    """Return the houses of all lots; villages give every house a homestead of its own."""
    houses: list[House] = []
    homesteads: list[Lot] = []
    for number, lot in enumerate(plan.lots):
        if lot.purpose not in FABRICS:
            continue
        random = np.random.default_rng([plan.site.seed, 7, number])
        built = build_lot(random, number, lot, FABRICS[lot.purpose], lot.year, plan.sun_h)
        if lot.purpose == "village":
            built = _age(random, built)
            homesteads += _found_homesteads(lot, built, len(plan.lots) + len(homesteads))
        houses += built
    plan.lots += homesteads
    return houses


def _age(random: np.random.Generator, houses: list[House]) -> list[House]:
    """Return village houses with years of their own, some of them gone to make room for the lanes."""
    kept = [house for house in houses if random.random() < BUILT_SHARE]
    for house in kept:
        house.year = int(np.clip(house.year + random.integers(-9, 10), 1980, 2016))
    return kept


def _found_homesteads(lot: Lot, houses: list[House], first: int) -> list[Lot]:
    """Return a homestead around each house of a village, and leave the village the rest as common land."""
    made = []
    for number, house in enumerate(houses):
        ground = shapely.buffer(house.geometry, HOMESTEAD_M, join_style="mitre")
        ground = tidy(shapely.intersection(ground, lot.geometry))
        house.lot = first + number
        made.append(Lot(ground, "village", CODES["village"], lot.bearing_deg, tenure("village"), house.year))
    rest = shapely.difference(lot.geometry, shapely.union_all([home.geometry for home in made]))
    lot.geometry = tidy(rest)
    lot.purpose, lot.code = "commons", CODES["commons"]
    return made
