"""How the year runs in a plan: monthly shapes of each carrier and use, and how three years differ."""

from __future__ import annotations

import itertools
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from twin.plan.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

YEARS = (2023, 2024, 2025)
BASE_YEAR = YEARS[-1]  # whose level yearly amounts have
DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.float64)

_CLIMATE = read_table("climate")
TEMPERATURE_C = np.array([float(row["temperature_c"]) for row in _CLIMATE])
GHI_KWH_PER_M2 = np.array([float(row["ghi_kwh_per_m2"]) for row in _CLIMATE])
SURVEY_KWH_PER_M2 = {  # metered electricity of a use by month
    row["use"]: tuple(float(row[f"month_{month}_kwh_per_m2"]) for month in range(1, 13))
    for row in read_table("electricity_by_month")
}
SHOULDER = (3, 4, 9, 10)  # April, May, October, November: neither heated nor cooled
WINTER, SUMMER = (0, 1, 2, 10, 11), (5, 6, 7, 8)

# Shares of a dwelling's electricity: cooling 25 %, heating 10 % (Hu and Yan 2016, doi:10.1016/j.enpol.2016.01.032, and
# an engineering estimate for cooling); both follow the degree days beyond these means.
HOME_COOLING, HOME_HEATING = 0.25, 0.10
COOLED_ABOVE_C, HEATED_BELOW_C = 22.0, 12.0
HOLIDAY_SHARE = 0.72  # of a month's work that is done in February, the month of Spring Festival
FLAT_HEAT = 0.25  # of the heat a network delivers: hot water, the year round

# Assumptions of the plan: how each year's weather and each year's life differ from 2025
HOT_SUMMERS = {2023: 0.97, 2024: 1.10, 2025: 1.04}
COLD_WINTERS = {2023: 1.03, 2024: 0.96, 2025: 1.0}
GROWTH_PER_A = {"home": 0.025, "service": 0.015, "work": 0.01}
GAS_GROWTH_PER_A = -0.012


def profile(use: str, carrier: str, *, is_served: bool = False) -> Array:
    """
    Return what share of its yearly amount of 2025 a use takes in each month of the three years. Shape (36,)

    Parameters
    ----------
    use
        The model's word for the use.
    carrier
        Such as `electricity`.
    is_served
        Whether a network heats and cools it, so that its electricity does not.
    """
    shares: Array = _profile(use, carrier, is_served).copy()
    return shares


@cache
def _profile(use: str, carrier: str, is_served: bool) -> Array:  # noqa: FBT001 the cache takes it by place
    shares, grown = month_shares(use, carrier, is_served=is_served), growth(use, carrier)
    return np.concatenate([shares * _weather(use, carrier, year) * grown ** (year - BASE_YEAR) for year in YEARS])


def month_shares(use: str, carrier: str, *, is_served: bool = False) -> Array:
    """Return the share of a year that each month takes. Shape (12,), sum 1"""
    if carrier == "electricity":
        return _electricity(use, is_served=is_served)
    warmth = TEMPERATURE_C - np.average(TEMPERATURE_C, weights=DAYS)
    work = use in {"industrial", "warehouse"}
    shapes: dict[str, Array] = {
        # cold mains take more gas to warm, furnaces hardly notice
        "gas": DAYS * (1 - (0.006 if work else 0.03) * warmth) * (_festival() if work else 1.0),
        "heat": FLAT_HEAT * DAYS / DAYS.sum() + (1 - FLAT_HEAT) * _degree_days(HEATED_BELOW_C - TEMPERATURE_C),
        "cold": _degree_days(TEMPERATURE_C - COOLED_ABOVE_C),
        "pv": GHI_KWH_PER_M2,
        "water": DAYS * (1 + 0.008 * warmth),
        "waste": DAYS,
    }
    return _as_shares(shapes[carrier])


def growth(use: str, carrier: str) -> float:
    """Return by what a carrier's use is multiplied from one year to the next."""
    if carrier == "electricity":
        kind = "home" if use == "residential" else "work" if use in {"industrial", "warehouse"} else "service"
        return 1 + GROWTH_PER_A[kind]
    return 1 + GAS_GROWTH_PER_A if carrier == "gas" else 1.0


def _electricity(use: str, *, is_served: bool) -> Array:
    if use == "residential":
        flat = (1 - HOME_COOLING - HOME_HEATING) * DAYS / DAYS.sum()
        cooled = HOME_COOLING * _degree_days(TEMPERATURE_C - COOLED_ABOVE_C)
        home: Array = flat + cooled + HOME_HEATING * _degree_days(HEATED_BELOW_C - TEMPERATURE_C)
        return home
    if use in {"industrial", "warehouse"}:
        return _as_shares(DAYS * _festival() * (1 + 0.01 * np.maximum(TEMPERATURE_C - COOLED_ABOVE_C, 0)))
    survey = np.array(SURVEY_KWH_PER_M2.get(use, SURVEY_KWH_PER_M2["other"]))
    return _as_shares(np.minimum(survey, shoulder_mean(survey)) if is_served else survey)


def shoulder_mean(monthly: Sequence[float] | Array) -> float:
    """Return the mean of the months that are neither heated nor cooled."""
    return float(np.mean([monthly[month] for month in SHOULDER]))


def _weather(use: str, carrier: str, year: int) -> Array:
    """Return how each month of a year departs from the typical one; work hardly feels it."""
    feels = {"cold": 1.0, "heat": 1.0, "electricity": 0.1 if use in {"industrial", "warehouse"} else 0.5, "gas": 0.2}
    factor = np.ones(12)
    for months, years in ((SUMMER, HOT_SUMMERS), (WINTER, COLD_WINTERS)):
        if carrier != "gas" or months is WINTER:
            factor[list(months)] += feels.get(carrier, 0.0) * (years[year] - 1)
    return factor


def _festival() -> Array:
    factor = np.ones(12)
    factor[1] = HOLIDAY_SHARE
    return factor


def _degree_days(excess: Array) -> Array:
    return _as_shares(DAYS * np.maximum(excess, 0))


def _as_shares(values: Array) -> Array:
    shares: Array = values / values.sum()
    return shares


def months() -> list[tuple[int, int]]:
    """Return year and month of the three years in order."""
    return list(itertools.product(YEARS, range(1, 13)))
