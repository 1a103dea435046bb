"""OSM tag values as numbers: heights, storeys, years, powers and voltages as mappers really write them."""

from __future__ import annotations

import re

FOOT_M = 0.3048
INCH_M = 0.0254
TALLEST_M = 1000.0
MOST_LEVELS = 200.0
WIDEST_M = 100.0  # of a street; beyond it the unit or the point is missing
MOST_KW = 1e8
MOST_V = 1.5e6
STEEPEST_DEG = 85.0  # of a roof
COMPASS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")

_NUMBER = r"([-+]?\d+(?:[.,]\d+)?)"
_METRES = re.compile(rf"^{_NUMBER}\s*(m|metres?|meters?|米)?$", re.IGNORECASE)
_FEET = re.compile(rf"^{_NUMBER}\s*(?:'|ft|feet)\s*(?:(\d+(?:\.\d+)?)\s*(?:\"|in))?$", re.IGNORECASE)
_POWER = re.compile(rf"^(?:(\d{{1,3}})\s*[x\u00d7*]\s*)?{_NUMBER}\s*([kKMG]?)\s*([Ww](?:[_ ]?p)?|[Vv][Aa])$")
_YEAR = re.compile(r"^~?\s*(?:before |after |early |mid |late )?(\d{4})(?:s|[-./].*)?$")
_PREFIX_KW = {"": 1e-3, "k": 1.0, "K": 1.0, "M": 1e3, "G": 1e6}


def parse_metres(text: str | None) -> float | None:
    """
    Return a length in metres, or None where the text is no length. [m]

    Examples
    --------
    >>> parse_metres("12 m"), parse_metres("40'"), parse_metres("tall")
    (12.0, 12.192, None)
    """
    text = (text or "").strip()
    if match := _METRES.match(text):
        return _decimal(match[1])
    if match := _FEET.match(text):
        return round(_decimal(match[1]) * FOOT_M + float(match[2] or 0) * INCH_M, 4)
    return None


def parse_height(text: str | None) -> float | None:
    """Return a building's height, None where it is impossible. [m]"""
    height_m = parse_metres(text)
    return height_m if height_m is not None and 0 < height_m <= TALLEST_M else None


def parse_width(text: str | None) -> float | None:
    """Return a street's width, None where it is impossible. [m]"""
    width_m = parse_metres(text)
    return width_m if width_m is not None and 0 < width_m <= WIDEST_M else None


def parse_levels(text: str | None) -> float | None:
    """Return a number of storeys, None where it is impossible; of `3;4` the greater; 0 is a number. [storeys]"""
    text = (text or "").strip()
    if text.startswith("-"):
        return None
    numbers = [float(part.replace(",", ".")) for part in re.findall(r"\d+(?:[.,]\d+)?", text)]
    levels = max(numbers, default=None)
    return levels if levels is not None and levels <= MOST_LEVELS else None


def parse_direction(text: str | None) -> float | None:
    """
    Return a direction clockwise from north, of a number or a point of the compass; None where it is neither. [degrees]

    Examples
    --------
    >>> parse_direction("200"), parse_direction("NNE"), parse_direction("left")
    (200.0, 22.5, None)
    """
    text = (text or "").strip().rstrip("°").strip()
    if text.upper() in COMPASS:
        return COMPASS.index(text.upper()) * 360 / len(COMPASS)
    if not re.fullmatch(r"-?\d{1,3}(?:\.\d+)?", text):
        return None
    degrees = float(text)
    return degrees % 360 if abs(degrees) <= 360 else None


def parse_angle(text: str | None) -> float | None:
    """Return the pitch of a roof, None where it is none or as good as upright. [degrees]"""
    match = re.fullmatch(r"(\d{1,2}(?:\.\d+)?)\s*°?", (text or "").strip())
    return float(match[1]) if match and float(match[1]) <= STEEPEST_DEG else None


def parse_year(text: str | None) -> int | None:
    """Return the year of a date such as `1998`, `1998-05`, `~1890` or `1970s`, None where there is none."""
    match = _YEAR.match((text or "").strip())
    return int(match[1]) if match and 1000 <= int(match[1]) <= 2200 else None


def parse_kilowatts(text: str | None, *, is_apparent: bool = False) -> float | None:
    """
    Return a power, None for `yes` and what is impossible; several units, as in `2x63 MVA` or `5 kW;3 kW`, add up. [kW]

    Parameters
    ----------
    text
        Value of a tag; a bare number is in watts, as OSM defines.
    is_apparent
        Whether it rates a transformer or substation: then apparent power counts, in kVA, and a bare number says
        nothing.

    Examples
    --------
    >>> parse_kilowatts("22 kW"), parse_kilowatts("2x63 MVA", is_apparent=True), parse_kilowatts("500 kVA")
    (22.0, 126000.0, None)
    """
    text = (text or "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        powers_kw = [None if is_apparent else float(text) * 1e-3]
    else:
        powers_kw = [_rating(part.strip(), is_apparent=is_apparent) for part in text.split(";")]
    known = [power for power in powers_kw if power is not None]
    if len(known) < len(powers_kw) or min(known) < 0 or sum(known) > MOST_KW:
        return None
    return round(sum(known), 6)


def _rating(text: str, *, is_apparent: bool) -> float | None:
    """Return the power of one unit, or of some alike, None where the text is none. [kW], or [kVA] if apparent"""
    match = _POWER.match(text)
    if match is None or (match[4].upper() == "VA" and not is_apparent):
        return None
    return int(match[1] or 1) * _decimal(match[2]) * _PREFIX_KW[match[3]]


def parse_voltage(text: str | None) -> float | None:
    """Return the highest of the voltages of a tag such as `110000;10000`, None where it is impossible. [V]"""
    volts = max((float(part) for part in re.findall(r"\d+(?:\.\d+)?", text or "")), default=None)
    return volts if volts is not None and volts <= MOST_V else None


def parse_count(text: str | None) -> int | None:
    """Return a whole number, None where the text is none."""
    text = (text or "").strip()
    return int(text) if re.fullmatch(r"\d{1,7}", text) else None


def _decimal(text: str) -> float:
    return float(text.replace(",", "."))
