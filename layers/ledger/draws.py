"""What the rows of a ledger may be multiplied with: every factor drawn once, errors of activities by their class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layers.contract import TOLD
from layers.ledger.formula import parse_terms
from twin.spread import DRAWS, draw_factor, log_spread, normals, two_sided

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

COMMON = "activity_error.common"  # share of an activity's variance that all subjects of a kind have in common
STEP = 0.1  # of the logarithm of a spread: what is nearer errs alike
LEAST = 1e-6  # of a spread


@dataclass(frozen=True)
class Drawn:
    """
    What the rows of a ledger may have been multiplied with.

    Attributes
    ----------
    seed
        Of all draws.
    times
        What each formula may be, relative to its value. shape (formulas, draws)
    formula
        Number of each row's formula; of rows whose sum is known, that of the sum's error and the emission factor.
        shape (rows,)
    modelled
        Number of the formula of each row's activity alone, as it is modelled. shape (rows,)
    kind
        Class of each row's activity by what it is and how it errs, -1 where it is exact. shape (rows,)
    kinds
        Of each class: name, spread below and above, common share of its variance.
    subject
        Number of each row's subject. shape (rows,)
    told
        Number of the known sum that each row's activity is a part of, -1 where it is modelled. shape (rows,)
    told_rows
        Rows of each known sum.
    common
        What all activities of a class have in common. shape (kinds, draws)
    amount
        Emission of each row. [kgCO2e/a], shape (rows,)
    """

    seed: int
    times: Floats
    formula: Numbers
    modelled: Numbers
    kind: Numbers
    kinds: Sequence[tuple[str, float, float, float]]
    subject: Numbers
    told: Numbers
    told_rows: Mapping[int, Numbers]
    common: Floats
    amount: Floats


def draw_formulas(ledger: pd.DataFrame, factors: pd.DataFrame, *, seed: int, draws: int = DRAWS) -> Drawn:
    """
    Draw every factor once, and return what each row of a ledger is multiplied with.

    Parameters
    ----------
    ledger
        Rows with an emission, with neighbourhood_id.
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

    own = ledger["activity_factors"].fillna("").astype(str)
    sums = ledger["evidence"].map(TOLD)
    whole = sums.fillna(own).astype(str) + " " + ledger["factor_quantity"].astype(str)
    number, names = pd.concat([whole, own]).factorize()
    times = np.ones((len(names), draws))
    for place, name in enumerate(names):
        for term in parse_terms(str(name)):
            times[place] *= draw(term.quantity, term.way)
    kind, kinds = _kinds(ledger, known)
    subject, _ = (ledger["subject_kind"] + "/" + ledger["subject_id"]).factorize()
    told = _told(ledger)
    numbers = number.astype(np.int64)
    return Drawn(seed, times, numbers[:len(ledger)], numbers[len(ledger):], kind, kinds, subject.astype(np.int64), told,
                 {int(name): np.flatnonzero(told == name) for name in np.unique(told[told >= 0])},
                 _draw_common(kinds, seed, draws), ledger["emissions_kgco2e_per_a"].to_numpy(np.float64))


def base_spread(ledger: pd.DataFrame, side: str) -> Floats:
    """Return the standard deviation of the logarithm of each row's base, on the side `low` or `high`. shape (rows,)"""
    return log_spread(ledger["base"].to_numpy(np.float64), ledger[f"base_{side}"].to_numpy(np.float64))


def _kinds(
    ledger: pd.DataFrame, known: Mapping[Any, Mapping[Any, Any]]
) -> tuple[Numbers, list[tuple[str, float, float, float]]]:
    """Return the class of each row's activity by its unit and the spread of its base, and the mean spread of each."""
    spreads = np.column_stack([base_spread(ledger, side) for side in ("low", "high")])
    steps = np.where(spreads > 0, np.round(np.log(np.maximum(spreads, LEAST)) / STEP), np.inf)
    unit = ledger["base_unit"].astype(str).to_numpy()
    classes = pd.DataFrame({"unit": unit, "down": steps[:, 0], "up": steps[:, 1]}).groupby(["unit", "down", "up"])
    number = classes.ngroup()
    mean = pd.DataFrame(spreads, columns=["down", "up"]).groupby(number.to_numpy()).mean().to_numpy(float)
    found = []
    for place, first in enumerate(number.drop_duplicates().sort_values().index):
        common = known.get(f"{COMMON}_{unit[first]}", known[COMMON])["value"]
        name = f"{unit[first]}/{steps[first, 0]:g}/{steps[first, 1]:g}"
        found.append((name, float(mean[place, 0]), float(mean[place, 1]), float(common)))
    return np.where((spreads > 0).any(axis=1), number.to_numpy(np.int64), -1), found


def _draw_common(kinds: Sequence[tuple[str, float, float, float]], seed: int, draws: int) -> Floats:
    """Return what all activities of each class have in common: numbers of its unit, by its own spread."""
    common = np.ones((len(kinds), draws))
    for place, (name, down, up, share) in enumerate(kinds):
        numbers = normals(f"activity/{name.split('/')[0]}", seed, draws) * np.sqrt(share)
        common[place] = two_sided(numbers, down, up)
    return common


def _told(ledger: pd.DataFrame) -> Numbers:
    """Return the number of the known sum that each row is a part of: a neighbourhood's meters, or a known total."""
    place = ledger["total_id"].where(ledger["evidence"] == "reported", ledger["neighbourhood_id"])
    told = ledger["evidence"].isin(TOLD)
    key = ledger[["evidence", "carrier", "factor_quantity", "year"]].assign(
        place=place.fillna(""), basis=ledger["basis"].fillna(""))
    return np.where(told, key.groupby(list(key.columns), dropna=False).ngroup().to_numpy(np.int64), -1)
