"""A user's weather file: EPW or PVGIS, told apart by its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.sources.fault import SourceFault, require_size, shown
from twin.weather.closure import find_shift, settle
from twin.weather.epw import read_epw
from twin.weather.pvgis import is_pvgis, read_pvgis
from twin.weather.reading import AGAIN
from twin.weather.year import WeatherYear

if TYPE_CHECKING:
    from pathlib import Path

    from twin.checks import Checks
    from twin.weather.reading import Reading

MOST_BYTES = 32 * 2**20  # twenty years of PVGIS are 20 MB
UNKNOWN = SourceFault("is neither an EPW file nor one of PVGIS", "give an .epw, or a TMY or hourly file of PVGIS")


def read_weather(path: Path, checks: Checks) -> WeatherYear:
    """
    Read a year of weather from an EPW file, or from a typical year or hourly series of PVGIS (CSV or JSON).

    Parameters
    ----------
    path
        The file; its name does not matter.
    checks
        Receives what was mended, how the hours were stamped, and how the components were made to close.

    Returns
    -------
    year
        The GHI is that of the file; see :func:`twin.weather.closure.settle` for the components.

    Raises
    ------
    SourceError
        If the file cannot be read, is not a whole year, or holds what cannot be.
    """
    try:
        return _read(path, checks)
    except SourceFault as fault:
        checks.fault(shown(path.name), fault.reason, fault.remedy)
        checks.raise_faults()
        raise


def _read(path: Path, checks: Checks) -> WeatherYear:
    reading = _parse(_text(path, checks), checks)
    shift_min, closures = find_shift(reading)
    hours = settle(reading, shift_min, checks)
    name = shown(path.name)
    moment = _moment(reading, shift_min)
    others = ", ".join(f"{value:.1%} at {shift:+g} min" for shift, value in sorted(closures.items()))
    checks.note(f"weather: the hours of {name} hold for the sun {moment}; global, direct and diffuse miss each other "
                f"by {others}")
    before, after = (frame[["dni", "dhi"]].sum() / 1000 for frame in (reading.hours, hours))
    checks.note(f"weather: the GHI of {name} is kept, {hours['ghi'].sum() / 1000:,.0f} kWh/m2; its DNI goes from "
                f"{before['dni']:,.0f} to {after['dni']:,.0f}, its DHI from {before['dhi']:,.0f} to "
                f"{after['dhi']:,.0f} kWh/m2, so that they add up in every hour")
    return WeatherYear(
        hours=hours, latitude_deg=reading.latitude_deg, longitude_deg=reading.longitude_deg,
        altitude_m=reading.altitude_m, synthetic=False, ghi_low=reading.ghi_low, ghi_high=reading.ghi_high,
        utc_offset_h=reading.utc_offset_h,
        source=f"{reading.title}; {name}, sun {moment} (closure {closures[shift_min]:.1%})",
    )  # fmt: skip


def _parse(text: str, checks: Checks) -> Reading:
    if text.startswith("LOCATION,"):
        return read_epw(text, checks)
    if is_pvgis(text):
        return read_pvgis(text, checks)
    raise SourceFault(UNKNOWN.reason, UNKNOWN.remedy)


def _text(path: Path, checks: Checks) -> str:
    """Return a file's text; signs that are not UTF-8, such as an umlaut in a station's name, are replaced."""
    require_size(path, MOST_BYTES)
    if not path.is_file():
        raise SourceFault("is no file", "give the weather file itself")
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise SourceFault(reason, "check its permissions") from error
    if len(content) > MOST_BYTES:
        raise SourceFault("grows while it is read", "give a file that is whole")
    if b"\0" in content:
        raise SourceFault("is not a text file in UTF-8", AGAIN)
    text = content.decode("utf-8-sig", errors="replace")
    checks.count("repaired", "weather: signs that are not UTF-8, replaced",
                 text.count("\N{REPLACEMENT CHARACTER}") - content.count("\N{REPLACEMENT CHARACTER}".encode()))
    return text


def _moment(reading: Reading, shift_min: float) -> str:
    if not reading.ends_hours:
        return "at their label" if shift_min == 0 else f"{shift_min:+g} min from their label"
    return {-60.0: "at their beginning", -30.0: "in their middle", 0.0: "at their end"}[shift_min]
