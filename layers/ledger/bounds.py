"""Intervals of single rows: spreads of factors and activity add as squares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from layers.contract import TOLD
from layers.ledger.draws import base_spread
from layers.ledger.formula import parse_terms
from twin.spread import NOT_DRAWN, Z_95, log_spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def bound_rows(ledger: pd.DataFrame, factors: Mapping[Any, Mapping[Any, Any]]) -> tuple[Floats, Floats]:
    """
    Return the 95 % interval of each row by itself: spreads of its factors and its activity add as squares.

    In logarithms a product is a sum, so this is the product rule of the IPCC 2006 Guidelines (vol. 1, ch. 3, eq. 3.1)
    for errors of any size. Of a row whose sum is known the error of that sum comes on top: how it is shared out is
    modelled.

    Returns
    -------
    low, high
        [kgCO2e/a], shape (rows,)
    """
    words = ledger["activity_factors"].fillna("").astype(str) + " " + ledger["factor_quantity"].astype(str)
    words += " " + ledger["evidence"].map(TOLD).fillna("").astype(str)
    sides = []
    for side in ("low", "high"):
        squares = {text: sum(_square(term.quantity, term.way, side, factors) for term in parse_terms(text))
                   for text in words.unique()}
        own = words.map(squares).to_numpy(np.float64) + base_spread(ledger, side) ** 2
        sides.append(np.sqrt(own) * Z_95)
    emissions = ledger["emissions_kgco2e_per_a"].to_numpy(np.float64)
    ends = emissions * np.exp(-sides[0]), emissions * np.exp(sides[1])
    return np.minimum(*ends), np.maximum(*ends)


def _square(quantity: str, way: str, side: str, factors: Mapping[Any, Mapping[Any, Any]]) -> float:
    row = factors[quantity]
    if row["interval_kind"] in NOT_DRAWN:
        return 0.0
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    if way == "~":
        value, low, high = 1 - value, 1 - high, 1 - low
    if way == "/":
        value, low, high = 1 / value, 1 / high, 1 / low
    bound = low if side == ("low" if value > 0 else "high") else high  # a removal is largest where it is lowest
    return float(log_spread(value, bound)) ** 2 if bound * value > 0 else np.inf
