"""What a weather file says before it is checked, and the checks that hold for every format."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from twin.sources.fault import SourceFault
from twin.weather.year import COLUMNS, COMMON_YEAR, HOURS, IRRADIANCES, LEAP_YEAR

if TYPE_CHECKING:
    from twin.checks import Checks

# Least and greatest believable value of an hour. Radiation beyond the solar constant is a matter of seconds, not hours.
LIMITS = {
    "ghi": (0.0, 1500.0), "dni": (0.0, 1400.0), "dhi": (0.0, 1000.0), "temp_air": (-90.0, 65.0),
    "wind_speed": (0.0, 120.0),
}  # fmt: skip
UNITS = {"temp_air": "degC", "wind_speed": "m/s"} | dict.fromkeys(IRRADIANCES, "W/m2")
OFFSET_W_PER_M2 = 10.0  # that a pyranometer shows below zero at night
MOST_GAPS = 0.01  # share of hours that may be filled
AGAIN = "download the file again, or give another"


@dataclass(frozen=True, slots=True)
class Reading:
    """
    The hours of a weather file as they stand there.

    Attributes
    ----------
    hours
        Index: the labels of one year, in UTC. Columns as of a weather year; missing values are NaN.
    latitude_deg, longitude_deg
        North and east positive. [degrees]
    altitude_m
        Above sea level. [m]
    utc_offset_h
        Local standard time minus UTC. [h]
    title
        What the file is, for people.
    shifts_min
        Distances from the label at which the sun is tried. [min]
    ends_hours
        Whether the labels are the ends of the hours, rather than inside them.
    ghi_low, ghi_high
        Bounds of the annual GHI, relative to this year's. [-]
    """

    hours: pd.DataFrame
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    utc_offset_h: float
    title: str
    shifts_min: tuple[float, ...]
    ends_hours: bool = False
    ghi_low: float = 1.0
    ghi_high: float = 1.0


def require_place(latitude_deg: float, longitude_deg: float, altitude_m: float, utc_offset_h: float) -> None:
    """
    Refuse a place that is not on the earth.

    Raises
    ------
    SourceFault
        If a number is out of its range or none at all.
    """
    places = (("latitude", latitude_deg, -90, 90), ("longitude", longitude_deg, -180, 180),
              ("altitude", altitude_m, -500, 9000), ("time zone", utc_offset_h, -12, 14))
    for name, value, least, most in places:
        if not (math.isfinite(value) and least <= value <= most):
            reason = f"has a {name} of {value:g}, outside {least} to {most}"
            raise SourceFault(reason, "correct its head")


def require_rows(number: int) -> None:
    """
    Refuse another number of hours than a year has.

    Raises
    ------
    SourceFault
        If there are more or fewer.
    """
    if number not in HOURS:
        reason = f"holds {number:,} rows, and a year has {HOURS[0]:,} hours ({HOURS[1]:,} in a leap year)"
        raise SourceFault(reason, "give a file of one whole year, hour by hour")


def as_one_year(labels: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """
    Return labels, which are local or UTC as in the file, moved into one year and found to be its hours in order.

    A file that is all of one year keeps it. The months of a typical year come from several: they are put into a common
    year, or into a leap year where there is a 29 February.

    Parameters
    ----------
    labels
        Beginnings of the hours, without time zone; minutes are kept.

    Raises
    ------
    SourceFault
        If hours are missing, double or out of order.
    """
    require_rows(len(labels))
    leap = len(labels) == HOURS[1]
    years = set(labels.year)
    kept = next(iter(years)) if len(years) == 1 else None
    fits = kept is not None and pd.Timestamp(year=kept, month=1, day=1).is_leap_year == leap
    year = kept if fits and kept is not None else (LEAP_YEAR if leap else COMMON_YEAR)
    start = pd.Timestamp(year=year, month=1, day=1, minute=int(labels[0].minute))
    expected = pd.date_range(start, periods=len(labels), freq="h")
    parts = ("month", "day", "hour", "minute")
    wrong = np.logical_or.reduce([np.asarray(getattr(labels, part) != getattr(expected, part)) for part in parts])
    if wrong.any():
        first = int(wrong.argmax())
        reason = (f"has its hours out of order: where {expected[first]:%d %B %H:%M} should stand (row {first + 1:,}), "
                  f"{labels[first]:%d %B %H:%M} stands")
        raise SourceFault(reason, AGAIN)
    return expected


def clean(hours: pd.DataFrame, checks: Checks) -> pd.DataFrame:
    """
    Return the hours with small faults mended and counted.

    Parameters
    ----------
    hours
        Columns as of a weather year; missing values are NaN.
    checks
        Receives the counts.

    Raises
    ------
    SourceFault
        If a value cannot be, global irradiance is missing, or more is missing than can be filled.
    """
    hours = hours[list(COLUMNS)].astype("float64") + 0.0  # no minus zeros
    for name in IRRADIANCES:
        below = (hours[name] < 0) & (hours[name] >= -OFFSET_W_PER_M2)
        checks.count("repaired", f"weather: {name} slightly below zero, set to zero", int(below.sum()))
        hours.loc[below, name] = 0.0
    for name, (least, most) in LIMITS.items():
        wrong = ((hours[name] < least) | (hours[name] > most)).to_numpy()
        if wrong.any():
            row = int(wrong.argmax())
            reason = (f"has {int(wrong.sum()):,} impossible values of {name}, the first of {hours[name].iloc[row]:g} "
                      f"{UNITS[name]} at {_when(hours, row)}")
            raise SourceFault(reason, f"check the unit ({UNITS[name]}), or give another file")
    _require_irradiance(hours)
    for name in ("temp_air", "wind_speed"):
        gaps = hours[name].isna()
        _require_few(hours, gaps, name)
        checks.count("repaired", f"weather: {name} missing, filled in between", int(gaps.sum()))
        hours[name] = hours[name].interpolate(limit_direction="both")
    return hours


def _require_irradiance(hours: pd.DataFrame) -> None:
    """Refuse gaps in the global irradiance, which nothing can stand in for, and long ones in its components."""
    gaps = hours["ghi"].isna().to_numpy()
    if gaps.any():
        reason = (f"lacks the global irradiance in {int(gaps.sum()):,} hours, the first at "
                  f"{_when(hours, int(gaps.argmax()))}")
        raise SourceFault(reason, "give a file without gaps")
    for name in ("dni", "dhi"):
        _require_few(hours, hours[name].isna() & (hours["ghi"] > 0), name)


def _require_few(hours: pd.DataFrame, gaps: pd.Series, name: str) -> None:
    if gaps.mean() > MOST_GAPS:
        reason = (f"lacks {name} in {int(gaps.sum()):,} hours, the first at "
                  f"{_when(hours, int(gaps.to_numpy().argmax()))}")
        raise SourceFault(reason, f"give a file that lacks it in at most {MOST_GAPS:.0%} of the year")


def _when(hours: pd.DataFrame, row: int) -> str:
    return f"{pd.DatetimeIndex(hours.index)[row]:%d %B %H:%M} UTC"
