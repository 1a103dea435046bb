"""Sums over the ledger with their intervals, by Monte Carlo: one draw per factor for all places, years and lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from layers.ledger.formula import parse_terms
from layers.ledger.spread import DRAWS, NOT_DRAWN, Z_95, draw_factor, log_spread, normals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

BATCH = 256  # sums that are drawn together: 20 MB for each kind of activity
DIGITS = 6  # of a bound: further ones differ between processors
METERED, KNOWN = "activity_error.metered", "activity_error.total"
COMMON = "activity_error.common"  # share of an activity's variance that all subjects of a kind have in common


@dataclass(frozen=True)
class Drawn:
    """
    What the rows of a ledger may have been multiplied with.

    Attributes
    ----------
    seed
        Of all draws.
    formula
        Number of each row's formula. shape (rows,)
    times
        What each formula may be, relative to its value. shape (formulas, draws)
    kind
        Number of each row's kind of activity. shape (rows,)
    kinds
        Their names.
    down, up
        Standard deviation of the logarithm of each row's activity, below and above. shape (rows,)
    split_down, split_up
        The same of how a sum that is known was shared out to each row; nothing where the activity is modelled. It
        counts where only some of the rows of such a sum are added up. shape (rows,)
    subject
        Number of each row's subject. shape (rows,)
    common
        Share of the variance of activities that all of a kind have in common.
    """

    seed: int
    formula: Numbers
    times: Floats
    kind: Numbers
    kinds: Sequence[str]
    down: Floats
    up: Floats
    split_down: Floats
    split_up: Floats
    subject: Numbers
    common: float

    def of(self, rows: Numbers) -> Drawn:
        """Return the same of some of the rows."""
        return replace(self, formula=self.formula[rows], kind=self.kind[rows], down=self.down[rows], up=self.up[rows],
                       split_down=self.split_down[rows], split_up=self.split_up[rows], subject=self.subject[rows])

    def whole(self) -> Drawn:
        """Return the same for sums of all rows that a known sum was shared out to."""
        return replace(self, split_down=np.zeros_like(self.down), split_up=np.zeros_like(self.up))


def draw_formulas(ledger: pd.DataFrame, factors: pd.DataFrame, *, seed: int, draws: int = DRAWS) -> Drawn:
    """
    Draw every factor once, and return what each row of a ledger is multiplied with.

    Parameters
    ----------
    ledger
        Rows with an emission.
    factors
        The factors in force: quantity, factor_id, value, low, high, interval_kind.
    seed
        Of the draws.
    draws
        Number of draws.
    """
    known = factors.set_index("quantity").to_dict("index")
    relative: dict[str, Floats] = {}

    def draw(quantity: str, way: str) -> Floats:
        row = known[quantity]
        if quantity not in relative:
            numbers = normals(str(row["factor_id"]), seed, draws)
            relative[quantity] = draw_factor(row["value"], row["low"], row["high"], str(row["interval_kind"]), numbers)
        value, drawn = float(row["value"]), relative[quantity]
        if way == "~":
            return np.clip(1 - drawn, 0, 1) / (1 - value) if value != 1 else np.ones(draws)
        if value == 0:
            return np.ones(draws)
        return value / np.maximum(drawn, value * 1e-3) if way == "/" else drawn / value

    told = ledger["evidence"].isin(["measured", "reported"])
    terms = ledger["activity_factors"].fillna("").where(~told, ledger["evidence"].map(
        {"measured": METERED, "reported": KNOWN}))
    text = terms.astype(str) + " " + ledger["factor_quantity"].astype(str)
    formula, names = text.factorize()
    times = np.ones((len(names), draws))
    for number, name in enumerate(names):
        for term in parse_terms(str(name)):
            times[number] *= draw(term.quantity, term.way)
    kind, kinds = ledger["base_unit"].astype(str).factorize()
    subject, _ = (ledger["subject_kind"] + "/" + ledger["subject_id"]).factorize()
    spreads = [np.sqrt(_activity_squares(ledger, known, side)) for side in ("low", "high")]
    bases = [_base_spread(ledger, side) for side in ("low", "high")]
    down, up = (np.where(told, 0.0, base) for base in bases)
    split = [np.where(told, np.hypot(spread, base), 0.0) for spread, base in zip(spreads, bases, strict=True)]
    return Drawn(seed, formula.astype(np.int64), times, kind.astype(np.int64), list(map(str, kinds)), down, up,
                 split[0], split[1], subject.astype(np.int64), float(known[COMMON]["value"]))


def bound_sums(
    emissions: Floats, group: Numbers, places: Sequence[str], drawn: Drawn
) -> tuple[Floats, Floats]:
    """
    Return the 2.5 and 97.5 % quantiles of sums of rows.

    A factor has one draw, so what shares it errs together. Of an activity's error a share is common to all of its kind,
    the rest each subject's own: of many subjects it is the root of the sum of squares.

    Parameters
    ----------
    emissions
        Of each row. [kgCO2e/a], shape (rows,)
    group
        Which sum each row belongs to, -1 for none. shape (rows,)
    places
        Name of each sum's place: sums of one place have its subjects' own errors in common. shape (sums,)
    drawn
        What rows may be multiplied with.

    Returns
    -------
    low, high
        [kgCO2e/a], shape (sums,)
    """
    low, high = np.zeros(len(places)), np.zeros(len(places))
    order = np.argsort(group, kind="stable")
    order = order[np.searchsorted(group[order], 0):]
    for first in range(0, len(places), BATCH):
        last = min(first + BATCH, len(places))
        start, stop = np.searchsorted(group[order], [first, last])
        rows = order[start:stop]
        batch = _draw_batch(emissions[rows], group[rows] - first, places[first:last], drawn, rows)
        low[first:last], high[first:last] = np.quantile(batch, [0.025, 0.975], axis=1)
    return _rounded(low), _rounded(high)


def _draw_batch(
    emissions: Floats, group: Numbers, places: Sequence[str], drawn: Drawn, rows: Numbers
) -> Floats:
    """Return what some sums may be. shape (sums, draws)"""
    count, draws = len(places), drawn.times.shape[1]
    total = np.zeros((count, draws))
    for number, name in enumerate(drawn.kinds):
        mine = drawn.kind[rows] == number
        if not mine.any():
            continue
        weights = sparse.csr_array((emissions[mine], (group[mine], drawn.formula[rows][mine])),
                                   shape=(count, len(drawn.times)))
        weight = np.abs(emissions[mine])
        whole = np.bincount(group[mine], weight, count)
        down, up = (_ratio(np.bincount(group[mine], weight * side[rows][mine], count), whole) * np.sqrt(drawn.common)
                    for side in (drawn.down, drawn.up))
        total += (weights @ drawn.times) * _errors(normals(f"activity/{name}", drawn.seed, draws)[None, :], down, up)
    own = [_own_spread(emissions, group, drawn.subject[rows],
                       np.hypot(side[rows] * np.sqrt(1 - drawn.common), split[rows]), count)
           for side, split in ((drawn.down, drawn.split_down), (drawn.up, drawn.split_up))]
    numbers = np.stack([normals(f"place/{place}", drawn.seed, draws) for place in places])
    return np.asarray(total * _errors(numbers, *own))


def _own_spread(emissions: Floats, group: Numbers, subject: Numbers, spread: Floats, count: int) -> Floats:
    """Return the spread of sums by the errors that each subject has by itself. shape (sums,)"""
    pairs, place = np.unique(np.column_stack([group, subject]), axis=0, return_inverse=True)
    place = place.reshape(-1)
    each = np.bincount(place, np.abs(emissions) * spread, len(pairs))
    squares = np.bincount(pairs[:, 0], each**2, count)
    return _ratio(np.sqrt(squares), np.bincount(group, np.abs(emissions), count))


def _errors(numbers: Floats, down: Floats, up: Floats) -> Floats:
    """Return factors of a split lognormal. shape (sums, draws)"""
    return np.asarray(np.exp(numbers * np.where(numbers < 0, down[:, None], up[:, None])))


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0))


def _rounded(values: Floats) -> Floats:
    return np.array([float(f"{value:.{DIGITS}g}") for value in values])


def bound_rows(ledger: pd.DataFrame, factors: Mapping[Any, Mapping[Any, Any]]) -> tuple[Floats, Floats]:
    """
    Return the 95 % interval of each row by itself: spreads of its factors and its activity add as squares.

    In logarithms a product is a sum, so this is the product rule of the IPCC 2006 Guidelines (vol. 1, ch. 3, eq. 3.1)
    for errors of any size.

    Returns
    -------
    low, high
        [kgCO2e/a], shape (rows,)
    """
    told = ledger["evidence"].map({"measured": METERED, "reported": KNOWN})
    text = told.fillna("").astype(str) + " " + ledger["factor_quantity"].astype(str)
    sides = []
    for side in ("low", "high"):
        squares = _squares(text, factors, side) + _activity_squares(ledger, factors, side)
        sides.append(np.sqrt(squares + _base_spread(ledger, side) ** 2) * Z_95)
    emissions = ledger["emissions_kgco2e_per_a"].to_numpy(np.float64)
    ends = emissions * np.exp(-sides[0]), emissions * np.exp(sides[1])
    return np.minimum(*ends), np.maximum(*ends)


def _activity_squares(ledger: pd.DataFrame, factors: Mapping[Any, Mapping[Any, Any]], side: str) -> Floats:
    """Return the squared spread of each row's activity factors. shape (rows,)"""
    return _squares(ledger["activity_factors"].fillna("").astype(str), factors, side)


def _squares(text: pd.Series[str], factors: Mapping[Any, Mapping[Any, Any]], side: str) -> Floats:
    squares = {name: sum(_square(term.quantity, term.way, side, factors) for term in parse_terms(name))
               for name in text.unique()}
    return np.asarray(text.map(squares).to_numpy(np.float64))


def _base_spread(ledger: pd.DataFrame, side: str) -> Floats:
    """Return the spread of each row's base. shape (rows,)"""
    return log_spread(ledger["base"].to_numpy(np.float64), ledger[f"base_{side}"].to_numpy(np.float64))


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
