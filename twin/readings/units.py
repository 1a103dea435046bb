"""Carriers and the units they are read in; each carrier has one canonical unit."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from twin.classes import read_classes

DIGITS = 12  # significant digits of an amount: 3.6 MJ and 1 kWh are then one amount


@cache
def carriers() -> dict[str, dict[str, str]]:
    """Return canonical unit and reference area (`floor` or `ground`) by carrier."""
    return {row["carrier"]: row for row in read_classes("carrier")}


@cache
def _expressions() -> dict[str, str]:
    return {row["unit"]: row["expression"] for row in read_classes("reading_unit")}


@lru_cache(maxsize=256)
def conversion(unit: str, carrier: str) -> float | None:
    """
    Return what a value in a unit is multiplied by to be in the carrier's, None where the unit does not suit it.

    Examples
    --------
    >>> conversion("MWh", "heat")
    1000.0
    >>> conversion("kWh", "gas")
    """
    known = _expressions()
    if unit not in known:
        return None
    registry = _registry()
    given, wanted = registry.Unit(known[unit]), registry.Unit(known[carriers()[carrier]["unit"]])
    if not given.is_compatible_with(wanted):
        return None
    return float(registry.Quantity(1.0, given).to(wanted).magnitude)


def suitable_units(carrier: str) -> list[str]:
    """Return the units that a carrier may be read in."""
    return [unit for unit in _expressions() if conversion(unit, carrier) is not None]


def canonical_amount(value: float, factor: float) -> float:
    """Return a value times a conversion, without the noise of its last digits."""
    return float(f"{value * factor:.{DIGITS}g}")


@cache
def _registry() -> Any:  # its classes are made at run time
    import pint

    return pint.UnitRegistry()
