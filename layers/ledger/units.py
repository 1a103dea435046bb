"""Units of factors as pint knows them: kWh/(m2 a), kgCO2e/t, persons."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from twin.errors import FactorError

# A year of an inventory has 365 days; people, vehicles and dwellings are counted; kinds of gas are masses of carbon
# dioxide or what warms as much.
DEFINITIONS = (
    "a = 365 * day", "person = [person]", "household = [household]", "vehicle = [vehicle]", "CNY = [money]",
    "kgCO2e = kilogram", "kgCO2 = kilogram", "tCO2e = 1000 kilogram", "tCO2 = 1000 kilogram", "gCO2 = gram",
    "gCO2e = gram", "kgCH4 = kilogram", "kgN2O = kilogram", "kgBOD = kilogram", "kgN = kilogram",
    "tce = 29.3076 GJ", "kgce = 29.3076 MJ",
)
PERSONS = re.compile(r"\b(person|household|vehicle)s\b")
POWER = re.compile(r"([A-Za-z])([23])\b(?<!O2)(?<!H4)")


@cache
def registry() -> Any:  # its classes are made at run time
    """Return the registry of all units that factors may have."""
    import pint

    found: Any = pint.UnitRegistry(on_redefinition="ignore")
    for definition in DEFINITIONS:
        found.define(definition)
    return found


@cache
def parse_unit(text: str) -> Any:
    """
    Return a unit of a factor table.

    Raises
    ------
    FactorError
        If no unit is known by that name.

    Examples
    --------
    >>> str(parse_unit("kWh/(m2 a)").dimensionality)
    '[mass] / [time] ** 3'
    """
    if text == "1":
        return registry().Unit("dimensionless")
    if text == "%":
        return registry().Unit("percent")
    plain = POWER.sub(r"\1**\2", PERSONS.sub(r"\1", text))
    try:
        return registry().Unit(re.sub(r"(?<=[\w)])\s+(?=[\w(])", "*", plain))
    except Exception as error:  # pint raises errors of many kinds, some of them of its parser
        message = f"unit {text!r} is not understood ({type(error).__name__}); write it like kWh/(m2 a)"
        raise FactorError(message) from error


def in_unit(number: float, unit: Any, wanted: str) -> float:
    """
    Return a number in another unit.

    Raises
    ------
    FactorError
        If the two measure different things.
    """
    target = parse_unit(wanted)
    if not unit.is_compatible_with(target):
        message = f"{unit} is no {wanted}"
        raise FactorError(message)
    return float(registry().Quantity(number, unit).to(target).magnitude)
