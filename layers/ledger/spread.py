"""How far a factor or an activity may be off: split lognormal draws, one per factor for the whole zone."""

from __future__ import annotations

import hashlib
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

Z_95 = NormalDist().inv_cdf(0.975)  # 1.9600
DRAWS = 10_000
NOT_DRAWN = frozenset({"level"})  # a definition has no error


def normals(name: str, seed: int, draws: int = DRAWS) -> Floats:
    """
    Return standard normal numbers that belong to a name, whatever else is drawn and in whatever order.

    Returns
    -------
    numbers
        shape (draws,)
    """
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return np.random.default_rng(np.frombuffer(digest, np.uint32)).standard_normal(draws)


def log_spread(value: ArrayLike, bound: ArrayLike) -> Floats:
    """
    Return the standard deviation of the logarithm on one side of a median, from the bound of its 95 % interval.

    A split lognormal has the value as its median and the bounds as its 2.5 and 97.5 % quantiles, so it is as lopsided
    as they are. No bound is no spread.

    Examples
    --------
    >>> float(log_spread(2.0, 1.0).round(4)), float(log_spread(2.0, 4.0).round(4))
    (0.3537, 0.3537)
    """
    value, bound = np.asarray(value, np.float64), np.asarray(bound, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.abs(np.log(bound / value)) / Z_95
    return np.where(np.isfinite(spread), spread, 0.0)


def draw_factor(value: float, low: float, high: float, kind: str, numbers: Floats) -> Floats:
    """
    Return values that a factor may have.

    Split lognormal; where the value or a bound is not positive, which no lognormal reaches, split normal.

    Parameters
    ----------
    value, low, high
        Median and 95 % interval, in one unit.
    kind
        Of the interval; `level` is never drawn.
    numbers
        Standard normal numbers. shape (draws,)

    Returns
    -------
    values
        shape (draws,)
    """
    if kind in NOT_DRAWN:
        return np.full_like(numbers, value)
    if value > 0 and low > 0:
        sigma = np.where(numbers < 0, log_spread(value, low), log_spread(value, high))
        return np.asarray(value * np.exp(sigma * numbers))
    width = np.where(numbers < 0, value - low, high - value) / Z_95
    drawn = value + width * numbers
    return np.asarray(np.maximum(drawn, 0.0) if low >= 0 else drawn)
