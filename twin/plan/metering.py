"""Who has a meter in a plan: houses and lots, of which carrier, in which unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.plan.demand import by_lot, hidden_demand
from twin.plan.roofs import LAST_YEAR, find_solar_roofs
from twin.plan.season import profile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.plan.demand import Demand
    from twin.plan.records import House, Plan

    Array = NDArray[np.float64]

FULL_RESIDENTS = 150_000  # of the zone that the numbers below are for
MOST_SCALE = 1.6  # a larger zone has at most so many times as many meters
DENSE_QUARTERS = 14  # with so many meters of homes that their sum may be shown
DENSE_HOMES = (16, 24)  # meters in one of them, least and most
SPARSE_HOMES = (2, 7)  # in the others
LEAST_DENSE = 12
LARGEST_SHARE = 0.13  # of a dense quarter's sum: one house above it would give itself away
LARGEST_OTHER_SHARE = 0.09  # the same of what is no home
GAS_SHARE, WATER_SHARE = 0.30, 0.60  # of the metered homes
OTHER_SHARE = {"industrial": 0.15, "warehouse": 0.2, "office": 0.20, "government": 0.4, "hotel": 0.5, "retail": 0.15,
               "healthcare": 0.5, "education": 0.2, "culture": 0.4, "sports": 0.3, "transport": 1.0}
OTHER_WATER, OTHER_GAS = 0.35, 0.25
SITES = {"industry": ("electricity", "water"), "logistics": ("electricity",), "gated": ("water", "waste"),
         "tower": ("waste",), "school": ("water",), "hospital": ("waste",)}
SITE_SHARE = {"industry": 0.10, "logistics": 0.2, "gated": 0.24, "tower": 0.2, "school": 0.2, "hospital": 0.5}
LARGE_KWH = 3e6  # a year, above which electricity meters may count MWh
SECOND_UNIT_SHARE = 0.5  # of the meters of a carrier that is read in two units
SOLAR_H = 1_100.0  # full-load hours that studies in Jiangsu count with
SOLAR_SPREAD = 0.07
SOLAR_SHARE = 0.9  # of the photovoltaic roofs have a meter of their own here
LAST_STANDING = 2021  # year of completion of homes that are read for all three years


@dataclass(frozen=True, slots=True)
class Meter:
    """
    A meter and what it would read without any fault.

    Attributes
    ----------
    subject_kind, number
        `building` or `parcel`, and its number among the houses or lots of the plan.
    carrier, unit
        What it counts and in what.
    amounts
        What is used in each month of the three years. [unit], shape (36,)
    year
        Year in which the subject is finished; nothing is read before the next.
    per_m2
        Yearly amount per gross floor area. [unit/(m2 a)]
    """

    subject_kind: str
    number: int
    carrier: str
    unit: str
    amounts: Array
    year: int
    per_m2: float


def choose_meters(plan: Plan) -> list[Meter]:
    """Return the meters of a plan: those of lots first, then those of houses."""
    demand = hidden_demand(plan)
    random = plan.site.random("metering")
    scale = min(plan.site.residents / FULL_RESIDENTS, MOST_SCALE)
    quarters = quarters_of(plan)
    homes = _choose_homes(random, plan, demand, quarters, scale)
    limits = _limits(demand, quarters, homes)
    sites = _choose_sites(random, plan, demand, limits, quarters, scale)
    lots = {(meter.number, meter.carrier) for meter in sites}
    chosen = _home_meters(random, plan, demand, homes)
    chosen += _other_meters(random, plan, demand, limits, quarters, scale)
    chosen += _solar_meters(random, plan, scale)
    # what stands on a lot with a meter of its own is counted there
    houses = [meter for meter in chosen if (plan.houses[meter.number].lot, meter.carrier) not in lots]
    return sites + sorted(houses, key=lambda meter: (meter.number, meter.carrier))


def quarters_of(plan: Plan) -> NDArray[np.int64]:
    """Return the number of the quarter that each house lies in. Shape (houses,)"""
    return np.array([plan.lots[house.lot].quarter for house in plan.houses], dtype=np.int64)


def _choose_homes(
    random: np.random.Generator, plan: Plan, demand: Demand, quarters: NDArray[np.int64], scale: float
) -> list[int]:
    """Return homes with a meter: many in some quarters, a few in the others."""
    members: dict[int, list[int]] = {}
    for number, house in enumerate(plan.houses):
        if house.use == "residential" and house.year < LAST_YEAR:
            members.setdefault(int(quarters[number]), []).append(number)
    before = {key: sum(plan.houses[number].year <= LAST_STANDING for number in members[key]) for key in members}
    dense = [key for key in sorted(members) if before[key] >= DENSE_HOMES[0]]
    wanted = min(max(round(DENSE_QUARTERS * scale), 1), len(dense))
    dense = [dense[index] for index in np.sort(random.choice(len(dense), wanted, replace=False))] if dense else []
    others = [key for key in sorted(members) if key not in dense]
    homes: list[int] = []
    for key in sorted(dense):
        standing = [number for number in members[key] if plan.houses[number].year <= LAST_STANDING]
        homes += _alike(random, standing, demand.annual["electricity"])
    spared = min(1.0, 30 * scale / max(len(others), 1))
    for key in others:
        if random.random() < spared:
            number = min(int(random.integers(*SPARSE_HOMES)), len(members[key]))
            homes += random.choice(members[key], number, replace=False).tolist()
    return sorted(homes)


def _alike(random: np.random.Generator, members: list[int], yearly_kwh: Array) -> list[int]:
    """Return some members of which none has much of what all have together."""
    number = min(int(random.integers(DENSE_HOMES[0], DENSE_HOMES[1] + 1)), len(members))
    chosen: list[int] = random.choice(members, number, replace=False).tolist()
    while len(chosen) > LEAST_DENSE:
        largest = max(chosen, key=lambda member: float(yearly_kwh[member]))
        if yearly_kwh[largest] <= LARGEST_SHARE * yearly_kwh[chosen].sum():
            break
        chosen.remove(largest)
    return chosen


def _limits(demand: Demand, quarters: NDArray[np.int64], homes: list[int]) -> dict[int, float]:
    """Return how much electricity a subject other than a home may use in each dense quarter. [kWh/a]"""
    summed: dict[int, list[float]] = {}
    for number in homes:
        summed.setdefault(int(quarters[number]), []).append(float(demand.annual["electricity"][number]))
    return {key: LARGEST_OTHER_SHARE * sum(values) for key, values in summed.items() if len(values) >= LEAST_DENSE}


def _choose_sites(
    random: np.random.Generator, plan: Plan, demand: Demand, limits: dict[int, float], quarters: NDArray[np.int64],
    scale: float,
) -> list[Meter]:
    """Return meters of whole lots: of factories, and of the water and waste of gated quarters."""
    totals = {carrier: by_lot(plan, demand.annual[carrier]) for carrier in ("electricity", "water", "waste")}
    floor_m2 = by_lot(plan, np.array([house.floor_area_m2 for house in plan.houses]))
    first: dict[int, House] = {}
    quarter: dict[int, int] = {}
    for number, house in enumerate(plan.houses):
        quarter[house.lot] = int(quarters[number])
        if house.lot not in first or house.floor_area_m2 > first[house.lot].floor_area_m2:
            first[house.lot] = house
    late = {house.lot for house in plan.houses if house.year >= LAST_YEAR}
    shrink = _shrink(plan, scale)
    meters = []
    for number, lot in enumerate(plan.lots):
        chance = SITE_SHARE.get(lot.purpose, 0.0) * shrink
        if random.random() >= chance or number not in first or number in late:
            continue
        for carrier in SITES[lot.purpose]:
            yearly = float(totals[carrier][number])
            if carrier == "electricity" and yearly > limits.get(quarter[number], np.inf):
                continue
            shape = profile(first[number].use, carrier)
            about = first[number].year, float(floor_m2[number])
            meters.append(_meter(random, "parcel", number, carrier, yearly * shape, about))
    return meters


def _home_meters(random: np.random.Generator, plan: Plan, demand: Demand, homes: list[int]) -> list[Meter]:
    meters = []
    for number in homes:
        carriers = ["electricity"]
        if random.random() < GAS_SHARE:
            carriers.append("gas")
        if random.random() < WATER_SHARE:
            carriers.append("water")
        meters += _house_meters(random, plan, demand, number, carriers)
    return meters


def _other_meters(
    random: np.random.Generator, plan: Plan, demand: Demand, limits: dict[int, float], quarters: NDArray[np.int64],
    scale: float,
) -> list[Meter]:
    """Return meters of shops, offices, schools and works, in dense quarters only of those that do not stand out."""
    shrink = _shrink(plan, scale)
    meters = []
    for number, house in enumerate(plan.houses):
        is_small = demand.annual["electricity"][number] <= limits.get(int(quarters[number]), np.inf)
        draws = random.random(3)
        if draws[0] >= OTHER_SHARE.get(house.use, 0.0) * shrink or house.year >= LAST_YEAR:
            continue
        carriers = ["electricity"] if is_small else []
        carriers += ["water"] if draws[1] < OTHER_WATER else []
        carriers += ["gas"] if draws[2] < OTHER_GAS else []
        carriers += ["heat", "cold"] if demand.is_served[number] else []
        meters += _house_meters(random, plan, demand, number, carriers)
    return meters


def _house_meters(
    random: np.random.Generator, plan: Plan, demand: Demand, number: int, carriers: list[str]
) -> list[Meter]:
    house, served = plan.houses[number], bool(demand.is_served[number])
    meters = []
    for carrier in carriers:
        yearly = float(demand.annual[carrier][number])
        if yearly > 0:
            shape = profile(house.use, carrier, is_served=served)
            about = house.year, house.floor_area_m2
            meters.append(_meter(random, "building", number, carrier, yearly * shape, about))
    return meters


def _solar_meters(random: np.random.Generator, plan: Plan, scale: float) -> list[Meter]:
    """Return meters of photovoltaic roofs; almost all have one."""
    shrink = _shrink(plan, scale)
    meters = []
    for roof in find_solar_roofs(plan):
        factor, draw = float(np.exp(random.normal(0, SOLAR_SPREAD))), float(random.random())
        if draw < SOLAR_SHARE * shrink and roof.year < LAST_YEAR:
            amounts = roof.power_kw * SOLAR_H * factor * profile("solar", "pv")
            about = roof.year, plan.houses[roof.house].floor_area_m2
            meters.append(_meter(random, "building", roof.house, "pv", amounts, about))
    return meters


def _shrink(plan: Plan, scale: float) -> float:
    """Return how much rarer meters are where the zone is too large to have its share of them."""
    return scale / (plan.site.residents / FULL_RESIDENTS)


def _meter(
    random: np.random.Generator, kind: str, number: int, carrier: str, amounts: Array, about: tuple[int, float]
) -> Meter:
    """Return a meter in one of the units its carrier is read in."""
    year, floor_m2 = about
    choices = {"electricity": ("kWh", "MWh"), "heat": ("GJ", "MWh"), "cold": ("MWh", "MWh"), "gas": ("m3", "m3"),
               "pv": ("kWh", "kWh"), "water": ("m3", "m3"), "waste": ("kg", "t")}
    draw = random.random()
    is_second = draw < SECOND_UNIT_SHARE and (carrier != "electricity" or float(amounts[-12:].sum()) > LARGE_KWH)
    unit = choices[carrier][int(is_second)]
    factor = {"MWh": 1e-3, "GJ": 3.6e-3, "t": 1e-3}.get(unit, 1.0)
    values = amounts * factor
    return Meter(kind, number, carrier, unit, values, year, float(values[-12:].sum()) / max(floor_m2, 1.0))
