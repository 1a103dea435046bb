"""The shape of a year's electricity: shares of hours from schedules and from the temperature of the air."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DAY_H = 24
WEEK = 7
SATURDAY = 5  # Monday is 0


@dataclass(frozen=True, slots=True)
class Split:
    """
    What a use's electricity serves.

    Attributes
    ----------
    cooling, heating
        Shares of the year's electricity; None where they are not known. [1]
    """

    cooling: float | None
    heating: float | None


@dataclass(frozen=True, slots=True)
class Shape:
    """
    Shares of the hours of a year; every one that is there sums to 1.

    Attributes
    ----------
    base, cooling, heating
        Hours of each part; None where it has none of its own. [1], shape (hours,)
    base_weight, cooling_weight, heating_weight
        Shares of the parts in the year; they sum to 1. [1]
    """

    base: Array
    cooling: Array | None
    heating: Array | None
    base_weight: float
    cooling_weight: float
    heating_weight: float

    @property
    def whole(self) -> Array:
        """Share of each hour in the year's electricity. [1], shape (hours,)"""
        return self.base_weight * self.base + self.part("cooling") + self.part("heating")

    def part(self, name: str) -> Array:
        """Return what cooling or heating adds to the whole, zeros where it has no hours. [1], shape (hours,)"""
        hours: Array | None = getattr(self, name)
        weight: float = getattr(self, f"{name}_weight")
        return np.zeros_like(self.base) if hours is None else weight * hours


def spread_schedule(weekday: Array, weekend: Array, *, year: int, hours: int) -> Array:
    """
    Return a schedule's weight in each hour of a calendar year.

    Parameters
    ----------
    weekday, weekend
        Weights from Monday to Friday, and on Saturdays and Sundays. [1], shape (24,)
    year
        Whose 1 January says on which day of the week the hours begin.
    hours
        Length of the year. [h]

    Returns
    -------
    weight
        [1], shape (hours,)
    """
    hour = np.arange(hours)
    day = (date(year, 1, 1).weekday() + hour // DAY_H) % WEEK
    return np.where(day >= SATURDAY, weekend[hour % DAY_H], weekday[hour % DAY_H])


def share_of_hours(weight: Array) -> Array | None:
    """Return weights as shares that sum to 1, None where all are zero. [1], shape (hours,)"""
    total = float(weight.sum())
    return weight / total if total > 0 else None


def find_shape(
    base: Array, operated: Array, split: Split, temperature_degc: Array | None, *, cool_above_degc: float | None,
    heat_below_degc: float | None,
) -> Shape:  # fmt: skip
    """
    Return the shape of a use's electricity.

    Cooling follows the degree hours above a balance temperature, heating those below another, both times the
    schedule of operation; the rest follows its schedule alone. A part without hours of its own goes with the rest.

    Parameters
    ----------
    base, operated
        Schedules of what is not for the climate, and of when rooms are conditioned. [1], shape (hours,)
    split
        What the electricity serves.
    temperature_degc
        Of the air, None where no weather is known. [degC], shape (hours,)
    cool_above_degc, heat_below_degc
        Balance temperatures, None where not known. [degC]

    References
    ----------
    .. [1] ASHRAE Handbook Fundamentals, ch. 19, "Energy estimating and modeling methods": variable-base degree hours.
    """
    cooling = heating = None
    if temperature_degc is not None and cool_above_degc is not None and split.cooling:
        cooling = share_of_hours(np.maximum(temperature_degc - cool_above_degc, 0.0) * operated)
    if temperature_degc is not None and heat_below_degc is not None and split.heating:
        heating = share_of_hours(np.maximum(heat_below_degc - temperature_degc, 0.0) * operated)
    cooling_weight = 0.0 if cooling is None else float(split.cooling or 0)
    heating_weight = 0.0 if heating is None else float(split.heating or 0)
    return Shape(base / base.sum(), cooling, heating, 1 - cooling_weight - heating_weight, cooling_weight,
                 heating_weight)
