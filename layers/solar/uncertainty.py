"""How sure a yield is: half-widths of the interval and of what is exceeded in nine of ten years."""

from __future__ import annotations

import math
from dataclasses import asdict
from statistics import NormalDist
from typing import TYPE_CHECKING

from twin.errors import LayerError
from twin.spread import Z_95

if TYPE_CHECKING:
    import pandas as pd

    from layers.solar.pv_settings import Sigma

OWN = ("shading", "roof")  # errors of one roof; all others are the same for every roof of a zone

Z_90 = NormalDist().inv_cdf(0.9)  # 1.2816


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


def add_intervals(frame: pd.DataFrame, sigma: Sigma) -> pd.DataFrame:
    """
    Return yields with the half-widths of their intervals, those shared by all roofs apart from each roof's own.

    A normal distribution: P90 = P50 (1 - 1.2816 sigma), interval P50 (1 -+ 1.96 sigma). Of several roofs the shared
    parts add up as they are (correlation 1), each roof's own as squares (correlation 0).

    Parameters
    ----------
    frame
        With yield_kwh_per_a.
    sigma
        Standard deviations.

    References
    ----------
    .. [1] JCGM 100:2008, "Guide to the expression of uncertainty in measurement". doi:10.59161/JCGM100-2008E
    """
    common, own = combine_sigma(sigma)
    p50 = frame["yield_kwh_per_a"]
    return frame.assign(
        yield_common_95_kwh=Z_95 * common * p50, yield_own_95_kwh=Z_95 * own * p50,
        yield_common_90_kwh=Z_90 * common * p50, yield_own_90_kwh=Z_90 * own * p50,
    )


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
