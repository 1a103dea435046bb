"""Units of factors, read without the library that the build reads them with."""

from __future__ import annotations

import re

from twin.errors import ReleaseError

# Seconds, metres and kilograms that the units of factors are made of, and the letters of what they measure.
UNITS: dict[str, tuple[float, str]] = {
    "1": (1, ""), "%": (0.01, ""), "m": (1, "L"), "km": (1e3, "L"), "m2": (1, "LL"), "ha": (1e4, "LL"),
    "m3": (1, "LLL"), "L": (1e-3, "LLL"), "s": (1, "T"), "h": (3600, "T"), "day": (86_400, "T"),
    "a": (365 * 86_400, "T"),
    "kg": (1, "M"), "g": (1e-3, "M"), "t": (1e3, "M"), "Mt": (1e9, "M"),
    "J": (1, "E"), "kJ": (1e3, "E"), "MJ": (1e6, "E"), "GJ": (1e9, "E"), "TJ": (1e12, "E"), "kWh": (3.6e6, "E"),
    "MWh": (3.6e9, "E"), "GWh": (3.6e12, "E"), "tce": (29.3076e9, "E"), "kgce": (29.3076e6, "E"),
    "W": (1, "E/T"), "kW": (1e3, "E/T"), "MW": (1e6, "E/T"), "kWp": (1e3, "E/T"),
    "person": (1, "P"), "persons": (1, "P"), "household": (1, "H"), "households": (1, "H"), "vehicle": (1, "V"),
    "vehicles": (1, "V"), "CNY": (1, "C"),
}
MASS = re.compile(r"^(k?g|t|Mt)(CO2e|CO2|CH4|N2O|BOD|N)$")


def read_unit(text: str) -> tuple[float, str]:
    """
    Return the size of a unit in seconds, metres, kilograms, joules and heads, and what it measures.

    Examples
    --------
    >>> read_unit("kWh/(m2 a)") == (3.6e6 / (365 * 86_400), "E/LLT")
    True
    """
    above, _, below = text.partition("/")
    if "/" in below:
        below = below.replace("/", " ")
    size, kind = 1.0, ""
    for part, sign in ((above, 1), (below, -1)):
        for word in part.replace("(", " ").replace(")", " ").split():
            found = MASS.match(word)
            name = found[1] if found else word
            if name not in UNITS:
                message = f"unit {text!r} is not understood"
                raise ReleaseError(message)
            unit_size, unit_kind = UNITS[name]
            size *= unit_size**sign
            kind = by(kind, unit_kind) if sign > 0 else over(kind, unit_kind)
    return size, kind


def by(kind: str, other: str) -> str:
    """Return what the product of two measures."""
    above, _, below = kind.partition("/")
    more, _, less = other.partition("/")
    return _lowest(above + more, below + less)


def over(kind: str, other: str) -> str:
    """Return what the quotient of two measures."""
    more, _, less = other.partition("/")
    return by(kind, f"{less}/{more}")


def _lowest(above: str, below: str) -> str:
    """Return letters above and below the line without those that stand on both."""
    for letter in set(above) & set(below):
        times = min(above.count(letter), below.count(letter))
        above, below = above.replace(letter, "", times), below.replace(letter, "", times)
    return "".join(sorted(above)) + ("/" + "".join(sorted(below)) if below else "")
