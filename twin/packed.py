"""Hours of a year in two bytes each: what makes a curve for every roof small enough to be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

WHOLE = 65535  # the greatest hour in two bytes


def pack_hours(curves: NDArray[np.floating]) -> list[bytes]:
    """
    Return each curve's hours over its greatest one, in two bytes each.

    Parameters
    ----------
    curves
        Amounts, none below zero. Shape (curves, hours)
    """
    greatest = curves.max(axis=1, keepdims=True, initial=0)
    share = np.divide(curves, greatest, out=np.zeros(curves.shape), where=greatest > 0)
    return [row.tobytes() for row in np.rint(share * WHOLE).astype("<u2")]


def unpack_hours(packed: Sequence[bytes], sums: Array) -> Array:
    """
    Return the curves that :func:`pack_hours` wrote, each with the sum that it is known to have.

    An hour is off by at most 1/131070 of the greatest; the sum is exact.

    Parameters
    ----------
    packed
        Curves of equal length.
    sums
        What the hours of each amount to together. Shape (curves,)

    Returns
    -------
    curves
        In the unit of the sums. Shape (curves, hours)
    """
    if not packed:
        return np.zeros((0, 0))
    curves = np.frombuffer(b"".join(packed), "<u2").reshape(len(packed), -1).astype(np.float64)
    found = curves.sum(axis=1)
    curves *= np.divide(sums, found, out=np.zeros(len(curves)), where=found > 0)[:, None]
    return curves
