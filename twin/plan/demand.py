"""The hidden truth of a plan: what its houses really use, which the product's factors only guess at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from twin.plan.season import BASE_YEAR, SURVEY_KWH_PER_M2, growth, shoulder_mean
from twin.plan.tables import read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.plan.records import House, Lot, Plan

    Array = NDArray[np.float64]

HOURS = 8760
BUILT_OUT = 2028
EFFICIENCY_PER_A = 0.005  # that a newer house uses less: judgement
EFFICIENT_YEAR = 2010  # of a house to which the base values apply
HEATING_COP, COOLING_COP = 2.5, 3.2  # of split units in use; typical values
FURNACE_YEAR = 2004  # dwellings finished later cook and wash the less with gas the newer they are
ELECTRIFIED_PER_A = 0.012
ROOMY_M2 = 5_000.0
SERVED_M = 1_500.0  # reach of the district network around its station in a zone of so many residents
SERVED_RESIDENTS = 150_000
SERVED_RANGE_M = (1_000.0, 3_000.0)
SERVED_SINCE = 2010
SERVED_USES = {"office", "government", "hotel", "healthcare", "culture", "sports", "education", "retail"}

# What belongs to no house. Chargers: 0.33 cars per resident, a third of them electric, 1,200 kWh of each from public
# chargers; lamps of streets and parks; treatment of water and wastewater at 0.35 kWh/m3 each: judgements all.
CHARGING_KWH_PER_RESIDENT_A = 130.0
LIGHTING_KWH_PER_RESIDENT_A = 30.0
TREATMENT_KWH_PER_M3 = 0.70
COMMON_LOAD_FACTOR, COMMON_AT_PEAK = 0.35, 0.6
LOSS_SHARE = 0.04  # of lines and transformers, at the peak


@dataclass(frozen=True, slots=True)
class Nature:
    """
    What a use needs per floor area and year.

    Attributes
    ----------
    electricity_kwh, gas_m3, water_m3, waste_kg
        As literature has it, per square metre of gross floor area and year.
    bias
        What the truth of the plan is of that: on purpose not 1.
    spread
        Standard deviation of the logarithm of what sets one house apart from the others.
    load_factor
        Mean over greatest load of all houses of the use together.
    at_peak
        Share of that greatest load which falls on the zone's, a hot working afternoon.
    """

    electricity_kwh: float
    gas_m3: float
    water_m3: float
    waste_kg: float
    bias: float
    spread: float
    load_factor: float
    at_peak: float


def _read_natures() -> dict[str, Nature]:
    """Return the natures of all uses; where no electricity is given it is that of the survey."""
    natures = {}
    for row in read_table("demand"):
        surveyed = sum(SURVEY_KWH_PER_M2.get(row["use"], SURVEY_KWH_PER_M2["other"]))
        natures[row["use"]] = Nature(
            electricity_kwh=float(row["electricity_kwh_per_m2_a"] or surveyed),
            gas_m3=float(row["gas_m3_per_m2_a"]), water_m3=float(row["water_m3_per_m2_a"]),
            waste_kg=float(row["waste_kg_per_m2_a"]), bias=float(row["bias"]), spread=float(row["spread"]),
            load_factor=float(row["load_factor"]), at_peak=float(row["at_peak"]),
        )  # fmt: skip
    return natures


NATURES = _read_natures()
FIRM_SPREAD = 0.35  # what the halls of one factory have in common
WITHOUT_GAS = {"oldtown", "village"}  # bottled gas


@dataclass(frozen=True, slots=True)
class Demand:
    """
    What a plan's houses use in a year at the level of 2025, all of them standing.

    Attributes
    ----------
    annual
        Per carrier, one value per house: electricity, heat and cold in kWh, gas and water in m3, waste in kg.
    is_served
        Whether the district network heats and cools a house.
    peak_kw
        What each house adds to the greatest load of the zone, its share of streets, chargers, works and losses with it.
    """

    annual: dict[str, Array]
    is_served: NDArray[np.bool_]
    peak_kw: Array

    @property
    def peak_mw(self) -> float:
        """Greatest electric load of the zone at build-out."""
        return float(self.peak_kw.sum()) / 1000


def hidden_demand(plan: Plan) -> Demand:
    """
    Return what the houses of a plan use.

    Truth differs on purpose from what factors say: it is the value of literature times a bias of the use (5 to 25 %,
    see `NATURES`), half a per cent less for each year that a house is newer, times a random factor of its own. A model
    that knows only the literature then errs as models do, and what meters say of it is worth something.
    """
    houses = plan.houses
    natures = [NATURES.get(house.use, NATURES["other"]) for house in houses]
    # what is odd on purpose uses nothing: it may be gone, drawn twice or crossed in itself
    floor_m2 = np.array([0.0 if house.is_odd else house.floor_area_m2 for house in houses], dtype=np.float64)
    own = _individual(plan, natures) * np.array([nature.bias for nature in natures]) * floor_m2
    lean = own * (1 - EFFICIENCY_PER_A * (np.array([house.year for house in houses]) - EFFICIENT_YEAR))
    is_served = _served(plan)
    heat, cold = _conditioning(houses, is_served)
    saved = heat / HEATING_COP + cold / COOLING_COP
    annual = {
        "electricity": lean * (np.array([nature.electricity_kwh for nature in natures]) - saved),
        "gas": lean * np.array([nature.gas_m3 for nature in natures]) * _gas_share(plan, is_served),
        "heat": lean * heat,
        "cold": lean * cold,
        "water": own * np.array([nature.water_m3 for nature in natures]),
        "waste": own * np.array([nature.waste_kg for nature in natures]),
    }
    return Demand(annual, is_served, _peak(plan, natures, annual))


def by_lot(plan: Plan, values: Array) -> Array:
    """Return what the houses of each lot have together. Shape (lots,)"""
    lots = np.array([house.lot for house in plan.houses], dtype=np.int64)
    return np.bincount(lots, weights=values, minlength=len(plan.lots)).astype(np.float64)


def _individual(plan: Plan, natures: list[Nature]) -> Array:
    """Return what sets each house apart, 1 in the mean; the halls of a factory have a good part of it in common."""
    random = plan.site.random("demand")
    spread = np.array([nature.spread for nature in natures])
    own = random.standard_normal(len(natures)) * spread - spread**2 / 2
    firm = random.standard_normal(len(plan.lots)) * FIRM_SPREAD - FIRM_SPREAD**2 / 2
    lots = np.array([house.lot for house in plan.houses], dtype=np.int64)
    works = np.array([house.use == "industrial" for house in plan.houses])
    factors: Array = np.exp(own + np.where(works, firm[lots], 0.0))
    return factors


def works_lots(plan: Plan) -> list[Lot]:
    """Return the lots of works that have room for a plant."""
    return [lot for lot in plan.lots if lot.purpose == "works" and lot.geometry.area > ROOMY_M2]


def station_lot(plan: Plan) -> Lot | None:
    """Return the lot of the energy station: that of the works which is nearest to the zone's midst."""
    works = works_lots(plan)
    centre = plan.zone.centroid
    return min(works, key=lambda lot: float(lot.geometry.distance(centre)), default=None)


def _served(plan: Plan) -> NDArray[np.bool_]:
    """Return which houses the district network serves: newer ones around its station that are no homes."""
    lot = station_lot(plan)
    if lot is None:
        return np.zeros(len(plan.houses), dtype=np.bool_)
    reach_m = float(np.clip(SERVED_M * math.sqrt(plan.site.residents / SERVED_RESIDENTS), *SERVED_RANGE_M))
    near = shapely.distance([house.geometry for house in plan.houses], lot.geometry.centroid) < reach_m
    eligible = np.array([house.use in SERVED_USES and house.year >= SERVED_SINCE for house in plan.houses])
    served: NDArray[np.bool_] = near & eligible
    return served


def _conditioning(houses: list[House], is_served: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Return heat and cold that the network delivers, told by what the survey's seasons add. [kWh/m2]"""
    per_use = {use: _seasonal(use) for use in SERVED_USES}
    pairs = [per_use[house.use] if served else (0.0, 0.0) for house, served in zip(houses, is_served, strict=True)]
    heat, cold = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    return heat * HEATING_COP, cold * COOLING_COP


def _seasonal(use: str) -> tuple[float, float]:
    """Return the electricity that winter and summer add to a use. [kWh/m2]"""
    monthly = SURVEY_KWH_PER_M2[use]
    above = np.maximum(np.array(monthly) - shoulder_mean(monthly), 0)
    return float(above[[0, 1, 2, 11]].sum()), float(above[5:9].sum())


def _gas_share(plan: Plan, is_served: NDArray[np.bool_]) -> Array:
    """Return how much of its use's gas a house takes: none without mains, less in new dwellings and where served."""
    share = np.where(is_served, 0.5, 1.0)
    for number, house in enumerate(plan.houses):
        if plan.lots[house.lot].purpose in WITHOUT_GAS:
            share[number] = 0.0
        elif house.use == "residential":
            share[number] = 1 - ELECTRIFIED_PER_A * max(house.year - FURNACE_YEAR, 0)
    return share


def _peak(plan: Plan, natures: list[Nature], annual: dict[str, Array]) -> Array:
    """Return what each house adds to the zone's greatest load at build-out. [kW]"""
    factors = np.array([nature.at_peak / nature.load_factor for nature in natures])
    grown = np.array([growth(house.use, "electricity") ** (BUILT_OUT - BASE_YEAR) for house in plan.houses])
    own = annual["electricity"] / HOURS * factors * grown
    common_kwh = plan.site.residents * (CHARGING_KWH_PER_RESIDENT_A + LIGHTING_KWH_PER_RESIDENT_A)
    common_kwh += float(annual["water"].sum()) * TREATMENT_KWH_PER_M3
    common_kw = common_kwh / HOURS / COMMON_LOAD_FACTOR * COMMON_AT_PEAK
    whole: Array = own * (1 + common_kw / own.sum()) / (1 - LOSS_SHARE)
    return whole
