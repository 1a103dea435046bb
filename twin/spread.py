"""How far an estimate may be off: split lognormals, from the bounds of their 95 % intervals."""

from __future__ import annotations

import hashlib
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

Z_95 = NormalDist().inv_cdf(0.975)  # 1.9600
DRAWS = 10_000
TINY = 1e-18
EVENING = 0.3  # how fast a mean of lopsided errors becomes even as their number grows: fitted, see draw_mean
NOT_DRAWN = frozenset({"level"})  # a definition has no error


@cache
def _bank(seed: int) -> Floats:
    """Return the standard normal numbers that all names of a seed take theirs from. shape (4,194,304,)"""
    bank = np.random.default_rng(seed).standard_normal(1 << 22)
    bank.setflags(write=False)
    return bank


def normals(name: str, seed: int, draws: int = DRAWS) -> Floats:
    """
    Return standard normal numbers that belong to a name, whatever else is drawn and in whatever order.

    A piece of one long row, begun where the name says: pieces of two names are independent unless they begin at the
    same number, of four millions.

    Returns
    -------
    numbers
        Not to be written to. shape (draws,)
    """
    bank = _bank(seed)
    start = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") % (len(bank) - draws)
    return bank[start:start + draws]


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


def lognormal_moments(down: ArrayLike, up: ArrayLike) -> tuple[Floats, Floats]:
    """
    Return mean and mean square of a split lognormal with the median 1.

    Parameters
    ----------
    down, up
        Standard deviations of its logarithm, below and above the median.

    References
    ----------
    .. [1] Each half of a normal variable z gives the integral of exp(n s z), which is exp((n s)^2 / 2) times the share
       of the normal distribution below (n s) on the side of the half.

    Examples
    --------
    >>> [float(moment.round(4)) for moment in lognormal_moments(0.5, 0.5)]  # exp(0.125), exp(0.5)
    [1.1331, 1.6487]
    """
    down, up = np.asarray(down, np.float64), np.asarray(up, np.float64)
    mean, square = (np.exp((n * down) ** 2 / 2) * ndtr(-n * down) + np.exp((n * up) ** 2 / 2) * ndtr(n * up)
                    for n in (1, 2))
    return mean, square


def draw_mean(down: ArrayLike, up: ArrayLike, number: ArrayLike, numbers: Floats) -> Floats:
    """
    Return what the mean of independent split lognormals, each with the median 1, may be.

    One is itself; many tend to their mean, which lies above the median where they are lopsided. In between a split
    lognormal is fitted to mean and variance of the mean, the less lopsided the more there are. Against drawing each, of
    spreads up to 1 and any number, its upper bound is off by 2 % at most; its lower one by up to 10 % downwards of two
    or three, by 2 % of five and more.

    Parameters
    ----------
    down, up
        Standard deviations of the logarithm of each, below and above its median. shape (sums,)
    number
        How many there are; for unequal weights the square of their sum over the sum of their squares. shape (sums,)
    numbers
        Standard normal numbers. shape (sums, draws)

    Returns
    -------
    means
        shape (sums, draws)

    References
    ----------
    .. [1] L. F. Fenton, "The sum of log-normal probability distributions in scatter transmission systems", IRE Trans.
       Commun. Syst. 8 (1960): a sum of lognormals by a lognormal with its mean and variance.
    """
    down, up, number = (np.asarray(item, np.float64) for item in (down, up, number))
    mean, square = lognormal_moments(down, up)
    excess = np.maximum(square / mean**2 - 1, TINY)
    even = np.sqrt(np.log1p(excess / number))  # of a lognormal with the variance of the mean
    part, lopsided = even / np.sqrt(np.log1p(excess)), number**-EVENING
    low, high = (np.sqrt(lopsided * (side * part) ** 2 + (1 - lopsided) * even**2) for side in (down, up))
    own_mean, _ = lognormal_moments(low, high)
    drawn = two_sided(numbers, low[:, None], high[:, None])
    drawn *= (mean / own_mean)[:, None]
    return drawn


def two_sided(numbers: Floats, down: ArrayLike, up: ArrayLike) -> Floats:
    """Return a split lognormal with the median 1 at standard normal numbers."""
    drawn = np.maximum(numbers, 0.0)
    drawn *= np.subtract(up, down)
    drawn += np.multiply(numbers, down)
    return np.asarray(np.exp(drawn, out=drawn))


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
        return value * two_sided(numbers, log_spread(value, low), log_spread(value, high))
    width = np.where(numbers < 0, value - low, high - value) / Z_95
    drawn = value + width * numbers
    return np.asarray(np.maximum(drawn, 0.0) if low >= 0 else drawn)
