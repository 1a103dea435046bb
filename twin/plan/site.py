"""The site of a plan: how large it is, where its great streets, river and railway run, and how they bend."""

from __future__ import annotations

import itertools
import math
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CRS = 4549  # CGCS2000 / 3-degree Gauss-Kruger CM 120E
CENTRE = (610_230.0, 3_484_776.0)  # 31.48 N 121.16 E in EPSG:4549 [m]
LATITUDE_DEG = 31.48
LAND_PER_RESIDENT_M2 = 105.55  # built land of about 101 m2, water and the fields that remain
EDGE_SHARE = 12.0  # more land for outer streets and odd blocks in a small zone: this over the root of its residents
SPACING_M = 915.0  # between arterials
ASPECT, ASPECT_WEIGHT = 1.3, 0.3  # columns to each row, and how much that matters beside the spacing
RIVER_CORRIDOR_M = 200.0  # between the axes of the two embankment roads
RAIL_SHARE = 0.7  # of the northernmost row, where the railway runs
BENDS = ((105.0, 3300.0), (38.0, 1350.0))  # amplitude and length of the river's bends [m]
BEND_REACH_M = 1700.0  # distance from the river over which the streets straighten
SWAY_M = (70.0, 2900.0)  # amplitude and length of the bend of the streets that cross the river


@dataclass(frozen=True, slots=True)
class Site:
    """
    The frame of a plan in street coordinates: u runs along the river, v across it. [m]

    Attributes
    ----------
    residents
        Residents at build-out. [persons]
    columns, rows
        Spans of u and v between the axes of neighbouring arterials. [m]
    river
        Axis of the river. [m]
    rail
        Axis of the railway. [m]
    """

    seed: int
    residents: int
    columns: tuple[tuple[float, float], ...]
    rows: tuple[tuple[float, float], ...]
    river: float
    rail: float
    phase: tuple[float, float, float]

    @property
    def width_m(self) -> float:
        """Extent along the river."""
        return self.columns[-1][1]

    @property
    def height_m(self) -> float:
        """Extent across the river."""
        return max(self.rows[-1][1], self.river + RIVER_CORRIDOR_M / 2)

    @property
    def lines_u(self) -> list[float]:
        """Axes of the arterials that cross the river."""
        return sorted({edge for span in self.columns for edge in span})

    @property
    def lines_v(self) -> list[float]:
        """Axes of the arterials along the river, its two embankments among them."""
        banks = {round(self.river + side * RIVER_CORRIDOR_M / 2, 1) for side in (-1, 1)}
        return sorted({edge for span in self.rows for edge in span} | banks)

    def place(self, u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return where street coordinates lie. [m], EPSG:4549, shape (n, 2)"""
        bend = np.zeros(len(u))
        for (size, length), start in zip(BENDS, self.phase[:2], strict=True):
            bend += size * np.sin(2 * math.pi * u / length + start)
        sway = SWAY_M[0] * np.sin(2 * math.pi * v / SWAY_M[1] + self.phase[2])
        x = u - self.width_m / 2 + sway
        y = v - self.height_m / 2 + bend * np.exp(-(((v - self.river) / BEND_REACH_M) ** 2))
        ground: NDArray[np.float64] = np.column_stack([x + CENTRE[0], y + CENTRE[1]])
        return ground.round(3)

    def random(self, topic: str) -> np.random.Generator:
        """Return the random numbers of one topic; those of another do not move when it draws more."""
        return np.random.default_rng([self.seed, zlib.crc32(topic.encode())])


def lay_out_site(residents: int, seed: int) -> Site:
    """
    Return the frame of a plan for a number of residents.

    Parameters
    ----------
    residents
        Residents at build-out. [persons]
    seed
        What all random choices follow from.
    """
    random = np.random.default_rng([seed, residents])
    area_m2 = residents * LAND_PER_RESIDENT_M2 * (1 + EDGE_SHARE / math.sqrt(residents))
    columns, rows, spacing_m = _choose_grid(area_m2)
    edges_u = _edges(random, columns, spacing_m)
    edges_v = _edges(random, rows, spacing_m)
    below = rows // 2
    # rounded, so that an embankment and the edge of the row beside it are one street
    shifted = [round(edge + (RIVER_CORRIDOR_M if number > below else 0), 1) for number, edge in enumerate(edges_v)]
    spans = [
        (round(low + (RIVER_CORRIDOR_M if number == below else 0), 1), high)
        for number, (low, high) in enumerate(itertools.pairwise(shifted))
    ]
    low, high = spans[-1]
    return Site(
        seed=seed, residents=residents,
        columns=tuple(itertools.pairwise(edges_u)), rows=tuple(spans),
        river=edges_v[below] + RIVER_CORRIDOR_M / 2,
        rail=low + RAIL_SHARE * (high - low),
        phase=tuple(random.uniform(0, 2 * math.pi, 3).tolist()),
    )


def _choose_grid(area_m2: float) -> tuple[int, int, float]:
    """Return how many columns and rows of arterials, how far apart, make a zone of an area. [1], [1], [m]"""
    most = int(2 * math.sqrt(area_m2) / SPACING_M) + 2

    def spacing(columns: int, rows: int) -> float:
        river_m2 = RIVER_CORRIDOR_M * columns * SPACING_M
        return math.sqrt(max(area_m2 - river_m2, 0.7 * area_m2) / (columns * rows))

    def misfit(grid: tuple[int, int]) -> float:
        shape = abs(math.log(grid[0] / grid[1] / ASPECT))
        return abs(math.log(spacing(*grid) / SPACING_M)) + ASPECT_WEIGHT * shape

    columns, rows = min(((columns, rows) for columns in range(1, most) for rows in range(1, most)), key=misfit)
    return columns, rows, spacing(columns, rows)


def _edges(random: np.random.Generator, number: int, spacing_m: float) -> list[float]:
    """Return the axes that part a length into unequal spans, the first at 0. [m]"""
    spans = spacing_m * (1 + random.uniform(-0.09, 0.09, number))
    spans *= spacing_m * number / spans.sum()
    return [0.0, *np.round(np.cumsum(spans), 1).tolist()]
