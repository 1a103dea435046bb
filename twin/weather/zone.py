"""The weather of a zone: its file, else the typical year of a station nearby, else none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from twin.weather.file import read_weather
from twin.weather.typical import distance_to, typical_reason, typical_year

if TYPE_CHECKING:
    from pathlib import Path

    from twin.checks import Checks
    from twin.weather.year import WeatherYear
    from twin.zone import Zone

FAR_KM = 100.0


def zone_weather(zone: Zone, checks: Checks, latitude_deg: float, longitude_deg: float) -> WeatherYear | None:
    """
    Return the weather of a zone.

    Parameters
    ----------
    zone
        Its description; the file of `[sources.weather]` comes first.
    checks
        Receives what was mended and assumed, and why there is no weather.
    latitude_deg, longitude_deg
        Of the zone's middle, north and east positive. [degrees]

    Returns
    -------
    year
        None where no file is given and no typical year is near: whatever needs the sun is then not estimated.

    Raises
    ------
    SourceError
        If the file cannot be read or holds what cannot be.
    WeatherError
        If the middle is no place on the earth.
    """
    source, path = zone.sources.weather, zone.files().get("weather")
    if source is None or path is None:
        year = typical_year(latitude_deg, longitude_deg)
        reason = typical_reason(latitude_deg, longitude_deg)
        checks.note(f"weather: {year.source}" if year else f"weather: none, so that the sun is not estimated: {reason}")
        return year
    return replace(read_weather_for(path, checks, latitude_deg, longitude_deg), synthetic=source.synthetic)


def read_weather_for(path: Path, checks: Checks, latitude_deg: float, longitude_deg: float) -> WeatherYear:
    """
    Return the weather of a file for a place; that it is of another place, far away, is noted.

    Raises
    ------
    SourceError
        If the file cannot be read or holds what cannot be.
    """
    year = read_weather(path, checks)
    away_km = distance_to(latitude_deg, longitude_deg, year.latitude_deg, year.longitude_deg)
    if away_km > FAR_KM:
        checks.note(f"weather: {year.source} is of a place {away_km:,.0f} km away; give a file of a nearer one")
    return year
