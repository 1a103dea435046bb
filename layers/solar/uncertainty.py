"""How sure a yield is: what is exceeded in half of all years, in nine of ten, and the 95 % interval."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from twin.errors import LayerError

if TYPE_CHECKING:
    from layers.solar.pv import Array
    from layers.solar.pv_settings import Sigma

OWN = ("shading", "roof")  # errors of one roof; all others are the same for every roof of a zone

Z_90 = NormalDist().inv_cdf(0.9)  # 1.2816
Z_95 = NormalDist().inv_cdf(0.975)  # 1.9600


@dataclass(frozen=True, slots=True)
class Exceedance:
    """Yield exceeded with 50 % and 90 % probability, and bounds of the 95 % interval; in the unit of the yield."""

    p50: Array
    p90: Array
    low: Array
    high: Array


def combine_sigma(sigma: Sigma) -> tuple[float, float]:
    """
    Return the relative standard deviation that roofs share, and that of each roof by itself.

    Components are independent of each other, so squares add (JCGM 100:2008, eq. 10): the weather of a year knows
    nothing of the data set's bias. Between roofs, weather, sky model, system, soiling and ageing err alike.
    """
    parts = asdict(sigma)
    own = math.sqrt(sum(parts[name] ** 2 for name in OWN))
    common = math.sqrt(sum(value**2 for name, value in parts.items() if name not in OWN))
    return common, own


def exceedance(p50: Array | float, sigma: Sigma) -> Exceedance:
    """
    Return P50, P90 and interval of each roof: P90 = P50 (1 - 1.2816 sigma), a normal distribution.

    Parameters
    ----------
    p50
        Expected yield, from weather in the middle of what is known. Any unit of energy, shape (roofs,)
    sigma
        Components.

    References
    ----------
    .. [1] JCGM 100:2008, "Guide to the expression of uncertainty in measurement". doi:10.59161/JCGM100-2008E
    """
    p50 = np.asarray(p50, dtype=float)
    return _spread(p50, p50 * math.hypot(*combine_sigma(sigma)))


def sum_exceedance(p50: Array, sigma: Sigma) -> Exceedance:
    """
    Return P50, P90 and interval of the sum of roofs.

    What roofs share adds up as it is (correlation 1), what each errs by itself adds as squares (correlation 0). The P90
    of a zone is therefore more than the sum of its roofs' P90.
    """
    common, own = combine_sigma(sigma)
    p50 = np.asarray(p50, dtype=float)
    total = np.asarray(p50.sum())
    return _spread(total, np.hypot(common * total, own * np.sqrt((p50**2).sum())))


def _spread(p50: Array, deviation: Array) -> Exceedance:
    """Return the quantiles of a normal distribution, none below zero."""
    return Exceedance(p50=p50, p90=np.maximum(p50 - Z_90 * deviation, 0), low=np.maximum(p50 - Z_95 * deviation, 0),
                      high=p50 + Z_95 * deviation)


def sigma_of_bounds(value: float, low: float, high: float, *, kind: str) -> float:
    """
    Return the relative standard deviation that bounds stand for.

    Parameters
    ----------
    value, low, high
        Value and its bounds, such as the sums of all data sets that are known of a place.
    kind
        `ci95`: normal, half the width is 1.96 sigma. `minmax` or `judgement`: any value between is as likely, half the
        width is sqrt(3) sigma (JCGM 100:2008, sec. 4.3.7).

    Raises
    ------
    LayerError
        If the kind has no width.
    """
    divisors = {"ci95": Z_95, "minmax": math.sqrt(3), "judgement": math.sqrt(3)}
    if kind not in divisors:
        message = f"an interval of kind {kind!r} has no standard deviation; use {', '.join(divisors)}"
        raise LayerError(message)
    return (high - low) / 2 / divisors[kind] / value


def lifetime_mean(first_year: Array | float, *, degradation_per_a: float, life_a: float) -> Array:
    """
    Return the mean yield of a year over the life, the first year's being given.

    Ageing is linear, as module warranties write it: year i has 1 - (i - 1) d of the first year's yield.
    """
    return np.asarray(first_year, dtype=float) * (1 - degradation_per_a * (life_a - 1) / 2)
