"""A typical year for all tests of light, and scenes small enough to be lit in a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from twin.weather.typical import typical_year

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.weather.year import WeatherYear


@pytest.fixture(scope="session")
def year() -> WeatherYear:
    """Return the typical year of Taicang."""
    found = typical_year(31.45, 121.1)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def draw_town() -> Callable[..., np.ndarray]:
    """Return a function that draws boxes and gables at random on level ground, in storeys of 3 m. [m]"""

    def draw(side: int, houses: int, *, seed: int = 5, gables: bool = True) -> np.ndarray:
        rng = np.random.default_rng(seed)
        heights = np.full((side, side), 3.0, np.float32)
        for number in range(houses):
            rows, columns = rng.integers(8, 28, 2)
            top, left = rng.integers(0, side - 28, 2)
            pitch = 0.5 if gables and number % 3 == 0 else 0.0
            across = np.minimum(np.arange(columns), np.arange(columns)[::-1]) * pitch
            house = 3 + 3 * rng.integers(2, 14) + np.broadcast_to(across, (rows, columns))
            there = heights[top : top + rows, left : left + columns]
            np.maximum(there, house, out=there)
        return heights

    return draw
