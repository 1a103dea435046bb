"""Photovoltaic roofs that a plan has already: which houses bear them, since when and how large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from shapely import affinity

from twin.plan.lines import on_grid
from twin.plan.records import Feature

if TYPE_CHECKING:
    from twin.plan.records import House, Plan

LARGE_M2 = 700.0
LAST_YEAR = 2025
BEARING_SHARE = 0.08  # of large roofs
FIRST_YEAR = 2016
# Usable share of a roof and density on it [kWp/m2]: assumptions of engineering practice in China (metal roofs denser)
USABLE = {"industrial": 0.65, "warehouse": 0.65, "retail": 0.5, "education": 0.45, "sports": 0.5}
DENSITY_KWP_PER_M2 = {"industrial": 0.12, "warehouse": 0.12, "retail": 0.10, "education": 0.10, "sports": 0.12}
STEP_KW = 5


@dataclass(frozen=True, slots=True)
class SolarRoof:
    """
    A roof with modules.

    Attributes
    ----------
    house
        Number of the house.
    power_kw
        Rating of the modules. [kWp]
    year
        Since when.
    """

    house: int
    power_kw: float
    year: int


def find_solar_roofs(plan: Plan) -> list[SolarRoof]:
    """Return the photovoltaic roofs of a plan: about 8 % of the large ones of works, stores, shops and schools."""
    random = plan.site.random("roofs")
    large = [number for number, house in enumerate(plan.houses) if _is_large(house)]
    if not large:
        return []
    chosen = np.sort(random.choice(large, size=max(round(BEARING_SHARE * len(large)), 1), replace=False))
    roofs = []
    for number in chosen.tolist():
        house = plan.houses[number]
        filled = random.uniform(0.7, 1.0)
        area_m2 = house.geometry.area * USABLE[house.use] * filled
        power_kw = round(area_m2 * DENSITY_KWP_PER_M2[house.use] / STEP_KW) * STEP_KW
        year = int(random.integers(max(house.year, FIRST_YEAR), LAST_YEAR + 1))
        roofs.append(SolarRoof(number, float(power_kw), year))
    return roofs


def _is_large(house: House) -> bool:
    return house.use in USABLE and house.year <= LAST_YEAR and house.geometry.area >= LARGE_M2


def draw_solar_roofs(plan: Plan) -> list[Feature]:
    """Return the photovoltaic roofs as areas of the modules' size."""
    assets = []
    for roof in find_solar_roofs(plan):
        house = plan.houses[roof.house]
        covered = roof.power_kw / DENSITY_KWP_PER_M2[house.use] / house.geometry.area
        side = float(np.sqrt(covered))
        area = affinity.scale(house.geometry, side, side, origin=house.geometry.centroid)
        tags = {
            "power": "generator", "generator:source": "solar", "generator:method": "photovoltaic",
            "generator:type": "solar_photovoltaic_panel", "location": "roof",
            "generator:output:electricity": f"{roof.power_kw:g} kW", "start_date": str(roof.year),
        }
        assets.append(Feature(on_grid(area), tags))
    return assets
