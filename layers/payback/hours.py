"""Hour by hour: how much of what a roof gives its building uses itself, and in which periods of the tariff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Use:
    """
    What becomes of the yield of roofs, summed over a year.

    Attributes
    ----------
    pv_kwh, self_used_kwh
        What they give, and what of it their buildings use, by period of the tariff. [kWh], shape (roofs, periods)
    share
        Self-used of all that they give. [1], shape (roofs,)
    share_load, share_yield
        The same with load, and with yield, at their lower and upper bounds. [1], shape (roofs, 2)
    """

    pv_kwh: Array
    self_used_kwh: Array
    share: Array
    share_load: Array
    share_yield: Array


def self_used(pv_kwh: Array, load_kwh: Array) -> Array:
    """
    Return what a building uses of its own roof in each hour: the lesser of what it gives and of what is needed. [kWh]

    Nothing is stored, and within the hour nothing is lost.
    """
    return np.minimum(pv_kwh, load_kwh)


def sum_use(
    pv_kwh: Array, load_kwh: Array, periods: Array, *, load_bounds: Array, yield_bounds: Array
) -> Use:
    """
    Return what becomes of the yield of some roofs.

    Parameters
    ----------
    pv_kwh, load_kwh
        What roofs give and what their buildings need in each hour; nan where the need is not known.
        [kWh], shape (roofs, hours)
    periods
        How much of every hour belongs to each period. [1], shape (hours, periods)
    load_bounds, yield_bounds
        Lower and upper bound of the year's sums over the sums themselves. [1], shape (roofs, 2)
    """
    own = self_used(pv_kwh, load_kwh)
    total = pv_kwh.sum(axis=1)
    shares = [own.sum(axis=1) / total]
    shares += [self_used(pv_kwh, load_kwh * load_bounds[:, [side]]).sum(axis=1) / total for side in (0, 1)]
    for side in (0, 1):
        scaled = pv_kwh * yield_bounds[:, [side]]
        shares.append(self_used(scaled, load_kwh).sum(axis=1) / scaled.sum(axis=1))
    return Use(
        pv_kwh @ periods, own @ periods, shares[0], np.stack(shares[1:3], axis=1), np.stack(shares[3:5], axis=1),
    )


def with_share(pv_kwh: Array, self_used_kwh: Array, share: Array) -> Array:
    """
    Return what is self-used in each period if the share of all of it is another one. [kWh], shape (roofs, periods)

    Below the share that follows from the hours every period gives up alike; above it every period takes the same part
    of what it would export. No period uses more than it gives, and both ends are reached: nothing, and all.

    Parameters
    ----------
    pv_kwh, self_used_kwh
        What roofs give, and what is self-used by the hours; nan where that is not known, and all periods are then
        taken alike. [kWh], shape (roofs, periods)
    share
        The other share. [1], shape (roofs,)
    """
    total = pv_kwh.sum(axis=1, keepdims=True)
    own = np.nan_to_num(self_used_kwh)
    found = np.divide(own.sum(axis=1, keepdims=True), total, out=np.zeros_like(total), where=total > 0)
    wanted = np.clip(share[:, None], 0, 1)
    less = own * np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)
    added = np.divide(wanted - found, 1 - found, out=np.zeros_like(found), where=found < 1)
    return np.asarray(np.where(wanted <= found, less, own + added * (pv_kwh - own)))
