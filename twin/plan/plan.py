"""A plan: the whole invented zone, drawn step by step from its residents and its seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.plan.build import build_lot
from twin.plan.fabric import FABRICS
from twin.plan.land import assign_purposes, cut_blocks, outline, rail_line, rail_space
from twin.plan.lines import polygons
from twin.plan.lots import CODES, cut_lots, tenure
from twin.plan.records import Asset, House, Lot
from twin.plan.reserve import reserve_lots
from twin.plan.site import Site, lay_out_site
from twin.plan.streets import Way, draw_ways, lay_streets, street_space
from twin.plan.sunlight import obey_sunlight
from twin.plan.water import Stream, draw_waters

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 2028
RESIDENTS = 150_000
SUN_H = 2.0
HOMESTEAD_M = 1.7  # of a homestead around its house
LONGEST_BUILT_SHARE = 0.62


@dataclass(slots=True)
class Plan:
    """
    An invented zone. Geometry in EPSG:4549. [m]

    Attributes
    ----------
    site
        Its frame.
    zone
        Outline.
    streams, water
        River and canals, and the area they cover.
    rail
        Axis of the railway.
    ways
        Pieces of streets.
    lots, houses
        The cadastre, and what stands on it.
    assets
        The energy system.
    """

    site: Site
    sun_h: float
    zone: shapely.Polygon
    streams: list[Stream]
    water: shapely.Geometry
    rail: shapely.LineString
    ways: list[Way]
    lots: list[Lot] = field(default_factory=list)
    houses: list[House] = field(default_factory=list)
    assets: list[Asset] = field(default_factory=list)


def draw_plan(
    residents: int = RESIDENTS, seed: int = SEED, *, sun_h: float = SUN_H, say: Callable[[str], None] = lambda _: None
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
    ways = draw_ways(site, streets, water, rail_space(site))
    say("land")
    blocks = cut_blocks(site, street_space(site, streets), water)
    assign_purposes(site, blocks)
    plan = Plan(site, sun_h, outline(site), streams, water, rail_line(site), ways, cut_lots(site, blocks))
    plan.lots += reserve_lots(site, plan.lots, plan.rail)
    plan.lots.append(_rail_lot(plan))
    say("houses")
    plan.houses = _build_houses(plan)
    say("sunlight")
    plan.houses = obey_sunlight(plan.houses, sun_h)
    return plan


def _rail_lot(plan: Plan) -> Lot:
    """Return the railway's land; streets pass below it."""
    area = shapely.difference(shapely.intersection(rail_space(plan.site), plan.zone), plan.water)
    piece = max(polygons(shapely.set_precision(area, 0.01)), key=lambda part: part.area)
    return Lot(piece, "rail", CODES["rail"], 0.0, tenure("rail"), 2020)


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
    kept = [house for house in houses if random.random() < LONGEST_BUILT_SHARE]
    for house in kept:
        house.year = int(np.clip(house.year + random.integers(-9, 10), 1980, 2016))
    return kept


def _found_homesteads(lot: Lot, houses: list[House], first: int) -> list[Lot]:
    """Return a homestead around each house of a village, and leave the village the rest as common land."""
    made = []
    for number, house in enumerate(houses):
        ground = shapely.buffer(house.geometry, HOMESTEAD_M, join_style="mitre")
        ground = shapely.set_precision(shapely.intersection(ground, lot.geometry), 0.01)
        house.lot = first + number
        made.append(Lot(ground, "village", CODES["village"], lot.bearing_deg, tenure("village"), house.year))
    rest = shapely.difference(lot.geometry, shapely.union_all([home.geometry for home in made]))
    lot.geometry = max(polygons(shapely.set_precision(rest, 0.01)), key=lambda part: part.area)
    lot.purpose, lot.code = "commons", CODES["commons"]
    return made
