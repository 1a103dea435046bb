"""How the sky is divided: sectors of azimuth, and levels of elevation at which a horizon is tested."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

AZIMUTHS = 128
LEVELS = 32
LOWEST_DEG, HIGHEST_DEG = 0.5, 88.0


@dataclass(frozen=True)
class Dome:
    """
    A division of the sky.

    A horizon is known as the number of levels that it hides: 0 where the view is free, `levels` where nothing of the
    sky is left. Levels lie closer together near the horizon, where most obstacles end.

    Attributes
    ----------
    azimuths
        Sectors around the compass; the first is centred on grid north, the others follow clockwise.
    levels
        Elevations at which a horizon is tested.
    """

    azimuths: int = AZIMUTHS
    levels: int = LEVELS

    @cached_property
    def azimuth_deg(self) -> Floats:
        """Middle of each sector, clockwise from grid north. [degrees], shape (azimuths,)"""
        return np.arange(self.azimuths) * 360 / self.azimuths

    @cached_property
    def level_deg(self) -> Floats:
        """Elevation of each level, ascending. [degrees], shape (levels,)"""
        return LOWEST_DEG + (HIGHEST_DEG - LOWEST_DEG) * np.linspace(0, 1, self.levels) ** 1.25

    @cached_property
    def slope(self) -> Floats:
        """Tangent of each level's elevation. [-], shape (levels,)"""
        return np.tan(np.radians(self.level_deg))

    def sector(self, azimuth_deg: Floats) -> NDArray[np.int64]:
        """Return the sector in which directions lie. shape as given"""
        return np.rint(np.asarray(azimuth_deg) * self.azimuths / 360).astype(np.int64) % self.azimuths

    def openness(self, elevation_deg: Floats) -> Floats:
        """
        Return how likely a direction is free above each horizon.

        Between two levels a horizon may end anywhere; a direction there is free in proportion.

        Parameters
        ----------
        elevation_deg
            Elevations of directions. [degrees], shape (n,)

        Returns
        -------
        openness
            From 0 to 1, for a horizon that hides 0, 1, ... levels. [-], shape (n, levels + 1)
        """
        elevation = np.asarray(elevation_deg, dtype=np.float64)[:, None]
        low, high = self.level_deg[:-1], self.level_deg[1:]
        between = np.clip((elevation - low) / (high - low), 0, 1)
        free, hidden = np.ones_like(elevation), np.zeros_like(elevation)
        return np.concatenate([free, between, hidden], axis=1)
