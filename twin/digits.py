"""Rounding to significant digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 7


def round_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with seven significant digits: beyond them processors may differ, and nobody measures."""
    rounded = frame.copy()
    for name in frame.select_dtypes("float").columns:
        values = frame[name].to_numpy(dtype=np.float64)
        exponent = np.floor(np.log10(np.abs(np.where((values == 0) | ~np.isfinite(values), 1, values))))
        scale = 10.0 ** (DIGITS - 1 - exponent)
        rounded[name] = np.round(values * scale) / scale
    return rounded
