"""The cadastre of a plan: reference numbers, names and planning limits of its lots."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from twin.plan.names import estate_names

if TYPE_CHECKING:
    from twin.plan.records import House, Lot
    from twin.plan.site import Site

COUNTY = "320585"  # administrative code of Taicang
RIGHTS = {"集体": "JB", "划拨": "GB", "出让": "GB"}
HEIGHT_STEPS_M = (12.0, 18.0, 24.0, 36.0, 54.0, 60.0, 80.0, 100.0, 120.0, 150.0, 180.0)
GREEN_MIN = {"gated": 0.35, "tower": 0.35, "walkup": 0.3, "oldtown": 0.15, "centre": 0.2, "market": 0.2,
             "industry": 0.15, "logistics": 0.12, "school": 0.35, "hospital": 0.35, "government": 0.35,
             "culture": 0.3, "sports": 0.3, "works": 0.3, "substation": 0.15, "station": 0.15}
UNPLANNED = {"village", "commons", "field", "belt", "park", "garden", "rail"}
BREACHES = 0.012  # share of lots whose limits were drawn up after they were built, and are exceeded


def register_lots(site: Site, lots: list[Lot], houses: list[House]) -> None:
    """Give every lot its reference number and name, and planning limits that fit what is built or planned there."""
    names = estate_names(site.random("estates"), [lot.purpose for lot in lots])
    random = site.random("limits")
    footprint, floor, height = (np.zeros(len(lots)) for _ in range(3))
    for house in houses:
        footprint[house.lot] += house.geometry.area
        floor[house.lot] += house.floor_area_m2
        height[house.lot] = max(height[house.lot], house.height_m)
    for number, lot in enumerate(lots):
        lot.name = lot.name or names[number]
        district = 1 + max(lot.quarter, 0)
        lot.ref = f"{COUNTY}{district:03d}001{RIGHTS[lot.tenure]}{number + 1:05d}"
        if lot.purpose in UNPLANNED:
            continue
        slack = 0.9 if random.random() < BREACHES else 1.05
        area_m2 = lot.geometry.area
        lot.far_max = max(math.ceil(slack * floor[number] / area_m2 * 10) / 10, 0.3)
        lot.coverage_max = min(max(math.ceil(slack * footprint[number] / area_m2 * 20) / 20, 0.1), 0.7)
        lot.height_max_m = next((step for step in HEIGHT_STEPS_M if step >= height[number]), HEIGHT_STEPS_M[-1])
        lot.green_min = GREEN_MIN.get(lot.purpose)
