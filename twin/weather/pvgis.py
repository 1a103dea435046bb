"""Typical years and hourly series of PVGIS, as CSV or JSON, read by pvlib."""

from __future__ import annotations

import calendar
import io
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pvlib import iotools

from twin.sources.fault import SourceFault, shown
from twin.weather.reading import AGAIN, Reading, as_one_year, clean, require_place
from twin.weather.year import COLUMNS, HOURS

if TYPE_CHECKING:
    from twin.checks import Checks

ROW = re.compile(r"^\d{8}:\d{4},", re.MULTILINE)
BROKEN = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, RecursionError)
INSTANTS_MIN = (0.0, 10.0, 30.0, 60.0)  # after the label: satellites at a minute of theirs, reanalyses amid the hour
SERIES_MIN = (-30.0, 0.0, 10.0, 30.0)  # hourly series carry that minute in their labels already
HORIZON_DEG = 0.5  # below which a beam on the horizontal says nothing of the beam itself
ASK = "ask PVGIS for hourly data of a plane with slope 0, with radiation components, or for a TMY"


def is_pvgis(text: str) -> bool:
    """Return whether a text begins like a file of PVGIS."""
    return text.lstrip().startswith(("{", "Latitude (decimal degrees):"))


def read_pvgis(text: str, checks: Checks) -> Reading:
    """
    Return what a file of PVGIS says: a typical year (TMY), or an hourly series of a horizontal plane with components.

    Of a series of several years the one whose GHI is nearest their mean is taken, and the others give the bounds.

    Parameters
    ----------
    text
        The whole file.
    checks
        Receives the counts of what was mended, and which year was taken.

    Raises
    ------
    SourceFault
        If the file is cut off, holds no whole year or no components, or what cannot be.
    """
    try:
        document = json.loads(text) if text.lstrip().startswith("{") else None
        outputs = document["outputs"] if document is not None else {}
        if "tmy_hourly" in outputs or "\ntime(UTC)," in text.replace("\r", ""):
            return _tmy(text, document, checks)
        return _series(text, document, checks)
    except SourceFault:
        raise
    except json.JSONDecodeError as error:
        reason = f"is no whole JSON file: it breaks at letter {error.pos + 1:,}"
        raise SourceFault(reason, AGAIN) from error
    except BROKEN as error:
        raise SourceFault("is no whole file of PVGIS: its head or its table is damaged", AGAIN) from error


def _tmy(text: str, document: dict[str, Any] | None, checks: Checks) -> Reading:
    """Return a typical year."""
    rows = len(ROW.findall(text)) if document is None else len(document["outputs"]["tmy_hourly"])
    if rows != HOURS[0]:
        reason = f"holds {rows:,} rows, and a typical year has {HOURS[0]:,} hours"
        raise SourceFault(reason, AGAIN)
    file = io.BytesIO(text.encode()) if document is None else io.StringIO(text)
    frame, meta = iotools.read_pvgis_tmy(file, pvgis_format="csv" if document is None else "json")
    place = meta["inputs"].get("location", meta["inputs"])
    offset_h = float(place.get("irradiance_time_offset", place.get("irradiance time offset", 0.0)))
    shifts = (*INSTANTS_MIN, round(60 * offset_h, 1)) if 0 <= offset_h < 1 else INSTANTS_MIN
    weather = meta["inputs"].get("meteo_data", {})
    period = f", {weather['year_min']}-{weather['year_max']}" if {"year_min", "year_max"} <= set(weather) else ""
    base = " ".join(shown(weather[key]) for key in ("radiation_db", "meteo_db") if key in weather)
    labels = as_one_year(pd.DatetimeIndex(frame.index).tz_localize(None))
    return _reading(frame, labels, place, checks, title=f"PVGIS typical year {base}".strip() + period, shifts=shifts)


def _series(text: str, document: dict[str, Any] | None, checks: Checks) -> Reading:
    """Return the most usual whole year of an hourly series."""
    kind = "csv" if document is None else "json"
    frame, meta = iotools.read_pvgis_hourly(io.StringIO(text), pvgis_format=kind)
    inputs = meta["inputs"]
    if not {"poa_direct", "poa_sky_diffuse", "solar_elevation"} <= set(frame):
        raise SourceFault("holds no direct and diffuse irradiance", ASK)
    slope_deg = _slope(inputs)
    if slope_deg != 0:
        turned = "that follows the sun" if slope_deg is None else f"tilted {slope_deg:g} degrees"
        reason = f"is of a plane {turned}"
        raise SourceFault(reason, ASK)
    frame = frame.apply(pd.to_numeric, errors="coerce").astype("float64")
    height = frame["solar_elevation"]
    frame["ghi"] = frame["poa_direct"] + frame["poa_sky_diffuse"]
    frame["dhi"] = frame["poa_sky_diffuse"]
    beam = frame["poa_direct"] / np.sin(np.radians(height.clip(lower=HORIZON_DEG)))
    frame["dni"] = beam.where(height > HORIZON_DEG, 0.0)
    weather = inputs.get("meteo_data", {})
    base = shown(weather.get("radiation_db", inputs.get("radiation_database", "")))
    year, low, high = _usual_year(frame, checks)
    chosen = frame[pd.DatetimeIndex(frame.index).year == year]
    labels = as_one_year(pd.DatetimeIndex(chosen.index).tz_localize(None))
    place = inputs.get("location", inputs)
    return _reading(chosen, labels, place, checks, title=f"PVGIS hourly {base}, {year}", shifts=SERIES_MIN,
                    bounds=(low, high))


def _usual_year(frame: pd.DataFrame, checks: Checks) -> tuple[int, float, float]:
    """Return the whole year nearest the mean, and the sums of the poorest and the richest relative to it."""
    years = pd.DatetimeIndex(frame.index).year
    found = np.unique(years)
    whole = [int(year) for year in found if (years == year).sum() == HOURS[calendar.isleap(int(year))]]
    if not whole:
        reason = f"holds {len(frame):,} hours and no whole year from January to December (UTC)"
        raise SourceFault(reason, "ask PVGIS for whole years")
    ghi = frame["ghi"].groupby(np.asarray(years)).sum()[whole]
    year = whole[int((ghi - ghi.mean()).abs().to_numpy().argmin())]
    if len(found) > 1:
        checks.note(f"weather: of the whole years {', '.join(map(str, whole))} the one nearest to their mean is taken, "
                    f"{year}")
    return year, float(ghi.min() / ghi[year]), float(ghi.max() / ghi[year])


def _slope(inputs: dict[str, Any]) -> float | None:
    """Return the tilt of a series' plane, None where it follows the sun. [degrees]"""
    if "Slope" in inputs:
        return float(str(inputs["Slope"]).split()[0])
    fixed = inputs.get("mounting_system", {}).get("fixed")
    return None if fixed is None else float(fixed["slope"]["value"])


def _reading(
    frame: pd.DataFrame, labels: pd.DatetimeIndex, place: dict[str, Any], checks: Checks, *, title: str,
    shifts: tuple[float, ...], bounds: tuple[float, float] = (1.0, 1.0),
) -> Reading:  # fmt: skip
    latitude_deg, longitude_deg, altitude_m = (float(place[key]) for key in ("latitude", "longitude", "elevation"))
    # PVGIS knows no time zone: months are those of the nautical one.
    utc_offset_h = float(round(longitude_deg / 15)) if abs(longitude_deg) <= 180 else 0.0
    require_place(latitude_deg, longitude_deg, altitude_m, utc_offset_h)
    hours = frame[list(COLUMNS)].apply(pd.to_numeric, errors="coerce").astype("float64")
    hours.index = labels.tz_localize("UTC")
    return Reading(hours=clean(hours, checks), latitude_deg=latitude_deg, longitude_deg=longitude_deg,
                   altitude_m=altitude_m, utc_offset_h=utc_offset_h, title=title, shifts_min=shifts,
                   ghi_low=bounds[0], ghi_high=bounds[1])
