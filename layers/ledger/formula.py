"""What is done, times factors: how a claim of a room becomes an activity and an emission, unit by unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from layers.ledger.units import in_unit, parse_unit, registry
from twin.errors import FactorError, LayerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EMISSION_UNIT = "kgCO2e/a"
KEY = ["base_unit", "activity_factors", "activity_unit", "emission_factor"]
SURE = {"source": "H", "secondary": "M", "derived": "M", "memory": "L"}  # quality of a factor by how it was seen
WORST = {"H": 0, "M": 1, "L": 2}


@dataclass(frozen=True, slots=True)
class Term:
    """
    One factor of a formula.

    Attributes
    ----------
    quantity
        What it is called in the factor tables.
    way
        `*` multiply, `/` divide by it, `~` multiply by one less it.
    """

    quantity: str
    way: str

    def value(self, number: float) -> float:
        """Return what the formula is multiplied by."""
        return {"*": number, "/": 1 / number if number else float("inf"), "~": 1 - number}[self.way]


def parse_terms(text: str | None) -> tuple[Term, ...]:
    """
    Return the factors that a claim names, separated by spaces; `/` divides by one, `~` takes one less it.

    Examples
    --------
    >>> [(term.way, term.quantity) for term in parse_terms("vkt_per_head ~electric_share /household_size")]
    [('*', 'vkt_per_head'), ('~', 'electric_share'), ('/', 'household_size')]
    """
    return tuple(
        Term(word[1:], word[0]) if word[0] in "/~" else Term(word, "*") for word in (text or "").split()
    )


def resolve_formulas(formulas: pd.DataFrame, factors: pd.DataFrame) -> pd.DataFrame:
    """
    Return what every formula of a zone multiplies a base with.

    Parameters
    ----------
    formulas
        Distinct columns :data:`KEY` of the claims.
    factors
        The factors in force: quantity, factor_id, value, unit, seen.

    Returns
    -------
    resolved
        The key; activity_per_base (in `activity_unit` per unit of the base), factor_id, factor_value, factor_unit
        (kilograms of carbon dioxide or what warms as much, per unit of the activity), gas, missing (the first quantity
        that the zone's regions have no factor for), quality_activity and quality_factor.

    Raises
    ------
    FactorError
        If a factor is divided by that is not above 0, or one is taken from 1 that is more.
    LayerError
        If units do not fit together.
    """
    known = factors.set_index("quantity").to_dict("index")
    asked = formulas[KEY].astype(object).where(formulas[KEY].notna(), None)
    return pd.DataFrame(
        [_resolve(formula, known) for formula in asked.to_dict("records")],
        columns=[*KEY, "activity_per_base", "factor_id", "factor_value", "factor_unit", "gas", "missing",
                 "quality_activity", "quality_factor"],
    )


def _resolve(formula: Mapping[Any, Any], known: Mapping[Any, Mapping[Any, Any]]) -> dict[str, Any]:
    terms, emission = parse_terms(formula["activity_factors"]), formula["emission_factor"]
    row = dict(formula)
    missing = next((term.quantity for term in terms if term.quantity not in known), None)
    unit_text = formula["activity_unit"]
    for term in terms:
        _require_defined(term, known.get(term.quantity, {}))
    try:
        if missing is None and unit_text:
            number, unit = 1.0, parse_unit(formula["base_unit"])
            for term in terms:
                number *= term.value(known[term.quantity]["value"])
                unit = _times(unit, term, known[term.quantity]["unit"])
            row["activity_per_base"] = in_unit(number, unit, unit_text)
            row["quality_activity"] = _quality(known[term.quantity]["seen"] for term in terms)
        if emission is not None and emission in known and unit_text:
            factor = known[emission]
            unit = registry().Unit(parse_unit(factor["unit"]) * parse_unit(unit_text))
            row |= {"factor_id": factor["factor_id"], "gas": gas_of(emission, factor["unit"]),
                    "factor_value": in_unit(factor["value"], unit, EMISSION_UNIT),
                    "factor_unit": f"kgCO2e/{_plain(unit_text)}", "quality_factor": SURE[factor["seen"]]}
    except FactorError as error:
        message = f"{formula['activity_factors']} x {emission}: {error}; mend the units of these factors"
        raise LayerError(message) from error
    if missing is None and emission is not None and emission not in known:
        missing = emission
    return row | {"missing": missing}


def _require_defined(term: Term, factor: Mapping[Any, Any]) -> None:
    """Raise an error where a formula means nothing with a factor, or with its lower bound."""
    for name, told in (("value", ""), ("low", "the lower bound of ")):
        number = factor.get(name)
        if number is None or pd.isna(number):
            continue
        where = f"ledger: {told}{factor['factor_id']} is {number:g}, and {term.way}{term.quantity}"
        if term.way == "/" and number <= 0:
            message = f"{where} divides by it; give it a number above 0"
            raise FactorError(message)
        if term.way == "~" and factor["unit"] == "1" and number > 1:
            message = f"{where} takes it from 1; give it a number up to 1"
            raise FactorError(message)


def gas_of(quantity: str, unit: str) -> str:
    """Return the gas that a factor counts: CO2 alone, one gas by its warming, or all of them together."""
    if quantity.startswith("gwp."):
        return quantity.removeprefix("gwp.").upper()
    return "CO2e" if "CO2e" in unit else "CO2"


def _times(unit: Any, term: Term, text: str) -> Any:
    own = parse_unit(text)
    if term.way == "~" and text != "1":
        message = f"one less {term.quantity} has no meaning, its unit is {text}"
        raise FactorError(message)
    return registry().Unit(unit / own if term.way == "/" else unit * own)


def _quality(seen: Iterable[str]) -> str:
    return max((SURE[how] for how in seen), key=WORST.__getitem__, default="H")


def _plain(unit: str) -> str:
    """Return an activity's unit without its year: emissions of kWh/a are in kg per kWh."""
    return unit.removesuffix("/a")
