"""Tariffs by the hour: when each period holds, what a kilowatt-hour costs in it, and who pays which."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from twin.errors import LayerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

FOLDER = Path(__file__).parent
PERIODS = ("critical_peak", "peak", "flat", "valley")
FLAT = PERIODS.index("flat")
TARIFFS = ("single_part_small", "single_part", "two_part", "two_part_industry")
MONTHS, DAY_H = 12, 24
STEPS = 2  # of an hour: periods begin at whole and half hours

ENERGY = "tariff_price.energy"
VALLEY, CRITICAL = "tariff_ratio.valley", "tariff_ratio.critical_on_peak"
PEAK = {"single_part_small": "tariff_ratio.peak_single_part_small", "single_part": "tariff_ratio.peak_single_part",
        "two_part": "tariff_ratio.peak_two_part", "two_part_industry": "tariff_ratio.peak_two_part"}
FIXED = {tariff: f"tariff_price.fixed_{'single' if tariff.startswith('single') else 'two'}_part" for tariff in TARIFFS}
SINGLE_FROM, TWO_FROM = "tariff_capacity.single_part", "tariff_capacity.two_part"
NEEDED = (ENERGY, VALLEY, CRITICAL, SINGLE_FROM, TWO_FROM, *PEAK.values(), *FIXED.values())


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One row of `period.csv`: hours of the day in some months, for some customers of a region."""

    region: str
    customers: str
    months: tuple[int, ...]
    period: str
    from_h: float
    until_h: float
    source: str
    seen: str


@cache
def read_periods() -> tuple[PeriodRow, ...]:
    """
    Return the table of periods.

    Raises
    ------
    LayerError
        If a row names no period, month or hour that there is.
    """
    found = []
    with (FOLDER / "period.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                told = PeriodRow(row["region"], row["customers"], tuple(int(text) for text in row["months"].split()),
                                 row["period"], float(row["from_h"]), float(row["until_h"]), row["source"],
                                 row["seen"])
            except (KeyError, TypeError, ValueError) as error:
                message = f"period.csv, line {number}: {error}; see the README beside it"
                raise LayerError(message) from error
            if (told.period not in PERIODS or told.customers not in {"all", *TARIFFS}
                    or not set(told.months) <= set(range(1, MONTHS + 1))
                    or not 0 <= told.from_h < told.until_h <= DAY_H
                    or told.from_h * STEPS % 1 or told.until_h * STEPS % 1):
                message = f"period.csv, line {number}: no such period, customer, month or half hour; correct it"
                raise LayerError(message)
            found.append(told)
    return tuple(found)


def region_of_tariff(regions: Sequence[str], known: Mapping[str, float]) -> str | None:
    """
    Return the nearest region whose periods and prices are known, None where there is none.

    Parameters
    ----------
    regions
        Of the zone, nearest first.
    known
        Factors that hold there.
    """
    having = {row.region for row in read_periods()}
    if not set(NEEDED) <= set(known):
        return None
    return next((region for region in regions if region in having), None)


def period_shares(tariff: str, region: str, rows: Sequence[PeriodRow] | None = None) -> Array:
    """
    Return how much of every hour of the day belongs to each period, month by month.

    Later rows of the table go before earlier ones; what none names is flat.

    Returns
    -------
    shares
        In the order of :data:`PERIODS`; they sum to 1. [1], shape (12, 24, 4)
    """
    period = np.full((MONTHS, DAY_H * STEPS), FLAT)
    for row in read_periods() if rows is None else rows:
        if row.region == region and row.customers in {"all", tariff}:
            steps = slice(round(row.from_h * STEPS), round(row.until_h * STEPS))
            period[np.array(row.months) - 1, steps] = PERIODS.index(row.period)
    each = period.reshape(MONTHS, DAY_H, STEPS, 1) == np.arange(len(PERIODS))
    return np.asarray(each.mean(axis=2))


def spread_over_year(by_month: Array, hours: int) -> Array:
    """
    Return what holds by month and hour of the day for every hour of a year.

    Parameters
    ----------
    by_month
        Shape (12, 24, ...)
    hours
        Of the year, 8760 or 8784, from midnight of 1 January on.
    """
    month, hour = calendar(hours)
    found: Array = by_month[month, hour]
    return found


def calendar(hours: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return month (0 to 11) and hour of the day of every hour of a year of so many hours."""
    common_year_h = 365 * DAY_H
    moments = pd.date_range("2024-01-01" if hours > common_year_h else "2023-01-01", periods=hours, freq="h")
    return np.asarray(moments.month - 1, dtype=np.int64), np.asarray(moments.hour, dtype=np.int64)


def floats(tariff: str, factors: Mapping[str, float]) -> Array:
    """
    Return the purchase price of each period over that of flat hours. [1], shape (4,)

    References
    ----------
    .. [1] Jiangsu Development and Reform Commission, notice 2025 No. 426.
    """
    peak = factors[PEAK[tariff]]
    return np.array([peak * factors[CRITICAL], peak, 1.0, factors[VALLEY]])


def prices(tariff: str, factors: Mapping[str, float]) -> Array:
    """Return what a kilowatt-hour costs in each period: only the purchase price floats. [CNY/kWh], shape (4,)"""
    return factors[FIXED[tariff]] + factors[ENERGY] * floats(tariff, factors)


@cache
def customers() -> dict[str, str]:
    """Return whom each use is billed as; a use that is not listed is commerce."""
    with (FOLDER / "use_customer.csv").open(encoding="utf-8", newline="") as file:
        return {row["use"]: row["customer"] for row in csv.DictReader(file)}


def tariff_of(use: str | None, rating_kva: float, factors: Mapping[str, float]) -> str | None:
    """
    Return the tariff of a building, None where its use has none that is known.

    Parameters
    ----------
    use
        Of the building.
    rating_kva
        Of its connection. [kVA]
    factors
        With the ratings from which tariffs hold. [kVA]
    """
    customer = customers().get(use or "other", "commerce")
    if customer not in {"commerce", "industry"}:
        return None
    if rating_kva >= factors[TWO_FROM]:
        return "two_part_industry" if customer == "industry" else "two_part"
    return "single_part" if rating_kva >= factors[SINGLE_FROM] else "single_part_small"
