"""EnergyPlus weather files (EPW), read by pvlib."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

import pandas as pd
from pvlib import iotools

from twin.sources.fault import SourceFault, shown
from twin.weather.reading import AGAIN, Reading, as_one_year, clean, require_place, require_rows

if TYPE_CHECKING:
    from twin.checks import Checks

HEAD_LINES = 8
FIELDS = 35
FEWEST_FIELDS = 22  # up to the wind speed
SHIFTS_MIN = (-60.0, -30.0, 0.0)  # from the end of the hour, which EPW labels name
MISSING = {"ghi": 9999.0, "dni": 9999.0, "dhi": 9999.0, "temp_air": 99.9, "wind_speed": 999.0}
BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError)


def read_epw(text: str, checks: Checks) -> Reading:
    """
    Return what an EPW file says.

    Parameters
    ----------
    text
        The whole file.
    checks
        Receives the counts of what was mended.

    Raises
    ------
    SourceFault
        If the file is cut off, has other rows than the hours of a year, or holds what cannot be.
    """
    lines = text.splitlines()
    if len(lines) <= HEAD_LINES or not lines[HEAD_LINES - 1].startswith("DATA PERIODS"):
        raise SourceFault("is no whole EPW file: its eighth line is not DATA PERIODS", AGAIN)
    rows = [line for line in lines[HEAD_LINES:] if line.strip()]
    require_rows(len(rows))
    latitude_deg, longitude_deg, utc_offset_h, altitude_m = _place(lines[0])
    require_place(latitude_deg, longitude_deg, altitude_m, utc_offset_h)
    for number, row in enumerate(rows, HEAD_LINES + 1):
        _require_row(row, number)
    # Beyond its 35 fields a row would shift all columns.
    rows = [",".join(row.split(",", FIELDS)[:FIELDS]) for row in rows]
    head = [lines[0], *[""] * (HEAD_LINES - 2), lines[HEAD_LINES - 1]]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a column of mixed types is found below
            frame, meta = iotools.read_epw(io.StringIO("\n".join([*head, *rows]) + "\n"))
    except BROKEN as error:
        raise SourceFault("cannot be read as EPW: its dates are damaged", AGAIN) from error
    labels = as_one_year(pd.DatetimeIndex(frame.index).tz_localize(None))
    hours = frame[list(MISSING)].apply(pd.to_numeric, errors="coerce").astype("float64")
    hours = hours.where(hours < pd.Series(MISSING))
    hours.index = (labels + pd.Timedelta(hours=1 - utc_offset_h)).tz_localize("UTC")
    parts = (shown(meta[key].strip(' "')) for key in ("city", "country", "data_type", "WMO_code"))
    title = ", ".join(part for part in parts if part)
    return Reading(hours=clean(hours, checks), latitude_deg=latitude_deg, longitude_deg=longitude_deg,
                   altitude_m=altitude_m, utc_offset_h=utc_offset_h, title=f"EPW, {title}{_period(lines)}",
                   shifts_min=SHIFTS_MIN, ends_hours=True)


def _place(line: str) -> tuple[float, float, float, float]:
    """Return latitude, longitude [degrees], time zone [h] and altitude [m] of the first line."""
    try:
        latitude_deg, longitude_deg, utc_offset_h, altitude_m = (float(part) for part in line.split(",")[6:10])
    except ValueError as error:
        raise SourceFault("has no latitude, longitude, time zone and altitude in its first line", AGAIN) from error
    return latitude_deg, longitude_deg, utc_offset_h, altitude_m


def _require_row(row: str, number: int) -> None:
    """Refuse a row that is cut off, or does not begin with year, month, day and hour."""
    fields = row.split(",", FEWEST_FIELDS)
    if len(fields) < FEWEST_FIELDS:
        reason = f"breaks off in line {number:,}, which has {len(fields)} fields instead of {FIELDS}"
        raise SourceFault(reason, AGAIN)
    date = [field.strip() for field in fields[:4]]
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in date):
        reason = f"has no date in line {number:,}, which begins with {shown(','.join(date))!r}"
        raise SourceFault(reason, AGAIN)
    year, month, day, hour = (int(part) for part in date)
    if not (1800 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= 31 and 1 <= hour <= 24):
        reason = f"has an impossible date in line {number:,}: {shown(','.join(date))!r}, with hours from 1 to 24"
        raise SourceFault(reason, AGAIN)


def _period(lines: list[str]) -> str:
    """Return the period of record, where the comments tell it."""
    _, found, after = "\n".join(lines[:HEAD_LINES]).partition("Period of Record=")
    return f", {shown(after.split(';')[0].splitlines()[0])}" if found and after.strip() else ""
