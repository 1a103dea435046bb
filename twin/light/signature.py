"""Shading signatures: how often each level of the sky is hidden from the cells of a surface, sector by sector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from twin.light.irradiation import FINENESS, Planes, add_energy, plane_levels
from twin.light.relief import hidden_levels
from twin.light.sky import horizon_band
from twin.light.sweep import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.light.dome import Dome
    from twin.light.relief import Relief
    from twin.light.sky import Sky, SunHours

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Counts = NDArray[np.uint32]

WHOLE = 65535  # a share of one in two bytes


@dataclass(frozen=True)
class Signature:
    """
    The horizons of many surfaces, from which the light of any year follows without geometry.

    Attributes
    ----------
    dome
        Division of the sky.
    share
        Share of a surface's cells whose horizon hides 0, 1, ... levels. [-], shape (surfaces, azimuths, levels + 1)
    """

    dome: Dome
    share: Singles

    @classmethod
    def of(cls, dome: Dome, counts: Counts) -> Signature:
        """Return the signature of counted cells; a surface without cells sees the whole sky."""
        total = counts.sum(axis=2, keepdims=True)
        share = counts / np.maximum(total, 1)
        share[:, :, 0] = np.where(total[:, :, 0] == 0, 1, share[:, :, 0])
        return cls(dome, share.astype(np.float32))

    @classmethod
    def open(cls, dome: Dome, surfaces: int) -> Signature:
        """Return the signature of surfaces before which nothing stands."""
        return cls.of(dome, np.zeros((surfaces, dome.azimuths, dome.levels + 1), np.uint32))

    def part(self, chosen: NDArray[np.int64]) -> Signature:
        """Return the signatures of some surfaces."""
        return Signature(self.dome, self.share[chosen])

    def pack(self) -> list[bytes]:
        """Return each surface's shares of cells that see a level, in two bytes each, sector by sector."""
        seen = np.cumsum(self.share[:, :, :-1], axis=2)
        return [row.tobytes() for row in np.rint(np.clip(seen, 0, 1) * WHOLE).astype("<u2")]

    @classmethod
    def unpack(cls, dome: Dome, packed: list[bytes]) -> Signature:
        """Return the signature that :meth:`pack` wrote."""
        flat = np.frombuffer(b"".join(packed), "<u2").reshape(len(packed), dome.azimuths, dome.levels)
        seen = np.concatenate([np.zeros((*flat.shape[:2], 1)), flat / WHOLE, np.ones((*flat.shape[:2], 1))], axis=2)
        return cls(dome, np.diff(seen, axis=2).astype(np.float32))

    def irradiation(self, plane: Planes, sky: Sky) -> Floats:
        """Return what surfaces in these planes receive from the sky. [kWh/m2], shape (surfaces, periods)"""
        table = np.ascontiguousarray(sky.vector.transpose(1, 2, 0, 3))
        return _gather(self.share, plane, table, self.dome)

    def sky_view(self, plane: Planes, sky: Sky) -> Floats:
        """Return the share of a uniform sky's light that reaches surfaces; 1 on an open plain. shape (surfaces,)"""
        return _gather(self.share, plane, np.ascontiguousarray(sky.uniform[:, :, None]), self.dome)[:, 0]

    def horizon_seen(self, plane: Planes) -> Floats:
        """Return how much is seen of the bright band at the horizon before surfaces. [-], shape (surfaces,)"""
        free = horizon_band(self.dome)
        azimuth = np.radians(self.dome.azimuth_deg)
        ahead = np.outer(plane.east, np.sin(azimuth)) + np.outer(plane.north, np.cos(azimuth))
        weight = np.maximum(ahead, 0)
        weight[weight.sum(axis=1) == 0] = 1.0
        return np.asarray((self.share @ free * weight).sum(axis=1) / weight.sum(axis=1))

    def sun_seen(self, sun: SunHours) -> Singles:
        """Return the share of each surface that the sun is not hidden from. [-], shape (surfaces, hours)"""
        free = self.dome.openness(sun.elevation_deg).astype(np.float32)
        return _sun_seen(self.share, self.dome.sector(sun.azimuth_deg), free)


@dataclass(frozen=True)
class LitCells:
    """
    What a tile's cells of many surfaces see of the sky.

    Attributes
    ----------
    cell
        Place of each cell among all of the tile. shape (cells,)
    label
        Its surface. shape (cells,)
    hidden
        Levels that its horizons hide. shape (azimuths, cells)
    """

    cell: NDArray[np.int64]
    label: NDArray[np.int32]
    hidden: NDArray[np.uint8]

    def irradiation(self, plane: Planes, sky: Sky) -> Singles:
        """Return what each cell receives in its plane, in all periods together. [kWh/m2], shape (cells,)"""
        energy = np.zeros((1, len(self.cell)), np.float32)
        table = np.ascontiguousarray(sky.vector.sum(axis=0)[:, :, None], dtype=np.float32)
        lookup, every = plane_levels(sky.dome), np.arange(len(self.cell))
        for sector, azimuth in enumerate(np.radians(sky.dome.azimuth_deg)):
            add_energy(energy, self.hidden[sector], every, plane.east, plane.north, table[sector], np.sin(azimuth),
                       np.cos(azimuth), lookup)
        return np.asarray(energy[0] * plane.up, dtype=np.float32)

    def count(self, dome: Dome, labels: int, *, only: NDArray[np.bool_] | None = None) -> Counts:
        """Return how many cells of each surface have a horizon that hides 0, 1, ... levels; of some cells only."""
        counts = np.zeros((labels, dome.azimuths, dome.levels + 1), np.uint32)
        chosen = np.arange(len(self.cell)) if only is None else np.flatnonzero(only)
        for sector in range(dome.azimuths):
            _count(counts[:, sector], self.hidden[sector], chosen, self.label)
        return counts


def light_cells(relief: Relief, dome: Dome, label: NDArray[np.int32]) -> LitCells:
    """
    Return what the labelled cells of a tile see of the sky.

    Parameters
    ----------
    relief
        Heights around the tile.
    dome
        Division of the sky.
    label
        Number of the surface of each of the tile's cells, -1 for none. shape (rows, columns)
    """
    cell = np.flatnonzero(label.ravel() >= 0)
    hidden = np.empty((dome.azimuths, len(cell)), np.uint8)
    if len(cell):
        for sector in range(dome.azimuths):
            hidden[sector] = hidden_levels(relief, dome, sector).ravel()[cell]
    return LitCells(cell, label.ravel()[cell], hidden)


@kernel
def _count(counts: Counts, hidden: NDArray[np.uint8], chosen: NDArray[np.int64], label: NDArray[np.int32]) -> None:
    for place in range(len(chosen)):
        cell = chosen[place]
        counts[label[cell], hidden[cell]] += np.uint32(1)


def _gather(share: Singles, plane: Planes, table: Floats, dome: Dome) -> Floats:
    """Return the sum over sectors and horizons of what comes from above them, per surface and column of a table."""
    azimuth = np.radians(dome.azimuth_deg)
    found = np.zeros((len(share), table.shape[2]))
    _sum_light(found, share, plane.east, plane.north, table, np.sin(azimuth), np.cos(azimuth), plane_levels(dome))
    return found * plane.up[:, None]


@kernel
def _sum_light(
    found: Floats, share: Singles, east: Singles, north: Singles, table: Floats, toward_east: Floats,
    toward_north: Floats, lookup: NDArray[np.uint8],
) -> None:
    surfaces, sectors, levels = share.shape
    for surface in range(surfaces):
        a, b = east[surface], north[surface]
        for sector in range(sectors):
            own = -(a * toward_east[sector] + b * toward_north[sector])
            least = lookup[int(own / (1 + own) * FINENESS)] if own > 0 else 0
            for level in range(levels):
                part = share[surface, sector, level]
                if part == 0:
                    continue
                seen = max(level, least)
                for column in range(found.shape[1]):
                    x = table[sector, seen, column]
                    found[surface, column] += part * (a * x[0] + b * x[1] + x[2])


@kernel
def _sun_seen(share: Singles, sector: NDArray[np.int64], free: Singles) -> Singles:
    surfaces, hours, levels = share.shape[0], len(sector), share.shape[2]
    seen = np.zeros((surfaces, hours), np.float32)
    for surface in range(surfaces):
        for hour in range(hours):
            total = np.float32(0)
            for level in range(levels):
                total += share[surface, sector[hour], level] * free[hour, level]
            seen[surface, hour] = total
    return seen
