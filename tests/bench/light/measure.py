"""How far two results lie apart, and how much a computer worked for them."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Difference:
    """
    Of a result from its reference, in percent of the reference's mean.

    Parameters
    ----------
    bias, rmse, most
        Mean, root of the mean square, and greatest absolute difference. [%]
    """

    bias: float
    rmse: float
    most: float

    def __str__(self) -> str:
        return f"bias {self.bias:+.3f} %, RMSE {self.rmse:.3f} %, most {self.most:.2f} %"


def compare(result: ArrayLike, reference: ArrayLike) -> Difference:
    """Return how far a result lies from its reference."""
    expected = np.asarray(reference, float)
    off = 100 * (np.asarray(result, float) - expected) / expected.mean()
    return Difference(float(off.mean()), float(np.sqrt((off**2).mean())), float(np.abs(off).max()))


def cpu_seconds() -> float:
    """Return what this process and its finished children have worked so far: all threads, user and system. [s]"""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
