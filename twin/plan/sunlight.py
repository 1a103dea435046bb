"""The sunlight rule: no dwelling of a plan gets less direct sun than GB 50180 demands."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry.polygon import orient

from twin.light.sun import GREAT_COLD, sun_position
from twin.plan.site import LATITUDE_DEG

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from twin.plan.records import House

SILL_M = 0.9  # of the lowest dwelling's window above the ground
STEP_MIN = 5.0  # shortest stretch of sun that counts
SPARE_H = 0.2  # sun beyond the rule, so that a finer count does not find a minute too few
BAY_M = 5.0  # between the windows of a front
INSET_M = 1.5
CLEAR_M = 0.05  # the window lies before the wall
SOUTHERLY = 0.35  # least southward part of a front's normal
LEAST_LEVELS = 2
ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Sun:
    """Directions to the sun over the counted hours, as unit vectors and slopes. [-], shape (steps,)"""

    east: NDArray[np.float64]
    north: NDArray[np.float64]
    slope: NDArray[np.float64]


@cache
def great_cold_sun(step_min: float = STEP_MIN) -> Sun:
    """Return the sun of Great Cold day from 8 to 16 h true solar time at the site."""
    elevation, azimuth = sun_position(GREAT_COLD, LATITUDE_DEG, step_min=step_min)
    turn = np.radians(azimuth)
    return Sun(np.sin(turn), np.cos(turn), np.tan(np.radians(elevation)))


class Skyline:
    """
    Houses as upright prisms, and the sun between them.

    Parameters
    ----------
    houses
        All that stands and casts shade.
    """

    def __init__(self, houses: Sequence[House]) -> None:
        self.heights_m = np.array([house.height_m for house in houses])
        self.tree = shapely.STRtree([house.geometry for house in houses])
        self.bounds = shapely.bounds(self.tree.geometries)
        starts, ends, owners = [], [], []
        for number, house in enumerate(houses):
            ring = shapely.get_coordinates(house.geometry.exterior)
            starts.append(ring[:-1])
            ends.append(ring[1:])
            owners.append(np.full(len(ring) - 1, number))
        self.start = np.concatenate(starts)
        self.edge = np.concatenate(ends) - self.start
        self.first = np.searchsorted(np.concatenate(owners), np.arange(len(houses) + 1))

    def sunlit(
        self, number: int, windows: NDArray[np.float64], sun: Sun
    ) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """
        Return which windows of a house see the sun at each step, and what shades them.

        Parameters
        ----------
        number
            The house.
        windows
            Places and outward normals. [m], shape (windows, 4)
        sun
            Directions to the sun.

        Returns
        -------
        lit
            Shape (windows, steps)
        shade
            The house that shades a window, -1 where the sun shines or stands behind the wall. Shape (windows, steps)
        """
        before = windows[:, 2, None] * sun.east + windows[:, 3, None] * sun.north > 0
        shade = np.full(before.shape, -1, dtype=np.int64)
        lit = before.copy()
        for other in self._neighbours(number, windows, float(sun.slope.min())):
            blocked = self._blocks(other, windows, sun) & lit
            shade[blocked] = other
            lit &= ~blocked
        return lit, shade

    def _neighbours(self, number: int, windows: NDArray[np.float64], slope: float) -> NDArray[np.int64]:
        """Return the houses whose shade may reach windows, by the boxes around both."""
        low, high = windows[:, :2].min(axis=0), windows[:, :2].max(axis=0)
        reach_m = (self.heights_m.max() - SILL_M) / slope
        near: NDArray[np.int64] = np.sort(self.tree.query(shapely.box(*(low - reach_m), *(high + reach_m))))
        bounds = self.bounds[near]
        away_m = np.hypot(*np.maximum(np.maximum(bounds[:, :2] - high, low - bounds[:, 2:]), 0).T)
        kept: NDArray[np.int64] = near[(away_m * slope < self.heights_m[near] - SILL_M) & (near != number)]
        return kept

    def _blocks(self, other: int, windows: NDArray[np.float64], sun: Sun) -> NDArray[np.bool_]:
        """Return when a house stands between windows and the sun. Shape (windows, steps)"""
        edges = slice(self.first[other], self.first[other + 1])
        start = self.start[edges][None] - windows[:, None, :2]
        edge = self.edge[edges][None]
        # where the ray p + t d meets the wall a + s e: t = (a x e) / (d x e), s = (a x d) / (d x e)
        across = sun.east[:, None] * edge[:, :, 1] - sun.north[:, None] * edge[:, :, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            reach_m = ((start[..., 0] * edge[..., 1] - start[..., 1] * edge[..., 0])[:, None, :]) / across[None]
            share = (
                start[:, None, :, 0] * sun.north[None, :, None] - start[:, None, :, 1] * sun.east[None, :, None]
            ) / across[None]
            high = self.heights_m[other] - SILL_M > reach_m * sun.slope[None, :, None]
            met = (reach_m > 0) & (share >= 0) & (share <= 1) & high
        blocked: NDArray[np.bool_] = met.any(axis=2)
        return blocked


def windows_of(outline: shapely.Polygon) -> NDArray[np.float64]:
    """Return the windows of a house's sunny fronts: place and outward normal. [m], shape (windows, 4)"""
    ring = shapely.get_coordinates(orient(outline).exterior)
    found = []
    for start, end in itertools.pairwise(ring):
        length_m = float(np.hypot(*(end - start)))
        if length_m < 2 * INSET_M + 1:
            continue
        direction = (end - start) / length_m
        normal = np.array([direction[1], -direction[0]])  # outward of a ring that runs anticlockwise
        if normal[1] > -SOUTHERLY:
            continue
        number = max(math.ceil((length_m - 2 * INSET_M) / BAY_M), 1) + 1
        places = np.linspace(INSET_M, length_m - INSET_M, number)
        found += [[*(start + direction * away_m + normal * CLEAR_M), *normal] for away_m in places]
    return np.array(found).reshape(-1, 4)


def sun_hours(houses: Sequence[House], *, step_min: float = STEP_MIN) -> list[NDArray[np.float64]]:
    """
    Return the hours of sun that the windows of every home get on Great Cold day.

    Parameters
    ----------
    houses
        All that stands.
    step_min
        Length of a time step. [min]

    Returns
    -------
    hours
        Per house, one value per window at the lowest sill; empty where nobody lives. [h]
    """
    skyline, sun = Skyline(houses), great_cold_sun(step_min)
    hours = []
    for number, house in enumerate(houses):
        windows = windows_of(house.geometry) if house.is_home else np.empty((0, 4))
        lit = skyline.sunlit(number, windows, sun)[0] if len(windows) else np.empty((0, 0))
        hours.append(lit.sum(axis=1) * step_min / 60)
    return hours


def obey_sunlight(houses: list[House], least_h: float) -> list[House]:
    """
    Return the houses with so many storeys taken off that every home gets its sun.

    What shades a window most loses a storey, again and again; a home that stays dark at the least height is left out.

    Parameters
    ----------
    houses
        All that is to stand; their storeys are changed.
    least_h
        Hours of sun at every window of a home. [h]
    """
    sun = great_cold_sun()
    wanted = math.ceil((least_h + SPARE_H) * 60 / STEP_MIN)
    dark = [number for number, house in enumerate(houses) if house.is_home]
    windows = {number: windows_of(houses[number].geometry) for number in dark}
    dropped: set[int] = set()
    for _ in range(ROUNDS):
        skyline = Skyline(houses)
        dark, blame = _find_dark(skyline, dark, windows, sun, wanted)
        if not dark:
            break
        for culprit, victim in blame:
            _lower(houses, culprit, victim, dropped)
        dark = [number for number in dark if number not in dropped]
    dropped |= set(dark)
    return [house for number, house in enumerate(houses) if number not in dropped]


def _find_dark(
    skyline: Skyline, suspects: list[int], windows: dict[int, NDArray[np.float64]], sun: Sun, wanted: int
) -> tuple[list[int], list[tuple[int, int]]]:
    """Return the homes with too little sun, and for each what shades it most."""
    dark, blame = [], []
    for number in suspects:
        if not len(windows[number]):
            continue
        lit, shade = skyline.sunlit(number, windows[number], sun)
        short = lit.sum(axis=1) < wanted
        if not short.any():
            continue
        dark.append(number)
        culprits = shade[short]
        culprits = culprits[culprits >= 0]
        worst = int(np.bincount(culprits).argmax()) if len(culprits) else number
        blame.append((worst, number))
    return dark, blame


def _lower(houses: list[House], culprit: int, victim: int, dropped: set[int]) -> None:
    """Take a storey from what shades a home; where it has none to give, the home is given up."""
    house = houses[culprit]
    if culprit != victim and house.levels > LEAST_LEVELS:
        house.levels -= 1 + house.levels // 8
        return
    dropped.add(victim)
