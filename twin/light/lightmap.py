"""Light on what lies open upward: ground and roofs, as a raster."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from twin.light.irradiation import irradiate
from twin.light.sweep import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.light.rays import City
    from twin.light.sky import Sky

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Numbers = NDArray[np.int64]

COARSEST = 64  # sectors, for ground and roofs
CELL_M = 3.0
MARGIN_M = 60.0
ABOVE_M = 10.0


@dataclass(frozen=True)
class LightMap:
    """
    Irradiation of ground and roofs.

    Attributes
    ----------
    surface_m
        Height of what lies open upward, north up. [m above datum], shape (rows, columns)
    light
        Irradiation of each period, then the share of a uniform sky that is seen.
        [kWh/m2] and [-], shape (rows, columns, periods + 1)
    west_m, north_m
        Corner of the first cell. [m]
    cell_m
        Side of a cell. [m]
    """

    surface_m: Singles
    light: Singles
    west_m: float
    north_m: float
    cell_m: float

    def at(self, places: Floats) -> Singles:
        """
        Return the light at places, of the cell around with the height most like theirs.

        Parameters
        ----------
        places
            On ground or roofs; those outside take the nearest cell. [m], shape (places, 3)

        Returns
        -------
        light
            Shape (places, periods + 1)
        """
        row = np.floor((self.north_m - places[:, 1]) / self.cell_m).astype(np.int64)
        column = np.floor((places[:, 0] - self.west_m) / self.cell_m).astype(np.int64)
        return _pick(self.surface_m, self.light, row, column, np.ascontiguousarray(places[:, 2]))

    def part(self, west: float, south: float, east: float, north: float) -> LightMap:
        """Return the cells in a box. [m]"""
        rows, columns = self.surface_m.shape
        top = int(np.clip((self.north_m - north) // self.cell_m - 1, 0, rows - 1))
        bottom = int(np.clip((self.north_m - south) // self.cell_m + 2, top + 1, rows))
        left = int(np.clip((west - self.west_m) // self.cell_m - 1, 0, columns - 1))
        right = int(np.clip((east - self.west_m) // self.cell_m + 2, left + 1, columns))
        box = np.s_[top:bottom, left:right]
        return LightMap(self.surface_m[box], self.light[box], self.west_m + left * self.cell_m,
                        self.north_m - top * self.cell_m, self.cell_m)  # fmt: skip


def map_light(city: City, box: tuple[float, float, float, float], sky: Sky, *, cell_m: float = CELL_M) -> LightMap:
    """
    Return the light on ground and roofs in a box and a margin around it, without reflections.

    Parameters
    ----------
    city
        What stands there, ground included.
    box
        West, south, east, north. [m]
    sky
        The sky of the periods asked for.
    cell_m
        Side of a cell. [m]
    """
    west, north = (np.floor((box[0] - MARGIN_M) / cell_m) * cell_m, np.ceil((box[3] + MARGIN_M) / cell_m) * cell_m)
    columns = int(np.ceil((box[2] + MARGIN_M - west) / cell_m))
    rows = int(np.ceil((north - box[1] + MARGIN_M) / cell_m))
    surface = _look_down(city, west, north, cell_m, (rows, columns))
    sky = _coarser(sky)
    both = replace(sky, vector=np.concatenate([sky.vector, sky.uniform[None]]))
    level = np.zeros((rows, columns), np.float32)
    light = irradiate(surface, both, cell_m=cell_m, slope_deg=level, aspect_deg=level)
    return LightMap(surface, np.ascontiguousarray(light.transpose(1, 2, 0)), float(west), float(north), cell_m)


def _coarser(sky: Sky) -> Sky:
    """Return the same sky in fewer sectors, but not fewer than `COARSEST`; sectors between two are shared out."""
    while sky.dome.azimuths % 2 == 0 and sky.dome.azimuths // 2 >= COARSEST:
        halved = [table[..., ::2, :, :] + (table[..., 1::2, :, :] + np.roll(table[..., 1::2, :, :], 1, axis=-3)) / 2
                  for table in (sky.vector, sky.uniform)]  # fmt: skip
        dome = replace(sky.dome, azimuths=sky.dome.azimuths // 2)
        sky = replace(sky, dome=dome, vector=halved[0], uniform=halved[1])
    return sky


def _look_down(city: City, west: float, north: float, cell_m: float, shape: tuple[int, int]) -> Singles:
    """Return the heights that rays from above meet, the lowest of all where they meet nothing. [m], shape given"""
    rows, columns = shape
    high = city.triangles[:, :, 2].max() + ABOVE_M if len(city.triangles) else 0.0
    heights = np.full((rows, columns), np.nan, np.float32)
    east = west + (np.arange(columns) + 0.5) * cell_m
    for row in range(rows):
        start = np.column_stack([east, np.full(columns, north - (row + 0.5) * cell_m), np.full(columns, high)])
        met = city.hit(start, np.broadcast_to(np.array([0.0, 0.0, -1.0]), start.shape))
        heights[row, met.ray] = high - met.distance_m
    lowest = np.nanmin(heights) if np.isfinite(heights).any() else 0.0
    return np.where(np.isfinite(heights), heights, np.float32(lowest)).astype(np.float32)


@kernel
def _pick(surface: Singles, light: Singles, row: Numbers, column: Numbers, height: Floats) -> Singles:
    rows, columns = surface.shape
    found = np.empty((len(row), light.shape[2]), np.float32)
    for number in range(len(row)):
        r, c = min(max(row[number], 0), rows - 1), min(max(column[number], 0), columns - 1)
        best_r, best_c = r, c
        off = abs(surface[r, c] - height[number])
        if off > 1.0:  # the place lies at the edge of something: a neighbouring cell may be meant
            for i in range(max(r - 1, 0), min(r + 2, rows)):
                for j in range(max(c - 1, 0), min(c + 2, columns)):
                    other = abs(surface[i, j] - height[number])
                    if other < off:
                        off, best_r, best_c = other, i, j
        found[number] = light[best_r, best_c]
    return found
